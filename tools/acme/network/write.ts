// The network half of an account's folder: each call and its answer, and where databases and functions stand.
import type { Folder } from "../folder.ts";
import type { AccountName, ClusterName } from "../names.ts";
import * as describe from "./describe.ts";
import { idOf, INTERFACES, PEERING, transitTables, vpcOf } from "./plan.ts";
import * as transit from "./transit.ts";

export function writeNetwork(folder: Folder, account: AccountName, fixed: boolean): void {
  const ec2 = (operation: string, answer: object): void => folder.answer(`aws ec2 ${operation}`, `ec2/${operation}.json`, answer);
  const vpcs = describe.vpcsOf(account);
  const interfaces = describe.interfacesOf(account);
  ec2("describe-vpcs", { Vpcs: vpcs.map(describe.describeVpc) });
  ec2("describe-subnets", { Subnets: vpcs.flatMap((vpc) => vpc.subnets.map((subnet) => describe.describeSubnet(vpc, subnet))) });
  ec2("describe-route-tables", { RouteTables: vpcs.flatMap((vpc) => [...describe.describeRouteTables(vpc)]) });
  ec2("describe-network-acls", { NetworkAcls: vpcs.flatMap((vpc) => [...describe.describeNetworkAcls(vpc)]) });
  ec2("describe-security-groups", { SecurityGroups: describe.describeGroups(account, fixed) });
  ec2("describe-network-interfaces", { NetworkInterfaces: interfaces.map(describe.describeInterface) });
  ec2("describe-instances", { Reservations: interfaces.filter(({ type }) => type === "instance").map(describe.describeInstance) });
  const open = vpcs.filter(({ isPublic }) => isPublic);
  ec2("describe-internet-gateways", { InternetGateways: open.map(describe.describeInternetGateway) });
  ec2("describe-nat-gateways", { NatGateways: interfaces.filter(({ type }) => type === "nat").map(describe.describeNat) });
  const isPeered = vpcs.some(({ tables, name }) => name === "archive" || JSON.stringify(tables).includes(PEERING));
  ec2("describe-vpc-peering-connections", { VpcPeeringConnections: isPeered ? [describe.describePeering()] : [] });
  ec2("describe-vpn-gateways", { VpnGateways: [] });
  ec2("describe-vpc-endpoints", { VpcEndpoints: [] });
  ec2("describe-transit-gateways", { TransitGateways: [transit.describeTransitGateway()] });
  ec2("describe-transit-gateway-vpc-attachments", {
    TransitGatewayVpcAttachments: transit.attachedVpcs(account).map(transit.describeVpcAttachment),
  });
  if (account === "tooling") writeTransit(folder, fixed);
  if (account === "production") writeBalancer(folder);
}

/** Route tables of a transit gateway show to its owner alone. */
function writeTransit(folder: Folder, fixed: boolean): void {
  const tables = transitTables(fixed);
  const ec2 = (call: string, file: string, answer: object): void => folder.answer(`aws ec2 ${call}`, `ec2/${file}.json`, answer);
  const vpcs = (["production", "development", "tooling"] as const).flatMap(transit.attachedVpcs);
  ec2("describe-transit-gateway-attachments", "describe-transit-gateway-attachments", {
    TransitGatewayAttachments: vpcs.map((vpc) => transit.describeAttachment(vpc, tables)),
  });
  ec2("describe-transit-gateway-route-tables", "describe-transit-gateway-route-tables", {
    TransitGatewayRouteTables: tables.map(transit.describeTransitTable),
  });
  for (const table of tables) {
    const id = transit.tableId(table.name);
    const of = `--transit-gateway-route-table-id ${id}`;
    const search = `search-transit-gateway-routes ${of} --filters Name=type,Values=static,propagated`;
    ec2(search, `transit-gateway/${table.name}/search-transit-gateway-routes`, transit.searchedRoutes(table));
    const associations = `get-transit-gateway-route-table-associations`;
    ec2(`${associations} ${of}`, `transit-gateway/${table.name}/${associations}`, transit.associations(table));
    const propagations = `get-transit-gateway-route-table-propagations`;
    ec2(`${propagations} ${of}`, `transit-gateway/${table.name}/${propagations}`, transit.propagations(table));
  }
}

function writeBalancer(folder: Folder): void {
  const elb = (call: string, answer: object): void => folder.answer(`aws elbv2 ${call}`, `elbv2/${call.split(" ")[0]}.json`, answer);
  elb("describe-load-balancers", transit.describeBalancers());
  elb("describe-listeners", transit.describeListeners());
  elb("describe-target-groups", transit.describeTargetGroups());
  elb(`describe-target-health --target-group-arn ${transit.TARGET_GROUP}`, transit.describeTargetHealth());
}

/** What `describe-db-instances` says of a database's place. */
export const databasePlace = (cluster: ClusterName): object => ({
  DBSubnetGroup: {
    DBSubnetGroupName: `acme-${cluster}`,
    VpcId: idOf("vpc", cluster),
    SubnetGroupStatus: "Complete",
    Subnets: ["a", "b"].map((zone) => ({
      SubnetIdentifier: idOf("subnet", `${cluster}-data-${zone}`),
      SubnetStatus: "Active",
    })),
  },
  VpcSecurityGroups: [{ VpcSecurityGroupId: idOf("sg", `${cluster}-database`), Status: "active" }],
});

/** What `list-functions` says of a function that stands in a VPC. */
export function functionPlace(account: AccountName, name: string): object {
  const plan = INTERFACES.find((each) => each.type === "function" && each.name === name && vpcOf(each.subnet).account === account);
  if (plan === undefined) return {};
  return {
    VpcConfig: {
      SubnetIds: [idOf("subnet", plan.subnet)],
      SecurityGroupIds: plan.group === undefined ? [] : [idOf("sg", plan.group)],
      VpcId: idOf("vpc", vpcOf(plan.subnet).name),
    },
  };
}
