// Patterns of branch names as GitHub matches them, and whether one pattern leaves names over that others do not cover.

/**
 * Ruby's `File.fnmatch` with FNM_PATHNAME: `*` and `?` stop at `/`, `**` followed by `/` stands for any number of directories.
 * Leading dots need no care: git refuses a name with a component that begins with one (git-check-ref-format, rule 1).
 *
 * Source: GitHub Docs, "Managing a branch protection rule" and "Creating rulesets", "Using fnmatch syntax"; "Deployments and environments":
 * "Wildcard characters will not match `/`".
 */
interface Automaton {
  /** Per state: which states a character leads to. */
  step(state: number, character: string): readonly number[];
  /** Per state: states reached without a character. */
  readonly free: readonly (readonly number[])[];
  readonly end: number;
  readonly characters: ReadonlySet<string>;
}

type Item =
  | { readonly kind: "one"; readonly test: (character: string) => boolean }
  | { readonly kind: "star" }
  | { readonly kind: "directories" };

const isWildcard = (pattern: string): boolean => /[*?[]/.test(pattern);

/** The name without `refs/heads/`, as rulesets and deployment policies may or may not write it. */
export const branchPattern = (pattern: string): string => pattern.replace(/^refs\/heads\//, "");

export const isPattern = (pattern: string): boolean => pattern === "~ALL" || isWildcard(pattern);

const ALL = "**/*";

function characterClass(body: string, characters: Set<string>): (character: string) => boolean {
  const negated = body.startsWith("!") || body.startsWith("^");
  const members = new Set<string>();
  const text = negated ? body.slice(1) : body;
  for (let i = 0; i < text.length; i++) {
    const from = text.charCodeAt(i);
    const ranged = text[i + 1] === "-" && i + 2 < text.length;
    const to = ranged ? text.charCodeAt(i + 2) : from;
    // An attacker-controlled range such as [!-\uffff] must not cost more than the characters a name can be told apart by.
    for (let code = from; code <= Math.min(to, from + 255); code++) members.add(String.fromCharCode(code));
    if (ranged) i += 2;
  }
  for (const member of members) characters.add(member);
  return (character) => character !== "/" && members.has(character) !== negated;
}

function itemsOf(pattern: string, characters: Set<string>): Item[] {
  const items: Item[] = [];
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i] as string;
    if (c === "*") {
      const run = /^\*+/.exec(pattern.slice(i))?.[0].length ?? 1;
      const atStart = i === 0 || pattern[i - 1] === "/";
      const directories = run >= 2 && atStart && pattern[i + run] === "/";
      items.push({ kind: directories ? "directories" : "star" });
      i += directories ? run : run - 1;
    } else if (c === "?") items.push({ kind: "one", test: (x) => x !== "/" });
    else if (c === "[" && pattern.indexOf("]", i + 2) > 0) {
      const close = pattern.indexOf("]", i + 2);
      items.push({ kind: "one", test: characterClass(pattern.slice(i + 1, close), characters) });
      i = close;
    } else {
      const literal = c === "\\" && i + 1 < pattern.length ? (pattern[++i] as string) : c;
      characters.add(literal);
      items.push({ kind: "one", test: (x) => x === literal });
    }
  }
  return items;
}

/** State 2i stands before item i; state 2i+1 stands inside a directory that item i, a `**` + `/`, is reading. */
function automaton(pattern: string): Automaton {
  const characters = new Set<string>(["/"]);
  const items = itemsOf(pattern === "~ALL" ? ALL : pattern, characters);
  const free = Array.from({ length: items.length * 2 + 1 }, (_, state): readonly number[] => {
    const item = items[state >> 1];
    return state % 2 === 0 && item !== undefined && item.kind !== "one" ? [state + 2] : [];
  });
  const step = (state: number, character: string): readonly number[] => {
    const item = items[state >> 1];
    if (item === undefined) return [];
    if (item.kind === "one") return state % 2 === 0 && item.test(character) ? [state + 2] : [];
    if (item.kind === "star") return state % 2 === 0 && character !== "/" ? [state] : [];
    if (character !== "/") return [state | 1];
    return state % 2 === 1 ? [state - 1] : [];
  };
  return { step, free, end: items.length * 2, characters };
}

function closed(machine: Automaton, states: readonly number[]): readonly number[] {
  const seen = new Set(states);
  for (const state of seen) for (const next of machine.free[state] ?? []) seen.add(next);
  return [...seen].toSorted((a, b) => a - b);
}

const advance = (machine: Automaton, states: readonly number[], character: string): readonly number[] =>
  closed(machine, [...new Set(states.flatMap((state) => machine.step(state, character)))]);

/** Walks all machines together over every text, told apart by the characters they name; `visit` ends the walk by answering true. */
function walk(machines: readonly Automaton[], visit: (ends: readonly boolean[]) => boolean): boolean {
  const alphabet = new Set(machines.flatMap((machine) => [...machine.characters]));
  alphabet.add("\u{10ffff}"); // stands for every character that no pattern names
  const start = machines.map((machine) => closed(machine, [0]));
  const seen = new Set<string>([JSON.stringify(start)]);
  const queue: (readonly (readonly number[])[])[] = [start];
  for (const position of queue) {
    for (const character of alphabet) {
      const next = machines.map((machine, i) => advance(machine, position[i] ?? [], character));
      if (next[0]?.length === 0) continue;
      // The start stands for the empty name, which is none: a text that leads back to it must still be looked at.
      if (visit(machines.map((machine, i) => next[i]?.includes(machine.end) ?? false))) return true;
      const key = JSON.stringify(next);
      if (seen.has(key)) continue;
      seen.add(key);
      queue.push(next);
    }
  }
  return false;
}

/** Whether the branch name matches the pattern. */
export function nameMatches(pattern: string, name: string): boolean {
  const machine = automaton(branchPattern(pattern));
  let states = closed(machine, [0]);
  for (const character of name) states = advance(machine, states, character);
  return states.includes(machine.end);
}

/** Whether every name that `inner` matches is matched by one of `outers`. Exact. */
export const covered = (inner: string, outers: readonly string[]): boolean =>
  !walk(
    [inner, ...outers].map((pattern) => automaton(branchPattern(pattern))),
    ([inside, ...outside]) => inside === true && !outside.includes(true),
  );

/** Whether some name matches both. Exact. */
export const patternsMeet = (a: string, b: string): boolean =>
  walk([automaton(branchPattern(a)), automaton(branchPattern(b))], ([x, y]) => x === true && y === true);

/** The pattern as a glob whose `*` crosses `/`, as trust policies write it: it matches at least what the pattern matches. */
export const looseGlob = (pattern: string): string =>
  (pattern === "~ALL" ? "*" : branchPattern(pattern)).replaceAll(/\*+\/?\*?/g, "*").replaceAll(/\[[^\]]*\]/g, "?");
