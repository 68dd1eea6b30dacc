// Observations to a compiled network. What an element names and no file holds stays open, and is told where it matters.
import type { Observations } from "../../../model/observation.ts";
import type { AwsRouteTable, AwsSubnet } from "../../../model/observations/aws-network.ts";
import type { Gap } from "../../../model/gap.ts";
import { type Address, type AddressRange, parseAddress, parseCidr } from "./address.ts";
import { compileEndpoints } from "./endpoints.ts";
import { type Acl, compileAcl, compileGroup, type Group, type PrefixLists, type Problem } from "./filters.ts";
import type { Network, Route, RouteTable, Subnet, Vpc } from "./network.ts";
import { boundaries, prefixTable } from "./prefix-table.ts";
import { compileTransit } from "./transit.ts";

export interface Compiled {
  readonly network: Network;
  /** What could not be interpreted. */
  readonly gaps: readonly Gap[];
}

export function compileNetwork(observations: Observations): Compiled {
  const gaps: Gap[] = [];
  const problem: Problem = (subject, what, why, source) =>
    void gaps.push({ topic: "aws/network", subject, what, why, clauses: ["B4"], source });
  const lists: PrefixLists = new Map(observations("aws/prefix-list").map((list) => [list.id, list]));
  const groups = new Map(observations("aws/security-group").map((group) => [group.id, compileGroup(group, lists, problem)]));
  const acls = observations("aws/network-acl").map((acl, index) => compileAcl(acl, index, problem));
  const tables = new Map(observations("aws/route-table").map((table) => [table.id, compileTable(table, lists, problem)]));
  const vpcs = compileVpcs(observations, tables, acls);
  const subnets = new Map([...vpcs.values()].flatMap((vpc) => vpc.all).map((subnet) => [subnet.id, subnet]));
  const placed = compileEndpoints(observations, subnets, groups);
  const transit = compileTransit(observations, subnets, vpcs, lists);
  const network: Network = {
    vpcs,
    subnets,
    ...placed,
    groups,
    peerings: new Map(observations("aws/vpc-peering").map((peering) => [peering.id, peering])),
    nats: new Map(
      observations("aws/nat-gateway").map((nat) => {
        const endpoint = nat.addresses.map((address) => placed.byInterface.get(address.interface)).find((each) => each !== undefined);
        return [nat.id, { id: nat.id, isAvailable: nat.isAvailable, isPrivate: nat.isPrivate, endpoint, source: nat.source }];
      }),
    ),
    egressOnly: new Set(observations("aws/internet-gateway").flatMap((gateway) => (gateway.isEgressOnly ? [gateway.id] : []))),
    ...transit,
    vpcEndpoints: new Map(observations("aws/vpc-endpoint").map((endpoint) => [endpoint.id, endpoint])),
    tunnelEnds: tunnelEnds(observations),
    pathBoundaries: boundaries(pathRanges(observations, lists)),
    groupBoundaries: boundaries(groupRanges(groups.values())),
  };
  return { network, gaps };
}

function compileTable(observed: AwsRouteTable, lists: PrefixLists, problem: Problem): RouteTable {
  const entries = observed.routes.flatMap((route) => {
    const ranges = route.destination.startsWith("pl-") ? listRanges(route.destination, lists) : asList(parseCidr(route.destination));
    if (ranges === undefined) {
      problem(observed.id, `route to ${route.destination} of ${observed.id}`, "its blocks were not read", route.source);
      return [];
    }
    const value: Route = {
      table: observed.id,
      destination: route.destination,
      target: route.target ?? "",
      isBlackhole: route.isBlackhole || route.target === undefined,
      source: route.source,
    };
    // Amazon VPC User Guide, "Route priority": local and static routes, then prefix lists, then propagated routes.
    const rank = route.target === "local" ? 0 : route.isPropagated ? 3 : route.destination.startsWith("pl-") ? 2 : 1;
    return ranges.map((range) => ({ range, rank, value }));
  });
  return { id: observed.id, routes: prefixTable(entries), source: observed.source };
}

const asList = (range: AddressRange | undefined): readonly AddressRange[] | undefined => range && [range];

export const listRanges = (id: string, lists: PrefixLists): readonly AddressRange[] | undefined =>
  lists.get(id)?.cidrs?.flatMap((cidr) => parseCidr(cidr) ?? []);

type VpcWithSubnets = Vpc & { readonly all: readonly Subnet[] };

