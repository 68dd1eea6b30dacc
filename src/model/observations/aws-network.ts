// What the AWS collector reads about networks: as the EC2, ELB and RDS APIs print them, by id, nothing resolved.
import type { Source } from "../source.ts";

interface Read {
  readonly source: Source;
  /** Owner, or the account whose files these are; absent when neither is told. */
  readonly account?: string;
}

export interface AwsVpc extends Read {
  readonly kind: "aws/vpc";
  readonly id: string;
  /** IPv4 and IPv6 blocks that are associated. */
  readonly cidrs: readonly string[];
}

export interface AwsSubnet extends Read {
  readonly kind: "aws/subnet";
  readonly id: string;
  readonly vpc: string;
  readonly cidrs: readonly string[];
  /** `eu-west-1a`: a name of the account's own. */
  readonly zoneName: string;
  /** `euw1-az2`: the same in every account. */
  readonly zoneId?: string;
}

export interface AwsRoute {
  /** A block, or the id of a prefix list. */
  readonly destination: string;
  /** `local`, or the id of the target: `igw-…`, `nat-…`, `pcx-…`, `tgw-…`, `vgw-…`, `vpce-…`, `eni-…`, `eigw-…`. Absent: deleted. */
  readonly target?: string;
  readonly isBlackhole: boolean;
  readonly isPropagated: boolean;
  readonly source: Source;
}

export interface AwsRouteTable extends Read {
  readonly kind: "aws/route-table";
  readonly id: string;
  readonly vpc: string;
  readonly isMain: boolean;
  readonly subnets: readonly string[];
  /** Gateways whose incoming traffic this table routes. */
  readonly gateways: readonly string[];
  readonly routes: readonly AwsRoute[];
}

export interface AwsSecurityGroupRule {
  /** `tcp`, `6`, `-1`, as read. */
  readonly protocol: string;
  readonly from?: number;
  readonly to?: number;
  readonly peer:
    | { readonly cidr: string }
    | { readonly group: string; readonly peering?: string; readonly peeringStatus?: string }
    | { readonly prefixList: string };
  readonly description?: string;
  readonly source: Source;
}

export interface AwsSecurityGroup extends Read {
  readonly kind: "aws/security-group";
  readonly id: string;
  readonly name: string;
  readonly vpc?: string;
  readonly ingress: readonly AwsSecurityGroupRule[];
  readonly egress: readonly AwsSecurityGroupRule[];
}

export interface AwsNetworkAclEntry {
  readonly number: number;
  readonly isEgress: boolean;
  readonly isAllow: boolean;
  /** Protocol number as text, `-1` for all. */
  readonly protocol: string;
  readonly cidr: string;
  /** Ports, or for ICMP type and code. */
  readonly from?: number;
  readonly to?: number;
  readonly source: Source;
}

export interface AwsNetworkAcl extends Read {
  readonly kind: "aws/network-acl";
  readonly id: string;
  readonly vpc: string;
  readonly isDefault: boolean;
  readonly subnets: readonly string[];
  readonly entries: readonly AwsNetworkAclEntry[];
}

export interface AwsNetworkInterface extends Read {
  readonly kind: "aws/network-interface";
  readonly id: string;
  readonly vpc: string;
  readonly subnet: string;
  /** `interface`, `nat_gateway`, `network_load_balancer`, `lambda`, `transit_gateway`, `vpc_endpoint`, … */
  readonly type: string;
  readonly description: string;
  readonly addresses: readonly { readonly private: string; readonly public?: string }[];
  readonly groups: readonly string[];
  readonly instance?: string;
  /** Attached to nothing. */
  readonly isDetached?: boolean;
  readonly checksSourceAndDestination: boolean;
}

interface PeeringSide {
  readonly vpc: string;
  readonly account?: string;
  readonly region?: string;
}

export interface AwsVpcPeering extends Read {
  readonly kind: "aws/vpc-peering";
  readonly id: string;
  readonly isActive: boolean;
  readonly requester: PeeringSide;
  readonly accepter: PeeringSide;
}

