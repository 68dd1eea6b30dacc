// Rules: what in a lower environment can open a connection to what in production, one rule for each receiver's filter and grant.
import type { Gap } from "../../../model/gap.ts";
import { gapId } from "../../../model/gap.ts";
import { fact, type Fact, grant, type Rule, type RuleSink } from "../../../model/rule.ts";
import { productionNames } from "../../reach/semantics.ts";
import type { KnownEstate } from "../../plane.ts";
import { balancerRules } from "./balancers.ts";
import { memberships, type Path } from "./connect.ts";
import { type ClassConnection, eachConnection } from "./connections.ts";
import { type Decider, lettingRules } from "./decide.ts";
import { awsNetwork, filterId, filterLabel } from "./entities.ts";
import type { GroupRule } from "./filters.ts";
import { type Flows, flowsText, intersect, isEmpty } from "./flows.ts";
import { grantsOf, ruleId } from "./grants.ts";
import type { Endpoint, Network } from "./network.ts";
import { onPremisesRules } from "../firewall/rules.ts";
import { podSenders, type PodSenders } from "../pods.ts";

const FAMILY = "aws/connect";

export function awsNetworkRules(known: KnownEstate, sink: RuleSink): void {
  const { network, decide, gaps } = awsNetwork(known.observations);
  for (const gap of gaps) sink.gap(gap);
  const production = productionNames(known.charter);
  const hops = balancerRules(known, decide, production);
  const sides = sidesOf(network, known, production, new Set(hops.flatMap(({ needs }) => needs.map(({ entity }) => entity))));
  const pods = podSenders(known, network, decide);
  const groups = new Map<string, Group>();
  const collecting: Collecting = { decide, groups, pods: pods.heldBehind, numberOf: numbering() };
  const { unsure } = eachConnection(decide, sides.senders, sides.receivers, (connection) => collect(collecting, connection), {
    beyondStrangers: true,
  });
  const used = new Set<string>();
  for (const group of groups.values()) {
    const rule = ruleOf(decide, network, group);
    sink.rule(rule);
    for (const { entity } of [...rule.needs, rule.gives]) used.add(entity);
  }
  for (const rule of hops) sink.rule(rule);
  const premises = onPremisesRules(known, decide, sides);
  for (const rule of premises.rules) {
    sink.rule(rule);
    for (const { entity } of [...rule.needs, rule.gives]) used.add(entity);
  }
  for (const gap of premises.gaps) sink.gap(gap);
  for (const rule of pods.rules) if (used.has(rule.gives.entity)) sink.rule(rule);
  const missing = [...unsure].toSorted().map(gapOf);
  for (const gap of missing) sink.gap(gap);
  for (const gap of [...known.gaps.filter((each) => each.topic === "aws/network"), ...gaps, ...missing]) {
    const held = [...whatItCouldHold(gap, decide, sides.receivers)];
    for (const rule of held) {
      sink.rule(rule);
      used.add(rule.gives.entity);
    }
    // What may hide receivers, or stands where none was read, holds no rule: it stays open, and clause B4 with it.
    if (held.length > 0) sink.took(gap);
  }
  for (const rule of doors(decide, sides, known, used)) sink.rule(rule);
}

interface Sides {
  readonly senders: readonly Endpoint[];
  readonly receivers: readonly Endpoint[];
  /** What production listens with, and what leads there: load balancers and PrivateLink, wherever they stand. */
  readonly isTarget: (owner: string) => boolean;
  readonly isBelow: (owner: string) => boolean;
}

/** What is shared or in no environment sends too: who controls it is for other rules to say. */
function sidesOf(network: Network, known: KnownEstate, production: ReadonlySet<string>, fronts: ReadonlySet<string>): Sides {
  const isBelow = (owner: string): boolean => !production.has(known.environmentOf(owner) ?? "");
  const isTarget = (owner: string): boolean => !isBelow(owner) || fronts.has(owner);
  return {
    senders: network.endpoints.filter((endpoint) => endpoint.owners.some(isBelow)),
    receivers: network.endpoints.filter((endpoint) => endpoint.owners.some(isTarget)),
    isTarget,
    isBelow,
  };
}

