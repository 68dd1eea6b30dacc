// The smallest set of candidates that meets every given set: exact by branch and bound, with a lower bound when the search is cut short.

export interface HittingSet {
  readonly chosen: readonly number[];
  /** No hitting set has fewer members. */
  readonly lowerBound: number;
}

/** Nodes visited before the best set so far is returned with its bound: a few hundred milliseconds. */
const MAXIMUM_NODES = 200_000;

/**
 * `sets` hold candidate numbers, none empty; `cost` breaks ties between sets of equal size (lower is better). Sets that contain another set are
 * dropped first: whoever meets the smaller meets the larger.
 */
export function smallestHittingSet(sets: readonly (readonly number[])[], cost: (candidate: number) => number): HittingSet {
  const minimal = dropSupersets(sets);
  const search = { nodes: 0, best: greedy(minimal, cost), bestCost: 0 };
  search.bestCost = total(search.best, cost);
  const bound = disjointBound(minimal, new Set());
  branch(minimal, cost, [], search);
  return { chosen: [...search.best].sort((a, b) => a - b), lowerBound: search.nodes > MAXIMUM_NODES ? bound : search.best.length };
}

const total = (chosen: readonly number[], cost: (candidate: number) => number): number => chosen.reduce((sum, each) => sum + cost(each), 0);

function branch(
  sets: readonly ReadonlySet<number>[],
  cost: (c: number) => number,
  chosen: number[],
  search: { nodes: number; best: number[]; bestCost: number },
): void {
  if (search.nodes++ > MAXIMUM_NODES) return;
  const open = sets.filter((set) => !chosen.some((each) => set.has(each)));
  if (open.length === 0) {
    const sum = total(chosen, cost);
    if (chosen.length < search.best.length || (chosen.length === search.best.length && sum < search.bestCost)) {
      search.best = [...chosen];
      search.bestCost = sum;
    }
    return;
  }
  const least = chosen.length + disjointBound(open, new Set());
  if (least > search.best.length || (least === search.best.length && total(chosen, cost) >= search.bestCost)) return;
  const smallest = open.reduce((a, b) => (b.size < a.size ? b : a));
  for (const candidate of [...smallest].sort((a, b) => cost(a) - cost(b) || a - b)) {
    chosen.push(candidate);
    branch(open, cost, chosen, search);
    chosen.pop();
  }
}

function greedy(sets: readonly ReadonlySet<number>[], cost: (c: number) => number): number[] {
  const chosen: number[] = [];
  let open = [...sets];
  while (open.length > 0) {
    const counts = new Map<number, number>();
    for (const set of open) for (const each of set) counts.set(each, (counts.get(each) ?? 0) + 1);
    const [best] = [...counts].reduce((a, b) =>
      b[1] > a[1] || (b[1] === a[1] && (cost(b[0]) < cost(a[0]) || (cost(b[0]) === cost(a[0]) && b[0] < a[0]))) ? b : a,
    );
    chosen.push(best);
    open = open.filter((set) => !set.has(best));
  }
  return chosen;
}

/** Sets that share nothing each need a member of their own. */
function disjointBound(sets: readonly ReadonlySet<number>[], used: Set<number>): number {
  let count = 0;
  for (const set of [...sets].sort((a, b) => a.size - b.size)) {
    if ([...set].some((each) => used.has(each))) continue;
    count++;
    for (const each of set) used.add(each);
  }
  return count;
}

function dropSupersets(sets: readonly (readonly number[])[]): ReadonlySet<number>[] {
  const unique = new Map(sets.map((set) => [[...new Set(set)].sort((a, b) => a - b).join(","), new Set(set)]));
  const bySize = [...unique.values()].sort((a, b) => a.size - b.size);
  const kept: Set<number>[] = [];
  for (const set of bySize) if (!kept.some((smaller) => smaller.isSubsetOf(set))) kept.push(set);
  return kept;
}
