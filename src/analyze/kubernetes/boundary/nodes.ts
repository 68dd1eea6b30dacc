// Whether pods of two environments may run on one node: by what each asks of nodes, and by what the nodes are.
import { canonicalJson, type Json } from "../../../lib/json.ts";
import type { Observations } from "../../../model/observation.ts";
import type { KubernetesWorkload } from "../../../model/observations/kubernetes.ts";
import type { KubernetesNode, KubernetesTaint, KubernetesToleration } from "../../../model/observations/kubernetes-placement.ts";
import { hasWorkloads, type SharedCluster } from "./shared.ts";

export interface Meeting {
  readonly below: KubernetesWorkload;
  readonly above: KubernetesWorkload;
  /** A node that takes both; absent where the nodes were not read. */
  readonly node?: string;
}

export type NodeAnswer =
  | { readonly shared: true; readonly meeting: Meeting }
  | { readonly shared: false }
  | { readonly shared: undefined; readonly why: string };

/** One of each demand. Pods that stand on every node by nature (DaemonSets) belong to the node as much as to their namespace, and are left out. */
function placed(workloads: readonly KubernetesWorkload[]): KubernetesWorkload[] {
  const first = new Map<string, KubernetesWorkload>();
  for (const each of workloads) {
    if (each.ended !== undefined || each.workloadKind === "DaemonSet") continue;
    const key = canonicalJson([each.nodeSelector, (each.tolerations ?? []) as unknown as Json, each.pinned === true ? each.name : null]);
    if (!first.has(key)) first.set(key, each);
  }
  return [...first.values()];
}

/**
 * A pod runs on a node whose labels its selector takes in and whose taints it tolerates. Where the nodes were read that is decided node by node. Where they
 * were not, two that ask for nothing meet on the nodes that are not tainted, of which every cluster has some, and two that ask for different values of one
 * label never do.
 *
 * Source: Kubernetes, "Assigning Pods to Nodes", nodeSelector; "Taints and Tolerations", Concepts: PreferNoSchedule is a preference.
 */
export function sharesNodes(observations: Observations, { cluster, below, above }: SharedCluster): NodeAnswer {
  if (!hasWorkloads(cluster)) return { shared: undefined, why: `what runs in cluster ${cluster.name} was not read` };
  const nodes = observations("kubernetes/node").filter((each) => each.cluster === cluster.name);
  const lower = placed(below.flatMap(({ workloads }) => workloads));
  const higher = placed(above.flatMap(({ workloads }) => workloads));
  let open: string | undefined;
  for (const one of lower) {
    for (const other of higher) {
      const met = nodes.length > 0 ? onNode(nodes, one, other) : byDemand(one, other);
      if (typeof met === "object") return { shared: true, meeting: met };
      if (typeof met === "string") open ??= met;
    }
  }
  return open === undefined ? { shared: false } : { shared: undefined, why: open };
}

const labelOf = ({ workloadKind, namespace, name }: KubernetesWorkload): string => `${workloadKind} ${namespace ?? "default"}/${name}`;

function onNode(nodes: readonly KubernetesNode[], below: KubernetesWorkload, above: KubernetesWorkload): Meeting | string | false {
  const node = nodes.find((each) => takes(each, below) && takes(each, above));
  if (!node) return false;
  const pinned = [below, above].find((each) => each.pinned);
  if (pinned) return `which nodes the affinity of ${labelOf(pinned)} takes in is not in the files`;
  return { below, above, node: node.name };
}

function takes({ labels, taints }: KubernetesNode, { nodeSelector, tolerations = [] }: KubernetesWorkload): boolean {
  const isSelected = Object.entries(nodeSelector).every(([key, value]) => labels[key] === value);
  const repels = taints.filter(({ effect }) => effect === "NoSchedule" || effect === "NoExecute");
  return isSelected && repels.every((taint) => tolerations.some((each) => tolerates(each, taint)));
}

const tolerates = ({ key, operator, value, effect }: KubernetesToleration, taint: KubernetesTaint): boolean =>
  (effect === undefined || effect === taint.effect) &&
  (key === undefined ? operator === "Exists" : key === taint.key) &&
  (operator === "Exists" || (value ?? "") === (taint.value ?? ""));

function byDemand(below: KubernetesWorkload, above: KubernetesWorkload): Meeting | string | false {
  const isApart = Object.entries(below.nodeSelector).some(
    ([key, value]) => above.nodeSelector[key] !== undefined && above.nodeSelector[key] !== value,
  );
  if (isApart) return false;
  const asks = (each: KubernetesWorkload): boolean => Object.keys(each.nodeSelector).length > 0 || each.pinned === true;
  if (!asks(below) && !asks(above)) return { below, above };
  const isSame = !below.pinned && !above.pinned && canonicalJson(below.nodeSelector) === canonicalJson(above.nodeSelector);
  if (isSame) return { below, above };
  return `whether ${labelOf(below)} and ${labelOf(above)} run on the same nodes: the nodes were not read`;
}
