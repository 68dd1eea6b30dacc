// A generated cluster that three environments share: pods and their makers, service accounts, roles and bindings, planted escalations and near-misses.
import type { Observation } from "../src/model/observation.ts";
import type {
  KubernetesPolicyRule,
  KubernetesRole,
  KubernetesRoleBinding,
  KubernetesSubject,
  KubernetesWorkload,
} from "../src/model/observations/kubernetes.ts";

export interface RbacSize {
  readonly pods: number;
  readonly namespaces: number;
  /** How often each way and each near-miss is planted. */
  readonly copies: number;
}

export interface GeneratedRbac {
  readonly observations: readonly Observation[];
  /** Names of bindings that let something of a lower environment write or read production. */
  readonly planted: readonly string[];
  /** Names of bindings that look like it and do not. */
  readonly nearMisses: readonly string[];
}

export const CLUSTER = "generated";
export const TIERS = ["development", "test", "production"] as const;
const PODS_A_DEPLOYMENT = 5;
const RBAC = "rbac.authorization.k8s.io";

const source = { file: "generated.json" };
const head = { cluster: CLUSTER, labels: {}, annotations: {}, served: true, source } as const;
const namespaceName = (tier: number, i: number): string => `${TIERS[tier]}-${i}`;

const rule = (verbs: readonly string[], group: string, resources: readonly string[], resourceNames: readonly string[] = []) =>
  ({ verbs, apiGroups: [group], resources, resourceNames, source }) satisfies KubernetesPolicyRule;

const role = (name: string, rules: readonly KubernetesPolicyRule[], namespace?: string): KubernetesRole => ({
  ...head,
  kind: "kubernetes/role",
  name,
  ...(namespace !== undefined && { namespace }),
  rules,
  aggregates: [],
});

const account = (namespace: string, name: string): KubernetesSubject => ({ type: "ServiceAccount", name, namespace, source });
const group = (name: string): KubernetesSubject => ({ type: "Group", name, source });

const binding = (
  name: string,
  to: KubernetesRoleBinding["role"],
  subject: KubernetesSubject,
  namespace?: string,
): KubernetesRoleBinding => ({
  ...head,
  kind: "kubernetes/role-binding",
  name,
  ...(namespace !== undefined && { namespace }),
  role: to,
  subjects: [subject],
});

const wide = (name: string): KubernetesRoleBinding["role"] => ({ type: "ClusterRole", name });

/** What each kind of escalation asks of the role; bound to something below, in a namespace of production. */
const WAYS: Readonly<Record<string, readonly KubernetesPolicyRule[]>> = {
  deploy: [rule(["create", "update"], "apps", ["deployments"])],
  pods: [rule(["create"], "", ["pods"])],
  exec: [rule(["create"], "", ["pods/exec"])],
  debug: [rule(["patch"], "", ["pods/ephemeralcontainers"])],
  secrets: [rule(["get", "list"], "", ["secrets"])],
  token: [rule(["create"], "", ["serviceaccounts/token"])],
  impersonate: [rule(["impersonate"], "", ["serviceaccounts"])],
  bind: [rule(["create"], RBAC, ["rolebindings"]), rule(["bind"], RBAC, ["clusterroles"], ["way-deploy"])],
  everything: [rule(["*"], "*", ["*"])],
};

/** Bound in the whole cluster. */
const CLUSTER_WAYS: Readonly<Record<string, readonly KubernetesPolicyRule[]>> = {
  daemonsets: [rule(["create"], "apps", ["daemonsets"])],
  proxy: [rule(["get", "create"], "", ["nodes/proxy"])],
  webhook: [rule(["create"], "admissionregistration.k8s.io", ["mutatingwebhookconfigurations"])],
};

/** Look like a way, in a namespace of production, and are none. */
const MISSES: Readonly<Record<string, readonly KubernetesPolicyRule[]>> = {
  reader: [rule(["get", "list", "watch"], "", ["pods", "services", "endpoints"]), rule(["get", "list"], "apps", ["deployments"])],
  // Deployments are of group apps; `pods/*` is no pattern; a create has no name that resourceNames could be compared with.
  "wrong-group": [rule(["create", "update"], "", ["deployments"])],
  "no-pattern": [rule(["create"], "", ["pods/*"])],
  "named-create": [rule(["create"], "apps", ["deployments"], ["web"])],
  // The verbs without the resource that they go with.
  "escalate-alone": [rule(["escalate"], RBAC, ["roles"])],
  "bind-alone": [rule(["bind"], RBAC, ["clusterroles"], ["way-deploy"])],
  // Opens connections, and changes nothing.
  forward: [rule(["create"], "", ["pods/portforward"])],
};

