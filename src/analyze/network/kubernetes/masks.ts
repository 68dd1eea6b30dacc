// Whom each policy selects, and whom each rule takes in, for all classes and ranges at once.
import type {
  KubernetesAdminPeer,
  KubernetesAdminPolicy,
  KubernetesAdminRule,
  KubernetesNamespacedPods,
  KubernetesNetworkPolicy,
  KubernetesPolicyNetworkRule,
  KubernetesPolicyPeer,
} from "../../../model/observations/kubernetes-network.ts";
import { everyAddress, isInBlock, isWithin, parseBlock } from "./addresses.ts";
import type { Direction, Network, PodClass } from "./network.ts";
import { lazily, remembered } from "./once-each.ts";

/** Whether a peer takes in a class: no, yes, only if the plugin lets blocks take in pods, only if it tells pods on a node's network from the node. */
export const [NO, YES, BY_ADDRESS, BY_NODE] = [0, 1, 2, 3];
type Mask = Uint8Array;

export interface Masks {
  policies(of: PodClass): Readonly<Record<Direction, readonly KubernetesNetworkPolicy[]>>;
  admins(of: PodClass): Readonly<Record<Direction, readonly KubernetesAdminPolicy[]>>;
  /** Equal for classes that the same policies select. */
  keyOf(of: PodClass): Readonly<Record<Direction, string>>;
  rule(policy: KubernetesNetworkPolicy, rule: KubernetesPolicyNetworkRule, direction: Direction): Mask;
  admin(rule: KubernetesAdminRule, direction: Direction): Mask;
}

export function maskTable(network: Network): Masks {
  const byNamespace = Map.groupBy(network.policies, ({ namespace }) => namespace ?? "default");
  const admins = [...network.admin, ...network.baseline];
  const selected = lazily((of: PodClass) => ({
    policies: byDirection((direction) =>
      (byNamespace.get(of.namespace) ?? []).filter((each) => affects(each, direction) && takesIn(of.bits, network.idOf(each.podSelector))),
    ),
    // Host-networked pods are no subject of an admin policy (Network Policy API, AdminNetworkPolicySubject).
    admins: byDirection((direction) =>
      of.hostNetwork ? [] : admins.filter((each) => each[direction].length > 0 && namespacedPods(network, each.subject, of)),
    ),
  }));
  const order = new Map<KubernetesNetworkPolicy | KubernetesAdminPolicy, number>(
    [...network.policies, ...admins].map((each, i) => [each, i]),
  );
  const keys = lazily((of: PodClass) =>
    byDirection((direction) =>
      [...selected(of).policies[direction], ...selected(of).admins[direction]].map((each) => order.get(each)).join(","),
    ),
  );
  const rules = new Map<KubernetesPolicyNetworkRule, Mask>();
  const adminRules = new Map<KubernetesAdminRule, Mask>();
  return {
    policies: (of) => selected(of).policies,
    admins: (of) => selected(of).admins,
    keyOf: keys,
    rule: (policy, rule, direction) =>
      remembered(rules, rule, () =>
        rule.peers.length === 0
          ? new Uint8Array(network.classes.length + network.ranges[direction].length).fill(YES)
          : maskOf(
              network,
              direction,
              rule.peers.map((peer) => policyPeer(network, policy, peer)),
            ),
      ),
    admin: (rule, direction) =>
      remembered(adminRules, rule, () =>
        maskOf(
          network,
          direction,
          rule.peers.map((peer) => adminPeer(network, peer)),
        ),
      ),
  };
}

/**
 * Without policyTypes a policy is about ingress, and about egress when it has egress rules.
 *
 * Source: NetworkPolicySpec, networking/v1, policyTypes.
 */
const affects = ({ policyTypes, egress }: KubernetesNetworkPolicy, direction: Direction): boolean =>
  policyTypes ? policyTypes.includes(direction === "ingress" ? "Ingress" : "Egress") : direction === "ingress" || egress.length > 0;

