// Postcodes of the row's country, in its form.
import { z } from "zod";
import { textPermutation } from "../../bijection/text.ts";
import type { Masker } from "../../masker.ts";
import { choose } from "../../prf/prf.ts";
import { PlaceOptions, placeMasking, placeReads } from "../place.ts";
import { TEXT } from "../types.ts";

const Options = z.strictObject({
  ...PlaceOptions,
  /** Characters that stay at the front: the region. */
  keep: z.int().min(0).max(3).default(0),
});
type Options = z.infer<typeof Options>;

/** Letters that every country that has letters in its codes has in every place. */
const LETTERS = "ABEHLNRSTWX";

export const masker: Masker<Options> = {
  id: "postcode",
  summary: "Another postcode in the form of the row's country, or in the form of the value.",
  options: Options,
  types: TEXT,
  deterministic: true,
  keepsDistinct: () => false,
  reads: placeReads,
  compile: (options, { maxLength = 255 }, prf) => {
    const own = prf.derive("postcode");
    const sameForm = textPermutation(own);
    return placeMasking(options, (text, country) => {
      const form = country?.postcode;
      // Without a country, or in a column too narrow for its form, the value's own form is kept.
      if (form === undefined || form.length > maxLength) return text.slice(0, options.keep) + sameForm(text.slice(options.keep));
      const bytes = Buffer.from(`${country?.code}:${text}`);
      own.evaluate(bytes, 0, bytes.length);
      let word = 0;
      const made = form.replaceAll(/[91A]/g, (kind) => {
        const next = word++ % 8;
        if (kind === "A") return LETTERS[choose(own, next, LETTERS.length)] as string;
        return String(kind === "1" ? 1 + choose(own, next, 9) : choose(own, next, 10));
      });
      return text.slice(0, options.keep) + made.slice(options.keep);
    });
  },
};
