// What a masking certificate states: an in-toto Statement about the masked output, with what was done to every column and what was found afterwards.
import { z } from "zod";

export const PREDICATE = "urn:bulkhead:masking:1";
export const STATEMENT = "https://in-toto.io/Statement/v1";

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const Time = z.iso.datetime();
const Count = z.int().nonnegative();
const Text = z.string().min(1).max(2000);

export const CertifiedColumn = z.strictObject({
  name: z.string(),
  rule: z.enum(["keep", "null", "drop", "generated", "mask"]),
  masker: z.string().optional(),
  nulls: Count.optional(),
  changed: Count.optional(),
  /** Masked, and still the same value. */
  unchanged: Count.optional(),
});

export const CertifiedTable = z.strictObject({
  id: z.string(),
  action: z.enum(["copy", "empty", "drop"]),
  rows: Count,
  /** Of the masked output, in the order of writing: the leaves of the root. */
  chunks: z.array(z.strictObject({ rows: Count, bytes: Count, sha256: Sha256 })),
  columns: z.array(CertifiedColumn),
});

/** Who asked for the data, why, where it went, until when: the handling record. */
export const Handling = z.strictObject({
  purpose: Text,
  requestedBy: Text,
  approvedBy: Text,
  /** `environment:test`, as the charter names it. */
  environment: z.string().min(1).max(300),
  /** On this day the data is to be deleted. */
  deleteBy: z.iso.date(),
});
export type Handling = z.infer<typeof Handling>;

const Found = z.strictObject({ from: z.string(), to: z.string(), inside: z.boolean(), found: Count });

export const CertifiedVerification = z.strictObject({
  at: Time,
  verdict: z.enum(["separated", "violated", "unknown"]),
  scanned: z.strictObject({ tables: Count, columns: Count, values: Count, bytes: Count }),
  sensitiveColumns: Count,
  distinctValues: Count,
  leaks: z.array(Found),
  /** Columns that still hold their own row's value. */
  unmasked: z.array(z.strictObject({ column: z.string(), rows: Count, equal: Count })),
  risks: Count,
  canaries: z.strictObject({ planted: Count, found: Count }),
  orphans: Count,
  anonymity: z.array(
    z.strictObject({ table: z.string(), columns: z.array(z.string()), k: Count, l: Count.optional(), unique: Count, isMet: z.boolean() }),
  ),
  gaps: z.array(z.string()),
});
export type CertifiedVerification = z.infer<typeof CertifiedVerification>;

export const MaskingStatement = z.strictObject({
  _type: z.literal(STATEMENT),
  /** The masked output, by the root of an RFC 6962 tree over its chunks. */
  subject: z.array(z.strictObject({ name: z.string(), digest: z.strictObject({ sha256: Sha256 }) })).length(1),
  predicateType: z.literal(PREDICATE),
  predicate: z.strictObject({
    bulkhead: z.string(),
    source: z.strictObject({ kind: z.enum(["postgres", "mysql", "dump", "files"]), name: z.string(), snapshot: z.string().optional() }),
    startedAt: Time,
    finishedAt: Time,
    /** Of the tables, columns, types and keys that were found. */
    schema: Sha256,
    /** Of the policy's text. */
    policy: Sha256,
    /** Tells keys apart, and nothing of the key. */
    maskingKey: z.string().regex(/^[0-9a-f]{16}$/),
    tables: z.array(CertifiedTable),
    leftOut: z.array(z.string()),
    handling: Handling.optional(),
    verification: CertifiedVerification.optional(),
    shows: z.array(z.string()),
    doesNotShow: z.array(z.string()),
  }),
});
export type MaskingStatement = z.infer<typeof MaskingStatement>;

export const SHOWS = [
  "which rule was applied to every column of every table, and how many values it changed",
  "that what was written is what the root stands for, while the chunks are at hand",
  "what a comparison of every value with production found, where a verification is part of it",
] as const;

export const DOES_NOT_SHOW = [
  "anonymity: deterministic masking is pseudonymization (GDPR, article 4(5)); who holds the masking key, or knows enough about a person, can tell who they are",
  "that kept columns hold nothing personal: the policy says so, and a person approved it",
  "values that were cut, translated, encrypted, compressed or encoded, nor names that came down alone",
  "what happened to the data after its last verification",
] as const;
