// Which rows of a table: a set of row places, a bit for each, so that ten million rows cost some megabytes.

/** `MaxHeapTuplesPerPage` is 291 for pages of 8 KiB (htup_details.h); offsets begin at 1. */
const OFFSETS = 320;
const WORDS = OFFSETS / 32;

export interface TidSet {
  /** Whether it was not there before. `tid` as PostgreSQL writes it: `(page,offset)`. */
  readonly add: (tid: string) => boolean;
  readonly size: () => number;
  /** In the order of the pages, so many at a time, as PostgreSQL reads an array. */
  readonly batches: (most: number) => Iterable<string>;
}

export function tidSet(): TidSet {
  let words = new Uint32Array(1024 * WORDS);
  let size = 0;
  const add = (tid: string): boolean => {
    const comma = tid.indexOf(",");
    const page = Number(tid.slice(1, comma));
    const offset = Number(tid.slice(comma + 1, -1));
    if (!(offset < OFFSETS)) throw new RangeError(`a page holds more rows than ${OFFSETS}: its size is not that of PostgreSQL's packages`);
    if ((page + 1) * WORDS > words.length) {
      const grown = new Uint32Array(Math.max((page + 1) * WORDS, words.length * 2));
      grown.set(words);
      words = grown;
    }
    const at = page * WORDS + (offset >> 5);
    const bit = 1 << (offset & 31);
    if (((words[at] as number) & bit) !== 0) return false;
    words[at] = (words[at] as number) | bit;
    size++;
    return true;
  };
  function* batches(most: number): Iterable<string> {
    let batch: string[] = [];
    for (let at = 0; at < words.length; at++) {
      const word = words[at] as number;
      if (word === 0) continue;
      for (let bit = 0; bit < 32; bit++) {
        if ((word & (1 << bit)) === 0) continue;
        batch.push(`"(${Math.floor(at / WORDS)},${(at % WORDS) * 32 + bit})"`);
        if (batch.length < most) continue;
        yield `{${batch.join(",")}}`;
        batch = [];
      }
    }
    if (batch.length > 0) yield `{${batch.join(",")}}`;
  }
  return { add, size: () => size, batches };
}
