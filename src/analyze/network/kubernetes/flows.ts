// Sets of ports by protocol, each interned as a small integer: what the evaluation of policies computes with.
import type { TransportProtocol } from "../../../model/observations/kubernetes-network.ts";

/** Ascending and apart: `[from, to, from, to, …]`. */
type Ports = readonly number[];
type Parts = Readonly<Record<TransportProtocol, Ports>>;

/** An interned set. `NONE` and `ALL` are the same in every table. */
export type Flows = number;
export const NONE: Flows = 0;
export const ALL: Flows = 1;

const EVERY_PORT: Ports = [1, 65535];
/** In the order in which they are printed. */
export const PROTOCOLS = ["SCTP", "TCP", "UDP"] as const satisfies readonly TransportProtocol[];

export interface PortRange {
  readonly protocol: TransportProtocol;
  readonly from: number;
  readonly to: number;
}

export interface FlowTable {
  of(ranges: readonly PortRange[]): Flows;
  union(a: Flows, b: Flows): Flows;
  intersect(a: Flows, b: Flows): Flows;
  subtract(a: Flows, b: Flows): Flows;
  ranges(of: Flows): readonly PortRange[];
  /** `All Connections`, `TCP 80,443,UDP 53`. */
  text(of: Flows): string;
}

/** Results are kept by pair, so that what the many pairs of pods have in common is computed once. */
export function flowTable(): FlowTable {
  const parts: Parts[] = [];
  const texts: string[] = [];
  const ranges: (readonly PortRange[])[] = [];
  const ids = new Map<string, Flows>();
  const intern = (of: Parts): Flows => {
    const text = textOf(of);
    const known = ids.get(text);
    if (known !== undefined) return known;
    ids.set(text, parts.length);
    texts.push(text);
    ranges.push(PROTOCOLS.flatMap((protocol) => rangesOf(protocol, of[protocol])));
    return parts.push(of) - 1;
  };
  intern({ SCTP: [], TCP: [], UDP: [] });
  intern({ SCTP: EVERY_PORT, TCP: EVERY_PORT, UDP: EVERY_PORT });
  const combined = (keep: (inA: boolean, inB: boolean) => boolean): ((a: Flows, b: Flows) => Flows) => {
    const known = new Map<number, Flows>();
    return (a, b) => {
      const key = a * 0x100_0000 + b;
      let found = known.get(key);
      if (found === undefined) {
        const [one, other] = [parts[a] as Parts, parts[b] as Parts];
        const each = (protocol: TransportProtocol): Ports => sweep(one[protocol], other[protocol], keep);
        found = intern({ SCTP: each("SCTP"), TCP: each("TCP"), UDP: each("UDP") });
        known.set(key, found);
      }
      return found;
    };
  };
  const union = combined((inA, inB) => inA || inB);
  const intersect = combined((inA, inB) => inA && inB);
  const subtract = combined((inA, inB) => inA && !inB);
  return {
    of: (all) => {
      const one = ({ protocol, from, to }: PortRange): Flows => intern({ SCTP: [], TCP: [], UDP: [], [protocol]: [from, to] });
      return all.reduce((sum, range) => union(sum, one(range)), NONE);
    },
    union: (a, b) => (a === b || b === NONE || a === ALL ? a : a === NONE || b === ALL ? b : union(a, b)),
    intersect: (a, b) => (a === b || b === ALL || a === NONE ? a : a === ALL || b === NONE ? b : intersect(a, b)),
    subtract: (a, b) => (b === NONE || a === NONE ? a : b === ALL ? NONE : subtract(a, b)),
    ranges: (of) => ranges[of] as readonly PortRange[],
    text: (of) => texts[of] as string,
  };
}

function rangesOf(protocol: TransportProtocol, ports: Ports): PortRange[] {
  const ranges: PortRange[] = [];
  for (let i = 0; i < ports.length; i += 2) ranges.push({ protocol, from: ports[i] as number, to: ports[i + 1] as number });
  return ranges;
}

/** Walks both lists port boundary by port boundary; neighbours join. */
function sweep(a: Ports, b: Ports, keep: (inA: boolean, inB: boolean) => boolean): Ports {
  const edges = [...a, ...b].map((port, i) => ((i < a.length ? i : i - a.length) % 2 === 0 ? port : port + 1));
  const cuts = [...new Set(edges)].toSorted((x, y) => x - y);
  const kept: number[] = [];
  for (let i = 0; i + 1 < cuts.length; i++) {
    const from = cuts[i] as number;
    if (!keep(holds(a, from), holds(b, from))) continue;
    const to = (cuts[i + 1] as number) - 1;
    if (kept.at(-1) === from - 1) kept[kept.length - 1] = to;
    else kept.push(from, to);
  }
  return kept;
}

function holds(ports: Ports, port: number): boolean {
  for (let i = 0; i < ports.length; i += 2) if ((ports[i] as number) <= port && port <= (ports[i + 1] as number)) return true;
  return false;
}

function textOf(parts: Parts): string {
  const isWhole = (ports: Ports): boolean => ports.length === 2 && ports[0] === 1 && ports[1] === 65535;
  if (PROTOCOLS.every((protocol) => isWhole(parts[protocol]))) return "All Connections";
  const texts = PROTOCOLS.filter((protocol) => parts[protocol].length > 0).map((protocol) => {
    const ranges = rangesOf(protocol, parts[protocol]);
    return `${protocol} ${ranges.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(",")}`;
  });
  return texts.length === 0 ? "No Connections" : texts.join(",");
}
