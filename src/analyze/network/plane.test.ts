// The plane as a whole: what follows by its rules is what connect answers, no more and no less, and nothing but connections follows.
import { expect, test } from "vitest";
import { generateNetwork } from "../../../bench/generated-network.ts";
import { Charter } from "../../charter/schema.ts";
import type { Gap } from "../../model/gap.ts";
import type { Observation } from "../../model/observation.ts";
import { indexObservations } from "../../model/observation.ts";
import { fact, factText, type Rule } from "../../model/rule.ts";
import { derive } from "../derive.ts";
import { type CaseNetwork, observationsOf } from "./aws/case-network.ts";
import { connect } from "./aws/connect.ts";
import { awsNetwork } from "./aws/entities.ts";
import { isEmpty } from "./aws/flows.ts";
import { networkPlane } from "./plane.ts";

const DEVELOPMENT = "111111111111";
const TEST = "222222222222";
const PRODUCTION = "333333333333";

const environment = (name: string, account: string) => ({
  name,
  tier: name,
  purpose: "one",
  owner: "someone",
  data: "none",
  boundary: { aws: { accounts: [account] } },
});
const charter = Charter.parse({
  bulkhead: 1,
  organization: { name: "acme" },
  environments: [environment("development", DEVELOPMENT), environment("test", TEST), environment("production", PRODUCTION)],
});

const estateOf = (observations: readonly Observation[], gaps: readonly Gap[] = []) => derive(observations, charter, gaps, [networkPlane]);

function follows(rules: readonly Rule[], from: string, isMay = false): ReadonlySet<string> {
  const known = new Set([`control ${from}`]);
  for (let size = -1; size !== known.size;) {
    size = known.size;
    for (const { needs, atLeast, gives, certainty } of rules)
      if ((isMay || certainty === "must") && needs.filter((need) => known.has(factText(need))).length >= (atLeast ?? needs.length))
        known.add(factText(gives));
  }
  return known;
}

test.each([
  ["walled", 2],
  ["flat", 5],
] as const)("in a %s network, control of a lower instance leads to exactly the connections that exist (seed %i)", (shape, seed) => {
  const observations = generateNetwork({ vpcs: 12, interfaces: 60, shape, seed });
  const { rules, untaken } = estateOf(observations);
  expect(untaken.filter((gap) => gap.topic === "aws/network")).toEqual([]);
  const { network, decide } = awsNetwork(indexObservations(observations));
  const isProduction = (account: string | undefined): boolean => account === PRODUCTION;
  let open = 0;
  for (const from of network.endpoints.filter((each) => !isProduction(each.interface.account))) {
    const reached = follows(rules, from.owners[0] as string);
    for (const to of network.endpoints.filter((each) => isProduction(each.interface.account))) {
      const { flows } = connect(decide, { kind: "endpoint", endpoint: from }, { address: to.private, endpoint: to });
      if (!isEmpty(flows)) open++;
      expect(reached.has(factText(fact("connect", to.owners[0] as string))), `${from.interface.id} → ${to.interface.id}`).toBe(
        !isEmpty(flows),
      );
    }
  }
  expect(open).toBeGreaterThan(4);
});

test("the plane gives connections and what sends, and nothing that a statement is about", () => {
  const { rules } = estateOf(generateNetwork({ vpcs: 12, interfaces: 60, shape: "flat", seed: 5 }));
  expect(rules.length).toBeGreaterThan(0);
  expect(new Set(rules.map((rule) => rule.gives.capability))).toEqual(new Set(["connect", "act-as"]));
  expect(new Set(rules.map((rule) => rule.family))).toEqual(new Set(["aws/connect"]));
});

test("the rule of the receiver's group is the first grant", () => {
  const { rules } = estateOf(generateNetwork({ vpcs: 12, interfaces: 60, shape: "flat", seed: 5 }));
  const across = rules.filter((rule) => rule.gives.capability === "connect" && rule.needs.every((need) => need.capability === "act-as"));
  expect(across.length).toBeGreaterThan(0);
  for (const { grants } of across) expect(grants[0]?.label).toMatch(/^inbound rule of sg-\d+-\d+ \(g\d+\) for tcp/);
});

const exposed: CaseNetwork = {
  vpcs: { "vpc-a": { cidrs: ["10.1.0.0/16"], igw: "igw-a" }, "vpc-b": { cidrs: ["10.2.0.0/16"], igw: "igw-b" } },
  subnets: { "subnet-a": { vpc: "vpc-a", cidr: "10.1.1.0/24" }, "subnet-b": { vpc: "vpc-b", cidr: "10.2.1.0/24" } },
  routes: { "vpc-a": { "10.1.0.0/16": "local", "0.0.0.0/0": "igw-a" }, "vpc-b": { "10.2.0.0/16": "local", "0.0.0.0/0": "igw-b" } },
  groups: { "sg-a": { in: [] }, "sg-b": { in: ["tcp 443 from 0.0.0.0/0", "tcp 22 from 203.0.113.10/32"] } },
  interfaces: {
    client: { subnet: "subnet-a", ip: "10.1.1.10", public: "203.0.113.10", groups: ["sg-a"] },
    server: { subnet: "subnet-b", ip: "10.2.1.10", public: "203.0.113.20", groups: ["sg-b"] },
  },
};
const owned = (network: CaseNetwork): Observation[] =>
  observationsOf(network).map((item) =>
    item.kind === "aws/network-interface"
      ? { ...item, instance: `i-${item.id}`, account: item.id === "client" ? DEVELOPMENT : PRODUCTION }
      : item,
  );
