// How a value is compared: letters without case, digits, and nothing else. So `+49 30 1234-567` and `493012345 67` are one value.
//
// Everything here is per byte of UTF-8. Separators are dropped, so what is compared does not depend on how a value is punctuated.

/** By byte: what it becomes; 0 for a separator. Bytes of longer characters stand for themselves. */
export const NORMAL = new Uint8Array(256);
for (let byte = 0x30; byte <= 0x39; byte++) NORMAL[byte] = byte;
for (let byte = 0x61; byte <= 0x7a; byte++) NORMAL[byte] = NORMAL[byte - 0x20] = byte;
for (let byte = 0x80; byte <= 0xff; byte++) NORMAL[byte] = byte;

const LATIN_LEAD = 0xc3;

/** Capitals of Latin-1 (U+00C0 to U+00DE, but U+00D7) become small letters: their second byte is 0x20 higher (Unicode, Latin-1 Supplement). */
export const folded = (byte: number, before: number): number =>
  before === LATIN_LEAD && byte >= 0x80 && byte <= 0x9e && byte !== 0x97 ? byte + 0x20 : byte;

const hexadecimal = (byte: number | undefined): number => {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
};

const PERCENT = 0x25;
const BACKSLASH = 0x5c;
const SMALL_U = 0x75;

/** Whether a text holds `%41` or `\u0041`, which say a character by its number (RFC 3986, 2.1; RFC 8259, 7). */
export function hasEscapes(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end - 2; at++) {
    const byte = bytes[at];
    if (byte === PERCENT && hexadecimal(bytes[at + 1]) >= 0 && hexadecimal(bytes[at + 2]) >= 0) return true;
    if (byte === BACKSLASH && bytes[at + 1] === SMALL_U) return true;
  }
  return false;
}

/** The text with such characters written out. What is no such character stays as it is. */
export function withoutEscapes(bytes: Buffer, start: number, end: number): Buffer {
  const out: number[] = [];
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    const high = hexadecimal(bytes[at + 1]);
    const low = hexadecimal(bytes[at + 2]);
    if (byte === PERCENT && at + 2 < end && high >= 0 && low >= 0) {
      out.push(high * 16 + low);
      at += 2;
      continue;
    }
    if (byte === BACKSLASH && bytes[at + 1] === SMALL_U && at + 5 < end) {
      const code = Number.parseInt(bytes.toString("latin1", at + 2, at + 6), 16);
      if (!Number.isNaN(code)) {
        out.push(...Buffer.from(String.fromCharCode(code)));
        at += 5;
        continue;
      }
    }
    out.push(byte);
  }
  return Buffer.from(out);
}

/** What a value looks like: how much a match of it can say. */
export interface Shape {
  /** Bytes that are compared. */
  length: number;
  digits: number;
  /** Runs of letters and digits between separators. */
  tokens: number;
  hasAt: boolean;
}

const AT_SIGN = 0x40;

export function shapeOf(bytes: Uint8Array, start: number, end: number): Shape {
  const shape: Shape = { length: 0, digits: 0, tokens: 0, hasAt: false };
  let isInside = false;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if (NORMAL[byte] === 0) {
      if (byte === AT_SIGN) shape.hasAt = true;
      isInside = false;
      continue;
    }
    if (!isInside) shape.tokens++;
    isInside = true;
    shape.length++;
    if (byte >= 0x30 && byte <= 0x39) shape.digits++;
  }
  return shape;
}
