// Tokens → the statements of a Groovy file. What it does not know is passed over to the next statement and told with its line.
import { expression } from "./expressions.ts";
import { type State, Unread, expect, isSign, isWord, peek, shown, skipLines, take, within } from "./state.ts";
import { type Token, tokensOf } from "./tokens.ts";
import type { Expression, GroovyFile, Statement } from "./tree.ts";

export function parseGroovy(text: string): GroovyFile {
  const { tokens, refused } = tokensOf(text);
  const state: State = { tokens, at: 0, brackets: 0, depth: 0, passed: [], annotations: [] };
  const statements: Statement[] = [];
  while (peek(state).type !== "end") {
    statements.push(...block(state));
    if (isSign(peek(state), "}")) {
      state.passed.push({ what: "a } that closes nothing", line: take(state).line });
    }
  }
  return { statements, annotations: state.annotations, passed: [...state.passed, ...(refused ? [refused] : [])] };
}

/** Statements up to a brace that closes, which is left. */
function block(state: State): readonly Statement[] {
  const statements: Statement[] = [];
  for (;;) {
    skipLines(state);
    const token = peek(state);
    if (token.type === "end" || isSign(token, "}")) return statements;
    const start = state.at;
    try {
      statements.push(...statement(state));
      endOfStatement(state);
    } catch (error) {
      if (!(error instanceof Unread)) throw error;
      state.passed.push({ what: error.message, line: error.line || token.line });
      recover(state, start);
    }
  }
}

function endOfStatement(state: State): void {
  const token = peek(state);
  if (token.type === "newline" || token.type === "end" || isSign(token, ";") || isSign(token, "}")) return;
  // `if (…) { … } stage(…) {…}` and `} else`: what follows a closing brace may begin a statement.
  if (isSign(state.tokens[state.at - 1] ?? token, "}")) return;
  throw new Unread(`${shown(token)} after a statement`, token.line);
}

/** To the next line that is in no bracket which was opened since. It always takes at least one token. */
function recover(state: State, start: number): void {
  let open = 0;
  for (let at = start; at < state.at; at++) open += opening(state.tokens[at]);
  state.at = Math.max(state.at, start + 1);
  for (; state.at < state.tokens.length; state.at++) {
    const token = state.tokens[state.at] as Token;
    if (open <= 0 && (token.type === "newline" || token.type === "end" || isSign(token, ";") || isSign(token, "}"))) return;
    open += opening(token);
  }
}

