// Challenge families about networks: a way into production for what stands below, laid over a peering or the transit gateway.
import type { Estate } from "../../analyze/estate.ts";
import { awsNetwork } from "../../analyze/network/aws/entities.ts";
import type { Endpoint, Network, Vpc } from "../../analyze/network/aws/network.ts";
import type { Observation, ObservationOf } from "../../model/observation.ts";
import { type Family, type Injection, isIn, sides } from "./family.ts";

type Peering = ObservationOf<"aws/vpc-peering">;
type TransitRoute = ObservationOf<"aws/transit-gateway-route">;

interface Pair {
  readonly sender: Endpoint;
  readonly receiver: Endpoint;
}

/** For each of production's groups, a receiver that no stranger sees, behind network ACLs that deny nothing, and a sender below in another VPC. */
function pairs(estate: Estate, suits: (network: Network, pair: Pair) => boolean): readonly Pair[] {
  const { production, below } = sides(estate);
  const { network } = awsNetwork(estate.observations);
  const senders = network.endpoints.filter((each) => isOpen(each) && each.owners.some((owner) => isIn(estate, owner, below)));
  const receivers = network.endpoints
    .filter((each) => isOpen(each) && each.public === undefined && each.groups.groups.length > 0)
    .filter((each) => each.owners.some((owner) => isIn(estate, owner, production)));
  const first = new Map(receivers.toReversed().map((each) => [each.groups.ids[0], each]));
  return [...first.values()].flatMap((receiver) => {
    const sender = senders.find((each) => each.subnet.vpc !== receiver.subnet.vpc && suits(network, { sender: each, receiver }));
    return sender === undefined ? [] : [{ sender, receiver }];
  });
}

const isOpen = ({ subnet }: Endpoint): boolean =>
  subnet.table !== undefined && subnet.acl?.observed.entries.every((entry) => entry.isAllow || entry.number > 32_766) === true;

const blockOf = ({ id }: Vpc, observations: Estate["observations"]): string =>
  observations("aws/vpc").find((vpc) => vpc.id === id)?.cidrs[0] ?? "";

/** Both route tables lead to the other's block through `target`, and the receiver's first group takes in the sender's block. */
function opened(estate: Estate, { sender, receiver }: Pair, target: string, all: readonly Observation[]): readonly Observation[] {
  const [from, to] = [blockOf(sender.subnet.vpc, estate.observations), blockOf(receiver.subnet.vpc, estate.observations)];
  const routes = new Map([
    [sender.subnet.table?.id, to],
    [receiver.subnet.table?.id, from],
  ]);
  const [group] = receiver.groups.ids;
  return all.map((observation) => {
    if (observation.kind === "aws/route-table" && routes.has(observation.id)) {
      const { source } = observation;
      const route = { destination: routes.get(observation.id) ?? "", target, isBlackhole: false, isPropagated: false, source };
      return { ...observation, routes: [...observation.routes.filter(({ destination }) => destination !== route.destination), route] };
    }
    if (observation.kind === "aws/security-group" && observation.id === group)
      return { ...observation, ingress: [...observation.ingress, { protocol: "-1", peer: { cidr: from }, source: observation.source }] };
    return observation;
  });
}

const whatOf = ({ sender, receiver }: Pair, how: string): string =>
  `${receiver.groups.ids[0]} takes in the block of ${sender.subnet.vpc.id}, and ${how} leads from there to ${receiver.subnet.vpc.id}`;

/** One way may be told for all that have the group. */
function injection(estate: Estate, pair: Pair, how: string, apply: Injection["apply"]): Injection {
  const [group = ""] = pair.receiver.groups.ids;
  const alike = awsNetwork(estate.observations).network.endpoints.filter(({ groups }) => groups.ids.includes(group));
  return { what: whatOf(pair, how), about: alike.flatMap(({ owners }) => owners), apply };
}

export const peeringIntoProduction: Family = {
  id: "peering-into-production",
  says: "a peering with routes both ways leads from below to production, and production's group takes in the lower block",
  injections: (estate) =>
    pairs(estate, () => true).map((pair) => {
      const side = ({ subnet }: Endpoint) => ({ vpc: subnet.vpc.id, account: subnet.account, region: subnet.region });
      const { source } = pair.receiver.interface;
      const peering: Peering = {
        kind: "aws/vpc-peering",
        id: "pcx-challenge",
        isActive: true,
        requester: side(pair.sender),
        accepter: side(pair.receiver),
        source,
      };
      return injection(estate, pair, "a peering", (all) => [...opened(estate, pair, peering.id, all), peering]);
    }),
};

const attachmentOf = (network: Network, { subnet }: Endpoint) =>
  [...network.attachments.values()].find((each) => each.resource === subnet.vpc.id && each.table !== undefined);

/** The attachment stands in the zone of what sends through it, else nothing gets in (Transit Gateway Guide, "Transit gateway attachments to a VPC"). */
const isAttached = (network: Network, endpoint: Endpoint): boolean =>
  attachmentOf(network, endpoint)?.subnets.some(({ zone }) => zone === endpoint.subnet.zone) === true;

export const transitRouteIntoProduction: Family = {
  id: "transit-route-into-production",
  says: "route tables of a transit gateway lead from below to production and back, and production's group takes in the lower block",
  injections: (estate) => {
    const { network } = awsNetwork(estate.observations);
    const suits = (_: Network, { sender, receiver }: Pair): boolean => isAttached(network, sender) && isAttached(network, receiver);
    return pairs(estate, suits).flatMap((pair) => {
      const [from, to] = [attachmentOf(network, pair.sender), attachmentOf(network, pair.receiver)];
      if (from?.table === undefined || to?.table === undefined || from.gateway !== to.gateway) return [];
      const route = (table: string, vpc: Vpc, attachment: string): TransitRoute => ({
        kind: "aws/transit-gateway-route",
        table,
        destination: blockOf(vpc, estate.observations),
        isBlackhole: false,
        isPropagated: false,
        attachments: [attachment],
        source: to.source,
      });
      const routes = [route(from.table, pair.receiver.subnet.vpc, to.id), route(to.table, pair.sender.subnet.vpc, from.id)];
      return [injection(estate, pair, "the transit gateway", (all) => [...opened(estate, pair, from.gateway, all), ...routes])];
    });
  },
};

export const networkFamilies: readonly Family[] = [peeringIntoProduction, transitRouteIntoProduction];
