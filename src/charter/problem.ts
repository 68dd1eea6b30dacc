// How the charter room reports what is wrong, and guesses what was meant.
import { formatTextProblems, type TextProblem } from "../lib/text-problem.ts";

export { byPlace, type Locate, type Path, type Position, quoted } from "../lib/text-problem.ts";

export type CharterProblem = TextProblem;

const SHOWN = 20;

export const formatProblems = (problems: readonly CharterProblem[]): string => formatTextProblems(problems, SHOWN);

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
