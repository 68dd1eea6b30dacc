// From pods to the nodes they run on, and from a node to the pods beside them.
import { fact, type Grant, grant } from "../../model/rule.ts";
import type { KubernetesWorkload } from "../../model/observations/kubernetes.ts";
import type { KnownEstate } from "../plane.ts";
import { arnsOf } from "./account-rules.ts";
import { awsIdentities } from "./aws-identities.ts";
import { shortArn } from "./bindings.ts";
import { type Cluster, configMapsOf, type Namespace, secretsOf } from "./cluster.ts";
import { configMapId, groupId, partId, secretId, serviceAccountId, workloadId } from "./ids.ts";
import { podSecurityLevel } from "./parts.ts";
import { NODES } from "./subjects.ts";
import { type Way, waysOut } from "./ways-out.ts";
import type { ClusterSink } from "./wide.ts";
import { hasToken } from "./workload-rules.ts";

/**
 * The nodes of a cluster are one entity, `nodes`: to control it is to be root on nodes where pods of any namespace run, and so to control those pods
 * and hold their tokens and secrets. One entity is enough, since files do not say which pods share a node.
 *
 * Source: Kubernetes, "Pod Security Standards" (Privileged, Baseline); "Role Based Access Control Good Practices", Workload creation; "Using Node
 * Authorization": a kubelet reads the secrets, config maps and service accounts of the pods bound to its node.
 */
export function nodeRules(estate: KnownEstate, cluster: Cluster, sink: ClusterSink): void {
  const nodes = partId(cluster.name, undefined, "nodes");
  // One grant for the whole cluster: what to change is that environments share nodes, once, not namespace by namespace.
  const shared = grant(nodes, "shared", {
    label: `nodes of cluster ${cluster.name}`,
    change: `give the environments of cluster ${cluster.name} nodes of their own, or enforce pod security baseline in every lower namespace`,
    source: cluster.source,
  });
  for (const namespace of cluster.namespaces.values()) {
    sink.rule({
      family: "kubernetes/node",
      needs: [fact("control", nodes)],
      gives: fact("control", partId(cluster.name, namespace.name, "pods")),
      certainty: "must",
      grants: [shared],
      how: `pods of ${namespace.name} run on nodes of cluster ${cluster.name}`,
      source: namespace.source,
    });
    newPods(cluster, namespace, sink);
    for (const workload of namespace.workloads) runningPods(cluster, workload, sink);
  }
  const workloads = [...cluster.namespaces.values()].flatMap((each) => each.workloads);
  if (workloads.some((each) => toTell(waysOut(each)).some((way) => way.capability === "read"))) readNodes(cluster, shared, sink);
  nodeRoles(estate, cluster, nodes, sink);
  kubelets(cluster, nodes, shared, sink);
}

/**
 * Who makes pods of any content makes privileged ones, unless admission refuses them. Pod Security Admission does so from level `baseline` on, and
 * whoever relabels the namespace lifts it. Without the label the default is `privileged`; whether another policy refuses is not known, so that is
 * uncertain, while a label `privileged` is a decision. Pod security does not look behind a persistent volume, so who may also make one reaches the
 * node's disk all the same.
 */
