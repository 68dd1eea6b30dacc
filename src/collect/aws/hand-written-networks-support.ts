// For tests: the networks of moto-networks-support.ts in the form in which the AWS CLI prints them, with the clusters, databases and balancers in them.
import type { Json } from "../../lib/json.ts";
import type { Written } from "./hand-written-support.ts";
import { type Acme, OTHER_REGION, REGION } from "./moto-acme-support.ts";
import { type Networks, RANGES, type Vpc } from "./moto-networks-support.ts";

interface Place {
  readonly account: string;
  readonly region: string;
}

const EMPTY: Readonly<Record<string, string>> = {
  "describe-vpc-endpoints": "VpcEndpoints",
  "describe-vpc-endpoint-service-configurations": "ServiceConfigurations",
  "describe-prefix-lists": "PrefixLists",
  "describe-managed-prefix-lists": "PrefixLists",
  "describe-internet-gateways": "InternetGateways",
  "describe-egress-only-internet-gateways": "EgressOnlyInternetGateways",
  "describe-nat-gateways": "NatGateways",
  "describe-vpn-gateways": "VpnGateways",
  "describe-vpn-connections": "VpnConnections",
};

export function writtenNetworks(acme: Acme, of: "management" | "development" | "production"): readonly Written[] {
  const { accounts, networks } = acme;
  if (of === "management") return [REGION, OTHER_REGION].flatMap((region) => nothing(region));
  const account = accounts[of];
  const [here, there] = [REGION, OTHER_REGION].map((region): Place => ({ account, region })) as [Place, Place];
  const below = of === "development";
  const [vpc, range] = below ? [networks.development, RANGES.development] : [networks.production, RANGES.production];
  const toOther: Json = {
    DestinationCidrBlock: `${below ? RANGES.production : RANGES.development}.0.0/16`,
    VpcPeeringConnectionId: networks.peering,
    Origin: "CreateRoute",
    State: "active",
  };
  const rules: Json = [{ IpProtocol: "tcp", FromPort: 5432, ToPort: 5432, IpRanges: [{ CidrIp: `${RANGES.development}.0.0/16` }] }];
  return [
    ...networksIn(here, [{ vpc, range, route: toOther, rules: below ? [] : rules }], {
      peering: peering(acme),
      machine: below ? networks.builder : networks.shop,
      ...(below && { profile: `arn:aws:iam::${account}:instance-profile/builder` }),
    }),
    ...(below ? [...withoutBalancers(REGION), ...nothing(OTHER_REGION)] : above(acme, here, there)),
  ];
}

/** Production's second region, and what stands in its first network. */
function above({ networks }: Acme, here: Place, there: Place): readonly Written[] {
  const over = (range: string): Json => ({
    DestinationCidrBlock: `${range}.0.0/16`,
    TransitGatewayId: networks.transit.gateway,
    Origin: "CreateRoute",
    State: "active",
  });
  return [
    database(here, networks.production),
    ...cluster(here, networks.production),
    ...balancer(here, networks),
    ...networksIn(
      there,
      [
        { vpc: networks.east, range: RANGES.east, route: over(RANGES.archive), rules: [] },
        { vpc: networks.archive, range: RANGES.archive, route: over(RANGES.east), rules: [] },
      ],
      { transit: { ...networks.transit, account: there.account } },
    ),
    ...withoutBalancers(there.region),
  ];
}

const nothing = (region: string): readonly Written[] => [...networksIn({ account: "", region }, [], {}), ...withoutBalancers(region)];

const withoutBalancers = (region: string): readonly Written[] => [
  [`aws elbv2 describe-load-balancers --region ${region}`, { LoadBalancers: [] }],
  [`aws elbv2 describe-target-groups --region ${region}`, { TargetGroups: [] }],
];

interface WrittenVpc {
  readonly vpc: Vpc;
  readonly range: string;
  readonly route: Json;
  readonly rules: Json;
}

interface Beside {
  readonly peering?: Json;
  readonly machine?: Networks["builder"];
  readonly profile?: string;
  readonly transit?: Networks["transit"] & { readonly account: string };
}

