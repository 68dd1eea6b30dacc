// The one adapter from maskers that work on strings to maskings that work on bytes.
import { writeText } from "./byte-sink.ts";
import type { Masking, Siblings } from "./masker.ts";

export const textMasking =
  (mask: (text: string, siblings: readonly (string | undefined)[]) => string): Masking =>
  (input, start, end, out, siblings) =>
    writeText(out, mask(input.toString("utf8", start, end), siblings === undefined ? [] : textsOf(siblings)));

const textsOf = ({ bytes, starts, ends }: Siblings): readonly (string | undefined)[] =>
  [...starts].map((start, index) => (start < 0 ? undefined : bytes.toString("utf8", start, ends[index] as number)));

/** Masks one string by a masking: for tests, and for maskers that hand parts of a value to others. */
export function maskText(masking: Masking, text: string): string {
  const input = Buffer.from(text);
  const out = { bytes: Buffer.allocUnsafeSlow(input.length + 64), at: 0 };
  masking(input, 0, input.length, out);
  return out.bytes.toString("utf8", 0, out.at);
}
