// The fast reader of plain YAML says what the full reader says, wherever it says anything.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { DEFAULT_LIMITS } from "./parse-problem.ts";
import { readPlainYaml } from "./plain-yaml.ts";
import { readAnyYaml } from "./yaml-text.ts";

const full = (text: string): readonly unknown[] | string => {
  const read = readAnyYaml(text, DEFAULT_LIMITS);
  return read.ok ? read.value : read.error.code;
};

describe("plain YAML", () => {
  test.each([
    ...["1", "-1", "+1", "01", "1.", ".5", "1e3", "1.e3", "-.5E-2", "1_000", "1e999", "9007199254740993", "0b1", "1:30", "0777", "08"],
    ...["~", "null", "Null", "NULL", "nULL", "true", "True", "TRUE", "tRUE", "yes", "on", "off", "y", "=", "2026-01-01"],
    ...[
      ".",
      "..",
      "1.2.3",
      "e3",
      ".e3",
      "+",
      "-x",
      "a b",
      "[1, a, ]",
      "{a: 1, b}",
      "'it''s'",
      '"\\u00e9\\x41\\n"',
      "|\n  a\n  b\n",
      ">-\n  a\n\n  b\n",
    ],
  ])("%j", (scalar) => {
    const text = `on: ${scalar}\n`;
    expect(readPlainYaml(text, DEFAULT_LIMITS)).toEqual(full(text));
  });

  test.each([
    ["an anchor and an alias", "a: &x 1\nb: *x\n"],
    ["a tag", "a: !Ref b\n"],
    ["a merge key", "a: {b: 1}\n<<: {c: 2}\n"],
    ["a directive", "%YAML 1.1\n---\na: on\n"],
    ["a key twice", "a: 1\na: 2\n"],
    ["a key that would be the prototype", "__proto__: {a: 1}\n"],
    ["a key that is a list", "? [a]\n: 1\n"],
    ["an empty key", ": 1\n"],
    ["a number in another base", "a: 0x1F\n"],
    ["a number that JSON has not", "a: .inf\n"],
    ["broken text", "a: [1\n"],
    ["a mapping on the line of another", "a: b: c\n"],
    ["a block whose indentation is said", "|1-\n a\n"],
    ["too deep a nesting", "[".repeat(300) + "]".repeat(300)],
  ])("leaves %s to the full reader", (_, text) => {
    expect(readPlainYaml(text, DEFAULT_LIMITS)).toBeUndefined();
  });

  test.each(["", "# nothing\n", "---\n---\na: 1\n---\n~\n...\n", "a: 1\r\nb:\r\n  - c\r\n", "\uFEFFa: 1\n", "a:\tb\n", "a: 'b\n\n  c'\n"])(
    "whole text %j",
    (text) => {
      expect(readPlainYaml(text, DEFAULT_LIMITS)).toEqual(full(text));
    },
  );

  test("agrees with the full reader at the limit of depth", () => {
    for (const depth of [DEFAULT_LIMITS.depth - 1, DEFAULT_LIMITS.depth, DEFAULT_LIMITS.depth + 1]) {
      const text = "[".repeat(depth) + "]".repeat(depth);
      const plain = readPlainYaml(text, DEFAULT_LIMITS);
      if (plain !== undefined) expect(plain).toEqual(full(text));
    }
  });

  test("agrees with the full reader on generated documents, written in several styles", () => {
    const key = fc.string({ maxLength: 6 }).filter((name) => name !== "__proto__");
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.oneof(fc.string(), fc.string({ unit: "grapheme" }), fc.double({ noNaN: true }), fc.integer(), fc.boolean(), fc.constant(null)),
        fc.array(tie("value"), { maxLength: 4 }),
        fc.dictionary(key, tie("value"), { maxKeys: 4 }),
      ),
    }));
    const style = fc.record({
      indent: fc.integer({ min: 2, max: 6 }),
      lineWidth: fc.constantFrom(0, 30, 80),
      collectionStyle: fc.constantFrom("any" as const, "block" as const, "flow" as const),
      defaultStringType: fc.constantFrom("PLAIN" as const, "QUOTE_SINGLE" as const, "QUOTE_DOUBLE" as const, "BLOCK_LITERAL" as const),
      indentSeq: fc.boolean(),
    });
    let plainOnes = 0;
    fc.assert(
      fc.property(value, style, (document, options) => {
        const text = stringify(document, { ...options, aliasDuplicateObjects: false });
        const plain = readPlainYaml(text, DEFAULT_LIMITS);
        if (plain === undefined) return;
        plainOnes++;
        expect(plain).toEqual(full(text));
      }),
      { numRuns: 2000 },
    );
    expect(plainOnes).toBeGreaterThan(1000);
  });
});

const corpus = process.env["BULKHEAD_CORPUS"] ?? new URL("../../../shared/corpus", import.meta.url).pathname;

describe.skipIf(!existsSync(corpus))("the corpus (skipped where BULKHEAD_CORPUS and ../shared/corpus are absent)", () => {
  test("every plain YAML file reads the same", () => {
    const counts = { plain: 0, left: 0 };
    for (const entry of readdirSync(corpus, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.ya?ml$/.test(entry.name)) continue;
      const text = readFileSync(join(entry.parentPath, entry.name), "utf8").replace(/^\uFEFF/, "");
      const plain = readPlainYaml(text, DEFAULT_LIMITS);
      counts[plain === undefined ? "left" : "plain"]++;
      if (plain !== undefined) expect(plain, join(entry.parentPath, entry.name)).toEqual(full(text));
    }
    console.info(`YAML files of the corpus: ${JSON.stringify(counts)}`);
    expect(counts.plain).toBeGreaterThan(counts.left * 10);
  });
});
