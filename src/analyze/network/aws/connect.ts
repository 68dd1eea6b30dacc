// Can this open a connection to that: the way there and the way back through routes, network ACLs and security groups, exactly.
import type { Address } from "./address.ts";
import { addressText } from "./address.ts";
import { type Decider, lettingRules } from "./decide.ts";
import { decidingEntry, type GroupRule } from "./filters.ts";
import {
  ALL_FLOWS,
  ALL_PORTS,
  type Flows,
  flowsText,
  hasPort,
  ICMP,
  ICMPV6,
  intersect,
  intersectPorts,
  isEmpty,
  type Ports,
  portsOf,
  subtract,
  TCP,
  UDP,
} from "./flows.ts";
import type { Endpoint, GroupSet, Subnet, TransitAttachment, Vpc } from "./network.ts";
import { fromInternet, routeInTransit } from "./ways.ts";
import { type AclCrossing, enterVpc, hopOf, leaveSubnet, type Outcome, type Stop, stopped, type Taken, type Walk, walkOf } from "./walk.ts";

/** Where a packet starts. Only an endpoint has security groups; on-premises traffic comes in through a gateway of the VPC. */
export type Origin =
  | { readonly kind: "endpoint"; readonly endpoint: Endpoint }
  | { readonly kind: "internet"; readonly address: Address }
  | { readonly kind: "on-premises"; readonly gateway: string; readonly vpc: Vpc; readonly address: Address }
  | { readonly kind: "transit"; readonly attachment: TransitAttachment; readonly address: Address }
  | { readonly kind: "subnet"; readonly subnet: Subnet; readonly address: Address }
  | { readonly kind: "vpc"; readonly vpc: Vpc; readonly address: Address };

export interface Target {
  readonly address: Address;
  /** The endpoint that is meant, for one whose address is assumed. */
  readonly endpoint?: Endpoint;
}

/** What routes and network ACLs make of a way, whatever the security groups say. */
export interface Path {
  readonly walk: Walk;
  readonly outcome: Outcome;
  readonly hops: readonly string[];
  readonly routes: readonly Taken[];
  /** The sender's address as the receiver sees it. */
  readonly seen: Address;
  /** Flows that get there. */
  readonly oneWay: Flows;
  /** Flows that get there and whose answers get back. */
  readonly answered: Flows;
  readonly because: readonly string[];
  readonly stop?: Stop;
  /** Network ACLs on the way of the answers. */
  readonly answersCross: readonly AclCrossing[];
  readonly clientPorts: Ports;
}

export interface Connection {
  readonly path: Path;
  /** Flows that can be opened; ports are those of the receiver. Certain only when `because` is empty. */
  readonly flows: Flows;
  readonly because: readonly string[];
  /** The security-group rules that let them out and in. */
  readonly rules: readonly GroupRule[];
  /** When nothing can be opened: the element that stops it. */
  readonly stop?: Stop;
}

export function begin(walk: Walk, origin: Origin): Outcome {
  switch (origin.kind) {
    case "endpoint":
      walk.hops.push(hopOf(walk.network, origin.endpoint));
      return leaveSubnet(walk, origin.endpoint.subnet);
    case "internet":
      return fromInternet(walk);
    case "on-premises":
      walk.hops.push(origin.gateway);
      walk.membershipCounts = false;
      return enterVpc(walk, origin.vpc, undefined);
    case "transit":
      walk.hops.push(origin.attachment.resource, origin.attachment.gateway);
      walk.membershipCounts = false;
      return routeInTransit(walk, origin.attachment.gateway, origin.attachment.id);
    case "subnet":
      return leaveSubnet(walk, origin.subnet);
    case "vpc":
      return enterVpc(walk, origin.vpc, undefined);
  }
}

const addressOf = (origin: Origin): Address => (origin.kind === "endpoint" ? origin.endpoint.private : origin.address);

