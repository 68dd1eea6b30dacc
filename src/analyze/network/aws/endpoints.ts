// Interfaces to endpoints: one for each address, with the groups that filter it and the entities it is the door of.
import type { Observations } from "../../../model/observation.ts";
import type { AwsNetworkInterface, AwsNetworkPlacement } from "../../../model/observations/aws-network.ts";
import { type Address, parseAddress } from "./address.ts";
import type { Group } from "./filters.ts";
import { type Flows, flowsOfRule, NO_FLOWS, unite } from "./flows.ts";
import type { Endpoint, GroupSet, Network, Subnet } from "./network.ts";

type Placed = Pick<Network, "endpoints" | "byPrivate" | "byPublic" | "byInterface">;

/** Interfaces that no security group filters (User Guides of NAT gateways, transit gateways, Network and Gateway Load Balancers). */
const UNFILTERED = new Set([
  "nat_gateway",
  "transit_gateway",
  "network_load_balancer",
  "gateway_load_balancer",
  "gateway_load_balancer_endpoint",
]);

export function compileEndpoints(
  observations: Observations,
  subnets: ReadonlyMap<string, Subnet>,
  groups: ReadonlyMap<string, Group>,
): Placed {
  const endpoints: Endpoint[] = [];
  const setOf = groupSets(groups);
  const ownersOf = owners(observations, subnets);
  const heardBy = listening(observations);
  const seen = new Set<string>();
  const add = (item: AwsNetworkInterface, itemOwners: readonly string[], isAssumed: boolean): void => {
    const subnet = subnets.get(item.subnet);
    if (subnet === undefined) return;
    for (const owner of itemOwners) seen.add(owner);
    for (const address of item.addresses) {
      const own = parseAddress(address.private);
      if (own === undefined) continue;
      const mapped = address.public === undefined ? undefined : parseAddress(address.public);
      endpoints.push({
        index: endpoints.length,
        interface: item,
        subnet,
        private: own,
        ...(mapped !== undefined && { public: mapped }),
        groups: setOf(item),
        owners: itemOwners,
        listens: heardBy(itemOwners),
        isAssumed,
      });
    }
  };
  for (const item of observations("aws/network-interface")) add(item, ownersOf(item), false);
  for (const placement of observations("aws/network-placement"))
    if (!seen.has(placement.arn)) for (const item of assumed(placement, subnets)) add(item, [placement.arn], true);
  return { endpoints, ...indexes(endpoints) };
}

