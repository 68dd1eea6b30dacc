// What the rules of a cluster's network are about: classes of pods, and the policies that hold connections back.
import { hashOf } from "../../../lib/hash.ts";
import type { EntitySink } from "../../../model/rule.ts";
import type { Source } from "../../../model/source.ts";
import { once } from "../../kubernetes/once.ts";
import type { PlaneInput } from "../../plane.ts";
import { clusterNames, compileNetwork, type Network, type PodClass } from "./network.ts";

export const FAMILY = "kubernetes/connect";

/** Every cluster with pods, compiled. */
export const networksOf = once(({ observations }): readonly Network[] =>
  clusterNames(observations)
    .map((cluster) => compileNetwork(observations, cluster))
    .filter(({ classes }) => classes.length > 1),
);

/**
 * Pods that no policy tells apart: whoever is among them sends as all of them (`act-as`), and whoever gets to one gets to all (`connect`). It keeps
 * the rules as many as the classes, not as the pairs.
 */
export const classId = ({ cluster }: Network, { namespace, bits, portsKey, hostNetwork }: PodClass): string =>
  `k8s:${cluster}/${namespace}/-/pods-${hashOf([bits, portsKey, hostNetwork]).slice(0, 16)}`;

export const heldId = (network: Network, to: PodClass, guards: readonly string[]): string =>
  `${classId(network, to)}-held-${hashOf(guards).slice(0, 16)}`;

export const policiesId = (cluster: string, namespace: string): string => `k8s:${cluster}/${namespace}/-/network-policies`;
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
      if (first) guard(policiesId(cluster, namespace), `network policies of ${namespace}`, namespace, first.source);
    const [admin] = [...network.admin, ...network.baseline];
    if (admin) guard(adminPoliciesId(cluster), `admin network policies of ${cluster}`, undefined, admin.source);
  }
}
