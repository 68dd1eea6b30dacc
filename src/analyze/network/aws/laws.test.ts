// The fast structures against slow, obvious twins, on random input.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { generateNetwork } from "../../../../bench/generated-network.ts";
import { indexObservations } from "../../../model/observation.ts";
import { addressText, contains, parseAddress, parseCidr } from "./address.ts";
import { compileNetwork } from "./compile.ts";
import { connect } from "./connect.ts";
import { eachConnection } from "./connections.ts";
import { decider } from "./decide.ts";
import { ALL_FLOWS, type Flows, flowsOfRule, flowsText, hasFlow, intersect, isEmpty, NO_FLOWS, subtract, unite } from "./flows.ts";
import { lookup, prefixTable } from "./prefix-table.ts";

const flows: fc.Arbitrary<Flows> = fc.letrec<{ flows: Flows; rule: Flows }>((tie) => ({
  rule: fc
    .tuple(fc.constantFrom("tcp", "udp", "icmp", "-1", "50"), fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 }))
    .map(([protocol, from, length]) => flowsOfRule(protocol, from, from + length) as Flows),
  flows: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    tie("rule"),
    fc.constantFrom(ALL_FLOWS, NO_FLOWS),
    fc.tuple(tie("flows"), tie("flows"), fc.constantFrom(unite, intersect, subtract)).map(([a, b, join]) => join(a, b)),
  ),
})).flows;
const sample = [6, 17, 1, 50, 99].flatMap((protocol) =>
  [0, 1, 5, 19, 20, 21, 40, 41, 2048, 65535].map((port) => [protocol, port] as const),
);

describe("sets of flows", () => {
  test("join, meet and difference are those of their members", () => {
    fc.assert(
      fc.property(flows, flows, (a, b) => {
        for (const [protocol, port] of sample) {
          const inA = hasFlow(a, protocol, port);
          const inB = hasFlow(b, protocol, port);
          expect(hasFlow(unite(a, b), protocol, port)).toBe(inA || inB);
          expect(hasFlow(intersect(a, b), protocol, port)).toBe(inA && inB);
          expect(hasFlow(subtract(a, b), protocol, port)).toBe(inA && !inB);
        }
        expect(isEmpty(subtract(a, a))).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  test("are told in words", () => {
    expect(flowsText(unite(flowsOfRule("tcp", 22, 22) as Flows, flowsOfRule("tcp", 443, 444) as Flows))).toBe("tcp 22, 443-444");
    expect(flowsText(ALL_FLOWS)).toBe("everything");
  });
});

describe("addresses", () => {
  test.each([
    ["10.1.2.3", "10.1.2.3"],
    ["2001:db8::1", "2001:db8:0:0:0:0:0:1"],
    ["::", "0:0:0:0:0:0:0:0"],
  ])("%s is read and told", (text, told) => {
    const address = parseAddress(text);
    expect(address === undefined ? undefined : addressText(address)).toBe(told);
  });

  test.each(["10.1.2", "10.1.2.256", "1:2:3", "1::2::3", "12345::", "10.1.2.3/8", "x"])("%s is none", (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  test("the longest prefix wins, as a walk over all of them finds it", () => {
    const block = fc
      .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 20, max: 32 }))
      .map(([low, bits]) => `10.0.${low % 4}.${low}/${bits}`);
    fc.assert(
      fc.property(fc.array(block, { maxLength: 12 }), fc.integer({ min: 0, max: 1200 }), (blocks, offset) => {
        const entries = blocks.map((text, rank) => ({ range: parseCidr(text) as { from: number; to: number }, rank, value: rank }));
        const address = (parseAddress("10.0.0.0") as number) + offset;
        const size = ({ from, to }: { from: number; to: number }): number => to - from;
        const [best] = entries
          .filter(({ range }) => contains(range, address))
          .toSorted((a, b) => size(a.range) - size(b.range) || a.rank - b.rank);
        expect(lookup(prefixTable(entries), address)).toBe(best?.value);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("all connections", () => {
  test.each([
    ["walled", 1],
    ["walled", 7],
    ["flat", 3],
  ] as const)("a %s network gives pair by pair what connect answers (seed %i)", (shape, seed) => {
    const observations = indexObservations(generateNetwork({ vpcs: 12, interfaces: 96, shape, seed }));
    const { network } = compileNetwork(observations);
    const decide = decider(network);
    const found = new Map<string, string>();
    eachConnection(decide, network.endpoints, network.endpoints, ({ from, to, flows }) => {
      for (const a of from.endpoints) for (const b of to.endpoints) found.set(`${a.index} ${b.index}`, flowsText(flows));
    });
    let open = 0;
    for (const a of network.endpoints)
      for (const b of network.endpoints) {
        const asked = connect(decide, { kind: "endpoint", endpoint: a }, { address: b.private, endpoint: b });
        if (!isEmpty(asked.flows)) open++;
        expect(found.get(`${a.index} ${b.index}`), `${a.interface.id} → ${b.interface.id}`).toBe(
          isEmpty(asked.flows) ? undefined : flowsText(asked.flows),
        );
      }
    expect(open).toBeGreaterThan(100);
  });
});
