// How the cases of this folder write a network: short texts instead of whole answers of the CLI. Used by tests only.
import type { AwsNetworkAclEntry, AwsNetworkObservation, AwsSecurityGroupRule } from "../../../model/observations/aws-network.ts";

export interface CaseNetwork {
  readonly vpcs: Readonly<
    Record<string, { readonly cidrs: readonly string[]; readonly igw?: string; readonly vgw?: string; readonly region?: string }>
  >;
  readonly subnets: Readonly<
    Record<string, { readonly vpc: string; readonly cidr: string; readonly zone?: string; readonly table?: string }>
  >;
  /** Table → destination → target; a table with a VPC's id is its main table. `blackhole pcx-1` is a blackhole, `propagated vgw-1` propagated; `10.1.0.0/16 again` is a second route. */
  readonly routes: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** `tcp 443 from 10.0.0.0/8`, `tcp 22 from sg-b`, `all to 0.0.0.0/0`. Without `out`: all out. */
  readonly groups?: Readonly<Record<string, { readonly in: readonly string[]; readonly out?: readonly string[] }>>;
  /** `100 allow tcp 443 0.0.0.0/0`. Subnets without one of these have one that allows all. */
  readonly acls?: Readonly<
    Record<string, { readonly subnets: readonly string[]; readonly in: readonly string[]; readonly out: readonly string[] }>
  >;
  readonly interfaces: Readonly<
    Record<
      string,
      {
        readonly subnet: string;
        readonly ip: string;
        readonly public?: string;
        readonly groups?: readonly string[];
        readonly type?: string;
        readonly forwards?: boolean;
      }
    >
  >;
  readonly peerings?: Readonly<Record<string, { readonly between: readonly [string, string]; readonly active?: boolean }>>;
  readonly nats?: Readonly<Record<string, { readonly interface: string; readonly private?: boolean }>>;
  readonly prefixLists?: Readonly<Record<string, readonly string[]>>;
  readonly transit?: Readonly<
    Record<
      string,
      {
        /** Attachment → VPC, its subnets, the table it is associated with, the tables it propagates to. */
        readonly attachments: Readonly<
          Record<
            string,
            { readonly vpc: string; readonly subnets: readonly string[]; readonly table?: string; readonly propagates?: readonly string[] }
          >
        >;
        /** Table → destination → attachment, or `blackhole`. */
        readonly tables: Readonly<Record<string, Readonly<Record<string, string>>>>;
        readonly references?: boolean;
      }
    >
  >;
  readonly endpoints?: Readonly<Record<string, { readonly vpc: string; readonly type: string; readonly subnet?: string }>>;
}

const source = { file: "case.json" };

export function observationsOf(network: CaseNetwork): AwsNetworkObservation[] {
  return [...places(network), ...tables(network), ...filters(network), ...interfaces(network), ...ways(network), ...transit(network)];
}

function* places({ vpcs, subnets }: CaseNetwork): Iterable<AwsNetworkObservation> {
  for (const [id, { cidrs, igw, vgw }] of Object.entries(vpcs)) {
    yield { kind: "aws/vpc", id, cidrs, source };
    if (igw !== undefined) yield { kind: "aws/internet-gateway", id: igw, vpcs: [id], isEgressOnly: igw.startsWith("eigw"), source };
    if (vgw !== undefined) yield { kind: "aws/vpn-gateway", id: vgw, vpcs: [id], source };
  }
  for (const [id, { vpc, cidr, zone }] of Object.entries(subnets))
    yield { kind: "aws/subnet", id, vpc, cidrs: [cidr], zoneName: "eu-west-1a", zoneId: zone ?? "az1", account: "111122223333", source };
}

function* tables({ routes, vpcs, subnets }: CaseNetwork): Iterable<AwsNetworkObservation> {
  for (const [id, table] of Object.entries(routes)) {
    const using = Object.entries(subnets).filter(([, subnet]) => subnet.table === id);
    const vpc = id in vpcs ? id : (using[0]?.[1].vpc ?? "");
    yield {
      kind: "aws/route-table",
      id: `rtb-${id}`,
      vpc,
      isMain: id in vpcs,
      subnets: using.map(([subnet]) => subnet),
      gateways: [],
      routes: Object.entries(table).map(([destination, text]) => {
        const target = text.split(" ").at(-1) ?? "";
        return {
          destination: destination.split(" ")[0] ?? "",
          target,
          isBlackhole: text.startsWith("blackhole"),
          isPropagated: text.startsWith("propagated"),
          source,
        };
      }),
      source,
    };
  }
}

const PORTS = /^(all|[a-z0-9]+)(?: (\d+)(?:-(\d+))?)?$/;

function flow(text: string): { readonly protocol: string; readonly from?: number; readonly to?: number } {
  const [, protocol = "", from, to] = PORTS.exec(text) ?? [];
  if (protocol === "") throw new Error(`${text} is no flow`);
  if (from === undefined) return { protocol: protocol === "all" ? "-1" : protocol };
  return { protocol, from: Number(from), to: Number(to ?? from) };
}

function rule(text: string): AwsSecurityGroupRule {
  const [what = "", peer = ""] = text.split(/ (?:from|to) /);
  const named = peer.startsWith("sg-") ? { group: peer } : peer.startsWith("pl-") ? { prefixList: peer } : { cidr: peer };
  return { ...flow(what), peer: named, source };
}

