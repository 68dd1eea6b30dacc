// The plan as `aws ec2 describe-*` and `aws elbv2 describe-*` print it, account by account.
import { ACCOUNTS, REGION } from "../names.ts";
import type { AccountName } from "../names.ts";
import { awsDate, hex, number } from "../pseudo.ts";
import {
  groups,
  type GroupPlan,
  idOf,
  INTERFACES,
  type InterfacePlan,
  PEERING,
  type SubnetPlan,
  VPCS,
  type VpcName,
  type VpcPlan,
  vpcOf,
} from "./plan.ts";

const tags = (Name: string): readonly object[] => [{ Key: "Name", Value: Name }];

export const vpcsOf = (account: AccountName): readonly VpcPlan[] => VPCS.filter((vpc) => vpc.account === account);
export const interfacesOf = (account: AccountName): readonly InterfacePlan[] =>
  INTERFACES.filter(({ subnet }) => vpcOf(subnet).account === account);

const arn = (account: AccountName, resource: string): string => `arn:aws:ec2:${REGION}:${ACCOUNTS[account]}:${resource}`;

export const describeVpc = ({ name, account, cidr }: VpcPlan): object => ({
  OwnerId: ACCOUNTS[account],
  InstanceTenancy: "default",
  CidrBlockAssociationSet: [{ AssociationId: idOf("vpc-cidr-assoc", name), CidrBlock: cidr, CidrBlockState: { State: "associated" } }],
  IsDefault: false,
  Tags: tags(name),
  VpcId: idOf("vpc", name),
  State: "available",
  CidrBlock: cidr,
  DhcpOptionsId: idOf("dopt", account),
});

export const describeSubnet = (vpc: VpcPlan, { name, cidr, zone }: SubnetPlan): object => ({
  AvailabilityZoneId: `euw1-az${zone === "a" ? 1 : 2}`,
  MapCustomerOwnedIpOnLaunch: false,
  OwnerId: ACCOUNTS[vpc.account],
  AssignIpv6AddressOnCreation: false,
  Ipv6CidrBlockAssociationSet: [],
  Tags: tags(name),
  SubnetArn: arn(vpc.account, `subnet/${idOf("subnet", name)}`),
  EnableDns64: false,
  Ipv6Native: false,
  SubnetId: idOf("subnet", name),
  State: "available",
  VpcId: idOf("vpc", vpc.name),
  CidrBlock: cidr,
  AvailableIpAddressCount: 240,
  AvailabilityZone: `${REGION}${zone}`,
  DefaultForAz: false,
  MapPublicIpOnLaunch: false,
});

const TARGET_KEYS: Readonly<Record<string, string>> = {
  igw: "GatewayId",
  nat: "NatGatewayId",
  tgw: "TransitGatewayId",
  pcx: "VpcPeeringConnectionId",
};

export function* describeRouteTables(vpc: VpcPlan): Iterable<object> {
  const [main] = Object.keys(vpc.tables);
  for (const [table, routes] of Object.entries(vpc.tables)) {
    const RouteTableId = idOf("rtb", `${vpc.name}-${table}`);
    const association = (label: string, more: object): object => ({
      RouteTableAssociationId: idOf("rtbassoc", label),
      RouteTableId,
      ...more,
      AssociationState: { State: "associated" },
    });
    yield {
      Associations: [
        ...(table === main ? [association(`${vpc.name}-main`, { Main: true })] : []),
        ...vpc.subnets
          .filter((subnet) => subnet.table === table)
          .map(({ name }) => association(name, { Main: false, SubnetId: idOf("subnet", name) })),
      ],
      PropagatingVgws: [],
      RouteTableId,
      Routes: [
        { DestinationCidrBlock: vpc.cidr, GatewayId: "local", Origin: "CreateRouteTable", State: "active" },
        ...Object.entries(routes).map(([DestinationCidrBlock, target]) => ({
          DestinationCidrBlock,
          [TARGET_KEYS[target.split("-")[0] ?? ""] ?? "GatewayId"]: target,
          Origin: "CreateRoute",
          State: "active",
        })),
      ],
      Tags: tags(`${vpc.name}-${table}`),
      VpcId: idOf("vpc", vpc.name),
      OwnerId: ACCOUNTS[vpc.account],
    };
  }
}

const entry = (RuleNumber: number, Egress: boolean, RuleAction: "allow" | "deny", CidrBlock: string): object => ({
  CidrBlock,
  Egress,
  Protocol: "-1",
  RuleAction,
  RuleNumber,
});

