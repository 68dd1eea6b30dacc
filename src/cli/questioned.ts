// For commands that ask of an estate without a verdict: derives it, resolves names, finds lines.
import { resolve } from "../app/ask.ts";
import { readAndDerive, formatProblems } from "../app/check.ts";
import { stepShown, type ShownStep } from "../app/result.ts";
import type { Estate } from "../analyze/estate.ts";
import type { Step } from "../analyze/reach/decide.ts";
import { type EstateFlags, filesOf, optionsOf } from "./io.ts";
import { UsageError } from "./report.ts";

export function estateOf(folder: string, flags: EstateFlags): { readonly estate: Estate; readonly locate: (step: Step) => ShownStep } {
  const derived = readAndDerive(filesOf(folder), optionsOf(flags));
  if (!derived.ok) throw new UsageError("BAD_INPUT", formatProblems(derived.error));
  const { estate, reading } = derived.value;
  return { estate, locate: stepShown(reading, estate) };
}

export function idsOf(estate: Estate, name: string): readonly string[] {
  const found = resolve(estate, name);
  if ("ids" in found) return found.ids;
  const near =
    found.near.length > 0
      ? `Did you mean: ${found.near.join(", ")}`
      : "Give an entity id as findings print it, an environment of the charter, or a person's id.";
  throw new UsageError("USAGE", `${name}  nothing in this estate has this name\n  ${near}`);
}
