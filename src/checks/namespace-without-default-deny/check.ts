// Clause B4: in a cluster of several environments, a namespace lets through whatever no policy names.
import type { Estate } from "../../analyze/estate.ts";
import type { Namespace } from "../../analyze/kubernetes/cluster.ts";
import { namespaceId } from "../../analyze/kubernetes/ids.ts";
import { deniesByDefault, type Direction } from "../../analyze/kubernetes/boundary/isolation.ts";
import { type SharedCluster, sharedClusters, unreadOf, unreadWorkloads } from "../../analyze/kubernetes/boundary/shared.ts";
import type { Check, Found } from "../check.ts";

export const check: Check = {
  id: "namespace-without-default-deny",
  clause: "B4",
  severity: "medium",
  title: "A namespace beside another environment's does not deny connections by default",
  remediation:
    "Add a NetworkPolicy that selects every pod and allows nothing, for ingress in production's namespaces and for egress in lower ones, and allow what is needed beside it.",
  evaluate: ({ estate }) => {
    const pairs = sharedClusters(estate);
    const asked = pairs.flatMap((pair) => [
      ...pair.above.map((namespace) => ({ pair, namespace, direction: "ingress" as const })),
      ...pair.below.map((namespace) => ({ pair, namespace, direction: "egress" as const })),
    ]);
    const answers = asked.map((each) => ({
      ...each,
      denies: deniesByDefault(estate, each.pair.cluster, each.namespace, each.direction),
    }));
    return {
      findings: once(answers.filter(({ denies }) => denies === false).map((each) => found(estate, each))),
      unknown: [
        ...answers
          .filter(({ denies }) => denies === undefined)
          .map(
            ({ namespace, direction }) =>
              `whether a policy that was not read denies ${direction} in namespace ${namespace.name} by default`,
          ),
        ...unreadOf(estate, pairs, ["kubernetes/network"]),
        ...unreadWorkloads(estate),
      ],
    };
  },
};

interface Open {
  readonly pair: SharedCluster;
  readonly namespace: Namespace;
  readonly direction: Direction;
}

function found(estate: Estate, { pair: { cluster, lower, higher }, namespace, direction }: Open): Found {
  const id = namespaceId(cluster.name, namespace.name);
  const own = estate.environmentOf(id) ?? "";
  const [what, other] = direction === "ingress" ? ["takes every connection", lower] : ["opens every connection", higher];
  return {
    verdict: "violated",
    summary: `Namespace ${namespace.name} of ${own} ${what} that no policy names, beside ${other} in cluster ${cluster.name}`,
    from: id,
    to: id,
    fromEnvironment: lower,
    toEnvironment: higher,
    grant: `${id}#default-deny/${direction}`,
    change: [`deny ${direction} by default in namespace ${namespace.name}`],
    source: namespace.source,
  };
}

/** A namespace stands beside several environments: it is one thing to mend. */
function once(findings: readonly Found[]): Found[] {
  return [...new Map(findings.map((each) => [each.grant, each])).values()];
}
