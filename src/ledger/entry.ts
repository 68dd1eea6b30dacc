// What the ledger records, one entry a fact: canonical JSON, each naming the earlier entries that it rests on.
import { z } from "zod";
import { canonicalJson } from "../lib/json.ts";
import { parseBytes } from "../lib/parse.ts";
import { type Result, fail, ok } from "../lib/result.ts";
import {
  BreakGlassActivity,
  BreakGlassDecided,
  BreakGlassEnded,
  BreakGlassExamined,
  BreakGlassRequested,
  BreakGlassReviewed,
} from "./break-glass.ts";
import { LedgerError } from "./error.ts";
import {
  DeploymentConfirmed,
  PromotionDecided,
  PromotionRequested,
  PromotionReviewed,
  Reference,
  Sha256,
  TestReported,
} from "./promotion.ts";
import { RecordImported, ReviewAnswered, ReviewListed, ReviewOpened, ReviewVerified } from "./review.ts";

const Verdict = z.enum(["separated", "violated", "unknown", "not-applicable", "not-checked"]);

/** The answer of one check of an estate, bound to what it read. Findings by their ids, so that their opening and closing can be dated. */
export const VerdictBody = z.strictObject({
  version: z.string(),
  asOf: z.iso.datetime(),
  charter: Sha256,
  estate: Sha256,
  /** SHA-256 of the result's canonical JSON: the result itself is kept by whoever ran the check. */
  result: Sha256,
  statements: z.strictObject({ wall: Verdict, singlePerson: Verdict, data: Verdict }),
  verdict: Verdict,
  gaps: z.int().nonnegative(),
  exceptions: z.int().nonnegative(),
  findings: z.strictObject({ violated: z.int().nonnegative(), unknown: z.int().nonnegative(), ids: z.array(z.string()).optional() }),
  /** The run of the pipeline that checked, as its system names it. */
  run: z.string().max(500).optional(),
});
export type VerdictBody = z.infer<typeof VerdictBody>;

const common = {
  ledger: z.literal("entry/1"),
  /** When it was recorded, in UTC to the millisecond; never before the entry above it. */
  at: z.iso.datetime({ precision: 3 }),
  rests: z.array(Reference).max(100).optional(),
};

export const Entry = z.discriminatedUnion("kind", [
  z.strictObject({ ...common, kind: z.literal("verdict"), body: VerdictBody }),
  z.strictObject({ ...common, kind: z.literal("test-reported"), body: TestReported }),
  z.strictObject({ ...common, kind: z.literal("promotion-requested"), body: PromotionRequested }),
  z.strictObject({ ...common, kind: z.literal("promotion-reviewed"), body: PromotionReviewed }),
  z.strictObject({ ...common, kind: z.literal("promotion-decided"), body: PromotionDecided }),
  z.strictObject({ ...common, kind: z.literal("deployment-confirmed"), body: DeploymentConfirmed }),
  z.strictObject({ ...common, kind: z.literal("break-glass-requested"), body: BreakGlassRequested }),
  z.strictObject({ ...common, kind: z.literal("break-glass-reviewed"), body: BreakGlassReviewed }),
  z.strictObject({ ...common, kind: z.literal("break-glass-decided"), body: BreakGlassDecided }),
  z.strictObject({ ...common, kind: z.literal("break-glass-activity"), body: BreakGlassActivity }),
  z.strictObject({ ...common, kind: z.literal("break-glass-ended"), body: BreakGlassEnded }),
  z.strictObject({ ...common, kind: z.literal("break-glass-examined"), body: BreakGlassExamined }),
  z.strictObject({ ...common, kind: z.literal("review-opened"), body: ReviewOpened }),
  z.strictObject({ ...common, kind: z.literal("review-listed"), body: ReviewListed }),
  z.strictObject({ ...common, kind: z.literal("review-answered"), body: ReviewAnswered }),
  z.strictObject({ ...common, kind: z.literal("review-verified"), body: ReviewVerified }),
  z.strictObject({ ...common, kind: z.literal("record-imported"), body: RecordImported }),
]);
export type Entry = z.infer<typeof Entry>;

/** A body with its place in the ledger and its time, as folds keep it. */
export interface Dated<Body> {
  readonly index: number;
  readonly at: string;
  readonly body: Body;
}

/** Whether the entry names that earlier one, by place and leaf, among those that it rests on. */
export const restsOn = (entry: Entry, reference: Reference): boolean =>
  (entry.rests ?? []).some(({ index, leaf }) => index === reference.index && leaf === reference.leaf);

export const encodeEntry = (entry: Entry): Uint8Array => new TextEncoder().encode(canonicalJson(entry));

/** Reads the bytes of an entry. Other bytes of the same JSON are refused: an entry has one form (RFC 8785). */
export function decodeEntry(bytes: Uint8Array, index: number): Result<Entry, LedgerError> {
  const bad = (why: string): Result<never, LedgerError> => fail(new LedgerError("BAD_ENTRY", `entry ${index}: ${why}`));
  const parsed = parseBytes(`entry ${index}`, bytes);
  if (!parsed.ok) return bad(parsed.error.message);
  const entry = Entry.safeParse(parsed.value.documents[0]);
  if (!entry.success) return bad(entry.error.issues.map(({ path, message }) => `/${path.join("/")} ${message}`).join("; "));
  return Buffer.compare(encodeEntry(entry.data), bytes) === 0 ? ok(entry.data) : bad("its bytes are not its canonical JSON");
}
