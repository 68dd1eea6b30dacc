// Test support: random small clusters for the laws of their networks: pods, policies of every kind and tier, ports by number, name and range, both families.
import * as fc from "fast-check";
import type { Observation } from "../../../model/observation.ts";
import type { KubernetesNamespace, KubernetesWorkload } from "../../../model/observations/kubernetes.ts";
import type {
  KubernetesAdminPolicy,
  KubernetesAdminRule,
  KubernetesLabelSelector,
  KubernetesNetworkPolicy,
  TransportProtocol,
} from "../../../model/observations/kubernetes-network.ts";

const source = { file: "random" };
const head = { cluster: "c", labels: {}, annotations: {}, source };
export const PORTS = [1, 79, 80, 81, 443, 8080, 65535];
export const PROTOCOLS: readonly TransportProtocol[] = ["TCP", "UDP", "SCTP"];
export const ADDRESSES = ["10.0.0.5", "10.1.2.3", "10.1.9.9", "192.168.1.1", "8.8.8.8", "fd00::5", "fd00:1::7", "2001:db8::1"];

const value = fc.constantFrom("x", "y");
const labels = fc.record({ a: value, b: value }, { requiredKeys: [] }).map((found): Record<string, string> => ({ ...found }));
const expression = fc.oneof(
  fc.record({
    key: fc.constantFrom("a", "b"),
    operator: fc.constantFrom("In" as const, "NotIn" as const),
    values: fc.subarray(["x", "y"], { minLength: 1 }),
  }),
  fc.record({
    key: fc.constantFrom("a", "b"),
    operator: fc.constantFrom("Exists" as const, "DoesNotExist" as const),
    values: fc.constant([]),
  }),
);
const selector: fc.Arbitrary<KubernetesLabelSelector> = fc.record({
  matchLabels: fc.oneof({ weight: 2, arbitrary: fc.constant<Record<string, string>>({}) }, { weight: 1, arbitrary: labels }),
  matchExpressions: fc.array(expression, { maxLength: 1 }),
});
const protocol = fc.constantFrom(...PROTOCOLS);
const policyPort = fc.oneof(
  fc.record({ protocol }),
  fc.record({ protocol, port: fc.constantFrom<number | string>(80, 443, "http", "dns", "nowhere") }),
  fc.record({ protocol, port: fc.constant(79), endPort: fc.constantFrom(79, 81, 8080, 65535) }),
);
const block = fc.oneof(
  fc.record({
    cidr: fc.constantFrom("10.0.0.0/8", "0.0.0.0/0", "10.1.0.0/16"),
    except: fc.subarray(["10.1.0.0/16", "10.1.2.0/24", "10.0.0.5/32"], { maxLength: 2 }),
  }),
  fc.record({ cidr: fc.constantFrom("fd00::/8", "::/0"), except: fc.subarray(["fd00:1::/32", "fd00::5/128"], { maxLength: 2 }) }),
);
const peer = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .record({ podSelector: selector, namespaceSelector: selector }, { requiredKeys: [] })
      .map((found) => (Object.keys(found).length === 0 ? { podSelector: { matchLabels: {}, matchExpressions: [] } } : found)),
  },
  { weight: 1, arbitrary: block },
);
const rule = fc.record({
  peers: fc.array(peer, { maxLength: 2 }),
  ports: fc.array(policyPort, { maxLength: 2 }),
  source: fc.constant(source),
});
const types = fc.option(fc.subarray(["Ingress" as const, "Egress" as const], { minLength: 1 }), { nil: undefined });
const namespace = fc.constantFrom("n1", "n2");

const policy: fc.Arbitrary<KubernetesNetworkPolicy> = fc
  .record({
    namespace,
    name: fc.constantFrom("one", "two", "three"),
    podSelector: selector,
    policyTypes: types,
    ingress: fc.array(rule, { maxLength: 2 }),
    egress: fc.array(rule, { maxLength: 2 }),
  })
  .map(({ policyTypes, ...rest }) => ({ ...head, ...rest, kind: "kubernetes/network-policy", ...(policyTypes && { policyTypes }) }));

const namespacedPods = fc.oneof(fc.record({ namespaces: selector }), fc.record({ namespaces: selector, pods: selector }));
const adminPort = fc.oneof(
  fc.record({ protocol, from: fc.constantFrom(1, 80), to: fc.constantFrom(80, 443) }),
  fc.record({ named: fc.constantFrom("http", "dns") }),
);
const adminRule = (peers: fc.Arbitrary<KubernetesAdminRule["peers"][number]>, isBaseline: boolean): fc.Arbitrary<KubernetesAdminRule> =>
  fc
    .record({
      action: isBaseline
        ? fc.constantFrom("allow" as const, "deny" as const)
        : fc.constantFrom("allow" as const, "deny" as const, "pass" as const),
      peers: fc.array(peers, { minLength: 1, maxLength: 2 }),
      ports: fc.option(fc.array(adminPort, { minLength: 1, maxLength: 2 }), { nil: undefined }),
    })
    .map(({ ports, ...rest }) => ({ ...rest, ...(ports && { ports }), source }));

