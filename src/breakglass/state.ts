// What the ledger says so far about break-glass: a fold over its entries, the same for whoever decides and whoever verifies.
import type {
  BreakGlassActivity,
  BreakGlassDecided,
  BreakGlassEnded,
  BreakGlassExamined,
  BreakGlassRequested,
  BreakGlassReviewed,
} from "../ledger/break-glass.ts";
import type { Dated, Entry } from "../ledger/entry.ts";

/** One use of a door, from the request to the review afterwards. */
export interface Use {
  readonly request: Dated<BreakGlassRequested>;
  readonly reviews: readonly Dated<BreakGlassReviewed>[];
  readonly decision?: Dated<BreakGlassDecided>;
  readonly activity: readonly Dated<BreakGlassActivity>[];
  readonly ended?: Dated<BreakGlassEnded>;
  readonly examined?: Dated<BreakGlassExamined>;
}

export interface BreakGlassState {
  /** By the place of the request, in order. */
  readonly uses: ReadonlyMap<number, Use>;
  /** The request's place, by the decision's. */
  readonly requestOf: ReadonlyMap<number, number>;
}

interface Growing extends Use {
  reviews: Dated<BreakGlassReviewed>[];
  decision?: Dated<BreakGlassDecided>;
  activity: Dated<BreakGlassActivity>[];
  ended?: Dated<BreakGlassEnded>;
  examined?: Dated<BreakGlassExamined>;
}

/** A state to which entries are added in their order. It is changed in place; what `state` shows is always the newest. */
export function breakGlassHistory(): { readonly state: BreakGlassState; add(entry: Entry, index: number): void } {
  const uses = new Map<number, Growing>();
  const requestOf = new Map<number, number>();
  const useOf = (decision: number): Growing | undefined => uses.get(requestOf.get(decision) ?? -1);
  return {
    state: { uses, requestOf },
    add: (entry, index) => {
      const { at } = entry;
      switch (entry.kind) {
        case "break-glass-requested":
          return void uses.set(index, { request: { index, at, body: entry.body }, reviews: [], activity: [] });
        case "break-glass-reviewed":
          return void uses.get(entry.body.request.index)?.reviews.push({ index, at, body: entry.body });
        case "break-glass-decided": {
          const use = uses.get(entry.body.request.index);
          if (use === undefined) return;
          use.decision = { index, at, body: entry.body };
          return void requestOf.set(index, entry.body.request.index);
        }
        case "break-glass-activity":
          return void useOf(entry.body.grant.index)?.activity.push({ index, at, body: entry.body });
        case "break-glass-ended": {
          const use = useOf(entry.body.grant.index);
          if (use) use.ended = { index, at, body: entry.body };
          return;
        }
        case "break-glass-examined": {
          const use = useOf(entry.body.grant.index);
          if (use) use.examined = { index, at, body: entry.body };
          return;
        }
        default:
          return;
      }
    },
  };
}
