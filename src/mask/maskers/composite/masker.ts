// Composite values: every field by its own rule.
import { z } from "zod";
import type { Masker } from "../../masker.ts";
import { textMasking } from "../../text-masking.ts";
import { rewriteRow } from "../literal.ts";
import { Rule, partMask, ruleRefusal } from "../parts.ts";
import { underlying } from "../types.ts";

const Options = z.strictObject({
  /** Every field of the type has to be named. */
  fields: z.record(z.string(), Rule),
});
type Options = z.infer<typeof Options>;

export const masker: Masker<Options> = {
  id: "composite",
  summary: "Each field by a rule of its own.",
  options: Options,
  types: ["composite"],
  deterministic: true,
  keepsDistinct: () => false,
  refuses: ({ fields }, column, maskers) => {
    const declared = underlying(column).fields ?? [];
    const unknown = Object.keys(fields).find((name) => !declared.some((each) => each.name === name));
    if (unknown !== undefined) return `names the field ${unknown}, which ${column.type} has not`;
    for (const field of declared) {
      const rule = fields[field.name];
      if (rule === undefined) return `says nothing about the field ${field.name}`;
      const refused = ruleRefusal(rule, field, column, maskers);
      if (refused !== undefined) return `cannot mask the field ${field.name}: ${refused}`;
    }
    return undefined;
  },
  compile: ({ fields }, column, prf, maskers) => {
    const masks = (underlying(column).fields ?? []).map((field) => partMask(fields[field.name] as Rule, field, column, prf, maskers));
    return textMasking((text) => rewriteRow(text, masks));
  },
};
