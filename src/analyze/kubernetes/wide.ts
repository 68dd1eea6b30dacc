// How what holds for a whole cluster comes to hold in each of its namespaces.
import { type Fact, fact, grant, type Rule, type RuleSink } from "../../model/rule.ts";
import type { KnownEstate } from "../plane.ts";
import type { Cluster } from "./cluster.ts";
import { clusterId, namespaceId, type NamespacePart, partId } from "./ids.ts";

/** Where rules of a cluster go. `wide` takes a rule that gives something over the whole cluster. */
export interface ClusterSink {
  readonly rule: (rule: Rule) => void;
  readonly wide: (rule: Rule, how?: Wide) => void;
}

export interface Wide {
  /** Why it is not certain that it holds in each namespace. */
  readonly uncertainBelow?: string;
  /** It is held by the cluster's own components only: service accounts that stand in no environment. */
  readonly isAmbient?: boolean;
}

/**
 * In a cluster that stands in one environment, one structural rule a namespace hands cluster-wide facts down. In a cluster that several environments
 * share, that rule would itself be the way through every wall, and no one could say which binding to change; so there the rule that gives the
 * cluster-wide fact is repeated for each namespace instead, with its own grant. What the cluster's own components hold is handed down even so: dozens
 * of controllers reach every namespace, whoever controls one of them comes through the sharing of the cluster, and that is one finding.
 */
export function clusterSink(estate: KnownEstate, cluster: Cluster, sink: RuleSink): ClusterSink {
  const rule = (each: Rule): void => sink.rule(each);
  if (!isSplit(estate, cluster)) return { rule, wide: rule };
  return {
    rule,
    wide(each, { uncertainBelow, isAmbient = false } = {}) {
      const may = uncertainBelow === undefined ? {} : ({ certainty: "may", because: uncertainBelow } as const);
      const isWhole = each.gives.entity === clusterId(cluster.name);
      if (isAmbient || isWhole || !isHandedDown(cluster.name, each.gives.entity)) sink.rule(each);
      if (isAmbient && isWhole) sink.rule({ ...each, ...may, gives: fact(each.gives.capability, everything(cluster.name)) });
      if (isAmbient) return;
      for (const namespace of cluster.namespaces.keys()) {
        const gives = below(cluster.name, each.gives, namespace);
        if (gives) sink.rule({ ...each, ...may, gives });
      }
    },
  };
}

/** All that stands in the namespaces of a shared cluster, as its own components reach it. */
export const everything = (cluster: string): string => `k8s:${cluster}/-/-/everything`;

/** A cluster-wide part of which only the namespaces' own parts mean anything. The check of bindings also guards cluster role bindings. */
const isHandedDown = (cluster: string, entity: string): boolean => {
  const part = partOf(cluster, entity);
  return part !== undefined && part !== "binding-escalation-check";
};

export const isSplit = (estate: KnownEstate, cluster: Cluster): boolean =>
  new Set([...cluster.namespaces.keys()].map((namespace) => estate.environmentOf(namespaceId(cluster.name, namespace)))).size > 1;

/** The same fact in one namespace. */
function below(cluster: string, { capability, entity }: Fact, namespace: string): Fact | undefined {
  if (entity === clusterId(cluster)) return fact(capability, namespaceId(cluster, namespace));
  const part = partOf(cluster, entity);
  return part && fact(capability, partId(cluster, namespace, part));
}

const partOf = (cluster: string, entity: string): NamespacePart | undefined =>
  (Object.keys(CAPABILITIES_OF) as NamespacePart[]).find((each) => entity === partId(cluster, undefined, each));

/** The structural rules that hand cluster-wide facts down. */
export function handDown(
  cluster: Cluster,
  isShared: boolean,
  parts: readonly (readonly [string | undefined, NamespacePart])[],
  sink: ClusterSink,
): void {
  const label = isShared ? `components of cluster ${cluster.name} that reach every namespace` : `namespaces of cluster ${cluster.name}`;
  const change = "give the environments clusters of their own";
  const grants = [grant(clusterId(cluster.name), "its namespaces", { label, change, source: cluster.source, removable: isShared })];
  const base = { certainty: "must", grants, source: cluster.source } as const;
  for (const namespace of cluster.namespaces.keys()) {
    const from = isShared ? everything(cluster.name) : clusterId(cluster.name);
    for (const capability of isShared ? (["control", "write"] as const) : (["control"] as const)) {
      const gives = fact(capability, namespaceId(cluster.name, namespace));
      const how = `cluster ${cluster.name} holds namespace ${namespace}`;
      sink.rule({ ...base, family: "kubernetes/namespace-owner", needs: [fact(capability, from)], gives, how });
    }
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
  "argo-applications": ["write"],
  "argo-application-sets": ["write"],
  "argo-projects": ["write"],
  "flux-deployments": ["write"],
  "flux-sources": ["write"],
  "kargo-promotions": ["write"],
  "kargo-settings": ["write"],
  "promotion-strategies": ["write"],
};
