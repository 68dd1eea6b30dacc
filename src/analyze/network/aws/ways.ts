// What stands between VPCs, and how each passes a packet on: peerings, transit gateways, the internet, NAT, endpoints and appliances.
import { addressText, containsAny, isIpv6, isOnInternet, type Address } from "./address.ts";
import type { Endpoint, Network, Subnet, TransitAttachment, Vpc } from "./network.ts";
import { lookup } from "./prefix-table.ts";
import {
  crossAcl,
  deliver,
  enterVpc,
  follow,
  hopOf,
  leaveSubnet,
  MOST_STEPS,
  type Outcome,
  push,
  routeFrom,
  stopped,
  type Taken,
  takenRoute,
  type Walk,
} from "./walk.ts";

/** A peering leads into the peer VPC and no further (VPC Peering Guide, "VPC peering limitations": no transitive and no edge-to-edge routing). */
export function throughPeering(walk: Walk, id: string, vpc: Vpc): Outcome {
  push(walk, vpc.id);
  const { network } = walk;
  const peering = network.peerings.get(id);
  if (peering === undefined) {
    walk.because.add(`peering ${id} was not read`);
    return stopped("not-peered", id, `peering ${id} was not read`);
  }
  const { requester, accepter, source } = peering;
  if (!peering.isActive) return stopped("not-peered", id, `peering ${id} is not active`, source);
  const other = requester.vpc === vpc.id ? accepter : accepter.vpc === vpc.id ? requester : undefined;
  if (other === undefined) return stopped("not-peered", id, `peering ${id} is not one of ${vpc.id}`, source);
  const peer = network.vpcs.get(other.vpc);
  // Whatever is looked for stands in a VPC that was read, and a peering leads no further than into its own.
  if (peer === undefined) return stopped("not-peered", id, `${id} leads into ${other.vpc}, which was not read`, source);
  if (!containsAny(peer.ranges, walk.destination))
    return stopped("not-transitive", id, `${id} leads into ${peer.id} only, and ${addressText(walk.destination)} lies beyond`, source);
  if (requester.region !== accepter.region) walk.membershipCounts = false;
  const label = `peering ${id} of ${requester.vpc} and ${accepter.vpc}`;
  walk.routes.push({ element: id, label, change: `delete ${label}`, source });
  return enterVpc(walk, peer, undefined);
}

/**
 * Into a transit gateway: the VPC's attachment must stand in the zone of the sender, and its subnet's network ACL is asked for what comes in
 * (Transit Gateway Guide, "Transit gateway attachments to a VPC", "Network ACLs for transit gateways").
 */
export function throughTransit(walk: Walk, gateway: string, vpc: Vpc, subnet: Subnet | undefined): Outcome {
  const attachment = walk.network.attachmentOfVpc.get(`${gateway} ${vpc.id}`);
  if (attachment === undefined) return stopped("not-attached", gateway, `${vpc.id} is not attached to ${gateway}`, vpc.source);
  if (subnet !== undefined) {
    const here = attachment.subnets.find((each) => each.zone === subnet.zone);
    if (here !== undefined) crossAcl(walk, here, false);
    else if (attachment.subnets.length > 0)
      return stopped("not-attached", attachment.id, `${gateway} has no subnet in the zone of ${subnet.id}`, attachment.source);
    else walk.because.add(`the subnets of ${attachment.id} were not read`);
  }
  push(walk, vpc.id);
  push(walk, gateway);
  walk.routes.push(takenAttachment(attachment));
  return routeInTransit(walk, gateway, attachment.id);
}

const takenAttachment = ({ id, gateway, resource, table, source }: TransitAttachment): Taken => ({
  element: id,
  label: `attachment ${id} of ${resource} to ${gateway}, associated with ${table ?? "no route table"}`,
  change: `associate attachment ${id} with a route table of ${gateway} that has no route into production`,
  source,
});

