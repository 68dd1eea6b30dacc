// What the rules of a cluster's network are about: classes of pods, and the policies that hold connections back.
import { hashOf } from "../../../lib/hash.ts";
import type { EntitySink } from "../../../model/rule.ts";
import type { Source } from "../../../model/source.ts";
import type { KubernetesNetworkPolicy } from "../../../model/observations/kubernetes-network.ts";
import { objectId } from "../../kubernetes/ids.ts";
import { once } from "../../kubernetes/once.ts";
import type { PlaneInput } from "../../plane.ts";
import { clusterNames, type Network, networksIn, type PodClass } from "./network.ts";

export const FAMILY = "kubernetes/connect";

/** Every network of every cluster that has pods, compiled. */
export const networksOf = once(({ observations }): readonly Network[] =>
  clusterNames(observations)
    .flatMap((cluster) => networksIn(observations, cluster))
    .filter(({ classes }) => classes.length > 1),
);

/**
 * Pods that no policy tells apart: whoever is among them sends as all of them (`act-as`), and whoever gets to one gets to all (`connect`). It keeps
 * the rules as many as the classes, not as the pairs.
 */
export function classId({ cluster, segment }: Network, { namespace, bits, portsKey, hostNetwork, addresses }: PodClass): string {
  const told = [bits, portsKey, hostNetwork, ...(segment.name === undefined ? [] : [segment.name, segment.role, addresses])];
  return `k8s:${cluster}/${namespace}/-/pods-${hashOf(told).slice(0, 16)}`;
}

export const heldId = (network: Network, to: PodClass, guards: readonly string[]): string =>
  `${classId(network, to)}-held-${hashOf(guards).slice(0, 16)}`;

/** One for each namespace, and one more for the policies of networks that its pods are on besides. */
export const policiesId = ({ cluster, segment }: Network, namespace: string): string =>
  `k8s:${cluster}/${namespace}/-/${segment.role === "secondary" ? "multi-" : ""}network-policies`;

export const policyId = ({ cluster, segment }: Network, { namespace, name }: KubernetesNetworkPolicy): string =>
  segment.role === "secondary"
    ? objectId(cluster, namespace, "MultiNetworkPolicy", "k8s.cni.cncf.io", name)
    : objectId(cluster, namespace, "NetworkPolicy", "networking.k8s.io", name);

/** `NetworkPolicy shop/deny-all`. */
export const policyLabel = ({ segment }: Network, { namespace, name }: KubernetesNetworkPolicy): string =>
  `${segment.role === "secondary" ? "MultiNetworkPolicy" : "NetworkPolicy"} ${namespace}/${name}`;

export const adminPoliciesId = (cluster: string): string => `k8s:${cluster}/-/-/admin-network-policies`;

/** `pods of Deployment web and 3 more in shop`. */
export function classLabel({ namespace, members }: PodClass): string {
  const [first] = members;
  const { workloadKind = "pods", name = "" } = first?.workload ?? {};
  const more = members.length > 1 ? ` and ${members.length - 1} more` : "";
  return `${workloadKind} ${namespace}/${name}${more}`;
}

export const sourceOf = ({ members }: PodClass): Source => members[0]?.workload.source ?? { file: "" };

export function kubernetesNetworkEntities(input: PlaneInput, sink: EntitySink): void {
  for (const network of networksOf(input)) {
    const { cluster } = network;
    const guard = (id: string, label: string, namespace: string | undefined, source: Source): void =>
      sink.entity({ id, kind: "guard", label, place: { cluster, ...(namespace !== undefined && { namespace }) }, source });
    for (const each of network.classes) {
      if (each === network.controller) continue;
      guard(classId(network, each), classLabel(each), each.namespace, sourceOf(each));
    }
    for (const [namespace, [first]] of Map.groupBy(network.policies, (policy) => policy.namespace ?? "default"))
      if (first) guard(policiesId(network, namespace), `network policies of ${namespace}`, namespace, first.source);
    const [admin] = [...network.admin, ...network.baseline];
    if (admin) guard(adminPoliciesId(cluster), `admin network policies of ${cluster}`, undefined, admin.source);
  }
}