function newPods(cluster: Cluster, namespace: Namespace, sink: ClusterSink): void {
  const { name } = namespace;
  const level = podSecurityLevel(namespace.object?.labels);
  const gives = fact("control", partId(cluster.name, undefined, "nodes"));
  const makes = fact("write", partId(cluster.name, name, "workloads"));
  const grants = [
    grant(partId(cluster.name, name, "pod-security"), "enforce", {
      label: `pod security of namespace ${name}`,
      change: `label namespace ${name} with pod-security.kubernetes.io/enforce: baseline`,
      source: namespace.source,
    }),
  ];
  const base = { family: "kubernetes/privileged-pod", gives, grants, source: namespace.source } as const;
  const how = `a new pod in ${name} may be privileged and take over its node`;
  if (level === "baseline" || level === "restricted") {
    const needs = [makes, fact("defeat", partId(cluster.name, name, "pod-security"))];
    sink.rule({ ...base, needs, certainty: "must", how: `${how}, once pod security ${level} is taken off` });
  } else if (level === "privileged") sink.rule({ ...base, needs: [makes], certainty: "must", how });
  else {
    const because = `namespace ${name} enforces no pod security level, and whether another admission policy refuses privileged pods is not known`;
    sink.rule({ ...base, needs: [makes], certainty: "may", because, how });
  }
  sink.rule({
    ...base,
    family: "kubernetes/persistent-volume",
    needs: [makes, fact("write", partId(cluster.name, undefined, "persistent-volumes"))],
    certainty: "must",
    how: `a new pod in ${name} may mount a persistent volume of the node's own disk`,
  });
}

/**
 * A pod that already reaches past its container: by the first way that is certain, or else by the first of each kind. Where it runs decides which pods
 * are beside it: one that only its node selector, its affinity or nothing but its own first placing decides may never meet a pod of another
 * environment, so that is uncertain. A DaemonSet without a selector runs beside every pod, and a replaced pod of any other controller is placed anew, so
 * in time it does too.
 */
function runningPods(cluster: Cluster, workload: KubernetesWorkload, sink: ClusterSink): void {
  const nodes = partId(cluster.name, undefined, "nodes");
  const label = `${workload.workloadKind} ${workload.namespace ?? "default"}/${workload.name}`;
  const isConfined = Object.keys(workload.nodeSelector).length > 0 || workload.pinned === true || workload.workloadKind === "Pod";
  const id = workloadId(workload);
  for (const { capability, what, because: open, throughLogs } of toTell(waysOut(workload))) {
    const because = open ?? (isConfined ? "on which nodes it runs, and which pods run there, is not known" : undefined);
    const logs = throughLogs ? [fact("read", partId(cluster.name, undefined, "node-logs"))] : [];
    const has = capability === "read" ? "reads what the pods on its node were given" : "controls its node";
    sink.rule({
      family: "kubernetes/privileged-pod",
      needs: [fact("control", id), ...logs],
      gives: fact(capability, nodes),
      certainty: because === undefined ? "must" : "may",
      ...(because !== undefined && { because }),
      grants: [grant(id, { node: what }, { label: `${what} of ${label}`, change: `take ${what} from ${label}`, source: workload.source })],
      how: `${label} has ${what}, so whoever controls it${throughLogs ? " and reads logs through the kubelet" : ""} ${has}`,
      source: workload.source,
    });
  }
}

/** The first certain way to control, and nothing besides; without one, the first of each of the others. */
function toTell(ways: readonly Way[]): readonly Way[] {
  const certain = ways.find((way) => way.capability === "control" && way.because === undefined && !way.throughLogs);
  if (certain) return [certain];
  const firsts = Map.groupBy(ways, (way) => `${way.capability} ${way.because === undefined} ${way.throughLogs === true}`);
  const isRead = firsts.has("read true false");
  return [...firsts].flatMap(([kind, [first]]) => (first === undefined || (isRead && kind === "read false false") ? [] : [first]));
}

/**
 * The kubelet's directory holds the token, secrets and config maps of every pod on the node. Written out only where some pod reads it: who controls the
 * node has the same through the pods.
 *
 * Source: KubeHound, EXPLOIT_HOST_TRAVERSE, TOKEN_STEAL.
 */
