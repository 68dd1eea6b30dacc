// For tests: the networks of moto-acme-support.ts. Development and production are peered; two networks of production share a transit gateway.
import * as ec2 from "@aws-sdk/client-ec2";
import { CreateClusterCommand, EKSClient } from "@aws-sdk/client-eks";
import * as elb from "@aws-sdk/client-elastic-load-balancing-v2";
import { CreateDBInstanceCommand, CreateDBSubnetGroupCommand, DescribeDBSnapshotsCommand, RDSClient } from "@aws-sdk/client-rds";
import type { Accounts, Open } from "./moto-acme-support.ts";

const REGION = "eu-west-1";
const OTHER_REGION = "us-east-1";

/** Addresses of each network; the third and fourth byte of a subnet's follow its place in the list. */
export const RANGES = { development: "10.1", production: "10.2", east: "10.3", archive: "10.4" } as const;

export interface Vpc {
  readonly id: string;
  readonly subnets: readonly string[];
  readonly table: string;
  readonly acl: string;
  /** What AWS makes with the network, and what the estate made. */
  readonly groups: readonly [usual: string, own: string];
}

export interface Networks {
  readonly development: Vpc;
  readonly production: Vpc;
  readonly east: Vpc;
  readonly archive: Vpc;
  readonly peering: string;
  readonly builder: Machine;
  readonly shop: Machine;
  /** The snapshot that RDS makes of a new database. */
  readonly nightly: string;
  readonly balancer: { readonly arn: string; readonly group: string; readonly listener: string; readonly name: string };
  readonly transit: {
    readonly gateway: string;
    readonly table: string;
    readonly attachments: readonly { readonly id: string; readonly vpc: string; readonly subnets: readonly string[] }[];
  };
}

export interface Machine {
  readonly instance: string;
  readonly interface: string;
  readonly address: string;
  readonly subnet: string;
  /** Its disk. */
  readonly volume: string;
}

interface Opens {
  readonly accounts: Accounts;
  readonly development: Open;
  readonly production: Open;
  readonly management: Open;
}

export async function fillNetworks(opens: Opens): Promise<Networks> {
  const [below, above, east] = [opens.development(REGION), opens.production(REGION), opens.production(OTHER_REGION)].map(
    (settings) => new ec2.EC2Client(settings),
  ) as [ec2.EC2Client, ec2.EC2Client, ec2.EC2Client];
  const others = [opens.management(REGION), opens.management(OTHER_REGION), opens.development(OTHER_REGION)];
  for (const client of [below, above, east, ...others.map((settings) => new ec2.EC2Client(settings))]) await withoutDefault(client);
  const development = await network(below, RANGES.development, REGION);
  const production = await network(above, RANGES.production, REGION);
  const peering = await peered(below, above, development, production, opens.accounts);
  const builder = await instance(below, development, "builder");
  const shop = await instance(above, production);
  const nightly = await fillDatabase(new RDSClient(opens.production(REGION)), production);
  await fillCluster(new EKSClient(opens.production(REGION)), production, opens.accounts);
  const balancer = await fillBalancer(new elb.ElasticLoadBalancingV2Client(opens.production(REGION)), production, shop.instance);
  const [one, two] = [await network(east, RANGES.east, OTHER_REGION), await network(east, RANGES.archive, OTHER_REGION)];
  const transit = await fillTransit(east, one, two);
  return { development, production, east: one, archive: two, peering, builder, shop, nightly, balancer, transit };
}

/** The default network that every region of a new account has (Amazon VPC User Guide, "Default VPCs"): nothing of the estate stands in it. */
async function withoutDefault(client: ec2.EC2Client): Promise<void> {
  const { Vpcs = [] } = await client.send(new ec2.DescribeVpcsCommand({}));
  for (const { VpcId } of Vpcs) {
    const Filters = [{ Name: "vpc-id", Values: [`${VpcId}`] }];
    const { Subnets = [] } = await client.send(new ec2.DescribeSubnetsCommand({ Filters }));
    for (const { SubnetId } of Subnets) await client.send(new ec2.DeleteSubnetCommand({ SubnetId }));
    const { InternetGateways = [] } = await client.send(new ec2.DescribeInternetGatewaysCommand({}));
    for (const { InternetGatewayId } of InternetGateways) {
      await client.send(new ec2.DetachInternetGatewayCommand({ InternetGatewayId, VpcId }));
      await client.send(new ec2.DeleteInternetGatewayCommand({ InternetGatewayId }));
    }
    await client.send(new ec2.DeleteVpcCommand({ VpcId }));
  }
}

