// A dump as statements and rows, each with its line, read through a window that holds one statement.
import { closeSync, openSync, readSync } from "node:fs";
import { MaskError } from "../error.ts";
import { createLexer, type Dialect, isConditional, type Lexer, TOKEN } from "./lexer.ts";

export interface Statement {
  /** Valid until the next one is read. */
  readonly bytes: Buffer;
  /** Without white space and comments before it, and without its terminator. */
  readonly start: number;
  readonly end: number;
  readonly line: number;
  /** A command of the client that reads the dump, on a line of its own: `\restrict`, `DELIMITER`. */
  readonly isCommand: boolean;
}

export interface DumpReader {
  readonly lexer: Lexer;
  readonly file: string;
  readonly next: () => Statement | undefined;
  /** After a COPY: each line up to the one that ends the rows. */
  readonly rows: (onRow: (bytes: Buffer, start: number, end: number, line: number) => void) => void;
  /** What ends a statement now. */
  readonly delimiter: () => string;
  readonly bytesRead: () => number;
  readonly close: () => void;
}

const WINDOW = 1024 * 1024;
/** A statement is held in memory. MySQL's own limit for one is 1 GiB (`max_allowed_packet`). */
const LONGEST = 1024 * 1024 * 1024;
const NEWLINE = 10;
const RETURN = 13;
const BACKSLASH = 92;
const DOT = 46;

interface Window {
  readonly file: string;
  readonly dialect: Dialect;
  readonly descriptor: number;
  readonly lexer: Lexer;
  bytes: Buffer;
  at: number;
  end: number;
  line: number;
  total: number;
  delimiter: string;
}

/** `name`: what messages call it, where the file is a pipe. */
export function openDump(path: string, dialect: Dialect, name?: string): DumpReader {
  const descriptor = openSync(path, "r");
  const file = name ?? path;
  const lexer = createLexer(dialect);
  const window: Window = {
    file,
    dialect,
    descriptor,
    lexer,
    bytes: Buffer.allocUnsafe(WINDOW),
    at: 0,
    end: 0,
    line: 1,
    total: 0,
    delimiter: ";",
  };
  return {
    lexer,
    file,
    next: () => next(window),
    rows: (onRow) => rows(window, onRow),
    delimiter: () => window.delimiter,
    bytesRead: () => window.total - (window.end - window.at),
    close: () => closeSync(descriptor),
  };
}

/** False at the end of the file. What stands before `at` is forgotten. */
function fill(window: Window): boolean {
  if (window.at > 0) {
    window.bytes.copyWithin(0, window.at, window.end);
    window.end -= window.at;
    window.at = 0;
  }
  if (window.end > window.bytes.length / 2) {
    if (window.bytes.length >= LONGEST) throw unreadable(window, "a statement is longer than 1 GiB", "Dump with shorter statements.");
    const grown = Buffer.allocUnsafe(window.bytes.length * 2);
    window.bytes.copy(grown, 0, 0, window.end);
    window.bytes = grown;
  }
  const count = readSync(window.descriptor, window.bytes, window.end, window.bytes.length - window.end, null);
  window.end += count;
  window.total += count;
  return count > 0;
}
const unreadable = (window: Window, what: string, remedy: string): MaskError =>
  new MaskError("UNREADABLE", `${window.file}:${window.line}  ${what}\n  ${remedy}`);
const skip = (window: Window, to: number): void => {
  for (let each = window.at; each < to; each++) if (window.bytes[each] === NEWLINE) window.line++;
  window.at = to;
};

function next(window: Window): Statement | undefined {
  for (;;) {
    // Enough to tell what begins here.
    if (window.end - window.at < 64) fill(window);
    if (
      isConditional(window.bytes, window.at) &&
      window.at < window.end &&
      window.bytes.toString("latin1", window.at, window.at + 10) !== "/*M!999999"
    )
      break;
    const isSandbox = isConditional(window.bytes, window.at) && window.at < window.end;
    const kind = isSandbox ? TOKEN.space : window.lexer.next(window.bytes, window.at, window.end);
    if (isSandbox) window.lexer.tokenEnd = lineEnd(window);
    if (kind === TOKEN.end) return undefined;
    if (window.lexer.tokenEnd >= window.end && fill(window)) continue;
    if (kind !== TOKEN.space) break;
    skip(window, window.lexer.tokenEnd);
  }
  if (isClientCommand(window)) return command(window);
  return statement(window);
}

