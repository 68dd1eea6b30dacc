// Clause P1: a workflow deploys to production without having deployed to a lower environment first.
import { type Deployment, lowerDeployedFirst, toldByHistory } from "../../analyze/pipeline/promotion/deployments.ts";
import { intoProduction, NOT_APPLICABLE } from "../../analyze/pipeline/promotion/into-production.ts";
import type { Asked } from "../../analyze/pipeline/promotion/tasks.ts";
import type { Check, Found } from "../check.ts";
import { atStart } from "../words.ts";

export const check: Check = {
  id: "production-deployed-without-lower-environment",
  clause: "P1",
  severity: "high",
  title: "Production is deployed to without a lower environment before it",
  remediation: "Let the production job wait for the job that deploys to the environment below it (needs), and for that job's success.",
  evaluate: ({ estate }) => {
    const { asked, into, unknown } = intoProduction(estate, "P1");
    if (into.length === 0 && unknown.length === 0) return { notApplicable: NOT_APPLICABLE };
    const findings = into.flatMap(({ deployment, environment }) => found(asked, deployment, environment));
    return { findings, unknown, shown: toldByHistory(asked, into) };
  },
};

function found(asked: Asked, deployment: Deployment, environment: string): Found[] {
  const { answer, why, wouldShow } = lowerDeployedFirst(asked, deployment, environment);
  if (answer === "yes") return [];
  const { label, repository } = deployment;
  return [
    {
      verdict: answer === "no" ? "violated" : "unknown",
      summary: why.startsWith(label)
        ? atStart(`job ${label} of ${repository}${why.slice(label.length)}`)
        : `Job ${label} of ${repository} deploys to ${environment}, and ${why}`,
      from: deployment.job,
      to: deployment.forgeEnvironments[0] ?? `environment:${environment}`,
      toEnvironment: environment,
      grant: deployment.job,
      change: [
        ...(wouldShow === undefined ? [] : [`collect what would show it: ${wouldShow}`]),
        `let ${label} of ${repository} wait for a job that deploys below ${environment}`,
      ],
      source: deployment.source,
    },
  ];
}
