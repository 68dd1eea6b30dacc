// TOTP by the vectors of RFC 6238, appendix B, HOTP's of RFC 4226, appendix D, and base32 of RFC 4648, section 10.
import { expect, test } from "vitest";
import { base32, stepAt, stepOf, totpAt, totpUri } from "./totp.ts";

const SEED = "1234567890";
const KEYS = {
  sha1: Buffer.from(SEED.repeat(2)),
  sha256: Buffer.from(SEED.repeat(4).slice(0, 32)),
  sha512: Buffer.from(SEED.repeat(7).slice(0, 64)),
};

test.each([
  [59, "94287082", "46119246", "90693936"],
  [1111111109, "07081804", "68084774", "25091201"],
  [1111111111, "14050471", "67062674", "99943326"],
  [1234567890, "89005924", "91819424", "93441116"],
  [2000000000, "69279037", "90698825", "38618901"],
  [20000000000, "65353130", "77737706", "47863826"],
])("RFC 6238 at %i", (second, sha1, sha256, sha512) => {
  const step = stepAt(new Date(second * 1000));
  expect(totpAt(KEYS.sha1, step, 8)).toBe(sha1);
  expect(totpAt(KEYS.sha256, step, 8, "sha256")).toBe(sha256);
  expect(totpAt(KEYS.sha512, step, 8, "sha512")).toBe(sha512);
});

test("RFC 4226, ten counters", () => {
  const codes = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
  expect(codes.map((_, counter) => totpAt(KEYS.sha1, counter))).toEqual(codes);
});

test("a code counts one step early or late, and no further", () => {
  const at = new Date("2026-11-24T10:00:00Z");
  const found = [-2, -1, 0, 1, 2].map((off) => stepOf(KEYS.sha1, totpAt(KEYS.sha1, stepAt(at) + off), at));
  expect(found.map((step) => step !== undefined)).toEqual([false, true, true, true, false]);
  expect(["", "12345", "1234567", "abcdef", "１２３４５６"].map((code) => stepOf(KEYS.sha1, code, at))).toEqual(Array(5).fill(undefined));
});

test.each([
  ["", ""],
  ["f", "MY"],
  ["fo", "MZXQ"],
  ["foo", "MZXW6"],
  ["foob", "MZXW6YQ"],
  ["fooba", "MZXW6YTB"],
  ["foobar", "MZXW6YTBOI"],
])("base32 of %j", (text, encoded) => {
  expect(base32(Buffer.from(text))).toBe(encoded);
});

test("what an app reads is escaped", () => {
  expect(totpUri(Buffer.from("foobar"), "A&B", "d/e e")).toBe(
    "otpauth://totp/A%26B:d%2Fe%20e?secret=MZXW6YTBOI&issuer=A%26B&algorithm=SHA1&digits=6&period=30",
  );
});
