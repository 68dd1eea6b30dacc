// Bytes: as many others, or none; pictures and documents are not looked into.
import { z } from "zod";
import { ensure, writeText } from "../../byte-sink.ts";
import { MaskError } from "../../error.ts";
import type { Masker } from "../../masker.ts";

const Options = z.strictObject({
  /** `random` keeps the length; `empty` keeps nothing. */
  as: z.enum(["random", "empty"]).default("empty"),
});
type Options = z.infer<typeof Options>;

const HEX = Buffer.from("0123456789abcdef");

export const masker: Masker<Options> = {
  id: "bytes",
  summary: "No bytes, or as many others.",
  options: Options,
  types: ["bytea"],
  deterministic: true,
  keepsDistinct: () => false,
  compile: ({ as }, _column, prf) => {
    const own = prf.derive("bytes");
    const stream = own.derive("stream");
    return (input, start, end, out) => {
      // PostgreSQL documentation, section 8.4.1: the hex format, which bytea_output is set to by default.
      if (input[start] !== 0x5c || input[start + 1] !== 0x78)
        throw new MaskError("VALUE_NOT_MASKABLE", "a value is not in bytea's hex format");
      writeText(out, "\\x");
      if (as === "empty") return;
      own.evaluate(input, start, end);
      const [a, b, c] = own.words as unknown as [number, number, number];
      const digits = end - start - 2;
      ensure(out, digits);
      for (let at = 0; at < digits; at++) {
        if (at % 64 === 0) stream.evaluateWords(4, a, b, c, at / 64);
        out.bytes[out.at++] = HEX[((stream.words[(at % 64) >> 3] as number) >>> (28 - (at & 7) * 4)) & 15] as number;
      }
    };
  },
};
