// Rules of firewalls, compiled: which flows a device lets from one address to another, and which of its rules decides.
import type { Observations } from "../../../model/observation.ts";
import type { FirewallRule } from "../../../model/observations/firewall.ts";
import type { Gap } from "../../../model/gap.ts";
import type { Source } from "../../../model/source.ts";
import { type Address, type AddressRange, after, compareAddresses, contains, parseAddress, parseCidr } from "../aws/address.ts";
import { ALL_FLOWS, ALL_PORTS, type Flows, flowsOf, ICMP, intersect, isEmpty, NO_FLOWS, subtract, TCP, UDP, unite } from "../aws/flows.ts";
import type { Segment } from "./segments.ts";

export interface CompiledRule {
  readonly device: string;
  readonly isAllow: boolean;
  readonly from: readonly AddressRange[];
  readonly to: readonly AddressRange[];
  readonly flows: Flows;
  readonly observed: FirewallRule;
}

export interface Device {
  readonly name: string;
  readonly rules: readonly CompiledRule[];
  /** Whether what no rule takes in passes. */
  readonly isOpen: boolean;
  readonly source: Source;
}

export interface Devices {
  readonly byName: ReadonlyMap<string, Device>;
  readonly gaps: readonly Gap[];
}

const EVERYWHERE: AddressRange = { from: 0, to: (1n << 129n) - 1n };

export function compileDevices(observations: Observations, segments: readonly Segment[]): Devices {
  const gaps: Gap[] = [];
  const byName = new Map<string, Device>();
  for (const [name, files] of Map.groupBy(observations("firewall/rules"), ({ device }) => device)) {
    const [first, second] = files;
    if (first === undefined) continue;
    // Two exports of one device may each hold a part, or be an old and a new one: nobody can say in which order their rules are asked.
    if (second !== undefined) {
      gaps.push(gapOf(name, `${first.source.file} and ${second.source.file} both hold its rules; keep the newer`, second.source));
      continue;
    }
    const rules = first.rules.map((rule) => compile(name, rule, segments));
    const unknown = rules.find((rule) => "vlan" in rule);
    if (unknown && "vlan" in unknown)
      gaps.push(gapOf(name, `a rule names ${unknown.vlan}, which no segment of the charter has`, unknown.source));
    else
      byName.set(name, {
        name,
        rules: rules.filter((rule): rule is CompiledRule => !("vlan" in rule)),
        isOpen: first.otherwise === "allow",
        source: first.source,
      });
  }
  return { byName, gaps };
}

const gapOf = (device: string, why: string, source: Source): Gap => ({
  topic: "firewall/rules",
  subject: device,
  what: `rules of firewall ${device}`,
  why,
  clauses: ["B4"],
  source,
});

function compile(
  device: string,
  observed: FirewallRule,
  segments: readonly Segment[],
): CompiledRule | { readonly vlan: string; readonly source: Source } {
  const [from, to] = [observed.from, observed.to].map((peers) => peers.map((peer) => rangesOf(peer, segments)));
  const unknown = [...(from ?? []), ...(to ?? [])].find((each) => typeof each === "string");
  if (typeof unknown === "string") return { vlan: unknown, source: observed.source };
  const ranges = (peers: readonly (readonly AddressRange[] | string)[] | undefined) =>
    (peers ?? []).flatMap((each) => (typeof each === "string" ? [] : each));
  return { device, isAllow: observed.isAllow, from: ranges(from), to: ranges(to), flows: flowsOfRule(observed), observed };
}

function rangesOf(peer: string, segments: readonly Segment[]): readonly AddressRange[] | string {
  if (peer === "any") return [EVERYWHERE];
  const vlan = /^vlan:(\d+)$/.exec(peer)?.[1];
  if (vlan !== undefined) {
    const own = segments.filter((segment) => segment.vlan === Number(vlan));
    return own.length === 0 ? peer : own.flatMap(({ ranges }) => ranges);
  }
  const [first, last] = peer.split("-").map(parseAddress);
  if (first !== undefined && last !== undefined) return [{ from: first, to: last }];
  return [parseCidr(peer)].filter((range) => range !== undefined);
}

const NUMBERS: Readonly<Record<string, number>> = { tcp: TCP, udp: UDP, icmp: ICMP };

function flowsOfRule({ protocol, ports }: FirewallRule): Flows {
  if (protocol === "any") return ALL_FLOWS;
  const number = NUMBERS[protocol] ?? Number(protocol);
  if (ports.length === 0) return flowsOf(number, ALL_PORTS);
  return ports.reduce<Flows>((flows, [from, to]) => unite(flows, flowsOf(number, [from, to])), NO_FLOWS);
}

const takesIn = (ranges: readonly AddressRange[], address: Address): boolean => ranges.some((range) => contains(range, address));

/** The flows that each rule lets pass from one address to another, the first of them first; undefined: no rule, by what the device does otherwise. */
export function* lettingThrough(
  device: Device,
  from: Address,
  to: Address,
): Iterable<{ readonly rule: CompiledRule | undefined; readonly flows: Flows }> {
  let left: Flows = ALL_FLOWS;
  for (const rule of device.rules) {
    if (!takesIn(rule.from, from) || !takesIn(rule.to, to)) continue;
    const flows = intersect(left, rule.flows);
    if (rule.isAllow && !isEmpty(flows)) yield { rule, flows };
    left = subtract(left, rule.flows);
    if (isEmpty(left)) return;
  }
  if (device.isOpen && !isEmpty(left)) yield { rule: undefined, flows: left };
}

export function passing(device: Device, from: Address, to: Address): Flows {
  let flows: Flows = NO_FLOWS;
  for (const each of lettingThrough(device, from, to)) flows = unite(flows, each.flows);
  return flows;
}

/** The first address of each part of some ranges that no rule of the devices tells apart, nor any other edge. */
export function partsOf(
  ranges: readonly AddressRange[],
  devices: readonly Device[],
  side: "from" | "to",
  others: readonly Address[] = [],
): readonly Address[] {
  const own = devices.flatMap(({ rules }) => rules.flatMap((rule) => rule[side])).flatMap(({ from, to }) => [from, after(to)]);
  const edges = [...own, ...others];
  const parts = ranges.flatMap((range) => [range.from, ...edges.filter((edge) => range.from < edge && edge <= range.to)]);
  return [...new Set(parts)].toSorted(compareAddresses);
}
