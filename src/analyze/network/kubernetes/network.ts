// Observations of one cluster → classes of pods that no policy tells apart, and the policies over them.
import type { Observations } from "../../../model/observation.ts";
import type {
  KubernetesAdminPolicy,
  KubernetesAdminRule,
  KubernetesLabelSelector,
  KubernetesNetworkPolicy,
  KubernetesPolicyNetworkRule,
} from "../../../model/observations/kubernetes-network.ts";
import { type AddressRange, cutRanges, parseBlock } from "./addresses.ts";
import { type FlowTable, flowTable } from "./flows.ts";
import { type Pods, podsOf } from "./pods.ts";
import { type Segment, segmentsOf } from "./segments.ts";
import { selectorSet } from "./selectors.ts";

/** Pods of one namespace that every selector takes in alike, with the same meaning of every named port that policies use. */
export interface PodClass {
  readonly index: number;
  readonly namespace: string;
  /** One byte a selector of `Network.podSelectors`. */
  readonly bits: string;
  readonly namespaceBits: string;
  /** Named ports, of those that policies name: `NAME` → protocol and number. */
  readonly ports: ReadonlyMap<string, readonly { readonly protocol: "TCP" | "UDP" | "SCTP"; readonly port: number }[]>;
  readonly portsKey: string;
  readonly hostNetwork: boolean;
  /** Known ones alone, on a network on which pods ask for theirs. */
  readonly addresses: readonly string[];
  readonly members: Pods[];
}

export type Direction = "ingress" | "egress";

export interface Network {
  readonly cluster: string;
  readonly segment: Segment;
  readonly flows: FlowTable;
  readonly classes: readonly PodClass[];
  /** Stands for what forwards Ingresses and routes: a pod without labels, in a namespace of which nothing is known. The last of the classes. */
  readonly controller: PodClass;
  readonly ranges: Readonly<Record<Direction, readonly AddressRange[]>>;
  readonly policies: readonly KubernetesNetworkPolicy[];
  /** In the order in which they are asked. */
  readonly admin: readonly KubernetesAdminPolicy[];
  readonly baseline: readonly KubernetesAdminPolicy[];
  readonly idOf: (selector: KubernetesLabelSelector) => number;
  readonly idOfNamespaces: (selector: KubernetesLabelSelector) => number;
  /** What was met and cannot be said for certain, in plain words. */
  readonly notes: readonly string[];
}

export const CONTROLLER = "{ingress-controller}";

/** Every namespace carries its name as a label (Kubernetes, "Namespaces", Automatic labelling). */
const NAME_LABEL = "kubernetes.io/metadata.name";

/** Every network of a cluster, the one that all pods share first. */
export const networksIn = (observations: Observations, cluster: string): readonly Network[] =>
  segmentsOf(observations, cluster, namespaceLabels(observations, cluster)).map((segment) =>
    compileSegment(observations, cluster, segment),
  );

/** Of a cluster on which every pod is on the one network: that one. */
export const compileNetwork = (observations: Observations, cluster: string): Network => networksIn(observations, cluster)[0] as Network;

export const clusterNames = (observations: Observations): readonly string[] =>
  [
    ...new Set(
      (["kubernetes/workload", "kubernetes/network-policy", "kubernetes/admin-policy", "kubernetes/namespace"] as const).flatMap((kind) =>
        observations(kind).map(({ cluster }) => cluster),
      ),
    ),
  ].toSorted();

function compileSegment(observations: Observations, cluster: string, segment: Segment): Network {
  const { policies, role } = segment;
  // Admin policies are about the network that Kubernetes gives a pod, whichever takes that place (Network Policy API, scope).
  const admins = role === "primary" ? observations("kubernetes/admin-policy").filter((each) => each.cluster === cluster) : [];
  const podSelectors = selectorSet();
  const namespaceSelectors = selectorSet();
  addSelectors(policies, admins, podSelectors.add, namespaceSelectors.add);
  const pods = podsOf(observations, cluster, segment);
  const used = namesOfPorts(policies, admins);
  const labelsOf = namespaceLabels(observations, cluster);
  const notes = new Set<string>();
  const classes = new Map<string, PodClass>();
  const into = (
    namespace: string,
    labels: Readonly<Record<string, string>>,
    declared: NonNullable<Pods["workload"]["ports"]>,
    host: boolean,
    addresses: readonly string[],
  ) => {
    const bits = podSelectors.bits(labels);
    const own = declared.filter(({ name }) => name !== undefined && used.has(name));
    const portsKey = own
      .map(({ name, protocol, port }) => `${name} ${protocol} ${port}`)
      .toSorted()
      .join(",");
    const key = `${namespace}\n${bits}\n${portsKey}\n${host}\n${addresses.join(",")}`;
    let found = classes.get(key);
    if (!found) {
      const namespaceBits = namespaceSelectors.bits(labelsOf(namespace));
      const ports = Map.groupBy(own, ({ name }) => name as string);
      found = { index: classes.size, namespace, bits, namespaceBits, ports, portsKey, hostNetwork: host, addresses, members: [] };
      classes.set(key, found);
    }
    return found;
  };
  for (const each of pods) {
    const { podLabels, ports = [], hostNetwork } = each.workload;
    into(each.namespace, podLabels, ports, hostNetwork, segment.addressesOf(each.workload)).members.push(each);
  }
  const controller = into(CONTROLLER, {}, [], false, []);
  const ordered = (tier: KubernetesAdminPolicy["tier"]): readonly KubernetesAdminPolicy[] =>
    inOrder(
      admins.filter((each) => each.tier === tier),
      notes,
    );
  return {
    cluster,
    segment,
    flows: flowTable(),
    classes: [...classes.values()],
    controller,
    ranges:
      role === "primary"
        ? {
            ingress: cutRanges(blocksOf(policies, [], "ingress", notes)),
            egress: cutRanges(blocksOf(policies, admins, "egress", notes)),
          }
        : NOTHING_OUTSIDE,
    policies,
    admin: ordered("admin"),
    baseline: ordered("baseline"),
    idOf: podSelectors.add,
    idOfNamespaces: namespaceSelectors.add,
    notes: [...notes, ...hostNotes(pods), ...(segment.because === undefined ? [] : [`${segment.name}: ${segment.because}`])],
  };
}