/** From an attachment on: its route table decides where it leads. */
export function routeInTransit(walk: Walk, gateway: string, from: string): Outcome {
  if (++walk.steps > MOST_STEPS) return stopped("loop", gateway, "the routes lead in a circle");
  const { network } = walk;
  const attachment = network.attachments.get(from);
  const id = attachment?.table;
  if (attachment === undefined || id === undefined)
    return stopped("no-route", from, `${from} is associated with no route table of ${gateway}`, attachment?.source);
  const table = network.transitTables.get(id);
  const route = table && lookup(table.routes, walk.destination);
  if (table?.isComplete !== true) walk.because.add(`the routes of ${id} were not all read`);
  if (route === undefined) return stopped("no-route", id, `${id} has no route to ${addressText(walk.destination)}`, attachment.source);
  if (route.isBlackhole) return stopped("blackhole", id, `the route to ${route.destination} in ${id} is a blackhole`, route.source);
  const next = route.attachments.map((each) => network.attachments.get(each)).find((each) => each?.isAvailable === true);
  if (next === undefined) return stopped("not-attached", id, `${id} leads to an attachment that is not available`, route.source);
  const how = route.isPropagated ? "propagated route" : "route";
  walk.routes.push(takenRoute(id, `${how} to ${route.destination} through ${next.id} in ${id}`, route.source));
  if (next.type === "vpc") {
    walk.isOverTransit = true;
    if (!attachment.referencesSecurityGroups || !next.referencesSecurityGroups || !network.transitGatewaysReferencing.has(gateway))
      walk.membershipCounts = false;
    return fromTransit(walk, next.resource, next.subnets);
  }
  walk.membershipCounts = false;
  if (next.type === "peering") return throughTransitPeering(walk, next.id, gateway);
  return { kind: "exits", to: "on-premises", element: next.resource };
}

/** The other side of a peering of transit gateways prints the same attachment id for its own gateway. */
function throughTransitPeering(walk: Walk, attachment: string, gateway: string): Outcome {
  walk.because.add(`the far side of ${attachment} was not read`);
  return { kind: "exits", to: "on-premises", element: `${gateway} ${attachment}` };
}

/**
 * Out of a transit gateway: through the attachment's subnet in the sender's zone, by that subnet's route table; its network ACL is asked for what
 * goes on to another subnet, and not at all when the receiver stands in it (Transit Gateway Guide, "Network ACLs for transit gateways").
 */
function fromTransit(walk: Walk, id: string, subnets: readonly Subnet[]): Outcome {
  const vpc = walk.network.vpcs.get(id);
  push(walk, id);
  if (vpc === undefined) {
    walk.because.add(`${id} was not read`);
    return stopped("no-subnet", id, `${id} was not read`);
  }
  const target = lookup(vpc.subnets, walk.destination);
  const entry = subnets.find((each) => each.zone === walk.zone) ?? subnets.find((each) => each.zone === target?.zone) ?? subnets[0];
  if (entry === undefined) {
    walk.because.add(`the subnets through which the transit gateway enters ${id} were not read`);
    return enterVpc(walk, vpc, undefined);
  }
  if (containsAny(entry.ranges, walk.destination)) {
    push(walk, entry.id);
    return deliver(walk, entry);
  }
  crossAcl(walk, entry, true);
  return routeFrom(walk, entry);
}

/** An internet gateway translates one to one, so only an address with a public one gets out (VPC User Guide, "Internet gateways"). */
export function throughInternetGateway(walk: Walk, id: string, vpc: Vpc): Outcome {
  const { network } = walk;
  push(walk, id);
  if (!vpc.internetGateways.includes(id)) {
    if (vpc.internetGateways.length > 0) return stopped("not-attached", id, `${id} is not attached to ${vpc.id}`, vpc.source);
    walk.because.add(`internet gateway ${id} was not read`);
  }
  walk.membershipCounts = false;
  if (!isIpv6(walk.source)) {
    const mapped = network.byPrivate.get(vpc.id)?.get(walk.source)?.public;
    if (mapped === undefined) return stopped("no-public-address", id, `${addressText(walk.source)} has no public address`, vpc.source);
    walk.source = mapped;
  }
  return fromInternet(walk);
}

