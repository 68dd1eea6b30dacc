// Ranges and multiranges: both bounds by one masker, the lower one first.
import { z } from "zod";
import { MaskError } from "../../error.ts";
import type { Masker } from "../../masker.ts";
import { textMasking } from "../../text-masking.ts";
import { canonicalType } from "../../type-name.ts";
import { Rule, partMask, ruleRefusal } from "../parts.ts";
import { underlying } from "../types.ts";

const Options = z.strictObject({ bounds: Rule });
type Options = z.infer<typeof Options>;

/** PostgreSQL documentation, section 8.17.1. */
const ELEMENTS: Readonly<Record<string, string>> = {
  int4: "integer",
  int8: "bigint",
  num: "numeric",
  ts: "timestamp without time zone",
  tstz: "timestamp with time zone",
  date: "date",
};

const elementOf = (type: string): string => ELEMENTS[canonicalType(type).replace(/(multi)?range$/, "")] ?? "text";

/** Section 8.17.5; bounds may stand in quotes. */
const RANGE = /([[(])(?:"([^"]*)"|([^,"]*)),(?:"([^"]*)"|([^\])"]*))([\])])/g;
const WHOLE = /^(empty|\{?(([[(][^[(\])]*[\])]),?)*\}?)$/;

export const masker: Masker<Options> = {
  id: "range",
  summary: "Both bounds by one masker, in order.",
  options: Options,
  types: ["range"],
  deterministic: true,
  keepsDistinct: () => false,
  refuses: ({ bounds }, column, maskers) => ruleRefusal(bounds, { type: elementOf(underlying(column).type) }, column, maskers),
  compile: ({ bounds }, column, prf, maskers) => {
    const mask = partMask(bounds, { type: elementOf(underlying(column).type) }, column, prf, maskers);
    const bound = (text: string): string => (text === "" || text.endsWith("infinity") ? text : (mask(text) ?? ""));
    return textMasking((text) => {
      if (!WHOLE.test(text)) throw new MaskError("VALUE_NOT_MASKABLE", "a value is no range as PostgreSQL writes one");
      return text.replaceAll(
        RANGE,
        (_, open: string, quotedLow: string | undefined, low: string, quotedHigh: string | undefined, high: string, close: string) => {
          const [first, last] = inOrder(bound(quotedLow ?? low), bound(quotedHigh ?? high));
          return `${open}${quote(first)},${quote(last)}${close}`;
        },
      );
    });
  },
};

/** A permutation of the bounds may turn them around. */
function inOrder(low: string, high: string): readonly [string, string] {
  if (low === "" || high === "" || /infinity/.test(low + high)) return [low, high];
  const [first, last] = [Number(low), Number(high)];
  const isTurned = Number.isNaN(first) || Number.isNaN(last) ? !low.endsWith("BC") && !high.endsWith("BC") && low > high : first > last;
  return isTurned ? [high, low] : [low, high];
}

const quote = (text: string): string => (/[ ,]/.test(text) ? `"${text}"` : text);
