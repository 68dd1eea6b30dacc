import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createPrf } from "../prf/prf.ts";
import { placeOf } from "./alphabet.ts";
import { bigPermutation } from "./big-permutation.ts";
import { bitPermutation } from "./bits.ts";
import { digitPermutation } from "./digits.ts";
import { permutation } from "./permutation.ts";
import { generalPermutation, textPermutation } from "./text.ts";

const prf = createPrf(Buffer.alloc(32, 7));
const other = createPrf(Buffer.alloc(32, 8));

const isPermutation = (size: number, permute: (x: number) => number): boolean => {
  const seen = new Uint8Array(size);
  for (let x = 0; x < size; x++) {
    const y = permute(x);
    if (!(y >= 0 && y < size) || seen[y] === 1) return false;
    seen[y] = 1;
  }
  return true;
};

describe("a permutation of numbers", () => {
  test("hits every number once, for each size up to 300", () => {
    for (let size = 1; size <= 300; size++) expect(isPermutation(size, permutation(prf, size))).toBe(true);
  });

  // The shuffle's largest, the network's smallest, squares and their neighbours, primes, powers of ten and of two.
  test.each([131_072, 131_073, 131_101, 160_000, 160_001, 262_144, 999_999, 1_000_000])("hits every number once, for size %d", (size) => {
    expect(isPermutation(size, permutation(prf, size))).toBe(true);
  });

  test("stays inside and keeps distinct at sizes too large to try in full", () => {
    for (const size of [2 ** 31, 2 ** 40 + 7, 10 ** 15, Number.MAX_SAFE_INTEGER]) {
      const permute = permutation(prf, size);
      const inputs = [0, 1, 2, size - 1, size - 2, Math.floor(size / 2), ...Array.from({ length: 500 }, (_, at) => at * 7919 + 11)];
      const outputs = [...new Set(inputs)].map(permute);
      expect(outputs.every((y) => Number.isSafeInteger(y) && y >= 0 && y < size)).toBe(true);
      expect(new Set(outputs).size).toBe(new Set(inputs).size);
    }
  });

  test("is another one under another key, and leaves about one number where it was", () => {
    const size = 200_003;
    const [one, two] = [permutation(prf, size), permutation(other, size)];
    let same = 0;
    let fixed = 0;
    for (let x = 0; x < size; x++) {
      if (one(x) === two(x)) same++;
      if (one(x) === x) fixed++;
    }
    // Both counts follow Poisson's law with mean 1.
    expect(same).toBeLessThan(9);
    expect(fixed).toBeLessThan(9);
  });

  test("of no numbers is refused", () => {
    for (const size of [0, -1, 1.5, 2 ** 53]) expect(() => permutation(prf, size)).toThrow(RangeError);
  });
});

describe("a permutation of long integers", () => {
  test.each([1, 2, 3, 10, 257, 1000, 4096])("hits every integer once, for size %d", (size) => {
    const permute = bigPermutation(prf, BigInt(size));
    expect(isPermutation(size, (x) => Number(permute(BigInt(x))))).toBe(true);
  });

  test("stays inside and keeps distinct at 300 bits", () => {
    const size = (1n << 300n) - 12345n;
    const permute = bigPermutation(prf, size);
    const outputs = Array.from({ length: 300 }, (_, at) => permute(size - 1n - BigInt(at)));
    expect(outputs.every((y) => y >= 0n && y < size)).toBe(true);
    expect(new Set(outputs).size).toBe(300);
  });
});

test("a permutation of bits keeps distinct words distinct and changes only its bits", () => {
  const permute = bitPermutation(prf, 61);
  const outputs = Array.from({ length: 2000 }, (_, at) => {
    const words = Int32Array.of(0, at & 0xff, 0, at >> 8);
    permute(words);
    expect((words[0] as number) >>> 29).toBe(0);
    expect((words[2] as number) >>> 29).toBe(0);
    return words.join(",");
  });
  expect(new Set(outputs).size).toBe(2000);
  expect(() => bitPermutation(prf, 32)).toThrow(RangeError);
});

describe("a permutation of digit strings", () => {
  const permute = digitPermutation(prf);
  const through = (text: string): string => {
    const digits = Uint8Array.from(text, Number);
    permute(digits, 0, digits.length);
    return digits.join("");
  };

  test.each([1, 2, 3, 4, 5])("of length %d is one to one", (length) => {
    expect(isPermutation(10 ** length, (x) => Number(through(String(x).padStart(length, "0"))))).toBe(true);
  });

  test("keeps length, leading zeros among it, also beyond the safe integers", () => {
    for (const text of ["0000000000", "000000000000000", "0000000000000000", "4111111111111111", "9".repeat(40)]) {
      expect(through(text)).toMatch(new RegExp(`^\\d{${text.length}}$`));
      expect(through(text)).not.toBe(text);
    }
  });
});

describe("a permutation of texts", () => {
  const permute = textPermutation(prf);

  test("is one to one on every text of a small form", () => {
    const texts = Array.from(
      { length: 2600 },
      (_, at) => `${String.fromCharCode(65 + Math.floor(at / 100))}-${String(at % 100).padStart(2, "0")}`,
    );
    const outputs = texts.map(permute);
    expect(new Set(outputs).size).toBe(2600);
    expect(outputs.every((each) => /^[A-Z]-\d\d$/.test(each))).toBe(true);
  });

  test("keeps length, kinds and punctuation, in any script", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), fc.string()), (text) => {
        const masked = permute(text);
        const [before, after] = [[...text], [...masked]];
        expect(after.length).toBe(before.length);
        for (const [at, each] of before.entries()) {
          const [from, to] = [placeOf(each.codePointAt(0) as number), placeOf((after[at] as string).codePointAt(0) as number)];
          if (from === undefined) expect(after[at]).toBe(each);
          else expect(to?.alphabet).toBe(from.alphabet);
        }
        expect(permute(text)).toBe(masked);
      }),
    );
  });

  test("of short ASCII is what it is by the general way", () => {
    const general = generalPermutation(prf, (size) => permutation(prf, size));
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~]{0,14}$/), (text) => {
        expect(permute(text)).toBe(general(text));
      }),
      { numRuns: 60 },
    );
  });

  test("keeps distinct texts distinct", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9 éß]{0,30}$/), { minLength: 2, maxLength: 40 }), (texts) => {
        expect(new Set(texts.map(permute)).size).toBe(texts.length);
      }),
    );
  });
});
