// The transit gateway, which the tooling account owns and shares, and the public load balancer of production.
import { ACCOUNTS, REGION } from "../names.ts";
import type { AccountName } from "../names.ts";
import { awsDate } from "../pseudo.ts";
import { balancerArn, BALANCER_PATH, vpcsOf } from "./describe.ts";
import { ATTACHED, idOf, INTERFACES, TRANSIT, type TransitTablePlan, VPCS, type VpcName, type VpcPlan } from "./plan.ts";

export const describeTransitGateway = (): object => ({
  TransitGatewayId: TRANSIT,
  TransitGatewayArn: `arn:aws:ec2:${REGION}:${ACCOUNTS.tooling}:transit-gateway/${TRANSIT}`,
  State: "available",
  OwnerId: ACCOUNTS.tooling,
  Description: "acme",
  CreationTime: awsDate("network/tgw"),
  Options: {
    AmazonSideAsn: 64_512,
    AutoAcceptSharedAttachments: "disable",
    DefaultRouteTableAssociation: "disable",
    DefaultRouteTablePropagation: "disable",
    VpnEcmpSupport: "enable",
    DnsSupport: "enable",
    SecurityGroupReferencingSupport: "disable",
    MulticastSupport: "disable",
  },
  Tags: [],
});

const attachment = (vpc: VpcName): string => idOf("tgw-attach", vpc);
export const tableId = (name: string): string => idOf("tgw-rtb", name);

export const attachedVpcs = (account: AccountName): readonly VpcPlan[] =>
  vpcsOf(account).filter(({ name }) => ATTACHED[name] !== undefined);

export const describeVpcAttachment = ({ name, account }: VpcPlan): object => ({
  TransitGatewayAttachmentId: attachment(name),
  TransitGatewayId: TRANSIT,
  VpcId: idOf("vpc", name),
  VpcOwnerId: ACCOUNTS[account],
  State: "available",
  SubnetIds: (ATTACHED[name] ?? []).map((subnet) => idOf("subnet", subnet)),
  CreationTime: awsDate(`network/attach/${name}`),
  Options: { DnsSupport: "enable", SecurityGroupReferencingSupport: "disable", Ipv6Support: "disable", ApplianceModeSupport: "disable" },
  Tags: [{ Key: "Name", Value: name }],
});

/** What the gateway's owner sees: every attachment, with its association. */
export const describeAttachment = (vpc: VpcPlan, tables: readonly TransitTablePlan[]): object => ({
  TransitGatewayAttachmentId: attachment(vpc.name),
  TransitGatewayId: TRANSIT,
  TransitGatewayOwnerId: ACCOUNTS.tooling,
  ResourceOwnerId: ACCOUNTS[vpc.account],
  ResourceType: "vpc",
  ResourceId: idOf("vpc", vpc.name),
  State: "available",
  Association: {
    TransitGatewayRouteTableId: tableId(tables.find(({ associated }) => associated.includes(vpc.name))?.name ?? ""),
    State: "associated",
  },
  CreationTime: awsDate(`network/attach/${vpc.name}`),
  Tags: [{ Key: "Name", Value: vpc.name }],
});

export const describeTransitTable = ({ name }: TransitTablePlan): object => ({
  TransitGatewayRouteTableId: tableId(name),
  TransitGatewayId: TRANSIT,
  State: "available",
  DefaultAssociationRouteTable: false,
  DefaultPropagationRouteTable: false,
  CreationTime: awsDate(`network/tgw-rtb/${name}`),
  Tags: [{ Key: "Name", Value: name }],
});

const about = (vpc: VpcName): object => ({
  TransitGatewayAttachmentId: attachment(vpc),
  ResourceId: idOf("vpc", vpc),
  ResourceType: "vpc",
});

export const searchedRoutes = ({ fixedRoutes, propagated }: TransitTablePlan): object => ({
  Routes: [
    ...Object.entries(fixedRoutes).map(([DestinationCidrBlock, vpc]) => route(DestinationCidrBlock, vpc, "static")),
    ...propagated.map((vpc) => route(VPCS.find(({ name }) => name === vpc)?.cidr ?? "", vpc, "propagated")),
  ],
  AdditionalRoutesAvailable: false,
});

const route = (DestinationCidrBlock: string, vpc: VpcName, Type: "static" | "propagated"): object => ({
  DestinationCidrBlock,
  TransitGatewayAttachments: [about(vpc)],
  Type,
  State: "active",
});

export const associations = ({ associated }: TransitTablePlan): object => ({
  Associations: associated.map((vpc) => ({ ...about(vpc), State: "associated" })),
});

export const propagations = ({ propagated }: TransitTablePlan): object => ({
  TransitGatewayRouteTablePropagations: propagated.map((vpc) => ({ ...about(vpc), State: "enabled" })),
});

const LOAD_BALANCER = balancerArn("production", "loadbalancer", BALANCER_PATH);
export const TARGET_GROUP = balancerArn("production", "targetgroup", `production-web/${BALANCER_PATH.split("/").at(-1)}`);

export const describeBalancers = (): object => ({
  LoadBalancers: [
    {
      LoadBalancerArn: LOAD_BALANCER,
      DNSName: `production-web-1234567890.${REGION}.elb.amazonaws.com`,
      CanonicalHostedZoneId: "Z32O12XQLNTSW2",
      CreatedTime: awsDate("network/elb"),
      LoadBalancerName: "production-web",
      Scheme: "internet-facing",
      VpcId: idOf("vpc", "production"),
      State: { Code: "active" },
      Type: "application",
      AvailabilityZones: ["a", "b"].map((zone) => ({
        ZoneName: `${REGION}${zone}`,
        SubnetId: idOf("subnet", `production-public-${zone}`),
        LoadBalancerAddresses: [],
      })),
      SecurityGroups: [idOf("sg", "production-web")],
      IpAddressType: "ipv4",
    },
  ],
});

export const describeListeners = (): object => ({
  Listeners: [
    {
      ListenerArn: LOAD_BALANCER.replace(":loadbalancer/", ":listener/").concat("/8f2b1c0d9e3a4756"),
      LoadBalancerArn: LOAD_BALANCER,
      Port: 443,
      Protocol: "HTTPS",
      SslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
      DefaultActions: [
        { Type: "forward", TargetGroupArn: TARGET_GROUP, ForwardConfig: { TargetGroups: [{ TargetGroupArn: TARGET_GROUP, Weight: 1 }] } },
      ],
    },
  ],
});

export const describeTargetGroups = (): object => ({
  TargetGroups: [
    {
      TargetGroupArn: TARGET_GROUP,
      TargetGroupName: "production-web",
      Protocol: "HTTP",
      Port: 8080,
      VpcId: idOf("vpc", "production"),
      HealthCheckProtocol: "HTTP",
      HealthCheckPath: "/healthz",
      TargetType: "instance",
      LoadBalancerArns: [LOAD_BALANCER],
      ProtocolVersion: "HTTP1",
      IpAddressType: "ipv4",
    },
  ],
});

export const describeTargetHealth = (): object => ({
  TargetHealthDescriptions: INTERFACES.filter(({ role }) => role === "eks-production-node").map(({ name }) => ({
    Target: { Id: idOf("i", name), Port: 8080 },
    HealthCheckPort: "8080",
    TargetHealth: { State: "healthy" },
  })),
});
