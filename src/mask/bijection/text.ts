// Format-preserving text: every letter becomes a letter of its kind and every digit a digit, and no two texts become one.
import type { Prf } from "../prf/prf.ts";
import { placeOf } from "./alphabet.ts";
import { type BigPermutation, bigPermutation } from "./big-permutation.ts";
import { type Permutation, permutation } from "./permutation.ts";

/**
 * The places of a text that may change are the digits of a number in mixed radix, which is permuted. Texts of one form (the same kinds at
 * the same places) thus map to texts of that form, one to one. Permutations are kept by size, which is all they depend on.
 */
export function textPermutation(prf: Prf): (text: string) => string {
  const small = new Map<number, Permutation>();
  const sized = (size: number): Permutation => remembered(small, size, () => permutation(prf, size));
  const general = generalPermutation(prf, sized);
  return (text) => permuteAscii(text, sized) ?? general(text);
}

/** For any text; the obvious twin of `permuteAscii`. */
export function generalPermutation(prf: Prf, sized: (size: number) => Permutation): (text: string) => string {
  const big = new Map<bigint, BigPermutation>();
  return (text) => {
    const characters = Array.from(text, (each) => each.codePointAt(0) as number);
    const changing = characters.flatMap((each, at) => {
      const place = placeOf(each);
      return place === undefined || place.alphabet.length === 1 ? [] : [{ at, ...place }];
    });
    const size = changing.reduce((product, { alphabet }) => product * alphabet.length, 1);
    const indexes =
      size <= Number.MAX_SAFE_INTEGER
        ? permuteSmall(changing, size, sized(size))
        : permuteBig(changing, (total) => remembered(big, total, () => bigPermutation(prf, total)));
    for (const [order, { at, alphabet }] of changing.entries()) characters[at] = alphabet[indexes[order] as number] as number;
    return characters.map((each) => String.fromCodePoint(each)).join("");
  };
}

/** The radix of an ASCII character's alphabet, 1 for what stays, and where that alphabet begins. */
const RADIX = new Uint8Array(128).fill(1);
const FIRST = new Uint8Array(128);
for (const [first, radix] of [
  [0x30, 10],
  [0x41, 26],
  [0x61, 26],
] as const) {
  RADIX.fill(radix, first, first + radix);
  FIRST.fill(first, first, first + radix);
}

/** About as many letters as make a safe integer, and as much punctuation again. */
const LONGEST_ASCII = 48;
const codes = new Uint8Array(LONGEST_ASCII);

/** Most values are short and ASCII: those need no list of places. Undefined for the others. */
function permuteAscii(text: string, sized: (size: number) => Permutation): string | undefined {
  const { length } = text;
  if (length > LONGEST_ASCII) return undefined;
  let size = 1;
  let rank = 0;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code > 127) return undefined;
    codes[at] = code;
    const radix = RADIX[code] as number;
    if (radix === 1) continue;
    size *= radix;
    rank = rank * radix + code - (FIRST[code] as number);
  }
  if (size > Number.MAX_SAFE_INTEGER) return undefined;
  let left = size === 1 ? 0 : sized(size)(rank);
  for (let at = length - 1; at >= 0; at--) {
    const code = codes[at] as number;
    const radix = RADIX[code] as number;
    if (radix === 1) continue;
    const quotient = Math.floor(left / radix);
    codes[at] = (FIRST[code] as number) + left - quotient * radix;
    left = quotient;
  }
  return String.fromCharCode(...codes.subarray(0, length));
}

interface Digit {
  readonly alphabet: readonly number[];
  readonly index: number;
}

/** Tables of small permutations and of rounds are large: only so many sizes are kept. */
const MOST_KEPT = 64;

function remembered<K, V>(kept: Map<K, V>, key: K, make: () => V): V {
  let value = kept.get(key);
  if (value === undefined) {
    if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value as K);
    value = make();
    kept.set(key, value);
  }
  return value;
}

function permuteSmall(digits: readonly Digit[], size: number, permute: Permutation): number[] {
  let rank = 0;
  for (const { alphabet, index } of digits) rank = rank * alphabet.length + index;
  let left = size === 1 ? rank : permute(rank);
  const indexes = Array.from({ length: digits.length }, () => 0);
  for (let at = digits.length - 1; at >= 0; at--) {
    const radix = (digits[at] as Digit).alphabet.length;
    const quotient = Math.floor(left / radix);
    indexes[at] = left - quotient * radix;
    left = quotient;
  }
  return indexes;
}

function permuteBig(digits: readonly Digit[], permutationOf: (size: bigint) => BigPermutation): number[] {
  let rank = 0n;
  let size = 1n;
  for (const { alphabet, index } of digits) {
    const radix = BigInt(alphabet.length);
    rank = rank * radix + BigInt(index);
    size *= radix;
  }
  let left = permutationOf(size)(rank);
  const indexes = Array.from({ length: digits.length }, () => 0);
  for (let at = digits.length - 1; at >= 0; at--) {
    const radix = BigInt((digits[at] as Digit).alphabet.length);
    indexes[at] = Number(left % radix);
    left /= radix;
  }
  return indexes;
}
