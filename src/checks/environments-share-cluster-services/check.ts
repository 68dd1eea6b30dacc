// Clause B3: a lower environment and production use one ingress class or one storage class of a cluster.
import { sharedClasses } from "../../analyze/kubernetes/boundary/services.ts";
import { sharedClusters, unreadOf, unreadWorkloads } from "../../analyze/kubernetes/boundary/shared.ts";
import type { Check } from "../check.ts";

export const check: Check = {
  id: "environments-share-cluster-services",
  clause: "B3",
  severity: "low",
  title: "A lower environment and production share an ingress or a storage class",
  remediation: "Give production an ingress controller and a storage class of its own, and name them in its objects.",
  evaluate: ({ estate }) => {
    const pairs = sharedClusters(estate);
    return {
      findings: pairs.flatMap((pair) =>
        sharedClasses(estate.observations, pair).map(({ id, label, below, above, source }) => ({
          verdict: "violated" as const,
          summary: `${below} of ${pair.lower} and ${above} of ${pair.higher} use ${label} of cluster ${pair.cluster.name}`,
          from: id,
          to: id,
          fromEnvironment: pair.lower,
          toEnvironment: pair.higher,
          grant: id,
          change: [`give ${pair.higher} a class of its own instead of ${label}`],
          source,
        })),
      ),
      unknown: [...unreadOf(estate, pairs, ["kubernetes/network", "kubernetes/other"]), ...unreadWorkloads(estate)],
    };
  },
};
