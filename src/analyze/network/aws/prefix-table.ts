// Longest-prefix match over any number of blocks, by one binary search.
import { type Address, type AddressRange, after, compareAddresses } from "./address.ts";

export interface PrefixEntry<T> {
  readonly range: AddressRange;
  /** Among entries of one block, the lowest wins. */
  readonly rank: number;
  readonly value: T;
}

export interface PrefixTable<T> {
  /** Where a stretch begins; it ends before the next. Sorted. */
  readonly starts: readonly Address[];
  readonly values: readonly (T | undefined)[];
}

/**
 * Blocks nest or are disjoint, so one walk in order, with the blocks that are open on a stack, gives the stretches in which the longest prefix
 * is the same.
 */
export function prefixTable<T>(entries: readonly PrefixEntry<T>[]): PrefixTable<T> {
  const sorted = entries.toSorted(
    (a, b) => compareAddresses(a.range.from, b.range.from) || compareAddresses(b.range.to, a.range.to) || b.rank - a.rank,
  );
  const starts: Address[] = [];
  const values: (T | undefined)[] = [];
  const open: PrefixEntry<T>[] = [];
  const begin = (at: Address): void => {
    const value = open.at(-1)?.value;
    if (starts.length > 0 && compareAddresses(starts.at(-1) as Address, at) === 0) values[values.length - 1] = value;
    else {
      starts.push(at);
      values.push(value);
    }
  };
  const closeBefore = (at: Address | undefined): void => {
    let top = open.at(-1);
    while (top && (at === undefined || top.range.to < at)) {
      open.pop();
      begin(after(top.range.to));
      top = open.at(-1);
    }
  };
  for (const entry of sorted) {
    closeBefore(entry.range.from);
    open.push(entry);
    begin(entry.range.from);
  }
  closeBefore(undefined);
  return { starts, values };
}

export function lookup<T>(table: PrefixTable<T>, address: Address): T | undefined {
  const index = indexOf(table.starts, address);
  return index < 0 ? undefined : table.values[index];
}

/** The last start that is not above the address; -1 when there is none. */
export function indexOf(starts: readonly Address[], address: Address): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] as Address) <= address) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Cuts the line of addresses at every block's ends: two addresses with one index are in the same blocks. */
export function boundaries(ranges: Iterable<AddressRange>): readonly Address[] {
  const all: Address[] = [];
  for (const range of ranges) all.push(range.from, after(range.to));
  all.sort(compareAddresses);
  return all.filter((address, i) => i === 0 || compareAddresses(address, all[i - 1] as Address) !== 0);
}
