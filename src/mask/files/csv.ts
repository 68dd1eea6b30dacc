// CSV by RFC 4180, on bytes: fields that are kept come out as they were written, quotes, line ends and byte order mark included.
import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { byteSink, type ByteSink, ensure, writeBytes } from "../byte-sink.ts";
import { writeAll } from "../dump/statement.ts";
import type { FieldCount, FieldRule } from "../engine/row.ts";
import { MaskError } from "../error.ts";
import { type FileDone, type FileFormat, type FileMasking, textColumn } from "./format.ts";
import { type ValueMasker, valueMasker } from "./value.ts";

const QUOTE = 34;
const RETURN = 13;
const NEWLINE = 10;
const FULL = 1024 * 1024;
/** A record is held in memory. */
const LONGEST = 256 * 1024 * 1024;

interface Reader {
  readonly file: string;
  readonly descriptor: number;
  separator: number;
  bytes: Buffer;
  at: number;
  end: number;
  line: number;
  /** Of the record that was read last. */
  readonly starts: number[];
  readonly ends: number[];
  /** Where its line end begins. */
  close: number;
}

function open(file: string): Reader {
  const reader: Reader = {
    file,
    descriptor: openSync(file, "r"),
    separator: 44,
    bytes: Buffer.allocUnsafe(FULL),
    at: 0,
    end: 0,
    line: 1,
    starts: [],
    ends: [],
    close: 0,
  };
  fill(reader);
  if (reader.bytes.subarray(0, reader.end).indexOf("\u{feff}") === 0) reader.at = 3;
  // Where commas are decimal points, spreadsheets part fields with semicolons or tabs.
  const found = reader.bytes.indexOf(NEWLINE, reader.at);
  const first = reader.bytes.toString("latin1", reader.at, found < 0 || found > reader.end ? reader.end : found);
  if (!first.includes(",")) reader.separator = first.includes(";") ? 59 : first.includes("\t") ? 9 : 44;
  return reader;
}

function fill(reader: Reader): boolean {
  reader.bytes.copyWithin(0, reader.at, reader.end);
  reader.end -= reader.at;
  reader.at = 0;
  if (reader.end > reader.bytes.length / 2) {
    if (reader.bytes.length >= LONGEST) throw problem(reader, "a record is longer than 256 MiB", "Check its quotes.");
    const grown = Buffer.allocUnsafe(reader.bytes.length * 2);
    reader.bytes.copy(grown, 0, 0, reader.end);
    reader.bytes = grown;
  }
  const count = readSync(reader.descriptor, reader.bytes, reader.end, reader.bytes.length - reader.end, null);
  reader.end += count;
  return count > 0;
}

const problem = ({ file, line }: Reader, what: string, remedy: string): MaskError =>
  new MaskError("UNREADABLE", `${file}:${line}  ${what}\n  ${remedy}`);

/** Reads one record; false at the end. Its fields stand between `starts` and `ends`, with their quotes. */
function next(reader: Reader): boolean {
  for (let isLast = false; ;) {
    if (reader.at >= reader.end && !fill(reader)) return false;
    if (record(reader, isLast)) return true;
    isLast = !fill(reader);
  }
}

/** False where more must be read first. */
function record(reader: Reader, isLast: boolean): boolean {
  const { bytes, end, separator, starts, ends } = reader;
  starts.length = ends.length = 0;
  let at = reader.at;
  let lines = 0;
  for (;;) {
    starts.push(at);
    if (bytes[at] === QUOTE && at < end) {
      for (at++; at < end; at++) {
        if (bytes[at] === NEWLINE) lines++;
        if (bytes[at] !== QUOTE) continue;
        if (at + 1 < end && bytes[at + 1] === QUOTE) at++;
        else break;
      }
      if (at >= end || (at + 1 >= end && !isLast)) {
        if (!isLast) return false;
        if (at >= end) throw problem(reader, "a quoted field has no end", "Close the quote, or double it inside the field.");
      }
      at++;
    } else
      while (at < end && bytes[at] !== separator && bytes[at] !== NEWLINE && bytes[at] !== RETURN) {
        if (bytes[at] === QUOTE)
          throw problem(reader, "a quote stands inside a field that is not quoted", "Quote the field, and double the quotes in it.");
        at++;
      }
    if (at >= end && !isLast) return false;
    ends.push(at);
    if (at < end && bytes[at] === separator) {
      at++;
      continue;
    }
    return closeRecord(reader, at, lines, isLast);
  }
}

function closeRecord(reader: Reader, from: number, lines: number, isLast: boolean): boolean {
  const { bytes, end } = reader;
  let at = from;
  reader.close = at;
  if (at < end && bytes[at] === RETURN) {
    if (at + 1 >= end && !isLast) return false;
    at++;
  }
  if (at < end && bytes[at] === NEWLINE) at++;
  else if (at < end)
    throw problem(
      reader,
      "something follows the end of a quoted field, or a line ends with a carriage return alone",
      "Double the quotes inside fields; end lines with CRLF or LF.",
    );
  reader.at = at;
  reader.line += lines + 1;
  return true;
}

