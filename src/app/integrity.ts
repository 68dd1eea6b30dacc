// What manifest, seal and inputs have in common: digests read once, and the gap that makes every statement unknown.
import { CLAUSES } from "../findings/clause.ts";
import { sha256 } from "../lib/hash.ts";
import { EVERYTHING, type Gap } from "../model/gap.ts";
import type { Source } from "../model/source.ts";
import { type FileSet, isRead } from "./files.ts";

const EVERY_CLAUSE: readonly string[] = CLAUSES.map((clause) => clause.id);

/** A gap that concerns every statement. `subject` is a path, an input or a call. */
export const everythingGap = (subject: string, what: string, why: string, source?: Source): Gap => ({
  topic: EVERYTHING,
  subject,
  what,
  why,
  clauses: EVERY_CLAUSE,
  ...(source ? { source } : {}),
});

export const scopedGap = (topic: string, subject: string, what: string, why: string, source?: Source): Gap => ({
  ...everythingGap(subject, what, why, source),
  topic,
});

/** SHA-256 by path, each read once; undefined when the file is absent or could not be read. */
export type Digests = (path: string) => string | undefined;

export function digestsOf(files: FileSet): Digests {
  const known = new Map<string, string>();
  return (path) => {
    const content = files.get(path);
    if (!isRead(content)) return undefined;
    const digest = known.get(path) ?? sha256(content);
    known.set(path, digest);
    return digest;
  };
}

/** Why a file that should have this digest does not count as whole; undefined when it does. */
export function tampering(files: FileSet, digests: Digests, path: string, expected: string): string | undefined {
  const content = files.get(path);
  if (content === undefined) return "missing";
  if (!isRead(content)) return content.unread;
  return digests(path) === expected ? undefined : "altered: its SHA-256 is not the one that is listed";
}
