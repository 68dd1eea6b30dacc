// The keyed function that every masker chooses by: value in, 256 bits out that nobody can tell from chance without the key.
import { createHash, hkdfSync } from "node:crypto";
import { MaskError } from "../error.ts";
import { INITIAL, compress, schedule } from "./sha256.ts";

/**
 * SHA-256 over one block of key, the length of the value in four bytes (big-endian), and the value.
 *
 * A key that fills the first block makes this the cascade construction of Bellare, Canetti and Krawczyk ("Pseudorandom Functions
 * Revisited", FOCS 1996, section 3): a pseudorandom function as long as no input is a prefix of another, which the length before it
 * sees to. Unlike BLAKE2 it can be said in every SQL dialect that has SHA-256 (`sha256(key || int4send(length) || value)`), so that
 * masking inside a warehouse gives the same values; unlike HMAC it costs one compression for a value of at most 51 bytes.
 */
export interface Prf {
  /** A function of its own for this purpose: what it gives says nothing about what this one gives. */
  readonly derive: (purpose: string) => Prf;
  /** Evaluates at `input[start, end)`; the result stands in `words` until the next evaluation. */
  readonly evaluate: (input: Uint8Array, start: number, end: number) => void;
  /** Evaluates at the four bytes of each given number, big-endian: for counters and Feistel rounds. */
  readonly evaluateWords: (count: 1 | 2 | 3 | 4, a: number, b: number, c: number, d: number) => void;
  /** Eight words, signed. */
  readonly words: Int32Array;
}

/** At least 2^-11 short of fair is the worst `choose` may be: 2^21 choices of 2^32. */
const MOST_CHOICES = 0x20_0000;

/** One of `count` things, by the given word of the last evaluation. */
export function choose(prf: Prf, word: number, count: number): number {
  if (count > MOST_CHOICES) throw new RangeError(`${count} is too many to choose from by one word`);
  return Math.floor((((prf.words[word] as number) >>> 0) * count) / 0x1_0000_0000);
}

/** Between 0 and 1 (excluded), with 53 bits, by the given word and the next one. */
export const fraction = (prf: Prf, word: number): number =>
  (((prf.words[word] as number) >>> 0) * 0x20_0000 + ((prf.words[word + 1] as number) >>> 11)) / 0x20_0000_0000_0000;

/** A key must be worth its 256 bits: what is shorter could be guessed by who holds masked data. */
export const SHORTEST_KEY = 32;

/** Which key it was, without saying it: for certificates, which name the key that masked. */
export const keyId = (key: Uint8Array): string =>
  createHash("sha256").update("bulkhead mask key id\0").update(key).digest("hex").slice(0, 16);

const BLOCK = 64;

/** RFC 5869. The purpose is the path of `derive`s, each with its length, so that no two paths read alike. */
export const keyBlock = (key: Uint8Array, path: readonly string[]): Uint8Array => {
  const info = path.map((purpose) => `${Buffer.byteLength(purpose)}:${purpose}`).join("");
  return new Uint8Array(hkdfSync("sha256", key, "bulkhead mask", info, BLOCK));
};

export function createPrf(key: Uint8Array, path: readonly string[] = []): Prf {
  if (key.length < SHORTEST_KEY) throw new MaskError("KEY_TOO_SHORT", `the masking key has ${key.length} bytes, and needs ${SHORTEST_KEY}`);
  const keyed = new Int32Array(8);
  const block = keyBlock(key, path);
  for (let word = 0; word < 16; word++) schedule[word] = wordAt(block, word * 4);
  compress(INITIAL, keyed);
  const words = new Int32Array(8);
  return {
    derive: (purpose) => createPrf(key, [...path, purpose]),
    evaluate: (input, start, end) => absorb(input, start, end, keyed, words),
    evaluateWords: (count, a, b, c, d) => {
      schedule.fill(0, 0, 15);
      schedule[0] = count * 4;
      schedule[1] = a;
      if (count > 1) schedule[2] = b;
      if (count > 2) schedule[3] = c;
      if (count > 3) schedule[4] = d;
      schedule[count + 1] = 0x8000_0000 | 0;
      schedule[15] = (BLOCK + 4 + count * 4) * 8;
      compress(keyed, words);
    },
    words,
  };
}

const wordAt = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);

/** The word at `at` where fewer than four bytes are left: those, a one bit, and zeros (FIPS 180-4, section 5.1.1). */
function paddedWordAt(bytes: Uint8Array, at: number, end: number): number {
  if (at > end) return 0;
  let word = 0x80 << (24 - (end - at) * 8);
  for (let each = at, shift = 24; each < end; each++, shift -= 8) word |= (bytes[each] as number) << shift;
  return word;
}

/** The length before the value fills one word, so that the value's words stay words of the block. */
function absorb(input: Uint8Array, start: number, end: number, keyed: Int32Array, words: Int32Array): void {
  const length = end - start;
  const blocks = Math.ceil((4 + length + 9) / BLOCK);
  schedule[0] = length;
  let at = start;
  for (let block = 0; block < blocks; block++) {
    for (let word = block === 0 ? 1 : 0; word < 16; word++, at += 4)
      schedule[word] = at + 4 <= end ? wordAt(input, at) : paddedWordAt(input, at, end);
    if (block === blocks - 1) {
      const bits = (BLOCK + 4 + length) * 8;
      schedule[14] = Math.floor(bits / 0x1_0000_0000);
      schedule[15] = bits | 0;
    }
    compress(block === 0 ? keyed : words, words);
  }
}
