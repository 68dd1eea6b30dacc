// Which parts of which namespaces some rule is about, so that only those become entities.
import type { PlaneInput } from "../plane.ts";
import { boundOf } from "./bindings.ts";
import { type Cluster, clustersOf } from "./cluster.ts";
import type { ClusterPart, NamespacePart } from "./ids.ts";
import { once } from "./once.ts";

/** Whoever controls a namespace has these whatever the bindings say. */
export const ALWAYS: readonly NamespacePart[] = ["workloads", "pods", "secrets", "config-maps", "service-accounts"];

export const CLUSTER_PARTS: readonly ClusterPart[] = [
  "nodes",
  "node-logs",
  "persistent-volumes",
  "cluster-roles",
  "cluster-role-bindings",
  "cluster-role-escalation-check",
  "certificate-requests",
  "kubelet-certificate-requests",
];

/** `role-bindings` are worth nothing without the check, and the other way round. */
const TOGETHER: readonly (readonly NamespacePart[])[] = [
  ["roles", "role-escalation-check"],
  ["role-bindings", "binding-escalation-check"],
];

type Parts = readonly (readonly [namespace: string | undefined, part: NamespacePart])[];

const partsByCluster = once((input) => new Map([...clustersOf(input).values()].map((cluster) => [cluster.name, find(input, cluster)])));

/** Pairs of namespace (undefined: all namespaces of the cluster) and part. */
export const partsOf = (input: PlaneInput, cluster: Cluster): Parts => partsByCluster(input).get(cluster.name) ?? [];

function find(input: PlaneInput, cluster: Cluster): Parts {
  const used = new Map<string | undefined, Set<NamespacePart>>();
  const use = (namespace: string | undefined, part: NamespacePart): void => {
    const set = used.get(namespace) ?? new Set(ALWAYS);
    for (const each of TOGETHER.find((pair) => pair.includes(part)) ?? [part]) set.add(each);
    used.set(namespace, set);
  };
  for (const bound of boundOf(input)) {
    if (bound.cluster !== cluster.name) continue;
    for (const { target } of bound.effects ?? []) {
      if (target.type === "part") use(bound.namespace, target.part);
      if (target.type === "bindable") use(bound.namespace, "role-bindings");
    }
  }
  const everywhere = used.get(undefined) ?? new Set<NamespacePart>(ALWAYS);
  used.set(undefined, everywhere);
  for (const [name, namespace] of cluster.namespaces) {
    for (const part of everywhere) use(name, part);
    if (podSecurityLevel(namespace.object?.labels) !== undefined) use(name, "pod-security");
  }
  return [...used].flatMap(([namespace, parts]) => [...parts].map((part) => [namespace, part] as const));
}

const ENFORCE = "pod-security.kubernetes.io/enforce";

/**
 * The level of the Pod Security Standards that the namespace enforces. A value that is no level is treated as the API server does: restricted
 * (an invalid level evaluates to the most restrictive one).
 *
 * Source: Kubernetes, "Pod Security Admission", Pod Security Admission labels for namespaces.
 */
export function podSecurityLevel(
  labels: Readonly<Record<string, string>> | undefined,
): "privileged" | "baseline" | "restricted" | undefined {
  const level = labels?.[ENFORCE];
  if (level === undefined) return undefined;
  return level === "privileged" || level === "baseline" ? level : "restricted";
}
