// After every file was read: what overlays give, whether the fingerprints of all secrets can be compared, and whether policies were asked for.
import type { Observation } from "../../model/observation.ts";
import type { ListedCall, ObservationSink } from "../collector.ts";
import { rendered } from "./kustomize.ts";
import { CLAUSES } from "./clauses.ts";

/** Under another key than the rest, equal values are not seen to be equal, and a cluster's secrets are as good as unread. */
export function join(observations: readonly Observation[], calls: readonly ListedCall[], sink: ObservationSink): void {
  unaskedPolicies(observations, calls, sink);
  const first = new Map<string, Map<string, Observation>>();
  for (const observation of rendered(observations, sink)) {
    sink.observation(observation);
    if (observation.kind !== "kubernetes/secret") continue;
    for (const { fingerprint, key = "" } of Object.values(observation.values)) {
      if (fingerprint === undefined) continue;
      const clusters = first.get(key) ?? new Map<string, Observation>();
      if (!clusters.has(observation.cluster)) clusters.set(observation.cluster, observation);
      first.set(key, clusters);
    }
  }
  // The key of this reading comes first; where nothing was made with it, any one will do.
  const [, ...others] = [...first.keys()].toSorted();
  for (const cluster of new Set(others.flatMap((key) => [...(first.get(key)?.keys() ?? [])]))) {
    const source = others.map((key) => first.get(key)?.get(cluster)?.source).find((each) => each !== undefined);
    sink.gap({
      topic: "kubernetes/secrets",
      subject: cluster,
      what: `which values of ${cluster} are stored elsewhere too`,
      why: "they were fingerprinted with another key than the rest; collect and check with one BULKHEAD_FINGERPRINT_KEY",
      clauses: CLAUSES.secrets,
      ...(source && { source }),
    });
  }
}

const POLICIES = /(^|[\s,/])(networkpolic(y|ies)|netpol)\b/i;

/**
 * A cluster that was asked, and not for its network policies: what isolates its pods is not known. Denied calls have gaps of their own, and files without
 * a manifest are taken as all there is.
 */
function unaskedPolicies(observations: readonly Observation[], calls: readonly ListedCall[], sink: ObservationSink): void {
  const read = new Set(observations.flatMap((each) => (each.kind === "kubernetes/network-policy" ? [each.cluster] : [])));
  const byCluster = Map.groupBy(calls, ({ scope }) => scope.cluster ?? "");
  for (const [cluster, own] of byCluster) {
    if (cluster === "" || read.has(cluster) || own.some(({ call }) => POLICIES.test(call))) continue;
    sink.gap({
      topic: "kubernetes/network",
      subject: cluster,
      what: `network policies of cluster ${cluster}`,
      why: "not collected: run kubectl get networkpolicies -A -o json",
      clauses: CLAUSES.network,
    });
  }
}
