// A generated cluster: services in namespaces of three environments, a default deny in most, and policies between neighbours.
import type { KubernetesNamespace, KubernetesWorkload } from "../src/model/observations/kubernetes.ts";
import type { KubernetesLabelSelector, KubernetesNetworkPolicy } from "../src/model/observations/kubernetes-network.ts";
import type { Observation } from "../src/model/observation.ts";

export interface ClusterSize {
  readonly workloads: number;
  /** How many differ in the labels that policies go by. */
  readonly classes: number;
  readonly policies: number;
  readonly namespaces: number;
}

const source = { file: "generated.json" };
const head = { cluster: "generated", annotations: {}, source };
const TIERS = ["development", "test", "production"] as const;
const namespaceName = (i: number): string => `${TIERS[i % 3]}-${Math.floor(i / 3)}`;

const by = (matchLabels: Readonly<Record<string, string>>): KubernetesLabelSelector => ({ matchLabels, matchExpressions: [] });

/** Deterministic: sizes alone decide it. */
export function generateCluster({ workloads, classes, policies, namespaces }: ClusterSize): Observation[] {
  const spaces = Array.from({ length: namespaces }, (_, i): KubernetesNamespace => {
    const name = namespaceName(i);
    return { ...head, kind: "kubernetes/namespace", name, labels: { tier: TIERS[i % 3] as string, team: `t${i % 7}` } };
  });
  const made = Array.from({ length: workloads }, (_, i) => workloadOf(i, i % classes, namespaces));
  const rules = Array.from({ length: policies }, (_, i) => policyOf(i, classes, namespaces));
  return [...spaces, ...made, ...rules];
}

function workloadOf(i: number, of: number, namespaces: number): KubernetesWorkload {
  return {
    ...head,
    kind: "kubernetes/workload",
    workloadKind: "Deployment",
    group: "apps",
    name: `w${i}`,
    namespace: namespaceName(of % namespaces),
    labels: {},
    // The hash of a template is in every pod's labels, and no policy goes by it.
    podLabels: { app: `a${of}`, "pod-template-hash": `h${i}` },
    ports: [{ name: "http", port: 8080 + (of % 3), protocol: "TCP" }],
    serviceAccount: "default",
    containers: [],
    hostNetwork: false,
    hostPid: false,
    hostIpc: false,
    hostPaths: [],
    secretVolumes: [],
    configMapVolumes: [],
    imagePullSecrets: [],
    nodeSelector: {},
  };
}

/** The first of each namespace denies; every other one lets a neighbour in by its labels, by a named port or a number, or a block out. */
function policyOf(i: number, classes: number, namespaces: number): KubernetesNetworkPolicy {
  const namespace = namespaceName(i % namespaces);
  const made = { ...head, kind: "kubernetes/network-policy", namespace, name: `p${i}`, labels: {} } as const;
  const isDenying = i < namespaces && i % 5 !== 4;
  if (isDenying) return { ...made, podSelector: by({}), policyTypes: ["Ingress"], ingress: [], egress: [] };
  const of = (i * 7) % classes;
  const to = { ...made, namespace: namespaceName(of % namespaces), podSelector: by({ app: `a${of}` }) };
  const port = i % 2 === 0 ? 8080 : "http";
  const from = [{ podSelector: by({ app: `a${(of + namespaces) % classes}` }) }, { namespaceSelector: by({ team: `t${i % 7}` }) }];
  if (i % 11 === 0)
    return {
      ...to,
      policyTypes: ["Egress"],
      ingress: [],
      egress: [{ peers: [{ cidr: `10.${i % 200}.0.0/16`, except: [] }, { namespaceSelector: by({}) }], ports: [], source }],
    };
  return { ...to, ingress: [{ peers: from, ports: [{ protocol: "TCP", port }], source }], egress: [] };
}

/** The same as manifests, for a peer that reads files. */
export function manifestsOf(observations: readonly Observation[]): object[] {
  return observations.map((each) => {
    if (each.kind === "kubernetes/namespace")
      return { apiVersion: "v1", kind: "Namespace", metadata: { name: each.name, labels: each.labels } };
    if (each.kind === "kubernetes/network-policy") return policyManifest(each);
    if (each.kind !== "kubernetes/workload") throw new Error(`no manifest for ${each.kind}`);
    const ports = (each.ports ?? []).map(({ name, port, protocol }) => ({ name, containerPort: port, protocol }));
    return {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: each.name, namespace: each.namespace },
      spec: {
        replicas: 1,
        selector: { matchLabels: each.podLabels },
        template: { metadata: { labels: each.podLabels }, spec: { containers: [{ name: "main", image: "main", ports }] } },
      },
    };
  });
}

function policyManifest({ name, namespace, podSelector, policyTypes, ingress, egress }: KubernetesNetworkPolicy): object {
  const selector = ({ matchLabels }: KubernetesLabelSelector): object => ({ matchLabels });
  const peers = (rule: KubernetesNetworkPolicy["ingress"][number]): object[] =>
    rule.peers.map((peer) =>
      "cidr" in peer
        ? { ipBlock: { cidr: peer.cidr } }
        : {
            ...(peer.podSelector && { podSelector: selector(peer.podSelector) }),
            ...(peer.namespaceSelector && { namespaceSelector: selector(peer.namespaceSelector) }),
          },
    );
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name, namespace },
    spec: {
      podSelector: selector(podSelector),
      ...(policyTypes && { policyTypes }),
      ingress: ingress.map((rule) => ({ from: peers(rule), ports: rule.ports })),
      egress: egress.map((rule) => ({ to: peers(rule), ports: rule.ports })),
    },
  };
}
