// In which order tables are filled: parents before children, and what refers in a circle is filled in afterwards.
import type { ForeignKey, Inventory } from "../inventory.ts";

export interface Order {
  readonly tables: readonly string[];
  /** Keys whose parents come later or are the table itself: null at first, set when all rows are there. */
  readonly later: readonly ForeignKey[];
}

/** `isNullable` says whether all columns of a key may be null: those circles can be cut. */
export function orderOf(inventory: Inventory, isNullable: (key: ForeignKey) => boolean): Order {
  const ids = inventory.tables.filter(({ partitionOf }) => partitionOf === undefined).map(({ id }) => id);
  const known = new Set(ids);
  const keys = inventory.foreignKeys.filter(({ from, to }) => known.has(from) && known.has(to));
  const waiting = new Map(ids.map((id) => [id, keys.filter((key) => key.from === id && key.to !== id)]));
  const tables: string[] = [];
  const later: ForeignKey[] = keys.filter((key) => key.from === key.to);
  while (waiting.size > 0) {
    let ready = [...waiting].filter(([, needs]) => needs.length === 0).map(([id]) => id);
    if (ready.length === 0) {
      // A circle: cut where nulls are allowed, at the table with the fewest needs in it; else anywhere, and the check is deferred.
      const circles = [...waiting.keys()].map((id) => [id, inCircle(waiting, id)] as const).filter(([, needs]) => needs.length > 0);
      const [id, needs] = circles.toSorted(([, a], [, b]) => cost(a, isNullable) - cost(b, isNullable))[0] as (typeof circles)[number];
      later.push(...needs);
      waiting.set(
        id,
        (waiting.get(id) as ForeignKey[]).filter((key) => !needs.includes(key)),
      );
      if ((waiting.get(id) as ForeignKey[]).length > 0) continue;
      ready = [id];
    }
    for (const id of ready) {
      tables.push(id);
      waiting.delete(id);
    }
    for (const [id, needs] of waiting)
      waiting.set(
        id,
        needs.filter(({ to }) => waiting.has(to)),
      );
  }
  return { tables, later };
}

/** The needs of a table that lead back to it. */
function inCircle(waiting: ReadonlyMap<string, readonly ForeignKey[]>, id: string): readonly ForeignKey[] {
  const leadsBack = (start: string): boolean => {
    const seen = new Set<string>();
    const open = [start];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (at === id) return true;
      if (seen.has(at)) continue;
      seen.add(at);
      open.push(...(waiting.get(at) ?? []).map(({ to }) => to));
    }
    return false;
  };
  return (waiting.get(id) ?? []).filter(({ to }) => leadsBack(to));
}

const cost = (needs: readonly ForeignKey[], isNullable: (key: ForeignKey) => boolean): number =>
  needs.reduce((sum, key) => sum + (isNullable(key) ? 1 : 1000), 0);
