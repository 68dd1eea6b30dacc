// Clause P2: something looks like a gate of production and holds nothing back, or stands after the deployment.
import { decorations } from "../../analyze/pipeline/promotion/gates.ts";
import { intoProduction, NOT_APPLICABLE } from "../../analyze/pipeline/promotion/into-production.ts";
import type { Check } from "../check.ts";
import { atStart } from "../words.ts";

export const check: Check = {
  id: "gate-only-decorative",
  clause: "P2",
  severity: "high",
  title: "A gate of production is only for show",
  remediation: "Let the forge ask: name a protected environment with reviewers on the job that deploys, before it deploys.",
  evaluate: ({ estate }) => {
    const { asked, into, unknown } = intoProduction(estate, "P2");
    if (into.length === 0 && unknown.length === 0) return { notApplicable: NOT_APPLICABLE };
    const findings = into.flatMap(({ deployment, environment }) =>
      decorations(asked, deployment).map(({ verdict, why, job, change, source }) => ({
        verdict,
        summary: `${atStart(`job ${why}`)} (${deployment.repository})`,
        from: job,
        to: deployment.forgeEnvironments[0] ?? `environment:${environment}`,
        toEnvironment: environment,
        grant: job,
        change: [change],
        source,
      })),
    );
    return { findings, unknown };
  },
};
