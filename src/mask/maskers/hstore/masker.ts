// hstore: every value by the rule of its key; the keys stay.
import { z } from "zod";
import { MaskError } from "../../error.ts";
import type { Masker } from "../../masker.ts";
import { textMasking } from "../../text-masking.ts";
import { Others, type PartMask, Rule, otherText, partMask, ruleRefusal } from "../parts.ts";

const Options = z.strictObject({
  keys: z.record(z.string(), Rule).default({}),
  others: Others,
});
type Options = z.infer<typeof Options>;

const VALUE = { type: "text" };

/** PostgreSQL documentation, F.17.1: output always quotes keys and values. */
const PAIR = /"((?:[^"\\]|\\.)*)"=>(?:(NULL)|"((?:[^"\\]|\\.)*)")(, |$)/gs;

const unescape = (text: string): string => text.replaceAll(/\\(.)/gs, "$1");
const escape = (text: string): string => text.replaceAll(/["\\]/g, "\\$&");

export const masker: Masker<Options> = {
  id: "hstore",
  summary: "Each value by the rule of its key.",
  options: Options,
  types: ["hstore"],
  deterministic: true,
  keepsDistinct: () => false,
  refuses: ({ keys }, column, maskers) => {
    for (const [key, rule] of Object.entries(keys)) {
      const refused = ruleRefusal(rule, VALUE, column, maskers);
      if (refused !== undefined) return `cannot mask the key ${key}: ${refused}`;
    }
    return undefined;
  },
  compile: ({ keys, others }, column, prf, maskers) => {
    const masks = new Map<string, PartMask>(Object.entries(keys).map(([key, rule]) => [key, partMask(rule, VALUE, column, prf, maskers)]));
    const other = partMask(otherText(others), VALUE, column, prf, maskers);
    return textMasking((text) => {
      let read = 0;
      const out = text.replaceAll(PAIR, (whole, key: string, isNull: string | undefined, value: string, end: string) => {
        read += whole.length;
        if (isNull !== undefined) return whole;
        const masked = (masks.get(unescape(key)) ?? other)(unescape(value));
        return `"${key}"=>${masked === undefined ? "NULL" : `"${escape(masked)}"`}${end}`;
      });
      if (read !== text.length) throw new MaskError("VALUE_NOT_MASKABLE", "a value is no hstore as PostgreSQL writes one");
      return out;
    });
  },
};