interface PeerMatch {
  pods(of: PodClass): number;
  readonly blocks: readonly { readonly cidr: string; readonly except: readonly string[] }[];
}

/**
 * Selectors side by side in one peer both hold; a pod selector alone is about the policy's namespace, and a namespace selector alone about every pod there.
 *
 * Source: Kubernetes, "Network Policies", Behavior of to and from selectors.
 */
function policyPeer(network: Network, { namespace = "default" }: KubernetesNetworkPolicy, peer: KubernetesPolicyPeer): PeerMatch {
  // A pod's address is nobody's to rely on, and plugins differ in whether a block takes pods in ("Network Policies", ipBlock); unless the pod asks for one.
  if ("cidr" in peer) {
    const takes = ({ addresses }: PodClass): number => (addresses.some((address) => isInBlock(address, peer)) ? YES : NO);
    return { blocks: [peer], pods: (of) => (of.addresses.length === 0 ? BY_ADDRESS : takes(of)) };
  }
  const pod = peer.podSelector && network.idOf(peer.podSelector);
  const spaces = peer.namespaceSelector && network.idOfNamespaces(peer.namespaceSelector);
  return {
    blocks: [],
    pods: (of) => {
      const inPlace = spaces === undefined ? of.namespace === namespace : takesIn(of.namespaceBits, spaces);
      if (!inPlace || (pod !== undefined && !takesIn(of.bits, pod))) return NO;
      return of.hostNetwork ? BY_NODE : YES;
    },
  };
}

/** `networks` is asked about traffic inside the cluster too; all of a family takes in every pod of it (Network Policy API, egress peer). */
function adminPeer(network: Network, peer: KubernetesAdminPeer): PeerMatch {
  if ("namespaces" in peer) return { blocks: [], pods: (of) => (!of.hostNetwork && namespacedPods(network, peer, of) ? YES : NO) };
  if ("networks" in peer) {
    const whole = everyAddress(4);
    const isAll = peer.networks.some((text) => {
      const block = parseBlock(text);
      return block !== undefined && isWithin(whole, block);
    });
    return { blocks: peer.networks.map((cidr) => ({ cidr, except: [] })), pods: () => (isAll ? YES : BY_ADDRESS) };
  }
  // Nodes are not among the pods, unless a pod uses its node's network.
  if ("nodes" in peer) return { blocks: [], pods: (of) => (of.hostNetwork ? BY_ADDRESS : NO) };
  return { blocks: [], pods: () => NO };
}

const namespacedPods = (network: Network, { namespaces, pods }: KubernetesNamespacedPods, of: PodClass): boolean =>
  takesIn(of.namespaceBits, network.idOfNamespaces(namespaces)) && (pods === undefined || takesIn(of.bits, network.idOf(pods)));

const takesIn = (bits: string, id: number): boolean => bits[id] === "1";

function maskOf(network: Network, direction: Direction, peers: readonly PeerMatch[]): Mask {
  const { classes } = network;
  const ranges = network.ranges[direction];
  const mask = new Uint8Array(classes.length + ranges.length);
  for (const { blocks, pods } of peers) {
    for (const each of classes) if (mask[each.index] !== YES) mask[each.index] = strongest(mask[each.index] as number, pods(each));
    for (const { cidr, except } of blocks) {
      const block = parseBlock(cidr);
      const out = except.flatMap((text) => parseBlock(text) ?? []);
      if (!block) continue;
      ranges.forEach((range, i) => {
        if (isWithin(range, block) && !out.some((hole) => isWithin(range, hole))) mask[classes.length + i] = YES;
      });
    }
  }
  return mask;
}

const strongest = (a: number, b: number): number =>
  a === YES || b === YES ? YES : a === BY_NODE || b === BY_NODE ? BY_NODE : Math.max(a, b);

const byDirection = <T>(of: (direction: Direction) => T): Readonly<Record<Direction, T>> => ({
  ingress: of("ingress"),
  egress: of("egress"),
});
