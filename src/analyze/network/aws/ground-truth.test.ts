// Every row of Batfish's own reachability tests that names endpoints, answered by the plane on the same files, with the differences explained.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Observation } from "../../../model/observation.ts";
import { indexObservations } from "../../../model/observation.ts";
import { readAll } from "../../../collect/aws/fixtures/read.ts";
import { parseAddress, type Address } from "./address.ts";
import { compileNetwork } from "./compile.ts";
import { connect, type Connection, type Origin } from "./connect.ts";
import { decider } from "./decide.ts";
import { type Flows, flowsOf, isEmpty, TCP } from "./flows.ts";
import type { Network } from "./network.ts";

const corpus = process.env["BULKHEAD_CORPUS"] ?? join(import.meta.dirname, "../../../../../shared/corpus");
const root = join(corpus, "aws/batfish+batfish");
const resources = join(root, "projects/batfish/src/test/resources");
const isThere = existsSync(root);

interface Row {
  readonly test: string;
  readonly folder: string;
  readonly from: string;
  readonly to: string;
  readonly extra: string;
  readonly disposition: string;
  readonly path: string;
}

/** Fields of a line of RFC 4180; no field of the table holds a line break. */
function fields(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((match) => (match[1] ?? match[2] ?? "").replaceAll('""', '"'));
}

function rows(): Row[] {
  const [, ...lines] = readFileSync(join(root, "GROUND_TRUTH_reachability.csv"), "utf8").trim().split("\n");
  return lines.map((line) => {
    const [, test = "", folder = "", , from = "", to = "", extra = "", disposition = "", path = ""] = fields(line);
    return { test, folder, from, to, extra, disposition, path };
  });
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

const networks = new Map<string, Network>();
function networkOf(folder: string): Network {
  const known = networks.get(folder);
  if (known) return known;
  const files = filesBelow(join(resources, folder)).filter((path) => path.endsWith(".json"));
  const answers = files.map((path) => {
    const scope = /accounts\/(\d{12})\//.exec(path)?.[1];
    return { document: JSON.parse(readFileSync(path, "utf8")) as unknown, path, ...(scope !== undefined && { scope }) };
  });
  const observations: readonly Observation[] = readAll(answers).observations;
  const { network, gaps } = compileNetwork(indexObservations(observations));
  expect(gaps).toEqual([]);
  networks.set(folder, network);
  return network;
}

/** Names that the Java tests keep in constants, read from the expected paths. */
function originOf(network: Network, row: Row): { readonly origin: Origin; readonly address?: Address } | undefined {
  const first = row.path.split(">")[0] ?? "";
  const source = parseAddress(row.to);
  if (first === "INTERNET_HOST_NAME") return { origin: { kind: "internet", address: parseAddress("8.8.8.8") as Address } };
  const endpoint = network.endpoints.find((each) => each.interface.instance === first);
  if (endpoint) return { origin: { kind: "endpoint", endpoint } };
  const subnet = network.subnets.get(first);
  if (subnet && source !== undefined) return { origin: { kind: "subnet", subnet, address: source } };
  const vpc = network.vpcs.get(first);
  if (vpc) return { origin: { kind: "vpc", vpc, address: vpc.ranges[0]?.from ?? 0 } };
  if (row.from === "_instanceNatSubnet") {
    const sender = network.endpoints.find(
      (each) => each.interface.instance !== undefined && [...network.nats.values()].some((nat) => nat.endpoint?.subnet === each.subnet),
    );
    return sender && { origin: { kind: "endpoint", endpoint: sender } };
  }
  const gateway = row.path.split(">")[1] ?? "";
  const home = [...network.vpcs.values()].find((each) => each.vpnGateways.includes(gateway));
  // The router's configuration is not among the files: any address behind it stands for it.
  return home && { origin: { kind: "on-premises", gateway, vpc: home, address: parseAddress("1.1.1.2") as Address } };
}

/** The sender's address, then the receiver's and a port; or the receiver's alone. */
function askedOf(row: Row): { readonly destination: Address | undefined; readonly flows: Flows } {
  const [first = "", second = ""] = row.extra.split(" ");
  const port = row.extra.includes("SSH") ? 22 : Number(/^\d+$/.test(first) ? first : second);
  const other = parseAddress(first);
  const fromBuilder = /Ip\.parse\("([\d.]+)"\)\) \.setIpProtocol|setDstIp\(Ip\.parse\("([\d.]+)"\)\)/.exec(row.from);
  const built = fromBuilder?.[1] ?? fromBuilder?.[2] ?? "";
  const destination = other ?? parseAddress(row.to) ?? parseAddress(built);
  // A flow without a protocol is protocol 0 in Batfish (Flow.Builder), which no rule about TCP takes in.
  const protocol = /IpProtocol/.test(row.from) ? 61 : 0;
  return { destination, flows: port > 0 ? flowsOf(TCP, [port, port]) : flowsOf(protocol, [0, 65535]) };
}

