// Numbers that count or measure something: near the real one, and not it.
import { z } from "zod";
import { writeText } from "../../byte-sink.ts";
import { MaskError } from "../../error.ts";
import type { ColumnType, Masker } from "../../masker.ts";
import { fraction } from "../../prf/prf.ts";
import { canonicalType } from "../../type-name.ts";
import { NUMBERS, underlying } from "../types.ts";

const Options = z.strictObject({
  /** How far it may move, in hundredths of itself. */
  percent: z.number().positive().max(100).default(10),
  /** How far it may move in any case, so that small numbers move too. */
  atLeast: z.number().min(0).default(0),
  min: z.number().optional(),
  max: z.number().optional(),
});
type Options = z.infer<typeof Options>;

const LIMITS: Readonly<Record<string, number>> = { smallint: 0x7fff, integer: 0x7fff_ffff, bigint: Number.MAX_SAFE_INTEGER };

/** The largest magnitude that the type holds, in its own decimals. */
function limitOf(type: ColumnType): number {
  const { type: name, precision, scale = 0 } = underlying(type);
  const fixed = LIMITS[canonicalType(name)];
  if (fixed !== undefined) return fixed;
  return precision === undefined ? Number.MAX_VALUE : 10 ** (precision - scale) - 10 ** -scale;
}

/** PostgreSQL documentation, section 8.1.2 and 8.1.3. */
const SPECIAL = /^-?(NaN|Infinity)$/;
const NUMBER = /^-?\d*\.?(\d*)(?:e[+-]?\d+)?$/i;

export const masker: Masker<Options> = {
  id: "number",
  summary: "A number near the real one, with as many decimals; sums and averages stay about the same.",
  options: Options,
  types: NUMBERS,
  deterministic: true,
  keepsDistinct: () => false,
  refuses: ({ min, max }) => (min !== undefined && max !== undefined && min >= max ? "has a min that is not below its max" : undefined),
  compile: ({ percent, atLeast, min, max }, column, prf) => {
    const own = prf.derive("number");
    const limit = limitOf(column);
    const least = Math.max(min ?? -limit, -limit);
    const most = Math.min(max ?? limit, limit);
    return (input, start, end, out) => {
      const text = input.toString("latin1", start, end);
      if (SPECIAL.test(text)) return writeText(out, text);
      const match = NUMBER.exec(text);
      if (match === null) throw new MaskError("VALUE_NOT_MASKABLE", "a value is no number");
      const value = Number(text);
      own.evaluate(input, start, end);
      const reach = Math.max(Math.abs(value) * (percent / 100), atLeast);
      const moved = Math.min(most, Math.max(least, value + reach * (2 * fraction(own, 0) - 1)));
      const decimals = Math.min((match[1] as string).length, 100);
      // Beyond 10^21 `toFixed` answers in powers of ten, which numeric reads as well.
      writeText(out, /e/i.test(text) ? String(moved) : withoutMinusZero(moved.toFixed(decimals)));
    };
  },
};

const withoutMinusZero = (text: string): string => (/^-[0.]+$/.test(text) ? text.slice(1) : text);
