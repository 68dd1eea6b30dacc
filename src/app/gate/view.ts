// What a promotion looks like to whoever asks, as of a time.
import type { Charter } from "../../charter/schema.ts";
import { decide } from "../../gate/decide.ts";
import type { Directory } from "../../charter/directory.ts";
import type { GateState } from "../../gate/state.ts";
import type { Dated } from "../../ledger/entry.ts";
import type { PromotionRequested } from "../../ledger/promotion.ts";
import type { PromotionView } from "./commands.ts";

/** Undecided promotions show what is missing now; decided ones what was decided then. */
export function promotionView(
  request: Dated<PromotionRequested>,
  state: GateState,
  charter: Charter,
  directory: Directory,
  at: string,
): PromotionView {
  const { requester, authors, artifact, from, to, source, rollbackTo } = request.body;
  const decision = state.decisions.get(request.index);
  const deployment = decision && state.deployed.get(decision.index);
  const now = decide(request, state, charter, directory, at);
  return {
    id: request.index,
    at: request.at,
    state: stateOf(decision?.body, deployment !== undefined, at),
    artifact,
    from,
    to,
    source,
    requester,
    authors,
    ...(rollbackTo && { rollbackTo: rollbackTo.index }),
    reasons: [...(decision ? decision.body.reasons : now.reasons)],
    approvers: [...now.approvers],
    reviews: (state.reviews.get(request.index) ?? []).map(({ at, body: { by, verdict, reason } }) => ({
      at,
      by,
      verdict,
      ...(reason !== undefined && { reason }),
    })),
    ...(decision && {
      decision: {
        entry: decision.index,
        at: decision.at,
        outcome: decision.body.outcome,
        charter: decision.body.charter,
        ...(decision.body.until !== undefined && { until: decision.body.until }),
      },
    }),
    ...(deployment && {
      deployment: { entry: deployment.index, at: deployment.at, digest: deployment.body.digest, by: deployment.body.by },
    }),
  };
}

/** An approval that was not used in time is over: what is deployed after that was not approved. */
function stateOf(
  decision: { readonly outcome: "approved" | "refused"; readonly until?: string | undefined } | undefined,
  isDeployed: boolean,
  at: string,
): PromotionView["state"] {
  if (decision === undefined) return "waiting";
  if (decision.outcome === "refused") return "refused";
  if (isDeployed) return "deployed";
  return decision.until !== undefined && at > decision.until ? "expired" : "approved";
}
