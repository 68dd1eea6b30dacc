// Tokens → the values and calls of a Groovy file. Source: Apache Groovy, "Syntax" and "Style guide", Command expressions.
import { type State, Unread, expect, isSign, peek, shown, skipLines, take, within } from "./state.ts";
import type { Token } from "./tokens.ts";
import type { Argument, Expression, Statement } from "./tree.ts";

export type ReadBlock = (state: State) => readonly Statement[];

const BINARY: readonly (readonly string[])[] = [
  ["?:", "?"],
  ["||"],
  ["&&"],
  ["|"],
  ["^"],
  ["&"],
  ["==", "!=", "<=>", "===", "!==", "=~", "==~"],
  ["<", "<=", ">", ">=", "in", "instanceof", "as"],
  ["<<", ">>", "..", "..<"],
  ["+", "-"],
  ["*", "/", "%"],
  ["**"],
];

/** Each operator is a level of the tree, and whoever walks that calls itself. */
const LONGEST = 400;

const PRECEDENCE: ReadonlyMap<string, number> = new Map(BINARY.flatMap((signs, level) => signs.map((sign) => [sign, level] as const)));

const levelOf = (token: Token): number | undefined =>
  token.type === "sign" || /^(?:in|instanceof|as)$/.test(token.type === "name" ? token.value : "")
    ? PRECEDENCE.get(token.value)
    : undefined;

/** `isStatement`: a command (`sh 'make'`) may stand here, without parentheses. */
export function expression(state: State, block: ReadBlock, isStatement = false, level = 0): Expression {
  let left = unary(state, block, isStatement);
  for (let length = 0; ; length++) {
    const token = peek(state);
    const own = levelOf(token);
    if (own === undefined || own < level) return left;
    if (length > LONGEST) throw new Unread(`more than ${LONGEST} operators in a row`, token.line);
    take(state);
    skipLines(state);
    left = within(state, state.brackets, () => rightOf(state, block, left, token, own));
  }
}

function rightOf(state: State, block: ReadBlock, left: Expression, token: Token, level: number): Expression {
  const { line } = left;
  if (token.value !== "?") {
    const right = expression(state, block, false, level + 1);
    return { kind: "operation", operator: token.value, parts: [left, right], line };
  }
  const then = expression(state, block);
  skipLines(state);
  expect(state, ":");
  skipLines(state);
  return { kind: "operation", operator: "?", parts: [left, then, expression(state, block)], line };
}

function unary(state: State, block: ReadBlock, isStatement: boolean): Expression {
  const token = peek(state);
  if (token.type === "sign" && /^(?:!|-|\+|~|\+\+|--|\*|@)$/.test(token.value)) {
    take(state);
    const part = within(state, state.brackets, () => unary(state, block, false));
    return { kind: "operation", operator: token.value, parts: [part], line: token.line };
  }
  return postfix(state, block, isStatement);
}

function postfix(state: State, block: ReadBlock, isStatement: boolean): Expression {
  let value = primary(state, block);
  for (let length = 0; ; length++) {
    if (length > LONGEST) throw new Unread(`more than ${LONGEST} calls and members in a row`, peek(state).line);
    const token = peek(state);
    if (token.type === "newline" && continuesBelow(state)) {
      skipLines(state);
      continue;
    }
    const next =
      suffix(state, block, value, token) ??
      (isStatement && isCommand(value, token, peek(state, 1)) ? command(state, block, value) : undefined);
    if (next === undefined) return value;
    value = next;
  }
}

/** A line that begins with a dot goes on; so does a call whose block opens on the next line, as many write it. */
function continuesBelow(state: State): boolean {
  let at = state.at;
  while (state.tokens[at]?.type === "newline") at++;
  const token = state.tokens[at];
  return token !== undefined && token.type === "sign" && (token.value === "." || token.value === "?.");
}

function suffix(state: State, block: ReadBlock, value: Expression, token: Token): Expression | undefined {
  if (token.type !== "sign") return undefined;
  const { line } = value;
  if (/^(?:\.|\?\.|\*\.|\.&|::|\?\.@)$/.test(token.value)) {
    take(state);
    skipLines(state);
    const name = take(state);
    if (name.type !== "name" && name.type !== "text") throw new Unread(`${shown(name)} after a dot`, name.line);
    return { kind: "member", of: value, name: name.value, line: name.line };
  }
  if (token.value === "(" && isCallable(value)) return called(state, block, value, parenthesized(state, block));
  if (token.value === "{" && isCallable(value)) return called(state, block, value, []);
  if ((token.value === "[" && !token.spaced) || token.value === "?[") {
    take(state);
    const parts = within(state, 1, () => items(state, block, "]"));
    return { kind: "operation", operator: "[]", parts: [value, ...parts.map((part) => part.value)], line };
  }
  if (token.value === "++" || token.value === "--") {
    take(state);
    return { kind: "operation", operator: token.value, parts: [value], line };
  }
  return undefined;
}

const isCallable = (value: Expression): boolean =>
  value.kind === "name" || value.kind === "member" || value.kind === "call" || value.kind === "closure";

/** A call, with the closures that follow its parentheses. */
function called(state: State, block: ReadBlock, value: Expression, given: readonly Argument[]): Expression {
  const all = [...given];
  while (isSign(peek(state), "{")) all.push({ value: closure(state, block) });
  return asCall(value, all);
}

