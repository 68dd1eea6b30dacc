// Who may answer, how far a review is, and what a later collection says of what was revoked.
import { type Directory, directoryOf } from "../charter/directory.ts";
import type { Charter } from "../charter/schema.ts";
import { type Entry, restsOn } from "../ledger/entry.ts";
import type { ReviewItem } from "../ledger/review.ts";
import { type Review, isWhole, reviewHistory } from "./state.ts";

/** Why this subject may not answer for this item; undefined when they may. One choke point, whatever the way in. */
export function mayNotAnswer(review: Review, item: string, by: string, directory: Directory): string | undefined {
  const asked = review.items.get(item);
  if (asked === undefined) return `the review has no item ${item}`;
  const person = directory.personOf(by);
  if (person === undefined) return `${by} belongs to nobody that the charter knows`;
  if (asked.reviewers.includes(person)) return undefined;
  const isTheirs = directory.personOf(asked.who) === person || (asked.who.startsWith("group:") && directory.isMeantBy(person, asked.who));
  return isTheirs
    ? `${person} has this access themselves`
    : `${person} is none of its reviewers: ${asked.reviewers.join(", ") || "it has none"}`;
}

export interface Progress {
  readonly items: number;
  readonly answered: number;
  readonly keep: number;
  readonly revoke: number;
  readonly change: number;
  /** Revoked or to be changed, and not yet seen gone. */
  readonly pending: readonly ReviewItem[];
  /** Seen again after it was revoked. */
  readonly stillThere: readonly ReviewItem[];
  readonly unanswered: readonly ReviewItem[];
  /** Every item answered by its deadline, none left out. */
  readonly state: "open" | "overdue" | "complete" | "incomplete";
}

/** How far a review is, as of a time. */
export function progressOf(review: Review, at: string): Progress {
  const { items, answers, verified, opened } = review;
  const unanswered = [...items.values()].filter(({ id }) => !answers.has(id));
  const count = (verdict: string): number => [...answers.values()].filter(({ body }) => body.verdict === verdict).length;
  const toGo = [...answers.values()].filter(({ body }) => body.verdict !== "keep").flatMap(({ body }) => items.get(body.item) ?? []);
  const last = new Map<string, "gone" | "there">();
  for (const { body } of verified) {
    for (const id of body.gone) last.set(id, "gone");
    for (const id of body.stillThere) last.set(id, "there");
  }
  const isLate = opened.body.due < at;
  return {
    items: opened.body.items,
    answered: answers.size,
    keep: count("keep"),
    revoke: count("revoke"),
    change: count("change"),
    pending: toGo.filter(({ id }) => last.get(id) !== "gone"),
    stillThere: toGo.filter(({ id }) => last.get(id) === "there"),
    unanswered,
    state: !isWhole(review) ? "incomplete" : unanswered.length === 0 ? "complete" : isLate ? "overdue" : "open",
  };
}

/** What a later collection says of everything that was to go: by the items' ids, of which `present` are those that exist now. */
export function verifyRevocations(
  review: Review,
  present: ReadonlySet<string>,
): { readonly gone: readonly string[]; readonly stillThere: readonly string[] } {
  const toGo = [...review.answers.values()].filter(({ body }) => body.verdict === "revoke").map(({ body }) => body.item);
  return { gone: toGo.filter((id) => !present.has(id)), stillThere: toGo.filter((id) => present.has(id)) };
}

/** Who must still answer what: for reminders. */
export function remindersOf(review: Review): ReadonlyMap<string, readonly ReviewItem[]> {
  const byReviewer = new Map<string, ReviewItem[]>();
  for (const item of review.items.values()) {
    if (review.answers.has(item.id)) continue;
    for (const reviewer of item.reviewers) byReviewer.set(reviewer, [...(byReviewer.get(reviewer) ?? []), item]);
  }
  return byReviewer;
}

/** The auditor's side: every answer was given by one who may, on an item that the review has, and none was left out. */
export function replayReviews(charters: ReadonlyMap<string, Charter>): (entry: Entry, index: number) => string | undefined {
  const { state, add } = reviewHistory();
  const directories = new Map([...charters].map(([hash, charter]) => [hash, directoryOf(charter)]));
  const judge = (entry: Entry): string | undefined => {
    if (entry.kind !== "review-listed" && entry.kind !== "review-answered" && entry.kind !== "review-verified") return undefined;
    const { index } = entry.body.review;
    const review = state.reviews.get(index);
    if (review === undefined) return `speaks of entry ${index}, which opens no review`;
    if (!restsOn(entry, entry.body.review)) return `does not rest on entry ${index}, of which it speaks`;
    if (entry.kind === "review-listed") {
      const again = entry.body.items.find(({ id }) => review.items.has(id));
      if (again !== undefined) return `lists item ${again.id} again`;
      return review.answers.size > 0 ? "lists items after the first answer" : undefined;
    }
    if (entry.kind === "review-verified") {
      const known = new Set([...review.answers.values()].filter(({ body }) => body.verdict === "revoke").map(({ body }) => body.item));
      const stranger = [...entry.body.gone, ...entry.body.stillThere].find((id) => !known.has(id));
      return stranger === undefined ? undefined : `speaks of item ${stranger}, which was not revoked`;
    }
    if (!isWhole(review)) return `answers a review whose items are not those that entry ${index} promised`;
    const directory = directories.get(review.opened.body.charter);
    if (directory === undefined) return `was opened under charter ${review.opened.body.charter}, which was not given`;
    const why = mayNotAnswer(review, entry.body.item, entry.body.by, directory);
    return why === undefined ? undefined : `was answered by one who may not: ${why}`;
  };
  return (entry, index) => {
    const problem = judge(entry);
    add(entry, index);
    return problem;
  };
}
