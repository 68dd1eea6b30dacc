// Identifiers and dates that look collected and are the same on every run: each is a digest of what it names.
import { createHmac } from "node:crypto";
import { sha256 } from "../../src/lib/hash.ts";

const digest = (label: string): string => sha256(`acme/${label}`);

/** Lower-case hexadecimal digits. */
export const hex = (label: string, length: number): string => digest(label).slice(0, length);

/** A number of at most `digits` digits, never zero. */
export const number = (label: string, digits: number): number =>
  (Number.parseInt(hex(label, 12), 16) % (9 * 10 ** (digits - 1))) + 10 ** (digits - 1);

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The unique id of an IAM entity: `AROA` or another prefix and seventeen characters. */
export function iamId(prefix: string, label: string): string {
  const pairs = digest(`iam/${label}`).match(/../g) ?? [];
  const tail = pairs.slice(0, 17).map((pair) => BASE32[Number.parseInt(pair, 16) % 32]);
  return prefix + tail.join("");
}

/** The form of a UUID version 4. */
export function uuid(label: string): string {
  const h = digest(`uuid/${label}`);
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-a${h.slice(17, 20)}-${h.slice(20, 32)}`;
}

/** An instant between the start of 2024 and the autumn of 2026. */
export function instant(label: string): Date {
  const start = Date.UTC(2024, 0, 8, 7, 0, 0);
  const seconds = Number.parseInt(hex(`instant/${label}`, 8), 16) % (980 * 86_400);
  return new Date(start + seconds * 1000);
}

/** As the AWS CLI prints it: `2025-03-04T10:11:12+00:00`. */
export const awsDate = (label: string): string =>
  instant(label)
    .toISOString()
    .replace(/\.\d+Z$/, "+00:00");

/** As Kubernetes and GitHub print it: `2025-03-04T10:11:12Z`. */
export const zuluDate = (label: string): string =>
  instant(label)
    .toISOString()
    .replace(/\.\d+Z$/, "Z");

/**
 * What stands where a secret's value stood: its keyed fingerprint and the key's name. The labels digested here name values that exist nowhere;
 * two places hold the same value exactly when they are given the same label.
 */
export const fingerprintText = (value: string): string =>
  `fingerprint:hmac-sha256:acme-2026:${createHmac("sha256", "the example estate").update(value).digest("hex")}`;