/** All senders that one grant lets through to one filter, over the same routes. */
interface Group {
  readonly first: ClassConnection;
  readonly receiver: Endpoint;
  /** By the entity that sends, its label. */
  readonly senders: Map<string, string>;
  readonly rule: GroupRule | undefined;
}

interface Collecting {
  readonly decide: Decider;
  readonly groups: Map<string, Group>;
  readonly pods: PodSenders["heldBehind"];
  /** A number for each text, so that the keys of millions of pairs stay short. */
  readonly numberOf: (text: string) => number;
}

function numbering(): Collecting["numberOf"] {
  const numbers = new Map<string, number>();
  return (text) => {
    const number = numbers.get(text) ?? numbers.size;
    numbers.set(text, number);
    return number;
  };
}

/** One group for each inbound rule that lets it in: with one of two gone, the other still does. */
function collect({ decide, groups, pods, numberOf }: Collecting, connection: ClassConnection): void {
  const receiver = connection.to.endpoints[0] as Endpoint;
  const sender = connection.from.endpoints[0] as Endpoint;
  const { into } = memberships(connection.path, sender, receiver);
  const letting = lettingRules(receiver.groups, false, connection.seen, into, connection.flows);
  const because = connection.because.length === 0 ? "" : numberOf(connection.because.join("; "));
  const shared = `${numberOf(filterId(decide, receiver))} ${because} ${numberOf(routesKey(connection.path))}`;
  // A managed database sends too (postgres_fdw, replication), by a rule of its own, so that a walk that starts at a program is there to be told.
  const isStore = sender.owners.every((owner) => owner.includes(":rds:"));
  const add = (id: string, label: () => string, rule: GroupRule | undefined, asked: Flows, egress?: string): void => {
    const key = `${shared} ${rule === undefined ? "" : numberOf(ruleId(rule))} ${egress ?? ""} ${isStore}`;
    const known = groups.get(key);
    if (known?.senders.has(id) === true) return;
    const flows = rule === undefined ? asked : intersect(asked, rule.flows);
    if (isEmpty(flows)) return;
    const first = egress === undefined ? connection : { ...connection, because: [...connection.because, egress] };
    const group = known ?? { first: { ...first, flows }, receiver, senders: new Map<string, string>(), rule };
    if (known === undefined) groups.set(key, group);
    group.senders.set(id, label());
  };
  const id = filterId(decide, sender);
  const asked = connection.isPublic ? (receiver.public ?? receiver.private) : receiver.private;
  for (const rule of letting.length === 0 ? [undefined] : letting) {
    add(id, () => filterLabel(sender), rule, connection.flows);
    for (const held of pods.get(id) ?? []) {
      const { certain, possible } = held.egress(asked);
      add(held.id, () => held.label, rule, intersect(connection.flows, certain));
      if (isEmpty(certain)) add(held.id, () => held.label, rule, intersect(connection.flows, possible), PLUGIN);
    }
  }
}

const PLUGIN = "whether address blocks of egress policies take in the nodes' network is up to the network plugin";

const routesKeys = new WeakMap<Path, string>();
function routesKey(path: Path): string {
  const key = routesKeys.get(path) ?? path.routes.map(({ element, label }) => `${element} ${label}`).join("; ");
  routesKeys.set(path, key);
  return key;
}

function ruleOf(decide: Decider, network: Network, { first, receiver, senders, rule }: Group): Rule {
  const grants = grantsOf(network, first, rule);
  const [label, ...more] = senders.values();
  const who = more.length === 0 ? label : `${label} and ${more.length} more`;
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
function* doors(decide: Decider, sides: Sides, known: KnownEstate, used: ReadonlySet<string>): Iterable<Rule> {
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
      if (rule && sides.isBelow(owner)) yield rule;
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
      if (rule && sides.isTarget(owner)) yield rule;
    }
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