/** The way by routes and network ACLs, there and back. `clientPorts` are those that the sender may choose. */
export function pathBetween(decider: Decider, origin: Origin, target: Target, clientPorts: Ports = ALL_PORTS): Path {
  const walk = walkOf(decider.network, addressOf(origin), target.address, target.endpoint);
  const outcome = begin(walk, origin);
  const ports = walk.isTranslated ? intersectPorts(clientPorts, NAT_PORTS) : clientPorts;
  const common = { walk, outcome, hops: walk.hops, routes: walk.routes, seen: walk.source, answersCross: [], clientPorts: ports };
  if (outcome.kind === "stopped") return { ...common, oneWay: NOTHING, answered: NOTHING, because: [...walk.because], stop: outcome.stop };
  const there = throughAcls(decider, walk.crossings, walk.isTranslated ? TRANSLATED : ALL_FLOWS);
  const because = new Set([...walk.because, ...there.because]);
  if (there.stop) return { ...common, oneWay: NOTHING, answered: NOTHING, because: [...because], stop: there.stop };
  const back = wayBack(walk, origin, outcome, target.address);
  if (back === undefined) return { ...common, oneWay: there.flows, answered: there.flows, because: [...because] };
  for (const each of back.walk.because) because.add(each);
  if (back.outcome.kind === "stopped")
    return { ...common, oneWay: there.flows, answered: NOTHING, because: [...because], stop: onTheWayBack(back.outcome.stop) };
  const answersCross = back.walk.crossings;
  const answers = throughAcls(decider, answersCross, ALL_FLOWS);
  for (const each of answers.because) because.add(each);
  const answered = answerable(there.flows, answers.flows, ports);
  const stop = isEmpty(answered) ? { stop: stopOfAnswers(decider, answersCross, there.flows, ports) } : {};
  return { ...common, answersCross, oneWay: there.flows, answered, because: [...because], ...stop };
}

const NOTHING: Flows = { rest: false, listed: new Map() };
/** A NAT gateway supports TCP, UDP and ICMP, and sends from ports 1024 to 65535 (VPC User Guide, "NAT gateway basics"). */
const TRANSLATED: Flows = {
  rest: false,
  listed: new Map([
    [TCP, ALL_PORTS],
    [UDP, ALL_PORTS],
    [ICMP, ALL_PORTS],
  ]),
};
const NAT_PORTS: Ports = [1024, 65535];

interface Passed {
  readonly flows: Flows;
  readonly because: readonly string[];
  readonly stop?: Stop;
}

function throughAcls(decider: Decider, crossings: readonly AclCrossing[], start: Flows): Passed {
  let flows = start;
  const because: string[] = [];
  for (const crossing of crossings) {
    const decision = decider.acl(crossing);
    if (decision.because !== undefined) because.push(decision.because);
    const left = intersect(flows, decision.flows);
    if (isEmpty(left)) return { flows: left, because, stop: stopOfAcl(crossing, flows) };
    flows = left;
  }
  return { flows, because };
}

function stopOfAcl(crossing: AclCrossing, flows: Flows, answers?: Flows): Stop {
  const { subnet, isEgress, address } = crossing;
  const acl = subnet.acl;
  const entry = acl && decidingEntry(acl, isEgress, address, (each) => !isEmpty(intersect(each, answers ?? flows)));
  const way = isEgress ? `out of ${subnet.id} to` : `into ${subnet.id} from`;
  const number = entry && !entry.isAllow ? `entry ${entry.observed.number} denies it` : "no entry allows it";
  return {
    code: "network-acl",
    element: acl?.id ?? subnet.id,
    why: `network ACL ${acl?.id ?? ""} does not let it ${way} ${addressText(address)}: ${number}`,
    source: entry?.observed.source ?? acl?.observed.source ?? subnet.source,
  };
}

const onTheWayBack = (stop: Stop): Stop => ({ ...stop, why: `no answer comes back: ${stop.why}` });

/** The first network ACL on the way back after which no port that the client may choose is left. */
function stopOfAnswers(decider: Decider, crossings: readonly AclCrossing[], there: Flows, clientPorts: Ports): Stop {
  let answers: Flows = ALL_FLOWS;
  for (const crossing of crossings) {
    const left = intersect(answers, decider.acl(crossing).flows);
    if (isEmpty(answerable(there, left, clientPorts))) return onTheWayBack(stopOfAcl(crossing, there, answers));
    answers = left;
  }
  return { code: "network-acl", element: crossings.at(-1)?.subnet.id ?? "", why: `no answer to ${flowsText(there)} comes back` };
}

