import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { choose, createPrf, fraction, keyBlock, keyId } from "./prf.ts";
import { INITIAL, compress, schedule } from "./sha256.ts";

const hex = (words: Int32Array): string => [...words].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");

const lengthOf = (value: Uint8Array): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value.length);
  return bytes;
};

/** The obvious twin, once for each library. */
const twins = [
  (block: Uint8Array, value: Uint8Array) => createHash("sha256").update(block).update(lengthOf(value)).update(value).digest("hex"),
  (block: Uint8Array, value: Uint8Array) => Buffer.from(sha256(Buffer.concat([block, lengthOf(value), value]))).toString("hex"),
];

const key = Buffer.from("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "hex");

describe("the compression function", () => {
  // NIST, "Descriptions of SHA-256", one-block message "abc"; and the empty message of the CAVP vectors (SHA256ShortMsg.rsp, Len = 0).
  test.each([
    ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  ])("of %j is NIST's", (text, digest) => {
    const block = Buffer.alloc(64);
    block.write(text, "latin1");
    block[text.length] = 0x80;
    block.writeUInt32BE(text.length * 8, 60);
    for (let word = 0; word < 16; word++) schedule[word] = block.readInt32BE(word * 4);
    const into = new Int32Array(8);
    compress(INITIAL, into);
    expect(hex(into)).toBe(digest);
  });
});

describe("the keyed function", () => {
  test("is SHA-256 of key block, length and value, at every length around a block and at random", () => {
    const lengths = fc.oneof(fc.integer({ min: 0, max: 140 }), fc.integer({ min: 0, max: 2000 }));
    const inputs = lengths.chain((length) => fc.uint8Array({ minLength: length, maxLength: length }));
    fc.assert(
      fc.property(inputs, fc.nat(7), fc.array(fc.string(), { maxLength: 3 }), (value, offset, path) => {
        const prf = createPrf(key, path);
        const padded = Buffer.concat([Buffer.alloc(offset, 0xff), value, Buffer.alloc(5, 0xff)]);
        prf.evaluate(padded, offset, offset + value.length);
        for (const twin of twins) expect(hex(prf.words)).toBe(twin(keyBlock(key, path), value));
      }),
      { numRuns: 500 },
    );
  });

  test("of words is the one of their bytes", () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 4, maxLength: 4 }), fc.constantFrom(1, 2, 3, 4), (numbers, count) => {
        const [a, b, c, d] = numbers as [number, number, number, number];
        const prf = createPrf(key);
        prf.evaluateWords(count, a, b, c, d);
        const byWords = hex(prf.words);
        const bytes = Buffer.alloc(count * 4);
        for (let at = 0; at < count; at++) bytes.writeInt32BE(numbers[at] as number, at * 4);
        prf.evaluate(bytes, 0, bytes.length);
        expect(byWords).toBe(hex(prf.words));
      }),
    );
  });

  test("has keys by HKDF (RFC 5869), as @noble/hashes derives them", () => {
    const expected = hkdf(sha256, key, Buffer.from("bulkhead mask"), Buffer.from("5:email3:tür".replace("3:", "4:")), 64);
    expect(Buffer.from(keyBlock(key, ["email", "tür"])).toString("hex")).toBe(Buffer.from(expected).toString("hex"));
  });

  test("keeps purposes, keys and paths apart", () => {
    const value = Buffer.from("ann@example.com");
    const of = (material: Uint8Array, ...path: string[]): string => {
      let prf = createPrf(material);
      for (const purpose of path) prf = prf.derive(purpose);
      prf.evaluate(value, 0, value.length);
      return hex(prf.words);
    };
    const other = Buffer.from(key).fill(1, 31);
    const all = [of(key), of(other), of(key, "a"), of(key, "b"), of(key, "a", "b"), of(key, "ab"), of(key, "a1:b"), of(key, "b", "a")];
    expect(new Set(all).size).toBe(all.length);
    expect(of(key, "a", "b")).toBe(of(key, "a", "b"));
  });

  test("refuses a key that could be guessed, and names a key without saying it", () => {
    expect(() => createPrf(Buffer.alloc(31))).toThrow("needs 32");
    expect(keyId(key)).toMatch(/^[0-9a-f]{16}$/);
    expect(keyId(key)).not.toBe(keyId(Buffer.alloc(32)));
    expect(key.toString("hex")).not.toContain(keyId(key));
  });
});

describe("choosing", () => {
  test("is fair over a small count, by chi-squared", () => {
    const prf = createPrf(key);
    const counts = Array.from({ length: 7 }, () => 0);
    for (let at = 0; at < 70_000; at++) {
      prf.evaluateWords(1, at, 0, 0, 0);
      counts[choose(prf, 0, 7)] = (counts[choose(prf, 0, 7)] as number) + 1;
    }
    const chi = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    // Six degrees of freedom: above 30 once in 25,000 keys, and this key is fixed.
    expect(chi).toBeLessThan(30);
  });

  test("stays in range at the edges of a word", () => {
    const prf = createPrf(key);
    prf.words[0] = -1;
    prf.words[1] = -1;
    expect(choose(prf, 0, 5)).toBe(4);
    expect(fraction(prf, 0)).toBeLessThan(1);
    prf.words[0] = 0;
    expect(choose(prf, 0, 5)).toBe(0);
    expect(() => choose(prf, 0, 0x20_0001)).toThrow(RangeError);
  });
});
