// The permissions that reach further than the object they are about: what each amounts to, as data.
import type { Capability } from "../../model/rule.ts";
import type { Target } from "./effects.ts";
import type { ClusterPart, NamespacePart } from "./ids.ts";
import { type Request, request } from "./permits.ts";

export interface Row {
  readonly family: string;
  /** Any of these requests. */
  readonly requests: readonly Request[];
  readonly capability: Capability;
  readonly target: Target;
  /** When a rule holds resourceNames: the effect is over those objects, over the workload of those pods, or the same as without names. */
  readonly named: { readonly kind: string; readonly group: string } | "pod" | "all the same";
  readonly how: string;
  /** For an effect that is not certain. */
  readonly because?: string;
  /** The same where a rule holds resourceNames: why the named objects may not be the ones that count. */
  readonly becauseNamed?: string;
}

const each = (verbs: readonly string[], on: readonly string[]): Request[] =>
  verbs.flatMap((verb) => on.map((thing) => request(verb, thing)));
const part = (name: NamespacePart): Target => ({ type: "part", part: name });
const clusterPart = (name: ClusterPart): Target => ({ type: "cluster-part", part: name });

const READ = ["get", "list", "watch"];
const CHANGE = ["update", "patch"];
const RBAC = "rbac.authorization.k8s.io";
const SAME = "all the same";

/** Makers of pods whose pod template can be rewritten, with the groups they were served under. A Job's template is immutable (batch/v1). */
const CONTROLLERS: readonly (readonly [part: NamespacePart, kind: string, group: string, on: readonly string[]])[] = [
  ["deployments", "Deployment", "apps", ["apps/deployments", "extensions/deployments"]],
  ["replicasets", "ReplicaSet", "apps", ["apps/replicasets", "extensions/replicasets"]],
  ["statefulsets", "StatefulSet", "apps", ["apps/statefulsets"]],
  ["daemonsets", "DaemonSet", "apps", ["apps/daemonsets", "extensions/daemonsets"]],
  ["cronjobs", "CronJob", "batch", ["batch/cronjobs"]],
  ["replicationcontrollers", "ReplicationController", "", ["/replicationcontrollers"]],
];

/** Objects that a controller deploys by: who writes one decides what the controller applies, with the controller's own permissions. */
const DEPLOYED_BY: readonly (readonly [part: NamespacePart, kind: string, group: string, resource: string])[] = [
  ["argo-applications", "Application", "argoproj.io", "applications"],
  ["argo-application-sets", "ApplicationSet", "argoproj.io", "applicationsets"],
  ["argo-projects", "AppProject", "argoproj.io", "appprojects"],
  ["flux-deployments", "Kustomization", "kustomize.toolkit.fluxcd.io", "kustomizations"],
  ["flux-deployments", "HelmRelease", "helm.toolkit.fluxcd.io", "helmreleases"],
  ["flux-sources", "GitRepository", "source.toolkit.fluxcd.io", "gitrepositories"],
  ["flux-sources", "OCIRepository", "source.toolkit.fluxcd.io", "ocirepositories"],
  ["flux-sources", "HelmRepository", "source.toolkit.fluxcd.io", "helmrepositories"],
  ["flux-sources", "Bucket", "source.toolkit.fluxcd.io", "buckets"],
  ["flux-sources", "ArtifactGenerator", "source.extensions.fluxcd.io", "artifactgenerators"],
  ["kargo-promotions", "Promotion", "kargo.akuity.io", "promotions"],
  ["kargo-settings", "Stage", "kargo.akuity.io", "stages"],
  ["kargo-settings", "ProjectConfig", "kargo.akuity.io", "projectconfigs"],
  ["kargo-settings", "Warehouse", "kargo.akuity.io", "warehouses"],
  ["promotion-strategies", "PromotionStrategy", "promoter.argoproj.io", "promotionstrategies"],
];

const NAMED_ROLES = "only named roles can be rewritten, and whether one of them is bound to whoever rewrites it is not known";

const REWRITABLE = CONTROLLERS.flatMap(([, , , on]) => on);