/** Of what stands on a secondary network beside pods nothing is known, and an overlay leads nowhere else. */
const NOTHING_OUTSIDE = { ingress: [], egress: [] } as const;

type Add = (selector: KubernetesLabelSelector) => number;

function addSelectors(
  policies: readonly KubernetesNetworkPolicy[],
  admins: readonly KubernetesAdminPolicy[],
  pod: Add,
  namespace: Add,
): void {
  for (const policy of policies) {
    pod(policy.podSelector);
    for (const peer of [...policy.ingress, ...policy.egress].flatMap(({ peers }) => peers)) {
      if ("cidr" in peer) continue;
      if (peer.podSelector) pod(peer.podSelector);
      if (peer.namespaceSelector) namespace(peer.namespaceSelector);
    }
  }
  for (const { subject, ingress, egress } of admins) {
    for (const each of [subject, ...[...ingress, ...egress].flatMap(({ peers }) => peers)]) {
      if (!("namespaces" in each)) continue;
      namespace(each.namespaces);
      if (each.pods) pod(each.pods);
    }
  }
}

function namesOfPorts(policies: readonly KubernetesNetworkPolicy[], admins: readonly KubernetesAdminPolicy[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { ports } of policies.flatMap(({ ingress, egress }) => [...ingress, ...egress]))
    for (const { port } of ports) if (typeof port === "string") names.add(port);
  for (const { ports } of admins.flatMap(({ ingress, egress }) => [...ingress, ...egress]))
    for (const port of ports ?? []) if ("named" in port) names.add(port.named);
  return names;
}

function namespaceLabels(observations: Observations, cluster: string): (name: string) => Readonly<Record<string, string>> {
  const read = observations("kubernetes/namespace").filter((each) => each.cluster === cluster);
  const labels = new Map(read.map((each) => [each.name, { ...each.labels, [NAME_LABEL]: each.name }]));
  return (name) => labels.get(name) ?? { [NAME_LABEL]: name };
}

/**
 * By priority. Of two with the same priority either may be asked first, and nobody can tell which.
 *
 * Source: Network Policy API, AdminNetworkPolicySpec and ClusterNetworkPolicySpec, priority.
 */
function inOrder(policies: readonly KubernetesAdminPolicy[], notes: Set<string>): readonly KubernetesAdminPolicy[] {
  const ordered = policies.toSorted((a, b) => a.priority - b.priority || (a.name < b.name ? -1 : 1));
  ordered.forEach((each, i) => {
    const next = ordered[i + 1];
    if (next && next.priority === each.priority)
      notes.add(`${each.objectKind} ${each.name} and ${next.name} share priority ${each.priority}: which is asked first is not defined`);
  });
  return ordered;
}

function blocksOf(
  policies: readonly KubernetesNetworkPolicy[],
  admins: readonly KubernetesAdminPolicy[],
  direction: Direction,
  notes: Set<string>,
): readonly AddressRange[] {
  const texts = policies.flatMap((policy) =>
    policy[direction].flatMap((rule: KubernetesPolicyNetworkRule) =>
      rule.peers.flatMap((peer) => ("cidr" in peer ? [peer.cidr, ...peer.except] : [])),
    ),
  );
  const networks = admins.flatMap((policy) =>
    policy[direction].flatMap((rule: KubernetesAdminRule) => rule.peers.flatMap((peer) => ("networks" in peer ? peer.networks : []))),
  );
  return [...texts, ...networks].flatMap((text) => {
    const block = parseBlock(text);
    if (!block) notes.add(`${text} is no block of addresses: the rule that names it is taken to match none`);
    return block ?? [];
  });
}

const hostNotes = (pods: readonly Pods[]): readonly string[] =>
  pods
    .filter(({ workload }) => workload.hostNetwork)
    .map(({ name }) => `${name} uses its node's network: whether policies hold for it depends on the network plugin`);
