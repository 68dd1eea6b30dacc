// A generated estate's network: VPCs on one transit gateway with a table an environment, some peered, with groups by block and by reference.
import type { AwsNetworkObservation } from "../src/model/observations/aws-network.ts";

export interface NetworkSize {
  readonly vpcs: number;
  readonly interfaces: number;
  /** `walled`: transit tables keep environments apart but for some leaks. `flat`: one table, and groups open to 10.0.0.0/8. */
  readonly shape: "walled" | "flat";
  readonly seed: number;
}

const ACCOUNTS = ["111111111111", "222222222222", "333333333333"] as const;
const SUBNETS = 6;
const GROUPS = 4;

/** xorshift32: the same numbers on every machine. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

export function generateNetwork({ vpcs, interfaces, shape, seed }: NetworkSize): AwsNetworkObservation[] {
  const next = random(seed);
  const source = { file: "generated.json" };
  const out: AwsNetworkObservation[] = [{ kind: "aws/transit-gateway", id: "tgw-1", referencesSecurityGroups: false, source }];
  const tables = shape === "flat" ? ["tgw-rtb-0"] : ACCOUNTS.map((_, i) => `tgw-rtb-${i}`);
  for (const table of tables) out.push({ kind: "aws/transit-gateway-routes-read", table, isComplete: true, source });
  for (let v = 0; v < vpcs; v++) {
    const environment = v % ACCOUNTS.length;
    const own = { source, account: ACCOUNTS[environment] as string };
    const vpc = `vpc-${v}`;
    const block = `10.${v}.0.0/16`;
    out.push({ kind: "aws/vpc", id: vpc, cidrs: [block], ...own });
    out.push({
      kind: "aws/route-table",
      id: `rtb-${v}`,
      vpc,
      isMain: true,
      subnets: [],
      gateways: [],
      routes: [
        { destination: block, target: "local", isBlackhole: false, isPropagated: false, source },
        { destination: "10.0.0.0/8", target: "tgw-1", isBlackhole: false, isPropagated: false, source },
        ...(v % 10 === 0 && v + 1 < vpcs
          ? [{ destination: `10.${v + 1}.0.0/16`, target: `pcx-${v}`, isBlackhole: false, isPropagated: false, source }]
          : []),
        ...(v % 10 === 1
          ? [{ destination: `10.${v - 1}.0.0/16`, target: `pcx-${v - 1}`, isBlackhole: false, isPropagated: false, source }]
          : []),
      ],
      ...own,
    });
    if (v % 10 === 0 && v + 1 < vpcs)
      out.push({ kind: "aws/vpc-peering", id: `pcx-${v}`, isActive: true, requester: { vpc }, accepter: { vpc: `vpc-${v + 1}` }, source });
    const attachment = `tgw-attach-${v}`;
    const table = shape === "flat" ? "tgw-rtb-0" : `tgw-rtb-${environment}`;
    out.push({
      kind: "aws/transit-gateway-attachment",
      id: attachment,
      gateway: "tgw-1",
      type: "vpc",
      resource: vpc,
      isAvailable: true,
      table,
      ...own,
    });
    const ids = Array.from({ length: SUBNETS }, (_, i) => `subnet-${v}-${i}`);
    out.push({
      kind: "aws/transit-gateway-vpc-attachment",
      id: attachment,
      gateway: "tgw-1",
      vpc,
      subnets: ids.slice(0, 3),
      isAvailable: true,
      ...own,
    });
    // A leak: every ninth VPC propagates into the table of another environment, and that one's table back.
    const into = shape === "flat" ? [table] : v % 9 === 0 ? tables : [table];
    for (const each of into) out.push({ kind: "aws/transit-gateway-propagation", table: each, attachment, resource: vpc, source });
    out.push({
      kind: "aws/network-acl",
      id: `acl-${v}`,
      vpc,
      isDefault: true,
      subnets: ids,
      entries: [true, false].flatMap((isEgress) => [
        ...(v % 7 === 0 ? [{ number: 50, isEgress, isAllow: false, protocol: "6", cidr: "10.0.0.0/12", from: 23, to: 23, source }] : []),
        { number: 100, isEgress, isAllow: true, protocol: "-1", cidr: "0.0.0.0/0", source },
      ]),
      ...own,
    });
    ids.forEach((id, i) =>
      out.push({
        kind: "aws/subnet",
        id,
        vpc,
        cidrs: [`10.${v}.${i * 16}.0/20`],
        zoneName: `eu-west-1${"abc"[i % 3]}`,
        zoneId: `euw1-az${i % 3}`,
        ...own,
      }),
    );
    for (let g = 0; g < GROUPS; g++) {
      const peer =
        shape === "flat"
          ? { cidr: "10.0.0.0/8" }
          : g === 0
            ? { cidr: "10.0.0.0/8" }
            : g === 1
              ? { group: `sg-${v}-0` }
              : { cidr: `10.${next(vpcs)}.0.0/16` };
      out.push({
        kind: "aws/security-group",
        id: `sg-${v}-${g}`,
        name: `g${g}`,
        vpc,
        ingress: [
          { protocol: "tcp", from: 443, to: 443, peer, source },
          ...(next(20) === 0
            ? [{ protocol: "tcp", from: 22, to: 22, peer: { cidr: `10.${next(vpcs)}.${next(96)}.${next(250)}/32` }, source }]
            : []),
        ],
        egress: [{ protocol: "-1", peer: { cidr: "0.0.0.0/0" }, source }],
        ...own,
      });
    }
    for (let n = 0; n < interfaces / vpcs; n++) {
      const subnet = n % SUBNETS;
      out.push({
        kind: "aws/network-interface",
        id: `eni-${v}-${n}`,
        vpc,
        subnet: ids[subnet] as string,
        type: "interface",
        description: "",
        addresses: [{ private: `10.${v}.${subnet * 16}.${10 + n}` }],
        groups: [`sg-${v}-${next(GROUPS)}`],
        instance: `i-${v}-${n}`,
        checksSourceAndDestination: true,
        ...own,
      });
    }
  }
  return out;
}
