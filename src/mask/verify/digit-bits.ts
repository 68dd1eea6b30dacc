// How many numbers of one length a column's values are drawn from, as its own values show: a shared prefix adds nothing.

const MOST_DIGITS = 24;

export interface DigitBits {
  /** A value of digits alone. */
  add(bytes: Uint8Array, start: number, end: number, length: number): void;
  /** Of values of that length, as a power of two; undefined where none was seen. */
  bits(length: number): number | undefined;
}

/** The sum of each place's entropy (Shannon 1948, section 6), by length. Places are taken as independent, so this is never less than the truth. */
export function digitBits(): DigitBits {
  const seen = new Map<number, Uint32Array>();
  return {
    add: (bytes, start, end, length) => {
      if (length > MOST_DIGITS) return;
      let counts = seen.get(length);
      if (counts === undefined) seen.set(length, (counts = new Uint32Array(length * 10)));
      let place = 0;
      for (let at = start; at < end; at++) {
        const digit = (bytes[at] as number) - 0x30;
        if (digit < 0 || digit > 9) continue;
        counts[place * 10 + digit] = (counts[place * 10 + digit] as number) + 1;
        place++;
      }
    },
    bits: (length) => {
      const counts = seen.get(length);
      if (counts === undefined) return undefined;
      let bits = 0;
      for (let place = 0; place < length; place++) bits += entropy(counts.subarray(place * 10, place * 10 + 10));
      return bits;
    },
  };
}

function entropy(counts: Uint32Array): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce((sum, count) => (count === 0 ? sum : sum - (count / total) * Math.log2(count / total)), 0);
}
