// Street addresses of the row's country: a street from a list and a number.
import { z } from "zod";
import type { Country } from "../../lists/country.ts";
import { lists } from "../../lists/lists.ts";
import type { Masker } from "../../masker.ts";
import { type Prf, choose } from "../../prf/prf.ts";
import { PlaceOptions, placeMasking, placeReads } from "../place.ts";
import { TEXT } from "../types.ts";

const Options = z.strictObject({
  ...PlaceOptions,
  part: z.enum(["line", "street", "number"]).default("line"),
});
type Options = z.infer<typeof Options>;

const FEWEST = 20;
const LONGEST_NUMBER = 4;

/** Where the number stands before the street. UPU, "Addressing solutions", country sheets. */
const NUMBER_FIRST = new Set(["en", "en-GB", "fr"]);

const streetsFor = ({ part }: Options, country: Country | undefined, maxLength = 255): readonly string[] =>
  lists[country?.locale ?? "en"].street.filter((each) => each.length <= maxLength - (part === "line" ? LONGEST_NUMBER : 0));

export const masker: Masker<Options> = {
  id: "address",
  summary: "Another street and number, as written in the row's country.",
  options: Options,
  types: TEXT,
  deterministic: true,
  keepsDistinct: () => false,
  refuses: (options, { maxLength }) =>
    options.part !== "number" && streetsFor(options, undefined, maxLength).length < FEWEST
      ? `has fewer than ${FEWEST} streets that fit into ${maxLength} characters`
      : undefined,
  reads: placeReads,
  compile: (options, { maxLength }, prf) => {
    const own = prf.derive("address").derive(options.part);
    const known = new Map<string, readonly string[]>();
    return placeMasking(options, (text, country) => {
      const locale = country?.locale ?? "en";
      let streets = known.get(locale);
      if (streets === undefined) known.set(locale, (streets = streetsFor(options, country, maxLength)));
      const bytes = Buffer.from(text);
      own.evaluate(bytes, 0, bytes.length);
      return write(own, options.part, streets, NUMBER_FIRST.has(locale));
    });
  },
};

function write(prf: Prf, part: Options["part"], streets: readonly string[], isNumberFirst: boolean): string {
  const street = streets[choose(prf, 0, streets.length)] ?? "";
  const number = String(1 + choose(prf, 1, 199));
  if (part === "line") return isNumberFirst ? `${number} ${street}` : `${street} ${number}`;
  return part === "street" ? street : number;
}
