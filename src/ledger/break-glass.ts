// What passes break-glass, as entries: who asked for which door and why, who agreed, what was granted and revoked, what was done, who looked at it.
import { z } from "zod";
import { Reference, Sha256 } from "./promotion.ts";

const Subject = z.string().min(1).max(200);
const Name = z.string().min(1).max(300);

export const BreakGlassRequested = z.strictObject({
  /** The charter's door. */
  door: Name,
  to: Name,
  requester: Subject,
  reason: z.string().min(1).max(2000),
  /** The incident or change that it is for, as its system names it. */
  ticket: Name.optional(),
  minutes: z.int().positive(),
});
export type BreakGlassRequested = z.infer<typeof BreakGlassRequested>;

export const BreakGlassReviewed = z.strictObject({
  request: Reference,
  by: Subject,
  verdict: z.enum(["approve", "reject", "withdraw"]),
  reason: z.string().max(2000).optional(),
});
export type BreakGlassReviewed = z.infer<typeof BreakGlassReviewed>;

export const BREAK_GLASS_REASONS = [
  "unknown-door",
  "not-allowed",
  "unknown-person",
  "too-long",
  "no-reason",
  "no-ticket",
  "not-approved",
  "rejected",
  "withdrawn",
  "review-overdue",
  "never-satisfiable",
] as const;

export const BreakGlassReason = z.strictObject({ code: z.enum(BREAK_GLASS_REASONS), text: z.string().max(1000) });
export type BreakGlassReason = z.infer<typeof BreakGlassReason>;

export const BreakGlassDecided = z.strictObject({
  request: Reference,
  charter: Sha256,
  outcome: z.enum(["granted", "refused"]),
  reasons: z.array(BreakGlassReason).max(50),
  /** Granted without anyone's approval, which the charter allows there and which is an alarm. */
  immediate: z.boolean(),
  /** Until when what was granted is valid. */
  until: z.iso.datetime({ precision: 3 }).optional(),
  /** Until when another must have looked at it. */
  examineBy: z.iso.datetime({ precision: 3 }).optional(),
});
export type BreakGlassDecided = z.infer<typeof BreakGlassDecided>;

export const BreakGlassEnded = z.strictObject({
  grant: Reference,
  how: z.enum(["returned", "expired", "revoked"]),
  /** Given when something that was handed out is still valid: an alarm. */
  notRevoked: z.string().max(1000).optional(),
  by: Subject.optional(),
});
export type BreakGlassEnded = z.infer<typeof BreakGlassEnded>;

/** Where it is recorded what was done: a reference, not the log. */
export const BreakGlassActivity = z.strictObject({
  grant: Reference,
  system: Name,
  /** The session, the trail's event, or the log file. */
  log: z.string().min(1).max(1000),
  sha256: Sha256.optional(),
  events: z.int().nonnegative().optional(),
  by: Subject,
});
export type BreakGlassActivity = z.infer<typeof BreakGlassActivity>;

export const BreakGlassExamined = z.strictObject({
  grant: Reference,
  by: Subject,
  verdict: z.enum(["justified", "not-justified"]),
  text: z.string().min(1).max(2000),
});
export type BreakGlassExamined = z.infer<typeof BreakGlassExamined>;
