// The wire formats of networks: what the AWS CLI prints, only the fields used (Amazon EC2 and Elastic Load Balancing API References).
import { z } from "zod";

const Text = z.string().min(1);
/** As told; whether it is an account id is decided where it places something. */
const Account = Text.optional();
const CidrSet = z.array(z.object({ CidrBlock: Text, CidrBlockState: z.object({ State: Text }).optional() })).default([]);
const Ipv6CidrSet = z.array(z.object({ Ipv6CidrBlock: Text, Ipv6CidrBlockState: z.object({ State: Text }).optional() })).default([]);

export const Vpc = z.object({
  VpcId: Text,
  OwnerId: Account,
  CidrBlock: Text,
  CidrBlockAssociationSet: CidrSet,
  Ipv6CidrBlockAssociationSet: Ipv6CidrSet,
});
export const Subnet = z.object({
  SubnetId: Text,
  VpcId: Text,
  OwnerId: Account,
  CidrBlock: Text.optional(),
  Ipv6CidrBlockAssociationSet: Ipv6CidrSet,
  AvailabilityZone: Text,
  AvailabilityZoneId: Text.optional(),
});

export const Route = z.object({
  DestinationCidrBlock: Text.optional(),
  DestinationIpv6CidrBlock: Text.optional(),
  DestinationPrefixListId: Text.optional(),
  GatewayId: Text.optional(),
  NatGatewayId: Text.optional(),
  TransitGatewayId: Text.optional(),
  VpcPeeringConnectionId: Text.optional(),
  EgressOnlyInternetGatewayId: Text.optional(),
  NetworkInterfaceId: Text.optional(),
  InstanceId: Text.optional(),
  LocalGatewayId: Text.optional(),
  CarrierGatewayId: Text.optional(),
  CoreNetworkArn: Text.optional(),
  OdbNetworkArn: Text.optional(),
  Origin: Text.optional(),
  State: Text.optional(),
});
export type Route = z.infer<typeof Route>;
export const RouteTable = z.object({
  RouteTableId: Text,
  VpcId: Text,
  OwnerId: Account,
  Associations: z.array(z.object({ Main: z.boolean().optional(), SubnetId: Text.optional(), GatewayId: Text.optional() })),
  Routes: z.array(Route),
});

const Port = z.int().min(-1).max(65535).optional();
export const Permission = z.object({
  IpProtocol: Text,
  FromPort: Port,
  ToPort: Port,
  IpRanges: z.array(z.object({ CidrIp: Text, Description: z.string().optional() })).default([]),
  Ipv6Ranges: z.array(z.object({ CidrIpv6: Text, Description: z.string().optional() })).default([]),
  PrefixListIds: z.array(z.object({ PrefixListId: Text, Description: z.string().optional() })).default([]),
  UserIdGroupPairs: z
    .array(
      z.object({
        GroupId: Text,
        VpcPeeringConnectionId: Text.optional(),
        PeeringStatus: Text.optional(),
        Description: z.string().optional(),
      }),
    )
    .default([]),
});
export type Permission = z.infer<typeof Permission>;
export const SecurityGroup = z.object({
  GroupId: Text,
  GroupName: Text,
  OwnerId: Account,
  VpcId: Text.optional(),
  IpPermissions: z.array(Permission),
  IpPermissionsEgress: z.array(Permission).default([]),
});

export const NetworkAcl = z.object({
  NetworkAclId: Text,
  VpcId: Text,
  OwnerId: Account,
  IsDefault: z.boolean(),
  Associations: z.array(z.object({ SubnetId: Text })),
  Entries: z.array(
    z.object({
      RuleNumber: z.int(),
      Egress: z.boolean(),
      RuleAction: z.enum(["allow", "deny"]),
      Protocol: Text,
      CidrBlock: Text.optional(),
      Ipv6CidrBlock: Text.optional(),
      PortRange: z.object({ From: z.int(), To: z.int() }).optional(),
      IcmpTypeCode: z.object({ Type: z.int(), Code: z.int() }).optional(),
    }),
  ),
});

