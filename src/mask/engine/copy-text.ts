// COPY's text format on bytes: what a backslash means, and what must have one (PostgreSQL, "COPY", File Formats, Text Format).
import { type ByteSink, ensure } from "../byte-sink.ts";

const BACKSLASH = 92;

/** By the byte after the backslash: b, f, n, r, t, v. */
const MEANS = new Uint8Array(256);
/** By the byte: the letter to write after a backslash, or 0. */
const WRITTEN = new Uint8Array(256);
for (const [letter, byte] of Object.entries({ b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 })) {
  MEANS[letter.charCodeAt(0)] = byte;
  WRITTEN[byte] = letter.charCodeAt(0);
}
WRITTEN[BACKSLASH] = BACKSLASH;

const isOctal = (byte: number | undefined): byte is number => byte !== undefined && byte >= 48 && byte <= 55;

const hexadecimal = (byte: number | undefined): number => {
  if (byte === undefined) return -1;
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
};

/** The value of a field that is not null. A backslash before any other character gives that character. */
export function unescapeField(input: Buffer, start: number, end: number, out: ByteSink): void {
  ensure(out, end - start);
  const { bytes } = out;
  let to = out.at;
  for (let at = start; at < end; at++) {
    const byte = input[at] as number;
    if (byte !== BACKSLASH || at + 1 >= end) {
      bytes[to++] = byte;
      continue;
    }
    const next = input[++at] as number;
    const meant = MEANS[next] as number;
    if (meant !== 0) bytes[to++] = meant;
    else if (isOctal(next)) {
      let value = next - 48;
      for (let more = 0; more < 2 && at + 1 < end && isOctal(input[at + 1]); more++) value = value * 8 + ((input[++at] as number) - 48);
      bytes[to++] = value & 0xff;
    } else if (next === 120 && at + 1 < end && hexadecimal(input[at + 1]) >= 0) {
      let value = hexadecimal(input[++at]);
      if (at + 1 < end && hexadecimal(input[at + 1]) >= 0) value = value * 16 + hexadecimal(input[++at]);
      bytes[to++] = value;
    } else bytes[to++] = next;
  }
  out.at = to;
}

/** Escapes what stands in `out` from `from` on. Most values need nothing, and are only looked at. */
export function escapeInPlace(out: ByteSink, from: number, scratch: ByteSink): void {
  const { bytes, at: end } = out;
  let at = from;
  while (at < end && WRITTEN[bytes[at] as number] === 0) at++;
  if (at === end) return;
  scratch.at = 0;
  ensure(scratch, (end - at) * 2);
  let to = 0;
  for (let each = at; each < end; each++) {
    const byte = bytes[each] as number;
    const letter = WRITTEN[byte] as number;
    if (letter !== 0) {
      scratch.bytes[to++] = BACKSLASH;
      scratch.bytes[to++] = letter;
    } else scratch.bytes[to++] = byte;
  }
  out.at = at;
  ensure(out, to);
  scratch.bytes.copy(out.bytes, at, 0, to);
  out.at = at + to;
}
