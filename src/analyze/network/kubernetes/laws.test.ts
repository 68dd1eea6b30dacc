// The engine beside its slow, obvious twin, which asks about one pair of pods, one protocol and one port at a time.
import fc from "fast-check";
import { expect, test } from "vitest";
import { indexObservations } from "../../../model/observation.ts";
import type { KubernetesWorkload } from "../../../model/observations/kubernetes.ts";
import { eachConnection } from "./connections.ts";
import { decider } from "./decide.ts";
import { flowTable, NONE } from "./flows.ts";
import { compileNetwork, type PodClass } from "./network.ts";
import { ADDRESSES, observationsOf, PORTS, PROTOCOLS, world } from "./random-cluster.ts";
import { type Address, addressOf, type Packet, slowly } from "./slow-network.ts";

test("law: classes answer as pods do, one packet at a time", () => {
  const runs = Number(process.env["BULKHEAD_LAW_RUNS"] ?? 400);
  fc.assert(
    fc.property(world, (all) => {
      const network = compileNetwork(indexObservations(observationsOf(all)), "c");
      const decide = decider(network, "listed");
      const { flows, classes } = network;
      const open = new Map<string, number>();
      const key = (end: PodClass | string): string => (typeof end === "string" ? end : String(end.index));
      eachConnection(decide, ({ from, to, flows: each }) => open.set(`${key(from)} ${key(to)}`, each));
      const classOf = (one: KubernetesWorkload): PodClass =>
        classes.find(({ members }) => members.some(({ workload: own }) => own === one)) as PodClass;
      const rangeOf = ({ family, value }: Address, direction: "ingress" | "egress"): number =>
        network.ranges[direction].findIndex((range) => range.family === family && range.from <= value && value <= range.to);
      const holds = (id: number, { protocol: asked, port }: Packet): boolean =>
        flows.ranges(id).some((range) => range.protocol === asked && range.from <= port && port <= range.to);
      for (const asked of PROTOCOLS)
        for (const port of PORTS) {
          const packet = { protocol: asked, port };
          for (const from of all.pods)
            for (const to of all.pods) {
              if (from === to) continue;
              expect(holds(open.get(`${classOf(from).index} ${classOf(to).index}`) ?? NONE, packet)).toBe(slowly(all, from, to, packet));
            }
          for (const address of ADDRESSES.map(addressOf))
            for (const one of all.pods) {
              const of = classOf(one);
              // A family that no policy names has no ranges: every address of it is alike, and none is listed.
              const [out, into] = [rangeOf(address, "egress"), rangeOf(address, "ingress")];
              if (out >= 0)
                expect(holds(decide.row("egress", of)[classes.length + out] as number, packet)).toBe(slowly(all, one, address, packet));
              if (into >= 0)
                expect(holds(decide.row("ingress", of)[classes.length + into] as number, packet)).toBe(slowly(all, address, one, packet));
            }
        }
    }),
    { numRuns: runs },
  );
});

test("law: certain is never more than listed, and listed never more than possible", () => {
  fc.assert(
    fc.property(world, (all) => {
      const network = compileNetwork(indexObservations(observationsOf(all)), "c");
      const [certain, listed, possible] = [decider(network, "certain"), decider(network, "listed"), decider(network, "possible")];
      for (const of of network.classes)
        for (const direction of ["ingress", "egress"] as const) {
          const [less, shown, more] = [certain.row(direction, of), listed.row(direction, of), possible.row(direction, of)];
          less.forEach((each, i) => expect(network.flows.subtract(each, shown[i] as number)).toBe(NONE));
          shown.forEach((each, i) => expect(network.flows.subtract(each, more[i] as number)).toBe(NONE));
        }
    }),
    { numRuns: 1000 },
  );
});

test("law: sets of ports are a Boolean algebra, and equal sets are one number", () => {
  const ranges = fc.array(
    fc
      .record({ protocol: fc.constantFrom(...PROTOCOLS), from: fc.integer({ min: 1, max: 12 }), size: fc.integer({ min: 0, max: 5 }) })
      .map(({ protocol: of, from, size }) => ({ protocol: of, from, to: from + size })),
    { maxLength: 4 },
  );
  const table = flowTable();
  fc.assert(
    fc.property(ranges, ranges, (one, other) => {
      const [a, b] = [table.of(one), table.of(other)];
      expect(table.union(a, b)).toBe(table.of([...one, ...other]));
      expect(table.union(table.intersect(a, b), table.subtract(a, b))).toBe(a);
      expect(table.intersect(table.subtract(a, b), b)).toBe(NONE);
      expect(table.of(table.ranges(a))).toBe(a);
    }),
  );
});