const ACCEPTED = /^(ACCEPTED|EXITS_NETWORK)/;

/** Batfish's word for how an answer of ours ends. */
function dispositionOf(connection: Connection): string {
  if (!isEmpty(connection.flows)) return connection.path.outcome.kind === "exits" ? `exits ${connection.path.outcome.to}` : "accepted";
  return `stopped: ${connection.stop?.code} at ${connection.stop?.element}`;
}

const SAME: Readonly<Record<string, readonly string[]>> = {
  DENIED_IN: ["security-group", "network-acl", "nat", "no-public-address"],
  NO_ROUTE: ["no-route", "blackhole"],
  NULL_ROUTED: ["no-subnet", "no-route", "blackhole", "not-attached", "unroutable"],
  NEIGHBOR_UNREACHABLE: ["no-interface"],
};

const sameAnswer = (row: Row, connection: Connection): boolean =>
  ACCEPTED.test(row.disposition)
    ? !isEmpty(connection.flows)
    : isEmpty(connection.flows) && (SAME[row.disposition] ?? []).includes(connection.stop?.code ?? "");

const BEYOND_THE_GATEWAY =
  "the on-premises router's configuration is not among the files: the way ends at the VPN gateway, as an exit; Batfish goes on into the router";

/** Rows answered otherwise, by test, each with its reason. */
const EXPLAINED: Readonly<Record<string, string>> = {
  testFromInternetToInvalidPublicIp:
    "Batfish carries the published address ranges of AWS and drops there; the address belongs to nothing in the estate in both answers",
  testToOnPrem: BEYOND_THE_GATEWAY,
  testInstanceToUnderlayInterfaceIp: BEYOND_THE_GATEWAY,
};

/** Batfish's nodes of the internet and on-premises are not elements of an estate. */
const elements = (hops: readonly string[]): string => hops.filter((hop) => /^(i|subnet|vpc|igw|nat|tgw|vgw|pcx)-/.test(hop)).join(">");

const keyOf = (row: Row): string => `${row.folder.split("/").at(-1)} ${row.test} ${row.extra.split(" ")[0]} ${row.to}`;

describe.skipIf(!isThere)("Batfish's reachability (skipped where BULKHEAD_CORPUS and ../shared/corpus are absent)", () => {
  test("every row that names endpoints is answered the same, or the difference is explained", () => {
    const counts = { same: 0, explained: 0, different: 0, "names no endpoint": 0 };
    const lines: string[] = [];
    for (const row of rows()) {
      const network = networkOf(row.folder);
      const from = originOf(network, row);
      let { destination, flows } = askedOf(row);
      if (row.from.includes("INSTANCE_2_IP"))
        destination = network.endpoints.find((each) => each.interface.instance === row.path.split(">").at(-1))?.private;
      if (from === undefined || destination === undefined) {
        counts["names no endpoint"]++;
        lines.push(`no endpoint  ${keyOf(row)}`);
        continue;
      }
      const connection = connect(decider(network), from.origin, { address: destination }, flows);
      const key = keyOf(row);
      const outcome = sameAnswer(row, connection) ? "same" : EXPLAINED[row.test] === undefined ? "different" : "explained";
      counts[outcome]++;
      const note = outcome === "explained" ? `: ${EXPLAINED[row.test]}` : "";
      lines.push(`${outcome.padEnd(10)} ${key.padEnd(75)} Batfish ${row.disposition}; ours ${dispositionOf(connection)}${note}`);
      // A NAT gateway refuses a protocol only where routes lead on, and the sender of one row is named by a constant of the Java test.
      if (!row.from.startsWith("_") && !row.test.startsWith("testUnsupported"))
        expect(elements(connection.path.hops), key).toBe(elements(row.path.split(">")));
    }
    const note = readFileSync(join(import.meta.dirname, "../../../../docs/network.md"), "utf8");
    for (const name of Object.keys(EXPLAINED)) expect(note).toContain(`| \`${name}\` |`);
    console.log(lines.join("\n"));
    console.table(counts);
    expect(counts).toEqual({ same: 31, explained: 3, different: 0, "names no endpoint": 0 });
  });
});