function asCall(value: Expression, all: readonly Argument[]): Expression {
  if (value.kind === "name") return { kind: "call", name: value.name, arguments: all, line: value.line };
  if (value.kind === "member") return { kind: "call", on: value.of, name: value.name, arguments: all, line: value.line };
  return { kind: "call", on: value, name: "call", arguments: all, line: value.line };
}

/** "You can omit parentheses around the arguments of a top-level expression" (Style guide, Omitting parentheses). */
function isCommand(value: Expression, token: Token, after: Token): boolean {
  if (value.kind !== "name" && value.kind !== "member") return false;
  if (token.type === "text" || token.type === "number") return token.spaced;
  if (token.type === "name") return !/^(?:in|instanceof|as)$/.test(token.value);
  if (token.type !== "sign" || !token.spaced) return false;
  if (token.value === "[") return true;
  return (token.value === "!" || token.value === "-" || token.value === "*") && !after.spaced;
}

function command(state: State, block: ReadBlock, value: Expression): Expression {
  const all: Argument[] = [];
  do {
    skipLines(state);
    all.push(argument(state, block));
  } while (isSign(peek(state), ",") && take(state));
  return asCall(value, all);
}

function parenthesized(state: State, block: ReadBlock): readonly Argument[] {
  expect(state, "(");
  return within(state, 1, () => items(state, block, ")"));
}

function items(state: State, block: ReadBlock, close: string): readonly Argument[] {
  const all: Argument[] = [];
  for (;;) {
    if (isSign(peek(state), close)) break;
    if (isSign(peek(state), ":") && close === "]" && all.length === 0) {
      take(state);
      break;
    }
    all.push(argument(state, block));
    if (!isSign(peek(state), ",")) break;
    take(state);
  }
  expect(state, close);
  return all;
}

function argument(state: State, block: ReadBlock): Argument {
  const [token, next] = [peek(state), peek(state, 1)];
  if (isSign(token, "*") && isSign(next, ":")) {
    take(state);
    take(state);
    return { value: expression(state, block) };
  }
  if ((token.type === "name" || token.type === "text" || token.type === "number") && isSign(next, ":")) {
    take(state);
    take(state);
    skipLines(state);
    const value = expression(state, block);
    return token.type === "text" && token.isOpen === true ? { value } : { name: token.value, value };
  }
  const value = expression(state, block);
  if (!isSign(peek(state), ":")) return { value };
  take(state);
  return { value: expression(state, block) };
}

export function closure(state: State, block: ReadBlock): Expression {
  const { line } = expect(state, "{");
  return within(state, 0, () => {
    skipParameters(state);
    const body = block(state);
    expect(state, "}");
    return { kind: "closure", body, line };
  });
}

/** Parameters of a closure end with an arrow, and are few (Groovy, "Closures"). */
function skipParameters(state: State): void {
  let braces = 0;
  for (let ahead = 0; ahead < 60; ahead++) {
    const token = state.tokens[state.at + ahead];
    if (token === undefined || token.type === "end" || isSign(token, ";")) return;
    if (isSign(token, "{")) braces++;
    if (isSign(token, "}") && braces-- === 0) return;
    if (isSign(token, "->") && braces === 0) {
      state.at += ahead + 1;
      return;
    }
  }
}

function primary(state: State, block: ReadBlock): Expression {
  const token = peek(state);
  const { line } = token;
  if (token.type === "text") {
    take(state);
    return { kind: "text", value: token.value, isOpen: token.isOpen === true, line };
  }
  if (token.type === "number") {
    take(state);
    return { kind: "literal", value: Number.parseFloat(token.value.replaceAll("_", "")) || 0, line };
  }
  if (token.type === "name") return named(state, block);
  if (isSign(token, "{")) return closure(state, block);
  if (isSign(token, "(")) return grouped(state, block);
  if (isSign(token, "[")) {
    take(state);
    const isEmptyMap = isSign(peek(state), ":");
    const all = within(state, 1, () => items(state, block, "]"));
    const isMap = isEmptyMap || all.some((item) => item.name !== undefined);
    return isMap ? { kind: "map", entries: all, line } : { kind: "list", items: all.map((item) => item.value), line };
  }
  throw new Unread(`${shown(token)} where a value was to come`, line);
}

/** `(String) name` is a cast: the value alone counts. */
function grouped(state: State, block: ReadBlock): Expression {
  const { line } = expect(state, "(");
  const value = within(state, 1, () => {
    const inner = expression(state, block, true);
    expect(state, ")");
    return inner;
  });
  const next = peek(state);
  const isCast =
    (value.kind === "name" || value.kind === "member") && (next.type === "name" ? levelOf(next) === undefined : next.type === "text");
  if (!isCast || !/^[A-Z]|^(?:int|long|boolean|double|float)$/.test(value.name))
    return { kind: "operation", operator: "()", parts: [value], line };
  return within(state, state.brackets, () => unary(state, block, false));
}

function named(state: State, block: ReadBlock): Expression {
  const { value, line } = take(state);
  if (value === "true" || value === "false") return { kind: "literal", value: value === "true", line };
  if (value === "null") return { kind: "literal", value: null, line };
  if (value !== "new") return { kind: "name", name: value, line };
  const parts = [take(state).value];
  while (isSign(peek(state), ".") && peek(state, 1).type === "name") parts.push(take(state).value && take(state).value);
  if (isSign(peek(state), "<")) while (peek(state).type !== "end" && !isSign(take(state), ">"));
  const given = isSign(peek(state), "(") ? parenthesized(state, block) : [];
  return { kind: "call", name: `new ${parts.join(".")}`, arguments: given, line };
}
