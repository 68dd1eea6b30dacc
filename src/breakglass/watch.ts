// What is wrong with how break-glass is used: reviews that are missing, credentials that live on, and doors that are break-glass in name only.
import type { Directory } from "../charter/directory.ts";
import type { Charter } from "../charter/schema.ts";
import { type BreakGlassDoor, doorOf, isOverdue } from "./decide.ts";
import type { BreakGlassState, Use } from "./state.ts";

const HOUR_MS = 3_600_000;

export interface Concern {
  readonly kind:
    | "not-reviewed"
    | "not-justified"
    | "not-revoked"
    | "no-activity-recorded"
    | "mutual-approval"
    | "default-reason"
    | "always-the-longest"
    | "standing";
  readonly door: string;
  /** What is wrong, with names and numbers. */
  readonly text: string;
  /** Places of the requests that it is about. */
  readonly entries: readonly number[];
}

/** From how many uses on a habit is told from chance. */
const HABIT = 3;
/** A door that is open for more than this part of the time is no emergency. */
const STANDING_SHARE = 0.25;
const STANDING_DAYS = 30;

/** Everything that is wrong as of a time. Pure: the same ledger, charter and time give the same concerns in the same order. */
export function concerns(state: BreakGlassState, charter: Charter, directory: Directory, at: string): readonly Concern[] {
  const granted = [...state.uses.values()].filter(({ decision }) => decision?.body.outcome === "granted");
  const found: Concern[] = [];
  for (const use of granted) found.push(...ofUse(use, at));
  for (const [name, uses] of Map.groupBy(granted, ({ request }) => request.body.door)) {
    const door = uses[0] && doorOf(charter, uses[0].request.body);
    found.push(...mutual(name, uses, directory), ...defaultReasons(name, uses), ...standing(name, uses, at));
    if (door) found.push(...longest(door, uses));
  }
  return found;
}

function ofUse(use: Use, at: string): readonly Concern[] {
  const { request, decision, ended, examined, activity } = use;
  const { door, requester } = request.body;
  const say = (kind: Concern["kind"], text: string): Concern => ({ kind, door, text, entries: [request.index] });
  const found: Concern[] = [];
  if (isOverdue(use, at))
    found.push(say("not-reviewed", `the use by ${requester} was to be reviewed by ${decision?.body.examineBy ?? "then"}, and nobody has`));
  if (examined?.body.verdict === "not-justified")
    found.push(say("not-justified", `${examined.body.by} found the use by ${requester} not justified: ${examined.body.text}`));
  if (ended?.body.notRevoked !== undefined)
    found.push(say("not-revoked", `what ${requester} was given could not be taken back: ${ended.body.notRevoked}`));
  if (ended === undefined && (decision?.body.until ?? "") < at)
    found.push(
      say(
        "not-revoked",
        `what ${requester} was given ran out at ${decision?.body.until ?? "some time"}, and no entry says that it was taken back`,
      ),
    );
  if (examined !== undefined && activity.length === 0)
    found.push(say("no-activity-recorded", `the use by ${requester} was reviewed without any record of what was done`));
  return found;
}

/** The same two people agree to each other's uses, and nobody else ever does: four eyes in name only. */
function mutual(door: string, uses: readonly Use[], directory: Directory): readonly Concern[] {
  const pairs = new Map<string, { readonly directions: Set<string>; readonly entries: number[] }>();
  for (const { request, reviews } of uses) {
    const requester = directory.personOf(request.body.requester);
    const approvers = new Set(reviews.filter(({ body }) => body.verdict === "approve").map(({ body }) => directory.personOf(body.by)));
    const [only] = approvers;
    if (requester === undefined || only === undefined || approvers.size !== 1) continue;
    const key = [requester, only].toSorted().join(" and ");
    const pair = pairs.get(key) ?? { directions: new Set<string>(), entries: [] };
    pair.directions.add(requester);
    pair.entries.push(request.index);
    pairs.set(key, pair);
  }
  return [...pairs]
    .filter(([, { directions, entries }]) => directions.size === 2 && entries.length >= HABIT)
    .map(([pair, { entries }]) => ({
      kind: "mutual-approval" as const,
      door,
      text: `${pair} approved each other ${entries.length} times, alone`,
      entries,
    }));
}

const normalized = (reason: string): string =>
  reason
    .toLowerCase()
    .replaceAll(/[^\p{L}]+/gu, " ")
    .trim();

/** The same words time and again describe a habit and not what was wrong. Numbers and punctuation do not make them other words. */
function defaultReasons(door: string, uses: readonly Use[]): readonly Concern[] {
  return [...Map.groupBy(uses, ({ request }) => normalized(request.body.reason))]
    .filter(([, same]) => same.length >= HABIT)
    .map(([, same]) => ({
      kind: "default-reason" as const,
      door,
      text: `${same.length} uses give the same reason: ${JSON.stringify(same[0]?.request.body.reason ?? "")}`,
      entries: same.map(({ request }) => request.index),
    }));
}

function longest(door: BreakGlassDoor, uses: readonly Use[]): readonly Concern[] {
  const all = uses.filter(({ request }) => request.body.minutes >= door.maximumMinutes);
  if (uses.length < HABIT || all.length < uses.length || door.maximumMinutes <= 60) return [];
  const text = `every one of ${uses.length} uses asked for the most that is allowed, ${door.maximumMinutes} minutes`;
  return [{ kind: "always-the-longest", door: door.name, text, entries: all.map(({ request }) => request.index) }];
}

/** Open so much of the time that it is standing access: the union of the times in which somebody had it. */
function standing(door: string, uses: readonly Use[], at: string): readonly Concern[] {
  const to = Date.parse(at);
  const from = to - STANDING_DAYS * 24 * HOUR_MS;
  const spans = uses
    .map(({ decision, ended }) => ({
      start: Math.max(from, Date.parse(decision?.at ?? at)),
      end: Math.min(to, Date.parse(ended?.at ?? decision?.body.until ?? at)),
    }))
    .filter(({ start, end }) => end > start)
    .toSorted((one, other) => one.start - other.start);
  let open = 0;
  let reached = from;
  for (const { start, end } of spans) {
    if (end > reached) open += end - Math.max(start, reached);
    reached = Math.max(reached, end);
  }
  const share = open / (to - from);
  if (share <= STANDING_SHARE) return [];
  const text = `it was open for ${Math.round(open / HOUR_MS)} of the last ${STANDING_DAYS * 24} hours: standing access, not an emergency`;
  return [{ kind: "standing", door, text, entries: uses.map(({ request }) => request.index) }];
}
