// Arrays: every element by one masker; dimensions, order and NULLs stay.
import { z } from "zod";
import type { ColumnType, Masker } from "../../masker.ts";
import { textMasking } from "../../text-masking.ts";
import { rewriteArray } from "../literal.ts";
import { Rule, partMask, ruleRefusal } from "../parts.ts";
import { underlying } from "../types.ts";

const Options = z.strictObject({ each: Rule });
type Options = z.infer<typeof Options>;

const elementOf = (type: ColumnType): ColumnType => {
  const array = underlying(type);
  return array.element ?? { type: array.type.replace(/(\[\])+$/, "") };
};

export const masker: Masker<Options> = {
  id: "array",
  summary: "Each element by a masker of its own.",
  options: Options,
  types: ["array"],
  deterministic: true,
  keepsDistinct: () => false,
  refuses: ({ each }, column, maskers) => ruleRefusal(each, elementOf(column), column, maskers),
  compile: ({ each }, column, prf, maskers) => {
    const mask = partMask(each, elementOf(column), column, prf, maskers);
    return textMasking((text) => rewriteArray(text, mask));
  },
};
