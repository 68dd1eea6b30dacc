// Pods of a cluster on EC2 as senders in the network of AWS: they send from their nodes' interfaces, as far as the cluster's policies let them out.
import { gapId } from "../../model/gap.ts";
import { fact, type Fact, grant, type Rule } from "../../model/rule.ts";
import { awsIdentities } from "../kubernetes/aws-identities.ts";
import { clustersOf, gapPlace } from "../kubernetes/cluster.ts";
import { partId } from "../kubernetes/ids.ts";
import { NODES } from "../kubernetes/subjects.ts";
import type { KnownEstate } from "../plane.ts";
import { productionNames } from "../reach/semantics.ts";
import { type Address, addressText } from "./aws/address.ts";
import { filterId } from "./aws/entities.ts";
import type { Decider as AwsDecider } from "./aws/decide.ts";
import { type Flows, flowsOf, NO_FLOWS, TCP, UDP, unite } from "./aws/flows.ts";
import type { Endpoint, Network as AwsNetwork } from "./aws/network.ts";
import { isWithin, parseBlock } from "./kubernetes/addresses.ts";
import { type Decider, decider } from "./kubernetes/decide.ts";
import { adminPoliciesId, classId, classLabel, networksOf, policiesId, sourceOf } from "./kubernetes/entities.ts";
import type { Network, PodClass } from "./kubernetes/network.ts";

const FAMILY = "kubernetes/connect";

/** Pods that policies hold to some addresses and ports. */
export interface HeldPods {
  readonly id: string;
  readonly label: string;
  /** What they may send to an address, for certain and possibly. */
  readonly egress: (address: Address) => { readonly certain: Flows; readonly possible: Flows };
}

export interface PodSenders {
  /** Of a node's filter, the pods behind it that policies hold back in part. */
  readonly heldBehind: ReadonlyMap<string, readonly HeldPods[]>;
  readonly rules: readonly Rule[];
  /** Endpoints of nodes. */
  readonly nodes: ReadonlySet<Endpoint>;
}

/**
 * The interfaces of each cluster's nodes: those of instances that have the role which the cluster takes for its nodes'.
 *
 * Source: Amazon EKS User Guide, "Amazon EKS node IAM role", "Create access entries" (type EC2_LINUX).
 */
export function nodesOf(known: KnownEstate, network: AwsNetwork): ReadonlyMap<string, readonly Endpoint[]> {
  const roleOf = new Map(
    known.observations("aws/resource").flatMap((each) => (each.type === "instance" && each.role ? [[each.arn, each.role] as const] : [])),
  );
  const byRole = Map.groupBy(
    network.endpoints.filter(({ owners }) => owners.some((owner) => roleOf.has(owner))),
    ({ owners }) => withoutPath(roleOf.get(owners.find((owner) => roleOf.has(owner)) ?? "") ?? ""),
  );
  return new Map(
    [...clustersOf(known).values()].map((cluster) => {
      const roles = awsIdentities(known.observations, cluster).filter(({ groups }) => groups.includes(NODES));
      return [cluster.name, [...new Set(roles.map(({ arn }) => withoutPath(arn)))].flatMap((role) => byRole.get(role) ?? [])] as const;
    }),
  );
}

/** The aws-auth config map names roles without their path (Amazon EKS User Guide, "aws-auth"). */
const withoutPath = (arn: string): string => arn.replace(/:role\/.*\//, ":role/");

/**
 * A pod's address is one of its node's interfaces, and the node's groups filter it (Amazon VPC CNI plugin); another plugin hides pods behind their
 * node's own address. Either way what it sends passes the node's filter. Security groups for pods are not told apart.
 */
export function podSenders(known: KnownEstate, aws: AwsNetwork, decide: AwsDecider): PodSenders {
  const production = productionNames(known.charter);
  const nodes = nodesOf(known, aws);
  const networks = new Map(networksOf(known).map((network) => [network.cluster, network]));
  const rules: Rule[] = [];
  const heldBehind = new Map<string, HeldPods[]>();
  for (const [cluster, endpoints] of nodes) {
    const network = networks.get(cluster);
    const isBelow = ({ owners }: Endpoint): boolean => owners.every((owner) => !production.has(known.environmentOf(owner) ?? ""));
    const filters = [...new Map(endpoints.filter(isBelow).map((each) => [filterId(decide, each), each])).entries()];
    if (network === undefined || filters.length === 0) continue;
    const pods = network.classes.filter((each) => each.members.some(({ id }) => !production.has(known.environmentOf(id) ?? "")));
    const policies = decider(network, "certain");
    const possible = decider(network, "possible");
    const unread = known.gaps.find((gap) => gap.topic === "kubernetes/network" && gapPlace(gap)?.cluster === cluster);
    for (const [filter, { interface: own }] of filters) {
      rules.push(sends(fact("control", partId(cluster, undefined, "nodes")), filter, `a node of cluster ${cluster} sends`, own.source));
      for (const each of pods) {
        const guards = guardsOf(network, policies, each);
        const sender = fact("act-as", classId(network, each));
        const label = classLabel(each);
        const source = sourceOf(each);
        const how = `packets of ${label} leave through the nodes of cluster ${cluster}`;
        if (guards.length === 0) {
          const rule = sends(sender, filter, how, source);
          rules.push(unread === undefined ? rule : { ...rule, certainty: "may", because: gapId(unread) });
        } else {
          const needs = guards.map((guard) => fact("defeat", guard));
          rules.push({ ...sends(sender, filter, `without its egress policies ${how}`, source), needs: [sender, ...needs] });
          const egress = (to: Address) => ({
            certain: egressTo(network, policies, each, to),
            possible: egressTo(network, possible, each, to),
          });
          heldBehind.set(filter, [...(heldBehind.get(filter) ?? []), { id: sender.entity, label, egress }]);
        }
      }
    }
  }
  return { heldBehind, rules, nodes: new Set([...nodes.values()].flat()) };
}

const sends = (needs: Fact, filter: string, how: string, source: Rule["source"]): Rule => ({
  family: FAMILY,
  needs: [needs],
  gives: fact("act-as", filter),
  certainty: "must",
  grants: [grant(needs.entity, filter, { label: how, change: "run it on nodes elsewhere", source, removable: false })],
  how,
  source,
});

function guardsOf(network: Network, decide: Decider, of: PodClass): readonly string[] {
  if (of.hostNetwork) return [];
  const own = decide.selecting("egress", of).length > 0 ? [policiesId(network, of.namespace)] : [];
  return decide.selectingAdmin("egress", of).length > 0 ? [...own, adminPoliciesId(network.cluster)] : own;
}

const PROTOCOL = { TCP, UDP, SCTP: 132 } as const;

function egressTo(network: Network, decide: Decider, from: PodClass, address: Address): Flows {
  const block = parseBlock(`${addressText(address)}/${typeof address === "number" ? 32 : 128}`);
  const at = block === undefined ? -1 : network.ranges.egress.findIndex((range) => isWithin(block, range));
  // No policy names a block of this family, so those that let out to every address let out to this one too.
  const row = decide.row("egress", from);
  const flows = at < 0 ? undefined : row[network.classes.length + at];
  return flows === undefined
    ? NO_FLOWS
    : network.flows
        .ranges(flows)
        .reduce<Flows>((sum, { protocol, from: first, to }) => unite(sum, flowsOf(PROTOCOL[protocol], [first, to])), NO_FLOWS);
}