/** On the internet: to the interface that holds a public address, through its VPC's internet gateway, or away. */
export function fromInternet(walk: Walk): Outcome {
  const { network } = walk;
  push(walk, "internet");
  walk.membershipCounts = false;
  const tunnel = network.tunnelEnds.get(walk.destination);
  if (tunnel !== undefined) {
    push(walk, tunnel);
    return { kind: "exits", to: "gateway", element: tunnel };
  }
  const endpoint = isIpv6(walk.destination) ? endpointByIpv6(network, walk.destination) : network.byPublic.get(walk.destination);
  if (endpoint === undefined) return awayOnInternet(walk);
  const { vpc } = endpoint.subnet;
  const gateway = vpc.internetGateways.find((each) => !network.egressOnly.has(each) || walk.established !== undefined);
  if (gateway === undefined) return stopped("not-attached", vpc.id, `${vpc.id} has no internet gateway that lets in`, vpc.source);
  push(walk, gateway);
  walk.destination = endpoint.private;
  const edge = vpc.edgeTables.get(gateway);
  const route = edge && lookup(edge.routes, walk.destination);
  if (route !== undefined && route.target !== "local") return follow(walk, route.target, vpc, undefined);
  return enterVpc(walk, vpc, undefined);
}

/** Everything else that a public address may be stands outside the estate. */
function awayOnInternet(walk: Walk): Outcome {
  if (isOnInternet(walk.destination)) return { kind: "exits", to: "internet", element: "internet" };
  return stopped("unroutable", "internet", `${addressText(walk.destination)} is not an address of the internet`);
}

function endpointByIpv6(network: Network, address: Address): Endpoint | undefined {
  for (const inVpc of network.byPrivate.values()) {
    const endpoint = inVpc.get(address);
    if (endpoint !== undefined) return endpoint;
  }
  return undefined;
}

/** A NAT gateway puts its own address in place of the sender's and routes on from its own subnet (VPC User Guide, "NAT gateways"). */
export function throughNat(walk: Walk, id: string, subnet: Subnet | undefined): Outcome {
  push(walk, id);
  const nat = walk.network.nats.get(id);
  if (nat === undefined) {
    walk.because.add(`NAT gateway ${id} was not read`);
    return { kind: "exits", to: "internet", element: id };
  }
  const { endpoint } = nat;
  if (!nat.isAvailable || endpoint === undefined) return stopped("nat", id, `${id} is not available`, nat.source);
  if (subnet !== endpoint.subnet) crossAcl(walk, endpoint.subnet, false);
  walk.translations.push({ nat: endpoint, replaced: walk.source });
  walk.source = endpoint.private;
  walk.isTranslated = true;
  walk.membershipCounts = false;
  return leaveSubnet(walk, endpoint.subnet);
}

/** A gateway endpoint leads to a service of AWS; a Gateway Load Balancer's to an appliance that hands the packet back (AWS PrivateLink Guide). */
export function throughVpcEndpoint(walk: Walk, id: string, vpc: Vpc): Outcome {
  push(walk, vpc.id);
  push(walk, id);
  const endpoint = walk.network.vpcEndpoints.get(id);
  if (endpoint !== undefined && endpoint.type !== "GatewayLoadBalancer") return { kind: "exits", to: "service", element: id };
  if (endpoint === undefined) {
    walk.because.add(`endpoint ${id} was not read`);
    return { kind: "exits", to: "service", element: id };
  }
  const subnet = endpoint.subnets.map((each) => walk.network.subnets.get(each)).find((each) => each !== undefined);
  if (subnet === undefined) return stopped("appliance", id, `the subnet of ${id} was not read`, endpoint.source);
  return onFromAppliance(walk, id, subnet);
}

/** An instance or interface as a route's target: it gets what is not for it only with source and destination checks off (VPC User Guide). */
export function throughAppliance(walk: Walk, target: string, subnet: Subnet | undefined): Outcome {
  const { network } = walk;
  const endpoint = network.byInterface.get(target) ?? network.endpoints.find((each) => each.interface.instance === target);
  if (endpoint === undefined) {
    walk.because.add(`${target} was not read`);
    return stopped("appliance", target, `${target} was not read`);
  }
  push(walk, hopOf(network, endpoint));
  if (endpoint.interface.checksSourceAndDestination)
    return stopped(
      "appliance",
      target,
      `${target} drops what is not for it: its source/destination check is on`,
      endpoint.interface.source,
    );
  if (subnet !== endpoint.subnet) crossAcl(walk, endpoint.subnet, false);
  return onFromAppliance(walk, target, endpoint.subnet);
}

function onFromAppliance(walk: Walk, appliance: string, subnet: Subnet): Outcome {
  walk.because.add(`what ${appliance} lets through was not read`);
  walk.membershipCounts = false;
  return leaveSubnet(walk, subnet);
}
