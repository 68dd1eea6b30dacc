// The tokens of one statement as a parser wants them: without white space, names unquoted, words in lower case.
import { byteSink } from "../byte-sink.ts";
import { type Lexer, stringValue, TOKEN, type TokenKind } from "./lexer.ts";

export interface Token {
  readonly kind: TokenKind;
  /** Of a word in lower case, of a name without its quotes, of a string its value, of all else as written. */
  readonly text: string;
  /** As written, where a name is taken from a word: MySQL keeps its case. */
  readonly written: string;
  readonly end: number;
}

export function tokensOf(lexer: Lexer, bytes: Buffer, start: number, end: number, most = Infinity): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = start; at < end && tokens.length < most; at = lexer.tokenEnd) {
    const kind = lexer.next(bytes, at, end);
    if (kind === TOKEN.space) continue;
    const to = lexer.tokenEnd;
    const written = bytes.toString("utf8", at, to);
    tokens.push({ kind, written, text: textOf(lexer, kind, written, bytes, at, to), end: to });
    lexer.tokenEnd = to;
  }
  return tokens;
}

function textOf(lexer: Lexer, kind: TokenKind, written: string, bytes: Buffer, start: number, end: number): string {
  if (kind === TOKEN.word) return written.toLowerCase();
  if (kind === TOKEN.name) {
    const quote = written.charAt(0);
    return written.slice(1, -1).replaceAll(quote + quote, quote);
  }
  if (kind !== TOKEN.string) return written;
  const out = byteSink(end - start);
  return stringValue(lexer, bytes, start, end, out) ? out.bytes.toString("utf8", 0, out.at) : written;
}

/** Reads tokens from the left. */
export interface Cursor {
  readonly tokens: readonly Token[];
  at: number;
}

export const peek = (cursor: Cursor, ahead = 0): string => {
  const token = cursor.tokens[cursor.at + ahead];
  return token === undefined || token.kind === TOKEN.string || token.kind === TOKEN.name ? "" : token.text;
};

/** Takes the words when they stand there, all of them. */
export function take(cursor: Cursor, ...words: readonly string[]): boolean {
  if (!words.every((word, ahead) => peek(cursor, ahead) === word)) return false;
  cursor.at += words.length;
  return true;
}

/** A name, of a word folded as the dialect does. Undefined where none stands. */
export function takeName(cursor: Cursor, keepsCase: boolean): string | undefined {
  const token = cursor.tokens[cursor.at];
  if (token === undefined || (token.kind !== TOKEN.word && token.kind !== TOKEN.name)) return undefined;
  cursor.at++;
  return token.kind === TOKEN.name ? token.text : keepsCase ? token.written : token.text;
}

/** `schema.table`, or `table` in the schema given. */
export function takeQualified(
  cursor: Cursor,
  keepsCase: boolean,
  schema: string,
): { readonly schema: string; readonly name: string } | undefined {
  const first = takeName(cursor, keepsCase);
  if (first === undefined) return undefined;
  if (!take(cursor, ".")) return { schema, name: first };
  const second = takeName(cursor, keepsCase);
  return second === undefined ? undefined : { schema: first, name: second };
}

/** Names between brackets; undefined when something else stands there. Lengths of index prefixes and orders are passed over. */
export function takeNames(cursor: Cursor, keepsCase: boolean): readonly string[] | undefined {
  const parts = takeGroup(cursor);
  if (parts === undefined) return undefined;
  const names = parts.map((part) => {
    const inner: Cursor = { tokens: part, at: 0 };
    const name = takeName(inner, keepsCase);
    return name !== undefined && peek(inner) !== "(" && peek(inner) !== "." ? name : undefined;
  });
  return names.every((name) => name !== undefined) ? names : undefined;
}

/** What stands between brackets, parted at its commas. The cursor stands behind. */
export function takeGroup(cursor: Cursor): readonly (readonly Token[])[] | undefined {
  if (peek(cursor) !== "(") return undefined;
  const parts: Token[][] = [];
  let part: Token[] = [];
  let depth = 0;
  for (; cursor.at < cursor.tokens.length; cursor.at++) {
    const token = cursor.tokens[cursor.at] as Token;
    const mark = token.kind === TOKEN.mark ? token.text : "";
    if (mark === ")" && --depth === 0) {
      if (part.length > 0) parts.push(part);
      cursor.at++;
      return parts;
    }
    if (mark === "," && depth === 1) {
      parts.push(part);
      part = [];
    } else if (depth > 0) part.push(token);
    if (mark === "(") depth++;
  }
  return undefined;
}
