// After every file was read: what overlays give, and whether the fingerprints of all secrets can be compared with each other.
import type { Observation } from "../../model/observation.ts";
import type { ListedCall, ObservationSink } from "../collector.ts";
import { rendered } from "./kustomize.ts";
import { CLAUSES } from "./clauses.ts";

/** Under another key than the rest, equal values are not seen to be equal, and a cluster's secrets are as good as unread. */
export function join(observations: readonly Observation[], _: readonly ListedCall[], sink: ObservationSink): void {
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
