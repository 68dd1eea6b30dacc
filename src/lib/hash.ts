// Digests and keyed fingerprints.
import { createHash, createHmac } from "node:crypto";
import { canonicalJson } from "./json.ts";

/** SHA-256 as 64 lower-case hexadecimal digits. */
export const sha256 = (bytes: string | Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** SHA-256 of a value's canonical JSON. */
export const hashOf = (value: unknown): string => sha256(canonicalJson(value));

/** HMAC-SHA-256 as hexadecimal digits: two equal secrets can be told to be equal, and neither can be guessed without the key. */
export const fingerprint = (key: Uint8Array, secret: string | Uint8Array): string => createHmac("sha256", key).update(secret).digest("hex");
