// How what holds for a whole cluster comes to hold in each of its namespaces.
import { type Fact, fact, grant, type Rule, type RuleSink } from "../../model/rule.ts";
import type { KnownEstate } from "../plane.ts";
import type { Cluster } from "./cluster.ts";
import { clusterId, namespaceId, type NamespacePart, partId } from "./ids.ts";

/** Where rules of a cluster go. `wide` takes a rule that gives something over the whole cluster. */
export interface ClusterSink {
  readonly rule: (rule: Rule) => void;
  readonly wide: (rule: Rule, uncertainBelow?: string) => void;
}

/**
 * In a cluster that stands in one environment, one structural rule a namespace hands cluster-wide facts down. In a cluster that several environments
 * share, that rule would itself be the way through every wall, and no one could say which binding to change; so there the rule that gives the
 * cluster-wide fact is repeated for each namespace, with its own grant.
 */
export function clusterSink(estate: KnownEstate, cluster: Cluster, sink: RuleSink): ClusterSink {
  const rule = (each: Rule): void => sink.rule(each);
  if (!isSplit(estate, cluster)) return { rule, wide: rule };
  return {
    rule,
    wide(each, uncertainBelow) {
      sink.rule(each);
      for (const namespace of cluster.namespaces.keys()) {
        const gives = below(cluster.name, each.gives, namespace);
        if (!gives) continue;
        const may = uncertainBelow === undefined ? {} : ({ certainty: "may", because: uncertainBelow } as const);
        sink.rule({ ...each, gives, ...may });
      }
    },
  };
}

export const isSplit = (estate: KnownEstate, cluster: Cluster): boolean =>
  new Set([...cluster.namespaces.keys()].map((namespace) => estate.environmentOf(namespaceId(cluster.name, namespace)))).size > 1;

/** The same fact in one namespace. */
function below(cluster: string, { capability, entity }: Fact, namespace: string): Fact | undefined {
  if (entity === clusterId(cluster)) return fact(capability, namespaceId(cluster, namespace));
  const part = (Object.keys(CAPABILITIES_OF) as NamespacePart[]).find((each) => entity === partId(cluster, undefined, each));
  return part && fact(capability, partId(cluster, namespace, part));
}

/** The structural rules of a cluster in one environment. */
export function handDown(cluster: Cluster, parts: readonly (readonly [string | undefined, NamespacePart])[], sink: ClusterSink): void {
  const grants = [
    grant(clusterId(cluster.name), "its namespaces", {
      label: `namespaces of cluster ${cluster.name}`,
      change: `give the namespace a cluster of its own`,
      source: cluster.source,
      removable: false,
    }),
  ];
  const base = { certainty: "must", grants, source: cluster.source } as const;
  for (const namespace of cluster.namespaces.keys()) {
    const needs = [fact("control", clusterId(cluster.name))];
    const gives = fact("control", namespaceId(cluster.name, namespace));
    sink.rule({ ...base, family: "kubernetes/namespace-owner", needs, gives, how: `cluster ${cluster.name} holds namespace ${namespace}` });
  }
  const everywhere = new Set(parts.filter(([namespace]) => namespace === undefined).map(([, part]) => part));
  for (const [namespace, part] of parts) {
    if (namespace === undefined || !everywhere.has(part)) continue;
    for (const capability of CAPABILITIES_OF[part]) {
      sink.rule({
        ...base,
        family: "kubernetes/every-namespace",
        needs: [fact(capability, partId(cluster.name, undefined, part))],
        gives: fact(capability, partId(cluster.name, namespace, part)),
        how: `what holds in every namespace of ${cluster.name} holds in ${namespace}`,
      });
    }
  }
}

/** With what capabilities a part is addressed (ids.ts). */
export const CAPABILITIES_OF: Readonly<Record<NamespacePart, readonly Fact["capability"][]>> = {
  workloads: ["write"],
  pods: ["control", "connect"],
  deployments: ["control"],
  replicasets: ["control"],
  statefulsets: ["control"],
  daemonsets: ["control"],
  cronjobs: ["control"],
  replicationcontrollers: ["control"],
  secrets: ["read", "write", "author"],
  "config-maps": ["read", "write"],
  "service-accounts": ["act-as"],
  roles: ["write"],
  "role-bindings": ["write"],
  "role-escalation-check": ["defeat"],
  "binding-escalation-check": ["defeat"],
  "pod-security": ["defeat"],
};
