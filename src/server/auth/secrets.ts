// What is random, what is kept as a hash only, and what is kept sealed because it must be read again.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { sha256 } from "../../lib/hash.ts";
import { AuthError } from "./error.ts";

/** 256 random bits: nobody guesses it, so that a plain hash suffices to keep it. */
export const newSecret = (): string => randomBytes(32).toString("base64url");

export const newId = (): string => randomBytes(12).toString("base64url");

export const kept = (secret: string): string => sha256(secret);

export interface Sealer {
  /** `context` says whose secret it is: sealed for one account, it opens for no other. */
  seal(secret: Uint8Array, context: string): string;
  open(sealed: string, context: string): Uint8Array;
}

/** AES-256-GCM under a key derived for this use alone (RFC 5869), from a key that stands in a file of the data folder and not in the database. */
export function sealer(rootKey: Uint8Array): Sealer {
  if (rootKey.length < 32) throw new AuthError("BAD_CONFIGURATION", "the sealing key has fewer than 32 bytes");
  const key = Buffer.from(hkdfSync("sha256", rootKey, new Uint8Array(), "bulkhead sign-in secrets", 32));
  return {
    seal: (secret, context) => {
      const iv = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(context));
      return Buffer.concat([iv, cipher.update(secret), cipher.final(), cipher.getAuthTag()]).toString("base64url");
    },
    open: (sealed, context) => {
      const bytes = Buffer.from(sealed, "base64url");
      try {
        const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12), { authTagLength: 16 });
        decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(-16));
        return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
      } catch (cause) {
        throw new AuthError("BAD_CONFIGURATION", "a sealed secret does not open with this server's key", { cause });
      }
    },
  };
}
