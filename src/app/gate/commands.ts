// What may be asked of the gate, and what it answers. Schemas are those of the ledger's entries, less what the gate itself knows: who asks, and when.
import { z } from "zod";
import { PromotionRequested, PromotionReviewed, Reason, TestReported } from "../../ledger/promotion.ts";

const Place = z.int().nonnegative().max(Number.MAX_SAFE_INTEGER);

export const RequestPromotion = PromotionRequested.omit({ requester: true, rollbackTo: true }).extend({
  rollbackTo: Place.optional().describe("Place in the ledger of the earlier confirmed deployment to go back to."),
});
export type RequestPromotion = z.infer<typeof RequestPromotion>;

export const ReviewPromotion = PromotionReviewed.pick({ verdict: true, reason: true });
export type ReviewPromotion = z.infer<typeof ReviewPromotion>;

/** What was seen running. */
export const ConfirmDeployment = z.strictObject({ environment: TestReported.shape.environment, digest: TestReported.shape.digest });
export type ConfirmDeployment = z.infer<typeof ConfirmDeployment>;

/** Whether an attestation was verified is never the caller's word: it is shown whole, and checked. */
export const ReportTest = TestReported.omit({ by: true, attestation: true }).extend({
  attestation: z
    .record(z.string(), z.unknown())
    .optional()
    .describe("An in-toto test result that somebody signed: a DSSE envelope, or a Sigstore bundle."),
});
export type ReportTest = z.infer<typeof ReportTest>;

export type Command =
  | { readonly kind: "request"; readonly body: RequestPromotion }
  | { readonly kind: "review"; readonly promotion: number; readonly body: ReviewPromotion }
  | { readonly kind: "confirm"; readonly promotion: number; readonly body: ConfirmDeployment }
  /** Decides again: a freeze may have ended, an approval may have grown too old. */
  | { readonly kind: "settle"; readonly promotion: number }
  | { readonly kind: "test"; readonly body: Omit<TestReported, "by"> };

/** Who asks, as authentication found it out: never from the body of a request. */
export interface Actor {
  /** An account, or `person:ID` of the charter. */
  readonly subject: string;
  readonly kind: "person" | "pipeline";
  /** An administrator runs the server, and so must not approve in it. */
  readonly isAdministrator: boolean;
}

export interface Asked {
  readonly command: Command;
  readonly actor: Actor;
  /** The caller's own name for this question: asked again, it is answered as before. */
  readonly idempotencyKey?: string;
}

export const PROMOTION_STATES = ["waiting", "approved", "refused", "expired", "deployed"] as const;

export const PromotionView = z.object({
  id: Place.describe("The request's place in the ledger."),
  at: z.string(),
  state: z.enum(PROMOTION_STATES),
  artifact: PromotionRequested.shape.artifact,
  from: z.string(),
  to: z.string(),
  source: PromotionRequested.shape.source,
  requester: z.string(),
  authors: z.array(z.string()),
  rollbackTo: Place.optional(),
  reasons: z.array(Reason).describe("What is missing, or why it is refused."),
  approvers: z.array(z.string()).describe("People whose approval counts."),
  reviews: z.array(z.object({ at: z.string(), by: z.string(), verdict: PromotionReviewed.shape.verdict, reason: z.string().optional() })),
  decision: z
    .object({ entry: Place, at: z.string(), outcome: z.enum(["approved", "refused"]), charter: z.string(), until: z.string().optional() })
    .optional()
    .describe("The decision that stands in the ledger."),
  deployment: z.object({ entry: Place, at: z.string(), digest: z.string(), by: z.string() }).optional(),
});
export type PromotionView = z.infer<typeof PromotionView>;

export const TestView = z.object({
  attested: z.boolean().describe("Whether a verified attestation says so."),
  entry: Place,
  at: z.string(),
  digest: z.string(),
  environment: z.string(),
  suite: z.string(),
  passed: z.boolean(),
});
export type TestView = z.infer<typeof TestView>;

export const PROBLEM_CODES = [
  "not-found",
  "not-allowed",
  "conflict",
  "not-as-approved",
  "too-late",
  "unknown-environment",
  "too-large",
  "key-reused",
] as const;

/** Why the gate does not do what was asked. Nothing was recorded. */
export interface Problem {
  readonly code: (typeof PROBLEM_CODES)[number];
  readonly text: string;
}

export type Answer =
  | { readonly ok: true; readonly promotion: PromotionView }
  | { readonly ok: true; readonly test: TestView }
  | { readonly ok: false; readonly problem: Problem };
