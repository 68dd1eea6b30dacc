// What passes the gate, as entries: what was tested, what was asked, who approved, what was decided, what was deployed.
import { z } from "zod";

export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, "64 hexadecimal digits");

/** An earlier entry, by its place and its leaf hash: a decision names what it rests on, and neither can be exchanged. */
export const Reference = z.strictObject({ index: z.int().nonnegative(), leaf: Sha256 });
export type Reference = z.infer<typeof Reference>;

/** An account or a person, by an opaque id; a directory beside the ledger knows whose it is, and can forget. */
const Subject = z.string().min(1).max(200);
const Name = z.string().min(1).max(300);

/** What moves up, by its digest: an image, a package, or a bundle of configuration, values, flags or migrations. */
export const Artifact = z.strictObject({
  kind: z.enum(["image", "package", "configuration", "migration"]),
  name: Name,
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/, "sha256: and 64 hexadecimal digits"),
});
export type Artifact = z.infer<typeof Artifact>;

/** A run of tests below, on one artifact in one environment. */
export const TestReported = z.strictObject({
  digest: Artifact.shape.digest,
  environment: Name,
  suite: Name,
  passed: z.boolean(),
  run: Name,
  commit: Name,
  by: Subject,
  /** SHA-256 of the attestation that says so, and whether its signature was verified when it came in. */
  attestation: z.strictObject({ sha256: Sha256, verified: z.boolean() }).optional(),
});
export type TestReported = z.infer<typeof TestReported>;

export const PromotionRequested = z.strictObject({
  artifact: Artifact,
  from: Name,
  to: Name,
  source: z.strictObject({ repository: Name, commit: Name, run: Name.optional() }),
  requester: Subject,
  /** Everyone who wrote a commit since what is deployed there now. */
  authors: z.array(Subject).max(500),
  /** An earlier confirmed deployment of the same artifact in the same environment, to go back to. */
  rollbackTo: Reference.optional(),
});
export type PromotionRequested = z.infer<typeof PromotionRequested>;

export const PromotionReviewed = z.strictObject({
  request: Reference,
  by: Subject,
  verdict: z.enum(["approve", "reject", "withdraw"]),
  reason: z.string().max(2000).optional(),
});
export type PromotionReviewed = z.infer<typeof PromotionReviewed>;

export const REASON_CODES = [
  "unknown-promotion",
  "not-tested",
  "not-deployed-below",
  "not-enough-approvals",
  "team-missing",
  "rejected",
  "frozen",
  "unknown-author",
  "never-satisfiable",
  "no-such-rollback",
  "no-authors",
] as const;

export const Reason = z.strictObject({ code: z.enum(REASON_CODES), text: z.string().max(1000) });
export type Reason = z.infer<typeof Reason>;

export const PromotionDecided = z.strictObject({
  request: Reference,
  /** Hash of the charter that decided. */
  charter: Sha256,
  outcome: z.enum(["approved", "refused"]),
  reasons: z.array(Reason).max(50),
  /** Until when an approved one may be deployed. */
  until: z.iso.datetime({ precision: 3 }).optional(),
});
export type PromotionDecided = z.infer<typeof PromotionDecided>;

/** What was seen running after a deployment. */
export const DeploymentConfirmed = z.strictObject({
  decision: Reference,
  environment: Name,
  digest: Artifact.shape.digest,
  by: Subject,
});
export type DeploymentConfirmed = z.infer<typeof DeploymentConfirmed>;
