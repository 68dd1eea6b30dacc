// Rules: what a segment or an endpoint below can open to production through firewalls on premises, and through the exits between them and AWS.
import { hashOf } from "../../../lib/hash.ts";
import type { Gap } from "../../../model/gap.ts";
import { fact, type Grant, grant, type Rule } from "../../../model/rule.ts";
import type { KnownEstate } from "../../plane.ts";
import { productionNames } from "../../reach/semantics.ts";
import { type Address, isOnInternet } from "../aws/address.ts";
import { connect, type Connection, type Origin } from "../aws/connect.ts";
import { endpointClasses, strangerOutside } from "../aws/connections.ts";
import type { Decider } from "../aws/decide.ts";
import { filterId, filterLabel } from "../aws/entities.ts";
import { type Flows, flowsText, intersect, isEmpty, subtract } from "../aws/flows.ts";
import { inboundGrant } from "../aws/grants.ts";
import type { Endpoint, Vpc } from "../aws/network.ts";
import { type CompiledRule, compileDevices, type Device, lettingThrough, partsOf, passing } from "./devices.ts";
import { type Segment, segmentsOf } from "./segments.ts";

const FAMILY = "firewall/connect";

export interface OnPremises {
  readonly rules: readonly Rule[];
  readonly gaps: readonly Gap[];
}

interface Sides {
  readonly senders: readonly Endpoint[];
  readonly receivers: readonly Endpoint[];
}

/** Where a connection starts or ends. */
interface End {
  readonly id: string;
  readonly label: string;
  /** Absent: in AWS. */
  readonly segment?: Segment;
  readonly source: Rule["source"];
}

interface Way {
  readonly from: End;
  readonly to: End;
  readonly rule: CompiledRule | undefined;
  readonly device: Device;
  readonly flows: Flows;
  readonly because: readonly string[];
  /** Elements of AWS that it passes. */
  readonly grants: readonly Grant[];
}

/** What was found so far: ways by the rule that lets them through, and what is missing to say more. */
interface Work {
  readonly decide: Decider;
  readonly devices: ReadonlyMap<string, Device>;
  readonly ways: Map<string, { readonly first: Way; readonly senders: Map<string, string> }>;
  readonly missing: Map<string, Gap>;
}

export function onPremisesRules(known: KnownEstate, decide: Decider, sides: Sides): OnPremises {
  const segments = segmentsOf(known);
  const { byName, gaps } = compileDevices(known.observations, segments);
  const production = productionNames(known.charter);
  const isInside = ({ id }: Segment): boolean => production.has(known.environmentOf(id) ?? "");
  const [above, below] = [segments.filter(isInside), segments.filter((segment) => !isInside(segment))];
  const work: Work = { decide, devices: byName, ways: new Map(), missing: new Map() };
  for (const from of below) for (const to of above) betweenSegments(work, from, to);
  // Without an exit nothing gets from AWS to premises or back.
  const leads = new Set(sides.receivers.map(({ subnet }) => subnet.vpc).filter((vpc) => [...entrances(work, vpc)].length > 0));
  const receivers = spread(
    work,
    sides.receivers.filter(({ subnet }) => leads.has(subnet.vpc)),
    "to",
  );
  const senders = receivers.length > 0 || above.length > 0 ? spread(work, sides.senders, "from") : [];
  for (const from of below) for (const to of receivers) intoAws(work, from, to);
  for (const from of senders) for (const to of above) outOfAws(work, from, to);
  for (const from of senders) for (const to of receivers) roundAbout(work, from, to);
  return { rules: [...work.ways.values()].map(ruleOf), gaps: [...gaps, ...work.missing.values()] };
}

const endOf = (segment: Segment): End => ({ id: segment.id, label: segment.label, segment, source: segment.source });
const endOfEndpoint = (decide: Decider, endpoint: Endpoint): End => ({
  id: filterId(decide, endpoint),
  label: filterLabel(endpoint),
  source: endpoint.interface.source,
});

/** One endpoint for each class that neither AWS nor a firewall tells apart. */
function spread({ decide, devices }: Work, endpoints: readonly Endpoint[], side: "from" | "to"): readonly Endpoint[] {
  if (endpoints.length === 0) return [];
  const found = new Map<string, Endpoint>();
  for (const [i, { endpoints: own }] of endpointClasses(decide, endpoints).entries())
    for (const endpoint of own) {
      const seen = [...devices.values()].map(({ rules }) =>
        rules.map((rule) => (rule[side].some(({ from, to }) => from <= endpoint.private && endpoint.private <= to) ? 1 : 0)).join(""),
      );
      const key = `${i} ${seen.join(" ")}`;
      if (!found.has(key)) found.set(key, endpoint);
    }
  return [...found.values()];
}

