// A pod names the networks it is on: whoever can make pods below can make one that is on a network of production.
import { fact, grant, type Rule } from "../../../model/rule.ts";
import { namespaceId, partId } from "../../kubernetes/ids.ts";
import type { KnownEstate } from "../../plane.ts";
import { productionNames } from "../../reach/semantics.ts";
import type { Sides } from "./across.ts";
import { decider } from "./decide.ts";
import { classId, classLabel, FAMILY, sourceOf } from "./entities.ts";
import type { Network } from "./network.ts";

const CONFINED = "Multus may keep pods to the networks of their own namespace (namespaceIsolation), and its configuration was not read";

/**
 * Multus follows the reference of a pod's annotation into any namespace, unless it is told otherwise. One rule for each class of production's pods that
 * no policy of the network isolates, and each namespace below.
 *
 * Source: Multus, Configuration Reference, namespaceIsolation (default: false).
 */
export function* attachRules(known: KnownEstate, network: Network, { production }: Sides): Iterable<Rule> {
  const { cluster, segment } = network;
  if (segment.role === "primary" || production.length === 0) return;
  const possible = decider(network, "possible");
  const open = production.filter((to) => possible.selecting("ingress", to).length === 0);
  for (const namespace of namespacesBelow(known, cluster))
    for (const to of open) {
      const label = `network ${segment.name}, which pods of any namespace may name`;
      yield {
        family: FAMILY,
        needs: [fact("write", partId(cluster, namespace, "workloads"))],
        gives: fact("connect", classId(network, to)),
        certainty: "may",
        because: segment.because ?? CONFINED,
        grants: [
          grant(classId(network, to), "attachment", {
            label,
            change: `add a MultiNetworkPolicy for ${segment.name} to namespace ${to.namespace}, or let Multus isolate namespaces`,
            source: sourceOf(to),
            adds: true,
          }),
        ],
        how: `a pod in ${namespace} that names network ${segment.name} gets to ${classLabel(to)}`,
        source: sourceOf(to),
      };
    }
}

function namespacesBelow(known: KnownEstate, cluster: string): readonly string[] {
  const names = productionNames(known.charter);
  const all = known.observations("kubernetes/namespace").filter((each) => each.cluster === cluster);
  return [...new Set(all.map(({ name }) => name))].filter((name) => {
    const environment = known.environmentOf(namespaceId(cluster, name));
    return environment !== undefined && !names.has(environment);
  });
}
