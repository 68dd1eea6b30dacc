// Clause P2: a job that deploys to production takes in what nobody of its project reviews.
import { intoProduction, NOT_APPLICABLE } from "../../analyze/pipeline/promotion/into-production.ts";
import { takenIn } from "../../analyze/pipeline/promotion/taken-in.ts";
import type { Check, Found } from "../check.ts";

export const check: Check = {
  id: "production-job-takes-unreviewed-input",
  clause: "P2",
  severity: "medium",
  title: "A job of production takes in what nobody reviews",
  remediation:
    "Pin actions, called workflows and templates to a full commit SHA and images to a digest; restore no cache in a job that deploys.",
  evaluate: ({ estate }) => {
    const { asked, into, unknown } = intoProduction(estate, "P2");
    if (into.length === 0 && unknown.length === 0) return { notApplicable: NOT_APPLICABLE };
    const findings = into.flatMap(({ deployment, environment }): Found[] => {
      const inputs = takenIn(asked, deployment);
      const first = inputs.find((input) => input.kind !== "cache") ?? inputs[0];
      if (first === undefined) return [];
      // One finding a job: what is to change is a list.
      const names = [...new Set(inputs.map((input) => input.written))];
      const shown = names.slice(0, 4).join(", ") + (names.length > 4 ? ` and ${names.length - 4} more` : "");
      return [
        {
          // Whether a job runs what it restores from a cache is not visible in its steps.
          verdict: first.kind === "cache" ? "unknown" : "violated",
          summary: `Job ${deployment.label} of ${deployment.repository} deploys to ${environment} and uses ${shown}, which others can change unreviewed`,
          from: deployment.job,
          to: deployment.forgeEnvironments[0] ?? `environment:${environment}`,
          toEnvironment: environment,
          grant: deployment.job,
          count: names.length,
          change: [...new Set(inputs.map((input) => input.change))],
          source: first.source,
        },
      ];
    });
    return { findings, unknown };
  },
};
