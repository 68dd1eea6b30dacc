// Card numbers with a right check digit: of the networks' test ranges, or of the same issuer.
import { z } from "zod";
import { digitPermutation } from "../../bijection/digits.ts";
import { textPermutation } from "../../bijection/text.ts";
import { walk } from "../../bijection/walk.ts";
import type { Masker } from "../../masker.ts";
import { textMasking } from "../../text-masking.ts";
import { isLuhn, luhnDigit } from "../checksum.ts";
import { TEXT } from "../types.ts";

const Options = z.strictObject({
  /** `test`: the first six digits of a network's published test numbers, so that no account is hit. `keep`: the issuer's, and different cards stay different. */
  issuer: z.enum(["test", "keep"]).default("test"),
});
type Options = z.infer<typeof Options>;

/** First digits (ISO/IEC 7812-1, and the networks' ranges) and the first six of what the networks publish for tests. */
const TEST_ISSUERS: readonly (readonly [RegExp, string])[] = [
  [/^4/, "411111"],
  [/^(5[1-5]|2[2-7])/, "555555"],
  [/^3[47]/, "378282"],
  [/^(6011|64[4-9]|65)/, "601111"],
  [/^35/, "356600"],
  [/^3[0689]/, "305693"],
];
const OTHER_ISSUER = "411111";

const ISSUER = 6;

const digitsOf = (text: string): Uint8Array => Uint8Array.from(text.replaceAll(/\D/g, ""), Number);

/** 12 to 19 digits in groups. */
const FORM = /^\s*\d[\d -]{10,27}\s*$/;

export function isCard(text: string): boolean {
  if (!FORM.test(text)) return false;
  const digits = digitsOf(text);
  return digits.length >= 12 && digits.length <= 19 && isLuhn(digits, 0, digits.length);
}

function withDigits(text: string, digits: Uint8Array): string {
  let at = 0;
  return text.replaceAll(/\d/g, () => String(digits[at++]));
}

export const masker: Masker<Options> = {
  id: "card",
  summary: "Another card number with a right check digit, of a test range or of the same issuer.",
  options: Options,
  types: TEXT,
  deterministic: true,
  keepsDistinct: ({ issuer }) => issuer === "keep",
  compile: ({ issuer }, _column, prf) => {
    const own = prf.derive("card").derive(issuer);
    const permute = digitPermutation(own);
    const asText = textPermutation(own.derive("not a card"));
    return textMasking((text) => {
      if (!isCard(text)) return walk(text, asText, (each) => !isCard(each)) ?? asText(text);
      const digits = digitsOf(text);
      const last = digits.length - 1;
      if (issuer === "test") {
        const all = digits.join("");
        // All digits before the check digit go in, so that cards of two issuers with the same account differ.
        permute(digits, 0, last);
        digits.set([...(TEST_ISSUERS.find(([first]) => first.test(all))?.[1] ?? OTHER_ISSUER)].map(Number));
      } else permute(digits, ISSUER, last);
      digits[last] = luhnDigit(digits, 0, last);
      return withDigits(text, digits);
    });
  },
};
