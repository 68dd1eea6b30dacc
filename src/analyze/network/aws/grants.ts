// What lets a connection pass, element by element: the grants of its rule, the one that people would narrow first.
import { hashOf } from "../../../lib/hash.ts";
import { type Grant, grant } from "../../../model/rule.ts";
import { addressText } from "./address.ts";
import { memberships } from "./connect.ts";
import type { ClassConnection } from "./connections.ts";
import { lettingRules } from "./decide.ts";
import { ec2Arn } from "./endpoints.ts";
import { groupLabel } from "./entities.ts";
import { decidingEntry, type GroupRule } from "./filters.ts";
import { flowsText, intersect, isEmpty } from "./flows.ts";
import type { Endpoint, Network } from "./network.ts";
import type { AclCrossing } from "./walk.ts";

/**
 * The inbound rule comes first: it names the finding. Then the way, in its order: the sender's outbound rules, network ACLs, routes, peerings and
 * attachments, and the network ACLs that let the answers back. An outbound rule or an entry that lets it pass may not be the only one, so none of
 * those is proposed as the one change that cuts.
 */
export function grantsOf(network: Network, connection: ClassConnection, rule: GroupRule | undefined): readonly Grant[] {
  const { path } = connection;
  const routes = path.routes.map(({ element, label, change, source }) => grant(element, { label }, { label, change, source }));
  const first = rule === undefined ? [] : [inboundGrant(network, connection.to.endpoints[0], rule)];
  const there = path.walk.crossings.flatMap((crossing) => entryOf(connection, crossing, "lets it"));
  const back = path.answersCross.flatMap((crossing) => entryOf(connection, crossing, "lets the answer"));
  return [...first, ...routes, ...outbound(network, connection), ...there, ...back];
}

const ruleIds = new WeakMap<GroupRule, string>();
/** The rule by its content, not by its place in a file. */
export function ruleId(rule: GroupRule): string {
  const id = ruleIds.get(rule) ?? hashOf(contentOf(rule));
  ruleIds.set(rule, id);
  return id;
}

const contentOf = ({ group, isEgress, observed }: GroupRule) => {
  const { source: _source, description: _description, ...content } = observed;
  return { group, isEgress, ...content };
};

const named = (network: Network, id: string): string => groupLabel(id, [network.groups.get(id) ?? { id, name: "" }]);

function peerText(network: Network, { observed: { peer } }: GroupRule): string {
  return "group" in peer ? named(network, peer.group) : "cidr" in peer ? peer.cidr : peer.prefixList;
}

export function inboundGrant(network: Network, to: Endpoint | undefined, rule: GroupRule): Grant {
  const label = `inbound rule of ${named(network, rule.group)} for ${flowsText(rule.flows)} from ${peerText(network, rule)}`;
  const change = `remove the ${label}, or let it take in production's own addresses alone`;
  return grant(ownerOf(network, rule, to), contentOf(rule), { label, change, source: rule.observed.source });
}

function outbound(network: Network, connection: ClassConnection): readonly Grant[] {
  const sender = connection.from.endpoints[0] as Endpoint;
  const receiver = connection.to.endpoints[0] as Endpoint;
  const { out } = memberships(connection.path, sender, receiver);
  const asked = connection.isPublic ? (receiver.public ?? receiver.private) : receiver.private;
  return lettingRules(sender.groups, true, asked, out, connection.flows).map((rule) => {
    const label = `outbound rule of ${named(network, rule.group)} for ${flowsText(rule.flows)} to ${peerText(network, rule)}`;
    const rest = { label, change: `narrow the ${label}`, source: rule.observed.source, removable: false };
    return grant(ownerOf(network, rule, sender), contentOf(rule), rest);
  });
}

const ownerOf = (network: Network, { group }: GroupRule, endpoint: Endpoint | undefined): string =>
  ec2Arn(`security-group/${group}`, network.groups.get(group)?.account, endpoint?.subnet.region);

/** The first entry that lets some of the flows pass; of answers, any that allows. */
function entryOf({ flows, path }: ClassConnection, { subnet, isEgress, address }: AclCrossing, lets: string): readonly Grant[] {
  const { acl } = subnet;
  const isAnswer = lets !== "lets it";
  const entry = acl && decidingEntry(acl, isEgress, address, (each) => isAnswer || !isEmpty(intersect(each, flows)));
  if (acl === undefined || entry === undefined || !entry.isAllow) return [];
  const way = isEgress ? `out of ${subnet.id} to` : `into ${subnet.id} from`;
  const label = `entry ${entry.observed.number} of ${acl.id} ${lets} ${way} ${addressText(address)}`;
  const change = `deny ${addressText(path.seen)} in a lower entry of ${acl.id}`;
  const { source, ...content } = entry.observed;
  return [grant(acl.id, content, { label, change, source, removable: false })];
}
