// Security groups and network ACLs, compiled: which flows pass between two addresses, and which rule says so.
import type {
  AwsNetworkAcl,
  AwsNetworkAclEntry,
  AwsPrefixList,
  AwsSecurityGroup,
  AwsSecurityGroupRule,
} from "../../../model/observations/aws-network.ts";
import { type Address, type AddressRange, containsAny, parseCidr } from "./address.ts";
import { ALL_FLOWS, type Flows, flowsOfRule, intersect, NO_FLOWS, subtract, unite } from "./flows.ts";

export interface GroupRule {
  readonly group: string;
  readonly isEgress: boolean;
  readonly flows: Flows;
  /** Empty for a rule that names a group. */
  readonly ranges: readonly AddressRange[];
  readonly reference?: string;
  readonly observed: AwsSecurityGroupRule;
}

export interface Group {
  readonly id: string;
  readonly account: string | undefined;
  readonly name: string;
  readonly vpc: string | undefined;
  readonly ingress: readonly GroupRule[];
  readonly egress: readonly GroupRule[];
  /** Prefix lists that it names and no file holds: anything may pass by them. */
  readonly unread: readonly string[];
  readonly observed: AwsSecurityGroup;
}

export interface AclEntry {
  readonly isAllow: boolean;
  readonly flows: Flows;
  readonly range: AddressRange;
  readonly observed: AwsNetworkAclEntry;
}

export interface Acl {
  readonly id: string;
  readonly index: number;
  readonly account: string | undefined;
  readonly ingress: readonly AclEntry[];
  readonly egress: readonly AclEntry[];
  readonly observed: AwsNetworkAcl;
}

/** What cannot be read as a rule: told as a gap by whoever compiles. */
export type Problem = (subject: string, what: string, why: string, source: AwsSecurityGroupRule["source"]) => void;

export type PrefixLists = ReadonlyMap<string, AwsPrefixList>;

export function compileGroup(observed: AwsSecurityGroup, lists: PrefixLists, problem: Problem): Group {
  const unread = new Set<string>();
  const compile = (isEgress: boolean) => (rule: AwsSecurityGroupRule) => {
    const flows = flowsOfRule(rule.protocol, rule.from, rule.to);
    const ranges = rangesOf(rule, lists, unread);
    if (flows !== undefined && ranges !== undefined) {
      const reference = "group" in rule.peer ? { reference: rule.peer.group } : {};
      return [{ group: observed.id, isEgress, flows, ranges, ...reference, observed: rule }];
    }
    problem(observed.id, `a rule of security group ${observed.id}`, "its protocol, ports or block are of no known form", rule.source);
    return [];
  };
  const ingress = observed.ingress.flatMap(compile(false));
  const egress = observed.egress.flatMap(compile(true));
  return {
    id: observed.id,
    account: observed.account,
    name: observed.name,
    vpc: observed.vpc,
    ingress,
    egress,
    unread: [...unread],
    observed,
  };
}

function rangesOf(rule: AwsSecurityGroupRule, lists: PrefixLists, unread: Set<string>): readonly AddressRange[] | undefined {
  if ("group" in rule.peer) return [];
  if ("cidr" in rule.peer) {
    const range = parseCidr(rule.peer.cidr);
    return range && [range];
  }
  const cidrs = lists.get(rule.peer.prefixList)?.cidrs;
  if (cidrs === undefined) unread.add(rule.peer.prefixList);
  return (cidrs ?? []).flatMap((cidr) => parseCidr(cidr) ?? []);
}

export function compileAcl(observed: AwsNetworkAcl, index: number, problem: Problem): Acl {
  const entries = (isEgress: boolean): AclEntry[] =>
    observed.entries
      .filter((entry) => entry.isEgress === isEgress)
      .toSorted((a, b) => a.number - b.number)
      .flatMap((entry) => {
        const flows = flowsOfRule(entry.protocol, entry.from, entry.to);
        const range = parseCidr(entry.cidr);
        if (flows !== undefined && range !== undefined) return [{ isAllow: entry.isAllow, flows, range, observed: entry }];
        problem(observed.id, `entry ${entry.number} of network ACL ${observed.id}`, "it is of no known form", entry.source);
        return [];
      });
  return { id: observed.id, index, account: observed.account, ingress: entries(false), egress: entries(true), observed };
}

/**
 * Entries in the order of their numbers; the first that matches decides, and what none matches is denied (Amazon VPC User Guide, "Network ACL
 * rules"). The address is the source of what comes in and the destination of what goes out.
 */
export function passes(acl: Acl, isEgress: boolean, address: Address): Flows {
  let open: Flows = ALL_FLOWS;
  let allowed: Flows = NO_FLOWS;
  for (const entry of isEgress ? acl.egress : acl.ingress) {
    if (!containsAny([entry.range], address)) continue;
    if (entry.isAllow) allowed = unite(allowed, intersect(open, entry.flows));
    open = subtract(open, entry.flows);
  }
  return allowed;
}

/** The entry that decides a flow; undefined: the last, unnumbered denial. */
export function decidingEntry(acl: Acl, isEgress: boolean, address: Address, matches: (flows: Flows) => boolean): AclEntry | undefined {
  return (isEgress ? acl.egress : acl.ingress).find((entry) => containsAny([entry.range], address) && matches(entry.flows));
}

/**
 * Rules of a group take in an address by their blocks, and an interface by its membership of the group they name. Membership counts where the
 * traffic keeps its private address: within the VPC and over a peering in one region, not through a gateway or an appliance (Amazon VPC User
 * Guide, "Security group referencing"; VPC Peering Guide, "Update your security groups to reference peer security groups").
 */
export const admits = (rule: GroupRule, address: Address, memberships: readonly string[]): boolean =>
  rule.reference === undefined ? containsAny(rule.ranges, address) : memberships.includes(rule.reference) && !isStale(rule);

/** A rule that names a group of a peer VPC has no effect once the peering is gone (VPC Peering Guide, "Work with stale security group rules"). */
const isStale = (rule: GroupRule): boolean => {
  const { peer } = rule.observed;
  return "group" in peer && peer.peering !== undefined && peer.peeringStatus !== undefined && peer.peeringStatus !== "active";
};

export function groupFlows(rules: readonly GroupRule[], address: Address, memberships: readonly string[]): Flows {
  let flows: Flows = NO_FLOWS;
  for (const rule of rules) if (admits(rule, address, memberships)) flows = unite(flows, rule.flows);
  return flows;
}
