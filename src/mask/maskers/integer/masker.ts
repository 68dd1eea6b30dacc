// Integers that stand for something and count nothing, such as keys: a permutation, so that distinct ones stay distinct.
import { z } from "zod";
import { type BigPermutation, bigPermutation } from "../../bijection/big-permutation.ts";
import { type Permutation, permutation } from "../../bijection/permutation.ts";
import { writeInteger, writeText } from "../../byte-sink.ts";
import { MaskError } from "../../error.ts";
import type { ColumnType, Masker } from "../../masker.ts";
import type { Prf } from "../../prf/prf.ts";
import { canonicalType } from "../../type-name.ts";
import { INTEGERS, underlying } from "../types.ts";

const Options = z.strictObject({
  /** Every value must lie in it, and is mapped into it. */
  range: z.tuple([z.int(), z.int()]).optional(),
  /** Numbers keep how many digits they have. */
  keepDigits: z.boolean().default(false),
});
type Options = z.infer<typeof Options>;

/** SP 800-38G (2016), section 5.1: a hundred values at the least. */
const FEWEST = 100;

const LARGEST: Readonly<Record<string, bigint>> = { smallint: 0x7fffn, integer: 0x7fff_ffffn, bigint: 0x7fff_ffff_ffff_ffffn };

function largestOf(type: ColumnType): bigint {
  const { type: name, precision } = underlying(type);
  return LARGEST[canonicalType(name)] ?? 10n ** BigInt(precision ?? 1000) - 1n;
}

const SMALL = 0x7fff_ffff;
const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

export const masker: Masker<Options> = {
  id: "integer",
  summary: "Another integer of the same sign; different ones stay different.",
  options: Options,
  types: [...INTEGERS, "numeric"],
  deterministic: true,
  keepsDistinct: () => true,
  refuses: ({ range, keepDigits }, column) => {
    if (underlying(column).scale !== undefined && underlying(column).scale !== 0) return "masks integers, and the column has decimals";
    if (range === undefined) return undefined;
    if (keepDigits) return "takes a range or keepDigits, not both";
    const size = range[1] - range[0] + 1;
    if (!Number.isSafeInteger(size)) return "has a range that is too large";
    if (BigInt(range[1]) > largestOf(column) || -BigInt(range[0]) > largestOf(column) + 1n)
      return `has a range that ${column.type} does not hold`;
    return size < FEWEST ? `has a range of ${size} values, which can be guessed; it needs ${FEWEST}` : undefined;
  },
  compile: (options, column, prf) => {
    const own = prf.derive("integer");
    const pieces = options.range === undefined ? piecesOf(own, largestOf(column), options.keepDigits) : rangeOf(own, options.range);
    return (input, start, end, out) => {
      const value = integerAt(input, start, end);
      if (typeof value === "number") {
        const { permute, from } = pieces.of(value);
        if (permute !== undefined) return writeInteger(out, value < from ? -(permute(-value - from) + from) : permute(value - from) + from);
      }
      writeText(out, pieces.big(BigInt(value)).toString());
    };
  },
};

interface Piece {
  /** Undefined where the numbers are too large for it. */
  readonly permute: Permutation | undefined;
  /** The smallest number of the piece, by magnitude. */
  readonly from: number;
}

interface Pieces {
  readonly of: (value: number) => Piece;
  /** For what no piece permutes. */
  readonly big: (value: bigint) => bigint;
}

function rangeOf(prf: Prf, [least, most]: readonly [number, number]): Pieces {
  const permute = permutation(prf.derive("range"), most - least + 1);
  const big = (): never => {
    throw new MaskError("VALUE_NOT_MASKABLE", `an integer lies outside the range from ${least} to ${most}`);
  };
  // A range is one piece whatever the signs in it: the mirror image below `from` is never used.
  const inside: Piece = { permute, from: least };
  return { of: (value) => (value < least || value > most ? big() : inside), big };
}

/**
 * The line is cut into pieces that are permuted by themselves, the negative ones as mirror images of the positive: 0 alone, those of 31
 * bits (so that a small key in a wide column stays one that every client reads), the other safe integers, and what is beyond them by
 * number of digits; or all of them by number of digits. -2^(n-1), which has no mirror image, stays: it is the mark
 * of no value wherever it is used.
 */
function piecesOf(prf: Prf, largest: bigint, keepDigits: boolean): Pieces {
  const pieceFrom = (from: number, to: bigint): Piece => {
    const most = Number([to, largest, SAFE].reduce((a, b) => (a < b ? a : b)));
    return { permute: most < from ? undefined : permutation(prf.derive(`from ${from}`), most - from + 1), from };
  };
  const small = pieceFrom(1, BigInt(SMALL));
  const large = pieceFrom(SMALL + 1, SAFE);
  const byDigits: (Piece | undefined)[] = [];
  const pieceOf = (digits: number): Piece => (byDigits[digits] ??= pieceFrom(10 ** (digits - 1), 10n ** BigInt(digits) - 1n));
  const zero: Piece = { permute: (x) => x, from: 0 };
  const none: Piece = { permute: undefined, from: 0 };
  return {
    of: (value) => {
      if (value === 0) return zero;
      const size = value < 0 ? -value : value;
      if (size > largest) return none;
      if (!keepDigits) return size <= SMALL ? small : large;
      const digits = String(size).length;
      return digits > 15 ? none : pieceOf(digits);
    },
    big: bigPieces(prf.derive("big"), largest, keepDigits),
  };
}

function bigPieces(prf: Prf, largest: bigint, keepDigits: boolean): (value: bigint) => bigint {
  const made = new Map<string, readonly [bigint, BigPermutation]>();
  return (value) => {
    const size = value < 0n ? -value : value;
    if (size > largest) return value;
    const digits = size.toString().length;
    // Without keepDigits, each number of digits beyond the safe integers is still a piece of its own: numeric has no largest.
    const from = keepDigits || 10n ** BigInt(digits - 1) > SAFE ? 10n ** BigInt(digits - 1) : SAFE + 1n;
    const name = `${from}`;
    let piece = made.get(name);
    if (piece === undefined) {
      const full = 10n ** BigInt(digits) - 1n;
      piece = [from, bigPermutation(prf.derive(name), (full < largest ? full : largest) - from + 1n)];
      made.set(name, piece);
    }
    const masked = piece[1](size - piece[0]) + piece[0];
    return value < 0n ? -masked : masked;
  };
}

/** Up to fifteen digits by hand. Throws for what is no integer: a numeric may be 1.5 or NaN. */
function integerAt(input: Buffer, start: number, end: number): number | bigint {
  const isNegative = input[start] === 0x2d;
  const from = isNegative ? start + 1 : start;
  if (end - from > 15) {
    const text = input.toString("latin1", start, end);
    if (!/^-?\d+$/.test(text)) throw notInteger();
    const big = BigInt(text);
    return big >= -SAFE && big <= SAFE ? Number(big) : big;
  }
  if (from === end) throw notInteger();
  let value = 0;
  for (let at = from; at < end; at++) {
    const digit = (input[at] as number) - 48;
    if (digit < 0 || digit > 9) throw notInteger();
    value = value * 10 + digit;
  }
  return isNegative ? -value : value;
}

const notInteger = (): MaskError => new MaskError("VALUE_NOT_MASKABLE", "a value is no integer");