async function network(client: ec2.EC2Client, range: string, region: string): Promise<Vpc> {
  const { Vpc: made } = await client.send(new ec2.CreateVpcCommand({ CidrBlock: `${range}.0.0/16` }));
  const id = `${made?.VpcId}`;
  const subnets: string[] = [];
  for (const [i, zone] of ["a", "b"].entries()) {
    const wanted = { VpcId: id, CidrBlock: `${range}.${i}.0/24`, AvailabilityZone: `${region}${zone}` };
    subnets.push(`${(await client.send(new ec2.CreateSubnetCommand(wanted))).Subnet?.SubnetId}`);
  }
  const Filters = [{ Name: "vpc-id", Values: [id] }];
  const { RouteTables } = await client.send(new ec2.DescribeRouteTablesCommand({ Filters }));
  const { NetworkAcls } = await client.send(new ec2.DescribeNetworkAclsCommand({ Filters }));
  const { GroupId } = await client.send(new ec2.CreateSecurityGroupCommand({ GroupName: "inside", Description: "inside", VpcId: id }));
  const { SecurityGroups = [] } = await client.send(new ec2.DescribeSecurityGroupsCommand({ Filters }));
  const usual = SecurityGroups.find(({ GroupName }) => GroupName === "default")?.GroupId;
  const groups = [`${usual}`, `${GroupId}`] as const;
  return { id, subnets, table: `${RouteTables?.[0]?.RouteTableId}`, acl: `${NetworkAcls?.[0]?.NetworkAclId}`, groups };
}

/** Development's network reaches the database's port of production's. */
async function peered(below: ec2.EC2Client, above: ec2.EC2Client, from: Vpc, to: Vpc, accounts: Accounts): Promise<string> {
  const wanted = { VpcId: from.id, PeerVpcId: to.id, PeerOwnerId: accounts.production, PeerRegion: REGION };
  const { VpcPeeringConnection } = await below.send(new ec2.CreateVpcPeeringConnectionCommand(wanted));
  const VpcPeeringConnectionId = `${VpcPeeringConnection?.VpcPeeringConnectionId}`;
  await above.send(new ec2.AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId }));
  const [there, back] = [`${RANGES.production}.0.0/16`, `${RANGES.development}.0.0/16`];
  await below.send(new ec2.CreateRouteCommand({ RouteTableId: from.table, DestinationCidrBlock: there, VpcPeeringConnectionId }));
  await above.send(new ec2.CreateRouteCommand({ RouteTableId: to.table, DestinationCidrBlock: back, VpcPeeringConnectionId }));
  const IpPermissions = [{ IpProtocol: "tcp", FromPort: 5432, ToPort: 5432, IpRanges: [{ CidrIp: back }] }];
  await above.send(new ec2.AuthorizeSecurityGroupIngressCommand({ GroupId: to.groups[1], IpPermissions }));
  return VpcPeeringConnectionId;
}

async function instance(client: ec2.EC2Client, { subnets, groups }: Vpc, profile?: string): Promise<Machine> {
  const wanted = { ImageId: "ami-12c6146b", InstanceType: "t3.micro", MinCount: 1, MaxCount: 1 } as const;
  const NetworkInterfaces = [{ DeviceIndex: 0, SubnetId: `${subnets[0]}`, Groups: [groups[1]], AssociatePublicIpAddress: false }];
  const IamInstanceProfile = profile === undefined ? undefined : { Name: profile };
  const { Instances } = await client.send(new ec2.RunInstancesCommand({ ...wanted, NetworkInterfaces, IamInstanceProfile }));
  const [made] = Instances ?? [];
  return {
    instance: `${made?.InstanceId}`,
    interface: `${made?.NetworkInterfaces?.[0]?.NetworkInterfaceId}`,
    address: `${made?.PrivateIpAddress}`,
    subnet: `${subnets[0]}`,
    volume: `${made?.BlockDeviceMappings?.[0]?.Ebs?.VolumeId}`,
  };
}

