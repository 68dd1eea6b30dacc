// The order in which findings are told: each with its number, and under it what has the same cause.
import type { CheckResult, Finding } from "../../findings/result.ts";

export interface Told {
  readonly number: number;
  readonly finding: Finding;
  /** Findings that cross by the same grant: from another place, or by people, each alone. */
  readonly beside: readonly Finding[];
}

/** A finding whose cause is not in the result (a baseline knows it) is told by itself: none is left out. */
export function toldOf(result: CheckResult): readonly Told[] {
  const ids = new Set(result.findings.map((finding) => finding.id));
  const isUnder = ({ id, cause }: Finding): boolean => cause !== undefined && cause !== id && ids.has(cause);
  const under = Map.groupBy(result.findings.filter(isUnder), (finding) => finding.cause);
  return result.findings
    .filter((finding) => !isUnder(finding))
    .map((finding, index) => ({ number: index + 1, finding, beside: under.get(finding.id) ?? [] }));
}

/** The number under which each finding is told, its cause's for what is told beside it. */
export const numbersOf = (told: readonly Told[]): ReadonlyMap<string, number> =>
  new Map(told.flatMap(({ number, finding, beside }) => [finding, ...beside].map((each) => [each.id, number] as const)));

/** Where the grant that a finding is named after stands: that is what someone changes. */
export const primarySource = (finding: Finding): Finding["source"] =>
  finding.source ?? (finding.path.findLast((step) => step.grant === finding.grant) ?? finding.path.at(-1))?.source;

/** How a finding is introduced that is told beside its cause. */
export function besideWords({ statements, fromEnvironment }: Finding): string {
  if (statements.includes("singlePerson")) return "By hand too";
  return fromEnvironment === undefined ? "By the same grant" : `From ${fromEnvironment} too`;
}