/** The firewall in front of a segment; without a name, the only one there is. Undefined: what stands there was not read, which is told. */
function deviceBefore({ devices, missing }: Work, segment: Segment | undefined): Device | undefined {
  const [only, another] = devices.values();
  const device = segment?.firewall === undefined ? (another === undefined ? only : undefined) : devices.get(segment.firewall);
  if (device !== undefined) return device;
  const subject = segment?.firewall ?? segment?.label ?? "between AWS networks";
  const what =
    segment?.firewall === undefined
      ? `the firewall before ${segment?.label ?? "what lies between AWS networks"}`
      : `rules of firewall ${subject}`;
  const why =
    another === undefined || segment?.firewall !== undefined
      ? "they were not read"
      : "several were read, and the charter does not say which";
  missing.set(subject, { topic: "firewall/rules", subject, what, why, clauses: ["B4"], ...(segment && { source: segment.source }) });
  return undefined;
}

/** Each rule of the last device that lets some of the flows pass, as far as the other lets them too. */
function through(work: Work, way: Omit<Way, "rule" | "device">, devices: readonly (Device | undefined)[], a: Address, b: Address): void {
  const [last, other] = devices.toReversed();
  if (last === undefined || devices.includes(undefined)) return;
  const left = other === undefined || other === last ? way.flows : intersect(way.flows, passing(other, a, b));
  if (isEmpty(left)) return;
  for (const { rule, flows } of lettingThrough(last, a, b)) {
    const open = intersect(flows, left);
    if (!isEmpty(open)) add(work, { ...way, rule, device: last, flows: open });
  }
}

function add({ ways }: Work, way: Way): void {
  const key = `${way.rule?.device ?? way.device.name} ${way.rule?.observed.order ?? "otherwise"} ${way.to.id} ${way.because.join("; ")} ${way.grants.map(({ id }) => id).join(" ")}`;
  const known = ways.get(key) ?? { first: way, senders: new Map<string, string>() };
  ways.set(key, known);
  known.senders.set(way.from.id, way.from.label);
}

function betweenSegments(work: Work, from: Segment, to: Segment): void {
  const devices = [deviceBefore(work, from), deviceBefore(work, to)];
  const [, last] = devices;
  if (last === undefined || devices.includes(undefined)) return;
  const read = devices.filter((device) => device !== undefined);
  const stranger = strangerOutside(read.flatMap(({ rules }) => rules.flatMap((rule) => rule.from)));
  for (const b of partsOf(to.ranges, read, "to"))
    for (const a of partsOf(from.ranges, read, "from")) {
      // To a public address a stranger is let in by the last device alone.
      const known = stranger !== undefined && isOnInternet(b) ? passing(last, stranger, b) : undefined;
      const asked = known === undefined ? passing(last, a, b) : subtract(passing(last, a, b), known);
      through(work, { from: endOf(from), to: endOf(to), flows: asked, because: [], grants: [] }, devices, a, b);
    }
}

/** Where traffic from premises comes in: VPN gateways of a VPC, and attachments of a transit gateway to VPNs and Direct Connect. */
function* entrances({ decide }: Work, vpc: Vpc): Iterable<Entrance> {
  for (const gateway of vpc.vpnGateways) yield { names: [gateway], origin: (address) => ({ kind: "on-premises", gateway, vpc, address }) };
  for (const attachment of decide.network.attachments.values())
    if (OUTSIDE.has(attachment.type) && attachment.isAvailable)
      yield { names: [attachment.id, attachment.resource], origin: (address) => ({ kind: "transit", attachment, address }) };
}

interface Entrance {
  readonly names: readonly string[];
  readonly origin: (address: Address) => Origin;
}

const OUTSIDE: ReadonlySet<string> = new Set(["vpn", "direct-connect-gateway", "connect"]);

const uses = (segment: Segment, names: readonly string[]): boolean =>
  segment.exits.length === 0 || segment.exits.some((exit) => names.includes(exit));

function intoAws(work: Work, from: Segment, to: Endpoint): void {
  const { decide } = work;
  const { pathBoundaries, groupBoundaries } = decide.network;
  for (const { names, origin } of entrances(work, to.subnet.vpc)) {
    if (!uses(from, names)) continue;
    for (const a of partsOf(from.ranges, [...work.devices.values()], "from", [...pathBoundaries, ...groupBoundaries])) {
      const connection = connect(decide, origin(a), { address: to.private, endpoint: to });
      const flows = heard(connection.flows, to);
      if (isEmpty(flows)) continue;
      const way = {
        from: endOf(from),
        to: endOfEndpoint(decide, to),
        flows,
        because: connection.because,
        grants: elementsOf(decide, connection, to),
      };
      through(work, way, [deviceBefore(work, from)], a, to.private);
    }
  }
}

