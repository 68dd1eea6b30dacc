// The text of a Groovy file → tokens with their lines. Source: Apache Groovy, "Syntax" (comments, identifiers, strings, operators).

export interface Token {
  readonly type: "name" | "text" | "number" | "sign" | "newline" | "end";
  readonly value: string;
  readonly line: number;
  /** White space stands before it: `a -1` is a call, `a - 1` none. */
  readonly spaced: boolean;
  /** A text with `${…}` or `$name` in it. */
  readonly isOpen?: boolean;
}

export interface Tokens {
  readonly tokens: readonly Token[];
  /** Why the file could not be cut into tokens to its end. */
  readonly refused?: { readonly what: string; readonly line: number };
}

/** Threat: files are attacker-controlled. Jenkins itself compiles no script of more than 64 KiB a method; ten times that is read. */
const MOST_CHARACTERS = 1 << 20;
const MOST_TOKENS = 200_000;
/** Braces inside `${…}`, and strings inside those. */
const MOST_NESTED = 50;

const SIGNS =
  "?.@ ... ..< <=> === !== ==~ <<= >>= **= ?= .& *. ?. ?: ?[ .. == != <= >= && || << >> ++ -- += -= *= /= %= -> => =~ :: ** { } ( ) [ ] < > = + - * / % ! ? : , ; . & | ^ ~ @"
    .split(" ")
    .toSorted((a, b) => b.length - a.length);

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f", "\n": "" };

const isNameStart = (char: string): boolean => /[\p{L}_$]/u.test(char);

/** After a value, `/` divides; elsewhere it opens a string (Syntax, "Slashy string"). */
const endsValue = (token: Token | undefined): boolean =>
  token !== undefined &&
  (token.type === "text" ||
    token.type === "number" ||
    (token.type === "name" && !/^(?:return|throw|case|in|assert|else)$/.test(token.value)) ||
    (token.type === "sign" && /^[)\]}]$/.test(token.value)));

interface Reader {
  readonly text: string;
  at: number;
  line: number;
  readonly tokens: Token[];
}

const starts = (reader: Reader, sign: string): boolean => reader.text.startsWith(sign, reader.at);

function advance(reader: Reader, count: number): void {
  const end = Math.min(reader.at + count, reader.text.length);
  for (; reader.at < end; reader.at++) if (reader.text[reader.at] === "\n") reader.line++;
}

/** Thrown and caught in this file alone. */
class Refused extends Error {}

/** Past blanks and comments; whether there were any, and whether a line ended. */
function skipBlanks(reader: Reader): { readonly spaced: boolean; readonly ended: boolean } {
  const start = reader.at;
  const line = reader.line;
  for (;;) {
    const char = reader.text[reader.at];
    if (char === undefined) break;
    if (starts(reader, "\\\n") || starts(reader, "\\\r\n")) {
      // A backslash at the end of a line joins the next one to it: no end of a line.
      reader.at += starts(reader, "\\\n") ? 2 : 3;
      reader.line++;
      continue;
    }
    if (char === " " || char === "\t" || char === "\r" || char === "\n" || char === "\uFEFF") advance(reader, 1);
    else if (starts(reader, "//") || (starts(reader, "#!") && reader.at === 0)) {
      const end = reader.text.indexOf("\n", reader.at);
      reader.at = end < 0 ? reader.text.length : end;
    } else if (starts(reader, "/*")) {
      const end = reader.text.indexOf("*/", reader.at + 2);
      if (end < 0) throw new Refused("a comment that does not end");
      advance(reader, end + 2 - reader.at);
    } else break;
  }
  const passed = reader.text.slice(start, reader.at).replaceAll(/\\\r?\n/g, "");
  return { spaced: reader.at > start, ended: reader.line > line && passed.includes("\n") };
}

/** Past the braces of a `${…}`, with the strings that stand in it. */
function skipExpression(reader: Reader, depth: number): void {
  if (depth > MOST_NESTED) throw new Refused("strings inside strings, too deep to be read");
  let braces = 1;
  while (braces > 0) {
    const char = reader.text[reader.at];
    if (char === undefined) throw new Refused("a ${ that does not end");
    if (char === "{") braces++;
    if (char === "}") braces--;
    if (char === '"' || char === "'") readText(reader, depth + 1);
    else advance(reader, 1);
  }
}

const CLOSINGS: readonly (readonly [open: string, close: string])[] = [
  ["'''", "'''"],
  ['"""', '"""'],
  ["$/", "/$"],
  ["'", "'"],
  ['"', '"'],
  ["/", "/"],
];

