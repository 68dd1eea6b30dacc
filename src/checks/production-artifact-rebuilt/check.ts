// Clause P4: what is deployed to production is not the artifact that was tested below.
import { artifactPromoted } from "../../analyze/pipeline/promotion/artifact.ts";
import type { Deployment } from "../../analyze/pipeline/promotion/deployments.ts";
import { intoProduction, NOT_APPLICABLE } from "../../analyze/pipeline/promotion/into-production.ts";
import type { Asked } from "../../analyze/pipeline/promotion/tasks.ts";
import type { Check, Found } from "../check.ts";

export const check: Check = {
  id: "production-artifact-rebuilt",
  clause: "P4",
  severity: "high",
  title: "Production gets another artifact than the one that was tested",
  remediation:
    "Build once, before the lower environment; hand the run's artifact or the image's digest on, and let production deploy that.",
  evaluate: ({ estate }) => {
    const { asked, into, unknown } = intoProduction(estate, "P1");
    if (into.length === 0 && unknown.length === 0) return { notApplicable: NOT_APPLICABLE };
    return { findings: into.flatMap(({ deployment, environment }) => found(asked, deployment, environment)), unknown };
  },
};

function found(asked: Asked, deployment: Deployment, environment: string): Found[] {
  const { answer, why, wouldShow } = artifactPromoted(asked, deployment, environment);
  if (answer === "yes") return [];
  const { label, repository } = deployment;
  return [
    {
      verdict: answer === "no" ? "violated" : "unknown",
      summary: `Of ${repository}, ${why}`,
      from: deployment.job,
      to: deployment.forgeEnvironments[0] ?? `environment:${environment}`,
      toEnvironment: environment,
      grant: deployment.job,
      change: [
        ...(wouldShow === undefined ? [] : [`say what would show it: ${wouldShow}`]),
        `let ${label} of ${repository} deploy the artifact that was built before the lower environment`,
      ],
      source: deployment.source,
    },
  ];
}
