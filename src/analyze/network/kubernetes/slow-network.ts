// Test support: the slow twin of the network's evaluation: every sentence of the specification as one plain function over single things.
import type { KubernetesWorkload } from "../../../model/observations/kubernetes.ts";
import type {
  KubernetesAdminPolicy,
  KubernetesAdminRule,
  KubernetesLabelSelector,
  KubernetesNetworkPolicy,
  KubernetesPolicyNetworkRule,
  TransportProtocol,
} from "../../../model/observations/kubernetes-network.ts";
import { parseBlock } from "./addresses.ts";
import type { World } from "./random-cluster.ts";

export type End = KubernetesWorkload | Address;
export interface Packet {
  readonly protocol: TransportProtocol;
  readonly port: number;
}

/** Outside the cluster. */
export interface Address {
  readonly family: 4 | 6;
  readonly value: bigint;
}

export function addressOf(text: string): Address {
  const found = parseBlock(`${text}/${text.includes(":") ? 128 : 32}`);
  if (!found) throw new Error(`${text} is no address`);
  return { family: found.family, value: found.from };
}

const isPod = (end: End): end is KubernetesWorkload => "workloadKind" in end;

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

const inBlock = ({ family, value }: Address, cidr: string): boolean => {
  const found = parseBlock(cidr);
  return found !== undefined && found.family === family && found.from <= value && value <= found.to;
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

/** Pods on their node's network are neither subject nor peer of an admin policy. */
const slowNamespaced = (all: World, { namespaces, pods }: KubernetesAdminPolicy["subject"], end: KubernetesWorkload): boolean =>
  !end.hostNetwork && slowMatches(namespaces, labelsOfSpace(all, end.namespace as string)) && (!pods || slowMatches(pods, end.podLabels));

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
    for (const one of each[direction]) {
      // What nobody here knows is taken to be meant, unless it allows.
      if (one.action !== "allow" && one.peers.some((peer) => "unknown" in peer)) return "deny";
      if (adminTakes(all, one, other) && adminPorts(one, receiver, packet)) return one.action;
    }
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

export const slowly = (all: World, from: End, to: End, packet: Packet): boolean =>
  sideAllows(all, "egress", from, to, packet) && sideAllows(all, "ingress", to, from, packet);
