// SQL text as tokens over bytes, in the two dialects that dumps are written in. Where a token begins and ends decides what is data.
import { type ByteSink, ensure } from "../byte-sink.ts";

export type Dialect = "postgres" | "mysql";

export const TOKEN = { space: 0, word: 1, name: 2, string: 3, number: 4, mark: 5, end: 6, open: 7 } as const;
export type TokenKind = (typeof TOKEN)[keyof typeof TOKEN];

export interface Lexer {
  readonly dialect: Dialect;
  /** Kind of the token at `at`; where it ends stands in `tokenEnd`. `open`: it does not end before `end`. */
  readonly next: (bytes: Buffer, at: number, end: number) => TokenKind;
  tokenEnd: number;
  /** PostgreSQL 4.1.2.1: with `standard_conforming_strings` off, a backslash escapes in every string. */
  hasBackslashes: boolean;
}

const code = (character: string): number => character.charCodeAt(0);
const QUOTE = code("'");
const DOUBLE = code('"');
const BACKTICK = code("`");
const BACKSLASH = code("\\");
const DOLLAR = code("$");
const DASH = code("-");
const SLASH = code("/");
const STAR = code("*");
const HASH = code("#");
const BANG = code("!");
const NEWLINE = 10;

const isSpace = (byte: number): boolean => byte === 32 || (byte >= 9 && byte <= 13);
const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;
const isLetter = (byte: number): boolean => (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122) || byte === 95 || byte >= 128;
const isWord = (byte: number): boolean => isLetter(byte) || isDigit(byte) || byte === DOLLAR;

/** `/*!` of MySQL, `/*M!` of MariaDB. */
export const isConditional = (bytes: Buffer, at: number): boolean =>
  bytes[at] === SLASH && bytes[at + 1] === STAR && (bytes[at + 2] === BANG || (bytes[at + 2] === code("M") && bytes[at + 3] === BANG));

export function createLexer(dialect: Dialect): Lexer {
  const lexer: Lexer = { dialect, next: (bytes, at, end) => next(lexer, bytes, at, end), tokenEnd: 0, hasBackslashes: dialect === "mysql" };
  return lexer;
}

const isMysql = ({ dialect }: Lexer): boolean => dialect === "mysql";

function next(lexer: Lexer, bytes: Buffer, at: number, end: number): TokenKind {
  if (at >= end) {
    lexer.tokenEnd = end;
    return TOKEN.end;
  }
  const byte = bytes[at] as number;
  if (isSpace(byte)) return until(lexer, at + 1, end, TOKEN.space, (to) => isSpace(bytes[to] as number));
  const after = at + 1 < end ? (bytes[at + 1] as number) : 0;
  if (byte === DASH && after === DASH && (!isMysql(lexer) || at + 2 >= end || isSpace(bytes[at + 2] as number)))
    return lineComment(lexer, bytes, at, end);
  if (isMysql(lexer) && byte === HASH) return lineComment(lexer, bytes, at, end);
  if (byte === SLASH && after === STAR)
    return isMysql(lexer) && isConditional(bytes, at) ? opener(lexer, bytes, at, end) : blockComment(lexer, bytes, at, end);
  if (isMysql(lexer) && byte === STAR && after === SLASH) return until(lexer, at + 2, end, TOKEN.space, () => false);
  if (byte === QUOTE) return quoted(lexer, bytes, at + 1, end, QUOTE, lexer.hasBackslashes, TOKEN.string);
  if (byte === DOUBLE) return quoted(lexer, bytes, at + 1, end, DOUBLE, isMysql(lexer), isMysql(lexer) ? TOKEN.string : TOKEN.name);
  if (isMysql(lexer) && byte === BACKTICK) return quoted(lexer, bytes, at + 1, end, BACKTICK, false, TOKEN.name);
  if (!isMysql(lexer) && byte === DOLLAR && !isDigit(after)) return dollarQuoted(lexer, bytes, at, end);
  // E'…', B'…', X'…', N'…': a letter that belongs to the string after it (PostgreSQL 4.1.2; MySQL 9.1.1).
  if (after === QUOTE && isPrefix(lexer, byte))
    return quoted(lexer, bytes, at + 2, end, QUOTE, lexer.hasBackslashes || (byte | 32) === code("e"), TOKEN.string);
  if (isLetter(byte)) return until(lexer, at + 1, end, TOKEN.word, (to) => isWord(bytes[to] as number));
  if (isDigit(byte) || (byte === 46 && isDigit(after))) return number(lexer, bytes, at, end);
  lexer.tokenEnd = at + 1;
  return TOKEN.mark;
}

