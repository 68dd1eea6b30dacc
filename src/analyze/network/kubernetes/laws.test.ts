// The engine beside a slow, obvious twin that asks about one pair of pods, one protocol and one port at a time.
import fc from "fast-check";
import { expect, test } from "vitest";
import { indexObservations } from "../../../model/observation.ts";
import type { Observation } from "../../../model/observation.ts";
import type { KubernetesNamespace, KubernetesWorkload } from "../../../model/observations/kubernetes.ts";
import type {
  KubernetesAdminPolicy,
  KubernetesAdminRule,
  KubernetesLabelSelector,
  KubernetesNetworkPolicy,
  KubernetesPolicyNetworkRule,
  TransportProtocol,
} from "../../../model/observations/kubernetes-network.ts";
import { parseBlock } from "./addresses.ts";
import { eachConnection } from "./connections.ts";
import { decider } from "./decide.ts";
import { flowTable, NONE } from "./flows.ts";
import { compileNetwork, type PodClass } from "./network.ts";

const source = { file: "random" };
const head = { cluster: "c", labels: {}, annotations: {}, source };
const PORTS = [1, 79, 80, 81, 443, 8080, 65535];
const PROTOCOLS: readonly TransportProtocol[] = ["TCP", "UDP", "SCTP"];
const ADDRESSES = ["10.0.0.5", "10.1.2.3", "10.1.9.9", "192.168.1.1", "8.8.8.8"];

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
  fc.record({ protocol, port: fc.constantFrom<number | string>(80, 443, "http", "dns") }),
  fc.record({ protocol, port: fc.constant(79), endPort: fc.constantFrom(79, 81, 8080) }),
);
const block = fc.record({
  cidr: fc.constantFrom("10.0.0.0/8", "0.0.0.0/0", "10.1.0.0/16"),
  except: fc.subarray(["10.1.0.0/16", "10.1.2.0/24"], { maxLength: 1 }),
});
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

const admin = (isBaseline: boolean): fc.Arbitrary<Omit<KubernetesAdminPolicy, "priority" | "name">> =>
  fc
    .record({
      subject: namespacedPods,
      ingress: fc.array(adminRule(namespacedPods, isBaseline), { maxLength: 2 }),
      egress: fc.array(
        adminRule(
          fc.oneof(
            namespacedPods,
            namespacedPods,
            fc.record({ networks: fc.subarray(["10.0.0.0/8", "0.0.0.0/0", "10.1.0.0/16"], { minLength: 1 }) }),
          ),
          isBaseline,
        ),
        { maxLength: 2 },
      ),
    })
    .map((rest) => ({
      ...head,
      ...rest,
      kind: "kubernetes/admin-policy",
      objectKind: isBaseline ? "BaselineAdminNetworkPolicy" : "AdminNetworkPolicy",
      tier: isBaseline ? "baseline" : "admin",
    }));

const pod = fc.record({
  namespace,
  labels,
  ports: fc.uniqueArray(
    fc.record({
      name: fc.constantFrom("http", "dns"),
      port: fc.constantFrom(80, 8080),
      protocol: fc.constantFrom("TCP" as const, "UDP" as const),
    }),
    {
      selector: ({ name }) => name,
      maxLength: 2,
    },
  ),
});

interface World {
  readonly pods: readonly KubernetesWorkload[];
  readonly namespaces: readonly KubernetesNamespace[];
  readonly policies: readonly KubernetesNetworkPolicy[];
  readonly admins: readonly KubernetesAdminPolicy[];
}

const world: fc.Arbitrary<World> = fc
  .record({
    pods: fc.array(pod, { minLength: 2, maxLength: 5 }),
    spaces: fc.record({ n1: labels, n2: labels }),
    policies: fc.array(policy, { maxLength: 4 }),
    admins: fc.array(admin(false), { maxLength: 3 }),
    baseline: fc.array(admin(true), { maxLength: 1 }),
  })
  .map(({ pods, spaces, policies, admins, baseline }) => ({
    pods: pods.map((each, i) => workload(`p${i}`, each)),
    namespaces: Object.entries(spaces).map(([name, own]) => ({ ...head, kind: "kubernetes/namespace", name, labels: own })),
    policies,
    admins: [...admins, ...baseline].map((each, i) => ({ ...each, priority: i, name: `a${i}` })),
  }));

