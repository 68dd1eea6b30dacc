// The masking key: out of a file that nobody else can read, or made for one run and forgotten.
import { randomBytes } from "node:crypto";
import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { MaskError } from "../../mask/error.ts";
import { SHORTEST_KEY } from "../../mask/prf/prf.ts";

/**
 * The key as hexadecimal digits (`openssl rand -hex 32`), or as the bytes that stand there. `-` reads it from standard input, so that a
 * secret store can hand it over without a file. Threat: whoever has the key can try values until one gives the mask.
 */
export function keyFrom(file: string): Uint8Array {
  const key = decoded(file === "-" ? readFileSync(0) : readOwnFile(file));
  if (key.length < SHORTEST_KEY)
    throw new MaskError(
      "KEY_TOO_SHORT",
      `${file}  holds a key of ${key.length} bytes, and ${SHORTEST_KEY} are needed\n  Make one:  openssl rand -hex 32`,
    );
  return key;
}

/** Masks of two runs then have nothing in common, and nobody can make them again. */
export const passingKey = (): Uint8Array => randomBytes(32);

function readOwnFile(file: string): Buffer {
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch (cause) {
    throw new MaskError(
      "UNREADABLE",
      `${file}  cannot be read\n  Give the file of the masking key, or  -  to read it from standard input.`,
      { cause },
    );
  }
  try {
    // Asked of what was opened, not of the name.
    if ((fstatSync(descriptor).mode & 0o077) !== 0)
      throw new MaskError("UNREADABLE", `${file}  can be read by others\n  Make it yours alone:  chmod 600 ${file}`);
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function decoded(bytes: Buffer): Uint8Array {
  const text = bytes.toString("latin1").trim();
  return /^([0-9a-fA-F]{2})+$/.test(text) ? Buffer.from(text, "hex") : bytes;
}
