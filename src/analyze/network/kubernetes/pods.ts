// Observations of workloads → the pods there are, each under the name of what made it.
import type { Observations } from "../../../model/observation.ts";
import type { KubernetesWorkload } from "../../../model/observations/kubernetes.ts";
import { objectId } from "../../kubernetes/ids.ts";
import type { Segment } from "./segments.ts";

/** Pods of one template, or one pod. */
export interface Pods {
  /** Id of the outermost maker of these pods. */
  readonly id: string;
  /** `namespace/name[Kind]`. */
  readonly name: string;
  readonly namespace: string;
  readonly workload: KubernetesWorkload;
}

/** Pods that have ended are none. */
export function podsOf(observations: Observations, cluster: string, { holds, mark }: Pick<Segment, "holds" | "mark">): readonly Pods[] {
  const own = observations("kubernetes/workload").filter((each) => each.cluster === cluster && each.ended === undefined);
  const byName = new Map(own.map((each) => [keyOf(each.namespace, each.workloadKind, each.name), each]));
  return own.filter(holds).map((workload) => {
    const namespace = workload.namespace ?? "default";
    const { kind, group, name } = makerOf(workload, byName);
    return {
      id: objectId(cluster, namespace, kind, group, name),
      name: `${namespace}${mark}/${name}[${kind}]`,
      namespace,
      workload,
    };
  });
}

const keyOf = (namespace: string | undefined, kind: string, name: string): string => `${namespace ?? "default"}/${kind}/${name}`;

/** Owners of owners, as far as the files tell: a Pod's ReplicaSet, and its Deployment. A static pod's owner is its Node, which made nothing else. */
function makerOf(
  workload: KubernetesWorkload,
  byName: ReadonlyMap<string, KubernetesWorkload>,
): { readonly kind: string; readonly group: string; readonly name: string } {
  let maker = { kind: workload.workloadKind, group: workload.group, name: workload.name };
  const seen = new Set<string>();
  for (let at: KubernetesWorkload | undefined = workload; at?.controller && at.controller.kind !== "Node";) {
    const key = keyOf(workload.namespace, at.controller.kind, at.controller.name);
    if (seen.has(key)) break;
    seen.add(key);
    maker = at.controller;
    at = byName.get(key);
  }
  return maker;
}
