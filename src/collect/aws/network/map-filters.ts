// Security groups and network ACLs: rules as read, one rule a peer.
import type { AwsNetworkAclEntry, AwsSecurityGroupRule } from "../../../model/observations/aws-network.ts";
import { inside, type Source } from "../../../model/source.ts";
import type { Reading, Shape } from "../shape.ts";
import { listing, ofOwner } from "./listing.ts";
import { NetworkAcl, type Permission, SecurityGroup } from "./schema.ts";

/** One permission holds several peers, each of which can be taken out alone: each is a rule. */
function rulesOf(permission: Permission, at: Source): AwsSecurityGroupRule[] {
  const shared = {
    protocol: permission.IpProtocol,
    ...(permission.FromPort !== undefined && { from: permission.FromPort }),
    ...(permission.ToPort !== undefined && { to: permission.ToPort }),
  };
  const rule = (peer: AwsSecurityGroupRule["peer"], description: string | undefined, key: string, index: number): AwsSecurityGroupRule => ({
    ...shared,
    peer,
    ...(description !== undefined && { description }),
    source: inside(at, key, index),
  });
  return [
    ...permission.IpRanges.map((item, i) => rule({ cidr: item.CidrIp }, item.Description, "IpRanges", i)),
    ...permission.Ipv6Ranges.map((item, i) => rule({ cidr: item.CidrIpv6 }, item.Description, "Ipv6Ranges", i)),
    ...permission.PrefixListIds.map((item, i) => rule({ prefixList: item.PrefixListId }, item.Description, "PrefixListIds", i)),
    ...permission.UserIdGroupPairs.map((item, i) => {
      const peering = item.VpcPeeringConnectionId;
      const status = item.PeeringStatus;
      const peer = {
        group: item.GroupId,
        ...(peering !== undefined && { peering }),
        ...(status !== undefined && { peeringStatus: status }),
      };
      return rule(peer, item.Description, "UserIdGroupPairs", i);
    }),
  ];
}

type Entry = NetworkAclItem["Entries"][number];
type NetworkAclItem = ReturnType<typeof NetworkAcl.parse>;

// ICMP has a type and a code where others have ports, also in PortRange of older answers (API Reference, NetworkAclEntry).
function entryOf(entry: Entry, cidr: string, source: Source): AwsNetworkAclEntry {
  const from = entry.IcmpTypeCode?.Type ?? entry.PortRange?.From;
  const to = entry.IcmpTypeCode?.Code ?? entry.PortRange?.To;
  return {
    number: entry.RuleNumber,
    isEgress: entry.Egress,
    isAllow: entry.RuleAction === "allow",
    protocol: entry.Protocol,
    cidr,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    source,
  };
}

function mapAcl(reading: Reading, item: NetworkAclItem, source: Source): void {
  const entries: AwsNetworkAclEntry[] = [];
  item.Entries.forEach((entry, i) => {
    const at = inside(source, "Entries", i);
    const cidr = entry.CidrBlock ?? entry.Ipv6CidrBlock;
    if (cidr === undefined) reading.gap("aws/network", item.NetworkAclId, "an entry of a network ACL", "it names no block", at);
    else entries.push(entryOf(entry, cidr, at));
  });
  reading.observe({
    kind: "aws/network-acl",
    id: item.NetworkAclId,
    vpc: item.VpcId,
    isDefault: item.IsDefault,
    subnets: item.Associations.map((association) => association.SubnetId),
    entries,
    ...ofOwner(reading, item.OwnerId),
    source,
  });
}

export const filterShapes: readonly Shape[] = [
  listing("ec2 describe-security-groups", "SecurityGroups", ["GroupId", "IpPermissions"], SecurityGroup, (reading, item, source) =>
    reading.observe({
      kind: "aws/security-group",
      id: item.GroupId,
      name: item.GroupName,
      ...(item.VpcId !== undefined && { vpc: item.VpcId }),
      ingress: item.IpPermissions.flatMap((permission, i) => rulesOf(permission, inside(source, "IpPermissions", i))),
      egress: item.IpPermissionsEgress.flatMap((permission, i) => rulesOf(permission, inside(source, "IpPermissionsEgress", i))),
      ...ofOwner(reading, item.OwnerId),
      source,
    }),
  ),
  listing("ec2 describe-network-acls", "NetworkAcls", ["NetworkAclId", "Entries"], NetworkAcl, mapAcl),
];
