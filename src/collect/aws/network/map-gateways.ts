// The ways out of a VPC: internet and NAT gateways, peerings, VPN gateways and connections.
import type { Shape } from "../shape.ts";
import { listing, ofOwner } from "./listing.ts";
import { EgressOnlyGateway, InternetGateway, NatGateway, Peering, VpnConnection, VpnGateway } from "./schema.ts";

/** An internet gateway is `available` while it is attached, a VPN gateway `attached`; both also say `attaching` (API Reference). */
const attached = (attachments: readonly { readonly VpcId: string; readonly State: string }[]): readonly string[] =>
  attachments.filter(({ State }) => State === "available" || State === "attached").map(({ VpcId }) => VpcId);

type Side = ReturnType<typeof Peering.parse>["RequesterVpcInfo"];
const side = (item: Side) => ({
  vpc: item.VpcId ?? "",
  ...(item.OwnerId !== undefined && { account: item.OwnerId }),
  ...(item.Region !== undefined && { region: item.Region }),
});

export const gatewayShapes: readonly Shape[] = [
  listing("ec2 describe-internet-gateways", "InternetGateways", ["InternetGatewayId"], InternetGateway, (reading, item, source) =>
    reading.observe({
      kind: "aws/internet-gateway",
      id: item.InternetGatewayId,
      vpcs: attached(item.Attachments),
      isEgressOnly: false,
      ...ofOwner(reading, item.OwnerId),
      source,
    }),
  ),
  listing(
    "ec2 describe-egress-only-internet-gateways",
    "EgressOnlyInternetGateways",
    ["EgressOnlyInternetGatewayId"],
    EgressOnlyGateway,
    (reading, item, source) =>
      reading.observe({
        kind: "aws/internet-gateway",
        id: item.EgressOnlyInternetGatewayId,
        vpcs: attached(item.Attachments),
        isEgressOnly: true,
        ...ofOwner(reading),
        source,
      }),
  ),
  listing("ec2 describe-nat-gateways", "NatGateways", ["NatGatewayId"], NatGateway, (reading, item, source) =>
    reading.observe({
      kind: "aws/nat-gateway",
      id: item.NatGatewayId,
      ...(item.SubnetId !== undefined && { subnet: item.SubnetId }),
      isAvailable: item.State === "available",
      isPrivate: item.ConnectivityType === "private",
      addresses: item.NatGatewayAddresses.flatMap(({ PrivateIp, PublicIp, NetworkInterfaceId }) =>
        PrivateIp === undefined || NetworkInterfaceId === undefined
          ? []
          : [{ private: PrivateIp, interface: NetworkInterfaceId, ...(PublicIp !== undefined && { public: PublicIp }) }],
      ),
      ...ofOwner(reading),
      source,
    }),
  ),
  listing("ec2 describe-vpc-peering-connections", "VpcPeeringConnections", ["VpcPeeringConnectionId"], Peering, (reading, item, source) =>
    reading.observe({
      kind: "aws/vpc-peering",
      id: item.VpcPeeringConnectionId,
      isActive: item.Status.Code === "active",
      requester: side(item.RequesterVpcInfo),
      accepter: side(item.AccepterVpcInfo),
      ...ofOwner(reading),
      source,
    }),
  ),
  listing("ec2 describe-vpn-gateways", "VpnGateways", ["VpnGatewayId"], VpnGateway, (reading, item, source) =>
    reading.observe({
      kind: "aws/vpn-gateway",
      id: item.VpnGatewayId,
      vpcs: attached(item.VpcAttachments),
      ...ofOwner(reading),
      source,
    }),
  ),
  listing("ec2 describe-vpn-connections", "VpnConnections", ["VpnConnectionId"], VpnConnection, (reading, item, source) => {
    const gateway = item.TransitGatewayId ?? item.VpnGatewayId;
    reading.observe({
      kind: "aws/vpn-connection",
      id: item.VpnConnectionId,
      ...(gateway !== undefined && { gateway }),
      ...(item.CustomerGatewayId !== undefined && { customerGateway: item.CustomerGatewayId }),
      isAvailable: item.State === "available",
      staticRoutes: item.Routes.flatMap((route) =>
        route.State === "available" && route.DestinationCidrBlock !== undefined ? [route.DestinationCidrBlock] : [],
      ),
      outsideAddresses: item.VgwTelemetry.map((tunnel) => tunnel.OutsideIpAddress),
      ...ofOwner(reading),
      source,
    });
  }),
];
