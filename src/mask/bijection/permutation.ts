// A keyed permutation of the numbers below a size: what keeps distinct values distinct, by construction and without a table of what was seen.
import { type Prf, fraction } from "../prf/prf.ts";

export type Permutation = (x: number) => number;

/**
 * NIST SP 800-38G Rev. 1 (FF1), table 1: ten rounds. Of FF1 this takes the alternating Feistel network over two parts that are numbers;
 * it does not take AES, the tweak, or the base conversion: the round function is the mask's own keyed function, and what would be
 * a tweak is the purpose that its key is derived for.
 */
export const ROUNDS = 10;

/**
 * Below this a Feistel network says too much (SP 800-38G Rev. 1 asks for a million values, after Durak and Vaudenay, "Breaking the FF3
 * Format-Preserving Encryption Standard over Small Domains", CRYPTO 2017), and a shuffled table costs little: the "prefix cipher" of
 * Black and Rogaway ("Ciphers with Arbitrary Finite Domains", CT-RSA 2002, section 3) is as good as a permutation by chance.
 */
const LARGEST_SHUFFLE = 0x2_0000;

/** Halves up to here keep the round function's answers, since few differ. */
const LARGEST_TABLE = 0x2_0000;

export const LARGEST_SIZE = Number.MAX_SAFE_INTEGER;

/** A permutation of 0, 1, …, size - 1. */
export function permutation(prf: Prf, size: number): Permutation {
  if (!Number.isSafeInteger(size) || size < 1) throw new RangeError(`no permutation of ${size} numbers`);
  if (size <= LARGEST_SHUFFLE) return shuffle(prf.derive(`shuffle ${size}`), size);
  return feistel(prf.derive(`feistel ${size}`), size);
}

/** Fisher and Yates's, as in Knuth, TAOCP 2, section 3.4.2, algorithm P. */
function shuffle(prf: Prf, size: number): Permutation {
  const table = new Int32Array(size);
  for (let at = 0; at < size; at++) {
    prf.evaluateWords(1, at, 0, 0, 0);
    const other = Math.floor(fraction(prf, 0) * (at + 1));
    table[at] = table[other] as number;
    table[other] = at;
  }
  return (x) => table[x] as number;
}

/**
 * Alternately the left part moves by a function of the right one and the right one by a function of the left, modulo their sizes; what
 * falls outside the size is sent through again ("cycle walking", Black and Rogaway, section 4). The parts are as near to the root
 * as can be, so that hardly anything does.
 */
function feistel(prf: Prf, size: number): Permutation {
  const leftSize = Math.ceil(Math.sqrt(size));
  const rightSize = Math.ceil(size / leftSize);
  const rounds = Array.from({ length: ROUNDS }, (_, round) =>
    roundFunction(prf, round, round % 2 === 0 ? leftSize : rightSize, round % 2 === 0 ? rightSize : leftSize),
  );
  return (x) => {
    let y = x;
    do {
      let left = Math.floor(y / rightSize);
      let right = y - left * rightSize;
      for (let round = 0; round < ROUNDS; round += 2) {
        left += (rounds[round] as Permutation)(right);
        if (left >= leftSize) left -= leftSize;
        right += (rounds[round + 1] as Permutation)(left);
        if (right >= rightSize) right -= rightSize;
      }
      y = left * rightSize + right;
    } while (y >= size);
    return y;
  };
}

/** 53 bits modulo a size of at most 27: at most 2^-26 from fair. */
function roundFunction(prf: Prf, round: number, size: number, inputs: number): (x: number) => number {
  const compute = (x: number): number => {
    prf.evaluateWords(2, round, x, 0, 0);
    return (((prf.words[0] as number) >>> 0) * 0x20_0000 + ((prf.words[1] as number) >>> 11)) % size;
  };
  if (inputs > LARGEST_TABLE) return compute;
  const known = new Int32Array(inputs).fill(-1);
  return (x) => {
    const before = known[x] as number;
    if (before >= 0) return before;
    const value = compute(x);
    known[x] = value;
    return value;
  };
}