/**
 * Rows for namespaced resources: they hold in the namespace of a RoleBinding, or in every namespace.
 *
 * Source: Kubernetes, "Role Based Access Control Good Practices", Privilege escalation risks: Listing secrets, Workload creation, Impersonate
 * verb, Bind verb, Escalate verb, Token request, Namespace modification. Ephemeral containers and exec: Kubernetes, "Debug Running Pods" and
 * "Multi-tenancy". Since 1.35 a websocket exec needs `create` too; before, `get` was enough.
 */
export const NAMESPACE_ROWS: readonly Row[] = [
  {
    family: "kubernetes/create-workload",
    requests: [...each(["create"], ["/pods", "batch/jobs", ...REWRITABLE]), ...each(CHANGE, REWRITABLE)],
    capability: "write",
    target: part("workloads"),
    named: SAME,
    how: "make pods of any content",
  },
  ...CONTROLLERS.map(([name, kind, group, on]): Row => ({
    family: "kubernetes/edit-workload",
    requests: each(CHANGE, on),
    capability: "control",
    target: part(name),
    named: { kind, group },
    how: `rewrite ${name}`,
  })),
  ...DEPLOYED_BY.map(([name, kind, group, resource]): Row => ({
    family: "gitops/write-object",
    requests: each(["create", ...CHANGE], [`${group}/${resource}`]),
    capability: "write",
    target: part(name),
    named: { kind, group },
    how: `write ${resource}`,
  })),
  {
    family: "kubernetes/exec",
    requests: [
      ...each(["create"], ["/pods/exec", "/pods/attach"]),
      ...each(CHANGE, ["/pods/ephemeralcontainers"]),
      // The image of a running pod may be replaced (Pods, "Pod update and replacement").
      ...each(CHANGE, ["/pods"]),
    ],
    capability: "control",
    target: part("pods"),
    named: "pod",
    how: "run commands in running pods",
  },
  {
    family: "kubernetes/exec",
    requests: each(["get"], ["/pods/exec", "/pods/attach"]),
    capability: "control",
    target: part("pods"),
    named: "pod",
    how: "run commands in running pods over a websocket",
    because: "get suffices for exec before Kubernetes 1.35 only, and the version was not read",
  },
  {
    family: "kubernetes/port-forward",
    requests: each(["get", "create"], ["/pods/portforward", "/pods/proxy", "/services/proxy"]),
    capability: "connect",
    target: part("pods"),
    named: SAME,
    how: "open connections to pods",
  },
  {
    family: "kubernetes/read-secrets",
    requests: each(READ, ["/secrets"]),
    capability: "read",
    target: part("secrets"),
    named: { kind: "Secret", group: "" },
    how: "read secrets",
  },
  {
    family: "kubernetes/write-secrets",
    requests: each(["create", ...CHANGE], ["/secrets"]),
    capability: "write",
    target: part("secrets"),
    named: { kind: "Secret", group: "" },
    how: "write secrets",
  },
  {
    family: "kubernetes/write-secrets",
    requests: each(["create"], ["/secrets"]),
    capability: "author",
    target: part("secrets"),
    named: SAME,
    how: "create secrets",
  },
  {
    family: "kubernetes/read-config-maps",
    requests: each(READ, ["/configmaps"]),
    capability: "read",
    target: part("config-maps"),
    named: { kind: "ConfigMap", group: "" },
    how: "read config maps",
  },
  {
    family: "kubernetes/write-config-maps",
    requests: each(["create", ...CHANGE], ["/configmaps"]),
    capability: "write",
    target: part("config-maps"),
    named: { kind: "ConfigMap", group: "" },
    how: "write config maps",
  },
  {
    family: "kubernetes/create-token",
    requests: each(["create"], ["/serviceaccounts/token"]),
    capability: "act-as",
    target: part("service-accounts"),
    named: { kind: "ServiceAccount", group: "" },
    how: "make tokens of service accounts",
  },
  {
    family: "kubernetes/impersonate",
    requests: each(["impersonate"], ["/serviceaccounts"]),
    capability: "act-as",
    target: part("service-accounts"),
    named: { kind: "ServiceAccount", group: "" },
    how: "impersonate service accounts",
  },
  {
    family: "kubernetes/escalate",
    requests: each(CHANGE, [`${RBAC}/roles`]),
    capability: "write",
    target: part("roles"),
    named: SAME,
    how: "rewrite roles",
    becauseNamed: NAMED_ROLES,
  },
  {
    family: "kubernetes/escalate",
    requests: each(["escalate"], [`${RBAC}/roles`]),
    capability: "defeat",
    target: part("role-escalation-check"),
    named: SAME,
    how: "put into roles what they do not hold (escalate)",
    becauseNamed: NAMED_ROLES,
  },
  {
    family: "kubernetes/escalate",
    requests: each(["create"], [`${RBAC}/rolebindings`]),
    capability: "write",
    target: part("role-bindings"),
    named: SAME,
    how: "create role bindings",
  },
  {
    family: "kubernetes/escalate",
    requests: each(CHANGE, [`${RBAC}/rolebindings`]),
    capability: "write",
    target: part("role-bindings"),
    named: SAME,
    how: "change role bindings",
    because: "a binding's role cannot be changed, so it rests on which bindings are there",
  },
  {
    family: "kubernetes/pod-security",
    requests: each(CHANGE, ["/namespaces"]),
    capability: "defeat",
    target: part("pod-security"),
    named: { kind: "Namespace", group: "" },
    how: "relabel namespaces",
  },
];

