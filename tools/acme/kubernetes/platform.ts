// The namespaces that the platform team runs in each cluster: controllers, ingress, monitoring, secrets.
import { REGISTRY, REGION, roleArn } from "../names.ts";
import type { ClusterName } from "../names.ts";
import { hex } from "../pseudo.ts";
import { READ, rules, serviceAccount } from "./specs.ts";
import type { BindingSpec, ClusterSpec, NamespaceSpec, PolicyRule } from "./specs.ts";

/** Third parties' images come through the registry's mirror, by digest. */
const mirrored = (name: string): string => `${REGISTRY}/mirror@sha256:${hex(`mirror/${name}`, 64)}`;
const ofEks = (name: string): string => `602401143452.dkr.ecr.${REGION}.amazonaws.com/${name}@sha256:${hex(`eks/${name}`, 64)}`;

const ENFORCE = "pod-security.kubernetes.io/enforce";

const kubeSystem = (cluster: ClusterName): NamespaceSpec => ({
  name: "kube-system",
  labels: { [ENFORCE]: "privileged" },
  serviceAccounts: {
    "cluster-autoscaler": roleArn(cluster, `eks-${cluster}-autoscaler`),
    "aws-load-balancer-controller": roleArn(cluster, `eks-${cluster}-load-balancers`),
    "deployment-controller": undefined,
    "replicaset-controller": undefined,
    "job-controller": undefined,
    "cronjob-controller": undefined,
    "statefulset-controller": undefined,
    "daemon-set-controller": undefined,
  },
  secrets: {
    "aws-load-balancer-tls": {
      "tls.crt": `${cluster}/load-balancer/crt`,
      "tls.key": `${cluster}/load-balancer/key`,
      "ca.crt": `${cluster}/load-balancer/ca`,
    },
  },
  configMaps: {
    coredns: {
      Corefile:
        ".:53 {\n    errors\n    health\n    kubernetes cluster.local in-addr.arpa ip6.arpa\n    forward . /etc/resolv.conf\n    cache 30\n}\n",
    },
    "amazon-vpc-cni": { "enable-network-policy-controller": "true" },
  },
  workloads: [
    { name: "coredns", kind: "Deployment", image: ofEks("eks/coredns"), configVolumes: ["coredns"] },
    { name: "aws-node", kind: "DaemonSet", image: ofEks("amazon-k8s-cni"), node: { hostPath: "/opt/cni/bin", privileged: true } },
    { name: "kube-proxy", kind: "DaemonSet", image: ofEks("eks/kube-proxy"), node: { hostPath: "/lib/modules", privileged: true } },
    { name: "cluster-autoscaler", kind: "Deployment", image: mirrored("cluster-autoscaler"), replicas: 1 },
    {
      name: "aws-load-balancer-controller",
      kind: "Deployment",
      image: mirrored("aws-load-balancer-controller"),
      secretVolumes: ["aws-load-balancer-tls"],
    },
    { name: "metrics-server", kind: "Deployment", image: mirrored("metrics-server") },
  ],
  roles: { "leader-election": [rules("coordination.k8s.io", ["leases"], "get", "create", "update")] },
  bindings: [
    {
      name: "leader-election",
      role: ["Role", "leader-election"],
      subjects: [serviceAccount("kube-system", "cluster-autoscaler"), serviceAccount("kube-system", "aws-load-balancer-controller")],
    },
  ],
});

const ingress = (cluster: ClusterName): NamespaceSpec => ({
  name: "ingress",
  labels: { [ENFORCE]: "baseline" },
  secrets: {
    "ingress-tls": { "tls.crt": `${cluster}/ingress/crt`, "tls.key": `${cluster}/ingress/key` },
    "sign-in": { "client-secret": `${cluster}/ingress/sign-in` },
  },
  workloads: [
    { name: "ingress-controller", kind: "Deployment", image: mirrored("ingress-nginx"), secretVolumes: ["ingress-tls"] },
    { name: "default-backend", kind: "Deployment", image: mirrored("default-backend"), token: false, replicas: 1 },
    {
      name: "sign-in",
      kind: "Deployment",
      image: mirrored("oauth2-proxy"),
      token: false,
      secretEnv: { CLIENT_SECRET: ["sign-in", "client-secret"] },
    },
  ],
});

const monitoring = (cluster: ClusterName): NamespaceSpec => ({
  name: "monitoring",
  labels: { [ENFORCE]: "privileged" },
  secrets: { grafana: { "admin-password": `${cluster}/monitoring/grafana` } },
  configMaps: { prometheus: { "prometheus.yml": "global:\n  scrape_interval: 30s\n" } },
  workloads: [
    { name: "prometheus", kind: "StatefulSet", image: mirrored("prometheus"), configVolumes: ["prometheus"] },
    { name: "alertmanager", kind: "StatefulSet", image: mirrored("alertmanager"), token: false },
    {
      name: "grafana",
      kind: "Deployment",
      image: mirrored("grafana"),
      token: false,
      replicas: 1,
      secretEnv: { GF_SECURITY_ADMIN_PASSWORD: ["grafana", "admin-password"] },
    },
    { name: "kube-state-metrics", kind: "Deployment", image: mirrored("kube-state-metrics"), replicas: 1 },
    {
      name: "node-exporter",
      kind: "DaemonSet",
      image: mirrored("node-exporter"),
      token: false,
      node: { hostPath: "/proc", privileged: false },
    },
  ],
});

