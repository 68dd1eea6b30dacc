// The set, the sums and the scanner: nothing met is forgotten, nothing unmet is found, and a slow twin finds the same.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isSoughtInside } from "./evidence.ts";
import { drawSeeds, fingerprints, sumValue } from "./fingerprints.ts";
import { folded, NORMAL, shapeOf } from "./normal.ts";
import { scanner, seek, sought } from "./scanner.ts";

const SEEDS = drawSeeds();

/** What is compared, as text: the slow twin of the sums. */
function normalOf(bytes: Buffer): string {
  let before = 0;
  const out: number[] = [];
  for (const byte of bytes) {
    const normal = NORMAL[byte] as number;
    if (normal !== 0) out.push(folded(normal, before));
    before = normal;
  }
  return Buffer.from(out).toString("latin1");
}

const sums = { a: 0, b: 0 };
function known(values: readonly string[]) {
  const set = fingerprints();
  const inside = sought();
  for (const value of values) {
    const bytes = Buffer.from(value);
    const length = sumValue(bytes, 0, bytes.length, SEEDS, sums);
    if (length === 0) continue;
    set.add(sums.a, sums.b, 0);
    if (isSoughtInside(shapeOf(bytes, 0, bytes.length), "text")) seek(inside, bytes, 0, bytes.length, length);
  }
  return { set, scan: scanner(set, inside, SEEDS).scan };
}

test("two million different values have two million fingerprints", () => {
  const set = fingerprints();
  const bytes = Buffer.alloc(16);
  for (let i = 0; i < 2_000_000; i++) {
    const length = bytes.write((i * 7919).toString(36), "latin1");
    sumValue(bytes, 0, length, SEEDS, sums);
    set.add(sums.a, sums.b, 0);
  }
  expect(set.size).toBe(2_000_000);
});

test("another seed gives other sums", () => {
  const bytes = Buffer.from("ada@example.org");
  const other = { a: 0, b: 0 };
  sumValue(bytes, 0, bytes.length, SEEDS, sums);
  sumValue(bytes, 0, bytes.length, { a: SEEDS.a ^ 1, b: SEEDS.b }, other);
  expect(other.a).not.toBe(sums.a);
  expect(other.b).toBe(sums.b);
});

describe("values", () => {
  test.each([
    ["Ada@Example.org", "ada@example.ORG"],
    ["+49 30 1234-567", "49301234567"],
    ["JOSÉ ÁLVAREZ 77", "josé álvarez 77"],
    ["DE89 3704 0044 0532 0130 00", "de89370400440532013000"],
  ])("%j and %j are one", (one, other) => {
    expect(normalOf(Buffer.from(one))).toBe(normalOf(Buffer.from(other)));
    const { scan } = known([one]);
    const hits: boolean[] = [];
    const bytes = Buffer.from(other);
    scan(bytes, 0, bytes.length, (_place, isWhole) => hits.push(isWhole));
    expect(hits).toEqual([true]);
  });

  test("the scanner finds what a slow search finds, and nothing else", () => {
    const word = fc.stringMatching(/^[a-z0-9]{1,7}$/);
    const value = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join("-"));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 8 }), fc.array(word, { maxLength: 12 }), fc.nat(), (values, words, at) => {
        const planted = [...words];
        planted.splice(at % (words.length + 1), 0, values[at % values.length] as string);
        const text = Buffer.from(planted.join(", "));
        const { scan } = known(values);
        const found = new Set<string>();
        scan(text, 0, text.length, (_place, isWhole, from, to) => found.add(`${isWhole} ${normalOf(text.subarray(from, to))}`));
        const wholes = new Set(values.map((each) => normalOf(Buffer.from(each))));
        const inside = new Set(
          values
            .filter((each) => isSoughtInside(shapeOf(Buffer.from(each), 0, each.length), "text"))
            .map((each) => normalOf(Buffer.from(each))),
        );
        const expected = new Set<string>();
        const all = text
          .toString("latin1")
          .split(/[^a-z0-9]+/)
          .filter((each) => each !== "");
        for (let from = 0; from < all.length; from++)
          for (let to = from + 1; to <= all.length; to++) {
            const run = all.slice(from, to).join("");
            if (from === 0 && to === all.length) {
              if (wholes.has(run)) expected.add(`true ${run}`);
            } else if (inside.has(run)) expected.add(`false ${run}`);
          }
        // A value that is not sought inside may share its beginning and length with one that is, and is then found too.
        for (const each of expected) expect(found).toContain(each);
        for (const each of found) expect(wholes).toContain(each.slice(each.indexOf(" ") + 1));
      }),
      { numRuns: 1000 },
    );
  });
});
