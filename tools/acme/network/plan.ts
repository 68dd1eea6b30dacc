// Acme's network as it is planned: VPCs, what stands in them, and what lets what in. Blocks, ports and names in the terms people use.
import type { AccountName } from "../names.ts";
import { hex } from "../pseudo.ts";

export type VpcName = "production" | "archive" | "development" | "sandbox" | "tooling";

export interface SubnetPlan {
  readonly name: string;
  readonly cidr: string;
  readonly zone: "a" | "b";
  readonly table: string;
  readonly acl?: string;
}

export interface VpcPlan {
  readonly name: VpcName;
  readonly account: AccountName;
  readonly cidr: string;
  readonly subnets: readonly SubnetPlan[];
  /** Table → block → target; the first table is the main one. */
  readonly tables: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly isPublic: boolean;
  /** ACL → its denials of what comes in, above the entry that allows all. */
  readonly acls?: Readonly<Record<string, readonly string[]>>;
}

export const idOf = (type: string, name: string): string => `${type}-0${hex(`network/${type}/${name}`, 16)}`;

export const TRANSIT = idOf("tgw", "acme");
export const PEERING = idOf("pcx", "archive");

const subnet = (name: string, cidr: string, zone: "a" | "b", table: string, acl?: string): SubnetPlan => ({
  name,
  cidr,
  zone,
  table,
  ...(acl !== undefined && { acl }),
});

const out = (vpc: VpcName): Readonly<Record<string, string>> => ({ "0.0.0.0/0": idOf("nat", vpc), "10.0.0.0/8": TRANSIT });

export const VPCS: readonly VpcPlan[] = [
  {
    name: "production",
    account: "production",
    cidr: "10.20.0.0/16",
    subnets: [
      subnet("production-nodes-a", "10.20.1.0/24", "a", "private"),
      subnet("production-nodes-b", "10.20.2.0/24", "b", "private"),
      subnet("production-data-a", "10.20.11.0/24", "a", "private"),
      subnet("production-data-b", "10.20.12.0/24", "b", "private"),
      subnet("production-sessions-a", "10.20.21.0/24", "a", "private", "sessions"),
      subnet("production-public-a", "10.20.101.0/24", "a", "public"),
      subnet("production-public-b", "10.20.102.0/24", "b", "public"),
    ],
    tables: { private: out("production"), public: { "0.0.0.0/0": idOf("igw", "production") } },
    isPublic: true,
    acls: { sessions: ["10.10.0.0/16", "10.12.0.0/16"] },
  },
  {
    name: "archive",
    account: "production",
    cidr: "10.21.0.0/16",
    subnets: [subnet("archive-a", "10.21.1.0/24", "a", "private")],
    // What is subtle but fine (m): the peering has a route in development and none back.
    tables: { private: {} },
    isPublic: false,
  },
  {
    name: "development",
    account: "development",
    cidr: "10.10.0.0/16",
    subnets: [
      subnet("development-nodes-a", "10.10.1.0/24", "a", "private"),
      subnet("development-nodes-b", "10.10.2.0/24", "b", "private"),
      subnet("development-data-a", "10.10.11.0/24", "a", "private"),
      subnet("development-data-b", "10.10.12.0/24", "b", "private"),
      subnet("development-public-a", "10.10.101.0/24", "a", "public"),
    ],
    tables: {
      private: { ...out("development"), "10.21.0.0/16": PEERING },
      public: { "0.0.0.0/0": idOf("igw", "development") },
    },
    isPublic: true,
  },
  {
    name: "sandbox",
    account: "development",
    cidr: "10.12.0.0/16",
    subnets: [subnet("sandbox-a", "10.12.1.0/24", "a", "private")],
    tables: { private: { "10.0.0.0/8": TRANSIT } },
    isPublic: false,
  },
  {
    name: "tooling",
    account: "tooling",
    cidr: "10.30.0.0/16",
    subnets: [subnet("tooling-a", "10.30.1.0/24", "a", "private"), subnet("tooling-b", "10.30.2.0/24", "b", "private")],
    tables: { private: { "10.0.0.0/8": TRANSIT } },
    isPublic: false,
  },
];

/** Subnets through which the transit gateway enters each VPC; the archive is not attached. */
export const ATTACHED: Readonly<Partial<Record<VpcName, readonly string[]>>> = {
  production: ["production-nodes-a", "production-nodes-b"],
  development: ["development-nodes-a", "development-nodes-b"],
  sandbox: ["sandbox-a"],
  tooling: ["tooling-a", "tooling-b"],
};

export interface TransitTablePlan {
  readonly name: string;
  readonly associated: readonly VpcName[];
  readonly propagated: readonly VpcName[];
  readonly fixedRoutes: Readonly<Record<string, VpcName>>;
}

export const transitTables = (fixed: boolean): readonly TransitTablePlan[] => [
  {
    name: "production",
    associated: ["production"],
    // FLAW 10, the way back: development's block is known to production's table. Fixed: the tooling account's alone.
    propagated: fixed ? ["tooling"] : ["tooling", "development"],
    fixedRoutes: {},
  },
  {
    name: "non-production",
    associated: ["development"],
    propagated: ["tooling"],
    // FLAW 10, the way there: a route that someone put in for a migration and left. Fixed: it is gone.
    fixedRoutes: fixed ? {} : { "10.20.0.0/16": "production" },
  },
  // What is subtle but fine (p): the sandbox is attached and associated, and nothing of production propagates to its table.
  { name: "sandbox", associated: ["sandbox"], propagated: ["tooling"], fixedRoutes: {} },
  { name: "tooling", associated: ["tooling"], propagated: ["production", "development", "sandbox"], fixedRoutes: {} },
];

