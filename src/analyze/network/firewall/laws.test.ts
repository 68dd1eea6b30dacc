// Laws: a device's answer is that of asking its rules one by one for one packet, and addresses of one part are answered alike.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { indexObservations } from "../../../model/observation.ts";
import type { FirewallRule, FirewallRules } from "../../../model/observations/firewall.ts";
import { type Address, addressText, parseAddress } from "../aws/address.ts";
import { hasFlow, TCP, UDP } from "../aws/flows.ts";
import { compileDevices, type Device, lettingThrough, partsOf, passing } from "./devices.ts";

const source = { file: "a.csv" };
const BASE = parseAddress("10.0.0.0") as number;
const SIZE = 16;
const all: readonly Address[] = Array.from({ length: SIZE }, (_, i) => BASE + i);
const PORTS = [0, 79, 80, 81, 443, 65535];

const range = fc
  .tuple(fc.nat(SIZE - 1), fc.nat(SIZE - 1))
  .map(([a, b]) => `${addressText(BASE + Math.min(a, b))}-${addressText(BASE + Math.max(a, b))}`);
const peers = fc.oneof(fc.constant(["any"]), fc.array(range, { minLength: 1, maxLength: 2 }));
const port = fc.constantFrom(...PORTS);
const rule = fc.record({
  isAllow: fc.boolean(),
  from: peers,
  to: peers,
  protocol: fc.constantFrom("any", "tcp", "udp"),
  ports: fc.array(
    fc.tuple(port, port).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const),
    { maxLength: 2 },
  ),
});
const rules = fc
  .array(rule, { maxLength: 6 })
  .map((list) => list.map((each, order): FirewallRule => ({ ...each, ports: each.protocol === "any" ? [] : each.ports, order, source })));

const deviceOf = (list: readonly FirewallRule[], otherwise: "deny" | "allow"): Device => {
  const observed: FirewallRules = { kind: "firewall/rules", device: "edge", otherwise, rules: list, source };
  return compileDevices(indexObservations([observed]), []).byName.get("edge") as Device;
};

/** As an administrator reads the list: from the top, the first that fits decides. */
function plainly(
  list: readonly FirewallRule[],
  otherwise: "deny" | "allow",
  from: Address,
  to: Address,
  protocol: string,
  at: number,
): boolean {
  const fits = (texts: readonly string[], address: Address): boolean =>
    texts.some((text) => {
      if (text === "any") return true;
      const [first = 0, last = 0] = text.split("-").map((each) => parseAddress(each) ?? 0);
      return first <= address && address <= last;
    });
  for (const each of list) {
    const isPort = each.ports.length === 0 || each.ports.some(([first, last]) => first <= at && at <= last);
    if (fits(each.from, from) && fits(each.to, to) && (each.protocol === "any" || each.protocol === protocol) && isPort)
      return each.isAllow;
  }
  return otherwise === "allow";
}

const cases = [rules, fc.constantFrom("deny", "allow"), fc.constantFrom(...all), fc.constantFrom(...all)] as const;

test("what a device lets pass is what its rules say one by one", () => {
  fc.assert(
    fc.property(...cases, (list, otherwise, from, to) => {
      const flows = passing(deviceOf(list, otherwise), from, to);
      for (const [name, number] of [
        ["tcp", TCP],
        ["udp", UDP],
        ["132", 132],
      ] as const)
        for (const at of PORTS) expect(hasFlow(flows, number, at)).toBe(plainly(list, otherwise, from, to, name, at));
    }),
    { numRuns: 2_000 },
  );
});

test("each flow is let through by one rule alone: the first that fits", () => {
  fc.assert(
    fc.property(...cases, (list, otherwise, from, to) => {
      const each = [...lettingThrough(deviceOf(list, otherwise), from, to)];
      for (const at of PORTS) expect(each.filter(({ flows }) => hasFlow(flows, TCP, at)).length).toBeLessThan(2);
    }),
    { numRuns: 1_000 },
  );
});

test("addresses of one part are answered alike", () => {
  fc.assert(
    fc.property(rules, fc.constantFrom(...all), (list, to) => {
      const device = deviceOf(list, "deny");
      const parts = partsOf([{ from: BASE, to: BASE + SIZE - 1 }], [device], "from");
      for (const from of all) {
        const first = parts.findLast((part) => part <= from) as Address;
        expect(passing(device, from, to)).toEqual(passing(device, first, to));
      }
    }),
    { numRuns: 500 },
  );
});
