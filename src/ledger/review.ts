// Access reviews as entries: a campaign over what people and programs can really do, a word on each grant, what became of what was revoked.
import { z } from "zod";
import { Reference, Sha256 } from "./promotion.ts";

const Subject = z.string().min(1).max(200);
const Name = z.string().min(1).max(300);

/** One thing that someone can do in an environment, as it was when the campaign was opened. */
export const ReviewItem = z.strictObject({
  /** SHA-256 of who, where, what and by which grant: the same in every campaign. */
  id: Sha256,
  /** Entity id: a person, a group, a token, a service account. */
  who: z.string().min(1).max(500),
  kind: z.enum(["person", "group", "token", "service-account"]),
  capability: z.string().min(1).max(50),
  entity: z.string().min(1).max(500),
  grant: z.string().min(1).max(500),
  label: z.string().max(500),
  reviewers: z.array(Subject).max(50),
  marks: z.array(z.enum(["new", "changed", "unused", "kept-after-move", "leaver", "standing-administration"])).max(6),
});
export type ReviewItem = z.infer<typeof ReviewItem>;

export const ReviewOpened = z.strictObject({
  environment: Name,
  /** `2026-Q4`, or whatever the organization calls it. */
  period: Name,
  charter: Sha256,
  estate: Sha256,
  /** How many items follow, in entries of their own: an entry holds 65,535 bytes at most. */
  items: z.int().nonnegative(),
  /** SHA-256 of the canonical JSON of all items in their order: none can be left out. */
  itemsHash: Sha256,
  /** Until when every item must have an answer. */
  due: z.iso.datetime({ precision: 3 }),
  by: Subject,
});
export type ReviewOpened = z.infer<typeof ReviewOpened>;

export const ITEMS_PER_ENTRY = 20;

export const ReviewListed = z.strictObject({ review: Reference, items: z.array(ReviewItem).min(1).max(ITEMS_PER_ENTRY) });
export type ReviewListed = z.infer<typeof ReviewListed>;

export const ReviewAnswered = z.strictObject({
  review: Reference,
  item: Sha256,
  verdict: z.enum(["keep", "revoke", "change"]),
  reason: z.string().min(1).max(2000),
  by: Subject,
});
export type ReviewAnswered = z.infer<typeof ReviewAnswered>;

/** A later collection, held against what was revoked. */
export const ReviewVerified = z.strictObject({
  review: Reference,
  estate: Sha256,
  gone: z.array(Sha256).max(400),
  stillThere: z.array(Sha256).max(400),
});
export type ReviewVerified = z.infer<typeof ReviewVerified>;

/** A record that another system keeps: said to be so by its owner, and not verified by Bulkhead. */
export const RecordImported = z.strictObject({
  about: z.enum(["access-review", "approval", "privileged-session"]),
  environment: Name,
  title: z.string().min(1).max(500),
  owner: Subject,
  date: z.iso.date(),
  validUntil: z.iso.date(),
  sha256: Sha256,
  verified: z.literal(false),
});
export type RecordImported = z.infer<typeof RecordImported>;
