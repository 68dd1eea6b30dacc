// What city, postcode and address share: the country that a row is in.
import { z } from "zod";
import { type Country, countries, countryOf } from "../lists/country.ts";
import type { Masking } from "../masker.ts";
import { rowMasking, textMasking } from "../text-masking.ts";

export const PlaceOptions = {
  /** Code or name, for a column that is all in one country. */
  country: z
    .string()
    .refine((text) => countryOf(text) !== undefined, { error: `is none of ${countries.map(({ code }) => code).join(", ")}` })
    .optional(),
  /** The column that says the country. It must be kept, or masked to itself: a place goes with the country that the row had. */
  countryColumn: z.string().optional(),
};

export interface PlaceChoice {
  readonly country?: string | undefined;
  readonly countryColumn?: string | undefined;
}

export const placeReads = ({ countryColumn }: PlaceChoice): readonly string[] => (countryColumn === undefined ? [] : [countryColumn]);

/** `undefined` for a row whose country is null or not listed, when none is declared. */
export function placeMasking(options: PlaceChoice, mask: (text: string, country: Country | undefined) => string): Masking {
  const declared = options.country === undefined ? undefined : countryOf(options.country);
  if (options.countryColumn === undefined) return textMasking((text) => mask(text, declared));
  return rowMasking((text, [name]) => mask(text, (name === undefined ? undefined : countryOf(name)) ?? declared));
}
