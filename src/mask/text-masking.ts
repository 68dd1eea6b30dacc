// The one adapter from maskers that work on strings to maskings that work on bytes.
import { byteSink, writeText } from "./byte-sink.ts";
import type { Masking, Siblings } from "./masker.ts";
import { remembering } from "./memo.ts";

/** For a function of the value alone, whose answers are remembered. What is empty says nothing, and stays empty. */
export const textMasking = (mask: (text: string) => string): Masking =>
  remembering((input, start, end, out) => {
    if (end > start) writeText(out, mask(input.toString("utf8", start, end)));
  });

/** For a function of the row. */
export const rowMasking =
  (mask: (text: string, siblings: readonly (string | undefined)[]) => string): Masking =>
  (input, start, end, out, siblings) => {
    if (end > start) writeText(out, mask(input.toString("utf8", start, end), siblings === undefined ? [] : textsOf(siblings)));
  };

const textsOf = ({ bytes, starts, ends }: Siblings): readonly (string | undefined)[] =>
  Array.from(starts, (start, index) => (start < 0 ? undefined : bytes.toString("utf8", start, ends[index])));

/** Masks one string by a masking: for those that hand parts of a value to others. */
export function maskText(masking: Masking, text: string, siblings?: Siblings): string {
  const input = Buffer.from(text);
  const out = byteSink(input.length + 64);
  masking(input, 0, input.length, out, siblings);
  return out.bytes.toString("utf8", 0, out.at);
}
