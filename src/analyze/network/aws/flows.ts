// Sets of flows by protocol and port: what filters let through, joined and intersected exactly.

/** Sorted, disjoint, not touching: from, to, from, to … For ICMP a type and a code stand as `type * 256 + code`. */
export type Ports = readonly number[];

export const ALL_PORTS: Ports = [0, 65535];
export const NO_PORTS: Ports = [];

export const TCP = 6;
export const UDP = 17;
export const ICMP = 1;
export const ICMPV6 = 58;

/** `rest`: every protocol that is not listed passes whole; otherwise none of them does. */
export interface Flows {
  readonly rest: boolean;
  readonly listed: ReadonlyMap<number, Ports>;
}

export const ALL_FLOWS: Flows = { rest: true, listed: new Map() };
export const NO_FLOWS: Flows = { rest: false, listed: new Map() };

export const portsOf = (flows: Flows, protocol: number): Ports => flows.listed.get(protocol) ?? (flows.rest ? ALL_PORTS : NO_PORTS);

export const flowsOf = (protocol: number, ports: Ports): Flows => ({ rest: false, listed: new Map([[protocol, ports]]) });

export const isEmpty = (flows: Flows): boolean => !flows.rest && flows.listed.values().every((ports) => ports.length === 0);

export const hasFlow = (flows: Flows, protocol: number, port: number): boolean => hasPort(portsOf(flows, protocol), port);

export function hasPort(ports: Ports, port: number): boolean {
  for (let i = 0; i < ports.length; i += 2) if ((ports[i] as number) <= port && port <= (ports[i + 1] as number)) return true;
  return false;
}

export function intersectPorts(a: Ports, b: Ports): Ports {
  if (a === ALL_PORTS) return b;
  if (b === ALL_PORTS) return a;
  const result: number[] = [];
  let i = 0;
  let k = 0;
  while (i < a.length && k < b.length) {
    const from = Math.max(a[i] as number, b[k] as number);
    const to = Math.min(a[i + 1] as number, b[k + 1] as number);
    if (from <= to) result.push(from, to);
    if ((a[i + 1] as number) < (b[k + 1] as number)) i += 2;
    else k += 2;
  }
  return result;
}

export function complementPorts(ports: Ports): Ports {
  const result: number[] = [];
  let next = 0;
  for (let i = 0; i < ports.length; i += 2) {
    if (next < (ports[i] as number)) result.push(next, (ports[i] as number) - 1);
    next = (ports[i + 1] as number) + 1;
  }
  if (next <= 65535) result.push(next, 65535);
  return result;
}

/** By De Morgan: the one walk over two lists above serves both. */
export const unitePorts = (a: Ports, b: Ports): Ports => {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const united = complementPorts(intersectPorts(complementPorts(a), complementPorts(b)));
  return united.length === 2 && united[0] === 0 && united[1] === 65535 ? ALL_PORTS : united;
};

function combine(a: Flows, b: Flows, rest: boolean, ports: (a: Ports, b: Ports) => Ports): Flows {
  const listed = new Map<number, Ports>();
  for (const protocol of a.listed.keys()) listed.set(protocol, ports(portsOf(a, protocol), portsOf(b, protocol)));
  for (const protocol of b.listed.keys())
    if (!listed.has(protocol)) listed.set(protocol, ports(portsOf(a, protocol), portsOf(b, protocol)));
  return { rest, listed };
}

export function intersect(a: Flows, b: Flows): Flows {
  if (a === ALL_FLOWS) return b;
  if (b === ALL_FLOWS) return a;
  if (a === NO_FLOWS || b === NO_FLOWS) return NO_FLOWS;
  return combine(a, b, a.rest && b.rest, intersectPorts);
}

export function unite(a: Flows, b: Flows): Flows {
  if (a === ALL_FLOWS || b === ALL_FLOWS) return ALL_FLOWS;
  if (a === NO_FLOWS) return b;
  if (b === NO_FLOWS) return a;
  return combine(a, b, a.rest || b.rest, unitePorts);
}

export const subtract = (a: Flows, b: Flows): Flows =>
  b === NO_FLOWS || isEmpty(b) ? a : combine(a, b, a.rest && !b.rest, (x, y) => intersectPorts(x, complementPorts(y)));

const NAMES: Readonly<Record<string, number>> = { tcp: TCP, udp: UDP, icmp: ICMP, icmpv6: ICMPV6 };

/** Protocol as AWS prints it: a name, a number, or `-1` for all. Undefined: neither. */
export function protocolOf(text: string): number | "all" | undefined {
  if (text === "-1" || text === "all") return "all";
  const named = NAMES[text.toLowerCase()];
  if (named !== undefined) return named;
  return /^\d{1,3}$/.test(text) && Number(text) < 256 ? Number(text) : undefined;
}

export const protocolText = (protocol: number): string =>
  Object.keys(NAMES).find((name) => NAMES[name] === protocol) ?? `protocol ${protocol}`;

/**
 * What a rule's protocol and port range take in. For ICMP the two numbers are type and code, -1 for all; protocols other than TCP, UDP and ICMP
 * have no ports and pass whole (Amazon VPC User Guide, "Security group rules"; EC2 API Reference, IpPermission).
 */
export function flowsOfRule(protocol: string, from: number | undefined, to: number | undefined): Flows | undefined {
  const number = protocolOf(protocol);
  if (number === undefined) return undefined;
  if (number === "all") return ALL_FLOWS;
  if (number === ICMP || number === ICMPV6) return flowsOf(number, icmpPorts(from ?? -1, to ?? -1));
  if ((number !== TCP && number !== UDP) || from === undefined || from < 0) return flowsOf(number, ALL_PORTS);
  const last = to ?? from;
  return from > last ? undefined : flowsOf(number, from === 0 && last === 65535 ? ALL_PORTS : [from, last]);
}

function icmpPorts(type: number, code: number): Ports {
  if (type < 0) return ALL_PORTS;
  return code < 0 ? [type * 256, type * 256 + 255] : [type * 256 + code, type * 256 + code];
}

/** `tcp 22, 443-444; udp 53`. */
export function flowsText(flows: Flows): string {
  if (flows.rest && flows.listed.size === 0) return "everything";
  const parts = [...flows.listed]
    .filter(([, ports]) => ports.length > 0)
    .toSorted(([a], [b]) => a - b)
    .map(([protocol, ports]) => `${protocolText(protocol)}${portsText(protocol, ports)}`);
  return [...parts, ...(flows.rest ? ["every other protocol"] : [])].join("; ");
}

function portsText(protocol: number, ports: Ports): string {
  if (protocol !== TCP && protocol !== UDP) return "";
  if (ports[0] === 0 && ports[1] === 65535) return " on every port";
  const ranges: string[] = [];
  for (let i = 0; i < ports.length; i += 2) ranges.push(ports[i] === ports[i + 1] ? `${ports[i]}` : `${ports[i]}-${ports[i + 1]}`);
  return ` ${ranges.join(", ")}`;
}
