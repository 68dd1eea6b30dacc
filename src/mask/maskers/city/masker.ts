// Cities of the row's country, from lists.
import { z } from "zod";
import type { Country } from "../../lists/country.ts";
import { lists } from "../../lists/lists.ts";
import type { Masker } from "../../masker.ts";
import { choose } from "../../prf/prf.ts";
import { PlaceOptions, placeMasking, placeReads } from "../place.ts";
import { TEXT } from "../types.ts";

const Options = z.strictObject(PlaceOptions);
type Options = z.infer<typeof Options>;

const FEWEST = 20;

const citiesFor = (country: Country | undefined, maxLength = 255): readonly string[] =>
  lists[country?.locale ?? "en"].city.filter((each) => each.length <= maxLength);

export const masker: Masker<Options> = {
  id: "city",
  summary: "Another city of the same country; the same city becomes the same other one.",
  options: Options,
  types: TEXT,
  deterministic: true,
  keepsDistinct: () => false,
  refuses: (_options, { maxLength }) =>
    citiesFor(undefined, maxLength).length < FEWEST ? `has fewer than ${FEWEST} cities that fit into ${maxLength} characters` : undefined,
  reads: placeReads,
  compile: (options, { maxLength }, prf) => {
    const own = prf.derive("city");
    const known = new Map<string, readonly string[]>();
    return placeMasking(options, (text, country) => {
      const locale = country?.locale ?? "en";
      let cities = known.get(locale);
      if (cities === undefined) known.set(locale, (cities = citiesFor(country, maxLength)));
      const bytes = Buffer.from(`${country?.code ?? ""}:${text}`);
      own.evaluate(bytes, 0, bytes.length);
      return cities[choose(own, 0, cities.length)] ?? "";
    });
  },
};
