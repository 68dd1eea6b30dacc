// The rows of an INSERT: each value a literal that is understood, masked or copied as it is written; anything else is refused.
import { type ByteSink, byteSink, ensure, writeBytes, writeText } from "../byte-sink.ts";
import type { FieldCount, FieldRule } from "../engine/row.ts";
import type { Siblings } from "../masker.ts";
import { type Lexer, stringValue, TOKEN, writeString } from "./lexer.ts";

/** What a literal is, for what is written in its place. */
const LITERAL = { null: 0, string: 1, number: 2, boolean: 3, hex: 4, default: 5 } as const;

/** Thrown for a value that is not understood; the caller knows the line. */
export class ValueError extends Error {}

export interface RowsOfInsert {
  /** Masks the rows that stand in `bytes[at, end)`, after VALUES; gives where they end, and how many they were. */
  readonly mask: (bytes: Buffer, at: number, end: number, out: ByteSink) => { readonly end: number; readonly rows: number };
  readonly counts: readonly FieldCount[];
}

interface Fields {
  readonly kinds: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

const code = (character: string): number => character.charCodeAt(0);
const OPEN = code("(");
const CLOSE = code(")");
const COMMA = code(",");

interface State {
  readonly lexer: Lexer;
  readonly rules: readonly FieldRule[];
  readonly fields: Fields;
  readonly counts: readonly FieldCount[];
  readonly siblings: readonly ((Siblings & { bytes: Buffer }) | undefined)[];
  readonly value: ByteSink;
  readonly masked: ByteSink;
}

export function rowsOfInsert(lexer: Lexer, rules: readonly FieldRule[]): RowsOfInsert {
  const count = rules.length;
  const state: State = {
    lexer,
    rules,
    fields: { kinds: new Uint8Array(count), starts: new Int32Array(count), ends: new Int32Array(count) },
    counts: rules.map(() => ({ nulls: 0, changed: 0, unchanged: 0 })),
    siblings: rules.map((rule) => (rule.kind === "mask" && rule.reads.length > 0 ? siblingsOf(rule.reads.length) : undefined)),
    value: byteSink(),
    masked: byteSink(),
  };
  return { mask: (bytes, at, end, out) => maskRows(state, bytes, at, end, out), counts: state.counts };
}

const siblingsOf = (count: number): Siblings & { bytes: Buffer } => ({
  bytes: Buffer.alloc(0),
  starts: new Int32Array(count),
  ends: new Int32Array(count),
});

function maskRows(state: State, bytes: Buffer, from: number, end: number, out: ByteSink): { readonly end: number; readonly rows: number } {
  let rows = 0;
  let at = passSpace(state.lexer, bytes, from, end);
  for (;;) {
    if (bytes[at] !== OPEN || at >= end) throw new ValueError("VALUES is not followed by rows in brackets");
    at = readRow(state, bytes, at + 1, end);
    if (rows > 0) writeText(out, ",\n");
    writeRow(state, bytes, out);
    rows++;
    const after = passSpace(state.lexer, bytes, at, end);
    if (after >= end || bytes[after] !== COMMA) return { end: at, rows };
    at = passSpace(state.lexer, bytes, after + 1, end);
  }
}

/** Finds each value of a row; gives the place behind its closing bracket. */
function readRow(state: State, bytes: Buffer, from: number, end: number): number {
  const { lexer, fields, rules } = state;
  let at = from;
  for (let field = 0; ; field++) {
    if (field >= rules.length) throw new ValueError(`a row has more than the ${rules.length} values that its columns ask for`);
    at = passSpace(lexer, bytes, at, end);
    fields.starts[field] = at;
    fields.kinds[field] = readLiteral(lexer, bytes, at, end);
    fields.ends[field] = lexer.tokenEnd;
    at = passSpace(lexer, bytes, passCast(lexer, bytes, lexer.tokenEnd, end), end);
    // Without its cast: the column's own type decides.
    if (bytes[at] === COMMA) at++;
    else if (bytes[at] === CLOSE) {
      if (field !== rules.length - 1) throw new ValueError(`a row has ${field + 1} values for ${rules.length} columns`);
      return at + 1;
    } else throw new ValueError("a value is an expression and no literal");
  }
}

function passSpace(lexer: Lexer, bytes: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end && lexer.next(bytes, at, end) === TOKEN.space) at = lexer.tokenEnd;
  return at;
}