function workload(
  name: string,
  {
    namespace: space,
    labels: podLabels,
    ports,
  }: { namespace: string; labels: Record<string, string>; ports: NonNullable<KubernetesWorkload["ports"]> },
): KubernetesWorkload {
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

// The twin: every sentence of the specification as one plain function over single things.

type End = KubernetesWorkload | bigint;
interface Packet {
  readonly protocol: TransportProtocol;
  readonly port: number;
}

const isPod = (end: End): end is KubernetesWorkload => typeof end !== "bigint";

function slowMatches({ matchLabels, matchExpressions }: KubernetesLabelSelector, own: Readonly<Record<string, string>>): boolean {
  for (const [key, wanted] of Object.entries(matchLabels)) if (own[key] !== wanted) return false;
  for (const { key, operator, values } of matchExpressions) {
    const has = own[key] !== undefined;
    const isIn = has && values.includes(own[key] as string);
    if (operator === "In" && !isIn) return false;
    if (operator === "NotIn" && isIn) return false;
    if (operator === "Exists" && !has) return false;
    if (operator === "DoesNotExist" && has) return false;
  }
  return true;
}

const labelsOfSpace = ({ namespaces }: World, name: string): Readonly<Record<string, string>> => ({
  ...namespaces.find((each) => each.name === name)?.labels,
  "kubernetes.io/metadata.name": name,
});

const inBlock = (address: bigint, cidr: string): boolean => {
  const found = parseBlock(cidr);
  return found !== undefined && found.from <= address && address <= found.to;
};

function policyTakes(
  all: World,
  { namespace: home = "" }: KubernetesNetworkPolicy,
  { peers }: KubernetesPolicyNetworkRule,
  end: End,
): boolean {
  if (peers.length === 0) return true;
  return peers.some((each) => {
    if ("cidr" in each) return !isPod(end) && inBlock(end, each.cidr) && !each.except.some((hole) => inBlock(end, hole));
    if (!isPod(end)) return false;
    const isHere = each.namespaceSelector
      ? slowMatches(each.namespaceSelector, labelsOfSpace(all, end.namespace as string))
      : end.namespace === home;
    return isHere && (!each.podSelector || slowMatches(each.podSelector, end.podLabels));
  });
}

const portsNamed = (end: End, name: string) => (isPod(end) ? (end.ports ?? []).filter((each) => each.name === name) : []);

const policyPorts = ({ ports }: KubernetesPolicyNetworkRule, receiver: End, { protocol: asked, port }: Packet): boolean =>
  ports.length === 0 ||
  ports.some((each) => {
    if (each.protocol !== asked) return false;
    if (each.port === undefined) return true;
    if (typeof each.port === "string") return portsNamed(receiver, each.port).some((own) => own.protocol === asked && own.port === port);
    return each.port <= port && port <= (each.endPort ?? each.port);
  });

const slowNamespaced = (all: World, { namespaces, pods }: KubernetesAdminPolicy["subject"], end: KubernetesWorkload): boolean =>
  slowMatches(namespaces, labelsOfSpace(all, end.namespace as string)) && (!pods || slowMatches(pods, end.podLabels));

const adminTakes = (all: World, { peers }: KubernetesAdminRule, end: End): boolean =>
  peers.some((each) => {
    if ("namespaces" in each) return isPod(end) && slowNamespaced(all, each, end);
    if (!("networks" in each)) return false;
    return isPod(end) ? each.networks.includes("0.0.0.0/0") : each.networks.some((cidr) => inBlock(end, cidr));
  });

const adminPorts = ({ ports }: KubernetesAdminRule, receiver: End, { protocol: asked, port }: Packet): boolean =>
  ports === undefined ||
  ports.some((each) =>
    "named" in each
      ? portsNamed(receiver, each.named).some((own) => own.protocol === asked && own.port === port)
      : each.protocol === asked && each.from <= port && port <= each.to,
  );

function tierSays(
  all: World,
  tier: "admin" | "baseline",
  direction: "ingress" | "egress",
  subject: KubernetesWorkload,
  other: End,
  packet: Packet,
): string {
  const receiver = direction === "ingress" ? subject : other;
  for (const each of all.admins.filter((one) => one.tier === tier).toSorted((a, b) => a.priority - b.priority)) {
    if (!slowNamespaced(all, each.subject, subject)) continue;
    for (const one of each[direction]) if (adminTakes(all, one, other) && adminPorts(one, receiver, packet)) return one.action;
  }
  return "nothing";
}

function sideAllows(all: World, direction: "ingress" | "egress", subject: End, other: End, packet: Packet): boolean {
  if (!isPod(subject)) return true;
  const verdict = tierSays(all, "admin", direction, subject, other, packet);
  if (verdict === "allow" || verdict === "deny") return verdict === "allow";
  const receiver = direction === "ingress" ? subject : other;
  const selecting = all.policies.filter((each) => {
    const about = each.policyTypes ?? (each.egress.length > 0 ? ["Ingress", "Egress"] : ["Ingress"]);
    return (
      each.namespace === subject.namespace &&
      about.includes(direction === "ingress" ? "Ingress" : "Egress") &&
      slowMatches(each.podSelector, subject.podLabels)
    );
  });
  if (selecting.length > 0)
    return selecting.some((each) =>
      each[direction].some((one) => policyTakes(all, each, one, other) && policyPorts(one, receiver, packet)),
    );
  return tierSays(all, "baseline", direction, subject, other, packet) !== "deny";
}

const slowly = (all: World, from: End, to: End, packet: Packet): boolean =>
  sideAllows(all, "egress", from, to, packet) && sideAllows(all, "ingress", to, from, packet);

const addressOf = (text: string): bigint => parseBlock(`${text}/32`)?.from ?? 0n;

const observationsOf = ({ pods, namespaces, policies, admins }: World): Observation[] => [...pods, ...namespaces, ...policies, ...admins];

test("law: classes answer as pods do, one packet at a time", () => {
  const runs = Number(process.env["BULKHEAD_LAW_RUNS"] ?? 400);
  fc.assert(
    fc.property(world, (all) => {
      const network = compileNetwork(indexObservations(observationsOf(all)), "c");
      const decide = decider(network, "listed");
      const { flows, classes } = network;
      const open = new Map<string, number>();
      const key = (end: PodClass | string): string => (typeof end === "string" ? end : String(end.index));
      eachConnection(decide, ({ from, to, flows: each }) => open.set(`${key(from)} ${key(to)}`, each));
      const classOf = (one: KubernetesWorkload): PodClass =>
        classes.find(({ members }) => members.some(({ workload: own }) => own === one)) as PodClass;
      const rangeOf = (address: bigint, direction: "ingress" | "egress"): number =>
        network.ranges[direction].findIndex(({ family, from, to }) => family === 4 && from <= address && address <= to);
      const holds = (id: number, { protocol: asked, port }: Packet): boolean =>
        flows.ranges(id).some((range) => range.protocol === asked && range.from <= port && port <= range.to);
      for (const asked of PROTOCOLS)
        for (const port of PORTS) {
          const packet = { protocol: asked, port };
          for (const from of all.pods)
            for (const to of all.pods) {
              if (from === to) continue;
              expect(holds(open.get(`${classOf(from).index} ${classOf(to).index}`) ?? NONE, packet)).toBe(slowly(all, from, to, packet));
            }
          for (const address of ADDRESSES.map(addressOf))
            for (const one of all.pods) {
              const of = classOf(one);
              const out = decide.row("egress", of)[classes.length + rangeOf(address, "egress")] as number;
              const into = decide.row("ingress", of)[classes.length + rangeOf(address, "ingress")] as number;
              expect(holds(out, packet)).toBe(slowly(all, one, address, packet));
              expect(holds(into, packet)).toBe(slowly(all, address, one, packet));
            }
        }
    }),
    { numRuns: runs },
  );
});

test("law: certain is never more than listed or possible", () => {
  fc.assert(
    fc.property(world, fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }), (all, host) => {
      const pods = all.pods.map((each, i) => ({ ...each, hostNetwork: host[i] === true }));
      const network = compileNetwork(indexObservations(observationsOf({ ...all, pods })), "c");
      const [certain, possible] = [decider(network, "certain"), decider(network, "possible")];
      for (const of of network.classes)
        for (const direction of ["ingress", "egress"] as const) {
          const [less, more] = [certain.row(direction, of), possible.row(direction, of)];
          less.forEach((each, i) => expect(network.flows.subtract(each, more[i] as number)).toBe(NONE));
        }
    }),
    { numRuns: 1000 },
  );
});

test("law: sets of ports are a Boolean algebra, and equal sets are one number", () => {
  const ranges = fc.array(
    fc
      .record({ protocol, from: fc.integer({ min: 1, max: 12 }), size: fc.integer({ min: 0, max: 5 }) })
      .map(({ protocol: of, from, size }) => ({ protocol: of, from, to: from + size })),
    { maxLength: 4 },
  );
  const table = flowTable();
  fc.assert(
    fc.property(ranges, ranges, (one, other) => {
      const [a, b] = [table.of(one), table.of(other)];
      expect(table.union(a, b)).toBe(table.of([...one, ...other]));
      expect(table.union(table.intersect(a, b), table.subtract(a, b))).toBe(a);
      expect(table.intersect(table.subtract(a, b), b)).toBe(NONE);
      expect(table.of(table.ranges(a))).toBe(a);
    }),
  );
});
