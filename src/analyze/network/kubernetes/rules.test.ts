// The rules beside the evaluation they come from: on random clusters of two environments, what follows from controlling a pod is what that pod can open.
import fc from "fast-check";
import { expect, test } from "vitest";
import { Charter } from "../../../charter/schema.ts";
import type { Observation } from "../../../model/observation.ts";
import { indexObservations } from "../../../model/observation.ts";
import { factText, fact, IMPLIED, type Fact, type Rule } from "../../../model/rule.ts";
import { derive } from "../../derive.ts";
import { kubernetesPlane } from "../../kubernetes/plane.ts";
import { workloadId } from "../../kubernetes/ids.ts";
import { networkPlane } from "../plane.ts";
import { decider, type Mode } from "./decide.ts";
import { adminPoliciesId, FAMILY, policiesId } from "./entities.ts";
import { NONE } from "./flows.ts";
import { networksIn, type Network, type PodClass } from "./network.ts";
import { observationsOf, world, type World } from "./random-cluster.ts";

const environment = (name: string, namespace: string) => ({
  name,
  tier: name,
  purpose: "one",
  owner: "someone",
  data: "none",
  boundary: { kubernetes: [{ cluster: "c", namespaces: [namespace] }] },
});
const charter = Charter.parse({
  bulkhead: 1,
  organization: { name: "acme" },
  environments: [environment("development", "n1"), environment("production", "n2")],
});

const rulesOf = (observations: readonly Observation[]): readonly Rule[] =>
  derive(observations, charter, [], [kubernetesPlane, networkPlane]).rules.filter(({ family }) => family === FAMILY);

/** What follows by these rules, naively. */
function follows(rules: readonly Rule[], from: readonly Fact[], isMay: boolean): ReadonlySet<string> {
  const known = new Set<string>();
  const add = ({ capability, entity }: Fact): void => {
    known.add(factText(fact(capability, entity)));
    for (const implied of IMPLIED[capability] ?? []) known.add(factText(fact(implied, entity)));
  };
  for (const each of from) add(each);
  for (let size = -1; size !== known.size;) {
    size = known.size;
    for (const { needs, atLeast, gives, certainty } of rules)
      if ((isMay || certainty === "must") && needs.filter((need) => known.has(factText(need))).length >= (atLeast ?? needs.length))
        add(gives);
  }
  return known;
}

/** Whether one pod can open anything to another, when what is left to the plugin is decided in this way. */
function isOpen(network: Network, mode: Mode, from: PodClass, to: PodClass, without: readonly ("policies" | "admin")[] = []): boolean {
  const decide = decider(network, mode, without);
  const [out, into] = [decide.row("egress", from)[to.index] as number, decide.row("ingress", to)[from.index] as number];
  return network.flows.intersect(out, into) !== NONE;
}

const classOf = (network: Network, workload: World["pods"][number]): PodClass =>
  network.classes.find(({ members }) => members.some((each) => each.workload === workload)) as PodClass;

test("law: who controls a pod below gets to exactly the pods of production that it can open something to, and to all when it defeats the policies", () => {
  fc.assert(
    fc.property(world, (all) => {
      const observations = observationsOf(all);
      const rules = rulesOf(observations);
      const network = networksIn(indexObservations(observations), "c")[0] as Network;
      const guards = [policiesId(network, "n1"), policiesId(network, "n2"), adminPoliciesId("c")].map((id) => fact("defeat", id));
      for (const from of all.pods.filter(({ namespace }) => namespace === "n1")) {
        const start = fact("control", workloadId(from));
        const [must, may, free] = [
          follows(rules, [start], false),
          follows(rules, [start], true),
          follows(rules, [start, ...guards], false),
        ];
        for (const to of all.pods.filter(({ namespace }) => namespace === "n2")) {
          const reached = factText(fact("connect", workloadId(to)));
          const [sender, receiver] = [classOf(network, from), classOf(network, to)];
          expect(must.has(reached), "for certain").toBe(isOpen(network, "certain", sender, receiver));
          expect(may.has(reached), "possibly").toBe(
            isOpen(network, "certain", sender, receiver) || isOpen(network, "possible", sender, receiver),
          );
          expect(free.has(reached), "without policies").toBe(isOpen(network, "certain", sender, receiver, ["policies", "admin"]));
        }
      }
    }),
    { numRuns: Number(process.env["BULKHEAD_LAW_RUNS"] ?? 150) },
  );
});

