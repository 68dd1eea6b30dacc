// A short word that tells values apart: 65 bits of the keyed function, in letters and digits.
import { type ByteSink, ensure } from "../byte-sink.ts";
import type { KeyedSql } from "../masker.ts";
import type { Prf } from "../prf/prf.ts";

/**
 * Among ten million values, two share one of these once in 700,000 keys (the birthday bound n²/2^66); the column's unique index then
 * stops the run, so that two people are never taken for one.
 */
export const TOKEN_LENGTH = 13;

/** Letters and digits without those that read alike (Crockford's base 32). */
const LETTERS = "0123456789abcdefghjkmnpqrstvwxyz";
const ALPHABET = Buffer.from(LETTERS);

/** From the last three words of the evaluation: maskers choose by the ones before. */
export function writeToken(out: ByteSink, prf: Prf, length: number = TOKEN_LENGTH): void {
  ensure(out, length);
  const { bytes } = out;
  let bits = prf.words[5] as number;
  for (let at = 0; at < length; at++) {
    if (at === 6) bits = prf.words[6] as number;
    if (at === 12) bits = prf.words[7] as number;
    bytes[out.at++] = ALPHABET[bits & 31] as number;
    bits >>>= 5;
  }
}

/** The same word in SQL. */
export const tokenSql = ({ digit }: KeyedSql): readonly string[] =>
  Array.from({ length: TOKEN_LENGTH }, (_, at) => digit(at < 6 ? 5 : at < 12 ? 6 : 7, (at % 6) * 5, LETTERS));