const isPrefix = (lexer: Lexer, byte: number): boolean => {
  const lower = byte | 32;
  return lower === code("b") || lower === code("x") || lower === code("n") || (!isMysql(lexer) && lower === code("e"));
};

function until(lexer: Lexer, from: number, end: number, kind: TokenKind, isPart: (at: number) => boolean): TokenKind {
  let at = from;
  while (at < end && isPart(at)) at++;
  lexer.tokenEnd = at;
  return kind;
}

function number(lexer: Lexer, bytes: Buffer, at: number, end: number): TokenKind {
  return until(lexer, at + 1, end, TOKEN.number, (to) => {
    const byte = bytes[to] as number;
    const before = (bytes[to - 1] as number) | 32;
    return isWord(byte) || byte === 46 || ((byte === 43 || byte === DASH) && before === code("e"));
  });
}

/** What stands in a conditional comment is executed (MySQL 9.7), so it is no comment here. */
const opener = (lexer: Lexer, bytes: Buffer, at: number, end: number): TokenKind =>
  until(lexer, at + (bytes[at + 2] === BANG ? 3 : 4), end, TOKEN.space, (to) => isDigit(bytes[to] as number));

function lineComment(lexer: Lexer, bytes: Buffer, at: number, end: number): TokenKind {
  const found = bytes.indexOf(NEWLINE, at);
  lexer.tokenEnd = found < 0 || found >= end ? end : found + 1;
  return TOKEN.space;
}

/** Nested in PostgreSQL (4.1.5), not in MySQL (9.7), whose conditional comments hold statements. */
function blockComment(lexer: Lexer, bytes: Buffer, at: number, end: number): TokenKind {
  let depth = 1;
  for (let to = at + 2; to + 1 < end; to++) {
    if (!isMysql(lexer) && bytes[to] === SLASH && bytes[to + 1] === STAR) {
      depth++;
      to++;
    } else if (bytes[to] === STAR && bytes[to + 1] === SLASH) {
      depth--;
      to++;
      if (depth === 0) {
        lexer.tokenEnd = to + 1;
        return TOKEN.space;
      }
    }
  }
  return open(lexer, end);
}

function quoted(lexer: Lexer, bytes: Buffer, from: number, end: number, quote: number, escapes: boolean, kind: TokenKind): TokenKind {
  for (let at = from; at < end; at++) {
    const byte = bytes[at] as number;
    if (escapes && byte === BACKSLASH) at++;
    else if (byte === quote) {
      // A quote is doubled to stand in the text; at the very end of what was read one cannot know.
      if (at + 1 < end && bytes[at + 1] === quote) at++;
      else {
        lexer.tokenEnd = at + 1;
        return kind;
      }
    }
  }
  return open(lexer, end);
}

function dollarQuoted(lexer: Lexer, bytes: Buffer, at: number, end: number): TokenKind {
  let tagEnd = at + 1;
  while (tagEnd < end && isWord(bytes[tagEnd] as number) && bytes[tagEnd] !== DOLLAR) tagEnd++;
  if (tagEnd >= end) return open(lexer, end);
  if (bytes[tagEnd] !== DOLLAR) {
    lexer.tokenEnd = at + 1;
    return TOKEN.mark;
  }
  const tag = bytes.subarray(at, tagEnd + 1);
  const found = bytes.subarray(0, end).indexOf(tag, tagEnd + 1);
  if (found < 0) return open(lexer, end);
  lexer.tokenEnd = found + tag.length;
  return TOKEN.string;
}

function open(lexer: Lexer, end: number): TokenKind {
  lexer.tokenEnd = end;
  return TOKEN.open;
}