test("law: who writes in production's namespace, or in the cluster, defeats the policies there; who writes below does not", () => {
  fc.assert(
    fc.property(world, (all) => {
      const rules = rulesOf(observationsOf(all));
      const network = networksIn(indexObservations(observationsOf(all)), "c")[0] as Network;
      const defeated = (entity: string): readonly string[] =>
        [...follows(rules, [fact("write", entity)], false)].filter((text) => text.startsWith("defeat ")).toSorted();
      const isSplit = all.pods.some(({ namespace }) => namespace === "n1");
      const own = (namespace: string): readonly string[] =>
        isSplit && all.policies.some((each) => each.namespace === namespace) && all.pods.some((each) => each.namespace === namespace)
          ? [`defeat ${policiesId(network, namespace)}`]
          : [];
      expect(defeated("k8s:c/-/Namespace/n2")).toEqual(own("n2"));
      expect(defeated("k8s:c/-/Namespace/n1")).toEqual(own("n1"));
      expect(defeated("k8s:c")).toEqual(isSplit && all.admins.length > 0 ? [`defeat ${adminPoliciesId("c")}`] : []);
    }),
    { numRuns: 100 },
  );
});

const pod = (namespace: string, attached?: string): World["pods"][number] => ({
  kind: "kubernetes/workload",
  cluster: "c",
  namespace,
  name: "app",
  labels: {},
  annotations: {},
  source: { file: "made" },
  workloadKind: "Deployment",
  group: "apps",
  podLabels: {},
  serviceAccount: "default",
  containers: [],
  hostNetwork: false,
  hostPid: false,
  hostIpc: false,
  hostPaths: [],
  secretVolumes: [],
  configMapVolumes: [],
  imagePullSecrets: [],
  nodeSelector: {},
  ...(attached !== undefined && { attachments: [{ namespace: "n2", name: attached }] }),
});

const LABEL = { "k8s.ovn.org/primary-user-defined-network": "" };
const network = (of: Partial<Extract<Observation, { kind: "kubernetes/attached-network" }>>): Observation => ({
  kind: "kubernetes/attached-network",
  cluster: "c",
  labels: {},
  annotations: {},
  source: { file: "made" },
  objectKind: "NetworkAttachmentDefinition",
  role: "secondary",
  namespace: "n2",
  name: "wire",
  ...of,
});
const spaces = (labels: Readonly<Record<string, string>>): Observation[] =>
  ["n1", "n2"].map((name) => ({
    kind: "kubernetes/namespace",
    cluster: "c",
    name,
    labels,
    annotations: {},
    source: { file: "made" },
  }));

const own = (namespace: string): Observation =>
  network({ objectKind: "UserDefinedNetwork", role: "primary", namespace, name: "own", topology: "layer2" });
const start = fact("control", "k8s:c/n1/Deployment.apps/app");
const reached = factText(fact("connect", "k8s:c/n2/Deployment.apps/app"));

test("primary networks of their own keep environments apart, and an attachment they share joins them again", () => {
  const apart = [...spaces(LABEL), own("n1"), own("n2")];
  expect(follows(rulesOf([...spaces({}), pod("n1"), pod("n2")]), [start], false).has(reached)).toBe(true);
  expect(follows(rulesOf([...apart, pod("n1"), pod("n2")]), [start], true).has(reached)).toBe(false);
  const overlay = network({ plugin: { type: "ovn-k8s-cni-overlay", network: "wire" }, topology: "layer2" });
  const both = [pod("n1", "wire"), pod("n2", "wire")];
  expect(follows(rulesOf([...apart, overlay, ...both]), [start], false).has(reached)).toBe(true);
});

test("whether nodes meet on the interface of another plugin is not certain, and neither is what a definition that was not read joins", () => {
  const apart = [...spaces(LABEL), own("n1"), own("n2"), pod("n1", "wire"), pod("n2", "wire")];
  const macvlan = network({ plugin: { type: "macvlan", network: "wire", parent: "eth1" } });
  for (const all of [[...apart, macvlan], apart]) {
    expect(follows(rulesOf(all), [start], false).has(reached)).toBe(false);
    expect(follows(rulesOf(all), [start], true).has(reached)).toBe(true);
  }
});

test("who makes pods below may put one on a network of production by naming it, unless a policy of that network keeps it out", () => {
  const overlay = network({ plugin: { type: "ovn-k8s-cni-overlay", network: "wire" }, topology: "layer2" });
  const makes = [fact("write", "k8s:c/n1/-/workloads")];
  const all = [...spaces(LABEL), own("n1"), own("n2"), overlay, pod("n2", "wire")];
  expect(follows(rulesOf(all), makes, false).has(reached)).toBe(false);
  expect(follows(rulesOf(all), makes, true).has(reached)).toBe(true);
  const closed: Observation = {
    kind: "kubernetes/multi-network-policy",
    cluster: "c",
    namespace: "n2",
    name: "closed",
    labels: {},
    annotations: {},
    source: { file: "made" },
    podSelector: { matchLabels: {}, matchExpressions: [] },
    ingress: [],
    egress: [],
    networks: [{ name: "wire" }],
  };
  expect(follows(rulesOf([...all, closed]), makes, true).has(reached)).toBe(false);
});