/** PostgreSQL's `::type`, with a schema, a length and brackets. */
function passCast(lexer: Lexer, bytes: Buffer, from: number, end: number): number {
  let at = from;
  while (lexer.dialect === "postgres" && bytes[at] === 58 && bytes[at + 1] === 58) {
    const found = /^::\s*[\w". ]+(\(\d+(,\d+)?\))?(\[\])*/.exec(bytes.toString("latin1", at, Math.min(end, at + 200)));
    if (found === null) throw new ValueError("a cast is not understood");
    at += found[0].trimEnd().length;
  }
  return at;
}

/** The kind of the literal at `at`; `lexer.tokenEnd` stands behind it. */
function readLiteral(lexer: Lexer, bytes: Buffer, from: number, end: number): number {
  let at = from;
  if (bytes[at] === 45 || bytes[at] === 43) at++;
  const kind = lexer.next(bytes, at, end);
  const to = lexer.tokenEnd;
  if (kind === TOKEN.number) {
    const text = bytes.toString("latin1", at, Math.min(to, at + 2)).toLowerCase();
    return text === "0x" ? LITERAL.hex : LITERAL.number;
  }
  if (at === from && kind === TOKEN.string) {
    const first = (bytes[at] as number) | 32;
    return first === code("x") && bytes[at] !== 0x27 ? LITERAL.hex : LITERAL.string;
  }
  if (at === from && kind === TOKEN.word) {
    const word = bytes.toString("latin1", at, to).toLowerCase();
    if (word === "null") return LITERAL.null;
    if (word === "default") return LITERAL.default;
    if (word === "true" || word === "false") return LITERAL.boolean;
    // MySQL 9.1.1: an introducer says the character set of the string behind it.
    if (lexer.dialect === "mysql" && /^_(binary|utf8|utf8mb3|utf8mb4|latin1|ascii)$/.test(word)) return introduced(lexer, bytes, to, end);
  }
  throw new ValueError("a value is an expression and no literal");
}

function introduced(lexer: Lexer, bytes: Buffer, from: number, end: number): number {
  const at = passSpace(lexer, bytes, from, end);
  if (lexer.next(bytes, at, end) !== TOKEN.string) throw new ValueError("a value is an expression and no literal");
  return LITERAL.string;
}

function writeRow(state: State, bytes: Buffer, out: ByteSink): void {
  const { rules, fields, counts } = state;
  for (let field = 0; field < rules.length; field++) if (state.siblings[field] !== undefined) readSiblings(state, bytes, field);
  writeText(out, "(");
  let written = 0;
  for (let field = 0; field < rules.length; field++) {
    const rule = rules[field] as FieldRule;
    if (rule.kind === "drop") continue;
    if (written++ > 0) writeText(out, ", ");
    const kind = fields.kinds[field] as number;
    const count = counts[field] as FieldCount;
    const isNull = kind === LITERAL.null;
    if (rule.kind === "keep" || isNull) {
      if (isNull) count.nulls++;
      writeBytes(out, bytes, fields.starts[field] as number, fields.ends[field] as number);
    } else if (rule.kind === "null") {
      count.changed++;
      writeText(out, "NULL");
    } else writeMasked(state, bytes, field, out);
  }
  writeText(out, ")");
}

function writeMasked(state: State, bytes: Buffer, field: number, out: ByteSink): void {
  const { lexer, value, masked, fields } = state;
  const rule = state.rules[field] as Extract<FieldRule, { kind: "mask" }>;
  const kind = fields.kinds[field] as number;
  value.at = 0;
  readValue(state, bytes, field, value);
  masked.at = 0;
  rule.masking(value.bytes, 0, value.at, masked, state.siblings[field]);
  const isSame = masked.at === value.at && masked.bytes.compare(value.bytes, 0, value.at, 0, masked.at) === 0;
  const count = state.counts[field] as FieldCount;
  if (isSame) count.unchanged++;
  else count.changed++;
  const text = kind === LITERAL.string ? "" : masked.bytes.toString("latin1", 0, masked.at);
  if (kind === LITERAL.number && /^-?\d+(\.\d+)?$/.test(text)) writeText(out, text);
  else if (kind === LITERAL.hex && /^\\x[0-9a-f]*$/.test(text))
    writeText(out, lexer.dialect === "mysql" ? `X'${text.slice(2)}'` : `'${text}'`);
  else writeString(lexer.dialect, masked.bytes, 0, masked.at, out);
}

/** As PostgreSQL's text output would give it. */
function readValue({ lexer, fields }: State, bytes: Buffer, field: number, out: ByteSink): void {
  const start = fields.starts[field] as number;
  const end = fields.ends[field] as number;
  const kind = fields.kinds[field] as number;
  if (kind === LITERAL.string) {
    // Behind an introducer.
    const from = (bytes[start] as number) === 95 ? bytes.indexOf(0x27, start) : start;
    if (!stringValue(lexer, bytes, from, end, out)) throw new ValueError("a bit string is masked by no masker");
  } else if (kind === LITERAL.boolean)
    writeText(
      out,
      lexer.dialect === "mysql"
        ? (bytes[start] as number | 32) === code("t")
          ? "1"
          : "0"
        : String.fromCharCode((bytes[start] as number) | 32),
    );
  else if (kind === LITERAL.hex)
    writeText(
      out,
      `\\x${bytes
        .toString("latin1", start + 2, end)
        .replaceAll("'", "")
        .toLowerCase()}`,
    );
  else if (kind === LITERAL.default) throw new ValueError("DEFAULT stands where a value is to be masked");
  else {
    const from = bytes[start] === 43 ? start + 1 : start;
    ensure(out, end - from);
    writeBytes(out, bytes, from, end);
  }
}

function readSiblings(state: State, bytes: Buffer, field: number): void {
  const seen = state.siblings[field] as Siblings & { bytes: Buffer };
  const rule = state.rules[field] as Extract<FieldRule, { kind: "mask" }>;
  const sink = byteSink();
  for (const [index, read] of rule.reads.entries()) {
    const isNull = state.fields.kinds[read] === LITERAL.null;
    seen.starts[index] = isNull ? -1 : sink.at;
    if (!isNull) readValue(state, bytes, read, sink);
    seen.ends[index] = isNull ? -1 : sink.at;
  }
  seen.bytes = sink.bytes;
}