function readNodes(cluster: Cluster, shared: Grant, sink: ClusterSink): void {
  const needs = [fact("read", partId(cluster.name, undefined, "nodes"))];
  const base = { family: "kubernetes/node", needs, certainty: "must", grants: [shared] } as const;
  for (const namespace of cluster.namespaces.values()) {
    for (const workload of namespace.workloads) {
      const label = `${workload.workloadKind} ${namespace.name}/${workload.name}`;
      const { source } = workload;
      const given = new Set([
        ...secretsOf(workload).map(({ secret }) => secretId(cluster.name, namespace.name, secret)),
        ...configMapsOf(workload).map(({ configMap }) => configMapId(cluster.name, namespace.name, configMap)),
      ]);
      if (hasToken(namespace, workload)) {
        const account = serviceAccountId(cluster.name, namespace.name, workload.serviceAccount);
        sink.rule({ ...base, gives: fact("act-as", account), how: `the token of ${label} lies on its node`, source });
      }
      for (const each of given) sink.rule({ ...base, gives: fact("read", each), how: `what ${label} was given lies on its node`, source });
    }
  }
}

/**
 * On EKS, the node's own role: whoever is on the node's network, or on the node, is handed its credentials by the instance metadata service, whatever
 * the hop limit. Where nodes have several roles, which of them is not known.
 *
 * Source: Amazon EKS Best Practices Guide, Identity and Access Management, "Restrict access to the instance profile assigned to the worker node";
 * eksctl, Security, disablePodIMDS (host networking pods are not kept out).
 */
function nodeRoles(estate: KnownEstate, cluster: Cluster, nodes: string, sink: ClusterSink): void {
  const identities = awsIdentities(estate.observations, cluster).filter(
    ({ groups, arn }) => groups.includes(NODES) && arn.includes(":role/"),
  );
  const roles = new Map(identities.flatMap((each) => arnsOf(estate, each).map((arn) => [arn, each] as const)));
  const because = roles.size > 1 ? `which of the roles of the nodes of cluster ${cluster.name} its node has is not known` : undefined;
  const certainty = because === undefined ? ({ certainty: "must" } as const) : ({ certainty: "may", because } as const);
  for (const [arn, { source }] of roles) {
    const base = { family: "kubernetes/node-role", gives: fact("act-as", arn), ...certainty } as const;
    const label = `${shortArn(arn)} of the nodes of cluster ${cluster.name}`;
    const role = grant(arn, "node", { label, change: `take from ${label} what the nodes do not need`, source, removable: false });
    sink.rule({
      ...base,
      needs: [fact("control", nodes)],
      grants: [role],
      how: `a node of cluster ${cluster.name} is ${shortArn(arn)}`,
      source,
    });
    for (const workload of [...cluster.namespaces.values()].flatMap((each) => each.workloads)) {
      if (!workload.hostNetwork) continue;
      const name = `${workload.workloadKind} ${workload.namespace ?? "default"}/${workload.name}`;
      const id = workloadId(workload);
      const own = { label: `hostNetwork of ${name}`, change: `take hostNetwork from ${name}`, source: workload.source };
      sink.rule({
        ...base,
        needs: [fact("control", id)],
        grants: [grant(id, { node: "hostNetwork" }, own)],
        how: `${name} is on its node's network and is handed the credentials of ${shortArn(arn)}`,
        source: workload.source,
      });
    }
  }
}

/** Group system:nodes: the Node authorizer gives a kubelet what the pods of its own node use. */
function kubelets(cluster: Cluster, nodes: string, shared: Grant, sink: ClusterSink): void {
  sink.rule({
    family: "kubernetes/node",
    needs: [fact("act-as", groupId(cluster.name, NODES))],
    gives: fact("control", nodes),
    certainty: "may",
    because: "a kubelet reaches what the pods of its own node use, and which pods those are is not known",
    grants: [shared],
    how: `a node of cluster ${cluster.name} holds what its pods use`,
    source: cluster.source,
  });
  // The Node authorizer asks for the group, and the kubelet's key is on its node (Kubernetes, "Using Node Authorization").
  sink.rule({
    family: "kubernetes/node",
    needs: [fact("control", nodes)],
    gives: fact("act-as", groupId(cluster.name, NODES)),
    certainty: "must",
    grants: [shared],
    how: `a node of cluster ${cluster.name} holds its kubelet's key`,
    source: cluster.source,
  });
}
