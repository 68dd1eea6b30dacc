// What is wrong with a text that people write, where, and what to write instead: the one form in which charters and policies report.

export interface TextProblem {
  readonly file: string;
  /** From 1; 0 when it concerns no place in the text. */
  readonly line: number;
  readonly column: number;
  /** What is wrong. */
  readonly message: string;
  /** What to write instead. */
  readonly remedy: string;
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A way into the text: `["environments", 2, "tier"]`. */
export type Path = readonly (string | number)[];

/** Where the value at a path stands, or its key. A path that is not written stands where the nearest member around it does. */
export type Locate = (path: Path, part?: "key" | "value") => Position;

/** Each problem as two lines: where and what, then what to write instead; of more than `most`, how many are left. */
export function formatTextProblems(problems: readonly TextProblem[], most: number): string {
  const shown = problems.slice(0, most).map((p) => `${p.file}:${p.line}:${p.column}  ${p.message}\n  ${p.remedy}`);
  if (problems.length > most) shown.push(`${problems.length - most} more problems are not shown.`);
  return shown.join("\n");
}

export const byPlace = (a: TextProblem, b: TextProblem): number =>
  a.line - b.line || a.column - b.column || (a.message < b.message ? -1 : a.message > b.message ? 1 : 0);

/**
 * A text from outside, in quotes, for a message. Control characters (C0, C1 and the line separators) are escaped: an attacker-controlled name must
 * not move the cursor or colour the terminal.
 */
export function quoted(text: string): string {
  const short = text.length > 200 ? `${text.slice(0, 199)}…` : text;
  return JSON.stringify(short).replaceAll(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