const opening = (token: Token | undefined): number => {
  if (token?.type !== "sign") return 0;
  return /^(?:\{|\(|\[|\?\[)$/.test(token.value) ? 1 : /^[})\]]$/.test(token.value) ? -1 : 0;
};

function statement(state: State): readonly Statement[] {
  const token = peek(state);
  if (isSign(token, "@")) return annotated(state);
  if (isSign(token, "{")) return braced(state);
  const reader = token.type === "name" && Object.hasOwn(WORDS, token.value) ? WORDS[token.value] : undefined;
  if (reader !== undefined && !isSign(peek(state, 1), ".") && !isSign(peek(state, 1), ":")) return reader(state);
  return declaration(state) ?? [simple(state)];
}

/** `@Library('shared') _`, `@Field def name = …`: the annotation is kept, what it stands on is read as usual. */
function annotated(state: State): readonly Statement[] {
  const { line } = take(state);
  const name = take(state).value;
  const given = isSign(peek(state), "(") ? expressionOf(state, name, line) : undefined;
  state.annotations.push({ name, arguments: given?.kind === "call" ? given.arguments : [], line });
  if (isWord(peek(state), "_")) take(state);
  const next = peek(state);
  return next.type === "newline" || next.type === "end" || isSign(next, ";") ? [] : statement(state);
}

function expressionOf(state: State, name: string, line: number): Expression {
  // The parentheses of an annotation are those of a call of its name.
  state.at--;
  const value = expression(state, block);
  return value.kind === "call" ? value : { kind: "name", name, line };
}

const braced = (state: State): readonly Statement[] => {
  expect(state, "{");
  return within(state, 0, () => {
    const body = block(state);
    expect(state, "}");
    return body;
  });
};

/** What follows a condition: braces, or one statement. */
const body = (state: State): readonly Statement[] => {
  skipLines(state);
  return isSign(peek(state), "{") ? braced(state) : within(state, 0, () => statement(state));
};

const inParentheses = (state: State): Expression => {
  expect(state, "(");
  return within(state, 1, () => {
    const value = expression(state, block);
    expect(state, ")");
    return value;
  });
};

const WORDS: Readonly<Record<string, (state: State) => readonly Statement[]>> = {
  import: skipLine,
  package: skipLine,
  class: passOver,
  interface: passOver,
  enum: passOver,
  trait: passOver,
  if: ifStatement,
  for: forLoop,
  while: (state) => {
    const { line } = take(state);
    const over = inParentheses(state);
    return [{ kind: "loop", over, body: body(state), line }];
  },
  switch: switchStatement,
  try: tryStatement,
  return: leaving,
  throw: leaving,
  break: leaving,
  continue: leaving,
  assert: (state) => {
    take(state);
    return [simple(state)];
  },
};

function skipLine(state: State): readonly Statement[] {
  while (peek(state).type !== "newline" && peek(state).type !== "end" && !isSign(peek(state), ";")) take(state);
  return [];
}

function passOver(state: State): readonly Statement[] {
  const { line } = take(state);
  const name = peek(state).value;
  state.passed.push({ what: `class ${name}: classes are not read`, line });
  while (peek(state).type !== "end" && !isSign(peek(state), "{")) take(state);
  let open = 0;
  do open += opening(take(state));
  while (open > 0 && peek(state).type !== "end");
  return [];
}

function ifStatement(state: State): readonly Statement[] {
  const { line } = take(state);
  const condition = inParentheses(state);
  const holds = body(state);
  const mark = state.at;
  skipLines(state);
  if (!isWord(peek(state), "else")) {
    state.at = mark;
    return [{ kind: "if", condition, holds, otherwise: [], line }];
  }
  take(state);
  return [{ kind: "if", condition, holds, otherwise: within(state, state.brackets, () => body(state)), line }];
}

function forLoop(state: State): readonly Statement[] {
  const { line } = take(state);
  expect(state, "(");
  const over = within(state, 1, () => {
    const values: Expression[] = [];
    while (peek(state).type !== "end" && !isSign(peek(state), ")")) {
      const token = peek(state);
      if (isSign(token, ";") || isSign(token, ":") || isSign(token, "=") || isWord(token, "def") || isWord(token, "in")) take(state);
      else values.push(expression(state, block));
    }
    expect(state, ")");
    const last = values.at(-1);
    return last?.kind === "operation" && last.operator === "in" ? last.parts[1] : last;
  });
  return [{ kind: "loop", ...(over && { over }), body: body(state), line }];
}

/** Each case is a condition of its own: what it falls through to is not followed. */
function switchStatement(state: State): readonly Statement[] {
  const { line } = take(state);
  const subject = inParentheses(state);
  skipLines(state);
  expect(state, "{");
  return within(state, 0, () => {
    const cases: Statement[] = [];
    for (;;) {
      skipLines(state);
      const token = take(state);
      if (isSign(token, "}")) return cases;
      if (!isWord(token, "case") && !isWord(token, "default")) throw new Unread(`${shown(token)} in a switch`, token.line);
      const value: Expression = token.value === "case" ? expression(state, block) : { kind: "literal", value: true, line: token.line };
      expect(state, ":");
      const condition: Expression = { kind: "operation", operator: "==", parts: [subject, value], line };
      cases.push({ kind: "if", condition, holds: caseBody(state), otherwise: [], line: token.line });
    }
  });
}

function caseBody(state: State): readonly Statement[] {
  const statements: Statement[] = [];
  for (;;) {
    skipLines(state);
    const token = peek(state);
    if (token.type === "end" || isSign(token, "}") || isWord(token, "case") || isWord(token, "default")) return statements;
    statements.push(...statement(state));
    endOfStatement(state);
  }
}

function tryStatement(state: State): readonly Statement[] {
  const { line } = take(state);
  const tried = body(state);
  const handlers: (readonly Statement[])[] = [];
  let after: readonly Statement[] = [];
  for (;;) {
    const mark = state.at;
    skipLines(state);
    const token = peek(state);
    if (isWord(token, "catch")) {
      take(state);
      skipParentheses(state);
      handlers.push(body(state));
    } else if (isWord(token, "finally")) {
      take(state);
      after = body(state);
    } else {
      state.at = mark;
      return [{ kind: "try", body: tried, handlers, after, line }];
    }
  }
}

function skipParentheses(state: State): void {
  let open = 0;
  do open += opening(take(state));
  while (open > 0 && peek(state).type !== "end");
}

function leaving(state: State): readonly Statement[] {
  const { line, value } = take(state);
  const word = value as "return" | "throw" | "break" | "continue";
  const next = peek(state);
  const ends = next.type === "newline" || next.type === "end" || isSign(next, ";") || isSign(next, "}");
  return [{ kind: "leave", word, ...(!ends && { value: expression(state, block, true) }), line }];
}

const MODIFIERS = /^(?:def|final|static|private|public|protected|void|var|int|long|boolean|double|float|char|byte|short)$/;

/** `def name = …`, `String name = …`, `def name(…) { … }`; undefined: it is none. */
function declaration(state: State): readonly Statement[] | undefined {
  const at = afterType(state);
  if (at === undefined) return undefined;
  const [name, next] = [state.tokens[at], state.tokens[at + 1]];
  if (name === undefined || next === undefined) return undefined;
  const { line } = name;
  if (isSign(name, "(")) return several(state, at);
  if (name.type !== "name" && name.type !== "text") return undefined;
  if (isSign(next, "(")) {
    const mark = state.at;
    state.at = at + 1;
    skipParentheses(state);
    skipLines(state);
    if (isSign(peek(state), "{")) return [{ kind: "method", name: name.value, body: braced(state), line }];
    state.at = mark;
    return undefined;
  }
  if (!isSign(next, "=")) {
    if (next.type !== "newline" && next.type !== "end" && !isSign(next, ";") && !isSign(next, ",") && !isSign(next, "}")) return undefined;
    state.at = at + 1;
    while (isSign(peek(state), ",")) {
      take(state);
      take(state);
    }
    return [{ kind: "assign", name: name.value, line }];
  }
  state.at = at + 2;
  skipLines(state);
  return [{ kind: "assign", name: name.value, value: expression(state, block, true), line }];
}

/** `def (a, b) = …` */
function several(state: State, at: number): readonly Statement[] {
  state.at = at;
  const { line } = peek(state);
  skipParentheses(state);
  expect(state, "=");
  skipLines(state);
  return [{ kind: "assign", name: "", value: expression(state, block, true), line }];
}

/** The index after modifiers and a type, where a name or `(` follows; undefined: no type stands here. */
function afterType(state: State): number | undefined {
  let at = state.at;
  let hasModifier = false;
  while (MODIFIERS.test(nameAt(state, at))) {
    hasModifier = true;
    at++;
  }
  const first = nameAt(state, at);
  if (hasModifier && !/^[A-Z]/.test(first)) return at;
  let end = at + 1;
  while (isSign(state.tokens[end] ?? NONE, ".") && nameAt(state, end + 1) !== "") end += 2;
  if (isSign(state.tokens[end] ?? NONE, "<")) {
    const limit = end + 40;
    while (end < limit && !/^>>?$/.test(state.tokens[end]?.value ?? ">")) end++;
    end++;
  }
  while (isSign(state.tokens[end] ?? NONE, "[") && isSign(state.tokens[end + 1] ?? NONE, "]")) end += 2;
  const isType = /^[A-Z]/.test(nameAt(state, end - 1)) || /[>\]]/.test(state.tokens[end - 1]?.value ?? "");
  if (isType && first !== "" && nameAt(state, end) !== "") return end;
  return hasModifier ? at : undefined;
}

