// Phone numbers that are valid in the same country, or that are set aside for stories and ring nowhere.
import { z } from "zod";
import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/max";
import { digitPermutation } from "../../bijection/digits.ts";
import { textPermutation } from "../../bijection/text.ts";
import { walk } from "../../bijection/walk.ts";
import type { Masker } from "../../masker.ts";
import { type Prf, choose } from "../../prf/prf.ts";
import { textMasking } from "../../text-masking.ts";
import { TEXT } from "../types.ts";
import { fictitious } from "./fictitious.ts";

const Options = z.strictObject({
  /** Of numbers that do not begin with +. */
  country: z
    .string()
    .refine((code) => isSupportedCountry(code), "is no ISO 3166-1 alpha-2 code with a numbering plan")
    .optional(),
  /** `valid` may ring at somebody's; `fictitious` rings nowhere, where the country has set numbers aside, and there are few of those. */
  numbers: z.enum(["valid", "fictitious"]).default("valid"),
  /** Digits of the national number that stay: area or network. */
  keep: z.int().min(0).max(5).default(3),
});
type Options = z.infer<typeof Options>;

interface Parts {
  /** Where the national number's last digits begin, among the digits of the text. */
  readonly from: number;
  readonly country: CountryCode;
}

/** The fewest digits that change. */
const FEWEST = 4;

function partsOf(text: string, country: CountryCode | undefined, keep: number): Parts | undefined {
  const parsed = parsePhoneNumberFromString(text, country === undefined ? {} : { defaultCountry: country, extract: false });
  if (parsed?.country === undefined || !parsed.isValid() || parsed.ext !== undefined) return undefined;
  const digits = text.replaceAll(/\D/g, "");
  if (!digits.endsWith(parsed.nationalNumber)) return undefined;
  const changing = Math.max(FEWEST, parsed.nationalNumber.length - keep);
  return { from: digits.length - Math.min(changing, parsed.nationalNumber.length), country: parsed.country };
}

/** The digits of the text replaced in their places, from one of them on. */
function withDigits(text: string, from: number, digits: ArrayLike<number>): string {
  let at = -1;
  return text.replaceAll(/\d/g, (digit) => (++at < from ? digit : String(digits[at - from])));
}

export const masker: Masker<Options> = {
  id: "phone",
  summary: "Another valid number of the same country and area, written the same way; or one that rings nowhere.",
  options: Options,
  types: TEXT,
  deterministic: true,
  keepsDistinct: ({ numbers }) => numbers === "valid",
  compile: (options, _column, prf) => {
    const own = prf.derive("phone");
    const country = options.country as CountryCode | undefined;
    const permute = permuteFrom(own);
    const asText = textPermutation(own.derive("not a number"));
    return textMasking((text) => {
      const parts = partsOf(text, country, options.keep);
      const isOther = (each: string): boolean => partsOf(each, country, options.keep) === undefined;
      if (parts === undefined) return walk(text, asText, isOther) ?? asText(text);
      const story = options.numbers === "fictitious" ? storyNumber(own, text, parts) : undefined;
      if (story !== undefined) return story;
      const accept = (each: string): boolean => {
        const found = partsOf(each, country, options.keep);
        return found?.from === parts.from && found.country === parts.country;
      };
      return walk(text, (each) => permute(each, parts.from), accept) ?? permute(text, parts.from);
    });
  },
};

function permuteFrom(prf: Prf): (text: string, from: number) => string {
  const permute = digitPermutation(prf);
  return (text, from) => {
    const digits = Uint8Array.from(text.replaceAll(/\D/g, "").slice(from), Number);
    permute(digits, 0, digits.length);
    return withDigits(text, from, digits);
  };
}

function storyNumber(prf: Prf, text: string, { country }: Parts): string | undefined {
  const ranges = fictitious[country];
  if (ranges === undefined) return undefined;
  const bytes = Buffer.from(text);
  prf.evaluate(bytes, 0, bytes.length);
  const range = ranges[choose(prf, 0, ranges.length)] as string;
  let at = 1;
  const national = range.replaceAll("x", () => String(choose(prf, at++ % 8, 10)));
  const parsed = parsePhoneNumberFromString(national, country);
  if (parsed === undefined) return undefined;
  return text.trim().startsWith("+") ? parsed.formatInternational() : parsed.formatNational();
}
