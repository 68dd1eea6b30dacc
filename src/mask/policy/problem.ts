// What is wrong with a policy, where, and what to write instead.

export interface PolicyProblem {
  readonly file: string;
  /** From 1; 0 when it concerns no place in the text. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly remedy: string;
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

export type Path = readonly (string | number)[];

/** Where the value at a path stands, or its key. A path that is not written stands where the nearest member around it does. */
export type Locate = (path: Path, part?: "key" | "value") => Position;

const SHOWN = 40;

/** Each problem as two lines: where and what, then what to write instead. */
export function formatPolicyProblems(problems: readonly PolicyProblem[]): string {
  const shown = problems.slice(0, SHOWN).map((p) => `${p.file}:${p.line}:${p.column}  ${p.message}\n  ${p.remedy}`);
  if (problems.length > SHOWN) shown.push(`${problems.length - SHOWN} more problems are not shown.`);
  return shown.join("\n");
}

export const byPlace = (a: PolicyProblem, b: PolicyProblem): number =>
  a.line - b.line || a.column - b.column || (a.message < b.message ? -1 : a.message > b.message ? 1 : 0);

/** A text from outside, in quotes and without control characters: an attacker-controlled name must not move the cursor of a terminal. */
export function quoted(text: string): string {
  const short = text.length > 200 ? `${text.slice(0, 199)}…` : text;
  return JSON.stringify(short).replaceAll(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
