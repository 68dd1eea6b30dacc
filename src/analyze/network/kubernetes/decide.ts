// What policies let one class of pods receive or send, from or to everyone at once.
import type {
  KubernetesAdminPolicy,
  KubernetesNetworkPolicy,
  KubernetesPolicyNetworkRule,
} from "../../../model/observations/kubernetes-network.ts";
import { ALL, type Flows, NONE } from "./flows.ts";
import { lazily } from "./once-each.ts";
import { BY_NODE, type Masks, maskTable, NO, YES } from "./masks.ts";
import type { Direction, Network, PodClass } from "./network.ts";
import { type PortResolver, portResolver } from "./rule-ports.ts";

/**
 * How what the specification leaves to the plugin is decided. `listed`: pods on a node's network like other pods, and address blocks as about the outside
 * alone, which is how people read a policy. `certain` and `possible`: against and for the connection.
 */
export type Mode = "listed" | "certain" | "possible";

/** For each class, then for each range of the direction, what may pass. */
export type Row = Int32Array;

export interface Decider {
  readonly network: Network;
  row(direction: Direction, of: PodClass): Row;
  /** The policies of the namespace that select the class in this direction. Empty: it is not isolated. */
  selecting(direction: Direction, of: PodClass): readonly KubernetesNetworkPolicy[];
  /** What one rule lets `subject` receive from, or send to, `peer`. */
  byRule(
    policy: KubernetesNetworkPolicy,
    rule: KubernetesPolicyNetworkRule,
    direction: Direction,
    subject: PodClass,
    peer: PodClass,
  ): Flows;
  selectingAdmin(direction: Direction, of: PodClass): readonly KubernetesAdminPolicy[];
}

/** `without`: as if there were no NetworkPolicies, or no admin and baseline policies. */
export function decider(network: Network, mode: Mode, without: readonly ("policies" | "admin")[] = []): Decider {
  const parts: Parts = { network, mode, without: new Set(without), ...tables(network) };
  const rows = new Map<string, Row>();
  return {
    network,
    selecting: (direction, of) => selecting(parts, direction, of),
    selectingAdmin: (direction, of) => parts.masks.admins(of)[direction],
    row: (direction, of) => {
      const isFree = of.hostNetwork && mode === "possible";
      const key = `${direction} ${parts.masks.keyOf(of)[direction]} ${isFree} ${direction === "ingress" ? of.portsKey : ""}`;
      let row = rows.get(key);
      if (!row) {
        row = computeRow(parts, direction, of);
        rows.set(key, row);
      }
      return row;
    },
    byRule: (policy, rule, direction, subject, peer) => {
      const match = parts.masks.rule(policy, rule, direction)[peer.index] as number;
      return holds(mode, match, true) ? parts.ports.rule(rule, direction === "ingress" ? subject : peer) : NONE;
    },
  };
}

/** Whom policies select is the same for every way of asking. */
const tables = lazily((network: Network) => ({ masks: maskTable(network), ports: portResolver(network) }));

interface Parts {
  readonly network: Network;
  readonly without: ReadonlySet<"policies" | "admin">;
  readonly mode: Mode;
  readonly masks: Masks;
  readonly ports: PortResolver;
}

function holds(mode: Mode, match: number, allows: boolean): boolean {
  if (match === YES || match === NO) return match === YES;
  return mode === "listed" ? match === BY_NODE : allows === (mode === "possible");
}

/** A plugin may leave pods on a node's network to the node ("Network Policies", NetworkPolicy and hostNetwork pods). */
const selecting = ({ masks, mode, without }: Parts, direction: Direction, of: PodClass): readonly KubernetesNetworkPolicy[] =>
  without.has("policies") || (of.hostNetwork && mode === "possible") ? [] : masks.policies(of)[direction];

interface State {
  readonly remaining: Row;
  readonly allowed: Row;
  readonly passed: Row;
}

/**
 * Admin policies first; then, for a class that some NetworkPolicy selects, the sum of what those allow and nothing else; for any other class baseline
 * policies, and what those leave open is open.
 *
 * Source: Network Policy API, ClusterNetworkPolicySpec, tier; Kubernetes, "Network Policies", The two sorts of pod isolation.
 */
function computeRow(parts: Parts, direction: Direction, of: PodClass): Row {
  const { flows, classes, ranges } = parts.network;
  const width = classes.length + ranges[direction].length;
  const state: State = { remaining: new Int32Array(width).fill(ALL), allowed: new Int32Array(width), passed: new Int32Array(width) };
  const admins = parts.without.has("admin") ? [] : parts.masks.admins(of)[direction];
  askTier(
    parts,
    admins.filter((each) => each.tier === "admin"),
    direction,
    of,
    state,
  );
  const { allowed, remaining } = state;
  const policies = selecting(parts, direction, of);
  const rest = policies.length === 0 ? remaining : new Int32Array(width);
  if (policies.length === 0) {
    askTier(
      parts,
      admins.filter((each) => each.tier === "baseline"),
      direction,
      of,
      state,
    );
  }
  for (const policy of policies) addPolicy(parts, policy, direction, of, rest);
  for (let i = 0; i < width; i++) {
    allowed[i] = flows.union(allowed[i] as Flows, flows.intersect(remaining[i] as Flows, rest[i] as Flows));
  }
  return allowed;
}

/**
 * Rules of one tier in order: the first that takes a connection in settles it, and Pass hands it to the next tier. A Pass that the plugin may or may not
 * apply goes both ways: for `possible` the connection is handed on and asked about here as well, for `certain` it is neither.
 */
function askTier(parts: Parts, policies: readonly KubernetesAdminPolicy[], direction: Direction, of: PodClass, state: State): void {
  const { masks, ports, mode } = parts;
  const { flows, classes } = parts.network;
  const { remaining, allowed, passed } = state;
  for (const rule of policies.flatMap((policy) => policy[direction])) {
    const mask = masks.admin(rule, direction);
    // A peer of a version that is not known here: the rule denies all, unless it allows (Network Policy API, "fail closed").
    const isClosed = rule.action !== "allow" && rule.peers.some((peer) => "unknown" in peer);
    for (let i = 0; i < remaining.length; i++) {
      const match = mask[i] as number;
      const goesBothWays = rule.action === "pass" && mode !== "listed" && match !== YES && match !== NO && !isClosed;
      if (remaining[i] === NONE || !(isClosed || goesBothWays || holds(mode, match, rule.action === "allow"))) continue;
      const hit = flows.intersect(remaining[i] as Flows, isClosed ? ALL : ports.admin(rule, direction === "ingress" ? of : classes[i]));
      if (!goesBothWays || mode === "certain") remaining[i] = flows.subtract(remaining[i] as Flows, hit);
      if (isClosed || rule.action === "deny" || (goesBothWays && mode === "certain")) continue;
      const into = rule.action === "allow" ? allowed : passed;
      into[i] = flows.union(into[i] as Flows, hit);
    }
  }
  for (let i = 0; i < remaining.length; i++) remaining[i] = flows.union(remaining[i] as Flows, passed[i] as Flows);
  passed.fill(NONE);
}

function addPolicy(parts: Parts, policy: KubernetesNetworkPolicy, direction: Direction, of: PodClass, into: Row): void {
  const { flows, classes } = parts.network;
  for (const rule of policy[direction]) {
    const mask = parts.masks.rule(policy, rule, direction);
    for (let i = 0; i < into.length; i++) {
      if (!holds(parts.mode, mask[i] as number, true)) continue;
      into[i] = flows.union(into[i] as Flows, parts.ports.rule(rule, direction === "ingress" ? of : classes[i]));
    }
  }
}
