// Digit strings that keep their length, on bytes: for card numbers, phone numbers and identifiers that are digits.
import type { Prf } from "../prf/prf.ts";
import { bigPermutation } from "./big-permutation.ts";
import { type Permutation, permutation } from "./permutation.ts";

const LONGEST_SAFE = 15;

/** Permutes the digits of strings of one length: `digits` holds values 0 to 9, and is changed in place. */
export type DigitPermutation = (digits: Uint8Array, start: number, end: number) => void;

export function digitPermutation(prf: Prf): DigitPermutation {
  const own = prf.derive("digits");
  const kept: (Permutation | undefined)[] = [];
  return (digits, start, end) => {
    const length = end - start;
    if (length === 0) return;
    if (length > LONGEST_SAFE) return permuteLong(own, digits, start, end);
    let value = 0;
    for (let at = start; at < end; at++) value = value * 10 + (digits[at] as number);
    let permute = kept[length];
    if (permute === undefined) kept[length] = permute = permutation(own, 10 ** length);
    let left = permute(value);
    for (let at = end - 1; at >= start; at--) {
      const tenth = Math.floor(left / 10);
      digits[at] = left - tenth * 10;
      left = tenth;
    }
  };
}

function permuteLong(prf: Prf, digits: Uint8Array, start: number, end: number): void {
  const length = end - start;
  const permute = bigPermutation(prf, 10n ** BigInt(length));
  const text = permute(BigInt(digits.subarray(start, end).join("")))
    .toString()
    .padStart(length, "0");
  for (let at = 0; at < length; at++) digits[start + at] = text.charCodeAt(at) - 48;
}