const externalSecrets = (cluster: ClusterName): NamespaceSpec => ({
  name: "external-secrets",
  labels: { [ENFORCE]: "restricted" },
  serviceAccounts: { "external-secrets": roleArn(cluster, `eks-${cluster}-external-secrets`) },
  secrets: { "external-secrets-webhook": { "tls.crt": `${cluster}/external-secrets/crt`, "tls.key": `${cluster}/external-secrets/key` } },
  workloads: [
    { name: "external-secrets", kind: "Deployment", image: mirrored("external-secrets"), replicas: 1 },
    {
      name: "webhook",
      kind: "Deployment",
      image: mirrored("external-secrets"),
      token: false,
      replicas: 1,
      secretVolumes: ["external-secrets-webhook"],
    },
    { name: "cert-controller", kind: "Deployment", image: mirrored("external-secrets-cert"), token: false, replicas: 1 },
  ],
});

const certManager: NamespaceSpec = {
  name: "cert-manager",
  labels: { [ENFORCE]: "restricted" },
  workloads: [
    { name: "cert-manager", kind: "Deployment", image: mirrored("cert-manager"), replicas: 1 },
    { name: "cainjector", kind: "Deployment", image: mirrored("cert-manager-cainjector"), replicas: 1 },
    { name: "webhook", kind: "Deployment", image: mirrored("cert-manager-webhook"), token: false, replicas: 1 },
  ],
};

export function platformNamespaces(cluster: ClusterName): readonly NamespaceSpec[] {
  const empty = ["default", "kube-node-lease", "kube-public"].map((name) => ({ name }));
  return [...empty, kubeSystem(cluster), ingress(cluster), monitoring(cluster), externalSecrets(cluster), certManager];
}

