// Records of text files as they are read, piece by piece: CSV and JSON lines.
import { createReadStream } from "node:fs";
import { MaskError } from "../error.ts";

/** By name; what is not a text is written as JSON. */
export type FileRecord = ReadonlyMap<string, string>;

const LONGEST = 64 * 1024 * 1024;

const broken = (file: string, line: number, what: string): MaskError =>
  new MaskError("UNREADABLE", `${file}:${line}  ${what}\n  Check the file, or take it out of the folder.`);

async function* linesOf(file: string): AsyncIterable<readonly [line: string, number: number]> {
  let rest = "";
  let number = 0;
  for await (const chunk of createReadStream(file, "utf8")) {
    const lines = (rest + (chunk as string)).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > LONGEST) throw broken(file, number + 1, "a line is longer than 64 MiB");
    for (const line of lines) yield [line.endsWith("\r") ? line.slice(0, -1) : line, ++number];
  }
  if (rest !== "") yield [rest, ++number];
}

export async function* jsonLines(file: string): AsyncIterable<FileRecord> {
  for await (const [line, number] of linesOf(file)) {
    if (line.trim() === "") continue;
    let value: unknown;
    try {
      value = JSON.parse(line.replace(/^\uFEFF/, ""));
    } catch {
      throw broken(file, number, "a line is no JSON");
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw broken(file, number, "a line is no JSON object");
    yield new Map(
      Object.entries(value).flatMap(([name, each]) =>
        each === null ? [] : [[name, typeof each === "string" ? each : JSON.stringify(each)] as const],
      ),
    );
  }
}

const DELIMITERS = [",", ";", "\t", "|"] as const;

/** The one that the header has most of. */
const delimiterOf = (header: string): string => DELIMITERS.toSorted((a, b) => header.split(b).length - header.split(a).length)[0] as string;

/** RFC 4180; the first record names the fields. */
export async function* csv(file: string): AsyncIterable<FileRecord> {
  let names: readonly string[] | undefined;
  let delimiter = ",";
  let open = "";
  let from = 1;
  for await (const [line, number] of linesOf(file)) {
    // A line break within quotes is part of the field: the quotes before it are odd in number.
    const text = open === "" ? line : `${open}\n${line}`;
    if ((text.split('"').length - 1) % 2 === 1) {
      if (text.length > LONGEST) throw broken(file, from, "a quoted field does not end");
      if (open === "") from = number;
      open = text;
      continue;
    }
    open = "";
    if (names === undefined) {
      delimiter = delimiterOf(text);
      names = fields(text.replace(/^\uFEFF/, ""), delimiter);
      continue;
    }
    if (text === "") continue;
    const values = fields(text, delimiter);
    if (values.length !== names.length)
      throw broken(file, number, `a record has ${values.length} fields, and the first one ${names.length}`);
    yield new Map(names.map((name, at) => [name, values[at] as string]));
  }
  if (open !== "") throw broken(file, from, "a quoted field does not end");
}

function fields(record: string, delimiter: string): readonly string[] {
  const found: string[] = [];
  let at = 0;
  for (;;) {
    let value = "";
    if (record[at] === '"') {
      for (at++; at < record.length; at++) {
        if (record[at] !== '"') value += record[at];
        else if (record[at + 1] === '"') value += record[at++];
        else break;
      }
      at++;
    }
    const end = record.indexOf(delimiter, at);
    value += record.slice(at, end < 0 ? undefined : end);
    found.push(value);
    if (end < 0) return found;
    at = end + delimiter.length;
  }
}
