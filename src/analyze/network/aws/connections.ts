// All connections between two sets of endpoints, class by class: endpoints that no route, network ACL or group tells apart are asked once.
import { type Address, type AddressRange, after, compareAddresses, isOnInternet, parseAddress } from "./address.ts";
import { connect, type Path, pathBetween } from "./connect.ts";
import type { Decider, Decision } from "./decide.ts";
import { type Flows, flowsText, intersect, isEmpty, NO_FLOWS, subtract } from "./flows.ts";
import type { Endpoint, GroupSet, Network } from "./network.ts";

/** Endpoints alike in subnet, groups and the blocks that hold their addresses: a decision about one is one about all. */
export interface EndpointClass {
  readonly endpoints: readonly Endpoint[];
  readonly groups: GroupSet;
  readonly private: Address;
  readonly public: Address | undefined;
  readonly listens: Flows | undefined;
}

/** Classes that routes and network ACLs treat alike. */
interface PathClass {
  readonly first: Endpoint;
  readonly classes: readonly EndpointClass[];
}

export interface ClassConnection {
  readonly from: EndpointClass;
  readonly to: EndpointClass;
  readonly path: Path;
  readonly flows: Flows;
  /** Certain only when empty. */
  readonly because: readonly string[];
  /** The sender's address as the receiver sees it. */
  readonly seen: Address;
  /** The receiver is called by its public address. */
  readonly isPublic: boolean;
}

export interface Options {
  /** Leave out what anyone on the internet can open (clause B4 asks for more than that). */
  readonly beyondStrangers?: boolean;
}

/** Calls `visit` for every pair of classes between which something can be opened, and `unsure` for what was not read and could open more. */
export function eachConnection(
  decider: Decider,
  from: Iterable<Endpoint>,
  to: Iterable<Endpoint>,
  visit: (connection: ClassConnection) => void,
  options: Options = {},
): { readonly unsure: ReadonlySet<string> } {
  const senders = pathClasses(decider, from);
  const receivers = pathClasses(decider, to);
  const unsure = new Set<string>();
  const stranger = options.beyondStrangers === true ? strangerAddress(decider.network) : undefined;
  for (const receiver of receivers) {
    const known = stranger === undefined ? NO_FLOWS_OF : strangersOf(decider, receiver, stranger);
    for (const sender of senders) {
      pair(decider, sender, receiver, false, known, visit, unsure);
      if (receiver.first.public !== undefined) pair(decider, sender, receiver, true, known, visit, unsure);
    }
  }
  return { unsure };
}

type FlowsOf = (to: EndpointClass) => Flows;
const NO_FLOWS_OF: FlowsOf = () => NO_FLOWS;

function strangersOf(decider: Decider, receiver: PathClass, stranger: Address): FlowsOf {
  const flows = new Map<EndpointClass, Flows>();
  for (const to of receiver.classes) {
    if (to.public === undefined) continue;
    const connection = connect(decider, { kind: "internet", address: stranger }, { address: to.public });
    if (connection.because.length === 0) flows.set(to, connection.flows);
  }
  return (to) => flows.get(to) ?? NO_FLOWS;
}

function pair(
  decider: Decider,
  sender: PathClass,
  receiver: PathClass,
  isPublic: boolean,
  known: FlowsOf,
  visit: (connection: ClassConnection) => void,
  unsure: Set<string>,
): void {
  const address = isPublic ? receiver.first.public : receiver.first.private;
  if (address === undefined) return;
  const path = pathBetween(decider, { kind: "endpoint", endpoint: sender.first }, { address, endpoint: receiver.first });
  if (path.outcome.kind !== "delivered" || path.outcome.endpoint !== receiver.first || isEmpty(path.answered)) {
    if (path.outcome.kind !== "exits") for (const each of path.because) unsure.add(each);
    return;
  }
  for (const from of sender.classes) {
    const seen = seenAddress(path, sender, from);
    for (const to of receiver.classes) {
      const found = between(decider, path, from, to, seen, isPublic);
      if (found === undefined) continue;
      const heard = to.listens === undefined ? found.flows : intersect(found.flows, to.listens);
      const flows = subtract(heard, known(to));
      if (!isEmpty(flows)) visit({ from, to, path, flows, because: found.because, seen, isPublic });
    }
  }
}

