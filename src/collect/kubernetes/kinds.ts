// Which kinds are known, in which API group and versions, and whether they live in a namespace.
import { isObject } from "../../lib/json.ts";

/** Gap topics: what is unseen when objects of a kind are. */
export type Topic = "rbac" | "secrets" | "workloads" | "namespaces" | "config-maps" | "service-accounts" | "network" | "gitops" | "other";

export interface Kind {
  readonly topic: Topic;
  /** Groups under which it was ever served with the same shape; the first is today's. */
  readonly groups: readonly string[];
  readonly versions: readonly string[];
  readonly namespaced: boolean;
  /** The name of its resource, where it is not the kind's plural. */
  readonly resource?: string;
}

const RBAC = { topic: "rbac", groups: ["rbac.authorization.k8s.io"], versions: ["v1", "v1beta1", "v1alpha1"] } as const;
const CORE = { groups: [""], versions: ["v1"], namespaced: true } as const;
const APPS = { topic: "workloads", groups: ["apps", "extensions"], versions: ["v1", "v1beta2", "v1beta1"], namespaced: true } as const;
const BATCH = { topic: "workloads", groups: ["batch"], versions: ["v1", "v1beta1", "v2alpha1"], namespaced: true } as const;

const CNI = { topic: "network", groups: ["k8s.cni.cncf.io"], namespaced: true } as const;
const POLICY_API = { topic: "network", groups: ["policy.networking.k8s.io"], namespaced: false } as const;
const GATEWAY_API = {
  topic: "network",
  groups: ["gateway.networking.k8s.io"],
  versions: ["v1", "v1beta1", "v1alpha3", "v1alpha2", "v1alpha1"],
  namespaced: true,
} as const;

const KUBEVIRT = { topic: "workloads", groups: ["kubevirt.io"], versions: ["v1", "v1alpha3"], namespaced: true } as const;
const ARGO = { topic: "gitops", groups: ["argoproj.io"], versions: ["v1alpha1"], namespaced: true } as const;
const FLUX_SOURCE = {
  topic: "gitops",
  groups: ["source.toolkit.fluxcd.io"],
  versions: ["v1", "v1beta2", "v1beta1"],
  namespaced: true,
} as const;
const KARGO = { topic: "gitops", groups: ["kargo.akuity.io"], versions: ["v1alpha1"], namespaced: true } as const;
const PROMOTER = { topic: "gitops", groups: ["promoter.argoproj.io"], versions: ["v1alpha1"], namespaced: true } as const;

/** Kinds that are read. A kind of that name in another group (a Knative `Service`) is another thing. */
export const KINDS: Readonly<Record<string, Kind>> = {
  Namespace: { ...CORE, topic: "namespaces", namespaced: false },
  ServiceAccount: { ...CORE, topic: "service-accounts" },
  Role: { ...RBAC, namespaced: true },
  ClusterRole: { ...RBAC, namespaced: false },
  RoleBinding: { ...RBAC, namespaced: true },
  ClusterRoleBinding: { ...RBAC, namespaced: false },
  Secret: { ...CORE, topic: "secrets" },
  SealedSecret: { topic: "secrets", groups: ["bitnami.com"], versions: ["v1alpha1"], namespaced: true },
  ExternalSecret: { topic: "secrets", groups: ["external-secrets.io"], versions: ["v1", "v1beta1", "v1alpha1"], namespaced: true },
  ConfigMap: { ...CORE, topic: "config-maps" },
  Pod: { ...CORE, topic: "workloads" },
  ReplicationController: { ...CORE, topic: "workloads" },
  Deployment: APPS,
  ReplicaSet: APPS,
  DaemonSet: APPS,
  StatefulSet: APPS,
  Job: BATCH,
  CronJob: BATCH,
  NetworkPolicy: {
    topic: "network",
    groups: ["networking.k8s.io", "extensions"],
    versions: ["v1", "v1beta1"],
    namespaced: true,
  },
  AdminNetworkPolicy: { ...POLICY_API, versions: ["v1alpha1"] },
  BaselineAdminNetworkPolicy: { ...POLICY_API, versions: ["v1alpha1"] },
  ClusterNetworkPolicy: { ...POLICY_API, versions: ["v1alpha2"] },
  Service: { ...CORE, topic: "network" },
  Ingress: { topic: "network", groups: ["networking.k8s.io", "extensions"], versions: ["v1", "v1beta1"], namespaced: true },
  Route: { topic: "network", groups: ["route.openshift.io"], versions: ["v1"], namespaced: true },
  Gateway: GATEWAY_API,
  HTTPRoute: GATEWAY_API,
  GRPCRoute: GATEWAY_API,
  TLSRoute: GATEWAY_API,
  TCPRoute: GATEWAY_API,
  UDPRoute: GATEWAY_API,
  ReferenceGrant: GATEWAY_API,
  NetworkAttachmentDefinition: { ...CNI, versions: ["v1"], resource: "network-attachment-definitions" },
  MultiNetworkPolicy: { ...CNI, versions: ["v1beta2", "v1beta1"], resource: "multi-networkpolicies" },
  UserDefinedNetwork: { topic: "network", groups: ["k8s.ovn.org"], versions: ["v1"], namespaced: true },
  ClusterUserDefinedNetwork: { topic: "network", groups: ["k8s.ovn.org"], versions: ["v1"], namespaced: false },
  VirtualMachine: KUBEVIRT,
  VirtualMachineInstance: KUBEVIRT,
  VirtualMachineInstanceReplicaSet: KUBEVIRT,
  VirtualMachinePool: { ...KUBEVIRT, groups: ["pool.kubevirt.io"], versions: ["v1", "v1beta1", "v1alpha1"] },
  Node: { ...CORE, topic: "other", namespaced: false },
  PersistentVolumeClaim: { ...CORE, topic: "other" },
  ResourceQuota: { ...CORE, topic: "other" },
  LimitRange: { ...CORE, topic: "other" },
  Application: ARGO,
  AppProject: ARGO,
  ApplicationSet: ARGO,
  GitRepository: { ...FLUX_SOURCE, groups: [...FLUX_SOURCE.groups, ...PROMOTER.groups], versions: [...FLUX_SOURCE.versions, "v1alpha1"] },
  OCIRepository: FLUX_SOURCE,
  HelmRepository: FLUX_SOURCE,
  HelmChart: FLUX_SOURCE,
  Bucket: FLUX_SOURCE,
  ArtifactGenerator: { topic: "gitops", groups: ["source.extensions.fluxcd.io"], versions: ["v1", "v1beta1"], namespaced: true },
  Kustomization: {
    topic: "gitops",
    groups: ["kustomize.toolkit.fluxcd.io"],
    versions: ["v1", "v1beta2", "v1beta1"],
    namespaced: true,
  },
  HelmRelease: { topic: "gitops", groups: ["helm.toolkit.fluxcd.io"], versions: ["v2", "v2beta2", "v2beta1"], namespaced: true },
  Project: { ...KARGO, namespaced: false },
  ProjectConfig: KARGO,
  Warehouse: KARGO,
  Stage: KARGO,
  PromotionTask: KARGO,
  ClusterPromotionTask: { ...KARGO, namespaced: false },
  PromotionStrategy: PROMOTER,
  ArgoCDCommitStatus: PROMOTER,
  TimedCommitStatus: PROMOTER,
  GitCommitStatus: PROMOTER,
  ScheduledCommitStatus: PROMOTER,
  WebRequestCommitStatus: PROMOTER,
};

