// JSON: every text and number by the rule of its path; the form, the names, and true, false and null stay.
import { z } from "zod";
import type { ColumnType, Masker, Maskers } from "../../masker.ts";
import { textMasking } from "../../text-masking.ts";
import { chosen } from "../choice.ts";
import { Others, type PartMask, Rule, partMask, ruleRefusal } from "../parts.ts";
import { TEXT, fits } from "../types.ts";
import { PATH, type Step, parsePath, pathMatches } from "./path.ts";
import { rewriteJson } from "./rewrite.ts";

const Options = z.strictObject({
  /** `$.customer.email`, `$.items[*].name`, `$..phone`; a rule holds for everything below, the longest path first. */
  paths: z.record(z.string().regex(PATH, "is no path such as $.customer.email, $.items[*].name or $..phone"), Rule).default({}),
  others: Others,
});
type Options = z.infer<typeof Options>;

const STRING: ColumnType = { type: "text" };
const NUMBER: ColumnType = { type: "numeric" };

/** A masker that knows no numbers masks their digits, as text. */
function typeFor(rule: Rule, isNumber: boolean, maskers: Maskers): ColumnType {
  if (!isNumber || rule === "keep" || rule === "null") return STRING;
  const resolved = chosen(rule, maskers);
  return resolved.ok && fits(resolved.value.masker, NUMBER) ? NUMBER : STRING;
}

export const masker: Masker<Options> = {
  id: "json",
  summary: "Each text and number inside by the rule of its path.",
  options: Options,
  types: ["json", "jsonb", ...TEXT],
  deterministic: true,
  keepsDistinct: () => false,
  refuses: ({ paths }, column, maskers) => {
    for (const [path, rule] of Object.entries(paths)) {
      const refusals = [true, false].map((isNumber) => ruleRefusal(rule, typeFor(rule, isNumber, maskers), column, maskers));
      const refused = refusals.every((each) => each !== undefined) ? refusals[0] : undefined;
      if (refused !== undefined) return `cannot mask ${path}: ${refused}`;
    }
    return undefined;
  },
  compile: ({ paths, others }, column, prf, maskers) => {
    const compiled = (rule: Rule, isNumber: boolean): PartMask | undefined => {
      const type = typeFor(rule, isNumber, maskers);
      return ruleRefusal(rule, type, column, maskers) === undefined ? partMask(rule, type, column, prf, maskers) : undefined;
    };
    const otherRules: readonly [Rule, Rule] = others === "mask" ? ["text", "number"] : [others, others];
    const [otherString, otherNumber] = [compiled(otherRules[0], false), compiled(otherRules[1], true)];
    const rules = Object.entries(paths)
      .map(([path, rule]) => {
        const string = compiled(rule, false);
        const number = compiled(rule, true);
        // A rule that reads one kind alone leaves the other to what stands for everything else.
        return { steps: parsePath(path), string: string ?? otherString, number: number ?? otherNumber };
      })
      .toSorted((a, b) => b.steps.length - a.steps.length);
    return textMasking((text) =>
      rewriteJson(text, (path: readonly Step[], value, isNumber) => {
        const rule = rules.find(({ steps }) => pathMatches(steps, path));
        const mask = isNumber ? (rule === undefined ? otherNumber : rule.number) : rule === undefined ? otherString : rule.string;
        return mask?.(value);
      }),
    );
  },
};
