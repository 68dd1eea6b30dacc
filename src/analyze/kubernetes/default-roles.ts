// The cluster roles that every API server makes for itself: used where a binding names one and the files do not hold it.
import type { KubernetesPolicyRule } from "../../model/observations/kubernetes.ts";
import type { Source } from "../../model/source.ts";

const READ = ["get", "list", "watch"];
const WRITE = ["create", "delete", "deletecollection", "patch", "update"];

type Line = readonly [verbs: readonly string[], group: string, resources: readonly string[]];

const POD_DOORS = ["pods/attach", "pods/exec", "pods/portforward", "pods/proxy"];
const CONTROLLERS = [
  "daemonsets",
  "deployments",
  "deployments/scale",
  "replicasets",
  "replicasets/scale",
  "statefulsets",
  "statefulsets/scale",
];
const PLAIN = [
  "configmaps",
  "persistentvolumeclaims",
  "replicationcontrollers",
  "replicationcontrollers/scale",
  "serviceaccounts",
  "services",
];

const VIEW: readonly Line[] = [
  [READ, "", [...PLAIN, "endpoints", "pods", "events", "limitranges", "namespaces", "pods/log", "pods/status", "resourcequotas"]],
  [READ, "apps", CONTROLLERS],
  [READ, "batch", ["cronjobs", "jobs"]],
  [READ, "autoscaling", ["horizontalpodautoscalers"]],
  [READ, "policy", ["poddisruptionbudgets"]],
  [READ, "networking.k8s.io", ["ingresses", "networkpolicies"]],
];

const EDIT: readonly Line[] = [
  ...VIEW,
  [READ, "", [...POD_DOORS, "secrets", "services/proxy"]],
  [["impersonate"], "", ["serviceaccounts"]],
  [WRITE, "", ["pods", ...POD_DOORS, ...PLAIN, "events", "secrets", "services/proxy"]],
  [["create"], "", ["pods/eviction", "serviceaccounts/token"]],
  [WRITE, "apps", CONTROLLERS],
  [WRITE, "batch", ["cronjobs", "jobs"]],
  [WRITE, "autoscaling", ["horizontalpodautoscalers"]],
  [WRITE, "policy", ["poddisruptionbudgets"]],
  [WRITE, "networking.k8s.io", ["ingresses", "networkpolicies"]],
  [[...READ, ...WRITE], "coordination.k8s.io", ["leases"]],
];

const ADMIN: readonly Line[] = [
  ...EDIT,
  [["create"], "authorization.k8s.io", ["localsubjectaccessreviews"]],
  [[...READ, ...WRITE], "rbac.authorization.k8s.io", ["roles", "rolebindings"]],
];

const NOTHING: readonly Line[] = [];

/**
 * What the default cluster roles permit. The API server restores them at every start (auto-reconciliation), and cluster roles labelled
 * `rbac.authorization.k8s.io/aggregate-to-…` add to the user-facing ones.
 *
 * Source: Kubernetes, "Using RBAC Authorization", Default roles and role bindings, User-facing roles, Core component roles;
 * kubernetes/kubernetes plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go.
 */
const DEFAULT_ROLES: Readonly<Record<string, readonly Line[]>> = {
  "cluster-admin": [[["*"], "*", ["*"]]],
  admin: ADMIN,
  edit: EDIT,
  view: VIEW,
  // Discovery, and questions about oneself.
  "system:discovery": NOTHING,
  "system:basic-user": NOTHING,
  "system:public-info-viewer": NOTHING,
  "system:service-account-issuer-discovery": NOTHING,
  // Reviews of tokens and of access change nothing.
  "system:auth-delegator": [[["create"], "authentication.k8s.io", ["tokenreviews"]]],
  "system:monitoring": NOTHING,
};

export function defaultRole(name: string, source: Source): readonly KubernetesPolicyRule[] | undefined {
  const lines = Object.hasOwn(DEFAULT_ROLES, name) ? DEFAULT_ROLES[name] : undefined;
  return lines?.map(([verbs, group, resources]) => ({ verbs, apiGroups: [group], resources, resourceNames: [], source }));
}

/** The label by which other cluster roles add to a user-facing one. */
export const aggregationLabel = (role: string): string | undefined =>
  ["admin", "edit", "view"].includes(role) ? `rbac.authorization.k8s.io/aggregate-to-${role}` : undefined;

/** Access policies of EKS are written like the user-facing roles (Amazon EKS User Guide, "Review access policy permissions"). */
const ACCESS_POLICIES: Readonly<Record<string, readonly Line[]>> = {
  AmazonEKSClusterAdminPolicy: [[["*"], "*", ["*"]]],
  AmazonEKSAdminPolicy: ADMIN,
  AmazonEKSEditPolicy: EDIT,
  AmazonEKSViewPolicy: VIEW,
  AmazonEKSAdminViewPolicy: [[READ, "*", ["*"]]],
  AmazonEKSSecretReaderPolicy: [[READ, "", ["secrets"]]],
};

export function accessPolicyRules(name: string, source: Source): readonly KubernetesPolicyRule[] | undefined {
  const lines = Object.hasOwn(ACCESS_POLICIES, name) ? ACCESS_POLICIES[name] : undefined;
  return lines?.map(([verbs, group, resources]) => ({ verbs, apiGroups: [group], resources, resourceNames: [], source }));
}