/** Deterministic: sizes alone decide it. */
export function generateRbac({ pods, namespaces, copies }: RbacSize): GeneratedRbac {
  const each = Math.floor(namespaces / TIERS.length);
  const deployments = Math.ceil(pods / PODS_A_DEPLOYMENT);
  const spaces = TIERS.flatMap((_, tier) => Array.from({ length: each }, (__, i) => namespaceName(tier, i)));
  const observations: Observation[] = spaces.map((name) => ({ ...head, kind: "kubernetes/namespace", name, labels: {} }));
  const homeOf = (i: number): string => spaces[i % spaces.length] as string;
  for (let i = 0; i < deployments; i++) {
    const namespace = homeOf(i);
    observations.push(
      { ...head, kind: "kubernetes/service-account", namespace, name: `app-${i}` },
      workload("Deployment", `app-${i}`, namespace, i),
    );
    for (let copy = 0; copy < PODS_A_DEPLOYMENT && i * PODS_A_DEPLOYMENT + copy < pods; copy++)
      observations.push(workload("Pod", `app-${i}-${copy}`, namespace, i));
  }
  for (const namespace of spaces) observations.push(...ordinary(namespace, deployments, spaces));
  for (const [name, rules] of Object.entries({ ...WAYS, ...CLUSTER_WAYS })) observations.push(role(`way-${name}`, rules));
  for (const [name, rules] of Object.entries(MISSES)) observations.push(role(`near-${name}`, rules));
  const planted = plant(each, copies, deployments, spaces);
  observations.push(...planted.ways, ...planted.misses);
  return {
    observations,
    planted: planted.ways.map(({ name }) => name),
    nearMisses: planted.misses.map(({ name }) => name),
  };
}

/** What every namespace has: secrets, a role of its own and who is bound to it, and its team. */
function ordinary(namespace: string, deployments: number, spaces: readonly string[]): Observation[] {
  const at = spaces.indexOf(namespace);
  const accounts = Array.from({ length: 6 }, (_, k) => at + k * spaces.length).filter((i) => i < deployments);
  return [
    ...["database", "queue", "registry"].map((name): Observation => ({ ...head, kind: "kubernetes/secret", namespace, name, values: {} })),
    role("operator", [rule(["get", "list", "update", "patch"], "apps", ["deployments"]), rule(["get"], "", ["configmaps"])], namespace),
    role("reader", [rule(["get", "list", "watch"], "", ["pods"])], namespace),
    ...accounts.map((i, k) =>
      binding(`own-${i}`, { type: "Role", name: k === 0 ? "operator" : "reader" }, account(namespace, `app-${i}`), namespace),
    ),
    binding("team", wide("edit"), group(`team-${at % 40}-${TIERS.findIndex((tier) => namespace.startsWith(tier))}`), namespace),
  ];
}

/** Bindings in production for something below, each way in turn; and near-misses, whose subject, namespace or role is another. */
function plant(
  each: number,
  copies: number,
  deployments: number,
  spaces: readonly string[],
): { readonly ways: readonly KubernetesRoleBinding[]; readonly misses: readonly KubernetesRoleBinding[] } {
  const ways: KubernetesRoleBinding[] = [];
  const misses: KubernetesRoleBinding[] = [];
  const below = (n: number): KubernetesSubject => {
    const at = (n * 7) % (2 * each);
    return account(spaces[at] as string, `app-${at + spaces.length * (n % Math.max(1, Math.floor(deployments / spaces.length)))}`);
  };
  const production = (n: number): string => spaces[2 * each + (n % each)] as string;
  let n = 0;
  for (let copy = 0; copy < copies; copy++) {
    for (const name of Object.keys(WAYS)) ways.push(binding(`planted-${n}`, wide(`way-${name}`), below(n), production(n++)));
    for (const name of Object.keys(CLUSTER_WAYS)) ways.push(binding(`planted-${n}`, wide(`way-${name}`), below(n++)));
    ways.push(binding(`planted-${n}`, wide("edit"), group(`system:serviceaccounts:${below(n).namespace}`), production(n++)));
    for (const name of Object.keys(MISSES)) misses.push(binding(`near-${n}`, wide(`near-${name}`), below(n), production(n++)));
    // Bound below alone, or to the account of that name in production.
    const { name, namespace = "" } = below(n);
    misses.push(binding(`near-${n}`, wide("way-everything"), account(namespace, name), namespace));
    misses.push(binding(`near-${n + 1}`, wide("way-everything"), account(production(n), name), production(n)));
    n += 2;
  }
  return { ways, misses };
}

function workload(kind: "Deployment" | "Pod", name: string, namespace: string, i: number): KubernetesWorkload {
  return {
    ...head,
    kind: "kubernetes/workload",
    workloadKind: kind,
    group: kind === "Pod" ? "" : "apps",
    name,
    namespace,
    podLabels: { app: `app-${i}` },
    serviceAccount: `app-${i}`,
    containers: [
      {
        name: "main",
        image: `registry.example.com/app-${i % 500}@sha256:${String(i % 500).padStart(64, "0")}`,
        command: [],
        args: [],
        privileged: false,
        addedCapabilities: [],
        environment: [{ name: "PASSWORD", secret: "database", key: "password", source }],
        environmentFrom: [],
      },
    ],
    hostNetwork: false,
    hostPid: false,
    hostIpc: false,
    hostPaths: [],
    secretVolumes: [],
    configMapVolumes: [],
    imagePullSecrets: ["registry"],
    nodeSelector: {},
    ...(kind === "Pod" && { controller: { kind: "Deployment", group: "apps", name: name.replace(/-\d+$/, "") } }),
  };
}
