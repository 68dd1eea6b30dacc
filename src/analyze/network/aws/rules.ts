// Rules: what in a lower environment can open a connection to what in production, one rule for each receiver's filter and grant.
import { hashOf } from "../../../lib/hash.ts";
import type { Gap } from "../../../model/gap.ts";
import { gapId } from "../../../model/gap.ts";
import { fact, type Fact, type Grant, grant, type Rule, type RuleSink } from "../../../model/rule.ts";
import { productionNames } from "../../reach/semantics.ts";
import type { KnownEstate } from "../../plane.ts";
import { balancerRules } from "./balancers.ts";
import { memberships } from "./connect.ts";
import { type ClassConnection, eachConnection } from "./connections.ts";
import { type Decider, lettingRules } from "./decide.ts";
import { ec2Arn } from "./endpoints.ts";
import { awsNetwork, filterId, filterLabel } from "./entities.ts";
import type { GroupRule } from "./filters.ts";
import { flowsText } from "./flows.ts";
import type { Endpoint, Network } from "./network.ts";

const FAMILY = "aws/connect";

export function awsNetworkRules(known: KnownEstate, sink: RuleSink): void {
  const { network, decide, gaps } = awsNetwork(known.observations);
  for (const gap of gaps) sink.gap(gap);
  const production = productionNames(known.charter);
  const sides = sidesOf(network, known, production);
  const open = [...known.gaps.filter((gap) => gap.topic === "aws/network"), ...gaps];
  if (sides.receivers.length === 0) return open.forEach((gap) => sink.took(gap));
  const groups = new Map<string, Group>();
  const { unsure } = eachConnection(decide, sides.senders, sides.receivers, (connection) => collect(decide, connection, groups), {
    beyondStrangers: true,
  });
  const used = new Set<string>();
  for (const group of groups.values()) {
    const rule = ruleOf(decide, network, group);
    sink.rule(rule);
    for (const { entity } of [...rule.needs, rule.gives]) used.add(entity);
  }
  for (const rule of balancerRules(known, decide, production)) sink.rule(rule);
  const missing = [...unsure].toSorted().map(gapOf);
  for (const gap of missing) sink.gap(gap);
  for (const gap of [...open, ...missing]) {
    for (const rule of whatItCouldHold(gap, decide, sides.receivers)) {
      sink.rule(rule);
      used.add(rule.gives.entity);
    }
    sink.took(gap);
  }
  for (const rule of doors(decide, sides, known, production, used)) sink.rule(rule);
}

interface Sides {
  readonly senders: readonly Endpoint[];
  readonly receivers: readonly Endpoint[];
}

/** Senders stand in an environment that is not production; what is shared or in none is asked about by other clauses. */
function sidesOf(network: Network, known: KnownEstate, production: ReadonlySet<string>): Sides {
  const inside = (owner: string): boolean => production.has(known.environmentOf(owner) ?? "");
  const below = (owner: string): boolean => known.environmentOf(owner) !== undefined && !inside(owner);
  return {
    senders: network.endpoints.filter((endpoint) => endpoint.owners.some(below)),
    receivers: network.endpoints.filter((endpoint) => endpoint.owners.some(inside)),
  };
}

/** All senders that one grant lets through to one filter. */
interface Group {
  readonly first: ClassConnection;
  readonly receiver: Endpoint;
  readonly senders: Map<string, Endpoint>;
  readonly rule: GroupRule | undefined;
}

function collect(decide: Decider, connection: ClassConnection, groups: Map<string, Group>): void {
  const receiver = connection.to.endpoints[0] as Endpoint;
  const sender = connection.from.endpoints[0] as Endpoint;
  const { into } = memberships(connection.path, sender, receiver);
  const [rule] = lettingRules(receiver.groups, false, connection.seen, into, connection.flows);
  const certainty = connection.because.length > 0 ? "may" : "must";
  const key = `${filterId(decide, receiver)} ${certainty} ${rule === undefined ? (connection.path.routes[0]?.label ?? "") : ruleKey(rule)}`;
  const group = groups.get(key) ?? { first: connection, receiver, senders: new Map<string, Endpoint>(), rule };
  groups.set(key, group);
  group.senders.set(filterId(decide, sender), sender);
}

const ruleKeys = new WeakMap<GroupRule, string>();
function ruleKey(rule: GroupRule): string {
  const key = ruleKeys.get(rule) ?? grantId(rule);
  ruleKeys.set(rule, key);
  return key;
}
const grantId = (rule: GroupRule): string => hashOf(contentOf(rule));

const contentOf = ({ group, isEgress, observed }: GroupRule) => {
  const { source: _source, description: _description, ...content } = observed;
  return { group, isEgress, ...content };
};