/** An interface that was not read stands in each subnet that the thing may use; its address is the subnet's fifth, the first that AWS leaves. */
function assumed(placement: AwsNetworkPlacement, subnets: ReadonlyMap<string, Subnet>): AwsNetworkInterface[] {
  return placement.subnets.flatMap((id) => {
    const subnet = subnets.get(id);
    const start = subnet?.ranges[0]?.from;
    if (subnet === undefined || typeof start !== "number") return [];
    const value = start + 4;
    const text = [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
    return [
      {
        kind: "aws/network-interface",
        id: `${placement.arn}@${id}`,
        vpc: subnet.vpc.id,
        subnet: id,
        type: placement.type,
        description: "",
        addresses: [{ private: text }],
        groups: placement.groups,
        checksSourceAndDestination: true,
        source: placement.source,
      } satisfies AwsNetworkInterface,
    ];
  });
}

/** One value for each set of ports, so that endpoints alike share it. Undefined as soon as one owner may listen on anything. */
function listening(observations: Observations): (owners: readonly string[]) => Flows | undefined {
  const ports = new Map<string, Set<string>>();
  const add = (owner: string, port: string): void => void ports.set(owner, (ports.get(owner) ?? new Set<string>()).add(port));
  for (const { loadBalancer, protocol, port } of observations("aws/listener"))
    for (const transport of protocol === "UDP" ? ["udp"] : protocol === "TCP_UDP" || protocol === "QUIC" ? ["tcp", "udp"] : ["tcp"])
      add(loadBalancer, `${transport} ${port}`);
  for (const { arn, type, port } of observations("aws/network-placement"))
    if (type === "database" && port !== undefined && port > 0) add(arn, `tcp ${port}`);
  const interned = new Map<string, Flows>();
  return (owners) => {
    const own = owners.map((owner) => ports.get(owner));
    if (own.length === 0 || own.includes(undefined)) return undefined;
    const texts = [...new Set(own.flatMap((each) => [...(each ?? [])]))].toSorted();
    const known = interned.get(texts.join()) ?? texts.reduce((flows, text) => unite(flows, flowsOfText(text)), NO_FLOWS);
    interned.set(texts.join(), known);
    return known;
  };
}

function flowsOfText(text: string): Flows {
  const [protocol = "", port] = text.split(" ");
  return flowsOfRule(protocol, Number(port), Number(port)) ?? NO_FLOWS;
}

function groupSets(groups: ReadonlyMap<string, Group>): (item: AwsNetworkInterface) => GroupSet {
  const sets = new Map<string, GroupSet>();
  return (item) => {
    const ids = item.groups.toSorted();
    const isFiltered = ids.length > 0 || !UNFILTERED.has(item.type);
    const key = `${isFiltered} ${ids.join(" ")}`;
    const known = sets.get(key);
    if (known) return known;
    const set: GroupSet = {
      index: sets.size,
      ids,
      groups: ids.flatMap((id) => groups.get(id) ?? []),
      unread: ids.filter((id) => !groups.has(id)),
      isFiltered,
    };
    sets.set(key, set);
    return set;
  };
}

/**
 * Whose interface it is. Instances say so; load balancers and databases by the description that AWS gives their interfaces (Elastic Load
 * Balancing User Guide, "Load balancer network interfaces"; RDS names all of them alike, so subnet and groups decide). Something listens behind any
 * other interface in use, so it stands for itself.
 */
function owners(observations: Observations, subnets: ReadonlyMap<string, Subnet>): (item: AwsNetworkInterface) => readonly string[] {
  const placements = observations("aws/network-placement");
  const balancers = new Map(
    observations("aws/load-balancer").map((each) => [each.arn.slice(each.arn.indexOf(":loadbalancer/") + 14), each.arn]),
  );
  const services = new Map(observations("aws/vpc-endpoint").flatMap((each) => each.interfaces.map((id) => [id, each] as const)));
  const instances = new Map(
    observations("aws/resource")
      .filter((resource) => resource.type === "instance")
      .map((resource) => [resource.name, resource.arn]),
  );
  const placedAs = (type: AwsNetworkPlacement["type"], item: AwsNetworkInterface): string[] =>
    placements
      .filter((each) => each.type === type && each.subnets.includes(item.subnet) && sameMembers(each.groups, item.groups))
      .map((each) => each.arn);
  const itself = (item: AwsNetworkInterface): readonly string[] =>
    item.account === undefined || item.isDetached === true || PASSES.has(item.type) ? [] : [interfaceArn(item, subnets)];
  const told = (item: AwsNetworkInterface): readonly string[] => {
    if (item.instance !== undefined) return [instances.get(item.instance) ?? instanceArn(item, subnets)];
    const balancer = /^ELB ((?:app|net|gwy)\/.+)$/.exec(item.description)?.[1];
    if (balancer !== undefined) return asOwner(balancers.get(balancer));
    const service = services.get(item.id);
    if (service !== undefined) return [endpointArn(service.id, item, subnets)];
    if (item.type === "lambda" || item.description.startsWith("AWS Lambda VPC ENI")) return placedAs("function", item);
    return item.description.startsWith("RDS") ? placedAs("database", item) : [];
  };
  return (item) => {
    const owner = told(item);
    return owner.length > 0 ? owner : itself(item);
  };
}

/** Interfaces at which nothing ends: they pass on what comes in. */
const PASSES = new Set(["nat_gateway", "transit_gateway", "gateway_load_balancer_endpoint"]);

const interfaceArn = (item: AwsNetworkInterface, subnets: ReadonlyMap<string, Subnet>): string =>
  ec2Arn(`network-interface/${item.id}`, item.account, subnets.get(item.subnet)?.region);

const asOwner = (arn: string | undefined): readonly string[] => (arn === undefined ? [] : [arn]);

const sameMembers = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((member) => b.includes(member));

const instanceArn = (item: AwsNetworkInterface, subnets: ReadonlyMap<string, Subnet>): string =>
  ec2Arn(`instance/${item.instance}`, item.account, subnets.get(item.subnet)?.region);

export const endpointArn = (id: string, item: AwsNetworkInterface, subnets: ReadonlyMap<string, Subnet>): string =>
  ec2Arn(`vpc-endpoint/${id}`, item.account, subnets.get(item.subnet)?.region);

const PARTITIONS: readonly (readonly [string, string])[] = [
  ["cn-", "aws-cn"],
  ["us-gov-", "aws-us-gov"],
];

export function ec2Arn(resource: string, account: string | undefined, region: string | undefined): string {
  const partition = PARTITIONS.find(([prefix]) => region?.startsWith(prefix))?.[1] ?? "aws";
  return `arn:${partition}:ec2:${region ?? ""}:${account ?? ""}:${resource}`;
}

function indexes(endpoints: readonly Endpoint[]): Omit<Placed, "endpoints"> {
  const byPrivate = new Map<string, Map<Address, Endpoint>>();
  const byPublic = new Map<Address, Endpoint>();
  const byInterface = new Map<string, Endpoint>();
  for (const endpoint of endpoints) {
    const inVpc = byPrivate.get(endpoint.subnet.vpc.id) ?? new Map<Address, Endpoint>();
    byPrivate.set(endpoint.subnet.vpc.id, inVpc);
    // An assumed address may be another's real one: the real one keeps it.
    if (!endpoint.isAssumed || !inVpc.has(endpoint.private)) inVpc.set(endpoint.private, endpoint);
    if (endpoint.public !== undefined) byPublic.set(endpoint.public, endpoint);
    if (!byInterface.has(endpoint.interface.id)) byInterface.set(endpoint.interface.id, endpoint);
  }
  return { byPrivate, byPublic, byInterface };
}
