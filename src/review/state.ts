// What the ledger says so far about access reviews: a fold over its entries.
import { hashOf } from "../lib/hash.ts";
import type { Dated, Entry } from "../ledger/entry.ts";
import type { RecordImported, ReviewAnswered, ReviewItem, ReviewOpened, ReviewVerified } from "../ledger/review.ts";

export interface Review {
  readonly opened: Dated<ReviewOpened>;
  readonly items: ReadonlyMap<string, ReviewItem>;
  /** The last answer to each item. */
  readonly answers: ReadonlyMap<string, Dated<ReviewAnswered>>;
  readonly verified: readonly Dated<ReviewVerified>[];
}

export interface ReviewState {
  /** By the place of the opening, in order. */
  readonly reviews: ReadonlyMap<number, Review>;
  readonly imported: readonly Dated<RecordImported>[];
}

interface Growing extends Review {
  readonly items: Map<string, ReviewItem>;
  readonly answers: Map<string, Dated<ReviewAnswered>>;
  readonly verified: Dated<ReviewVerified>[];
}

/** A state to which entries are added in their order. It is changed in place; what `state` shows is always the newest. */
export function reviewHistory(): { readonly state: ReviewState; add(entry: Entry, index: number): void } {
  const reviews = new Map<number, Growing>();
  const imported: Dated<RecordImported>[] = [];
  return {
    state: { reviews, imported },
    add: (entry, index) => {
      const { at } = entry;
      switch (entry.kind) {
        case "review-opened":
          return void reviews.set(index, { opened: { index, at, body: entry.body }, items: new Map(), answers: new Map(), verified: [] });
        case "review-listed": {
          const items = reviews.get(entry.body.review.index)?.items;
          for (const item of entry.body.items) items?.set(item.id, item);
          return;
        }
        case "review-answered":
          return void reviews.get(entry.body.review.index)?.answers.set(entry.body.item, { index, at, body: entry.body });
        case "review-verified":
          return void reviews.get(entry.body.review.index)?.verified.push({ index, at, body: entry.body });
        case "record-imported":
          return void imported.push({ index, at, body: entry.body });
        default:
          return;
      }
    },
  };
}

/** Whether the items that stand in the ledger are all that the opening promised. */
export const isWhole = ({ opened, items }: Review): boolean =>
  items.size === opened.body.items && hashOf([...items.values()]) === opened.body.itemsHash;