/**
 * Rows for cluster-scoped resources: only a ClusterRoleBinding gives them.
 *
 * Source: the same page, Persistent volume creation, Access to proxy subresource of Nodes, CSRs and certificate issuing, Control admission webhooks.
 */
export const CLUSTER_ROWS: readonly Row[] = [
  {
    family: "kubernetes/node-proxy",
    requests: each(["get", "create"], ["/nodes/proxy"]),
    capability: "control",
    target: part("pods"),
    named: SAME,
    how: "use the kubelet's interface to run commands in any pod",
  },
  {
    family: "kubernetes/node-proxy",
    requests: each(["get"], ["/nodes/log"]),
    capability: "read",
    target: clusterPart("node-logs"),
    named: SAME,
    how: "read the logs of nodes through the kubelet",
  },
  {
    family: "kubernetes/persistent-volume",
    requests: each(["create"], ["/persistentvolumes"]),
    capability: "write",
    target: clusterPart("persistent-volumes"),
    named: SAME,
    how: "make persistent volumes",
  },
  {
    family: "kubernetes/escalate",
    requests: each(CHANGE, [`${RBAC}/clusterroles`]),
    capability: "write",
    target: clusterPart("cluster-roles"),
    named: SAME,
    how: "rewrite cluster roles",
    becauseNamed: NAMED_ROLES,
  },
  {
    family: "kubernetes/escalate",
    requests: each(["escalate"], [`${RBAC}/clusterroles`]),
    capability: "defeat",
    target: clusterPart("cluster-role-escalation-check"),
    named: SAME,
    how: "put into cluster roles what they do not hold (escalate)",
    becauseNamed: NAMED_ROLES,
  },
  {
    family: "kubernetes/escalate",
    requests: each(["create"], [`${RBAC}/clusterrolebindings`]),
    capability: "write",
    target: clusterPart("cluster-role-bindings"),
    named: SAME,
    how: "create cluster role bindings",
  },
  {
    family: "kubernetes/webhook",
    requests: each(
      ["create", ...CHANGE],
      ["admissionregistration.k8s.io/mutatingwebhookconfigurations", "admissionregistration.k8s.io/mutatingadmissionpolicies"],
    ),
    capability: "control",
    target: { type: "scope" },
    named: SAME,
    how: "rewrite every object on its way into the cluster",
  },
  {
    family: "kubernetes/webhook",
    requests: each(["create", ...CHANGE], ["admissionregistration.k8s.io/validatingwebhookconfigurations"]),
    capability: "read",
    target: part("secrets"),
    named: SAME,
    how: "see every secret on its way into the cluster",
  },
  {
    family: "kubernetes/certificate",
    requests: each(["create"], ["certificates.k8s.io/certificatesigningrequests"]),
    capability: "author",
    target: clusterPart("certificate-requests"),
    named: SAME,
    how: "ask for certificates",
  },
  {
    family: "kubernetes/certificate",
    requests: each(CHANGE, ["certificates.k8s.io/certificatesigningrequests/approval"]),
    capability: "write",
    target: clusterPart("certificate-requests"),
    named: SAME,
    how: "approve certificate requests",
  },
];
