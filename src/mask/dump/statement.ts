// What both readings of a dump do with a statement: tell its kind, take its definition, refuse it with its line.
import { writeSync } from "node:fs";
import { MaskError } from "../error.ts";
import { TOKEN } from "./lexer.ts";
import type { DumpReader, Statement } from "./reader.ts";
import { type Token, tokensOf } from "./tokens.ts";

export function refused({ file }: DumpReader, { line }: Pick<Statement, "line">, what: string, remedy: string): MaskError {
  return new MaskError("UNREADABLE", `${file}:${line}  ${what}\n  ${remedy}`);
}

export const NOT_PLAIN = "rows are written in a way that is not understood";
export const PLAIN = "Dump with plain COPY … FROM stdin or INSERT … VALUES.";

export const REMEDY = "It could hold data, so it is not passed on. Take it out of the dump, or dump without it.";

export function define(reader: DumpReader, statement: Statement, known: (tokens: readonly Token[]) => boolean): void {
  const tokens = tokensOf(reader.lexer, statement.bytes, statement.start, statement.end);
  // How strings read from here on (PostgreSQL 4.1.2.1).
  if (tokens[0]?.text === "set" && tokens[1]?.text === "standard_conforming_strings")
    reader.lexer.hasBackslashes = /^(off|false|0)$/i.test(tokens[3]?.text ?? "");
  if (!known(tokens)) throw refused(reader, statement, `a definition is not understood: ${begin(tokens)}`, REMEDY);
}

export const begin = (tokens: readonly Token[]): string =>
  tokens
    .slice(0, 4)
    .map(({ text, kind }) => (kind === TOKEN.string ? "'…'" : text))
    .join(" ")
    .slice(0, 80);

/** `\restrict` and its end are what pg_dump writes against psql commands in names (release 17.6). MySQL's client is told of delimiters only. */
export function understoodCommand(reader: DumpReader, statement: Statement): string {
  const text = statement.bytes.toString("utf8", statement.start, statement.end);
  if (reader.lexer.dialect === "postgres" && !/^\\(un)?restrict \w+\s*$/.test(text))
    throw refused(reader, statement, "a command of psql is not understood", REMEDY);
  return text;
}

export function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
}
