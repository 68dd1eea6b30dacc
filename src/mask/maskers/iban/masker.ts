// IBANs of the same country and form with right check digits.
import { z } from "zod";
import { textPermutation } from "../../bijection/text.ts";
import { walk } from "../../bijection/walk.ts";
import type { Masker } from "../../masker.ts";
import { textMasking } from "../../text-masking.ts";
import { mod97 } from "../checksum.ts";
import { TEXT } from "../types.ts";

const Options = z.strictObject({
  /** Characters of the account that stay: where a bank's identifier must be one that exists. */
  keepBank: z.int().min(0).max(10).default(0),
});
type Options = z.infer<typeof Options>;

/** ISO 13616-1: two letters, two check digits from 02 to 98, up to thirty letters and digits; in print groups of four. */
const FORM = /^[A-Z]{2}(?:0[2-9]|[1-8]\d|9[0-8])[A-Z0-9]{11,30}$/;

export function isIban(text: string): boolean {
  const compact = text.replaceAll(" ", "").toUpperCase();
  return FORM.test(compact) && mod97(compact.slice(4) + compact.slice(0, 4)) === 1;
}

export const masker: Masker<Options> = {
  id: "iban",
  summary: "Another IBAN of the same country with right check digits; different ones stay different.",
  options: Options,
  types: TEXT,
  deterministic: true,
  // In text, spaces and case may be all that tells two apart: those stay in place as well.
  keepsDistinct: () => true,
  compile: ({ keepBank }, _column, prf) => {
    const own = prf.derive("iban").derive(String(keepBank));
    const permute = textPermutation(own);
    const asText = textPermutation(own.derive("not an account"));
    return textMasking((text) => {
      if (!isIban(text)) return walk(text, asText, (each) => !isIban(each)) ?? asText(text);
      const compact = text.replaceAll(" ", "");
      const country = compact.slice(0, 2);
      const masked = compact.slice(4, 4 + keepBank) + permute(compact.slice(4 + keepBank));
      const check = String(98 - mod97(`${masked}${country}00`.toUpperCase())).padStart(2, "0");
      const whole = country + check + masked;
      let at = 0;
      return text.replaceAll(/[^ ]/g, () => whole[at++] as string);
    });
  },
};
