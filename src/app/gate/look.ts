// Reading the gate: one promotion, or the newest that match.
import { decide } from "../../gate/decide.ts";
import type { PromotionView } from "./commands.ts";
import type { Look } from "./gate.ts";
import { promotionView } from "./view.ts";

export interface Filter {
  readonly to?: string | undefined;
  readonly state?: PromotionView["state"] | undefined;
  readonly before?: number | undefined;
  readonly limit: number;
}

export function promotionOf({ ledger, policy, at }: Look, id: number): PromotionView | undefined {
  const request = ledger.state.requests.get(id);
  return request && promotionView(request, ledger.state, policy.charter, policy.directory, at);
}

/** Newest first. */
export function promotionsIn(look: Look, { to, state, before = Infinity, limit }: Filter): readonly PromotionView[] {
  const found: PromotionView[] = [];
  for (const id of [...look.ledger.state.requests.keys()].toReversed()) {
    if (found.length >= limit) break;
    if (id >= before || (to !== undefined && look.ledger.state.requests.get(id)?.body.to !== to)) continue;
    const view = promotionOf(look, id);
    if (view && (state === undefined || view.state === state)) found.push(view);
  }
  return found;
}

/** Requests that would be decided now, and are not: nothing was said since the reason to wait ended. */
export const settleable = ({ ledger, policy, at }: Look): readonly number[] =>
  [...ledger.state.open].filter((id) => {
    const request = ledger.state.requests.get(id);
    return request !== undefined && decide(request, ledger.state, policy.charter, policy.directory, at).outcome !== "waiting";
  });
