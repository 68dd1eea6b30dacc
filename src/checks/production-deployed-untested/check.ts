// Clause P8: production gets a commit on which tests or security tests did not have to pass.
import { intoProduction, NOT_APPLICABLE } from "../../analyze/pipeline/promotion/into-production.ts";
import { testedBefore } from "../../analyze/pipeline/promotion/tested.ts";
import type { Check, Found } from "../check.ts";
import { atStart } from "../words.ts";

export const check: Check = {
  id: "production-deployed-untested",
  clause: "P8",
  severity: "medium",
  title: "Production gets a commit whose tests did not have to pass",
  remediation: "Let the production job wait for a job that tests and one that tests security, on the same commit, whose failure stops it.",
  evaluate: ({ estate }) => {
    const { asked, into, unknown } = intoProduction(estate, "P8");
    if (into.length === 0 && unknown.length === 0) return { notApplicable: NOT_APPLICABLE };
    const findings = into.flatMap(({ deployment, environment }) =>
      testedBefore(asked, deployment).flatMap(({ answer, why, wouldShow }): Found[] =>
        answer === "yes"
          ? []
          : [
              {
                verdict: answer === "no" ? "violated" : "unknown",
                summary: `${atStart(why)} (${deployment.repository})`,
                from: deployment.job,
                to: deployment.forgeEnvironments[0] ?? `environment:${environment}`,
                toEnvironment: environment,
                grant: `${deployment.job}#${why.includes("security tests") ? "security" : "tests"}`,
                change: [wouldShow === undefined ? `let their failure stop ${deployment.label}` : `say what would show it: ${wouldShow}`],
                source: deployment.source,
              },
            ],
      ),
    );
    return { findings, unknown };
  },
};