/**
 * Network ACLs are stateless: answers go to the port that the client chose, so a flow can be opened when some port that the client may choose
 * gets back; an echo needs its reply (VPC User Guide, "Network ACLs", "Ephemeral ports").
 */
export function answerable(there: Flows, back: Flows, clientPorts: Ports): Flows {
  if (back === ALL_FLOWS && clientPorts.length > 0) return there;
  const listed = new Map<number, Ports>();
  for (const protocol of new Set([...there.listed.keys(), ...back.listed.keys(), TCP, UDP])) {
    const ports = portsOf(there, protocol);
    const answers = portsOf(back, protocol);
    if (protocol === ICMP) listed.set(protocol, hasPort(answers, 0) ? ports : withoutEcho(ports, 8));
    else if (protocol === ICMPV6) listed.set(protocol, hasPort(answers, 129 * 256) ? ports : withoutEcho(ports, 128));
    else {
      const client = protocol === TCP || protocol === UDP ? intersectPorts(answers, clientPorts) : answers;
      listed.set(protocol, client.length > 0 ? ports : []);
    }
  }
  return { rest: there.rest && back.rest, listed };
}

const withoutEcho = (ports: Ports, type: number): Ports =>
  portsOf(
    subtract({ rest: false, listed: new Map([[ICMP, ports]]) }, { rest: false, listed: new Map([[ICMP, [type * 256, type * 256 + 255]]]) }),
    ICMP,
  );

interface Back {
  readonly walk: Walk;
  readonly outcome: Outcome;
}

/** The answer's way: to the address that the receiver saw, and through each NAT gateway again. Undefined where it leaves what was read. */
function wayBack(there: Walk, origin: Origin, outcome: Outcome, asked: Address): Back | undefined {
  const { network } = there;
  if (outcome.kind === "stopped" || origin.kind === "subnet" || origin.kind === "vpc") return undefined;
  const client = origin.kind === "endpoint" ? origin.endpoint : undefined;
  const from = outcome.kind === "delivered" ? outcome.endpoint.private : asked;
  const walk = walkOf(network, from, there.source, client);
  const translations = there.translations.toReversed();
  walk.established = translations[0]?.nat ?? client;
  let reached = beginBack(walk, outcome);
  if (reached === undefined) return undefined;
  for (const [i, { nat, replaced }] of translations.entries()) {
    if (reached.kind !== "delivered" || reached.endpoint !== nat) return { walk, outcome: strayed(reached, nat.interface.id) };
    walk.established = translations[i + 1]?.nat ?? client;
    walk.destination = replaced;
    reached = leaveSubnet(walk, nat.subnet);
  }
  if (reached.kind === "stopped") return { walk, outcome: reached };
  const isHome =
    client === undefined
      ? reached.kind === "exits" && isOutside(origin, reached.to)
      : reached.kind === "delivered" && reached.endpoint === client;
  const isSameAddress = walk.source === asked;
  return { walk, outcome: isHome && isSameAddress ? reached : strayed(reached, walk.hops.at(-1) ?? "") };
}

/** What came from premises is answered there, and not over the internet. */
const isOutside = (origin: Origin, to: string): boolean => origin.kind === "internet" || to === "on-premises";

function beginBack(walk: Walk, outcome: Exclude<Outcome, { kind: "stopped" }>): Outcome | undefined {
  if (outcome.kind === "delivered") return leaveSubnet(walk, outcome.endpoint.subnet);
  if (outcome.to === "internet" && outcome.element === "internet") return fromInternet(walk);
  if (outcome.to !== "on-premises") return undefined;
  const vpc = walk.network.vpcs.values().find((each) => each.vpnGateways.includes(outcome.element));
  if (vpc !== undefined) return enterVpc(walk, vpc, undefined);
  const attachment = walk.network.attachments.values().find((each) => each.resource === outcome.element);
  return attachment && routeInTransit(walk, attachment.gateway, attachment.id);
}

const strayed = (outcome: Outcome, element: string): Outcome =>
  outcome.kind === "stopped"
    ? outcome
    : stopped("asymmetric", element, `the answer goes another way and reaches the sender as a stranger's`);