const EDITED = ["configmaps", "endpoints", "persistentvolumeclaims", "pods", "secrets", "serviceaccounts", "services"];
const RUNNING = ["pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "services/proxy"];
const APPS = ["daemonsets", "deployments", "deployments/scale", "replicasets", "statefulsets", "statefulsets/scale"];
const CHANGE = ["create", "delete", "deletecollection", "patch", "update"];
const VIEWED = ["configmaps", "endpoints", "events", "persistentvolumeclaims", "pods", "pods/log", "serviceaccounts", "services"];

const VIEW: readonly PolicyRule[] = [
  rules("", VIEWED, ...READ),
  rules("apps", APPS, ...READ),
  rules("batch", ["cronjobs", "jobs"], ...READ),
];
const EDIT: readonly PolicyRule[] = [
  ...VIEW,
  rules("", ["secrets"], ...READ),
  rules("", EDITED, ...CHANGE),
  rules("", RUNNING, "create", ...READ),
  rules("", ["serviceaccounts"], "impersonate"),
  rules("apps", APPS, ...CHANGE),
  rules("batch", ["cronjobs", "jobs"], ...CHANGE),
];

const runsPods = (group: string, resource: string): readonly PolicyRule[] => [
  rules(group, [resource, `${resource}/status`], "get", "list", "watch", "update"),
  rules("", ["pods"], "create", "delete", "get", "list", "patch", "watch"),
  rules("", ["events"], "create", "patch", "update"),
];

const ownsSets = [
  rules("apps", ["deployments", "deployments/status"], "get", "list", "update", "watch"),
  rules("apps", ["replicasets"], "create", "delete", "get", "list", "patch", "update", "watch"),
];

/** The roles that every cluster starts with (Kubernetes, "Default roles and role bindings"), and those of the platform's controllers. */
export const CLUSTER_ROLES: Readonly<Record<string, readonly PolicyRule[]>> = {
  "cluster-admin": [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }],
  admin: [...EDIT, rules("rbac.authorization.k8s.io", ["rolebindings", "roles"], ...READ, ...CHANGE)],
  edit: EDIT,
  view: VIEW,
  "system:basic-user": [rules("authorization.k8s.io", ["selfsubjectaccessreviews", "selfsubjectrulesreviews"], "create")],
  "system:node-proxier": [rules("", ["endpoints", "services", "nodes"], ...READ), rules("discovery.k8s.io", ["endpointslices"], ...READ)],
  "system:coredns": [
    rules("", ["endpoints", "namespaces", "pods", "services"], "list", "watch"),
    rules("discovery.k8s.io", ["endpointslices"], "list", "watch"),
  ],
  "system:controller:deployment-controller": ownsSets,
  "system:controller:replicaset-controller": runsPods("apps", "replicasets"),
  "system:controller:statefulset-controller": runsPods("apps", "statefulsets"),
  "system:controller:daemon-set-controller": runsPods("apps", "daemonsets"),
  "system:controller:job-controller": runsPods("batch", "jobs"),
  "system:controller:cronjob-controller": [
    rules("batch", ["cronjobs"], "get", "list", "update", "watch"),
    rules("batch", ["jobs"], "create", "delete", "get", "list", "patch", "update", "watch"),
  ],
  "aws-node": [rules("", ["namespaces", "pods", "nodes"], ...READ), rules("crd.k8s.amazonaws.com", ["eniconfigs"], ...READ)],
  "cluster-autoscaler": [
    rules(
      "",
      ["pods", "nodes", "namespaces", "services", "replicationcontrollers", "persistentvolumeclaims", "persistentvolumes"],
      ...READ,
    ),
    rules("", ["pods/eviction"], "create"),
    rules("apps", ["daemonsets", "replicasets", "statefulsets"], ...READ),
  ],
  "aws-load-balancer-controller": [
    rules("", ["endpoints", "namespaces", "nodes", "pods", "services"], ...READ),
    rules("networking.k8s.io", ["ingresses", "ingressclasses"], ...READ),
    rules("networking.k8s.io", ["ingresses/status"], "patch", "update"),
  ],
  "metrics-server": [rules("", ["pods", "nodes", "namespaces"], ...READ), rules("", ["nodes/metrics"], "get")],
  "ingress-controller": [
    rules("", ["configmaps", "endpoints", "nodes", "pods", "namespaces", "services"], ...READ),
    rules("networking.k8s.io", ["ingresses", "ingressclasses"], ...READ),
    rules("networking.k8s.io", ["ingresses/status"], "update"),
  ],
  prometheus: [rules("", ["nodes", "services", "endpoints", "pods"], ...READ), rules("", ["nodes/metrics"], "get")],
  "kube-state-metrics": [
    rules("", ["configmaps", "namespaces", "nodes", "pods", "services"], "list", "watch"),
    rules("apps", APPS, "list", "watch"),
    rules("batch", ["cronjobs", "jobs"], "list", "watch"),
  ],
  "external-secrets": [
    rules("external-secrets.io", ["externalsecrets", "secretstores", "clustersecretstores"], ...READ),
    rules("", ["secrets"], "get", "list", "watch", "create", "update", "patch"),
  ],
  "cert-manager": [
    rules("cert-manager.io", ["certificates", "issuers", "clusterissuers"], ...READ, "update"),
    rules("", ["secrets"], "get", "list", "watch", "create", "update", "patch"),
  ],
  cainjector: [
    rules("admissionregistration.k8s.io", ["validatingwebhookconfigurations", "mutatingwebhookconfigurations"], ...READ, "update", "patch"),
  ],
};

const bind = (role: string, namespace: string, name: string): BindingSpec => ({
  name: role,
  role: ["ClusterRole", role],
  subjects: [serviceAccount(namespace, name)],
});

const CONTROLLERS = ["deployment", "replicaset", "statefulset", "daemon-set", "job", "cronjob"].map((name) => `${name}-controller`);

export function clusterBindings(cluster: ClusterName): ClusterSpec["clusterBindings"] {
  const all = [
    { name: "cluster-admin", role: ["ClusterRole", "cluster-admin"], subjects: [{ kind: "Group", name: "system:masters" }] },
    { name: "system:basic-user", role: ["ClusterRole", "system:basic-user"], subjects: [{ kind: "Group", name: "system:authenticated" }] },
    {
      name: "system:node-proxier",
      role: ["ClusterRole", "system:node-proxier"],
      subjects: [{ kind: "User", name: "system:kube-proxy" }, serviceAccount("kube-system", "kube-proxy")],
    },
    ...CONTROLLERS.map((name) => bind(`system:controller:${name}`, "kube-system", name)),
    bind("system:coredns", "kube-system", "coredns"),
    bind("aws-node", "kube-system", "aws-node"),
    bind("cluster-autoscaler", "kube-system", "cluster-autoscaler"),
    bind("aws-load-balancer-controller", "kube-system", "aws-load-balancer-controller"),
    bind("metrics-server", "kube-system", "metrics-server"),
    bind("ingress-controller", "ingress", "ingress-controller"),
    bind("prometheus", "monitoring", "prometheus"),
    bind("kube-state-metrics", "monitoring", "kube-state-metrics"),
    bind("external-secrets", "external-secrets", "external-secrets"),
  ] as const satisfies readonly BindingSpec[];
  return cluster === "production"
    ? [...all, bind("cert-manager", "cert-manager", "cert-manager"), bind("cainjector", "cert-manager", "cainjector")]
    : all;
}
