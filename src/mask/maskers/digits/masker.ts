// Identifiers whose digits matter: digits become other digits, everything else stays, and different ones stay different.
import { z } from "zod";
import { digitPermutation } from "../../bijection/digits.ts";
import { textPermutation } from "../../bijection/text.ts";
import { ensure } from "../../byte-sink.ts";
import type { Masker } from "../../masker.ts";
import { textMasking } from "../../text-masking.ts";
import { TEXT } from "../types.ts";

const Options = z.strictObject({
  keepFirst: z.int().min(0).default(0),
  keepLast: z.int().min(0).default(0),
});
type Options = z.infer<typeof Options>;

export const masker: Masker<Options> = {
  id: "digits",
  summary: "Other digits in the same places; what is no digit stays, and so do the first and last digits that are asked for.",
  options: Options,
  types: TEXT,
  deterministic: true,
  keepsDistinct: () => true,
  refuses: ({ keepFirst, keepLast }, { maxLength }) =>
    maxLength !== undefined && keepFirst + keepLast >= maxLength
      ? `keeps ${keepFirst + keepLast} digits, and the column has no more than ${maxLength}`
      : undefined,
  compile: ({ keepFirst, keepLast }, _column, prf) => {
    const permute = digitPermutation(prf.derive("digits").derive(`${keepFirst} ${keepLast}`));
    const asText = textMasking(textPermutation(prf.derive("digits").derive("without digits")));
    let digits = new Uint8Array(64);
    return (input, start, end, out) => {
      const length = end - start;
      if (length > digits.length) digits = new Uint8Array(length * 2);
      let count = 0;
      for (let at = start; at < end; at++) {
        const digit = (input[at] as number) - 48;
        if (digit >= 0 && digit <= 9) digits[count++] = digit;
      }
      // A name in a column of numbers must not come through.
      if (count === 0) return asText(input, start, end, out);
      // A value that is no longer than what is kept would come through as it is: then nothing of it is kept.
      const isShort = count <= keepFirst + keepLast;
      permute(digits, isShort ? 0 : keepFirst, isShort ? count : count - keepLast);
      ensure(out, length);
      count = 0;
      for (let at = start; at < end; at++) {
        const byte = input[at] as number;
        out.bytes[out.at++] = byte >= 48 && byte <= 57 ? 48 + (digits[count++] as number) : byte;
      }
    };
  },
};