/** Unless a NAT gateway stands between, the receiver sees the sender's own address, private or public. */
function seenAddress(path: Path, sender: PathClass, from: EndpointClass): Address {
  if (path.seen === sender.first.private) return from.private;
  if (path.seen === sender.first.public) return from.public ?? path.seen;
  return path.seen;
}

function between(
  decider: Decider,
  path: Path,
  from: EndpointClass,
  to: EndpointClass,
  seen: Address,
  isPublic: boolean,
): { readonly flows: Flows; readonly because: readonly string[] } | undefined {
  const counts = path.walk.membershipCounts;
  const ingress = decider.groups(to.groups, false, seen, counts ? from.groups : undefined);
  if (ingress.isEmpty) return undefined;
  const asked = isPublic ? (to.public ?? to.private) : to.private;
  const egress = decider.groups(from.groups, true, asked, counts && !path.walk.isOverTransit ? to.groups : undefined);
  if (egress.isEmpty) return undefined;
  const flows = intersect(intersect(egress.flows, path.answered), ingress.flows);
  return isEmpty(flows) ? undefined : { flows, because: reasons(path, egress, ingress) };
}

function reasons(path: Path, egress: Decision, ingress: Decision): readonly string[] {
  if (egress.because === undefined && ingress.because === undefined) return path.because;
  return [
    ...path.because,
    ...(egress.because === undefined ? [] : [egress.because]),
    ...(ingress.because === undefined ? [] : [ingress.because]),
  ];
}

function pathClasses(decider: Decider, endpoints: Iterable<Endpoint>): readonly PathClass[] {
  const byPath = new Map<string, { readonly first: Endpoint; readonly byGroups: Map<string, Endpoint[]> }>();
  for (const endpoint of endpoints) {
    const { subnet, isAssumed, interface: own, groups } = endpoint;
    const mapped = endpoint.public;
    const pathKey = `${subnet.index} ${decider.pathAtom(endpoint.private)} ${mapped === undefined ? "" : decider.pathAtom(mapped)} ${isAssumed ? own.id : ""}`;
    const groupKey = `${groups.index} ${decider.groupAtom(endpoint.private)} ${mapped === undefined ? "" : decider.groupAtom(mapped)} ${endpoint.listens === undefined ? "" : flowsText(endpoint.listens)}`;
    const path = byPath.get(pathKey) ?? { first: endpoint, byGroups: new Map<string, Endpoint[]>() };
    byPath.set(pathKey, path);
    const members = path.byGroups.get(groupKey);
    if (members) members.push(endpoint);
    else path.byGroups.set(groupKey, [endpoint]);
  }
  return [...byPath.values()].map(({ first, byGroups }) => ({ first, classes: [...byGroups.values()].map(classOf) }));
}

/** All classes of a set of endpoints. */
export const endpointClasses = (decider: Decider, endpoints: Iterable<Endpoint>): readonly EndpointClass[] =>
  pathClasses(decider, endpoints).flatMap(({ classes }) => classes);

function classOf(endpoints: readonly Endpoint[]): EndpointClass {
  const [first] = endpoints as readonly [Endpoint, ...Endpoint[]];
  return { endpoints, groups: first.groups, private: first.private, public: first.public, listens: first.listens };
}

/**
 * An address of the internet that no rule singles out: what lets it in lets anyone in. A range that is open to a part of the internet is thus not
 * taken for open to all.
 */
export function strangerAddress(network: Network): Address | undefined {
  const singled: AddressRange[] = [];
  for (const group of network.groups.values())
    for (const rule of [...group.ingress, ...group.egress]) singled.push(...rule.ranges.filter((range) => !isWhole(range)));
  for (const subnet of network.subnets.values())
    if (subnet.acl)
      singled.push(...[...subnet.acl.ingress, ...subnet.acl.egress].map((entry) => entry.range).filter((range) => !isWhole(range)));
  return strangerOutside(singled);
}

/** The first address of the internet in none of the ranges, those that hold everything left out. */
export function strangerOutside(singled: readonly AddressRange[]): Address | undefined {
  const taken = singled
    .filter((range) => typeof range.from === "number" && !isWhole(range))
    .toSorted((a, b) => compareAddresses(a.from, b.from));
  let next: Address = parseAddress("1.0.0.0") ?? 0;
  for (const range of taken) {
    if (next < range.from && isOnInternet(next)) return next;
    if (range.to >= next) next = after(range.to);
  }
  return isOnInternet(next) ? next : undefined;
}

const isWhole = (range: AddressRange): boolean => range.from === 0 && range.to >= 2 ** 32 - 1;
