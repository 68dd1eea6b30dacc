// The hot path: one row of COPY text, between its tabs, through the maskings. No string is made; what is kept is copied in one go.
import { type ByteSink, ensure, writeBytes } from "../byte-sink.ts";
import type { Masking, Siblings } from "../masker.ts";
import { escapeInPlace, unescapeField } from "./copy-text.ts";

export type FieldRule =
  | { readonly kind: "keep" | "null" | "drop" }
  | {
      readonly kind: "mask";
      readonly masking: Masking;
      /** Places of the fields that the masking wants to see. */
      readonly reads: readonly number[];
    };

/** What became of a column's values so far. */
export interface FieldCount {
  nulls: number;
  changed: number;
  /** Masked, and still the same: a short value may mask to itself. */
  unchanged: number;
}

export interface RowMasker {
  /** Writes the row in `input[start, end)` (without its line break) to `out`, masked and with a line break. */
  readonly mask: (input: Buffer, start: number, end: number, out: ByteSink) => void;
  /** By place; of kept and dropped fields they stay zero. */
  readonly counts: readonly FieldCount[];
}

const TAB = 9;
const NEWLINE = 10;
const BACKSLASH = 92;
const CAPITAL_N = 78;

/** Thrown when a row has not as many fields as its table has columns: nothing of it may pass. */
export class FieldCountError extends Error {}

interface Step {
  readonly at: number;
  readonly kind: "null" | "drop" | "mask";
  readonly masking: Masking | undefined;
  readonly siblings: Siblings | undefined;
  readonly reads: readonly number[];
  readonly count: FieldCount;
}

/**
 * Fields after the last one that something happens to are not looked at: their bytes stand between a known tab and the end of the row.
 * With `isTrusted` unset they are counted all the same, for rows that no server has just written.
 */
export function rowMasker(fields: readonly FieldRule[], { isTrusted }: { readonly isTrusted: boolean }): RowMasker {
  const counts = fields.map((): FieldCount => ({ nulls: 0, changed: 0, unchanged: 0 }));
  const steps = fields.flatMap((rule, at): Step[] => (rule.kind === "keep" ? [] : [stepOf(rule, at, counts[at] as FieldCount)]));
  const readers = steps.filter(({ siblings }) => siblings !== undefined);
  const unescaped: ByteSink = { bytes: Buffer.allocUnsafeSlow(4096), at: 0 };
  const escaping: ByteSink = { bytes: Buffer.allocUnsafeSlow(4096), at: 0 };
  const places = new Int32Array(fields.length + 1);
  const last = fields.length - 1;
  const isSplit = readers.length > 0 || !isTrusted;

  const mask = (input: Buffer, start: number, end: number, out: ByteSink): void => {
    if (isSplit) split(input, start, end, places, fields.length);
    for (const reader of readers) readSiblings(reader, input, places, end);
    let at = start;
    let field = 0;
    let kept = start;
    for (let index = 0; index < steps.length; index++) {
      const step = steps[index] as Step;
      while (field < step.at) {
        while (at < end && input[at] !== TAB) at++;
        if (at === end) throw new FieldCountError("a row has fewer fields than its table has columns");
        at++;
        field++;
      }
      const from = at;
      let hasEscapes = false;
      for (let byte = at < end ? (input[at] as number) : TAB; byte !== TAB; byte = at < end ? (input[at] as number) : TAB) {
        if (byte === BACKSLASH) hasEscapes = true;
        at++;
      }
      if (from > kept) writeBytes(out, input, kept, from);
      kept = at;
      if (step.kind === "drop") {
        // With the tab after it, or where it is the last, with the tab before it.
        if (step.at < last) kept = at + 1;
        else if (out.at > 0 && out.bytes[out.at - 1] === TAB) out.at--;
      } else if (at - from === 2 && input[from] === BACKSLASH && input[from + 1] === CAPITAL_N) {
        step.count.nulls++;
        writeNull(out);
      } else if (step.kind === "null") {
        step.count.changed++;
        writeNull(out);
      } else maskField(step, input, from, at, hasEscapes, out, unescaped, escaping);
    }
    if (end > kept) writeBytes(out, input, kept, end);
    ensure(out, 1);
    out.bytes[out.at++] = NEWLINE;
  };
  return { mask, counts };
}

function stepOf(rule: FieldRule, at: number, count: FieldCount): Step {
  if (rule.kind !== "mask")
    return { at, kind: rule.kind === "drop" ? "drop" : "null", masking: undefined, siblings: undefined, reads: [], count };
  const { masking, reads } = rule;
  const siblings = reads.length === 0 ? undefined : siblingsOf(reads.length);
  return { at, kind: "mask", masking, siblings, reads, count };
}

const siblingsOf = (count: number): Siblings & { bytes: Buffer } => ({
  bytes: Buffer.allocUnsafeSlow(4096),
  starts: new Int32Array(count),
  ends: new Int32Array(count),
});

function writeNull(out: ByteSink): void {
  ensure(out, 2);
  out.bytes[out.at++] = BACKSLASH;
  out.bytes[out.at++] = CAPITAL_N;
}

function maskField(
  { masking, siblings, count }: Step,
  input: Buffer,
  from: number,
  to: number,
  hasEscapes: boolean,
  out: ByteSink,
  unescaped: ByteSink,
  escaping: ByteSink,
): void {
  const before = out.at;
  let value = input;
  let start = from;
  let end = to;
  if (hasEscapes) {
    unescaped.at = 0;
    unescapeField(input, from, to, unescaped);
    value = unescaped.bytes;
    start = 0;
    end = unescaped.at;
  }
  (masking as Masking)(value, start, end, out, siblings);
  if (isEqual(value, start, end, out, before)) count.unchanged++;
  else count.changed++;
  escapeInPlace(out, before, escaping);
}

function isEqual(value: Buffer, start: number, end: number, out: ByteSink, before: number): boolean {
  if (end - start !== out.at - before) return false;
  const { bytes } = out;
  for (let at = start, other = before; at < end; at++, other++) if (value[at] !== bytes[other]) return false;
  return true;
}

/** The place of each field's first byte, and behind the last one's end. */
function split(input: Buffer, start: number, end: number, places: Int32Array, count: number): void {
  let field = 0;
  places[0] = start;
  for (let at = start; at < end; at++)
    if (input[at] === TAB) {
      field++;
      if (field >= count) throw new FieldCountError("a row has more fields than its table has columns");
      places[field] = at + 1;
    }
  if (field !== count - 1) throw new FieldCountError("a row has fewer fields than its table has columns");
  places[count] = end + 1;
}

function readSiblings({ siblings, reads }: Step, input: Buffer, places: Int32Array, end: number): void {
  const seen = siblings as Siblings & { bytes: Buffer };
  const sink: ByteSink = { bytes: seen.bytes, at: 0 };
  for (let index = 0; index < reads.length; index++) {
    const field = reads[index] as number;
    const from = places[field] as number;
    const to = Math.min(end, (places[field + 1] as number) - 1);
    if (to - from === 2 && input[from] === BACKSLASH && input[from + 1] === CAPITAL_N) {
      seen.starts[index] = seen.ends[index] = -1;
      continue;
    }
    seen.starts[index] = sink.at;
    unescapeField(input, from, to, sink);
    seen.ends[index] = sink.at;
  }
  seen.bytes = sink.bytes;
}
