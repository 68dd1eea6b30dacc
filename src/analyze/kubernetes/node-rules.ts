// From pods to the nodes they run on, and from a node to the pods beside them.
import { fact, type Grant, grant } from "../../model/rule.ts";
import type { KubernetesWorkload } from "../../model/observations/kubernetes.ts";
import type { Cluster, Namespace } from "./cluster.ts";
import { groupId, partId, workloadId } from "./ids.ts";
import { podSecurityLevel } from "./parts.ts";
import { NODES } from "./subjects.ts";
import type { ClusterSink } from "./wide.ts";

/**
 * The nodes of a cluster are one entity, `nodes`: to control it is to be root on nodes where pods of any namespace run, and so to control those pods
 * and hold their tokens and secrets. One entity is enough, since files do not say which pods share a node.
 *
 * Source: Kubernetes, "Pod Security Standards" (Privileged, Baseline); "Role Based Access Control Good Practices", Workload creation; "Using Node
 * Authorization": a kubelet reads the secrets, config maps and service accounts of the pods bound to its node.
 */
export function nodeRules(cluster: Cluster, sink: ClusterSink): void {
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
    for (const workload of namespace.workloads) runningPods(nodes, workload, sink);
  }
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

/** Container capabilities with which a process leaves its container; each of the others needs more than the files show. */
const NODE_CAPABILITIES: ReadonlySet<string> = new Set(["ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO"]);

/** Directories whose content is the node: who writes one of them, or a directory above, controls it. */
const NODE_DIRECTORIES = [
  "/etc",
  "/var/lib/kubelet",
  "/var/lib/containerd",
  "/var/lib/docker",
  "/var/run",
  "/run",
  "/root",
  "/home",
  "/usr",
  "/bin",
  "/sbin",
  "/lib",
  "/opt",
  "/boot",
  "/dev",
  "/proc",
  "/sys/kernel",
];

/** Reading these already gives the kubelet's credential or a runtime's socket, which obeys whoever can open it. */
const NODE_SECRETS = [
  "/etc/kubernetes",
  "/var/lib/kubelet",
  "/root",
  "/proc",
  "/var/run/docker.sock",
  "/run/docker.sock",
  "/run/containerd/containerd.sock",
  "/var/run/containerd/containerd.sock",
  "/var/run/crio/crio.sock",
  "/run/crio/crio.sock",
];

/** Written by many harmless agents, and node-wide all the same: not certain. */
interface Way {
  readonly what: string;
  readonly because?: string;
}

/**
 * A pod that is already privileged, by the first way that is certain. Where it runs decides which pods are beside it: one that only its node selector,
 * its affinity or nothing but its own first placing decides may never meet a pod of another environment, so that is uncertain. A DaemonSet without a
 * selector runs beside every pod, and a replaced pod of any other controller is placed anew, so in time it does too.
 */
function runningPods(nodes: string, workload: KubernetesWorkload, sink: ClusterSink): void {
  const ways = waysOut(workload);
  const way = ways.find((each) => each.because === undefined) ?? ways[0];
  if (!way) return;
  const label = `${workload.workloadKind} ${workload.namespace ?? "default"}/${workload.name}`;
  const isConfined = Object.keys(workload.nodeSelector).length > 0 || workload.pinned === true || workload.workloadKind === "Pod";
  const because = way.because ?? (isConfined ? "on which nodes it runs, and which pods run there, is not known" : undefined);
  const id = workloadId(workload);
  sink.rule({
    family: "kubernetes/privileged-pod",
    needs: [fact("control", id)],
    gives: fact("control", nodes),
    certainty: because === undefined ? "must" : "may",
    ...(because !== undefined && { because }),
    grants: [
      grant(
        id,
        { node: way.what },
        { label: `${way.what} of ${label}`, change: `take ${way.what} from ${label}`, source: workload.source },
      ),
    ],
    how: `${label} has ${way.what}, so whoever controls it controls its node`,
    source: workload.source,
  });
}

export function waysOut(workload: KubernetesWorkload): Way[] {
  const ways: Way[] = [];
  const capabilities = new Set(workload.containers.flatMap((each) => each.addedCapabilities).map((name) => name.replace(/^CAP_/, "")));
  if (workload.containers.some((each) => each.privileged)) ways.push({ what: "a privileged container" });
  for (const name of capabilities) if (NODE_CAPABILITIES.has(name)) ways.push({ what: `capability ${name}` });
  if (workload.hostPid && capabilities.has("SYS_PTRACE")) ways.push({ what: "hostPID with SYS_PTRACE" });
  for (const { path, readOnly } of workload.hostPaths) {
    const at = path === "/" ? "" : path.replace(/\/+$/, "");
    const covers = (directory: string): boolean => directory === at || directory.startsWith(`${at}/`);
    const isWithin = (directory: string): boolean => at.startsWith(`${directory}/`);
    if (NODE_SECRETS.some(covers)) ways.push({ what: `host path ${path}` });
    else if (!readOnly && NODE_DIRECTORIES.some(covers)) ways.push({ what: `host path ${path}` });
    else if (!readOnly) ways.push({ what: `host path ${path}`, because: `what lies under ${path} on the node is not known` });
    else if (NODE_SECRETS.some(isWithin))
      ways.push({ what: `host path ${path}`, because: `what lies under ${path} on the node is not known` });
  }
  if (workload.hostPid && !capabilities.has("SYS_PTRACE")) {
    ways.push({ what: "hostPID", because: "how far the node's processes can be read depends on the user the container runs as" });
  }
  return ways;
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
}
