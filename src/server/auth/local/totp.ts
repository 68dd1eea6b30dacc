// One-time codes of an authenticator app, RFC 6238: six digits, thirty seconds, each code once.
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

const STEP_SECONDS = 30;
const DIGITS = 6;
/** Steps before and after the server's own, for clocks that differ and people who type slowly (RFC 6238, section 5.2). */
const WINDOW = 1;

/** As long as the hash's output (RFC 4226, section 4, R6 asks for 128 bits at least, and recommends 160). */
export const newTotpKey = (): Uint8Array => randomBytes(20);

export type Hash = "sha1" | "sha256" | "sha512";

/** RFC 4226, section 5.3, over the step of RFC 6238, section 4.2. */
export function totpAt(key: Uint8Array, step: number, digits = DIGITS, hash: Hash = "sha1"): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac(hash, key).update(counter).digest();
  const offset = (mac.at(-1) as number) & 0xf;
  const number = mac.readUInt32BE(offset) & 0x7fff_ffff;
  return String(number % 10 ** digits).padStart(digits, "0");
}

export const stepAt = (at: Date): number => Math.floor(at.getTime() / 1000 / STEP_SECONDS);

/** The step whose code it is; undefined when it is none. Whoever accepts it must spend the step: a code that was seen over a shoulder is good no second time (section 5.2). */
export function stepOf(key: Uint8Array, code: string, at: Date): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const now = stepAt(at);
  let found: number | undefined;
  for (let step = now - WINDOW; step <= now + WINDOW; step++)
    if (timingSafeEqual(Buffer.from(totpAt(key, step)), Buffer.from(code))) found = step;
  return found;
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** RFC 4648, section 6, without padding: what people type into an app. */
export function base32(bytes: Uint8Array): string {
  let bits = 0;
  let value = 0;
  let text = "";
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += ALPHABET[(value >>> (bits - 5)) & 31] as string;
  }
  return bits > 0 ? text + (ALPHABET[(value << (5 - bits)) & 31] as string) : text;
}

/** The address that apps take from a QR code (Key URI format). */
export const totpUri = (key: Uint8Array, issuer: string, account: string): string =>
  `otpauth://totp/${encodeURIComponent(issuer)}:${encodeURIComponent(account)}?secret=${base32(key)}&issuer=${encodeURIComponent(issuer)}&algorithm=SHA1&digits=${DIGITS}&period=${STEP_SECONDS}`;
