// Whether two sets of names, each a pattern less its exceptions, share a name: decided exactly, with the shortest shared name as the proof.
import { globsIntersect } from "../lib/glob.ts";

export interface NameSet {
  readonly pattern: string;
  readonly not: readonly string[];
}

export type CommonName = { readonly kind: "none" } | { readonly kind: "shared"; readonly example: string } | { readonly kind: "undecided" };

// A charter's patterns need a few hundred states. A hostile one could need exponentially many; then the answer is "undecided", never "none".
const STATES = 20_000;

/**
 * Breadth-first search over the product of the patterns' automata: a name is shared when both patterns accept it and no exception does.
 * `globsIntersect` alone cannot tell that `*prod*` less `preprod` and `pre*` share only `preprod`.
 */
export function commonName(a: NameSet, b: NameSet): CommonName {
  if (!globsIntersect(a.pattern, b.pattern)) return { kind: "none" };
  const patterns = [a.pattern, b.pattern, ...a.not, ...b.not];
  const letters = alphabet(patterns);
  const start = patterns.map((pattern) => closure(pattern, [0]));
  // The start is not among the seen: a name has at least one letter, so a pattern like `*` must be able to come back to it.
  const seen = new Set<string>();
  let frontier: { readonly text: string; readonly states: readonly (readonly number[])[] }[] = [{ text: "", states: start }];
  while (frontier.length > 0) {
    const next: typeof frontier = [];
    for (const { text, states } of frontier) {
      if (text !== "" && isShared(patterns, states)) return { kind: "shared", example: text };
      for (const letter of letters) {
        const moved = patterns.map((pattern, index) => step(pattern, states[index] ?? [], letter));
        // No name from here on is in both.
        if (moved[0]?.length === 0 || moved[1]?.length === 0) continue;
        const key = keyOf(moved);
        if (seen.has(key)) continue;
        if (seen.size >= STATES) return { kind: "undecided" };
        seen.add(key);
        next.push({ text: text + letter, states: moved });
      }
    }
    frontier = next;
  }
  return { kind: "none" };
}

// Every character some pattern names, and one that stands for all others.
function alphabet(patterns: readonly string[]): readonly string[] {
  const letters = new Set(patterns.join("").replaceAll(/[*?]/g, ""));
  let other = "x".charCodeAt(0);
  while (letters.has(String.fromCharCode(other))) other++;
  return [...letters, String.fromCharCode(other)];
}

const keyOf = (states: readonly (readonly number[])[]): string => states.map((positions) => positions.join(",")).join(";");

const isShared = (patterns: readonly string[], states: readonly (readonly number[])[]): boolean =>
  patterns.every((pattern, index) => (states[index]?.includes(pattern.length) ?? false) === index < 2);

// Positions reachable without reading: a star may stand for nothing.
function closure(pattern: string, positions: readonly number[]): readonly number[] {
  const all = new Set<number>();
  for (const position of positions) {
    let at = position;
    all.add(at);
    while (pattern[at] === "*") all.add(++at);
  }
  return [...all].sort((x, y) => x - y);
}

function step(pattern: string, positions: readonly number[], letter: string): readonly number[] {
  const moved: number[] = [];
  for (const position of positions) {
    const c = pattern[position];
    if (c === "*") moved.push(position);
    else if (c === "?" || c === letter) moved.push(position + 1);
  }
  return closure(pattern, moved);
}
