// Where the parser stands in the tokens of a file, and the few questions that it asks there.
import type { Annotation, Passed } from "./tree.ts";
import type { Token } from "./tokens.ts";

export interface State {
  readonly tokens: readonly Token[];
  at: number;
  /** Inside parentheses and brackets the end of a line ends nothing. */
  brackets: number;
  depth: number;
  readonly passed: Passed[];
  readonly annotations: Annotation[];
}

/** What the parser does not know. Caught where the next statement can be found. */
export class Unread extends Error {
  readonly line: number;

  constructor(what: string, line: number) {
    super(what);
    this.line = line;
  }
}

/** Threat: nesting is attacker-controlled, and the parser calls itself. */
const DEEPEST = 120;

export function deeper<T>(state: State, read: () => T): T {
  if (state.depth >= DEEPEST) throw new Unread(`it is nested deeper than ${DEEPEST} levels`, peek(state).line);
  state.depth++;
  try {
    return read();
  } finally {
    state.depth--;
  }
}

const END: Token = { type: "end", value: "", line: 0, spaced: true };

const tokenAt = (state: State, at: number): Token => state.tokens[at] ?? { ...END, line: state.tokens.at(-1)?.line ?? 1 };

/** The next token that counts. */
export function peek(state: State, ahead = 0): Token {
  let at = state.at;
  for (let left = ahead; ; at++) {
    const token = tokenAt(state, at);
    if (token.type === "newline" && state.brackets > 0) continue;
    if (left === 0 || token.type === "end") return token;
    left--;
  }
}

export function take(state: State): Token {
  while (state.brackets > 0 && tokenAt(state, state.at).type === "newline") state.at++;
  const token = tokenAt(state, state.at);
  if (token.type !== "end") state.at++;
  return token;
}

export const isSign = (token: Token, value: string): boolean => token.type === "sign" && token.value === value;

export const isWord = (token: Token, value: string): boolean => token.type === "name" && token.value === value;

export function skipLines(state: State): void {
  while (peek(state).type === "newline" || isSign(peek(state), ";")) take(state);
}

export function expect(state: State, value: string): Token {
  const token = take(state);
  if (token.value !== value || token.type === "text") throw new Unread(`${shown(token)} where ${value} was to come`, token.line);
  return token;
}

export const shown = (token: Token): string =>
  token.type === "end"
    ? "the end of the file"
    : token.type === "newline"
      ? "the end of the line"
      : JSON.stringify(token.value.slice(0, 40));

/** Reads inside brackets, where lines do not count, or inside braces, where they do. */
export function within<T>(state: State, brackets: number, read: () => T): T {
  const before = state.brackets;
  state.brackets = brackets;
  try {
    return deeper(state, read);
  } finally {
    state.brackets = before;
  }
}
