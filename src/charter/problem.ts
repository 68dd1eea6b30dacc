// What is wrong with a charter, where, and what to write instead: the one form in which the charter room reports.

export interface CharterProblem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
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

/** A way into the charter: `["environments", 2, "tier"]`. */
export type Path = readonly (string | number)[];

/** Where the value at a path stands, or its key. A path that is not written stands where the nearest member around it does. */
export type Locate = (path: Path, part?: "key" | "value") => Position;

const SHOWN = 20;

/** Each problem as two lines: where and what, then what to write instead. */
export function formatProblems(problems: readonly CharterProblem[]): string {
  const shown = problems.slice(0, SHOWN).map((p) => `${p.file}:${p.line}:${p.column}  ${p.message}\n  ${p.remedy}`);
  if (problems.length > SHOWN) shown.push(`${problems.length - SHOWN} more problems are not shown.`);
  return shown.join("\n");
}

export const byPlace = (a: CharterProblem, b: CharterProblem): number =>
  a.line - b.line || a.column - b.column || (a.message < b.message ? -1 : a.message > b.message ? 1 : 0);

/**
 * A text from the charter, in quotes, for a message. Charters come from outside, so control characters (C0, C1 and the line separators) are
 * escaped: an attacker-controlled name must not move the cursor or colour the terminal.
 */
export function quoted(text: string): string {
  const short = text.length > 200 ? `${text.slice(0, 199)}…` : text;
  return JSON.stringify(short).replaceAll(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The candidate that was probably meant: the one within a third of its length in edits, or that starts with what was written. */
export function nearest(written: string, candidates: readonly string[]): string | undefined {
  const text = written.toLowerCase();
  let best: string | undefined;
  let least = Infinity;
  for (const candidate of candidates) {
    const other = candidate.toLowerCase();
    const prefix = text.length >= 3 && (other.startsWith(text) || text.startsWith(other));
    const distance = prefix ? 1 : edits(text, other);
    if (distance <= Math.max(1, Math.floor(other.length / 3)) && distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

// Edits between two texts, swapped neighbours counting as one (Damerau's restricted distance). Texts over 40 characters are never near.
function edits(a: string, b: string): number {
  if (a.length > 40 || b.length > 40) return Infinity;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min((previous[j] as number) + 1, (row[j - 1] as number) + 1, (previous[j - 1] as number) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, (before[j - 2] as number) + 1);
      row.push(cost);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length] as number;
}
