// Ids of what stands in a cluster, and of the parts of a namespace that one permission covers together.
import type { KubernetesWorkload } from "../../model/observations/kubernetes.ts";

export const RBAC_GROUP = "rbac.authorization.k8s.io";

export const clusterId = (cluster: string): string => `k8s:${cluster}`;

/** `k8s:CLUSTER/NAMESPACE/KIND.GROUP/NAME`. */
export const objectId = (cluster: string, namespace: string | undefined, kind: string, group: string, name: string): string =>
  `k8s:${cluster}/${namespace ?? "-"}/${group ? `${kind}.${group}` : kind}/${name}`;

export const namespaceId = (cluster: string, namespace: string): string => objectId(cluster, undefined, "Namespace", "", namespace);
export const serviceAccountId = (cluster: string, namespace: string, name: string): string =>
  objectId(cluster, namespace, "ServiceAccount", "", name);
export const secretId = (cluster: string, namespace: string, name: string): string => objectId(cluster, namespace, "Secret", "", name);
export const configMapId = (cluster: string, namespace: string, name: string): string =>
  objectId(cluster, namespace, "ConfigMap", "", name);
export const userId = (cluster: string, name: string): string => objectId(cluster, undefined, "User", RBAC_GROUP, name);
export const groupId = (cluster: string, name: string): string => objectId(cluster, undefined, "Group", RBAC_GROUP, name);
export const workloadId = (of: Pick<KubernetesWorkload, "cluster" | "namespace" | "workloadKind" | "group" | "name">): string =>
  objectId(of.cluster, of.namespace, of.workloadKind, of.group, of.name);

/**
 * A part of a namespace (or, without one, of all namespaces of the cluster) that permissions address as a whole. One fact over a part stands for
 * as many facts as there are objects in it, which keeps the rules near the number of grants.
 *
 * - `workloads`: write is to create pods, or what makes pods
 * - `pods`: control is to run commands in, or replace the image of, the running ones
 * - `deployments`, `statefulsets` …: control is to rewrite those
 * - `secrets`, `config-maps`: read, write; author is to create new ones
 * - `service-accounts`: act-as
 * - `roles`, `role-bindings`: write
 * - `role-escalation-check`, `binding-escalation-check`: what the API server asks of who writes roles and bindings; the verbs escalate and bind defeat it
 * - `argo-applications`, `flux-sources` …: write is to create or rewrite the objects that a controller deploys by
 * - `pod-security`: the admission that keeps pods from their node; who relabels the namespace defeats it
 */
export type NamespacePart =
  | "workloads"
  | "pods"
  | "deployments"
  | "replicasets"
  | "statefulsets"
  | "daemonsets"
  | "cronjobs"
  | "replicationcontrollers"
  | "secrets"
  | "config-maps"
  | "service-accounts"
  | "roles"
  | "role-bindings"
  | "role-escalation-check"
  | "binding-escalation-check"
  | GitopsPart
  | "pod-security";

/** Objects of continuous delivery, by what writing one of them amounts to. */
export const GITOPS_PARTS = [
  "argo-applications",
  "argo-application-sets",
  "argo-projects",
  "flux-deployments",
  "flux-sources",
  "kargo-promotions",
  "kargo-settings",
  "promotion-strategies",
] as const;
export type GitopsPart = (typeof GITOPS_PARTS)[number];

/** Parts that exist once in a cluster. */
export type ClusterPart =
  | "nodes"
  | "node-logs"
  | "persistent-volumes"
  | "cluster-roles"
  | "cluster-role-bindings"
  | "cluster-role-escalation-check"
  | "certificate-requests"
  | "kubelet-certificate-requests";

export const partId = (cluster: string, namespace: string | undefined, part: NamespacePart | ClusterPart): string =>
  `k8s:${cluster}/${namespace ?? "-"}/-/${part}`;