export function* describeNetworkAcls(vpc: VpcPlan): Iterable<object> {
  for (const [acl, denied] of [["default", [] as readonly string[]] as const, ...Object.entries(vpc.acls ?? {})]) {
    const isDefault = acl === "default";
    const NetworkAclId = idOf("acl", `${vpc.name}-${acl}`);
    yield {
      Associations: vpc.subnets
        .filter((subnet) => (subnet.acl ?? "default") === acl)
        .map(({ name }) => ({ NetworkAclAssociationId: idOf("aclassoc", name), NetworkAclId, SubnetId: idOf("subnet", name) })),
      Entries: [
        entry(100, true, "allow", "0.0.0.0/0"),
        entry(32_767, true, "deny", "0.0.0.0/0"),
        ...denied.map((block, i) => entry(10 * (i + 1), false, "deny", block)),
        entry(100, false, "allow", "0.0.0.0/0"),
        entry(32_767, false, "deny", "0.0.0.0/0"),
      ],
      IsDefault: isDefault,
      NetworkAclId,
      Tags: isDefault ? [] : tags(`${vpc.name}-${acl}`),
      VpcId: idOf("vpc", vpc.name),
      OwnerId: ACCOUNTS[vpc.account],
    };
  }
}

const permission = (account: AccountName, [port, from, Description]: GroupPlan["ingress"][number]): object => ({
  IpProtocol: port === "all" ? "-1" : "tcp",
  ...(port !== "all" && { FromPort: port, ToPort: port }),
  UserIdGroupPairs: from.includes("/") ? [] : [{ Description, UserId: ACCOUNTS[account], GroupId: idOf("sg", from) }],
  IpRanges: from.includes("/") ? [{ Description, CidrIp: from }] : [],
  Ipv6Ranges: [],
  PrefixListIds: [],
});

export const describeGroups = (account: AccountName, fixed: boolean): readonly object[] =>
  groups(fixed)
    .filter(({ vpc }) => vpcsOf(account).some(({ name }) => name === vpc))
    .map(({ name, vpc, ingress }) => ({
      GroupId: idOf("sg", name),
      IpPermissionsEgress: [
        { IpProtocol: "-1", UserIdGroupPairs: [], IpRanges: [{ CidrIp: "0.0.0.0/0" }], Ipv6Ranges: [], PrefixListIds: [] },
      ],
      Tags: tags(name),
      VpcId: idOf("vpc", vpc),
      SecurityGroupArn: arn(account, `security-group/${idOf("sg", name)}`),
      OwnerId: ACCOUNTS[account],
      GroupName: name,
      Description: name,
      IpPermissions: ingress.map((rule) => permission(account, rule)),
    }));

/** Of the blocks that RFC 5737 keeps for documentation. */
const publicAddress = (name: string): string => `203.0.113.${(number(`network/address/${name}`, 6) % 200) + 20}`;

export const balancerArn = (account: AccountName, type: string, name: string): string =>
  `arn:aws:elasticloadbalancing:${REGION}:${ACCOUNTS[account]}:${type}/${name}`;
export const BALANCER_PATH = `app/production-web/${hex("network/elb/production-web", 16)}`;

const DESCRIPTION: Readonly<Record<InterfacePlan["type"], (plan: InterfacePlan, vpc: VpcName) => string>> = {
  instance: () => "",
  database: () => "RDSNetworkInterface",
  function: ({ name }) => `AWS Lambda VPC ENI-${name}-${hex(`network/lambda/${name}`, 8)}`,
  balancer: () => `ELB ${BALANCER_PATH}`,
  cache: ({ name }) => `ElastiCache ${name}-001`,
  cluster: (_, vpc) => `Amazon EKS ${vpc}`,
  nat: (_, vpc) => `Interface for NAT Gateway ${idOf("nat", vpc)}`,
  transit: (_, vpc) => `Network Interface for Transit Gateway Attachment ${idOf("tgw-attach", vpc)}`,
};

const WIRE_TYPE: Readonly<Partial<Record<InterfacePlan["type"], string>>> = {
  nat: "nat_gateway",
  transit: "transit_gateway",
  function: "lambda",
};

const groupsOf = ({ group }: InterfacePlan): readonly object[] =>
  group === undefined ? [] : [{ GroupId: idOf("sg", group), GroupName: group }];

const addressesOf = (plan: InterfacePlan, owner: string): readonly object[] => [
  {
    ...(plan.isPublic && { Association: { IpOwnerId: owner, PublicIp: publicAddress(plan.name) } }),
    Primary: true,
    PrivateIpAddress: plan.ip,
  },
];

