// UUIDs of the same version and variant; different ones stay different.
import { z } from "zod";
import { bitPermutation } from "../../bijection/bits.ts";
import { ensure } from "../../byte-sink.ts";
import { MaskError } from "../../error.ts";
import type { Masker } from "../../masker.ts";
import { canonicalType } from "../../type-name.ts";
import { TEXT, underlying } from "../types.ts";

const Options = z.strictObject({});
type Options = z.infer<typeof Options>;

/** 122 bits are free: RFC 9562, section 4 gives four to the version (digit 12, which stays) and two to the variant (digit 16). */
const HALF = 61;
const VARIANT_DIGIT = 16;

const LOWER = Buffer.from("0123456789abcdef");
const UPPER = Buffer.from("0123456789ABCDEF");

/** The value of a hexadecimal digit, 16 for anything else. */
const VALUES = Uint8Array.from({ length: 256 }, (_, byte) => {
  const value = Number.parseInt(String.fromCharCode(byte), 16);
  return Number.isNaN(value) ? 16 : value;
});

export const masker: Masker<Options> = {
  id: "uuid",
  summary: "Another UUID of the same version; different ones stay different.",
  options: Options,
  types: ["uuid", ...TEXT],
  deterministic: true,
  // In text, case may be all that tells two apart.
  keepsDistinct: (_options, column) => canonicalType(underlying(column).type) === "uuid",
  compile: (_options, _column, prf) => {
    const permute = bitPermutation(prf.derive("uuid"), HALF);
    const digits = new Uint8Array(32);
    const words = new Int32Array(4);
    return (input, start, end, out) => {
      if (start === end) return;
      let isUpper = false;
      let count = 0;
      for (let at = start; at < end; at++) {
        const byte = input[at] as number;
        const value = VALUES[byte] as number;
        if (value < 16 && count < 32) digits[count++] = value;
        else if (value < 16 || !isPunctuation(byte)) throw notUuid();
        if (byte >= 0x41 && byte <= 0x46) isUpper = true;
      }
      if (count !== 32) throw notUuid();
      gather(digits, words);
      permute(words);
      scatter(words, digits);
      const alphabet = isUpper ? UPPER : LOWER;
      ensure(out, end - start);
      count = 0;
      for (let at = start; at < end; at++) {
        const byte = input[at] as number;
        out.bytes[out.at++] = (VALUES[byte] as number) < 16 ? (alphabet[digits[count++] as number] as number) : byte;
      }
    };
  },
};

/** Hyphens and braces, which PostgreSQL's input allows (section 8.12). */
const isPunctuation = (byte: number): boolean => byte === 0x2d || byte === 0x7b || byte === 0x7d;

const notUuid = (): MaskError => new MaskError("VALUE_NOT_MASKABLE", "a value is no UUID");

/** The 122 free bits as two halves of 61: of each, one bit of the variant's digit and 15 other digits. */
function gather(digits: Uint8Array, words: Int32Array): void {
  const variant = digits[VARIANT_DIGIT] as number;
  words[0] = wordOf(digits, LEFT_HIGH, (variant >> 1) & 1);
  words[1] = wordOf(digits, LEFT_LOW, 0);
  words[2] = wordOf(digits, RIGHT_HIGH, variant & 1);
  words[3] = wordOf(digits, RIGHT_LOW, 0);
}

function scatter(words: Int32Array, digits: Uint8Array): void {
  const variant = digits[VARIANT_DIGIT] as number;
  spread(words[0] as number, LEFT_HIGH, digits);
  spread(words[1] as number, LEFT_LOW, digits);
  spread(words[2] as number, RIGHT_HIGH, digits);
  spread(words[3] as number, RIGHT_LOW, digits);
  digits[VARIANT_DIGIT] = (variant & 0b1100) | ((((words[0] as number) >>> 28) & 1) << 1) | (((words[2] as number) >>> 28) & 1);
}

const LEFT_HIGH = [0, 1, 2, 3, 4, 5, 6];
const LEFT_LOW = [7, 8, 9, 10, 11, 13, 14, 15];
const RIGHT_HIGH = [17, 18, 19, 20, 21, 22, 23];
const RIGHT_LOW = [24, 25, 26, 27, 28, 29, 30, 31];

function wordOf(digits: Uint8Array, places: readonly number[], before: number): number {
  let word = before;
  for (let at = 0; at < places.length; at++) word = (word << 4) | (digits[places[at] as number] as number);
  return word;
}

function spread(word: number, places: readonly number[], digits: Uint8Array): void {
  let left = word;
  for (let at = places.length - 1; at >= 0; at--) {
    digits[places[at] as number] = left & 15;
    left >>>= 4;
  }
}
