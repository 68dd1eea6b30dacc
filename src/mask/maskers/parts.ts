// What becomes of a part of a value: what is in an array, a field, a JSON leaf.
import { z } from "zod";
import type { Column, ColumnType, Maskers } from "../masker.ts";
import type { Prf } from "../prf/prf.ts";
import { maskText } from "../text-masking.ts";
import { Choice, compileChoice, partOf, partRefusal } from "./choice.ts";

/** `keep`, `null`, or a masker. */
export const Rule = Choice;
export type Rule = Choice;

/** For what no rule names: fails closed unless the policy's author says otherwise. */
export const Others = z.enum(["keep", "mask", "null"]).default("mask");
export type Others = z.infer<typeof Others>;

/** Undefined is null. */
export type PartMask = (text: string) => string | undefined;

export function partMask(rule: Rule, type: ColumnType, column: Column, prf: Prf, maskers: Maskers): PartMask {
  if (rule === "keep") return (text) => text;
  if (rule === "null") return () => undefined;
  const masking = compileChoice(rule, partOf(type, column), prf, maskers);
  return (text) => maskText(masking, text);
}

export const ruleRefusal = (rule: Rule, type: ColumnType, column: Column, maskers: Maskers): string | undefined =>
  rule === "keep" || rule === "null" ? undefined : partRefusal(rule, type, column, maskers);

/** What `mask` means for a text that no rule names. */
export const otherText = (others: Others): Rule => (others === "mask" ? "text" : others);