/** A string of any form; the parts that hold expressions stay as written. */
function readText(reader: Reader, depth: number): { readonly value: string; readonly isOpen: boolean } {
  const [open, close] = CLOSINGS.find(([sign]) => starts(reader, sign)) as readonly [string, string];
  reader.at += open.length;
  const isSlashy = open === "/" || open === "$/";
  const interpolates = !open.startsWith("'");
  const parts: string[] = [];
  let isOpen = false;
  while (!starts(reader, close)) {
    const char = reader.text[reader.at];
    if (char === undefined || (char === "\n" && open.length === 1 && !isSlashy)) throw new Refused("a string that does not end");
    const next = reader.text[reader.at + 1] ?? "";
    const code = char === "\\" && next === "u" ? /^[\da-f]{4}/i.exec(reader.text.slice(reader.at + 2, reader.at + 6))?.[0] : undefined;
    if (code !== undefined) {
      parts.push(String.fromCharCode(Number.parseInt(code, 16)));
      advance(reader, 6);
    } else if (char === "\\" && !isSlashy) {
      parts.push(ESCAPES[next] ?? next);
      advance(reader, 2);
    } else if ((char === "\\" && open === "/" && next === "/") || (char === "$" && open === "$/" && (next === "$" || next === "/"))) {
      parts.push(next);
      advance(reader, 2);
    } else if (interpolates && char === "$" && (next === "{" || isNameStart(next))) {
      const from = reader.at;
      isOpen = true;
      advance(reader, 2);
      if (next === "{") skipExpression(reader, depth);
      parts.push(reader.text.slice(from, reader.at));
    } else {
      parts.push(char);
      advance(reader, 1);
    }
  }
  reader.at += close.length;
  return { value: parts.join(""), isOpen };
}

const opensText = (reader: Reader, spaced: boolean): boolean => {
  const char = reader.text[reader.at];
  if (char === "'" || char === '"') return true;
  // A dollar before a slash is no operator: after a blank it opens a string, as in `sh $/…/$`.
  if (starts(reader, "$/")) return spaced || !endsValue(reader.tokens.at(-1));
  return char === "/" && !endsValue(reader.tokens.at(-1)) && slashyEnds(reader);
};

/** A slash that no other follows on its line divides, whatever stands before it. */
const slashyEnds = (reader: Reader): boolean => {
  const next = reader.text.indexOf("/", reader.at + 1);
  return next > 0 && !reader.text.slice(reader.at + 1, next).includes("\n");
};

function readToken(reader: Reader, spaced: boolean): Token {
  const { line } = reader;
  if (opensText(reader, spaced)) {
    const { value, isOpen } = readText(reader, 0);
    return { type: "text", value, line, spaced, isOpen };
  }
  const char = String.fromCodePoint(reader.text.codePointAt(reader.at) ?? 0);
  const pattern = /\d/.test(char) ? /\d(?:\w|\.(?=\d))*/y : isNameStart(char) ? /[\p{L}_$][\p{L}\p{N}_$]*/uy : undefined;
  if (pattern !== undefined) {
    pattern.lastIndex = reader.at;
    const [value = char] = pattern.exec(reader.text) ?? [];
    reader.at += value.length;
    return { type: /\d/.test(char) ? "number" : "name", value, line, spaced };
  }
  const sign = SIGNS.find((one) => starts(reader, one));
  if (sign === undefined) throw new Refused(`the character ${JSON.stringify(char)}, which Groovy does not know`);
  reader.at += sign.length;
  return { type: "sign", value: sign, line, spaced };
}

export function tokensOf(text: string): Tokens {
  const reader: Reader = { text, at: 0, line: 1, tokens: [] };
  try {
    if (text.length > MOST_CHARACTERS) throw new Refused(`more than ${MOST_CHARACTERS} characters`);
    for (;;) {
      const { spaced, ended } = skipBlanks(reader);
      if (ended) reader.tokens.push({ type: "newline", value: "\n", line: reader.line, spaced });
      if (reader.at >= text.length) break;
      if (reader.tokens.length > MOST_TOKENS) throw new Refused(`more than ${MOST_TOKENS} words and signs`);
      reader.tokens.push(readToken(reader, spaced || ended));
    }
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { tokens: reader.tokens, refused: { what: error.message, line: reader.line } };
  }
  return { tokens: [...reader.tokens, { type: "end", value: "", line: reader.line, spaced: true }] };
}