export interface AwsInternetGateway extends Read {
  readonly kind: "aws/internet-gateway";
  readonly id: string;
  readonly vpcs: readonly string[];
  readonly isEgressOnly: boolean;
}

export interface AwsNatGateway extends Read {
  readonly kind: "aws/nat-gateway";
  readonly id: string;
  readonly subnet?: string;
  readonly isAvailable: boolean;
  readonly isPrivate: boolean;
  readonly addresses: readonly { readonly private: string; readonly public?: string; readonly interface: string }[];
}

export interface AwsTransitGateway extends Read {
  readonly kind: "aws/transit-gateway";
  readonly id: string;
  readonly referencesSecurityGroups: boolean;
}

export interface AwsTransitGatewayAttachment extends Read {
  readonly kind: "aws/transit-gateway-attachment";
  readonly id: string;
  readonly gateway: string;
  /** `vpc`, `vpn`, `direct-connect-gateway`, `peering`, `connect`. */
  readonly type: string;
  readonly resource: string;
  readonly isAvailable: boolean;
  /** Route table it is associated with: where traffic that comes in through it is looked up. */
  readonly table?: string;
}

/** Which subnets a VPC attachment stands in. */
export interface AwsTransitGatewayVpcAttachment extends Read {
  readonly kind: "aws/transit-gateway-vpc-attachment";
  readonly id: string;
  readonly gateway: string;
  readonly vpc: string;
  readonly subnets: readonly string[];
  readonly isAvailable: boolean;
  readonly referencesSecurityGroups?: boolean;
}

export interface AwsTransitGatewayTable extends Read {
  readonly kind: "aws/transit-gateway-table";
  readonly id: string;
  readonly gateway: string;
}

export interface AwsTransitGatewayAssociation extends Read {
  readonly kind: "aws/transit-gateway-association";
  readonly table: string;
  readonly attachment: string;
}

export interface AwsTransitGatewayPropagation extends Read {
  readonly kind: "aws/transit-gateway-propagation";
  readonly table: string;
  readonly attachment: string;
  readonly resource: string;
}

export interface AwsTransitGatewayRoute extends Read {
  readonly kind: "aws/transit-gateway-route";
  readonly table: string;
  readonly destination: string;
  readonly isBlackhole: boolean;
  readonly isPropagated: boolean;
  readonly attachments: readonly string[];
}

/** A table whose routes were searched, empty or not. */
export interface AwsTransitGatewayRoutesRead extends Read {
  readonly kind: "aws/transit-gateway-routes-read";
  readonly table: string;
  readonly isComplete: boolean;
}

export interface AwsVpnGateway extends Read {
  readonly kind: "aws/vpn-gateway";
  readonly id: string;
  readonly vpcs: readonly string[];
}

export interface AwsVpnConnection extends Read {
  readonly kind: "aws/vpn-connection";
  readonly id: string;
  /** `vgw-…` or `tgw-…`. */
  readonly gateway?: string;
  readonly customerGateway?: string;
  readonly isAvailable: boolean;
  readonly staticRoutes: readonly string[];
  /** Addresses of the tunnels' ends on the side of AWS. */
  readonly outsideAddresses: readonly string[];
}

export interface AwsVpcEndpoint extends Read {
  readonly kind: "aws/vpc-endpoint";
  readonly id: string;
  readonly vpc: string;
  /** `Gateway`, `Interface`, `GatewayLoadBalancer`, `Resource`, `ServiceNetwork`. */
  readonly type: string;
  readonly service?: string;
  readonly isAvailable: boolean;
  readonly subnets: readonly string[];
  readonly interfaces: readonly string[];
  readonly groups: readonly string[];
}

/** A service offered by PrivateLink. Load balancers are told only to its owner. */
export interface AwsEndpointService extends Read {
  readonly kind: "aws/endpoint-service";
  readonly name: string;
  readonly loadBalancers: readonly string[];
}

