// One packet's way through routes: where it goes, which network ACLs it crosses, and where it ends. Security groups are asked by connect.ts.
import type { Source } from "../../../model/source.ts";
import { type Address, addressText, containsAny } from "./address.ts";
import type { Endpoint, Network, Subnet, Vpc } from "./network.ts";
import { lookup } from "./prefix-table.ts";
import { throughAppliance, throughInternetGateway, throughNat, throughPeering, throughTransit, throughVpcEndpoint } from "./ways.ts";

export type StopCode =
  | "security-group"
  | "network-acl"
  | "no-route"
  | "blackhole"
  | "no-subnet"
  | "no-interface"
  | "not-peered"
  | "not-transitive"
  | "not-attached"
  | "no-public-address"
  | "nat"
  | "appliance"
  | "unroutable"
  | "asymmetric"
  | "loop";

/** The element that stops it, and why. */
export interface Stop {
  readonly code: StopCode;
  readonly element: string;
  readonly why: string;
  readonly source?: Source;
}

export type Outcome =
  | { readonly kind: "delivered"; readonly endpoint: Endpoint }
  | { readonly kind: "exits"; readonly to: "internet" | "on-premises" | "service" | "gateway"; readonly element: string }
  | { readonly kind: "stopped"; readonly stop: Stop };

/** A network ACL on the way, with the address it looks at. */
export interface AclCrossing {
  readonly subnet: Subnet;
  readonly isEgress: boolean;
  readonly address: Address;
}

/** A route, a peering or an attachment that was taken: what to change to cut the way. */
export interface Taken {
  readonly element: string;
  readonly label: string;
  readonly change: string;
  readonly source: Source;
}

export interface Walk {
  readonly network: Network;
  source: Address;
  destination: Address;
  readonly hops: string[];
  readonly crossings: AclCrossing[];
  readonly routes: Taken[];
  /** NAT gateways' endpoints it went through, with the address that each replaced. */
  readonly translations: { readonly nat: Endpoint; readonly replaced: Address }[];
  /** What the answer rests on and was not read. */
  readonly because: Set<string>;
  /** Whether membership of security groups still counts: no translation, no appliance, one region. */
  membershipCounts: boolean;
  /** Over a transit gateway, membership counts for what comes in only. */
  isOverTransit: boolean;
  /** A NAT gateway forwards TCP, UDP and ICMP only. */
  isTranslated: boolean;
  zone: string;
  /** The endpoint it is meant for, for what has an assumed address. */
  expected: Endpoint | undefined;
  /** On the way back: NAT gateway whose translation it belongs to. */
  established: Endpoint | undefined;
  steps: number;
}

export const walkOf = (network: Network, source: Address, destination: Address, expected?: Endpoint): Walk => ({
  network,
  source,
  destination,
  hops: [],
  crossings: [],
  routes: [],
  translations: [],
  because: new Set(),
  membershipCounts: true,
  isOverTransit: false,
  isTranslated: false,
  zone: "",
  expected,
  established: undefined,
  steps: 0,
});

export const MOST_STEPS = 32;

export const stopped = (code: StopCode, element: string, why: string, source?: Source): Outcome => ({
  kind: "stopped",
  stop: { code, element, why, ...(source && { source }) },
});

export const push = (walk: Walk, hop: string): void => {
  if (walk.hops.at(-1) !== hop) walk.hops.push(hop);
};

export function crossAcl(walk: Walk, subnet: Subnet, isEgress: boolean): void {
  walk.crossings.push({ subnet, isEgress, address: isEgress ? walk.destination : walk.source });
}

/**
 * Out of a subnet. Rules of a network ACL are evaluated when traffic enters or leaves the subnet, not within it (VPC User Guide, "Network ACL
 * basics").
 */
export function leaveSubnet(walk: Walk, subnet: Subnet): Outcome {
  walk.zone ||= subnet.zone;
  if (containsAny(subnet.ranges, walk.destination)) return deliver(walk, subnet);
  push(walk, subnet.id);
  crossAcl(walk, subnet, true);
  return routeFrom(walk, subnet);
}

export const takenRoute = (element: string, label: string, source: Source): Taken => ({
  element,
  label,
  change: `remove the ${label}, or narrow its destination`,
  source,
});

