// What is told of a promotion: which, where to, and how it stands. No person, no commit message, no secret; who wants more asks the gate, which knows whom it tells.
import type { PromotionView } from "../../app/gate/commands.ts";
import type { EventKind } from "./configuration.ts";

export interface PromotionEvent {
  readonly type: EventKind;
  readonly at: string;
  readonly promotion: {
    readonly id: number;
    readonly artifact: { readonly kind: string; readonly name: string; readonly digest: string };
    readonly from: string;
    readonly to: string;
    readonly repository: string;
    /** Codes only: the sentences name people. */
    readonly reasons: readonly string[];
  };
  readonly url: string;
}

export const eventOf = (
  type: EventKind,
  at: string,
  { id, artifact, from, to, source, reasons }: PromotionView,
  origin: string,
): PromotionEvent => ({
  type,
  at,
  promotion: {
    id,
    artifact: { ...artifact },
    from,
    to,
    repository: source.repository,
    reasons: [...new Set(reasons.map(({ code }) => code))],
  },
  url: `${origin}/promotions/${id}`,
});

const SAYS: Readonly<Record<EventKind, string>> = {
  "promotion.waiting": "waits for approval",
  "promotion.approved": "is approved",
  "promotion.refused": "is refused",
  "promotion.deployed": "is deployed",
};

/** One line for people. Names come from whoever asked for the promotion: control characters and ends of lines would make another line of it. */
export function lineOf({ type, promotion, url }: PromotionEvent): string {
  const plain = (text: string): string => text.replaceAll(/[\p{C}\p{Z}]+/gu, " ").slice(0, 200);
  const { id, artifact, from, to, reasons } = promotion;
  const why = type === "promotion.refused" && reasons.length > 0 ? ` (${reasons.join(", ")})` : "";
  return `Promotion ${id} of ${plain(artifact.name)} from ${plain(from)} to ${plain(to)} ${SAYS[type]}${why}: ${url}`;
}