const client = `arn:aws:ec2:eu-west-1:${DEVELOPMENT}:instance/i-client`;
const server = factText(fact("connect", `arn:aws:ec2:eu-west-1:${PRODUCTION}:instance/i-server`));

test("what a stranger could open is no crossing; what only this sender can open is one", () => {
  const { rules } = estateOf(owned(exposed));
  expect(follows(rules, client).has(server)).toBe(true);
  const how = rules.map((rule) => rule.how).find((text) => text.includes("can open"));
  expect(how).toContain("tcp 22");
  expect(how).not.toContain("443");
  const toAll = owned({ ...exposed, groups: { ...exposed.groups, "sg-b": { in: ["tcp 443 from 0.0.0.0/0"] } } });
  expect(follows(estateOf(toAll).rules, client, true).has(server)).toBe(false);
});

const LB = `arn:aws:elasticloadbalancing:eu-west-1:${PRODUCTION}:loadbalancer/app/shop/1`;
const GROUP = `arn:aws:elasticloadbalancing:eu-west-1:${PRODUCTION}:targetgroup/shop/2`;
const source = { file: "case.json" };

/** A load balancer in production before a server that lets in the balancer's group alone. */
function balanced(listener: number, allowed: string): Observation[] {
  const network: CaseNetwork = {
    ...exposed,
    peerings: { "pcx-1": { between: ["vpc-a", "vpc-b"] } },
    routes: {
      "vpc-a": { "10.1.0.0/16": "local", "10.2.0.0/16": "pcx-1" },
      "vpc-b": { "10.2.0.0/16": "local", "10.1.0.0/16": "pcx-1" },
    },
    groups: { "sg-a": { in: [] }, "sg-lb": { in: ["tcp 443 from 10.1.0.0/16"] }, "sg-b": { in: [allowed] } },
    interfaces: { ...exposed.interfaces, balancer: { subnet: "subnet-b", ip: "10.2.1.99", groups: ["sg-lb"] } },
  };
  const items = owned(network).map((item) => {
    if (item.kind !== "aws/network-interface" || item.id !== "balancer") return item;
    const { instance: _instance, ...rest } = item;
    return { ...rest, description: "ELB app/shop/1" };
  });
  return [
    ...items,
    {
      kind: "aws/load-balancer",
      arn: LB,
      name: "shop",
      type: "application",
      isInternetFacing: false,
      vpc: "vpc-b",
      subnets: ["subnet-b"],
      groups: ["sg-lb"],
      host: "shop.internal",
      account: PRODUCTION,
      source,
    },
    { kind: "aws/listener", arn: `${LB}/l`, loadBalancer: LB, protocol: "HTTPS", port: listener, targetGroups: [GROUP], source },
    { kind: "aws/target-group", arn: GROUP, name: "shop", protocol: "HTTP", port: 8080, type: "instance", loadBalancers: [LB], source },
    { kind: "aws/target-health", targetGroup: GROUP, targets: [{ id: "i-server", port: 8080 }], source },
  ];
}

test("a load balancer is a hop: who opens its listener gets to the targets that let it in", () => {
  const balancer = factText(fact("connect", LB));
  const reached = follows(estateOf(balanced(443, "tcp 8080 from sg-lb")).rules, client);
  expect([reached.has(balancer), reached.has(server)]).toEqual([true, true]);
  const otherPort = follows(estateOf(balanced(8443, "tcp 8080 from sg-lb")).rules, client, true);
  expect([otherPort.has(balancer), otherPort.has(server)]).toEqual([false, false]);
  const refused = follows(estateOf(balanced(443, "tcp 9090 from sg-lb")).rules, client, true);
  expect([refused.has(balancer), refused.has(server)]).toEqual([true, false]);
});

test("a gap about a network is taken, and what it could hold may be opened in its account alone", () => {
  const gap = (account: string): Gap => ({
    topic: "aws/network",
    subject: `${account}:ec2`,
    what: "security groups",
    why: "UnauthorizedOperation",
    clauses: ["B4"],
  });
  const closed = owned({ ...exposed, groups: { "sg-a": { in: [] }, "sg-b": { in: [] } } });
  const own = estateOf(closed, [gap(PRODUCTION)]);
  expect(own.untaken.map((each) => each.topic)).not.toContain("aws/network");
  expect(follows(own.rules, client).has(server)).toBe(false);
  expect(follows(own.rules, client, true).has(server)).toBe(true);
  expect(follows(estateOf(closed, [gap("444444444444")]).rules, client, true).has(server)).toBe(false);
});

test("an estate without networks gets no rule", () => {
  expect(estateOf([]).rules).toEqual([]);
});