function networksIn({ account, region }: Place, vpcs: readonly WrittenVpc[], beside: Beside): readonly Written[] {
  const ec2 = (operation: string, answer: { readonly [key: string]: Json }): Written => [`aws ec2 ${operation} --region ${region}`, answer];
  const [vpc] = vpcs;
  const all = [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];
  const group = (VpcId: string, GroupId: string, GroupName: string, IpPermissions: Json): Json => ({
    GroupId,
    GroupName,
    OwnerId: account,
    VpcId,
    IpPermissions,
    IpPermissionsEgress: all,
  });
  return [
    ec2("describe-vpcs", { Vpcs: vpcs.map(({ vpc: { id }, range }) => ({ VpcId: id, OwnerId: account, CidrBlock: `${range}.0.0/16` })) }),
    ec2("describe-subnets", {
      Subnets: vpcs.flatMap(({ vpc: { id, subnets }, range }) =>
        subnets.map((SubnetId, i) => ({
          SubnetId,
          VpcId: id,
          OwnerId: account,
          CidrBlock: `${range}.${i}.0/24`,
          AvailabilityZone: `${region}${i === 0 ? "a" : "b"}`,
        })),
      ),
    }),
    ec2("describe-route-tables", { RouteTables: vpcs.map((each) => routeTable(each, account)) }),
    ec2("describe-network-acls", { NetworkAcls: vpcs.map(({ vpc: each }) => openAcl(each, account)) }),
    ec2("describe-security-groups", {
      SecurityGroups: vpcs.flatMap(({ vpc: { id, groups }, rules }) => [
        group(id, groups[0], "default", []),
        group(id, groups[1], "inside", rules),
      ]),
    }),
    ec2("describe-vpc-peering-connections", { VpcPeeringConnections: beside.peering === undefined ? [] : [beside.peering] }),
    ...machines(beside, vpc?.vpc, account, region),
    ...Object.entries(EMPTY).map(([operation, list]) => ec2(operation, { [list]: [] })),
    ...transit(beside.transit, region),
  ];
}

const routeTable = ({ vpc, range, route }: WrittenVpc, account: string): Json => ({
  RouteTableId: vpc.table,
  VpcId: vpc.id,
  OwnerId: account,
  Associations: [{ Main: true, RouteTableId: vpc.table }],
  Routes: [{ DestinationCidrBlock: `${range}.0.0/16`, GatewayId: "local", Origin: "CreateRouteTable", State: "active" }, route],
});

/** The default network ACL lets everything through (Amazon VPC User Guide, "Default network ACL"). */
const openAcl = (vpc: Vpc, account: string): Json => ({
  NetworkAclId: vpc.acl,
  VpcId: vpc.id,
  OwnerId: account,
  IsDefault: true,
  Associations: vpc.subnets.map((SubnetId) => ({ NetworkAclId: vpc.acl, SubnetId })),
  Entries: [true, false].flatMap((Egress) => [
    { RuleNumber: 100, Egress, RuleAction: "allow", Protocol: "-1", CidrBlock: "0.0.0.0/0" },
    { RuleNumber: 32767, Egress, RuleAction: "deny", Protocol: "-1", CidrBlock: "0.0.0.0/0" },
  ]),
});

function peering({ accounts, networks }: Acme): Json {
  const side = ({ id }: Vpc, OwnerId: string): Json => ({ VpcId: id, OwnerId, Region: REGION });
  return {
    VpcPeeringConnectionId: networks.peering,
    Status: { Code: "active" },
    RequesterVpcInfo: side(networks.development, accounts.development),
    AccepterVpcInfo: side(networks.production, accounts.production),
  };
}