const Association = z.object({ PublicIp: Text.optional() }).optional();
export const NetworkInterface = z.object({
  NetworkInterfaceId: Text,
  VpcId: Text,
  SubnetId: Text,
  OwnerId: Account,
  InterfaceType: Text.optional(),
  Description: z.string().optional(),
  PrivateIpAddresses: z.array(z.object({ PrivateIpAddress: Text, Association })).default([]),
  Ipv6Addresses: z.array(z.object({ Ipv6Address: Text })).default([]),
  Groups: z.array(z.object({ GroupId: Text })).default([]),
  Attachment: z.object({ InstanceId: Text.optional() }).optional(),
  SourceDestCheck: z.boolean().optional(),
  Status: Text.optional(),
});
export type NetworkInterface = z.infer<typeof NetworkInterface>;
export const InstanceNetwork = z.object({
  InstanceId: Text,
  State: z.object({ Name: Text }).optional(),
  NetworkInterfaces: z.array(z.unknown()).optional(),
});
export const InstanceReservation = z.object({ OwnerId: Account, Instances: z.array(z.unknown()) });

const PeeringSide = z.object({ VpcId: Text.optional(), OwnerId: Account, Region: Text.optional() });
export const Peering = z.object({
  VpcPeeringConnectionId: Text,
  Status: z.object({ Code: Text }),
  RequesterVpcInfo: PeeringSide,
  AccepterVpcInfo: PeeringSide,
});
export const InternetGateway = z.object({
  InternetGatewayId: Text,
  OwnerId: Account,
  Attachments: z.array(z.object({ VpcId: Text, State: Text })),
});
export const EgressOnlyGateway = z.object({
  EgressOnlyInternetGatewayId: Text,
  Attachments: z.array(z.object({ VpcId: Text, State: Text })),
});
export const NatGateway = z.object({
  NatGatewayId: Text,
  SubnetId: Text.optional(),
  State: Text,
  ConnectivityType: Text.optional(),
  NatGatewayAddresses: z
    .array(z.object({ PrivateIp: Text.optional(), PublicIp: Text.optional(), NetworkInterfaceId: Text.optional() }))
    .default([]),
});

export const TransitGateway = z.object({
  TransitGatewayId: Text,
  OwnerId: Account,
  State: Text,
  Options: z.object({ SecurityGroupReferencingSupport: Text.optional() }).optional(),
});
export const TransitGatewayAttachment = z.object({
  TransitGatewayAttachmentId: Text,
  TransitGatewayId: Text,
  ResourceType: Text,
  ResourceId: Text,
  ResourceOwnerId: Account,
  State: Text,
  Association: z.object({ TransitGatewayRouteTableId: Text.optional(), State: Text.optional() }).optional(),
});
export const TransitGatewayVpcAttachment = z.object({
  TransitGatewayAttachmentId: Text,
  TransitGatewayId: Text,
  VpcId: Text,
  VpcOwnerId: Account,
  State: Text,
  SubnetIds: z.array(Text),
  Options: z.object({ SecurityGroupReferencingSupport: Text.optional() }).optional(),
});
export const TransitGatewayTable = z.object({ TransitGatewayRouteTableId: Text, TransitGatewayId: Text, State: Text });
export const TransitGatewayAssociation = z.object({ TransitGatewayAttachmentId: Text, ResourceId: Text.optional(), State: Text });
export const TransitGatewayPropagation = z.object({ TransitGatewayAttachmentId: Text, ResourceId: Text, State: Text });
export const TransitGatewayRoute = z.object({
  DestinationCidrBlock: Text.optional(),
  PrefixListId: Text.optional(),
  Type: Text,
  State: Text,
  TransitGatewayAttachments: z.array(z.object({ TransitGatewayAttachmentId: Text })).default([]),
});
export const TransitGatewayRoutes = z.object({
  TransitGatewayRouteTableId: Text,
  AdditionalRoutesAvailable: z.boolean().optional(),
  Routes: z.array(TransitGatewayRoute),
});
export const TransitGatewayPropagations = z.object({
  TransitGatewayRouteTableId: Text,
  TransitGatewayRouteTablePropagations: z.array(TransitGatewayPropagation),
});