function ruleOf(decide: Decider, network: Network, group: Group): Rule {
  const { first, receiver, senders } = group;
  const grants = grantsOf(network, group);
  const from = [...senders.values()];
  const who = from.length === 1 ? filterLabel(from[0] as Endpoint) : `${filterLabel(from[0] as Endpoint)} and ${from.length - 1} more`;
  const needs = [...senders.keys()].map((each) => fact("act-as", each));
  const certainty = first.because.length > 0 ? "may" : "must";
  return {
    family: FAMILY,
    needs,
    ...(needs.length > 1 && { atLeast: 1 }),
    gives: fact("connect", filterId(decide, receiver)),
    certainty,
    ...(certainty === "may" && { because: first.because.join("; ") }),
    grants,
    how: `${who} can open ${flowsText(first.flows)} to ${filterLabel(receiver)}, by ${first.path.hops.slice(1, -1).join(", ")}`,
    source: grants[0]?.source ?? receiver.interface.source,
  };
}

/** Behind a filter stand all of its endpoints; whoever controls one sends through it. No one would change that. */
function* doors(
  decide: Decider,
  sides: Sides,
  known: KnownEstate,
  production: ReadonlySet<string>,
  used: ReadonlySet<string>,
): Iterable<Rule> {
  const seen = new Set<string>();
  const door = (endpoint: Endpoint, needs: Fact, gives: Fact, how: string): Rule | undefined => {
    const key = `${needs.entity} ${gives.entity} ${gives.capability}`;
    if (!used.has(filterId(decide, endpoint)) || seen.has(key)) return undefined;
    seen.add(key);
    const { source } = endpoint.interface;
    const fixed = { label: `interface ${endpoint.interface.id}`, change: "move it to another subnet or group", source, removable: false };
    return { family: FAMILY, needs: [needs], gives, certainty: "must", grants: [grant(endpoint.interface.id, key, fixed)], how, source };
  };
  for (const endpoint of sides.senders)
    for (const owner of endpoint.owners) {
      const label = known.entities.get(owner)?.label ?? owner;
      const rule = door(
        endpoint,
        fact("control", owner),
        fact("act-as", filterId(decide, endpoint)),
        `${label} sends from ${endpoint.subnet.id}`,
      );
      if (rule && !production.has(known.environmentOf(owner) ?? "")) yield rule;
    }
  for (const endpoint of sides.receivers)
    for (const owner of endpoint.owners) {
      const label = known.entities.get(owner)?.label ?? owner;
      const rule = door(
        endpoint,
        fact("connect", filterId(decide, endpoint)),
        fact("connect", owner),
        `${label} listens in ${endpoint.subnet.id}`,
      );
      if (rule && production.has(known.environmentOf(owner) ?? "")) yield rule;
    }
}

/** The rule of the receiver's group comes first: it is what people narrow. Then the routes that lead there. */
function grantsOf(network: Network, { rule, first }: Group): readonly Grant[] {
  const routes = first.path.routes.map(({ element, label, source }) =>
    grant(element, { label }, { label, change: `remove the ${label}, or narrow its destination`, source }),
  );
  if (rule === undefined) return routes;
  const { peer } = rule.observed;
  const account = network.groups.get(rule.group)?.account;
  const from = "group" in peer ? peer.group : "cidr" in peer ? peer.cidr : peer.prefixList;
  const label = `inbound rule of ${rule.group} for ${flowsText(rule.flows)} from ${from}`;
  const owner = ec2Arn(`security-group/${rule.group}`, account, first.to.endpoints[0]?.subnet.region);
  const change = `remove the ${label}, or let it take in production's own addresses alone`;
  return [grant(owner, contentOf(rule), { label, change, source: rule.observed.source }), ...routes];
}

const gapOf = (what: string): Gap => ({
  topic: "aws/network",
  subject: what,
  what: "a way into production",
  why: what,
  clauses: ["B4"],
});

/** A part of a network that was not read may let anything through to production of its account; without an account, to any. */
function* whatItCouldHold(gap: Gap, decide: Decider, receivers: readonly Endpoint[]): Iterable<Rule> {
  const account = /^(\d{12}):/.exec(gap.subject)?.[1];
  const seen = new Set<string>();
  for (const endpoint of receivers) {
    if (account !== undefined && endpoint.interface.account !== account) continue;
    const id = filterId(decide, endpoint);
    if (seen.has(id)) continue;
    seen.add(id);
    const source = gap.source ?? endpoint.interface.source;
    const how = `what was not read may let anyone open a connection to ${filterLabel(endpoint)}`;
    yield { family: FAMILY, needs: [], gives: fact("connect", id), certainty: "may", because: gapId(gap), grants: [], how, source };
  }
}
