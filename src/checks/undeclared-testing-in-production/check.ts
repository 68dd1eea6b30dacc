// Clause P7: a job tests in production, and nobody has approved it, or its time is over.
import { intoProduction, NOT_APPLICABLE } from "../../analyze/pipeline/promotion/into-production.ts";
import { declaredTest, type ProductionTesting, testsInProduction } from "../../analyze/pipeline/promotion/testing.ts";
import type { Estate } from "../../analyze/estate.ts";
import type { Check, Found } from "../check.ts";

export const check: Check = {
  id: "undeclared-testing-in-production",
  clause: "P7",
  severity: "medium",
  title: "Tests run in production without approval or time limit",
  remediation:
    "Test below production; what can only be tested there is declared in the charter's productionTests, with reason, approver and last day.",
  evaluate: ({ estate }) => {
    const { asked, into, unknown } = intoProduction(estate, "P7");
    if (into.length === 0 && unknown.length === 0) return { notApplicable: NOT_APPLICABLE };
    return { findings: testsInProduction(asked).flatMap((testing) => found(estate, testing)), unknown };
  },
};

function found(estate: Estate, { task, words, environment, source }: ProductionTesting): Found[] {
  const declared = declaredTest(estate.charter, task.id);
  const isOver = declared !== undefined && estate.asOf !== undefined && estate.asOf.slice(0, 10) > declared.expires;
  if (declared !== undefined && estate.asOf !== undefined && !isOver) return [];
  const what = `Job ${task.label} of ${task.project} tests in ${environment} (${words})`;
  return [
    {
      verdict: declared !== undefined && !isOver ? "unknown" : "violated",
      summary:
        declared === undefined
          ? `${what}, and the charter declares no such test`
          : isOver
            ? `${what}, which was approved until ${declared.expires}`
            : `${what}; whether its time is over depends on the day, which was not given`,
      from: task.id,
      to: task.environments[0] ?? `environment:${environment}`,
      toEnvironment: environment,
      grant: task.id,
      change: [`declare ${task.id} in the charter's productionTests with reason, approver and last day, or test below ${environment}`],
      source,
    },
  ];
}