const NETWORKS = ["10.0.0.0/8", "0.0.0.0/0", "10.1.0.0/16", "fd00::/8", "::/0"];
const ingressPeer: fc.Arbitrary<KubernetesAdminRule["peers"][number]> = fc.oneof(
  { weight: 9, arbitrary: namespacedPods },
  { weight: 1, arbitrary: fc.constant({ unknown: true as const }) },
);
const egressPeer: fc.Arbitrary<KubernetesAdminRule["peers"][number]> = fc.oneof(
  { weight: 6, arbitrary: namespacedPods },
  { weight: 3, arbitrary: fc.record({ networks: fc.subarray(NETWORKS, { minLength: 1 }) }) },
  { weight: 1, arbitrary: fc.record({ nodes: selector }) },
  { weight: 1, arbitrary: fc.constant({ domainNames: ["example.com"] }) },
  { weight: 1, arbitrary: fc.constant({ unknown: true as const }) },
);

/** AdminNetworkPolicy, BaselineAdminNetworkPolicy, and ClusterNetworkPolicy of both tiers. */
const admin = (isBaseline: boolean): fc.Arbitrary<Omit<KubernetesAdminPolicy, "priority" | "name">> =>
  fc
    .record({
      objectKind: fc.constantFrom(
        isBaseline ? ("BaselineAdminNetworkPolicy" as const) : ("AdminNetworkPolicy" as const),
        "ClusterNetworkPolicy" as const,
      ),
      subject: namespacedPods,
      ingress: fc.array(adminRule(ingressPeer, isBaseline), { maxLength: 2 }),
      egress: fc.array(adminRule(egressPeer, isBaseline), { maxLength: 2 }),
    })
    .map((rest) => ({ ...head, ...rest, kind: "kubernetes/admin-policy", tier: isBaseline ? "baseline" : "admin" }));

const pod = fc.record({
  namespace,
  labels,
  hostNetwork: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
  // Two containers may give one name to two ports.
  ports: fc.uniqueArray(fc.record({ name: fc.constantFrom("http", "dns"), port: fc.constantFrom(80, 8080), protocol }), {
    selector: ({ name, port }) => `${name} ${port}`,
    maxLength: 3,
  }),
});
type PodDraft = typeof pod extends fc.Arbitrary<infer T> ? T : never;

export interface World {
  readonly pods: readonly KubernetesWorkload[];
  readonly namespaces: readonly KubernetesNamespace[];
  readonly policies: readonly KubernetesNetworkPolicy[];
  readonly admins: readonly KubernetesAdminPolicy[];
}

export const world: fc.Arbitrary<World> = fc
  .record({
    pods: fc.array(pod, { minLength: 2, maxLength: 5 }),
    spaces: fc.record({ n1: labels, n2: labels }),
    policies: fc.array(policy, { maxLength: 4 }),
    admins: fc.array(admin(false), { maxLength: 3 }),
    baseline: fc.array(admin(true), { maxLength: 2 }),
  })
  .map(({ pods, spaces, policies, admins, baseline }) => ({
    pods: pods.map((each, i) => workload(`p${i}`, each)),
    namespaces: Object.entries(spaces).map(([name, own]) => ({ ...head, kind: "kubernetes/namespace", name, labels: own })),
    policies,
    admins: [...admins, ...baseline].map((each, i) => ({ ...each, priority: i, name: `a${i}` })),
  }));

function workload(name: string, { namespace: space, labels: podLabels, ports, hostNetwork }: PodDraft): KubernetesWorkload {
  return {
    ...head,
    kind: "kubernetes/workload",
    workloadKind: "Pod",
    group: "",
    name,
    namespace: space,
    podLabels,
    ports,
    serviceAccount: "default",
    containers: [],
    hostNetwork,
    hostPid: false,
    hostIpc: false,
    hostPaths: [],
    secretVolumes: [],
    configMapVolumes: [],
    imagePullSecrets: [],
    nodeSelector: {},
  };
}

export const observationsOf = ({ pods, namespaces, policies, admins }: World): Observation[] => [
  ...pods,
  ...namespaces,
  ...policies,
  ...admins,
];
