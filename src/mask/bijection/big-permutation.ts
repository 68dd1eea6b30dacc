// The keyed permutation for sizes beyond the safe integers: long numbers and long texts.
import type { Prf } from "../prf/prf.ts";
import { ROUNDS } from "./permutation.ts";

export type BigPermutation = (x: bigint) => bigint;

/** A permutation of 0, 1, …, size - 1; the same network as `permutation`'s, over integers of any length. */
export function bigPermutation(prf: Prf, size: bigint): BigPermutation {
  const own = prf.derive(`big ${size}`);
  const leftSize = rootAbove(size);
  const rightSize = (size + leftSize - 1n) / leftSize;
  const move = roundFunction(own, byteLength(leftSize));
  return (x) => {
    let y = x;
    do {
      let left = y / rightSize;
      let right = y % rightSize;
      for (let round = 0; round < ROUNDS; round += 2) {
        left = (left + move(round, right)) % leftSize;
        right = (right + move(round + 1, left)) % rightSize;
      }
      y = left * rightSize + right;
    } while (y >= size);
    return y;
  };
}

/** As many bytes as a part has, and sixteen more, so that reducing modulo its size is fair to 2^-128 (as FF1 does: step 5 of its algorithm 7, with d = 4⌈b/4⌉ + 4, is fair to 2^-32). */
function roundFunction(prf: Prf, bytes: number): (round: number, x: bigint) => bigint {
  const blocks = Math.ceil((bytes + 16) / 32);
  const input = Buffer.alloc(2 + bytes);
  return (round, x) => {
    input.fill(x.toString(16).padStart(bytes * 2, "0"), 2, 2 + bytes, "hex");
    let value = 0n;
    for (let block = 0; block < blocks; block++) {
      input[0] = round;
      input[1] = block;
      prf.evaluate(input, 0, input.length);
      for (const word of prf.words) value = (value << 32n) | BigInt(word >>> 0);
    }
    return value;
  };
}

const byteLength = (size: bigint): number => Math.ceil(size.toString(16).length / 2);

/** The smallest integer whose square is at least `size`, by Newton's method. */
function rootAbove(size: bigint): bigint {
  let root = 1n << BigInt(Math.ceil(size.toString(2).length / 2));
  for (;;) {
    const next = (root + size / root) >> 1n;
    if (next >= root) break;
    root = next;
  }
  return root * root < size ? root + 1n : root;
}
