// What the picture shows of the findings: ways across, grouped by where they start and end.
import { RANKS } from "../../charter/order.ts";
import type { CheckResult, Finding } from "../../findings/result.ts";

export type Environment = CheckResult["environments"][number];

/** `influence` goes from the lower environment into the higher; `disclosure` is data of the higher that the lower can read. */
export type Flow = "influence" | "disclosure" | "people";

export interface Crossing {
  /** Fragment of its list of findings. */
  readonly anchor: string;
  readonly flow: Flow;
  readonly verdict: "violated" | "unknown";
  /** An environment, `people`, or `undeclared`: what stands in no environment. */
  readonly from: string;
  readonly to: string;
  readonly findings: readonly Finding[];
}

export interface Crossings {
  readonly crossings: readonly Crossing[];
  /** Findings about one thing, which cross nothing. */
  readonly others: readonly Finding[];
}

/** Highest first, peers beside each other, as the charter lists them otherwise. A tier that this version does not know stands lowest. */
export function environmentsByTier(result: CheckResult): readonly Environment[] {
  return result.environments.toSorted((a, b) => rankOf(b) - rankOf(a));
}

export const rankOf = ({ tier }: Environment): number => (Object.hasOwn(RANKS, tier) ? RANKS[tier as keyof typeof RANKS] : -1);

export function crossingsOf(result: CheckResult): Crossings {
  const names = new Set(result.environments.map((environment) => environment.name));
  const groups = Map.groupBy(result.findings, (finding) => keyOf(finding, names));
  const others = groups.get(undefined) ?? [];
  const crossings = [...groups].flatMap(([key, findings], index) => {
    if (key === undefined) return [];
    const [flow, verdict, from, to] = JSON.parse(key) as [Flow, Crossing["verdict"], string, string];
    return [{ anchor: `crossing-${index + 1}`, flow, verdict, from, to, findings }];
  });
  return { crossings, others };
}

function keyOf(finding: Finding, names: ReadonlySet<string>): string | undefined {
  const { fromEnvironment, toEnvironment, statements, verdict } = finding;
  if (toEnvironment === undefined || !names.has(toEnvironment)) return undefined;
  if (statements.includes("singlePerson")) return JSON.stringify(["people", verdict, "people", toEnvironment]);
  if (fromEnvironment === undefined || fromEnvironment === toEnvironment) return undefined;
  const flow = statements.includes("data") && !statements.includes("wall") ? "disclosure" : "influence";
  return JSON.stringify([flow, verdict, names.has(fromEnvironment) ? fromEnvironment : "undeclared", toEnvironment]);
}

/** `development → production`; data goes the other way. */
export const directionOf = ({ flow, from, to }: Crossing): string => {
  const lower = from === "undeclared" ? "in no environment" : from;
  return flow === "disclosure" ? `${to} → ${lower}` : `${lower} → ${to}`;
};

export const peopleOf = ({ findings }: Crossing): number => new Set(findings.flatMap((finding) => finding.people)).size;

export type Door = NonNullable<CheckResult["doors"]>[number];

/** A door counts only when its guard is proved; the finding about it says that it is not. */
export function faultOf(door: Door, result: CheckResult): Finding["verdict"] | undefined {
  const about = result.findings.filter(
    ({ check, from, to }) => check === "declared-gate-unguarded" && (from === door.through || to === door.through),
  );
  return about.find(({ verdict }) => verdict === "violated")?.verdict ?? about[0]?.verdict;
}