async function fillDatabase(client: RDSClient, { subnets, groups }: Vpc): Promise<string> {
  const DBSubnetGroupName = "shop";
  await client.send(new CreateDBSubnetGroupCommand({ DBSubnetGroupName, DBSubnetGroupDescription: "shop", SubnetIds: [...subnets] }));
  await client.send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier: "shop",
      DBInstanceClass: "db.t4g.micro",
      Engine: "postgres",
      AllocatedStorage: 20,
      MasterUsername: "shop",
      MasterUserPassword: "correct-horse",
      DBSubnetGroupName,
      VpcSecurityGroupIds: [groups[1]],
      StorageEncrypted: true,
    }),
  );
  const { DBSnapshots } = await client.send(new DescribeDBSnapshotsCommand({}));
  return `${DBSnapshots?.[0]?.DBSnapshotIdentifier}`;
}

async function fillCluster(client: EKSClient, { subnets, groups }: Vpc, { production }: Accounts): Promise<void> {
  await client.send(
    new CreateClusterCommand({
      name: "production",
      roleArn: `arn:aws:iam::${production}:role/cluster`,
      resourcesVpcConfig: { subnetIds: [...subnets], securityGroupIds: [groups[1]] },
      accessConfig: { authenticationMode: "API" },
    }),
  );
}

async function fillBalancer(client: elb.ElasticLoadBalancingV2Client, vpc: Vpc, target: string) {
  const { LoadBalancers } = await client.send(
    new elb.CreateLoadBalancerCommand({ Name: "shop", Subnets: [...vpc.subnets], Scheme: "internal", Type: "network" }),
  );
  const { TargetGroups } = await client.send(
    new elb.CreateTargetGroupCommand({ Name: "shop", Protocol: "TCP", Port: 5432, VpcId: vpc.id, TargetType: "instance" }),
  );
  const TargetGroupArn = `${TargetGroups?.[0]?.TargetGroupArn}`;
  await client.send(new elb.RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: target, Port: 5432 }] }));
  const LoadBalancerArn = `${LoadBalancers?.[0]?.LoadBalancerArn}`;
  const DefaultActions = [{ Type: "forward" as const, TargetGroupArn }];
  const { Listeners } = await client.send(new elb.CreateListenerCommand({ LoadBalancerArn, Protocol: "TCP", Port: 5432, DefaultActions }));
  return {
    arn: LoadBalancerArn,
    group: TargetGroupArn,
    listener: `${Listeners?.[0]?.ListenerArn}`,
    name: `${LoadBalancers?.[0]?.DNSName}`,
  };
}

async function fillTransit(client: ec2.EC2Client, one: Vpc, two: Vpc): Promise<Networks["transit"]> {
  const Options = { DefaultRouteTablePropagation: "disable" } as const;
  const { TransitGateway } = await client.send(new ec2.CreateTransitGatewayCommand({ Description: "between", Options }));
  const gateway = `${TransitGateway?.TransitGatewayId}`;
  const table = `${TransitGateway?.Options?.AssociationDefaultRouteTableId}`;
  const attachments: { id: string; vpc: string; subnets: readonly string[] }[] = [];
  for (const [vpc, other, range] of [
    [one, RANGES.archive, RANGES.east],
    [two, RANGES.east, RANGES.archive],
  ] as const) {
    const wanted = { TransitGatewayId: gateway, VpcId: vpc.id, SubnetIds: [...vpc.subnets] };
    const { TransitGatewayVpcAttachment } = await client.send(new ec2.CreateTransitGatewayVpcAttachmentCommand(wanted));
    const id = `${TransitGatewayVpcAttachment?.TransitGatewayAttachmentId}`;
    attachments.push({ id, vpc: vpc.id, subnets: vpc.subnets });
    const TransitGatewayRouteTableId = table;
    await client.send(
      new ec2.CreateTransitGatewayRouteCommand({
        TransitGatewayRouteTableId,
        TransitGatewayAttachmentId: id,
        DestinationCidrBlock: `${range}.0.0/16`,
      }),
    );
    const DestinationCidrBlock = `${other}.0.0/16`;
    await client.send(new ec2.CreateRouteCommand({ RouteTableId: vpc.table, DestinationCidrBlock, TransitGatewayId: gateway }));
  }
  return { gateway, table, attachments };
}
