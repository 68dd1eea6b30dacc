// How much a match says: whether a value of production in the lower environment can have got there by chance.
import type { Shape } from "./normal.ts";

export type Kind = "number" | "date" | "text";

/** By the column's type. Dates and times have few values whatever their length; numbers have as many as their digits allow. */
export function kindOf(type: string): Kind {
  if (/^(?:smallint|integer|bigint|numeric|real|double precision|money|oid|int|tinyint|mediumint|decimal|float|double)\b/.test(type))
    return "number";
  if (/^(?:date|time|timestamp|interval|datetime|year)\b/.test(type)) return "date";
  return "text";
}

const BITS_OF_DIGIT = Math.log2(10);
/** Letters of words and names carry about this much each (Shannon 1951 gives 2.3 for eight-letter contexts of English). */
const BITS_OF_LETTER = 2.2;
/** A day of the last hundred years; with the time of day, its seconds too. */
const BITS_OF_DAY = 15;
const BITS_OF_SECOND = 16;

/** Of how many values of this shape one was hit, as a power of two. */
export function bitsOf({ length, digits, tokens }: Pick<Shape, "length" | "digits" | "tokens">, kind: Kind): number {
  if (kind === "date") return BITS_OF_DAY + (length > 8 ? BITS_OF_SECOND : 0);
  if (digits === length) return digits * BITS_OF_DIGIT;
  return digits * BITS_OF_DIGIT + (length - digits) * BITS_OF_LETTER + (tokens - 1);
}

/**
 * Words that many people share: letters only, three at most. Maskers draw such words from lists, so that a masked name can be another person's
 * real one. Whether a column was left as it is, is told by comparing rows, not by such a word.
 */
export const isCommonWords = ({ length, digits, tokens, hasAt }: Shape): boolean => digits === 0 && !hasAt && tokens <= 3 && length <= 40;

/** Below this many bits nothing is looked for inside of texts. */
const LEAST_BITS_INSIDE = 26;

/** Bytes that a value must have to be looked for inside of other texts. */
export const LEAST_LENGTH_INSIDE = 6;
export const MOST_LENGTH_INSIDE = 160;

export const isSoughtInside = (shape: Shape, kind: Kind): boolean =>
  kind !== "date" &&
  shape.length >= LEAST_LENGTH_INSIDE &&
  shape.length <= MOST_LENGTH_INSIDE &&
  !isCommonWords(shape) &&
  bitsOf(shape, kind) >= LEAST_BITS_INSIDE;

/** In so many rows of production, a value tells of nobody. */
const SHARED_BY = 20;

export interface Match {
  /** Of the production value. */
  readonly shape: Shape;
  readonly kind: Kind;
  /** In how many rows of production it stands. */
  readonly rows: number;
  readonly bits: number;
}

/** Fewer bits are an age, a size or a number of pieces. */
const LEAST_BITS = 16;

/** Whether matches of this kind could say that production data came down, if there are more than chance gives. */
export const canTell = ({ shape, kind, rows, bits }: Match): boolean =>
  rows < SHARED_BY && kind !== "date" && !isCommonWords(shape) && bits >= (kind === "number" ? LEAST_BITS_INSIDE : LEAST_BITS);

/** How many matches chance would give: so many values were compared with so many of production, of so many that there could be. */
export const expectedByChance = (compared: number, known: number, bits: number): number => (compared * known) / 2 ** bits;

/** More than chance gives, beyond doubt: Poisson's mean and six deviations, and one more. */
export const isBeyondChance = (found: number, expected: number): boolean =>
  expected < 0.01 ? found > 0 : found > expected + 6 * Math.sqrt(expected) + 1;
