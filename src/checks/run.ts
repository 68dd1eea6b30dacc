// Runs every check: each way across goes to the first check that claims it, and every check answers its clause.
import type { Estate } from "../analyze/estate.ts";
import type { Decision, Way } from "../analyze/reach/decide.ts";
import type { Check, Found } from "./check.ts";

export interface CheckAnswer {
  readonly check: Check;
  readonly verdict: "separated" | "violated" | "unknown" | "not-applicable";
  readonly findings: readonly Found[];
  /** Why it is unknown or not applicable. */
  readonly reason?: string;
}

/** Throws when a way is claimed by no check: it would be lost. */
export function runChecks(estate: Estate, decision: Decision, checks: readonly Check[]): CheckAnswer[] {
  const claimed = new Map<Check, Way[]>(checks.map((check) => [check, []]));
  for (const way of decision.ways) {
    const owner = checks.find((check) => check.claims?.(way, estate));
    if (!owner) throw new Error(`no check claims the way by ${way.rule.family} (${way.rule.how})`);
    claimed.get(owner)?.push(way);
  }
  return checks.map((check) => answer(check, estate, decision, claimed.get(check) ?? []));
}

function answer(check: Check, estate: Estate, decision: Decision, ways: readonly Way[]): CheckAnswer {
  const outcome = check.evaluate({ estate, decision, ways });
  if ("notApplicable" in outcome) return { check, verdict: "not-applicable", findings: [], reason: outcome.notApplicable };
  const { findings } = outcome;
  if (findings.some((finding) => finding.verdict === "violated")) return { check, verdict: "violated", findings };
  const open = (check.statements ?? []).filter((statement) => decision.statements[statement] === "unknown");
  const reasons = [...(outcome.unknown ?? []), ...open.map((statement) => `the statement ${statement} is unknown`)];
  if (findings.length > 0 || reasons.length > 0)
    return { check, verdict: "unknown", findings, reason: reasons[0] ?? "a way that may be open" };
  return { check, verdict: "separated", findings };
}
