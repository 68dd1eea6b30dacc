// Clause P6: no way back from a deployment to production was ever walked.
import { intoProduction, NOT_APPLICABLE } from "../../analyze/pipeline/promotion/into-production.ts";
import type { Asked } from "../../analyze/pipeline/promotion/tasks.ts";
import { wayBackOf } from "../../analyze/pipeline/promotion/way-back.ts";
import type { Estate } from "../../analyze/estate.ts";
import type { Source } from "../../model/source.ts";
import type { Check, Found } from "../check.ts";
import { atStart } from "../words.ts";

export const check: Check = {
  id: "production-without-rollback",
  clause: "P6",
  severity: "medium",
  title: "No way back from a deployment to production was exercised",
  remediation:
    "Deploy the version before the last one again, in production or where it matters as much, and let the history or the charter's rollbackExercises show it.",
  evaluate: ({ estate }) => {
    const { asked, into, unknown } = intoProduction(estate, "P6");
    if (into.length === 0 && unknown.length === 0) return { notApplicable: NOT_APPLICABLE };
    const asks = new Map(
      into.map(({ deployment, environment }) => [`${deployment.repository} ${environment}`, { deployment, environment }] as const),
    );
    const findings = [...asks.values()].flatMap(({ deployment, environment }) =>
      found(estate, asked, deployment.repository, environment, deployment.source),
    );
    return { findings, unknown };
  },
};

/** One finding for each project and environment, however many jobs deploy there. */
function found(estate: Estate, asked: Asked, project: string, environment: string, source: Source): Found[] {
  const { answer, why, wouldShow } = wayBackOf(asked, project, environment, estate.asOf);
  if (answer === "yes") return [];
  return [
    {
      verdict: answer === "no" ? "violated" : "unknown",
      summary: atStart(why),
      from: project,
      to: `environment:${environment}`,
      toEnvironment: environment,
      grant: `${project}#way-back`,
      change: [
        ...(wouldShow === undefined ? [] : [`collect what would show it: ${wouldShow}`]),
        `deploy an earlier version of ${project} to ${environment} again, and date it in the charter's rollbackExercises`,
      ],
      source,
    },
  ];
}
