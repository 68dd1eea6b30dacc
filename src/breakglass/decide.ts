// The one choke point of break-glass: a request, what the ledger says, the charter and the time give a decision with its reasons.
import type { Directory } from "../charter/directory.ts";
import type { Charter, Door } from "../charter/schema.ts";
import type { BreakGlassReason, BreakGlassRequested } from "../ledger/break-glass.ts";
import type { Dated } from "../ledger/entry.ts";
import type { BreakGlassState, Use } from "./state.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export type BreakGlassDoor = Extract<Door, { kind: "break-glass" }>;

export interface BreakGlassDecision {
  /** `waiting`: someone can still agree. `refused`: this request will never pass. */
  readonly outcome: "granted" | "waiting" | "refused";
  readonly reasons: readonly BreakGlassReason[];
  /** People who agreed, by their ids. */
  readonly approvers: readonly string[];
  /** It opens without anyone's approval, as the charter allows there: raise the alarm. */
  readonly immediate: boolean;
  /** Until when what is granted is valid: the decision's time and the minutes that were asked for. */
  readonly until?: string;
  /** Until when another must have reviewed it. */
  readonly examineBy?: string;
}

/** Reasons that waiting does not mend: another request is needed, or another charter. */
const FINAL: ReadonlySet<BreakGlassReason["code"]> = new Set([
  "unknown-door",
  "not-allowed",
  "unknown-person",
  "too-long",
  "no-reason",
  "no-ticket",
  "rejected",
  "withdrawn",
  "never-satisfiable",
]);

export const doorOf = (charter: Charter, { door, to }: { readonly door: string; readonly to: string }): BreakGlassDoor | undefined =>
  charter.doors.find((each): each is BreakGlassDoor => each.kind === "break-glass" && each.name === door && each.to === to);

/** Decides on a request as of a time. Whatever way in it came, nothing opens that did not pass here. */
export function decideBreakGlass(
  request: Dated<BreakGlassRequested>,
  state: BreakGlassState,
  charter: Charter,
  directory: Directory,
  at: string,
): BreakGlassDecision {
  const door = doorOf(charter, request.body);
  if (door === undefined) return refused("unknown-door", `the charter knows no break-glass ${request.body.door} to ${request.body.to}`);
  const person = directory.personOf(request.body.requester);
  if (person === undefined)
    return refused("unknown-person", `${request.body.requester} belongs to nobody that the charter knows, so nobody would answer for it`);
  const use = state.uses.get(request.index);
  const { approvers, reasons } = agreed(door, person, use, directory);
  const all = [...requestReasons(request.body, door, person, directory), ...overdueReasons(person, state, directory, at), ...reasons];
  if (all.length > 0)
    return { outcome: all.some(({ code }) => FINAL.has(code)) ? "refused" : "waiting", reasons: all, approvers, immediate: false };
  const end = Date.parse(at) + request.body.minutes * MINUTE_MS;
  return {
    outcome: "granted",
    reasons: [],
    approvers,
    immediate: door.approvals === 0,
    until: new Date(end).toISOString(),
    examineBy: new Date(end + door.reviewHours * HOUR_MS).toISOString(),
  };
}

const refused = (code: BreakGlassReason["code"], text: string): BreakGlassDecision => ({
  outcome: "refused",
  reasons: [{ code, text }],
  approvers: [],
  immediate: false,
});

/** A reason of fewer letters says nothing that a reviewer could hold against what was done. */
const REASON_LETTERS = 10;

function requestReasons(
  { minutes, reason, ticket, to }: BreakGlassRequested,
  door: BreakGlassDoor,
  person: string,
  directory: Directory,
): readonly BreakGlassReason[] {
  const reasons: BreakGlassReason[] = [];
  if (!door.who.some((who) => directory.isMeantBy(person, who)))
    reasons.push({ code: "not-allowed", text: `${person} is none of ${door.who.join(", ")}` });
  if (minutes > door.maximumMinutes)
    reasons.push({ code: "too-long", text: `${minutes} minutes were asked for, and ${door.maximumMinutes} are the most in ${to}` });
  if ((reason.match(/\p{L}/gu) ?? []).length < REASON_LETTERS)
    reasons.push({ code: "no-reason", text: "the reason does not say what is wrong" });
  if (door.ticket && ticket === undefined) reasons.push({ code: "no-ticket", text: `${door.name} asks for the ticket that it is for` });
  return reasons;
}

/** Who may agree: those the door names for it, else those who may use it; never the one who asks, by whichever of their accounts. */
function agreed(
  door: BreakGlassDoor,
  requester: string,
  use: Use | undefined,
  directory: Directory,
): { readonly approvers: readonly string[]; readonly reasons: readonly BreakGlassReason[] } {
  const eligible = directory.everyone(door.approvers.length > 0 ? door.approvers : door.who).filter((each) => each !== requester);
  const last = new Map<string, "approve" | "reject" | "withdraw">();
  for (const { body } of use?.reviews ?? []) {
    const person = directory.personOf(body.by);
    if (person !== undefined) last.set(person, body.verdict);
  }
  const approvers = eligible.filter((each) => last.get(each) === "approve");
  const reasons: BreakGlassReason[] = [];
  if (last.get(requester) === "withdraw") reasons.push({ code: "withdrawn", text: `${requester} took the request back` });
  for (const each of eligible) if (last.get(each) === "reject") reasons.push({ code: "rejected", text: `${each} rejects it` });
  if (eligible.length < door.approvals)
    reasons.push({ code: "never-satisfiable", text: `${eligible.length} others may agree, and ${door.approvals} must` });
  if (approvers.length < door.approvals)
    reasons.push({ code: "not-approved", text: `${approvers.length} of ${door.approvals} others agree` });
  return { approvers, reasons };
}

/** Who left a use without its review past the deadline opens nothing more until another has looked at it. */
function overdueReasons(person: string, state: BreakGlassState, directory: Directory, at: string): readonly BreakGlassReason[] {
  const overdue = [...state.uses.values()].filter((use) => directory.personOf(use.request.body.requester) === person && isOverdue(use, at));
  return overdue.slice(0, 5).map((use) => ({
    code: "review-overdue" as const,
    text: `the use of ${use.request.body.door} that entry ${use.request.index} asked for was to be reviewed by ${use.decision?.body.examineBy ?? "then"}`,
  }));
}

/** Granted, and past its deadline without a review. */
export const isOverdue = ({ decision, examined }: Use, at: string): boolean =>
  decision?.body.outcome === "granted" && examined === undefined && (decision.body.examineBy ?? "") < at;

/** Who may look at a use afterwards: one whom the door names, and who neither asked for it nor agreed to it. */
export function mayExamine(use: Use, door: BreakGlassDoor, by: string, directory: Directory): string | undefined {
  const person = directory.personOf(by);
  if (person === undefined) return `${by} belongs to nobody that the charter knows`;
  if (!directory.isMeantBy(person, door.reviewedBy)) return `${person} is not ${door.reviewedBy}`;
  if (directory.personOf(use.request.body.requester) === person) return `${person} used it`;
  const hasAgreed = use.reviews.some(({ body }) => body.verdict === "approve" && directory.personOf(body.by) === person);
  return hasAgreed ? `${person} agreed to it` : undefined;
}