/** Namespaced kinds of Kubernetes itself that are listed only; those of other groups say where they stand, or stand in no namespace. */
const NAMESPACED_OTHERS: ReadonlySet<string> = new Set([
  "/Endpoints",
  "/Event",
  "policy/PodDisruptionBudget",
  "autoscaling/HorizontalPodAutoscaler",
  "coordination.k8s.io/Lease",
  "discovery.k8s.io/EndpointSlice",
]);

const DOTLESS_GROUPS: ReadonlySet<string> = new Set(["", "apps", "batch", "autoscaling", "policy", "extensions"]);

/** Files for tools, in the clothes of API objects: no cluster ever holds them. `Config` of v1 is a kubeconfig, which holds credentials. */
const NOT_OBJECTS: readonly RegExp[] = [
  /^kustomize\.config\.k8s\.io\//,
  /^v1\/Config$/,
  /^kind\.x-k8s\.io\//,
  /^k3d\.io\//,
  /^eksctl\.io\//,
  /^ctlptl\.dev\//,
  /^kubeadm\.k8s\.io\//,
  /^apiserver\.config\.k8s\.io\//,
  /^kubelet\.config\.k8s\.io\//,
];

export interface ApiVersion {
  readonly group: string;
  readonly version: string;
}

export function apiVersionOf(text: string): ApiVersion | undefined {
  const match = /^(?:([a-z0-9]([a-z0-9.-]*[a-z0-9])?)\/)?(v\d+(?:(?:alpha|beta)\d+)?)$/.exec(text);
  return match ? { group: match[1] ?? "", version: match[3] as string } : undefined;
}

/** Whether a document has the form of an object, or of a list of objects, that an API server could serve. */
export function isClusterObject(document: unknown): document is { apiVersion: string; kind: string } {
  if (!isObject(document) || typeof document["apiVersion"] !== "string" || typeof document["kind"] !== "string") return false;
  const { apiVersion, kind } = document as { apiVersion: string; kind: string };
  if (NOT_OBJECTS.some((pattern) => pattern.test(`${apiVersion}/${kind}`))) return false;
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  return DOTLESS_GROUPS.has(group) || group.includes(".");
}

/** `kind: List`, or a typed list (`PodList`) as a raw API call answers. */
export const isList = (document: { kind: string }): boolean =>
  document.kind.endsWith("List") && Array.isArray((document as Record<string, unknown>)["items"]);

const DISCOVERY: ReadonlySet<string> = new Set(["APIVersions", "APIGroupList", "APIGroup", "APIResourceList"]);

/**
 * What the server says that it serves (`kubectl get --raw /apis`): it tells why a kind was not asked for, and is no object. The list of the core
 * group names no version of its own.
 */
export const isDiscovery = (document: unknown): boolean =>
  isObject(document) && DISCOVERY.has(String(document["kind"])) && (document["apiVersion"] ?? "v1") === "v1";

/** What the kind is, when its group is one it is known in. */
export function kindOf(kind: string, api: ApiVersion): Kind | undefined {
  // Threat: a kind named `constructor` would be found on every object.
  const known = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  return known?.groups.includes(api.group) ? known : undefined;
}

/** Groups of Kubernetes itself, of which every kind is known: a Pod of `apps/v1` is a slip, and no server takes it. */
const OWN_GROUPS: ReadonlySet<string> = new Set([...DOTLESS_GROUPS, "networking.k8s.io", "rbac.authorization.k8s.io"]);

/** A known kind in a group of Kubernetes that does not have it. */
export const misplacedKind = (kind: string, api: ApiVersion): Kind | undefined =>
  Object.hasOwn(KINDS, kind) && OWN_GROUPS.has(api.group) && kindOf(kind, api) === undefined ? KINDS[kind] : undefined;

export const isNamespacedOther = (group: string, kind: string): boolean => NAMESPACED_OTHERS.has(`${group}/${kind}`);