function machines({ machine, profile }: Beside, vpc: Vpc | undefined, account: string, region: string): readonly Written[] {
  if (machine === undefined || vpc === undefined)
    return [
      [`aws ec2 describe-instances --region ${region}`, { Reservations: [] }],
      [`aws ec2 describe-network-interfaces --region ${region}`, { NetworkInterfaces: [] }],
    ];
  const face = {
    NetworkInterfaceId: machine.interface,
    VpcId: vpc.id,
    SubnetId: machine.subnet,
    OwnerId: account,
    InterfaceType: "interface",
    Description: "Primary network interface",
    PrivateIpAddresses: [{ PrivateIpAddress: machine.address, Primary: true }],
    Groups: [{ GroupId: vpc.groups[1], GroupName: "inside" }],
    SourceDestCheck: true,
  };
  const instance = {
    InstanceId: machine.instance,
    State: { Code: 16, Name: "running" },
    Placement: { AvailabilityZone: `${region}a`, Tenancy: "default" },
    VpcId: vpc.id,
    SubnetId: machine.subnet,
    PrivateIpAddress: machine.address,
    SecurityGroups: [{ GroupId: vpc.groups[1], GroupName: "inside" }],
    NetworkInterfaces: [face],
    ...(profile !== undefined && { IamInstanceProfile: { Arn: profile, Id: "AIPAEXAMPLE" } }),
  };
  const attached = { ...face, Attachment: { InstanceId: machine.instance, Status: "attached" } };
  return [
    [`aws ec2 describe-instances --region ${region}`, { Reservations: [{ OwnerId: account, Groups: [], Instances: [instance] }] }],
    [`aws ec2 describe-network-interfaces --region ${region}`, { NetworkInterfaces: [attached] }],
  ];
}

function transit(made: Beside["transit"], region: string): readonly Written[] {
  const ec2 = (operation: string, answer: { readonly [key: string]: Json }): Written => [`aws ec2 ${operation} --region ${region}`, answer];
  if (made === undefined)
    return [
      ec2("describe-transit-gateways", { TransitGateways: [] }),
      ec2("describe-transit-gateway-attachments", { TransitGatewayAttachments: [] }),
      ec2("describe-transit-gateway-vpc-attachments", { TransitGatewayVpcAttachments: [] }),
      ec2("describe-transit-gateway-route-tables", { TransitGatewayRouteTables: [] }),
    ];
  const { gateway: TransitGatewayId, table, attachments, account } = made;
  const there = `--transit-gateway-route-table-id ${table}`;
  const State = "available";
  return [
    ec2("describe-transit-gateways", { TransitGateways: [{ TransitGatewayId, OwnerId: account, State, Options: {} }] }),
    ec2("describe-transit-gateway-attachments", {
      TransitGatewayAttachments: attachments.map(({ id, vpc }) => ({
        TransitGatewayAttachmentId: id,
        TransitGatewayId,
        ResourceType: "vpc",
        ResourceId: vpc,
        ResourceOwnerId: account,
        State,
        Association: { TransitGatewayRouteTableId: table, State: "associated" },
      })),
    }),
    ec2("describe-transit-gateway-vpc-attachments", {
      TransitGatewayVpcAttachments: attachments.map(({ id, vpc, subnets }) => ({
        TransitGatewayAttachmentId: id,
        TransitGatewayId,
        VpcId: vpc,
        VpcOwnerId: account,
        State,
        SubnetIds: subnets,
        Options: { SecurityGroupReferencingSupport: "enable" },
      })),
    }),
    ec2("describe-transit-gateway-route-tables", {
      TransitGatewayRouteTables: [{ TransitGatewayRouteTableId: table, TransitGatewayId, State }],
    }),
    ec2(`search-transit-gateway-routes ${there} --filters Name=state,Values=active,blackhole`, {
      Routes: attachments.map(({ id }, i) => ({
        DestinationCidrBlock: `${i === 0 ? RANGES.east : RANGES.archive}.0.0/16`,
        Type: "static",
        State: "active",
        TransitGatewayAttachments: [{ TransitGatewayAttachmentId: id }],
      })),
      AdditionalRoutesAvailable: false,
    }),
    ec2(`get-transit-gateway-route-table-associations ${there}`, {
      Associations: attachments.map(({ id, vpc }) => ({
        TransitGatewayAttachmentId: id,
        ResourceId: vpc,
        ResourceType: "vpc",
        State: "associated",
      })),
    }),
    ec2(`get-transit-gateway-route-table-propagations ${there}`, { TransitGatewayRouteTablePropagations: [] }),
  ];
}

function database({ account, region }: Place, { id, subnets, groups }: Vpc): Written {
  return [
    `aws rds describe-db-instances --region ${region}`,
    {
      DBInstances: [
        {
          DBInstanceIdentifier: "shop",
          DBInstanceArn: `arn:aws:rds:${region}:${account}:db:shop`,
          Engine: "postgres",
          DBInstanceStatus: "available",
          MasterUsername: "shop",
          BackupRetentionPeriod: 1,
          // The emulator gives every database of a region the same middle part.
          Endpoint: { Address: `shop.aaaaaaaaaa.${region}.rds.amazonaws.com`, Port: 5432 },
          VpcSecurityGroups: [{ VpcSecurityGroupId: groups[1], Status: "active" }],
          DBSubnetGroup: { DBSubnetGroupName: "shop", VpcId: id, Subnets: subnets.map((SubnetIdentifier) => ({ SubnetIdentifier })) },
          StorageEncrypted: true,
          IAMDatabaseAuthenticationEnabled: false,
        },
      ],
    },
  ];
}

