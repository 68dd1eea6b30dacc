// JSON lines: an object a line. Members that are kept come out byte by byte, so that no number loses a digit.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { writeAll } from "../dump/statement.ts";
import type { FieldCount, FieldRule } from "../engine/row.ts";
import { MaskError } from "../error.ts";
import type { ColumnFacts } from "../inventory.ts";
import { type FileDone, type FileFormat, type FileMasking, textColumn } from "./format.ts";
import { type ValueMasker, valueMasker } from "./value.ts";

interface Member {
  readonly name: string;
  /** As written, with its quotes. */
  readonly key: string;
  readonly value: string;
}

const refused = (file: string, line: number, what: string): MaskError =>
  new MaskError("UNREADABLE", `${file}:${line}  ${what}\n  Write one JSON object a line, each member once.`);

async function* lines(file: string): AsyncIterable<readonly [string, number]> {
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(file, "utf8"), crlfDelay: Infinity })) {
    line++;
    const bare = line === 1 ? text.replace(/^\u{feff}/u, "") : text;
    if (bare.trim() !== "") yield [bare, line];
  }
}

const STRING = /"(?:[^"\\]|\\.)*"/y;
const SPACE = /[ \t\r]*/y;
const PLAIN = /[^,}\]\s]+/y;

/** The members of the object on a line. JSON.parse has said that it is one, so only its parts have to be found. */
function membersOf(file: string, text: string, line: number): readonly Member[] {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) throw new SyntaxError("no object");
  } catch {
    throw refused(file, line, "is no JSON object");
  }
  const members: Member[] = [];
  let at = after(SPACE, text, text.indexOf("{") + 1);
  while (text[at] !== "}") {
    const keyEnd = after(STRING, text, at);
    const key = text.slice(at, keyEnd);
    const from = after(SPACE, text, after(SPACE, text, keyEnd) + 1);
    const to = valueEnd(text, from);
    const name = JSON.parse(key) as string;
    if (members.some((member) => member.name === name)) throw refused(file, line, `member ${JSON.stringify(name)} stands twice`);
    members.push({ name, key, value: text.slice(from, to) });
    at = after(SPACE, text, to);
    if (text[at] === ",") at = after(SPACE, text, at + 1);
  }
  return members;
}

function after(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

function valueEnd(text: string, from: number): number {
  const first = text[from];
  if (first === '"') return after(STRING, text, from);
  if (first !== "{" && first !== "[") return after(PLAIN, text, from);
  let depth = 0;
  for (let at = from; ; at++) {
    const character = text[at];
    if (character === '"') at = after(STRING, text, at) - 1;
    else if (character === "{" || character === "[") depth++;
    else if ((character === "}" || character === "]") && --depth === 0) return at + 1;
  }
}

const typeOf = (value: string): string => {
  const [first = ""] = value;
  if (first === '"') return "text";
  if (first === "{" || first === "[") return "jsonb";
  return first === "t" || first === "f" ? "boolean" : "numeric";
};

async function columns(file: string): Promise<readonly ColumnFacts[]> {
  const types = new Map<string, string>();
  for await (const [text, line] of lines(file))
    for (const { name, value } of membersOf(file, text, line)) {
      const type = value === "null" ? undefined : typeOf(value);
      const known = types.get(name);
      // Of two kinds, the one that takes both.
      types.set(
        name,
        known === undefined || known === type || type === undefined
          ? (known ?? type ?? "")
          : known === "jsonb" || type === "jsonb"
            ? "jsonb"
            : known === ""
              ? type
              : "text",
      );
    }
  return [...types].map(([name, type]) => textColumn(name, type === "" ? "text" : type));
}

/** A text as itself, anything else as it is written. */
const bytesOf = (value: string): Buffer => Buffer.from(value.startsWith('"') ? (JSON.parse(value) as string) : value);

/** In the form that the value had, where what came out has it too. */
function written(value: string, masked: string): string {
  const type = typeOf(value);
  if (type === "numeric" && /^-?(0|[1-9]\d*)(\.\d+)?$/.test(masked)) return masked;
  if (type === "boolean" && /^(t|f|true|false)$/.test(masked)) return masked.startsWith("t") ? "true" : "false";
  if (type === "jsonb") {
    try {
      JSON.parse(masked);
      return masked.replaceAll(/[\r\n]/g, " ");
    } catch {
      return JSON.stringify(masked);
    }
  }
  return JSON.stringify(masked);
}

async function mask(file: string, { rule, columns: names, out }: FileMasking): Promise<FileDone> {
  const rules = new Map<string, FieldRule>(names.map((name) => [name, rule(name)]));
  const maskers = new Map<string, ValueMasker>();
  for (const [name, each] of rules) if (each.kind === "mask") maskers.set(name, valueMasker(each));
  const hash = createHash("sha256");
  let [rows, bytes, pending] = [0, 0, ""];
  const flush = (): void => {
    const chunk = Buffer.from(pending);
    hash.update(chunk);
    writeAll(out, chunk);
    bytes += chunk.length;
    pending = "";
  };
  for await (const [text, line] of lines(file)) {
    const members = membersOf(file, text, line);
    const values = new Map(members.map(({ name, value }) => [name, value]));
    const read = (place: number): Buffer | undefined => {
      const value = values.get(names[place] ?? "");
      return value === undefined || value === "null" ? undefined : bytesOf(value);
    };
    const kept = members.flatMap(({ name, key, value }): string[] => {
      const each = rules.get(name);
      if (each === undefined) throw refused(file, line, `member ${JSON.stringify(name)} was not there when the file was read first`);
      if (each.kind === "drop") return [];
      const masker = maskers.get(name);
      if (each.kind === "keep") return [`${key}:${value}`];
      if (masker === undefined) return [`${key}:null`];
      if (value === "null") {
        masker.count.nulls++;
        return [`${key}:null`];
      }
      const input = bytesOf(value);
      const masked = masker.mask(input, 0, input.length, read);
      return [`${key}:${written(value, masked.bytes.toString("utf8", 0, masked.at))}`];
    });
    pending += `{${kept.join(",")}}\n`;
    rows++;
    if (pending.length > 256 * 1024) flush();
  }
  flush();
  const counts = new Map<string, FieldCount>([...maskers].map(([name, { count }]) => [name, count]));
  return { rows, bytes, sha256: hash.digest("hex"), counts };
}

export const jsonLines: FileFormat = { endings: [".jsonl", ".ndjson"], columns, mask };