/** Without its quotes. */
function valueOf({ bytes }: Reader, start: number, end: number): Buffer {
  if (bytes[start] !== QUOTE || start === end) return bytes.subarray(start, end);
  return Buffer.from(bytes.toString("latin1", start + 1, end - 1).replaceAll('""', '"'), "latin1");
}

function header(reader: Reader): readonly string[] {
  if (!next(reader)) throw problem(reader, "the file is empty", "A CSV file begins with the names of its columns.");
  const names = reader.starts.map((start, at) => valueOf(reader, start, reader.ends[at] as number).toString("utf8"));
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined)
    throw problem({ ...reader, line: 1 }, `two columns are named ${JSON.stringify(twice)}`, "Give every column a name of its own.");
  return names;
}

function writeRecord(reader: Reader, rules: readonly FieldRule[], maskers: readonly (ValueMasker | undefined)[], out: ByteSink): void {
  const { bytes, starts, ends, separator } = reader;
  const read = (place: number): Buffer | undefined => {
    const [start, end] = [starts[place] as number, ends[place] as number];
    return start === end ? undefined : valueOf(reader, start, end);
  };
  let written = 0;
  for (const [field, rule] of rules.entries()) {
    if (rule.kind === "drop") continue;
    ensure(out, 1);
    if (written++ > 0) out.bytes[out.at++] = separator;
    const [start, end] = [starts[field] as number, ends[field] as number];
    const masker = maskers[field];
    if (rule.kind === "keep") writeBytes(out, bytes, start, end);
    // CSV knows no null: a field without anything is the nearest to one.
    else if (masker !== undefined && start !== end) {
      const value = valueOf(reader, start, end);
      const masked = masker.mask(value, 0, value.length, read);
      writeField(masked.bytes, masked.at, separator, bytes[start] === QUOTE, out);
    } else if (masker !== undefined) masker.count.nulls++;
  }
  writeBytes(out, bytes, reader.close, reader.at);
}

function writeField(value: Buffer, length: number, separator: number, wasQuoted: boolean, out: ByteSink): void {
  let needsQuotes = wasQuoted;
  for (let at = 0; at < length && !needsQuotes; at++)
    needsQuotes = value[at] === QUOTE || value[at] === separator || value[at] === NEWLINE || value[at] === RETURN;
  if (!needsQuotes) return writeBytes(out, value, 0, length);
  ensure(out, length * 2 + 2);
  out.bytes[out.at++] = QUOTE;
  for (let at = 0; at < length; at++) {
    if (value[at] === QUOTE) out.bytes[out.at++] = QUOTE;
    out.bytes[out.at++] = value[at] as number;
  }
  out.bytes[out.at++] = QUOTE;
}

async function mask(file: string, { rule, columns, out: descriptor }: FileMasking): Promise<FileDone> {
  const reader = open(file);
  const hash = createHash("sha256");
  const out = byteSink(FULL * 2);
  let [rows, bytes] = [0, 0];
  const flush = (): void => {
    hash.update(out.bytes.subarray(0, out.at));
    writeAll(descriptor, out.bytes.subarray(0, out.at));
    bytes += out.at;
    out.at = 0;
  };
  try {
    // The byte order mark.
    if (reader.at === 3) writeBytes(out, reader.bytes, 0, 3);
    header(reader);
    const rules = columns.map(rule);
    const maskers = rules.map((each) => (each.kind === "mask" ? valueMasker(each) : undefined));
    writeRecord(
      reader,
      rules.map((each) => (each.kind === "drop" ? each : { kind: "keep" })),
      [],
      out,
    );
    while (next(reader)) {
      // A last line without anything is no record.
      if (reader.starts.length === 1 && reader.starts[0] === reader.ends[0] && columns.length > 1) continue;
      if (reader.starts.length !== columns.length)
        throw problem(
          { ...reader, line: reader.line - 1 },
          `a record has ${reader.starts.length} fields, and the header ${columns.length}`,
          "Quote fields that hold a separator or a line end.",
        );
      writeRecord(reader, rules, maskers, out);
      rows++;
      if (out.at > FULL) flush();
    }
    flush();
    const counts = new Map(columns.flatMap((name, at): [string, FieldCount][] => (maskers[at] ? [[name, maskers[at].count]] : [])));
    return { rows, bytes, sha256: hash.digest("hex"), counts };
  } finally {
    closeSync(reader.descriptor);
  }
}

export const csv: FileFormat = {
  endings: [".csv", ".tsv"],
  columns: async (file) => {
    const reader = open(file);
    try {
      return header(reader).map((name) => textColumn(name));
    } finally {
      closeSync(reader.descriptor);
    }
  },
  mask,
};
