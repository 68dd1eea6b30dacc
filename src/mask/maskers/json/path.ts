// Paths into JSON: the plain part of RFC 9535 that a policy needs.

/** A name, `*` for any member or element, `**` for any number of steps. */
export type Step = string;

const NAME = String.raw`\.[A-Za-z_][\w-]*|\['[^']+'\]|\[\*\]|\.\*`;
export const PATH: RegExp = new RegExp(String.raw`^\$(?:\.\.[A-Za-z_][\w-]*|${NAME})*$`);

const STEP = /\.\.([A-Za-z_][\w-]*)|\.([A-Za-z_][\w-]*)|\['([^']+)'\]|(\[\*\])|(\.\*)/g;

export const parsePath = (path: string): readonly Step[] =>
  [...path.matchAll(STEP)].flatMap(([, deep, name, quoted]) => (deep === undefined ? [name ?? quoted ?? "*"] : ["**", deep]));

/** Whether the path leads to `at` or to something that `at` is inside of. */
export function pathMatches(steps: readonly Step[], at: readonly Step[], from = 0, index = 0): boolean {
  if (from === steps.length) return true;
  const step = steps[from] as Step;
  if (step === "**") {
    for (let next = index; next <= at.length; next++) if (pathMatches(steps, at, from + 1, next)) return true;
    return false;
  }
  return index < at.length && (step === "*" || step === at[index]) && pathMatches(steps, at, from + 1, index + 1);
}