function compileVpcs(
  observations: Observations,
  tables: ReadonlyMap<string, RouteTable>,
  acls: readonly Acl[],
): ReadonlyMap<string, VpcWithSubnets> {
  const observedTables = observations("aws/route-table");
  const subnetsOf = Map.groupBy(observations("aws/subnet"), (subnet) => subnet.vpc);
  const tablesOf = Map.groupBy(observedTables, (table) => table.vpc);
  const aclOf = new Map(acls.flatMap((acl) => acl.observed.subnets.map((subnet) => [subnet, acl] as const)));
  const tableOf = new Map(observedTables.flatMap((table) => table.subnets.map((subnet) => [subnet, tables.get(table.id)] as const)));
  const internet = gatewaysByVpc(observations("aws/internet-gateway"));
  const vpn = gatewaysByVpc(observations("aws/vpn-gateway"));
  const next = { index: 0 };
  return new Map(
    observations("aws/vpc").map((observed) => {
      const own = tablesOf.get(observed.id) ?? [];
      const main = own.find((table) => table.isMain);
      const edges = own.flatMap((table) => table.gateways.map((gateway) => [gateway, tables.get(table.id) as RouteTable] as const));
      const all: Subnet[] = [];
      const subnets = () => prefixTable(all.flatMap((value) => value.ranges.map((range) => ({ range, rank: 0, value }))));
      const vpc: VpcWithSubnets = {
        id: observed.id,
        ranges: observed.cidrs.flatMap((cidr) => parseCidr(cidr) ?? []),
        get subnets() {
          return (cache ??= subnets());
        },
        edgeTables: new Map(edges),
        internetGateways: internet.get(observed.id) ?? [],
        vpnGateways: vpn.get(observed.id) ?? [],
        source: observed.source,
        all,
      };
      let cache: Vpc["subnets"] | undefined;
      for (const subnet of subnetsOf.get(observed.id) ?? [])
        all.push(compileSubnet(subnet, vpc, next.index++, tableOf.get(subnet.id) ?? (main && tables.get(main.id)), aclOf.get(subnet.id)));
      return [observed.id, vpc];
    }),
  );
}

function compileSubnet(observed: AwsSubnet, vpc: Vpc, index: number, table: RouteTable | undefined, acl: Acl | undefined): Subnet {
  return {
    id: observed.id,
    index,
    vpc,
    ranges: observed.cidrs.flatMap((cidr) => parseCidr(cidr) ?? []),
    zone: observed.zoneId ?? `${observed.account ?? ""} ${observed.zoneName}`,
    region: regionOf(observed.zoneName),
    account: observed.account ?? "",
    table,
    acl,
    source: observed.source,
  };
}

/** `eu-west-1a`, and local zones such as `us-west-2-lax-1a` (EC2 User Guide, "Regions and Zones"). */
export const regionOf = (zoneName: string): string => /^[a-z]{2}(?:-[a-z]+)+-\d/.exec(zoneName)?.[0] ?? zoneName;

function gatewaysByVpc(gateways: readonly { readonly id: string; readonly vpcs: readonly string[] }[]): ReadonlyMap<string, string[]> {
  const byVpc = new Map<string, string[]>();
  for (const gateway of gateways) for (const vpc of gateway.vpcs) byVpc.set(vpc, [...(byVpc.get(vpc) ?? []), gateway.id]);
  return byVpc;
}

function tunnelEnds(observations: Observations): ReadonlyMap<Address, string> {
  const ends = new Map<Address, string>();
  for (const connection of observations("aws/vpn-connection"))
    if (connection.isAvailable)
      for (const text of connection.outsideAddresses) {
        const address = parseAddress(text);
        if (address !== undefined) ends.set(address, connection.gateway ?? connection.id);
      }
  return ends;
}

function* pathRanges(observations: Observations, lists: PrefixLists): Iterable<AddressRange> {
  const cidrs = function* (): Iterable<string> {
    for (const vpc of observations("aws/vpc")) yield* vpc.cidrs;
    for (const subnet of observations("aws/subnet")) yield* subnet.cidrs;
    for (const table of observations("aws/route-table")) for (const route of table.routes) yield route.destination;
    for (const route of observations("aws/transit-gateway-route")) yield route.destination;
    for (const connection of observations("aws/vpn-connection")) yield* connection.staticRoutes;
    for (const acl of observations("aws/network-acl")) for (const entry of acl.entries) yield entry.cidr;
  };
  for (const cidr of new Set(cidrs())) {
    const range = parseCidr(cidr);
    if (range) yield range;
    else yield* listRanges(cidr, lists) ?? [];
  }
}

function* groupRanges(groups: Iterable<Group>): Iterable<AddressRange> {
  for (const group of groups) for (const rule of [...group.ingress, ...group.egress]) yield* rule.ranges;
}