export const VpnGateway = z.object({
  VpnGatewayId: Text,
  State: Text.optional(),
  VpcAttachments: z.array(z.object({ VpcId: Text, State: Text })).default([]),
});
/** INVARIANT: CustomerGatewayConfiguration and TunnelOptions hold pre-shared keys, so they are not among the fields. */
export const VpnConnection = z.object({
  VpnConnectionId: Text,
  VpnGatewayId: Text.optional(),
  TransitGatewayId: Text.optional(),
  CustomerGatewayId: Text.optional(),
  State: Text,
  Routes: z.array(z.object({ DestinationCidrBlock: Text.optional(), State: Text })).default([]),
  VgwTelemetry: z.array(z.object({ OutsideIpAddress: Text })).default([]),
});

export const VpcEndpoint = z.object({
  VpcEndpointId: Text,
  VpcId: Text,
  VpcEndpointType: Text,
  OwnerId: Account,
  ServiceName: Text.optional(),
  State: Text,
  SubnetIds: z.array(Text).default([]),
  NetworkInterfaceIds: z.array(Text).default([]),
  Groups: z.array(z.object({ GroupId: Text })).default([]),
});
export const EndpointServiceConfiguration = z.object({
  ServiceName: Text,
  NetworkLoadBalancerArns: z.array(Text).default([]),
  GatewayLoadBalancerArns: z.array(Text).default([]),
});
export const EndpointServiceDetail = z.object({ ServiceName: Text });
export const PrefixList = z.object({ PrefixListId: Text, PrefixListName: Text.optional(), Cidrs: z.array(Text).optional() });
export const ManagedPrefixList = z.object({ PrefixListId: Text, PrefixListName: Text.optional(), OwnerId: Text.optional() });
export const PrefixListEntry = z.object({ Cidr: Text });

export const LoadBalancer = z.object({
  LoadBalancerArn: Text,
  LoadBalancerName: Text,
  Type: Text,
  Scheme: Text.optional(),
  VpcId: Text,
  DNSName: z.string().default(""),
  AvailabilityZones: z.array(z.object({ SubnetId: Text.optional() })),
  SecurityGroups: z.array(Text).default([]),
});
const Action = z.object({
  Type: Text,
  TargetGroupArn: Text.optional(),
  ForwardConfig: z.object({ TargetGroups: z.array(z.object({ TargetGroupArn: Text })).default([]) }).optional(),
});
export const Listener = z.object({
  ListenerArn: Text,
  LoadBalancerArn: Text,
  Port: z.int().optional(),
  Protocol: Text.optional(),
  DefaultActions: z.array(Action),
});
export const ListenersOfBalancer = z.object({ Listeners: z.array(Listener) });
export const TargetGroup = z.object({
  TargetGroupArn: Text,
  TargetGroupName: Text,
  Protocol: Text.optional(),
  Port: z.int().optional(),
  TargetType: Text,
  LoadBalancerArns: z.array(Text).default([]),
});
export const TargetHealth = z.object({ Target: z.object({ Id: Text, Port: z.int().optional() }) });
export const TargetHealthOfGroup = z.object({ TargetGroupArn: Text, TargetHealthDescriptions: z.array(TargetHealth) });
export const TargetGroupAttribute = z.object({ Key: Text, Value: z.string() });

export const DatabasePlace = z.object({
  DBInstanceArn: Text,
  Endpoint: z.object({ Port: z.int().optional() }).optional(),
  DBSubnetGroup: z.object({ Subnets: z.array(z.object({ SubnetIdentifier: Text })) }).optional(),
  VpcSecurityGroups: z.array(z.object({ VpcSecurityGroupId: Text })).optional(),
});
export const FunctionPlace = z.object({
  FunctionArn: Text,
  VpcConfig: z.object({ SubnetIds: z.array(Text).default([]), SecurityGroupIds: z.array(Text).default([]) }).optional(),
});
