// Clause B3: nothing but the namespaces' names keeps a lower environment apart from production in one cluster.
import type { Estate } from "../../analyze/estate.ts";
import type { Namespace } from "../../analyze/kubernetes/cluster.ts";
import { clusterId } from "../../analyze/kubernetes/ids.ts";
import { deniesByDefault, enforcesAtLeast, hasQuota } from "../../analyze/kubernetes/boundary/isolation.ts";
import { sharesNodes } from "../../analyze/kubernetes/boundary/nodes.ts";
import { namespaceWords, type SharedCluster, sharedClusters, unreadWorkloads } from "../../analyze/kubernetes/boundary/shared.ts";
import type { Check, Found } from "../check.ts";

export const check: Check = {
  id: "namespace-is-the-only-boundary",
  clause: "B3",
  severity: "medium",
  title: "A namespace alone keeps a lower environment apart from production",
  remediation:
    "Give production a cluster of its own; where that cannot be: deny connections by default, enforce pod security baseline and a quota in every lower namespace, and give production nodes of its own.",
  evaluate: ({ estate }) => {
    const asked = sharedClusters(estate).map((pair) => ({ pair, ...strength(estate, pair) }));
    return {
      findings: asked.filter(({ missing }) => missing.length > 0).map((each) => found(each.pair, each.missing)),
      unknown: [...asked.flatMap(({ open }) => open), ...unreadWorkloads(estate)],
    };
  },
};

interface Strength {
  /** What would make the boundary stronger, as instructions. */
  readonly missing: readonly string[];
  readonly open: readonly string[];
}

/** A namespace is a boundary of names; these four make it hold back what runs in it (Kubernetes, "Multi-tenancy", Isolation). */
function strength(estate: Estate, pair: SharedCluster): Strength {
  const { cluster, below, above, higher } = pair;
  const missing: string[] = [];
  const open: string[] = [];
  const lacking = (namespaces: readonly Namespace[], has: (namespace: Namespace) => boolean | undefined, instruction: string): void => {
    const without = namespaces.filter((each) => has(each) === false);
    const unsure = namespaces.filter((each) => has(each) === undefined);
    if (without.length > 0) missing.push(`${instruction} in ${namespaceWords(without)}`);
    if (unsure.length > 0) open.push(`${instruction} in ${namespaceWords(unsure)}: whether that is so was not read`);
  };
  lacking(above, (each) => deniesByDefault(estate, cluster, each, "ingress"), "deny ingress by default");
  lacking(below, (each) => deniesByDefault(estate, cluster, each, "egress"), "deny egress by default");
  lacking(below, (each) => enforcesAtLeast(each, "baseline"), "enforce pod security baseline");
  lacking(below, (each) => hasQuota(estate, cluster, each, "ResourceQuota"), "set a ResourceQuota");
  const nodes = sharesNodes(estate.observations, pair);
  if (nodes.shared === true) missing.push(`give ${higher} nodes of its own`);
  if (nodes.shared === undefined) open.push(nodes.why);
  return { missing, open };
}

function found({ cluster, lower, higher, above }: SharedCluster, missing: readonly string[]): Found {
  return {
    verdict: "violated",
    summary:
      `${lower} and ${higher} are namespaces of cluster ${cluster.name}, and ${missing.length === 1 ? "one thing that would" : `${missing.length} things that would`} make that boundary hold ${missing.length === 1 ? "is" : "are"} missing: ${missing.join("; ")}`.replace(
        /^./,
        (letter) => letter.toUpperCase(),
      ),
    from: `environment:${lower}`,
    to: `environment:${higher}`,
    fromEnvironment: lower,
    toEnvironment: higher,
    grant: clusterId(cluster.name),
    change: [...missing],
    ...(above[0] && { source: above[0].source }),
  };
}
