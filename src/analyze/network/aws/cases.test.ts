// One walker for every case of a hard sentence: what can be opened, and which element stops the rest.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { indexObservations } from "../../../model/observation.ts";
import { parseAddress, type Address } from "./address.ts";
import { type CaseNetwork, observationsOf } from "./case-network.ts";
import { compileNetwork } from "./compile.ts";
import { connect, type Origin, type Target } from "./connect.ts";
import { decider } from "./decide.ts";
import { type Flows, flowsOfRule, isEmpty } from "./flows.ts";
import type { Network } from "./network.ts";

interface Question {
  /** An interface, `internet ADDRESS`, or `vgw-… ADDRESS`. */
  readonly from: string;
  /** An interface, its public address as `public NAME`, or an address. */
  readonly to: string;
  /** `tcp 443`. */
  readonly flow: string;
  /** `open`, `may`, or `CODE ELEMENT`. */
  readonly answer: string;
}

interface Case {
  readonly name: string;
  readonly source: string;
  readonly network: CaseNetwork;
  readonly ask: readonly Question[];
}

const folder = new URL("./cases/", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".json"));

function originOf(network: Network, text: string): Origin {
  const [first = "", second] = text.split(" ");
  const address = second === undefined ? undefined : parseAddress(second);
  if (first === "internet" && address !== undefined) return { kind: "internet", address };
  const vpc = [...network.vpcs.values()].find((each) => each.vpnGateways.includes(first));
  if (vpc && address !== undefined) return { kind: "on-premises", gateway: first, vpc, address };
  const endpoint = network.byInterface.get(first);
  if (endpoint === undefined) throw new Error(`${text} is nowhere`);
  return { kind: "endpoint", endpoint };
}

function targetOf(network: Network, text: string): Target {
  const address = parseAddress(text);
  if (address !== undefined) return { address };
  const endpoint = network.byInterface.get(text.replace("public ", ""));
  if (endpoint === undefined) throw new Error(`${text} is nowhere`);
  if (!text.startsWith("public ")) return { address: endpoint.private, endpoint };
  return { address: endpoint.public as Address };
}

function flowOf(text: string): Flows {
  const [protocol = "", port] = text.split(" ");
  const number = port === undefined ? undefined : Number(port);
  const flows = flowsOfRule(protocol, number, protocol.startsWith("icmp") ? 0 : number);
  if (flows === undefined) throw new Error(`${text} is no flow`);
  return flows;
}

describe.each(files)("%s", (file) => {
  const cases = JSON.parse(readFileSync(new URL(file, folder), "utf8")) as readonly Case[];
  test.each(cases)("$name", ({ network: written, ask, source }) => {
    expect(source.length).toBeGreaterThan(10);
    const { network, gaps } = compileNetwork(indexObservations(observationsOf(written)));
    expect(gaps).toEqual([]);
    for (const { from, to, flow, answer } of ask) {
      const connection = connect(decider(network), originOf(network, from), targetOf(network, to), flowOf(flow));
      const told = isEmpty(connection.flows)
        ? `${connection.stop?.code} ${connection.stop?.element}`
        : connection.because.length > 0
          ? "may"
          : "open";
      expect(told, `${from} → ${to}, ${flow}: ${connection.stop?.why ?? connection.because.join("; ")}`).toBe(answer);
    }
  });
});