function entry(text: string, isEgress: boolean): AwsNetworkAclEntry {
  const [number = "", action = "", ...rest] = text.split(" ");
  const cidr = rest.at(-1) ?? "";
  return { number: Number(number), isEgress, isAllow: action === "allow", ...flow(rest.slice(0, -1).join(" ")), cidr, source };
}

function* filters({ groups = {}, acls = {}, subnets, vpcs, prefixLists = {} }: CaseNetwork): Iterable<AwsNetworkObservation> {
  for (const [id, group] of Object.entries(groups))
    yield {
      kind: "aws/security-group",
      id,
      name: id,
      ingress: group.in.map(rule),
      egress: (group.out ?? ["all to 0.0.0.0/0", "all to ::/0"]).map(rule),
      source,
    };
  for (const [id, acl] of Object.entries(acls)) {
    const vpc = subnets[acl.subnets[0] ?? ""]?.vpc ?? "";
    const entries = [...acl.in.map((text) => entry(text, false)), ...acl.out.map((text) => entry(text, true))];
    yield { kind: "aws/network-acl", id, vpc, isDefault: false, subnets: acl.subnets, entries, source };
  }
  const covered = new Set(Object.values(acls).flatMap((acl) => acl.subnets));
  for (const vpc of Object.keys(vpcs)) {
    const open = Object.entries(subnets).filter(([id, subnet]) => subnet.vpc === vpc && !covered.has(id));
    const all = ["100 allow all 0.0.0.0/0", "101 allow all ::/0"];
    const entries = [...all.map((text) => entry(text, false)), ...all.map((text) => entry(text, true))];
    yield { kind: "aws/network-acl", id: `acl-${vpc}`, vpc, isDefault: true, subnets: open.map(([id]) => id), entries, source };
  }
  for (const [id, cidrs] of Object.entries(prefixLists)) yield { kind: "aws/prefix-list", id, cidrs, source };
}

function* interfaces({ interfaces, subnets }: CaseNetwork): Iterable<AwsNetworkObservation> {
  for (const [id, item] of Object.entries(interfaces))
    yield {
      kind: "aws/network-interface",
      id,
      vpc: subnets[item.subnet]?.vpc ?? "",
      subnet: item.subnet,
      type: item.type ?? "interface",
      description: "",
      addresses: [{ private: item.ip, ...(item.public !== undefined && { public: item.public }) }],
      groups: item.groups ?? [],
      checksSourceAndDestination: item.forwards !== true,
      source,
    };
}

function* ways({ peerings = {}, nats = {}, endpoints = {}, vpcs, interfaces }: CaseNetwork): Iterable<AwsNetworkObservation> {
  const side = (vpc: string) => ({ vpc, region: vpcs[vpc]?.region ?? "eu-west-1" });
  for (const [id, { between, active = true }] of Object.entries(peerings))
    yield { kind: "aws/vpc-peering", id, isActive: active, requester: side(between[0]), accepter: side(between[1]), source };
  for (const [id, nat] of Object.entries(nats)) {
    const item = interfaces[nat.interface];
    const address = { private: item?.ip ?? "", interface: nat.interface, ...(item?.public !== undefined && { public: item.public }) };
    yield {
      kind: "aws/nat-gateway",
      id,
      ...(item && { subnet: item.subnet }),
      isAvailable: true,
      isPrivate: nat.private ?? false,
      addresses: [address],
      source,
    };
  }
  for (const [id, { vpc, type, subnet }] of Object.entries(endpoints))
    yield {
      kind: "aws/vpc-endpoint",
      id,
      vpc,
      type,
      isAvailable: true,
      subnets: subnet === undefined ? [] : [subnet],
      interfaces: [],
      groups: [],
      source,
    };
}

function* transit({ transit = {} }: CaseNetwork): Iterable<AwsNetworkObservation> {
  for (const [gateway, { attachments, tables, references = false }] of Object.entries(transit)) {
    yield { kind: "aws/transit-gateway", id: gateway, referencesSecurityGroups: references, source };
    for (const [id, { vpc, subnets, table, propagates = [] }] of Object.entries(attachments)) {
      const own = table === undefined ? {} : { table };
      yield { kind: "aws/transit-gateway-attachment", id, gateway, type: "vpc", resource: vpc, isAvailable: true, ...own, source };
      yield {
        kind: "aws/transit-gateway-vpc-attachment",
        id,
        gateway,
        vpc,
        subnets,
        isAvailable: true,
        referencesSecurityGroups: references,
        source,
      };
      for (const into of propagates) yield { kind: "aws/transit-gateway-propagation", table: into, attachment: id, resource: vpc, source };
    }
    for (const [table, routes] of Object.entries(tables)) {
      yield { kind: "aws/transit-gateway-routes-read", table, isComplete: true, source };
      for (const [destination, to] of Object.entries(routes)) {
        const isBlackhole = to === "blackhole";
        yield {
          kind: "aws/transit-gateway-route",
          table,
          destination,
          isBlackhole,
          isPropagated: false,
          attachments: isBlackhole ? [] : [to],
          source,
        };
      }
    }
  }
}