/** All of it: the path, what the sender's groups let out and what the receiver's let in. Groups are stateful, so answers are not asked. */
export function connect(decider: Decider, origin: Origin, target: Target, asked: Flows = ALL_FLOWS, clientPorts?: Ports): Connection {
  const path = pathBetween(decider, origin, target, clientPorts);
  return filtered(decider, origin, target, path, asked);
}

function filtered(decider: Decider, origin: Origin, target: Target, path: Path, asked: Flows): Connection {
  const because = new Set(path.because);
  const receiver = path.outcome.kind === "delivered" ? path.outcome.endpoint : undefined;
  const sender = origin.kind === "endpoint" ? origin.endpoint : undefined;
  const { out, into } = memberships(path, sender, receiver);
  const egress = sender && decider.groups(sender.groups, true, target.address, out);
  const ingress = receiver && decider.groups(receiver.groups, false, path.seen, into);
  const leaving = intersect(asked, egress?.flows ?? ALL_FLOWS);
  if (sender && isEmpty(leaving)) return denied(path, because, stopOfGroups(sender, true, target.address, asked));
  if (path.stop !== undefined && isEmpty(path.oneWay)) return denied(path, because, path.stop);
  const oneWay = intersect(leaving, path.oneWay);
  if (receiver && !isEmpty(oneWay) && isEmpty(intersect(oneWay, ingress?.flows ?? ALL_FLOWS)))
    return denied(path, because, stopOfGroups(receiver, false, path.seen, oneWay));
  if (path.stop !== undefined && isEmpty(path.answered)) return denied(path, because, path.stop);
  const arriving = intersect(leaving, path.answered);
  if (isEmpty(arriving)) return denied(path, because, stopOfPath(decider, path, leaving));
  const flows = intersect(arriving, ingress?.flows ?? ALL_FLOWS);
  if (receiver && isEmpty(flows)) return denied(path, because, stopOfGroups(receiver, false, path.seen, arriving));
  for (const decision of [egress, ingress]) if (decision?.because !== undefined) because.add(decision.because);
  const rules = [
    ...(receiver ? lettingRules(receiver.groups, false, path.seen, into, flows) : []),
    ...(sender ? lettingRules(sender.groups, true, target.address, out, flows) : []),
  ];
  return { path, flows, because: [...because], rules };
}

/** Over a transit gateway, rules may name groups for what comes in only (Transit Gateway Guide, "Security group referencing"). */
export function memberships(
  path: Pick<Path, "walk">,
  sender: Endpoint | undefined,
  receiver: Endpoint | undefined,
): { readonly out: GroupSet | undefined; readonly into: GroupSet | undefined } {
  if (!path.walk.membershipCounts) return { out: undefined, into: undefined };
  return { out: path.walk.isOverTransit ? undefined : receiver?.groups, into: sender?.groups };
}

const denied = (path: Path, because: ReadonlySet<string>, stop: Stop): Connection => ({
  path,
  flows: NOTHING,
  because: [...because],
  rules: [],
  stop,
});

function stopOfGroups(endpoint: Endpoint, isEgress: boolean, address: Address, flows: Flows): Stop {
  const ids = endpoint.groups.ids.join(", ");
  const way = isEgress ? `out to ${addressText(address)}` : `in from ${addressText(address)}`;
  return {
    code: "security-group",
    element: ids,
    why: `no rule of ${ids} lets ${flowsText(flows)} ${way}`,
    source: endpoint.groups.groups[0]?.observed.source ?? endpoint.interface.source,
  };
}

/** Routes lead there and some flows pass; the ones that were asked for do not: the network ACL that takes them. */
function stopOfPath(decider: Decider, path: Path, leaving: Flows): Stop {
  const there = throughAcls(decider, path.walk.crossings, leaving);
  if (there.stop) return there.stop;
  const isRefused = path.walk.isTranslated && isEmpty(intersect(there.flows, TRANSLATED));
  if (!isRefused) return stopOfAnswers(decider, path.answersCross, there.flows, path.clientPorts);
  const element = path.hops.find((hop) => hop.startsWith("nat-")) ?? "";
  return { code: "nat", element, why: "a NAT gateway forwards TCP, UDP and ICMP only" };
}
