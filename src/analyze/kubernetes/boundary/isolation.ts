// What makes a namespace more than a name: a default that denies connections, pod security, and limits on what it takes.
import type { KubernetesAdminPolicy, KubernetesNetworkPolicy } from "../../../model/observations/kubernetes-network.ts";
import type { Estate } from "../../estate.ts";
import { matches } from "../../network/kubernetes/selectors.ts";
import type { Cluster, Namespace } from "../cluster.ts";
import { isUnread } from "./shared.ts";
import { podSecurityLevel } from "../parts.ts";

export type Direction = "ingress" | "egress";

/** Policies of plugins' own kinds deny too, and are not read. */
const OTHER_POLICIES = /^(Cilium(Clusterwide)?NetworkPolicy|GlobalNetworkPolicy|Tier|ClusterPolicy|AntreaClusterNetworkPolicy)$/;

/**
 * Every pod of the namespace is isolated for the direction by a policy that selects all of them, so that what no policy allows is denied, or an admin policy
 * denies everyone. A policy that allows everyone everything isolates nothing.
 *
 * Source: Kubernetes, "Network Policies", The two sorts of pod isolation, Default deny all ingress traffic, Allow all ingress traffic; Network Policy API,
 * AdminNetworkPolicy, BaselineAdminNetworkPolicy, ClusterNetworkPolicy.
 */
export function deniesByDefault(estate: Estate, cluster: Cluster, namespace: Namespace, direction: Direction): boolean | undefined {
  const { observations } = estate;
  const own = observations("kubernetes/network-policy").filter(
    (each) => each.cluster === cluster.name && each.namespace === namespace.name,
  );
  if (own.some((policy) => isolatesAll(policy, direction))) return true;
  const labels = { "kubernetes.io/metadata.name": namespace.name, ...namespace.object?.labels };
  const admin = observations("kubernetes/admin-policy").filter((each) => each.cluster === cluster.name);
  if (admin.some((policy) => deniesAll(policy, labels, direction))) return true;
  const hasOthers = cluster.others.some(
    ({ objectKind, namespace: at }) => OTHER_POLICIES.test(objectKind) && (at === undefined || at === namespace.name),
  );
  return hasOthers || isUnread(estate, cluster, "kubernetes/network") ? undefined : false;
}

function isolatesAll({ podSelector, policyTypes, ingress, egress }: KubernetesNetworkPolicy, direction: Direction): boolean {
  const isEveryone = Object.keys(podSelector.matchLabels).length === 0 && podSelector.matchExpressions.length === 0;
  const types = policyTypes ?? ["Ingress", ...(egress.length > 0 ? ["Egress" as const] : [])];
  const rules = direction === "ingress" ? ingress : egress;
  const isOpen = rules.some(({ peers, ports }) => peers.length === 0 && ports.length === 0);
  return isEveryone && types.includes(direction === "ingress" ? "Ingress" : "Egress") && !isOpen;
}

function deniesAll(
  { subject, ingress, egress }: KubernetesAdminPolicy,
  labels: Readonly<Record<string, string>>,
  direction: Direction,
): boolean {
  if (subject.pods !== undefined && Object.keys(subject.pods.matchLabels).length + subject.pods.matchExpressions.length > 0) return false;
  if (!matches(subject.namespaces, labels)) return false;
  const rules = direction === "ingress" ? ingress : egress;
  return rules.some(
    ({ action, peers, ports }) =>
      action === "deny" &&
      ports === undefined &&
      peers.some(
        (peer) =>
          "namespaces" in peer &&
          peer.pods === undefined &&
          Object.keys(peer.namespaces.matchLabels).length + peer.namespaces.matchExpressions.length === 0,
      ),
  );
}

export type Level = "privileged" | "baseline" | "restricted";

export const LEVELS: readonly Level[] = ["privileged", "baseline", "restricted"];

/** Undefined: the namespace object was not read, and its labels with it. */
export const enforcesAtLeast = (namespace: Namespace, least: Level): boolean | undefined =>
  namespace.object === undefined ? undefined : LEVELS.indexOf(levelOf(namespace) ?? "privileged") >= LEVELS.indexOf(least);

export const levelOf = (namespace: Namespace): Level | undefined => podSecurityLevel(namespace.object?.labels);

/** Capabilities that the level baseline lets a container add (Pod Security Standards, Baseline, Capabilities). */
const BASELINE_CAPABILITIES: ReadonlySet<string> = new Set([
  ...[
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
  ],
  "SYS_CHROOT",
]);

/** Whether something in the namespace asks for what the level baseline refuses: then enforcing no more than privileged is what lets it run. */
export const needsPrivileges = ({ workloads }: Namespace): boolean =>
  workloads.some(
    ({ hostNetwork, hostPid, hostIpc, hostPaths, containers }) =>
      hostNetwork ||
      hostPid ||
      hostIpc ||
      hostPaths.length > 0 ||
      containers.some(
        ({ privileged, addedCapabilities }) =>
          privileged || addedCapabilities.some((each) => !BASELINE_CAPABILITIES.has(each.replace(/^CAP_/, ""))),
      ),
  );

export function hasQuota(
  estate: Estate,
  cluster: Cluster,
  namespace: Namespace,
  kind: "ResourceQuota" | "LimitRange",
): boolean | undefined {
  const { observations } = estate;
  const has = observations("kubernetes/quota").some(
    (each) => each.cluster === cluster.name && each.namespace === namespace.name && each.objectKind === kind,
  );
  return has || !isUnread(estate, cluster, "kubernetes/other") ? has : undefined;
}