const NONE: Token = { type: "end", value: "", line: 0, spaced: true };

const nameAt = (state: State, at: number): string => (state.tokens[at]?.type === "name" ? (state.tokens[at]?.value ?? "") : "");

/** A call, or what is given to a name. */
function simple(state: State): Statement {
  const value = withBlockBelow(state, expression(state, block, true));
  const { line } = value;
  const token = peek(state);
  if (token.type !== "sign" || !/^(?:[-+*/%?]|<<|>>|\*\*)?=$/.test(token.value)) return { kind: "expression", value, line };
  take(state);
  skipLines(state);
  const given = within(state, state.brackets, () => assigned(state));
  return { kind: "assign", name: pathOf(value), value: given, line };
}

/** `a = b = c` gives the last value. */
function assigned(state: State): Expression {
  const value = expression(state, block, true);
  if (!isSign(peek(state), "=")) return value;
  take(state);
  return within(state, state.brackets, () => assigned(state));
}

/** Many write the opening brace of a stage on a line of its own. */
function withBlockBelow(state: State, value: Expression): Expression {
  if (value.kind !== "call" && value.kind !== "name") return value;
  let at = state.at;
  while (state.tokens[at]?.type === "newline") at++;
  if (at === state.at || !isSign(state.tokens[at] ?? NONE, "{")) return value;
  state.at = at;
  const closed = braced(state);
  const given = value.kind === "call" ? value.arguments : [];
  const own = { kind: "closure", body: closed, line: value.line } as const;
  return {
    ...(value.kind === "call" ? value : { kind: "call", name: value.name, line: value.line }),
    arguments: [...given, { value: own }],
  };
}

/** `env.NAME` of what is written to, the name alone of a list or map; empty where it is no plain path. */
export function pathOf(value: Expression): string {
  if (value.kind === "name") return value.name;
  if (value.kind === "operation" && value.operator === "[]" && value.parts[0] !== undefined) return pathOf(value.parts[0]);
  if (value.kind !== "member") return "";
  const of = pathOf(value.of);
  return of === "" ? "" : `${of}.${value.name}`;
}
