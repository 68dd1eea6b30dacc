// A keyed hash in place of the value: equal values stay equal, and nothing else is left of them.
import { z } from "zod";
import { ensure, writeText } from "../../byte-sink.ts";
import type { ColumnType, Masker } from "../../masker.ts";
import { canonicalType } from "../../type-name.ts";
import { TEXT, underlying } from "../types.ts";

const Options = z.strictObject({
  /** Hexadecimal digits. */
  length: z.int().min(8).max(64).optional(),
});
type Options = z.infer<typeof Options>;

const DEFAULT_LENGTH = 32;
/** 64 bits: see `token.ts` for what that is worth. */
const DISTINCT_LENGTH = 16;

const isBytes = (type: ColumnType): boolean => canonicalType(underlying(type).type) === "bytea";

const lengthFor = ({ length }: Options, { maxLength = 64 }: ColumnType): number => Math.min(length ?? DEFAULT_LENGTH, maxLength);

const HEX = Buffer.from("0123456789abcdef");

export const masker: Masker<Options> = {
  id: "hash",
  summary: "A keyed hash in hexadecimal digits; different values stay different from sixteen digits on.",
  options: Options,
  types: [...TEXT, "bytea"],
  deterministic: true,
  keepsDistinct: (options, column) => lengthFor(options, column) >= DISTINCT_LENGTH,
  refuses: ({ length }, column) => {
    if (length !== undefined && length > (column.maxLength ?? length))
      return `asks for ${length} digits, and the column has ${column.maxLength} characters`;
    return isBytes(column) && (length ?? 0) % 2 === 1 ? "asks for half a byte" : undefined;
  },
  compile: (options, column, prf) => {
    const own = prf.derive("hash");
    const length = lengthFor(options, column);
    const prefix = isBytes(column) ? "\\x" : "";
    return (input, start, end, out) => {
      own.evaluate(input, start, end);
      writeText(out, prefix);
      ensure(out, length);
      for (let at = 0; at < length; at++)
        out.bytes[out.at++] = HEX[((own.words[at >> 3] as number) >>> (28 - (at & 7) * 4)) & 15] as number;
    };
  },
  sql: (options, column, { keyed }) =>
    isBytes(column) ? undefined : keyed(["hash"], ({ hex }) => `left(${hex}, ${lengthFor(options, column)})`, true),
};
