// Values of a closed list, an enum's or a declared one: another of the list, one to one.
import { z } from "zod";
import { permutation } from "../../bijection/permutation.ts";
import { writeBytes } from "../../byte-sink.ts";
import { MaskError } from "../../error.ts";
import type { ColumnType, Masker } from "../../masker.ts";
import { choose } from "../../prf/prf.ts";
import { canonicalType } from "../../type-name.ts";
import { TEXT, underlying } from "../types.ts";

const Options = z.strictObject({
  /** For columns whose type does not list them. */
  values: z.array(z.string()).min(2).optional(),
  /** A permutation keeps who shares a value; without it each row of one value still goes to one, and values may fall together. */
  distinct: z.boolean().default(true),
});
type Options = z.infer<typeof Options>;

const valuesOf = ({ values }: Options, type: ColumnType): readonly string[] =>
  values ?? underlying(type).labels ?? (canonicalType(underlying(type).type) === "boolean" ? ["t", "f"] : []);

export const masker: Masker<Options> = {
  id: "label",
  summary: "Another value of the same closed list.",
  options: Options,
  types: ["enum", "boolean", ...TEXT],
  deterministic: true,
  keepsDistinct: ({ distinct }) => distinct,
  refuses: (options, column) => (valuesOf(options, column).length < 2 ? "needs the values that the column may have" : undefined),
  compile: (options, column, prf) => {
    const own = prf.derive("label");
    const values = valuesOf(options, column).map((each) => Buffer.from(each));
    const permute = permutation(own, values.length);
    const places = new Map(values.map((each, at) => [each.toString("latin1"), at]));
    return (input, start, end, out) => {
      const place = places.get(input.toString("latin1", start, end));
      if (place === undefined) throw new MaskError("VALUE_NOT_MASKABLE", `a value is none of the ${values.length} of its list`);
      own.evaluate(input, start, end);
      const chosen = values[options.distinct ? permute(place) : choose(own, 0, values.length)] as Buffer;
      writeBytes(out, chosen, 0, chosen.length);
    };
  },
};
