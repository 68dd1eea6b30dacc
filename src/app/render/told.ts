// The order in which findings are told: each with its number, and under it what has the same cause.
import type { CheckResult, Finding, Group } from "../../findings/result.ts";

export interface Told {
  readonly number: number;
  readonly finding: Finding;
  /** Findings that cross by the same grant: from another place, or by people, each alone. */
  readonly beside: readonly Finding[];
  readonly group?: Group;
}

/**
 * A finding whose cause is not in the result (a baseline knows it) is told by itself: none is left out. Where findings are grouped, those of a group are
 * told under its first.
 */
export function toldOf(result: CheckResult): readonly Told[] {
  const above = aboveOf(result);
  const under = Map.groupBy(
    result.findings.filter(({ id }) => above.has(id)),
    ({ id }) => above.get(id),
  );
  return result.findings
    .filter(({ id }) => !above.has(id))
    .map((finding, index) => {
      const group = result.groups?.find(({ findings }) => findings.includes(finding.id));
      return { number: index + 1, finding, beside: under.get(finding.id) ?? [], ...(group && { group }) };
    });
}

/** By finding, the one under which it is told. */
function aboveOf({ findings, groups }: CheckResult): ReadonlyMap<string, string> {
  const ids = new Set(findings.map(({ id }) => id));
  if (groups === undefined)
    return new Map(
      findings.flatMap(({ id, cause }) => (cause !== undefined && cause !== id && ids.has(cause) ? [[id, cause] as const] : [])),
    );
  return new Map(
    groups.flatMap((group) => {
      const [first, ...others] = group.findings.filter((id) => ids.has(id));
      return first === undefined ? [] : others.map((id) => [id, first] as const);
    }),
  );
}

/** `Owned by team shop of acme (admin access to acme/shop)`; empty where nobody is known to own it. */
export const ownerWords = ({ group }: Told): string => (group?.owner ? `Owned by ${group.owner.who} (${group.owner.by})` : "");

/** What a group of several has in common; empty for one that stands alone. */
export const causeWords = ({ group, beside, finding }: Told): string => {
  if (!group || beside.length === 0) return "";
  return `One cause: ${group.cause}${group.instruction === undefined || group.instruction === finding.cut[0] ? "" : ` (${group.instruction})`}`;
};

/** The number under which each finding is told, its cause's for what is told beside it. */
export const numbersOf = (told: readonly Told[]): ReadonlyMap<string, number> =>
  new Map(told.flatMap(({ number, finding, beside }) => [finding, ...beside].map((each) => [each.id, number] as const)));

/** Where the grant that a finding is named after stands: that is what someone changes. */
export const primarySource = (finding: Finding): Finding["source"] =>
  finding.source ?? (finding.path.findLast((step) => step.grant === finding.grant) ?? finding.path.at(-1))?.source;

/** How a finding is introduced that is told beside another: by the same grant, or mended by the same change. */
export function besideWords({ statements, fromEnvironment, grant }: Finding, first: Finding): string {
  if (grant !== first.grant) return "By the same cause";
  if (statements.includes("singlePerson")) return "By hand too";
  return fromEnvironment === undefined ? "By the same grant" : `From ${fromEnvironment} too`;
}
