// The networks of an estate, compiled for walking: elements by id, tables for longest-prefix match, endpoints by address.
import type {
  AwsNetworkInterface,
  AwsRoute,
  AwsTransitGatewayRoute,
  AwsVpcEndpoint,
  AwsVpcPeering,
} from "../../../model/observations/aws-network.ts";
import type { Source } from "../../../model/source.ts";
import type { Address, AddressRange } from "./address.ts";
import type { Acl, Group } from "./filters.ts";
import type { Flows } from "./flows.ts";
import type { PrefixTable } from "./prefix-table.ts";

/** A route of a subnet's or a gateway's table. */
export interface Route {
  readonly table: string;
  readonly destination: string;
  readonly target: string;
  readonly isBlackhole: boolean;
  readonly source: Source;
}

export interface RouteTable {
  readonly id: string;
  readonly routes: PrefixTable<Route>;
  readonly source: Source;
}

export interface Subnet {
  readonly id: string;
  readonly index: number;
  readonly vpc: Vpc;
  readonly ranges: readonly AddressRange[];
  /** The same in every account where it was read; otherwise a name of the account's own. */
  readonly zone: string;
  readonly region: string;
  readonly account: string;
  /** Its own, or the main table of the VPC; undefined: not read. */
  readonly table: RouteTable | undefined;
  readonly acl: Acl | undefined;
  readonly source: Source;
}

export interface Vpc {
  readonly id: string;
  readonly ranges: readonly AddressRange[];
  /** By address, the subnet that holds it. */
  readonly subnets: PrefixTable<Subnet>;
  /** Gateway → table that routes what comes in through it. */
  readonly edgeTables: ReadonlyMap<string, RouteTable>;
  readonly internetGateways: readonly string[];
  readonly vpnGateways: readonly string[];
  readonly source: Source;
}

/** One address of one interface: where a connection starts or ends. */
export interface Endpoint {
  readonly index: number;
  readonly interface: AwsNetworkInterface;
  readonly subnet: Subnet;
  readonly private: Address;
  readonly public?: Address;
  /** Number of its set of security groups; interfaces with the same groups share it. */
  readonly groups: GroupSet;
  /** Entities that this is the door of: an instance, a database, a load balancer, functions. */
  readonly owners: readonly string[];
  /** What it listens on, where that is known: a load balancer's listeners, a database's port. Others may listen on anything. */
  readonly listens: Flows | undefined;
  /** For what no interface was read of: the address is any of the subnet. */
  readonly isAssumed: boolean;
}

export interface GroupSet {
  readonly index: number;
  readonly ids: readonly string[];
  readonly groups: readonly Group[];
  /** Groups that the interface names and no file holds. */
  readonly unread: readonly string[];
  /** NAT gateways, transit gateways and load balancers without groups are not filtered. */
  readonly isFiltered: boolean;
}

export interface TransitAttachment {
  readonly id: string;
  readonly gateway: string;
  readonly type: string;
  readonly resource: string;
  readonly isAvailable: boolean;
  /** Table that traffic from it is looked up in; undefined: none, or not read. */
  readonly table: string | undefined;
  readonly subnets: readonly Subnet[];
  readonly referencesSecurityGroups: boolean;
  readonly source: Source;
}

export interface TransitRoute {
  readonly table: string;
  readonly destination: string;
  readonly isBlackhole: boolean;
  readonly attachments: readonly string[];
  readonly isPropagated: boolean;
  readonly source: Source;
}

export interface TransitTable {
  readonly id: string;
  readonly routes: PrefixTable<TransitRoute>;
  /** False: some of its routes were not read. */
  readonly isComplete: boolean;
}

export interface Nat {
  readonly id: string;
  readonly isAvailable: boolean;
  readonly isPrivate: boolean;
  readonly endpoint: Endpoint | undefined;
  readonly source: Source;
}

export interface Network {
  readonly vpcs: ReadonlyMap<string, Vpc>;
  readonly subnets: ReadonlyMap<string, Subnet>;
  readonly endpoints: readonly Endpoint[];
  /** VPC → private address → endpoint. */
  readonly byPrivate: ReadonlyMap<string, ReadonlyMap<Address, Endpoint>>;
  readonly byPublic: ReadonlyMap<Address, Endpoint>;
  readonly byInterface: ReadonlyMap<string, Endpoint>;
  readonly peerings: ReadonlyMap<string, AwsVpcPeering>;
  readonly nats: ReadonlyMap<string, Nat>;
  /** Internet gateways that only let out. */
  readonly egressOnly: ReadonlySet<string>;
  readonly attachments: ReadonlyMap<string, TransitAttachment>;
  /** `TGW VPC` → the VPC's attachment to it. */
  readonly attachmentOfVpc: ReadonlyMap<string, TransitAttachment>;
  readonly transitTables: ReadonlyMap<string, TransitTable>;
  readonly transitGatewaysReferencing: ReadonlySet<string>;
  readonly vpcEndpoints: ReadonlyMap<string, AwsVpcEndpoint>;
  /** Public address of a VPN tunnel's end → its gateway. */
  readonly tunnelEnds: ReadonlyMap<Address, string>;
  readonly groups: ReadonlyMap<string, Group>;
  /** Where decisions about routes and network ACLs may change. */
  readonly pathBoundaries: readonly Address[];
  /** Where decisions of security groups may change. */
  readonly groupBoundaries: readonly Address[];
}

export type { AwsRoute, AwsTransitGatewayRoute };
