// The keyed permutation of an even number of bits up to 128, held in four words: for UUIDs and other identifiers that are all bits.
import type { Prf } from "../prf/prf.ts";
import { ROUNDS } from "./permutation.ts";

/**
 * Permutes `words` in place: its first two words are the left half and its last two the right one, each the lower `half` bits (33 to 64) of
 * them. A balanced Feistel network by exclusive or (Luby and Rackoff, SIAM Journal on Computing 17(2), 1988).
 */
export function bitPermutation(prf: Prf, half: number): (words: Int32Array) => void {
  if (half <= 32 || half > 64) throw new RangeError(`no halves of ${half} bits`);
  const own = prf.derive(`bits ${half}`);
  const high = half === 64 ? -1 : (1 << (half - 32)) - 1;
  return (words) => {
    for (let round = 0; round < ROUNDS; round++) {
      const to = round % 2 === 0 ? 0 : 2;
      own.evaluateWords(3, round, words[2 - to] as number, words[3 - to] as number, 0);
      words[to] = (words[to] as number) ^ ((own.words[0] as number) & high);
      words[to + 1] = (words[to + 1] as number) ^ (own.words[1] as number);
    }
  };
}
