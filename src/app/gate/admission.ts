// The door of a cluster, hosted by the gate: admission reviews answered from what the ledger says of promotions now.
import { promotedImages, type Promoted } from "../../gate/admission/promoted.ts";
import { admissionReviewer } from "../../gate/admission/review.ts";
import type { AdmissionResponse } from "../../gate/admission/schema.ts";
import type { Look } from "./gate.ts";

/** A server's reviewer. What is promoted is worked out once a second, or when the ledger has grown. */
export function admissionDoor(): (look: Look, cluster: string, body: unknown) => AdmissionResponse {
  let known: { readonly key: string; readonly promoted: Promoted } | undefined;
  return ({ ledger, policy, at }, cluster, body) => {
    const key = `${ledger.size()} ${at.slice(0, 19)}`;
    if (known?.key !== key) known = { key, promoted: promotedImages(ledger.state, at) };
    return admissionReviewer({ charter: policy.charter, cluster, promoted: known.promoted, at })(body);
  };
}
