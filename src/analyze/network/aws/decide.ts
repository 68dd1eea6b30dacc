// Decisions of filters, remembered: two addresses that no block tells apart get one answer.
import type { Address } from "./address.ts";
import { admits, groupFlows, type GroupRule, passes } from "./filters.ts";
import { ALL_FLOWS, type Flows, intersect, isEmpty } from "./flows.ts";
import type { GroupSet, Network } from "./network.ts";
import { indexOf } from "./prefix-table.ts";
import type { AclCrossing } from "./walk.ts";

export interface Decision {
  readonly flows: Flows;
  readonly isEmpty: boolean;
  /** What it rests on and was not read. */
  readonly because?: string;
}

const decided = (flows: Flows): Decision => ({ flows, isEmpty: isEmpty(flows) });
const OPEN = decided(ALL_FLOWS);

export interface Decider {
  readonly network: Network;
  readonly pathAtom: (address: Address) => number;
  readonly groupAtom: (address: Address) => number;
  readonly acl: (crossing: AclCrossing) => Decision;
  /** What a set of groups lets through to or from an address; `other` are the groups of that side where membership counts. */
  readonly groups: (set: GroupSet, isEgress: boolean, address: Address, other: GroupSet | undefined) => Decision;
}

export function decider(network: Network): Decider {
  const pathAtom = (address: Address): number => indexOf(network.pathBoundaries, address) + 1;
  const groupAtom = (address: Address): number => indexOf(network.groupBoundaries, address) + 1;
  const acls = new Map<number, Decision>();
  const pathAtoms = network.pathBoundaries.length + 2;
  const groups = new Map<number, Decision>();
  const groupAtoms = network.groupBoundaries.length + 2;
  const sets = network.endpoints.reduce((most, endpoint) => Math.max(most, endpoint.groups.index), 0) + 2;
  return {
    network,
    pathAtom,
    groupAtom,
    acl({ subnet, isEgress, address }) {
      const { acl } = subnet;
      if (acl === undefined) return { ...OPEN, because: `the network ACL of ${subnet.id} was not read` };
      const key = (acl.index * pathAtoms + pathAtom(address)) * 2 + (isEgress ? 1 : 0);
      const known = acls.get(key);
      if (known) return known;
      const decision = decided(passes(acl, isEgress, address));
      acls.set(key, decision);
      return decision;
    },
    groups(set, isEgress, address, other) {
      if (!set.isFiltered) return OPEN;
      const key =
        ((set.index * 2 + (isEgress ? 1 : 0)) * groupAtoms + groupAtom(address)) * sets + (other === undefined ? 0 : other.index + 1);
      const known = groups.get(key);
      if (known) return known;
      const decision = decideGroups(set, isEgress, address, other);
      groups.set(key, decision);
      return decision;
    },
  };
}

/** The rules of all groups of an interface join (VPC User Guide, "Security groups"). What was not read counts only where nothing else lets in. */
function decideGroups(set: GroupSet, isEgress: boolean, address: Address, other: GroupSet | undefined): Decision {
  const flows = groupFlows(rulesOf(set, isEgress), address, other?.ids ?? []);
  if (!isEmpty(flows)) return decided(flows);
  const unread = [...set.unread, ...set.groups.flatMap((group) => group.unread)];
  if (set.ids.length === 0) return { ...OPEN, because: "an interface whose security groups were not read" };
  return unread.length === 0 ? decided(flows) : { ...OPEN, because: `${unread.join(", ")} was not read` };
}

const rulesOf = (set: GroupSet, isEgress: boolean): readonly GroupRule[] =>
  set.groups.flatMap((group) => (isEgress ? group.egress : group.ingress));

/** The rules that let any of these flows through: what to change. */
export const lettingRules = (
  set: GroupSet,
  isEgress: boolean,
  address: Address,
  other: GroupSet | undefined,
  flows: Flows,
): readonly GroupRule[] =>
  rulesOf(set, isEgress).filter((rule) => admits(rule, address, other?.ids ?? []) && !isEmpty(intersect(rule.flows, flows)));