/** Development's way into the cluster: its deployer administers it. */
export const ACCESS = (account: string) => {
  const principalArn = `arn:aws:iam::${account}:role/deploy`;
  const accessEntryArn = `arn:aws:eks:${REGION}:${account}:access-entry/production/role/${account}/deploy/c1b2c3d4`;
  const policyArn = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";
  return {
    entry: {
      accessEntry: {
        clusterName: "production",
        principalArn,
        accessEntryArn,
        kubernetesGroups: [],
        username: principalArn,
        type: "STANDARD",
      },
    },
    policies: {
      clusterName: "production",
      principalArn,
      associatedAccessPolicies: [{ policyArn, accessScope: { type: "cluster", namespaces: [] } }],
    },
    entries: { accessEntries: [principalArn] },
    pods: { associations: [] },
  };
};

function cluster({ account, region }: Place, { id, subnets, groups }: Vpc): readonly Written[] {
  const { entry, policies, entries, pods } = ACCESS(account);
  const principal = entries.accessEntries[0] as string;
  return [
    [
      `aws eks describe-cluster --name production --region ${region}`,
      {
        cluster: {
          name: "production",
          arn: `arn:aws:eks:${region}:${account}:cluster/production`,
          roleArn: `arn:aws:iam::${account}:role/cluster`,
          resourcesVpcConfig: { vpcId: id, subnetIds: subnets, securityGroupIds: [groups[1]] },
          status: "ACTIVE",
        },
      },
    ],
    [`aws eks list-access-entries --cluster-name production --region ${region}`, entries],
    [`aws eks describe-access-entry --cluster-name production --principal-arn ${principal} --region ${region}`, entry],
    [`aws eks list-associated-access-policies --cluster-name production --principal-arn ${principal} --region ${region}`, policies],
    [`aws eks list-pod-identity-associations --cluster-name production --region ${region}`, pods],
  ];
}

function balancer({ region }: Place, { production, balancer: made, shop }: Networks): readonly Written[] {
  const zones = production.subnets.map((SubnetId, i) => ({ ZoneName: `${region}${i === 0 ? "a" : "b"}`, SubnetId }));
  const head = { LoadBalancerArn: made.arn, DNSName: made.name, LoadBalancerName: "shop", Scheme: "internal", Type: "network" };
  const group = { TargetGroupArn: made.group, TargetGroupName: "shop", Protocol: "TCP", Port: 5432, VpcId: production.id };
  const listener = { ListenerArn: made.listener, LoadBalancerArn: made.arn, Protocol: "TCP", Port: 5432 };
  return [
    [
      `aws elbv2 describe-load-balancers --region ${region}`,
      {
        LoadBalancers: [
          { ...head, VpcId: production.id, State: { Code: "active" }, AvailabilityZones: zones, SecurityGroups: [], IpAddressType: "ipv4" },
        ],
      },
    ],
    [
      `aws elbv2 describe-listeners --load-balancer-arn ${made.arn} --region ${region}`,
      { Listeners: [{ ...listener, DefaultActions: [{ Type: "forward", TargetGroupArn: made.group }] }] },
    ],
    [
      `aws elbv2 describe-target-groups --region ${region}`,
      { TargetGroups: [{ ...group, LoadBalancerArns: [made.arn], TargetType: "instance", IpAddressType: "ipv4" }] },
    ],
    [
      `aws elbv2 describe-target-group-attributes --target-group-arn ${made.group} --region ${region}`,
      { Attributes: [{ Key: "stickiness.enabled", Value: "false" }] },
    ],
    [
      `aws elbv2 describe-target-health --target-group-arn ${made.group} --region ${region}`,
      { TargetHealthDescriptions: [{ Target: { Id: shop.instance, Port: 5432 }, TargetHealth: { State: "healthy" } }] },
    ],
  ];
}
