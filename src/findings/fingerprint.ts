// A finding's identity: the same crossing grant between the same environments is the same finding, whatever else moves.
import { hashOf } from "../lib/hash.ts";

/** Twelve hexadecimal digits of the SHA-256 of (check, grant, from-environment, to-environment), and nothing else. */
export const fingerprintOf = (check: string, grant: string, from: string | undefined, to: string | undefined): string =>
  hashOf([check, grant, from ?? null, to ?? null]).slice(0, 12);
