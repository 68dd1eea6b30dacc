// Runs every check: each way across goes to the first check that claims it, and every check answers its clause.
import type { Estate } from "../analyze/estate.ts";
import { type Decision, STATEMENTS, type Way } from "../analyze/reach/decide.ts";
import { type Gap, gapId } from "../model/gap.ts";
import type { Check, Found } from "./check.ts";

export interface CheckAnswer {
  readonly check: Check;
  readonly verdict: "separated" | "violated" | "unknown" | "not-applicable";
  readonly findings: readonly Found[];
  /** Why it is unknown or not applicable. */
  readonly reason?: string;
  /** What was seen, whatever the verdict. */
  readonly shown?: readonly string[];
}

/** Throws when a way is claimed by no check: it would be lost. */
export function ownerOf(way: Way, estate: Estate, checks: readonly Check[]): Check {
  const owner = checks.find((check) => check.claims?.(way, estate));
  if (!owner) throw new Error(`no check claims the way by ${way.rule.family} (${way.rule.how})`);
  return owner;
}

export function runChecks(estate: Estate, decision: Decision, checks: readonly Check[]): CheckAnswer[] {
  const claimed = Map.groupBy(decision.ways, (way) => ownerOf(way, estate, checks));
  const hidden = Map.groupBy(decision.hidden, (way) => ownerOf(way, estate, checks));
  const gaps = new Map(estate.gaps.flatMap((gap) => [[gapId(gap), gap] as const, [gap.what, gap] as const]));
  const isOpen = [...decision.ways.filter((way) => way.verdict === "unknown"), ...decision.hidden];
  const heldOpen = [...new Set(isOpen.flatMap((way) => gapsBehind(way, gaps)))];
  const unexplained = unexplainedStatements(decision);
  return checks.map((check) => {
    const open = [
      ...(hidden.get(check) ?? []).map((way) => reasonOf(way, gaps)),
      ...(check.claims ? heldOpen.filter((gap) => gap.clauses.includes(check.clause)).map(gapWords) : []),
      ...(check.claims ? unexplained : []),
      ...estate.untaken.filter((gap) => gap.clauses.length === 0 || gap.clauses.includes(check.clause)).map(gapWords),
    ];
    return answer(check, estate, decision, claimed.get(check) ?? [], open);
  });
}

/** A statement left open that no way and no gap accounts for: every check that reports ways is then open. */
function unexplainedStatements({ statements, ways, hidden, openedByGaps }: Decision): string[] {
  const accounts = (statement: (typeof STATEMENTS)[number]): boolean =>
    openedByGaps[statement].length > 0 ||
    [...ways, ...hidden].some((way) => way.verdict === "unknown" && way.statements.includes(statement));
  return STATEMENTS.filter((statement) => statements[statement] === "unknown" && !accounts(statement)).map(
    (statement) => `the statement ${statement} is unknown`,
  );
}

const gapWords = (gap: Gap): string => `${gap.what}: ${gap.why}`;

/** What was not read and holds the way open. A rule that rests on a gap names it by its id or its words, alone or at the end of its reason. */
function gapsBehind(way: Way, gaps: ReadonlyMap<string, Gap>): Gap[] {
  const reasons = [way.rule, ...way.steps.map((step) => step.rule)].flatMap((rule) => rule?.because ?? []);
  return reasons.flatMap((because) => gaps.get(because) ?? gaps.get(/\[(.+)\]$/.exec(because)?.[1] ?? "") ?? []);
}

function reasonOf(way: Way, gaps: ReadonlyMap<string, Gap>): string {
  const [gap] = gapsBehind(way, gaps);
  return gap ? gapWords(gap) : (way.rule.because ?? way.rule.how);
}

/**
 * Unknown never passes: a check without a violation is unknown when a way that it would report may be open, when what was not read could itself be
 * such a way or concerns its clause, and when it says itself that it has not seen enough.
 */
function answer(check: Check, estate: Estate, decision: Decision, ways: readonly Way[], open: readonly string[]): CheckAnswer {
  const outcome = check.evaluate({ estate, decision, ways });
  if ("notApplicable" in outcome) {
    if (open[0] !== undefined) return { check, verdict: "unknown", findings: [], reason: open[0] };
    return { check, verdict: "not-applicable", findings: [], reason: outcome.notApplicable };
  }
  const { findings } = outcome;
  const shown = outcome.shown === undefined || outcome.shown.length === 0 ? {} : { shown: outcome.shown };
  if (findings.some((finding) => finding.verdict === "violated")) return { check, verdict: "violated", findings, ...shown };
  const reasons = [...(outcome.unknown ?? []), ...open];
  if (findings.length > 0 || reasons.length > 0)
    return { check, verdict: "unknown", findings, reason: reasons[0] ?? findings[0]?.summary ?? "", ...shown };
  return { check, verdict: "separated", findings, ...shown };
}
