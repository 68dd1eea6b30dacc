// The Kubernetes collector: `kubectl get` output and manifests, as files.
import type { Gap } from "../../model/gap.ts";
import type { Scope } from "../../model/manifest.ts";
import type { Collector } from "../collector.ts";
import { CLAUSES } from "./clauses.ts";
import { leastRules, RESOURCES } from "./fetch-resources.ts";
import { isChart, isKustomization } from "./kustomize.ts";
import { isClusterObject, isDiscovery, isList, type Topic } from "./kinds.ts";
import { join } from "./join.ts";
import { map } from "./map.ts";

export const collector: Collector = {
  system: "kubernetes",
  reads: [
    "kubectl get -o json|yaml, one object, a List, or a typed list",
    "manifests, several documents a file",
    "Namespace, ServiceAccount, Role, ClusterRole, RoleBinding, ClusterRoleBinding, Secret (fingerprints only), SealedSecret, ExternalSecret, ConfigMap",
    "Pod, Deployment, ReplicaSet, StatefulSet, DaemonSet, Job, CronJob, ReplicationController",
    "VirtualMachine, VirtualMachineInstance, VirtualMachineInstanceReplicaSet, VirtualMachinePool of KubeVirt",
    "NetworkPolicy, AdminNetworkPolicy, BaselineAdminNetworkPolicy, ClusterNetworkPolicy",
    "NetworkAttachmentDefinition, MultiNetworkPolicy, UserDefinedNetwork, ClusterUserDefinedNetwork",
    "Service, Ingress, OpenShift Route, Gateway and the routes of the Gateway API, ReferenceGrant",
    "Node (labels and taints), PersistentVolumeClaim, ResourceQuota, LimitRange",
    "Application, AppProject, ApplicationSet (Argo CD)",
    "Kustomization, HelmRelease and their sources (Flux)",
    "Project, ProjectConfig, Warehouse, Stage, PromotionTask (Kargo), PromotionStrategy and commit statuses (GitOps Promoter)",
    "kustomizations of plain manifests; any other, and Helm charts, as gaps that name the command which renders them",
    "every other kind by name",
  ],
  permissions: leastRules().map(({ apiGroups, resources }) => `list ${resources.join(", ")} (${apiGroups[0] || '""'})`),
  cannotSee: [
    "flags of the API server: anonymous requests are taken as allowed, their default (A1)",
    "who is in a group that an identity provider asserts, unless the charter says so (A6)",
    "values of sealed and external secrets (B5)",
    "admission policies of other products: what they refuse stays uncertain (A1)",
    "which pods share a node (A1)",
    "whether the network plugin enforces policies, and what policies of its own kinds say (B4)",
  ],
  recognize(document, file) {
    if (isDiscovery(document)) return "Kubernetes discovery";
    // Files for tools hold no object by themselves: they count where the folder is said to be a cluster's.
    if (file.scope?.cluster !== undefined && isKustomization(document)) return "Kustomization";
    if (file.scope?.cluster !== undefined && isChart(document)) return "Helm chart";
    if (!isClusterObject(document)) return undefined;
    // A pipeline in a repository is no object of a cluster: the Tekton collector reads it.
    if (file.scope?.cluster === undefined && document.apiVersion.startsWith("tekton.dev/")) return undefined;
    return isList(document) ? "Kubernetes list" : "Kubernetes object";
  },
  map,
  join,
  denied,
};

const SHORT_NAMES: readonly (readonly [RegExp, Topic])[] = [
  [/^(network-attachment-definition|net-attach-def|multi-networkpolicy)$/, "network"],
  [/^(po|deploy|rs|sts|ds|cj|rc)$/, "workloads"],
  [/^ns$/, "namespaces"],
  [/^cm$/, "config-maps"],
  [/^sa$/, "service-accounts"],
  [/^(netpol|anp|banp|cnp|svc|ing|gtw)$/, "network"],
  [/^(apps?|appprojs?|appsets?|ks|hr)$/, "gitops"],
];

/** A call that names no resource could have been about any. */
const EVERY_TOPIC: readonly Topic[] = [
  "rbac",
  "secrets",
  "workloads",
  "namespaces",
  "config-maps",
  "service-accounts",
  "network",
  "gitops",
  "other",
];

function denied(call: string, error: string, scope: Scope): readonly Gap[] {
  const cluster = scope.cluster;
  if (cluster === undefined) {
    return [{ topic: "kubernetes/scope", subject: call, what: `the cluster of ${call}`, why: error, clauses: CLAUSES.other }];
  }
  const { resources, namespace } = asked(call);
  const topics = resources.length === 0 ? EVERY_TOPIC : [...new Set(resources.map(topicOf))];
  return topics.map((topic) => ({
    topic: `kubernetes/${topic}`,
    subject: namespace && topic !== "namespaces" ? `${cluster}/${namespace}` : cluster,
    what: `${call} in ${cluster}`,
    why: error,
    clauses: CLAUSES[topic],
  }));
}

/** What `kubectl get TYPES [-n NAMESPACE]`, or `GET /api/v1/namespaces/NAMESPACE/TYPE`, asked for. */
function asked(call: string): { readonly resources: readonly string[]; readonly namespace?: string } {
  const path = /\/(?:api\/v1|apis\/[^/\s]+\/[^/\s]+)(?:\/namespaces\/([^/\s]+))?\/([a-z-]+)/.exec(call);
  if (path) return { resources: [path[2] as string], ...(path[1] && { namespace: path[1] }) };
  const words = call.trim().split(/\s+/);
  const flag = words.findIndex((word) => word === "-n" || word === "--namespace");
  const namespace = flag >= 0 ? words[flag + 1] : words.find((word) => word.startsWith("--namespace="))?.split("=")[1];
  const types = words[words.indexOf("get") + 1];
  const resources = words.includes("get") && types && !types.startsWith("-") ? types.split(",") : [];
  return { resources: resources.map((type) => (type.split(".")[0] as string).toLowerCase()), ...(namespace && { namespace }) };
}

const topicOf = (resource: string): Topic =>
  RESOURCES.find(({ name, kind }) => name === resource || kind.toLowerCase() === resource)?.topic ??
  SHORT_NAMES.find(([pattern]) => pattern.test(resource))?.[1] ??
  "other";