function lineEnd(window: Window): number {
  for (;;) {
    // Behind the end stands what was read before.
    const found = window.bytes.indexOf(NEWLINE, window.at);
    if (found >= 0 && found < window.end) return found;
    if (!fill(window)) return window.end;
  }
}

/** psql's commands begin with a backslash; the one of MySQL's client that dumps hold is DELIMITER. */
const isClientCommand = (window: Window): boolean =>
  window.dialect === "mysql"
    ? /^delimiter\s/i.test(window.bytes.toString("latin1", window.at, Math.min(window.end, window.at + 10)))
    : window.bytes[window.at] === BACKSLASH;

function command(window: Window): Statement {
  const to = lineEnd(window);
  if (window.dialect === "mysql") window.delimiter = window.bytes.toString("latin1", window.at, to).slice(10).trim();
  const result = { bytes: window.bytes, start: window.at, end: to, line: window.line, isCommand: true };
  skip(window, Math.min(window.end, to + 1));
  return result;
}

function statement(window: Window): Statement {
  for (;;) {
    const found = terminator(window);
    if (found !== undefined) {
      const result = { bytes: window.bytes, start: window.at, end: found, line: window.line, isCommand: false };
      skip(window, found + window.delimiter.length);
      return result;
    }
    if (!fill(window)) throw unreadable(window, "the dump breaks off inside a statement", "Dump again: the file is not whole.");
  }
}

/** psql counts brackets, as rules hold several statements in them, and so does a body between BEGIN ATOMIC and END (psqlscan.l). */
function terminator(window: Window): number | undefined {
  let depth = 0;
  let atomic = 0;
  let before = "";
  for (let from = window.at; from < window.end; from = window.lexer.tokenEnd) {
    const kind = window.lexer.next(window.bytes, from, window.end);
    if (kind === TOKEN.open || kind === TOKEN.end) return undefined;
    // At the edge of what was read a token may go on.
    if (kind !== TOKEN.mark && window.lexer.tokenEnd >= window.end) return undefined;
    if (kind === TOKEN.mark) {
      if (window.dialect === "postgres") {
        if (window.bytes[from] === 40) depth++;
        else if (window.bytes[from] === 41) depth--;
      }
      if (depth <= 0 && atomic === 0 && window.bytes[from] === window.delimiter.charCodeAt(0)) {
        if (from + window.delimiter.length > window.end) return undefined;
        if (window.bytes.toString("latin1", from, from + window.delimiter.length) === window.delimiter) return from;
      }
    } else if (kind === TOKEN.word && window.dialect === "postgres" && window.lexer.tokenEnd - from <= 6) {
      const word = window.bytes.toString("latin1", from, window.lexer.tokenEnd).toLowerCase();
      if (word === "atomic" && before === "begin") atomic = 1;
      else if (atomic > 0 && (word === "case" || word === "begin")) atomic++;
      else if (atomic > 0 && word === "end") atomic--;
      before = word;
    }
  }
  return undefined;
}

function rows(window: Window, onRow: (bytes: Buffer, start: number, end: number, line: number) => void): void {
  // What is left of the line of the COPY itself.
  skip(window, Math.min(window.end, lineEnd(window) + 1));
  for (;;) {
    const found = lineEnd(window);
    if (found >= window.end)
      throw unreadable(window, "the dump breaks off inside the rows of a table", "Dump again: the file is not whole.");
    // A row's own line breaks are escaped, so a file that went through Windows has its carriage returns at the end of a line only.
    if (found > window.at && window.bytes[found - 1] === RETURN)
      throw unreadable(window, "a line ends with a carriage return", "Dump again, or convert the line ends.");
    const isEnd = found - window.at === 2 && window.bytes[window.at] === BACKSLASH && window.bytes[window.at + 1] === DOT;
    if (!isEnd) onRow(window.bytes, window.at, found, window.line);
    window.line++;
    window.at = found + 1;
    if (isEnd) return;
  }
}