export interface AwsPrefixList extends Read {
  readonly kind: "aws/prefix-list";
  readonly id: string;
  readonly name?: string;
  /** Absent when only the list was named. */
  readonly cidrs?: readonly string[];
}

export interface AwsLoadBalancer extends Read {
  readonly kind: "aws/load-balancer";
  readonly arn: string;
  readonly name: string;
  /** `application`, `network`, `gateway`. */
  readonly type: string;
  readonly isInternetFacing: boolean;
  readonly vpc: string;
  readonly subnets: readonly string[];
  readonly groups: readonly string[];
  readonly host: string;
}

export interface AwsListener extends Read {
  readonly kind: "aws/listener";
  readonly arn: string;
  readonly loadBalancer: string;
  readonly protocol: string;
  readonly port: number;
  readonly targetGroups: readonly string[];
}

export interface AwsTargetGroup extends Read {
  readonly kind: "aws/target-group";
  readonly arn: string;
  readonly name: string;
  readonly protocol?: string;
  readonly port?: number;
  /** `instance`, `ip`, `lambda`, `alb`. */
  readonly type: string;
  readonly loadBalancers: readonly string[];
  /** Whether targets see the client's address; absent: not read. */
  readonly preservesClientAddress?: boolean;
}

export interface AwsTargetHealth extends Read {
  readonly kind: "aws/target-health";
  readonly targetGroup: string;
  readonly targets: readonly { readonly id: string; readonly port?: number }[];
}

/** Where a managed thing stands in the network: a database's subnets and groups, a function's. */
export interface AwsNetworkPlacement extends Read {
  readonly kind: "aws/network-placement";
  readonly arn: string;
  readonly type: "database" | "function";
  readonly subnets: readonly string[];
  readonly groups: readonly string[];
  /** Port it listens on. */
  readonly port?: number;
}

/** Calls of EC2 that an account answered, by a manifest: `describe-vpcs`. */
export interface AwsNetworkAsked {
  readonly kind: "aws/network-asked";
  /** No file in particular: manifests say it. */
  readonly source: Source;
  readonly account: string;
  readonly operations: readonly string[];
}

export const AWS_NETWORK_KINDS = [
  "aws/vpc",
  "aws/subnet",
  "aws/route-table",
  "aws/security-group",
  "aws/network-acl",
  "aws/network-interface",
  "aws/vpc-peering",
  "aws/internet-gateway",
  "aws/nat-gateway",
  "aws/transit-gateway",
  "aws/transit-gateway-attachment",
  "aws/transit-gateway-vpc-attachment",
  "aws/transit-gateway-table",
  "aws/transit-gateway-association",
  "aws/transit-gateway-propagation",
  "aws/transit-gateway-route",
  "aws/transit-gateway-routes-read",
  "aws/vpn-gateway",
  "aws/vpn-connection",
  "aws/vpc-endpoint",
  "aws/endpoint-service",
  "aws/prefix-list",
  "aws/load-balancer",
  "aws/listener",
  "aws/target-group",
  "aws/target-health",
  "aws/network-placement",
] as const;

export type AwsNetworkObservation =
  | AwsVpc
  | AwsSubnet
  | AwsRouteTable
  | AwsSecurityGroup
  | AwsNetworkAcl
  | AwsNetworkInterface
  | AwsVpcPeering
  | AwsInternetGateway
  | AwsNatGateway
  | AwsTransitGateway
  | AwsTransitGatewayAttachment
  | AwsTransitGatewayVpcAttachment
  | AwsTransitGatewayTable
  | AwsTransitGatewayAssociation
  | AwsTransitGatewayPropagation
  | AwsTransitGatewayRoute
  | AwsTransitGatewayRoutesRead
  | AwsVpnGateway
  | AwsVpnConnection
  | AwsVpcEndpoint
  | AwsEndpointService
  | AwsPrefixList
  | AwsLoadBalancer
  | AwsListener
  | AwsTargetGroup
  | AwsTargetHealth
  | AwsNetworkPlacement
  | AwsNetworkAsked;