/** By the character after the backslash; another stands for itself. PostgreSQL 4.1.2.2, MySQL 9.1.1. */
const MEANS: Readonly<Record<Dialect, Readonly<Record<string, number>>>> = {
  postgres: { b: 8, f: 12, n: 10, r: 13, t: 9 },
  mysql: { 0: 0, b: 8, n: 10, r: 13, t: 9, Z: 26 },
};

const hex = (text: string): number => (/^[0-9a-fA-F]+$/.test(text) ? Number.parseInt(text, 16) : Number.NaN);

/** The value of a string token. False for a form that is not interpreted (bit strings, Unicode escapes). */
export function stringValue(lexer: Lexer, bytes: Buffer, start: number, end: number, out: ByteSink): boolean {
  const first = bytes[start] as number;
  if (first === DOLLAR) {
    const tagEnd = bytes.indexOf(DOLLAR, start + 1) + 1;
    const from = tagEnd;
    const to = end - (tagEnd - start);
    ensure(out, to - from);
    out.at += bytes.copy(out.bytes, out.at, from, to);
    return true;
  }
  const hasPrefix = isLetter(first);
  const prefix = hasPrefix ? first | 32 : 0;
  if (prefix === code("b") || prefix === code("x")) return false;
  const from = start + (hasPrefix ? 2 : 1);
  const quote = bytes[from - 1] as number;
  const escapes = lexer.hasBackslashes || prefix === code("e");
  ensure(out, (end - from) * 2);
  const before = out.at;
  for (let at = from; at < end - 1; at++) {
    const byte = bytes[at] as number;
    if (byte === quote) at++;
    if (byte !== BACKSLASH || !escapes) {
      out.bytes[out.at++] = byte;
      continue;
    }
    at = escaped(lexer.dialect, bytes, at + 1, end - 1, out);
  }
  // N'…' is of type character there (gram.y, "national character"), whose trailing spaces mean nothing and go.
  if (prefix === code("n") && lexer.dialect === "postgres") while (out.at > before && out.bytes[out.at - 1] === 32) out.at--;
  return true;
}

/** Writes what the escape at `at` (after its backslash) means, and gives the place of its last byte. */
function escaped(dialect: Dialect, bytes: Buffer, at: number, end: number, out: ByteSink): number {
  const letter = String.fromCharCode(bytes[at] as number);
  const meant = MEANS[dialect][letter];
  if (meant !== undefined) {
    out.bytes[out.at++] = meant;
    return at;
  }
  if (dialect === "postgres") {
    const octal = /^[0-7]{1,3}/.exec(bytes.toString("latin1", at, Math.min(end, at + 3)))?.[0];
    if (octal !== undefined) {
      out.bytes[out.at++] = Number.parseInt(octal, 8) & 0xff;
      return at + octal.length - 1;
    }
    const digits = { x: 2, u: 4, U: 8 }[letter];
    const found =
      digits === undefined ? undefined : /^[0-9a-fA-F]+/.exec(bytes.toString("latin1", at + 1, Math.min(end, at + 1 + digits)))?.[0];
    if (found !== undefined) {
      if (letter === "x") out.bytes[out.at++] = hex(found);
      else out.at += out.bytes.write(String.fromCodePoint(hex(found)), out.at);
      return at + found.length;
    }
  }
  out.bytes[out.at++] = bytes[at] as number;
  return at;
}

/** A value as a string that reads alike whatever the settings of the session are. */
export function writeString(dialect: Dialect, value: Buffer, start: number, end: number, out: ByteSink): void {
  ensure(out, (end - start) * 2 + 3);
  let escapes = false;
  for (let at = start; at < end; at++)
    if (value[at] === BACKSLASH || (dialect === "mysql" && (value[at] === 0 || value[at] === 26))) escapes = true;
  const { bytes } = out;
  if (escapes && dialect === "postgres") bytes[out.at++] = code("E");
  bytes[out.at++] = QUOTE;
  for (let at = start; at < end; at++) {
    const byte = value[at] as number;
    if (byte === QUOTE || byte === BACKSLASH) bytes[out.at++] = byte;
    if (dialect === "mysql" && (byte === 0 || byte === 26)) {
      bytes[out.at++] = BACKSLASH;
      bytes[out.at++] = code(byte === 0 ? "0" : "Z");
    } else bytes[out.at++] = byte;
  }
  bytes[out.at++] = QUOTE;
}
