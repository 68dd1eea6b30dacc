// VPCs, subnets, route tables, interfaces, endpoints and prefix lists, as EC2 prints them.
import type { AwsNetworkInterface, AwsRoute } from "../../../model/observations/aws-network.ts";
import { inside, type Source } from "../../../model/source.ts";
import { argumentOf, eachItem, listOf, type Reading, type Shape } from "../shape.ts";
import { listing, networkShape, ofOwner, unseen } from "./listing.ts";
import {
  EndpointServiceConfiguration,
  EndpointServiceDetail,
  ManagedPrefixList,
  NetworkInterface,
  PrefixList,
  PrefixListEntry,
  type Route,
  RouteTable,
  Subnet,
  Vpc,
  VpcEndpoint,
} from "./schema.ts";

/** A block that is being taken away still routes until it is gone; one that never came does not (API Reference, SubnetCidrBlockState). */
const isThere = (state: { readonly State: string } | undefined): boolean =>
  state === undefined || state.State === "associated" || state.State === "disassociating";

const ipv6Of = (item: { readonly Ipv6CidrBlockAssociationSet: Vpc6 }): readonly string[] =>
  item.Ipv6CidrBlockAssociationSet.filter((block) => isThere(block.Ipv6CidrBlockState)).map((block) => block.Ipv6CidrBlock);
type Vpc6 = readonly { readonly Ipv6CidrBlock: string; readonly Ipv6CidrBlockState?: { readonly State: string } | undefined }[];

const TARGETS = [
  "GatewayId",
  "NatGatewayId",
  "TransitGatewayId",
  "VpcPeeringConnectionId",
  "EgressOnlyInternetGatewayId",
  "NetworkInterfaceId",
  "InstanceId",
  "LocalGatewayId",
  "CarrierGatewayId",
  "CoreNetworkArn",
  "OdbNetworkArn",
] as const;

function routeOf(route: Route, source: Source): AwsRoute | undefined {
  const destination = route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock ?? route.DestinationPrefixListId;
  if (destination === undefined) return undefined;
  const target = TARGETS.map((name) => route[name]).find((value) => value !== undefined);
  return {
    destination,
    ...(target !== undefined && { target }),
    isBlackhole: route.State === "blackhole",
    isPropagated: route.Origin === "EnableVgwRoutePropagation",
    source,
  };
}

export function interfaceOf(item: NetworkInterface, account: { readonly account?: string }, source: Source): AwsNetworkInterface {
  const instance = item.Attachment?.InstanceId;
  return {
    kind: "aws/network-interface",
    id: item.NetworkInterfaceId,
    vpc: item.VpcId,
    subnet: item.SubnetId,
    type: item.InterfaceType ?? "interface",
    description: item.Description ?? "",
    addresses: [
      ...item.PrivateIpAddresses.map(({ PrivateIpAddress, Association }) => ({
        private: PrivateIpAddress,
        ...(Association?.PublicIp !== undefined && { public: Association.PublicIp }),
      })),
      ...item.Ipv6Addresses.map(({ Ipv6Address }) => ({ private: Ipv6Address })),
    ],
    groups: item.Groups.map((group) => group.GroupId),
    ...(instance !== undefined && { instance }),
    ...(item.Status === "available" && item.Attachment === undefined && { isDetached: true }),
    checksSourceAndDestination: item.SourceDestCheck ?? true,
    ...account,
    source,
  };
}

function mapEntries(reading: Reading): void {
  const id = argumentOf(reading, "prefix-list-id");
  if (id === undefined)
    return reading.gap("aws/network", reading.file.path, "entries of a prefix list", "the file does not say of which: keep the call");
  const cidrs: string[] = [];
  eachItem(reading, "Entries", PrefixListEntry, unseen(reading, `entries of ${id}`), (item) => void cidrs.push(item.Cidr));
  if (!Array.isArray(reading.document["Entries"])) return;
  reading.observe({ kind: "aws/prefix-list", id, cidrs, ...ofOwner(reading), source: reading.source });
}

