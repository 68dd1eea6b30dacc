// The one choke point of the gate: a request, what the ledger says, the charter and the time give a decision with its reasons.
import type { Charter, Promotion } from "../charter/schema.ts";
import type { Dated } from "../ledger/entry.ts";
import type { PromotionRequested, Reason } from "../ledger/promotion.ts";
import { countApprovals } from "./approvals.ts";
import type { Directory } from "../charter/directory.ts";
import { freezeAt } from "./freeze.ts";
import { type GateState, ranKey, requestOf, testsKey } from "./state.ts";

const HOUR_MS = 3_600_000;

export interface Decision {
  /** `waiting`: what is missing can still come. `refused`: this request will never pass. */
  readonly outcome: "approved" | "waiting" | "refused";
  readonly reasons: readonly Reason[];
  readonly approvers: readonly string[];
  /** Until when an approved promotion may be deployed. */
  readonly until?: string;
}

/** Reasons that waiting does not mend: another request is needed, or another charter. */
const FINAL: ReadonlySet<Reason["code"]> = new Set([
  "unknown-promotion",
  "rejected",
  "unknown-author",
  "never-satisfiable",
  "no-such-rollback",
  "no-authors",
]);

/** Decides on a request as of a time. Everything that any way in may approve passes here; there is no other. */
export function decide(request: Dated<PromotionRequested>, state: GateState, charter: Charter, directory: Directory, at: string): Decision {
  const { from, to } = request.body;
  const promotion = charter.promotion.find((each) => each.from === from && each.to === to);
  if (promotion === undefined) {
    const text = `the charter knows no promotion from ${from} to ${to}`;
    return { outcome: "refused", reasons: [{ code: "unknown-promotion", text }], approvers: [] };
  }
  const { approvers, reasons } = countApprovals(request, promotion, state, directory, at);
  const all = [...evidenceReasons(request, promotion, state, charter), ...reasons, ...freezeReasons(request.body, charter, at)];
  if (all.length > 0) return { outcome: all.some(({ code }) => FINAL.has(code)) ? "refused" : "waiting", reasons: all, approvers };
  return { outcome: "approved", reasons: [], approvers, until: new Date(Date.parse(at) + promotion.deployHours * HOUR_MS).toISOString() };
}

/** What was tested is what is promoted: the same digest, deployed and tested in the environment below. A rollback rests on its own earlier deployment. */
function evidenceReasons(request: Dated<PromotionRequested>, promotion: Promotion, state: GateState, charter: Charter): readonly Reason[] {
  const { artifact, from, rollbackTo } = request.body;
  if (rollbackTo !== undefined) return rollbackReasons(request, state);
  const reasons: Reason[] = [];
  const isReachedByPromotion = charter.promotion.some((each) => each.to === from);
  const wasBelow = state.ran.has(ranKey(artifact.digest, from));
  if (isReachedByPromotion && !wasBelow)
    reasons.push({ code: "not-deployed-below", text: `${artifact.digest} was never confirmed to run in ${from}` });
  const latest = new Map<string, boolean>();
  for (const { body } of state.tests.get(testsKey(artifact.digest, from)) ?? []) {
    // An unverified attestation neither helps nor hides a failure.
    if (body.passed && promotion.attested && body.attestation?.verified !== true) continue;
    latest.set(body.suite, body.passed);
  }
  const suites = promotion.tests.length > 0 ? promotion.tests : [...latest.keys()];
  const failed = suites.filter((suite) => latest.get(suite) === false);
  const absent = suites.filter((suite) => !latest.has(suite));
  const with_ = promotion.attested ? " with a verified attestation" : "";
  if (failed.length > 0) reasons.push({ code: "not-tested", text: `${failed.join(", ")} failed last on ${artifact.digest} in ${from}` });
  if (absent.length > 0)
    reasons.push({ code: "not-tested", text: `${absent.join(", ")} did not pass on ${artifact.digest} in ${from}${with_}` });
  if (suites.length === 0) reasons.push({ code: "not-tested", text: `no test passed on ${artifact.digest} in ${from}${with_}` });
  return reasons;
}

function rollbackReasons({ body, index }: Dated<PromotionRequested>, state: GateState): readonly Reason[] {
  const bad = (text: string): readonly Reason[] => [{ code: "no-such-rollback", text }];
  const earlier = body.rollbackTo && state.deployments.get(body.rollbackTo.index);
  if (earlier === undefined || earlier.index > index) return bad("what it goes back to was never confirmed to run");
  const request = requestOf(state, earlier);
  const isSame = earlier.body.environment === body.to && earlier.body.digest === body.artifact.digest;
  if (!isSame || request?.body.artifact.name !== body.artifact.name)
    return bad(`entry ${earlier.index} is not this artifact in ${body.to}`);
  return request.body.artifact.digest === earlier.body.digest ? [] : bad(`entry ${earlier.index} ran what was never approved`);
}

/** Going back is allowed in a freeze: it is how an outage ends. */
function freezeReasons({ to, rollbackTo }: PromotionRequested, charter: Charter, at: string): readonly Reason[] {
  const freeze = rollbackTo === undefined ? freezeAt(charter.freezes, to, at) : undefined;
  return freeze ? [{ code: "frozen", text: `${to} is frozen: ${freeze.name} (${freeze.reason})` }] : [];
}