const heard = (flows: Flows, { listens }: Endpoint): Flows => (listens === undefined ? flows : intersect(flows, listens));

function elementsOf({ network }: Decider, { path, rules }: Connection, to: Endpoint | undefined): readonly Grant[] {
  const routes = path.routes.map(({ element, label, change, source }) => grant(element, { label }, { label, change, source }));
  const into = to === undefined ? [] : rules.filter(({ isEgress }) => !isEgress).map((rule) => inboundGrant(network, to, rule));
  return [...into, ...routes];
}

/** The connection leaves AWS for premises: flows that get out, and the gateways by which. */
function leaving(
  decide: Decider,
  from: Endpoint,
  address: Address,
): { readonly connection: Connection; readonly names: readonly string[] } | undefined {
  const connection = connect(decide, { kind: "endpoint", endpoint: from }, { address });
  const { outcome, hops, routes } = connection.path;
  if (outcome.kind !== "exits" || outcome.to !== "on-premises" || isEmpty(connection.flows)) return undefined;
  return { connection, names: [outcome.element, ...hops, ...routes.map(({ element }) => element)] };
}

function outOfAws(work: Work, from: Endpoint, to: Segment): void {
  const { decide } = work;
  const { pathBoundaries, groupBoundaries } = decide.network;
  for (const b of partsOf(to.ranges, [...work.devices.values()], "to", [...pathBoundaries, ...groupBoundaries])) {
    const left = leaving(decide, from, b);
    if (left === undefined || !uses(to, left.names)) continue;
    const { connection } = left;
    const way = { from: endOfEndpoint(decide, from), to: endOf(to), flows: connection.flows, because: connection.because };
    through(work, { ...way, grants: elementsOf(decide, connection, undefined) }, [deviceBefore(work, to)], connection.path.seen, b);
  }
}

/** From one network of AWS into another by way of the premises: out by one gateway, and in by another. */
function roundAbout(work: Work, from: Endpoint, to: Endpoint): void {
  const { decide } = work;
  if (from.subnet.vpc === to.subnet.vpc) return;
  const left = leaving(decide, from, to.private);
  if (left === undefined) return;
  const { seen } = left.connection.path;
  for (const { origin } of entrances(work, to.subnet.vpc)) {
    const connection = connect(decide, origin(seen), { address: to.private, endpoint: to });
    const flows = heard(intersect(connection.flows, left.connection.flows), to);
    if (isEmpty(flows)) continue;
    const because = [...new Set([...left.connection.because, ...connection.because])];
    const grants = [...elementsOf(decide, connection, to), ...elementsOf(decide, left.connection, undefined)];
    const way = { from: endOfEndpoint(decide, from), to: endOfEndpoint(decide, to), flows, because, grants };
    through(work, way, [deviceBefore(work, undefined)], seen, to.private);
  }
}

function ruleOf({ first, senders }: { readonly first: Way; readonly senders: ReadonlyMap<string, string> }): Rule {
  const { to, flows, because, grants } = first;
  const named = firewallGrant(first);
  const [label, ...more] = senders.values();
  const who = more.length === 0 ? label : `${label} and ${more.length} more`;
  const needs = [...senders.keys()].map((id) => fact("act-as", id));
  return {
    family: FAMILY,
    needs,
    ...(needs.length > 1 && { atLeast: 1 }),
    gives: fact("connect", to.id),
    certainty: because.length > 0 ? "may" : "must",
    ...(because.length > 0 && { because: because.join("; ") }),
    grants: [named, ...grants],
    how: `${who} can open ${flowsText(flows)} to ${to.label}, by ${named.label}`,
    source: named.source,
  };
}

function firewallGrant({ rule, device }: Way): Grant {
  const owner = `firewall:${device.name}`;
  if (rule === undefined) {
    const label = `what firewall ${device.name} does with what no rule takes in`;
    return grant(owner, "otherwise", { label, change: `let firewall ${device.name} deny what no rule takes in`, source: device.source });
  }
  const { order, name, source, ...content } = rule.observed;
  const label = `rule ${order}${name === undefined ? "" : ` (${name})`} of firewall ${device.name}`;
  const change = `remove the ${label}, or let it take in production's own addresses alone`;
  return grant(owner, hashOf({ ...content }), { label, change, source });
}