export interface GroupPlan {
  readonly name: string;
  readonly vpc: VpcName;
  /** Port, or `all`, and from where: a block or the name of a group. */
  readonly ingress: readonly (readonly [port: number | "all", from: string, why: string])[];
}

export const groups = (fixed: boolean): readonly GroupPlan[] => [
  {
    name: "production-database",
    vpc: "production",
    // FLAW 10: the private network is taken for one's own. Fixed: the nodes of production.
    ingress: [[5432, fixed ? "production-nodes" : "10.0.0.0/8", "applications"]],
  },
  {
    name: "production-nodes",
    vpc: "production",
    ingress: [
      ["all", "production-nodes", "pods among themselves"],
      [8080, "production-web", "load balancer"],
      [9100, "10.30.0.0/16", "metrics, read from the tooling account"],
    ],
  },
  { name: "production-cluster", vpc: "production", ingress: [[443, "production-nodes", "kubelets"]] },
  // What is subtle but fine (q): everyone can reach it, and so development can.
  { name: "production-web", vpc: "production", ingress: [[443, "0.0.0.0/0", "the shop's customers"]] },
  // What is subtle but fine (o): admitted here, and stopped by the subnet's network ACL before.
  { name: "production-sessions", vpc: "production", ingress: [[6379, "10.0.0.0/8", "session store"]] },
  // What is subtle but fine (n): an office's block, which nothing of development holds.
  { name: "production-reports", vpc: "production", ingress: [[8443, "10.40.0.0/16", "the office in Delft"]] },
  { name: "archive", vpc: "archive", ingress: [[22, "10.0.0.0/8", "import"]] },
  {
    name: "development-database",
    vpc: "development",
    ingress: [[5432, "development-nodes", "applications"]],
  },
  {
    name: "development-nodes",
    vpc: "development",
    ingress: [
      ["all", "development-nodes", "pods among themselves"],
      [9100, "10.30.0.0/16", "metrics, read from the tooling account"],
    ],
  },
  { name: "development-cluster", vpc: "development", ingress: [[443, "development-nodes", "kubelets"]] },
  { name: "sandbox-export", vpc: "sandbox", ingress: [] },
  { name: "tooling-metrics", vpc: "tooling", ingress: [[443, "10.0.0.0/8", "dashboards"]] },
];

export interface InterfacePlan {
  readonly name: string;
  readonly subnet: string;
  readonly ip: string;
  readonly isPublic?: true;
  readonly group?: string;
  readonly type: "instance" | "database" | "function" | "balancer" | "cache" | "cluster" | "nat" | "transit";
  /** An instance's role: the name of its profile. */
  readonly role?: string;
}

const transit = (subnetName: string, ip: string): InterfacePlan => ({
  name: `transit-${subnetName}`,
  subnet: subnetName,
  ip,
  type: "transit",
});

const node = (cluster: "production" | "development", zone: "a" | "b", ip: string): InterfacePlan => ({
  name: `${cluster}-node-${zone}`,
  subnet: `${cluster}-nodes-${zone}`,
  ip,
  group: `${cluster}-nodes`,
  type: "instance",
  role: `eks-${cluster}-node`,
});

export const INTERFACES: readonly InterfacePlan[] = [
  node("production", "a", "10.20.1.21"),
  node("production", "b", "10.20.2.22"),
  { name: "production-database-a", subnet: "production-data-a", ip: "10.20.11.30", group: "production-database", type: "database" },
  { name: "production-sessions", subnet: "production-sessions-a", ip: "10.20.21.40", group: "production-sessions", type: "cache" },
  { name: "production-reports", subnet: "production-nodes-b", ip: "10.20.2.50", group: "production-reports", type: "instance" },
  { name: "production-cluster-a", subnet: "production-nodes-a", ip: "10.20.1.8", group: "production-cluster", type: "cluster" },
  { name: "production-web-a", subnet: "production-public-a", ip: "10.20.101.9", group: "production-web", type: "balancer", isPublic: true },
  { name: "production-web-b", subnet: "production-public-b", ip: "10.20.102.9", group: "production-web", type: "balancer", isPublic: true },
  { name: "production-nat", subnet: "production-public-a", ip: "10.20.101.5", type: "nat", isPublic: true },
  transit("production-nodes-a", "10.20.1.6"),
  transit("production-nodes-b", "10.20.2.6"),
  { name: "archive", subnet: "archive-a", ip: "10.21.1.10", group: "archive", type: "instance" },
  node("development", "a", "10.10.1.21"),
  node("development", "b", "10.10.2.22"),
  { name: "development-database-a", subnet: "development-data-a", ip: "10.10.11.30", group: "development-database", type: "database" },
  { name: "development-cluster-a", subnet: "development-nodes-a", ip: "10.10.1.8", group: "development-cluster", type: "cluster" },
  { name: "development-nat", subnet: "development-public-a", ip: "10.10.101.5", type: "nat", isPublic: true },
  transit("development-nodes-a", "10.10.1.6"),
  transit("development-nodes-b", "10.10.2.6"),
  { name: "batch-export", subnet: "sandbox-a", ip: "10.12.1.20", group: "sandbox-export", type: "function" },
  transit("sandbox-a", "10.12.1.6"),
  { name: "tooling-metrics", subnet: "tooling-a", ip: "10.30.1.20", group: "tooling-metrics", type: "instance" },
  transit("tooling-a", "10.30.1.6"),
  transit("tooling-b", "10.30.2.6"),
];

export const vpcOf = (subnetName: string): VpcPlan => {
  const found = VPCS.find(({ subnets }) => subnets.some(({ name }) => name === subnetName));
  if (!found) throw new Error(`no VPC holds subnet ${subnetName}`);
  return found;
};
