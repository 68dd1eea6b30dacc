// For tests: other columns of a row, as the engine hands them to a masking.
import type { Siblings } from "../masker.ts";

export function siblingsOf(values: readonly (string | null)[]): Siblings {
  const starts = new Int32Array(values.length);
  const ends = new Int32Array(values.length);
  let at = 0;
  for (const [index, value] of values.entries()) {
    starts[index] = value === null ? -1 : at;
    at += value === null ? 0 : Buffer.byteLength(value);
    ends[index] = at;
  }
  return { bytes: Buffer.from(values.map((value) => value ?? "").join("")), starts, ends };
}
