// All connections of a cluster: class by class for those who compute, workload by workload for those who read.
import { rangeText } from "./addresses.ts";
import type { Decider } from "./decide.ts";
import { entryFlows } from "./entry-points.ts";
import { type Flows, NONE, type PortRange } from "./flows.ts";
import { CONTROLLER, type PodClass } from "./network.ts";
import type { Observations } from "../../../model/observation.ts";

/** `from` sends, `to` receives; a range of addresses stands outside the cluster. */
export interface ClassConnection {
  readonly from: PodClass | string;
  readonly to: PodClass | string;
  readonly flows: Flows;
}

/**
 * Both sides must let it pass: the sender's egress and the receiver's ingress.
 *
 * Source: Kubernetes, "Network Policies", The two sorts of pod isolation.
 */
export function eachConnection(decider: Decider, visit: (connection: ClassConnection) => void): void {
  const { network } = decider;
  const { classes, ranges, flows } = network;
  const own = classes.filter((each) => each !== network.controller);
  const ingress = own.map((each) => decider.row("ingress", each));
  for (const from of own) {
    const egress = decider.row("egress", from);
    own.forEach((to, i) => {
      const both = flows.intersect(egress[to.index] as Flows, ingress[i]?.[from.index] as Flows);
      if (both !== NONE) visit({ from, to, flows: both });
    });
    ranges.egress.forEach((range, i) => {
      const out = egress[classes.length + i] as Flows;
      if (out !== NONE) visit({ from, to: outside(rangeText(range)), flows: out });
    });
  }
  own.forEach((to, i) => {
    ranges.ingress.forEach((range, j) => {
      const into = ingress[i]?.[classes.length + j] as Flows;
      if (into !== NONE) visit({ from: outside(rangeText(range)), to, flows: into });
    });
  });
}

const outside = (range: string): string => `${range}[External]`;

export interface Connection {
  readonly src: string;
  readonly dst: string;
  /** `All Connections`, `TCP 80,443`. */
  readonly conn: string;
  readonly ports: readonly PortRange[];
}

/** Every pair of workloads, sorted by name. A workload is not shown to reach itself. */
export function listConnections(decider: Decider, observations: Observations): readonly Connection[] {
  const { flows } = decider.network;
  const pairs = new Map<string, Map<string, Flows>>();
  const add = (src: string, dst: string, each: Flows): void => {
    const from = pairs.get(src) ?? new Map<string, Flows>();
    pairs.set(src, from);
    from.set(dst, flows.union(from.get(dst) ?? NONE, each));
  };
  const named = new Map(decider.network.classes.map((each) => [each, each.members.map(({ name }) => name)] as const));
  const names = (end: PodClass | string): readonly string[] => (typeof end === "string" ? [end] : (named.get(end) as readonly string[]));
  eachConnection(decider, ({ from, to, flows: each }) => {
    for (const src of names(from)) for (const dst of names(to)) if (src !== dst) add(src, dst, each);
  });
  for (const entry of entryFlows(decider, observations)) add(CONTROLLER, entry.to.name, entry.flows);
  const sorted: Connection[] = [];
  for (const [src, to] of [...pairs].toSorted(byName))
    for (const [dst, each] of [...to].toSorted(byName)) sorted.push({ src, dst, conn: flows.text(each), ports: flows.ranges(each) });
  return sorted;
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : a > b ? 1 : 0);

export const lineOf = ({ src, dst, conn }: Connection): string => `${src} => ${dst} : ${conn}`;