export function describeInterface(plan: InterfacePlan): object {
  const vpc = vpcOf(plan.subnet);
  const owner = ACCOUNTS[vpc.account];
  const isManaged = plan.type !== "instance";
  return {
    Attachment: {
      AttachTime: awsDate(`network/${plan.name}`),
      AttachmentId: idOf(isManaged ? "ela-attach" : "eni-attach", plan.name),
      DeleteOnTermination: !isManaged,
      DeviceIndex: 0,
      ...(isManaged ? {} : { InstanceId: idOf("i", plan.name) }),
      InstanceOwnerId: isManaged ? "amazon-aws" : owner,
      Status: "attached",
    },
    AvailabilityZone: `${REGION}${vpc.subnets.find(({ name }) => name === plan.subnet)?.zone}`,
    Description: DESCRIPTION[plan.type](plan, vpc.name),
    Groups: groupsOf(plan),
    InterfaceType: WIRE_TYPE[plan.type] ?? "interface",
    Ipv6Addresses: [],
    NetworkInterfaceId: idOf("eni", plan.name),
    OwnerId: owner,
    PrivateIpAddress: plan.ip,
    PrivateIpAddresses: addressesOf(plan, owner),
    RequesterManaged: isManaged,
    SourceDestCheck: plan.type !== "nat" && plan.type !== "transit",
    Status: "in-use",
    SubnetId: idOf("subnet", plan.subnet),
    TagSet: [],
    VpcId: idOf("vpc", vpc.name),
  };
}

export function describeInstance(plan: InterfacePlan): object {
  const vpc = vpcOf(plan.subnet);
  const OwnerId = ACCOUNTS[vpc.account];
  return {
    ReservationId: idOf("r", plan.name),
    OwnerId,
    Groups: [],
    Instances: [
      {
        InstanceId: idOf("i", plan.name),
        ImageId: idOf("ami", "al2023"),
        InstanceType: "m7g.large",
        LaunchTime: awsDate(`network/${plan.name}`),
        Placement: { AvailabilityZone: `${REGION}${vpc.subnets.find(({ name }) => name === plan.subnet)?.zone}`, Tenancy: "default" },
        PrivateIpAddress: plan.ip,
        State: { Code: 16, Name: "running" },
        SubnetId: idOf("subnet", plan.subnet),
        VpcId: idOf("vpc", vpc.name),
        ...(plan.role !== undefined && {
          IamInstanceProfile: { Arn: `arn:aws:iam::${OwnerId}:instance-profile/${plan.role}`, Id: idOf("profile", plan.role) },
        }),
        MetadataOptions: { State: "applied", HttpTokens: "required", HttpPutResponseHopLimit: 1, HttpEndpoint: "enabled" },
        NetworkInterfaces: [
          {
            NetworkInterfaceId: idOf("eni", plan.name),
            OwnerId,
            VpcId: idOf("vpc", vpc.name),
            SubnetId: idOf("subnet", plan.subnet),
            Status: "in-use",
            SourceDestCheck: true,
            Groups: groupsOf(plan),
            PrivateIpAddresses: addressesOf(plan, OwnerId),
            Attachment: { AttachmentId: idOf("eni-attach", plan.name), DeviceIndex: 0, Status: "attached" },
            InterfaceType: "interface",
            Ipv6Addresses: [],
          },
        ],
        Tags: tags(plan.name),
      },
    ],
  };
}

export const describeNat = (plan: InterfacePlan): object => {
  const vpc = vpcOf(plan.subnet);
  return {
    CreateTime: awsDate(`network/${plan.name}`),
    NatGatewayAddresses: [
      {
        AllocationId: idOf("eipalloc", plan.name),
        NetworkInterfaceId: idOf("eni", plan.name),
        PrivateIp: plan.ip,
        PublicIp: publicAddress(plan.name),
        IsPrimary: true,
        Status: "succeeded",
      },
    ],
    NatGatewayId: idOf("nat", vpc.name),
    State: "available",
    SubnetId: idOf("subnet", plan.subnet),
    VpcId: idOf("vpc", vpc.name),
    Tags: tags(plan.name),
    ConnectivityType: "public",
  };
};

export const describeInternetGateway = ({ name, account }: VpcPlan): object => ({
  Attachments: [{ State: "available", VpcId: idOf("vpc", name) }],
  InternetGatewayId: idOf("igw", name),
  OwnerId: ACCOUNTS[account],
  Tags: tags(name),
});

/** Both of its accounts print it. */
export const describePeering = (): object => {
  const side = (vpc: VpcPlan | undefined): object => ({
    CidrBlock: vpc?.cidr,
    CidrBlockSet: [{ CidrBlock: vpc?.cidr }],
    OwnerId: vpc && ACCOUNTS[vpc.account],
    VpcId: vpc && idOf("vpc", vpc.name),
    Region: REGION,
  });
  return {
    AccepterVpcInfo: side(VPCS.find(({ name }) => name === "archive")),
    RequesterVpcInfo: side(VPCS.find(({ name }) => name === "development")),
    Status: { Code: "active", Message: "Active" },
    Tags: tags("archive"),
    VpcPeeringConnectionId: PEERING,
  };
};
