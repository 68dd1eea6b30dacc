// Laws of the scanner: masked fields alone change, and a row that is not what it should be never passes.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { byteSink, writeBytes } from "../byte-sink.ts";
import type { Masking } from "../masker.ts";
import { type FieldRule, rowMasker } from "./row.ts";

/** The obvious way, over strings. */
const escaped = (value: string | null): string =>
  value === null
    ? "\\N"
    : value
        .replaceAll("\\", "\\\\")
        .replaceAll("\t", "\\t")
        .replaceAll("\n", "\\n")
        .replaceAll("\r", "\\r")
        .replaceAll("\b", "\\b")
        .replaceAll("\f", "\\f")
        .replaceAll("\v", "\\v");
const line = (values: readonly (string | null)[]): string => `${values.map(escaped).join("\t")}\n`;

const identity: Masking = (input, start, end, out) => writeBytes(out, input, start, end);
const suffixed =
  (suffix: string): Masking =>
  (input, start, end, out) => {
    writeBytes(out, input, start, end);
    const more = Buffer.from(suffix);
    writeBytes(out, more, 0, more.length);
  };

const RULES: Readonly<Record<string, FieldRule>> = {
  keep: { kind: "keep" },
  null: { kind: "null" },
  drop: { kind: "drop" },
  same: { kind: "mask", masking: identity, reads: [] },
  mark: { kind: "mask", masking: suffixed("\t\\\n"), reads: [] },
};

function expected(values: readonly (string | null)[], rules: readonly string[]): string {
  return line(
    values.flatMap((value, at) => {
      const rule = rules[at];
      if (rule === "drop") return [];
      if (rule === "null" || value === null) return [null];
      return [rule === "mark" ? `${value}\t\\\n` : value];
    }),
  );
}

const masked = (rules: readonly FieldRule[], text: string, isTrusted: boolean): string => {
  const out = byteSink(8);
  const bytes = Buffer.from(text);
  rowMasker(rules, { isTrusted }).mask(bytes, 0, bytes.length - 1, out);
  return out.bytes.toString("utf8", 0, out.at);
};

const value = fc.option(
  fc.string({ unit: fc.constantFrom("a", "\t", "\n", "\\", "N", ".", "x", "0", "é", "😀", "\r", "\b", "\v", "\f") }),
  { freq: 4 },
);
const rule = fc.constantFrom(...Object.keys(RULES));

test("the fast scanner writes what the obvious one would", () => {
  const row = fc
    .array(fc.tuple(value, rule), { minLength: 1, maxLength: 8 })
    .filter((fields) => fields.some(([, name]) => name !== "drop"));
  fc.assert(
    fc.property(row, fc.boolean(), (fields, isTrusted) => {
      const names = fields.map(([, name]) => name);
      const values = fields.map(([each]) => each);
      const rules = names.map((name) => RULES[name] as FieldRule);
      expect(masked(rules, line(values), isTrusted)).toBe(expected(values, names));
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ["octal, hexadecimal and needless backslashes", "\\101\\x42\\x4\\7\\q", "AB\u0004\u0007q"],
  ["a backslash at the end", "a\\", "a\\"],
])("a dump may escape otherwise: %s", (_, written, meant) => {
  let seen = "";
  const masking: Masking = (input, start, end) => void (seen = input.toString("utf8", start, end));
  masked([{ kind: "mask", masking, reads: [] }], `${written}\n`, false);
  expect(seen).toBe(meant);
});

test("a masking sees the siblings that it reads, as they were", () => {
  const seen: (string | null)[] = [];
  const masking: Masking = (_input, _start, _end, _out, siblings) => {
    for (const at of [0, 1])
      seen.push(
        siblings === undefined || siblings.starts[at] === -1
          ? null
          : siblings.bytes.toString("utf8", siblings.starts[at], siblings.ends[at]),
      );
  };
  masked(
    [{ kind: "mask", masking: identity, reads: [] }, { kind: "mask", masking, reads: [2, 0] }, { kind: "drop" }],
    line(["a\tb", "c", null]),
    true,
  );
  expect(seen).toEqual([null, "a\tb"]);
});

test.each([
  ["fewer", "a\tb\n"],
  ["more", "a\tb\tc\td\n"],
])("a row with %s fields than columns does not pass", (_, text) => {
  const rules = [RULES["keep"], RULES["mark"], RULES["keep"]] as FieldRule[];
  expect(() => masked(rules, text, false)).toThrow(/fields than its table has columns/);
});

test("values are counted: null, changed, and equal to before", () => {
  const row = rowMasker([RULES["same"], RULES["mark"]] as FieldRule[], { isTrusted: false });
  const out = byteSink();
  for (const text of ["a\tb\n", "\\N\t\\N\n", "c\t\n"]) row.mask(Buffer.from(text), 0, text.length - 1, out);
  expect(row.counts).toEqual([
    { nulls: 1, changed: 0, unchanged: 2 },
    { nulls: 1, changed: 2, unchanged: 0 },
  ]);
});