/** By the subnet's route table (VPC User Guide, "Route priority": the longest prefix wins). */
export function routeFrom(walk: Walk, subnet: Subnet): Outcome {
  if (++walk.steps > MOST_STEPS) return stopped("loop", subnet.id, "the routes lead in a circle", subnet.source);
  const { table } = subnet;
  if (table === undefined) {
    walk.because.add(`the route table of ${subnet.id} was not read`);
    return stopped("no-route", subnet.id, `the route table of ${subnet.id} was not read`, subnet.source);
  }
  const route = lookup(table.routes, walk.destination);
  if (route === undefined)
    return stopped("no-route", table.id, `${table.id} has no route to ${addressText(walk.destination)}`, table.source);
  const label = `route to ${route.destination} through ${route.target || "nothing"} in ${table.id}`;
  if (route.isBlackhole) return stopped("blackhole", table.id, `the ${label} is a blackhole`, route.source);
  if (route.target !== "local") walk.routes.push(takenRoute(table.id, label, route.source));
  return follow(walk, route.target, subnet.vpc, subnet);
}

/** To a route's target. `subnet` is absent where a gateway's own table routes what comes in. */
export function follow(walk: Walk, target: string, vpc: Vpc, subnet: Subnet | undefined): Outcome {
  if (target === "local") {
    push(walk, vpc.id);
    return enterVpc(walk, vpc, subnet);
  }
  switch (target.slice(0, target.indexOf("-"))) {
    case "pcx":
      return throughPeering(walk, target, vpc);
    case "tgw":
      return throughTransit(walk, target, vpc, subnet);
    case "igw":
    case "eigw":
      push(walk, vpc.id);
      return throughInternetGateway(walk, target, vpc);
    case "nat":
      push(walk, vpc.id);
      return throughNat(walk, target, subnet);
    case "vgw":
      push(walk, vpc.id);
      push(walk, target);
      if (!vpc.vpnGateways.includes(target) && vpc.vpnGateways.length > 0)
        return stopped("not-attached", target, `${target} is not attached to ${vpc.id}`, vpc.source);
      return { kind: "exits", to: "on-premises", element: target };
    case "vpce":
      return throughVpcEndpoint(walk, target, vpc);
    case "eni":
    case "i":
      push(walk, vpc.id);
      return throughAppliance(walk, target, subnet);
    default:
      push(walk, target);
      walk.because.add(`what ${target} forwards was not read`);
      return { kind: "exits", to: "on-premises", element: target };
  }
}

/** Into a VPC, to the subnet that holds the destination. */
export function enterVpc(walk: Walk, vpc: Vpc, from: Subnet | undefined): Outcome {
  push(walk, vpc.id);
  const subnet = lookup(vpc.subnets, walk.destination);
  if (subnet === undefined)
    return stopped("no-subnet", vpc.id, `no subnet of ${vpc.id} holds ${addressText(walk.destination)}`, vpc.source);
  push(walk, subnet.id);
  if (subnet !== from) crossAcl(walk, subnet, false);
  return deliver(walk, subnet);
}

export function deliver(walk: Walk, subnet: Subnet): Outcome {
  const { expected, network, destination } = walk;
  const endpoint =
    expected !== undefined && expected.subnet === subnet && expected.private === destination
      ? expected
      : network.byPrivate.get(subnet.vpc.id)?.get(destination);
  if (endpoint === undefined)
    return stopped("no-interface", subnet.id, `no interface in ${subnet.id} has ${addressText(destination)}`, subnet.source);
  push(walk, hopOf(network, endpoint));
  if (endpoint.interface.type !== "nat_gateway" || walk.established === endpoint) return { kind: "delivered", endpoint };
  return stopped("nat", hopOf(network, endpoint), "a NAT gateway accepts no connection from outside", endpoint.interface.source);
}

/** The instance or NAT gateway of an endpoint where it is one, else the interface. */
export function hopOf(network: Network, endpoint: Endpoint): string {
  if (endpoint.interface.instance !== undefined) return endpoint.interface.instance;
  if (endpoint.interface.type === "nat_gateway") for (const nat of network.nats.values()) if (nat.endpoint === endpoint) return nat.id;
  return endpoint.interface.id;
}