export const vpcShapes: readonly Shape[] = [
  listing("ec2 describe-vpcs", "Vpcs", ["VpcId", "CidrBlock"], Vpc, (reading, item, source) => {
    const blocks = item.CidrBlockAssociationSet.filter((block) => isThere(block.CidrBlockState)).map((block) => block.CidrBlock);
    const cidrs = [...new Set([item.CidrBlock, ...blocks, ...ipv6Of(item)])];
    reading.observe({ kind: "aws/vpc", id: item.VpcId, cidrs, ...ofOwner(reading, item.OwnerId), source });
  }),
  listing("ec2 describe-subnets", "Subnets", ["SubnetId", "VpcId"], Subnet, (reading, item, source) =>
    reading.observe({
      kind: "aws/subnet",
      id: item.SubnetId,
      vpc: item.VpcId,
      cidrs: [...(item.CidrBlock === undefined ? [] : [item.CidrBlock]), ...ipv6Of(item)],
      zoneName: item.AvailabilityZone,
      ...(item.AvailabilityZoneId !== undefined && { zoneId: item.AvailabilityZoneId }),
      ...ofOwner(reading, item.OwnerId),
      source,
    }),
  ),
  listing("ec2 describe-route-tables", "RouteTables", ["RouteTableId", "Routes"], RouteTable, (reading, item, source) => {
    const routes = item.Routes.map((route, i) => routeOf(route, inside(source, "Routes", i)));
    if (routes.includes(undefined)) reading.gap("aws/network", item.RouteTableId, "a route", "it names no destination", source);
    reading.observe({
      kind: "aws/route-table",
      id: item.RouteTableId,
      vpc: item.VpcId,
      isMain: item.Associations.some((association) => association.Main === true),
      subnets: item.Associations.flatMap((association) => association.SubnetId ?? []),
      gateways: item.Associations.flatMap((association) => association.GatewayId ?? []),
      routes: routes.filter((route) => route !== undefined),
      ...ofOwner(reading, item.OwnerId),
      source,
    });
  }),
  listing(
    "ec2 describe-network-interfaces",
    "NetworkInterfaces",
    ["NetworkInterfaceId", "SubnetId"],
    NetworkInterface,
    (reading, item, source) => reading.observe(interfaceOf(item, ofOwner(reading, item.OwnerId), source)),
  ),
  listing("ec2 describe-vpc-endpoints", "VpcEndpoints", ["VpcEndpointId"], VpcEndpoint, (reading, item, source) =>
    reading.observe({
      kind: "aws/vpc-endpoint",
      id: item.VpcEndpointId,
      vpc: item.VpcId,
      type: item.VpcEndpointType,
      ...(item.ServiceName !== undefined && { service: item.ServiceName }),
      isAvailable: item.State.toLowerCase() === "available",
      subnets: item.SubnetIds,
      interfaces: item.NetworkInterfaceIds,
      groups: item.Groups.map((group) => group.GroupId),
      ...ofOwner(reading, item.OwnerId),
      source,
    }),
  ),
  listing(
    "ec2 describe-vpc-endpoint-service-configurations",
    "ServiceConfigurations",
    ["ServiceName"],
    EndpointServiceConfiguration,
    (reading, item, source) => {
      const loadBalancers = [...item.NetworkLoadBalancerArns, ...item.GatewayLoadBalancerArns];
      reading.observe({ kind: "aws/endpoint-service", name: item.ServiceName, loadBalancers, ...ofOwner(reading), source });
    },
  ),
  networkShape(
    "ec2",
    "describe-vpc-endpoint-services",
    (document) => Array.isArray(document["ServiceNames"]) && Object.keys(document).every((key) => /^Service|^NextToken$/.test(key)),
    (reading) => {
      // Older answers hold names alone, which say nothing about who stands behind them.
      if (reading.document["ServiceDetails"] === undefined && Array.isArray(reading.document["ServiceNames"])) return;
      eachItem(reading, "ServiceDetails", EndpointServiceDetail, unseen(reading, "an endpoint service"), (item, source) =>
        reading.observe({ kind: "aws/endpoint-service", name: item.ServiceName, loadBalancers: [], source }),
      );
    },
  ),
  listing("ec2 describe-prefix-lists", "PrefixLists", ["PrefixListId", "Cidrs"], PrefixList, (reading, item, source) =>
    reading.observe({
      kind: "aws/prefix-list",
      id: item.PrefixListId,
      ...(item.PrefixListName !== undefined && { name: item.PrefixListName }),
      ...(item.Cidrs && { cidrs: item.Cidrs }),
      source,
    }),
  ),
  listing("ec2 describe-managed-prefix-lists", "PrefixLists", ["PrefixListId"], ManagedPrefixList, (reading, item, source) =>
    reading.observe({
      kind: "aws/prefix-list",
      id: item.PrefixListId,
      ...(item.PrefixListName !== undefined && { name: item.PrefixListName }),
      source,
    }),
  ),
  networkShape("ec2", "get-managed-prefix-list-entries", (document) => listOf(document, "Entries", "Cidr"), mapEntries),
];
