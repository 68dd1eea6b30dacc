// Laws of the plane on random clusters: more is never less, rules stay few, and nothing that was not read is forgotten.
import fc from "fast-check";
import { expect, test } from "vitest";
import { Charter } from "../../charter/schema.ts";
import type { Gap } from "../../model/gap.ts";
import type { Observation } from "../../model/observation.ts";
import { factText, type Rule } from "../../model/rule.ts";
import { derive } from "../derive.ts";
import { kubernetesPlane } from "./plane.ts";

const environment = (name: string, tier: string, namespaces: string[]) => ({
  name,
  tier,
  purpose: name,
  owner: "platform",
  data: "none",
  boundary: { kubernetes: [{ cluster: "c", namespaces }] },
});
const charter = Charter.parse({
  bulkhead: 1,
  organization: { name: "acme" },
  environments: [environment("development", "development", ["dev"]), environment("production", "production", ["shop"])],
});

const base = (name: string, namespace?: string) => ({
  cluster: "c",
  ...(namespace && { namespace }),
  name,
  labels: {},
  annotations: {},
  source: { file: name },
});
const namespace = fc.constantFrom("dev", "shop", "kube-system");
const name = fc.constantFrom("a", "b", "c");
const some = (...items: string[]) => fc.subarray(items, { minLength: 1 });

const role = fc
  .record({
    namespace: fc.option(namespace, { nil: undefined }),
    name,
    verbs: some("get", "create", "update", "bind", "escalate", "impersonate", "*"),
    resources: some("pods", "pods/exec", "secrets", "roles", "rolebindings", "clusterroles", "users", "*"),
    groups: some("", "rbac.authorization.k8s.io", "*"),
    names: fc.constantFrom([], ["a"]),
  })
  .map(
    (each) =>
      ({
        kind: "kubernetes/role",
        ...base(each.name, each.namespace),
        rules: [
          { verbs: each.verbs, apiGroups: each.groups, resources: each.resources, resourceNames: each.names, source: { file: "role" } },
        ],
        aggregates: [],
      }) as Observation,
  );
const binding = fc
  .record({
    namespace: fc.option(namespace, { nil: undefined }),
    name,
    type: fc.constantFrom("Role" as const, "ClusterRole" as const),
    role: fc.constantFrom("a", "b", "edit", "cluster-admin", "unread"),
    at: namespace,
  })
  .map(
    (each) =>
      ({
        kind: "kubernetes/role-binding",
        ...base(each.name, each.namespace),
        role: { type: each.type, name: each.role },
        subjects: [{ type: "ServiceAccount", name: "a", namespace: each.at, source: { file: "subject" } }],
      }) as Observation,
  );
const secret = fc
  .record({ namespace, name, value: fc.constantFrom("0".repeat(64), "1".repeat(64)) })
  .map(
    (each) =>
      ({ kind: "kubernetes/secret", ...base(each.name, each.namespace), values: { password: { fingerprint: each.value } } }) as Observation,
  );
const namespaces = ["dev", "shop", "kube-system"].map((each) => ({ kind: "kubernetes/namespace", ...base(each) }) as Observation);
const estate = fc.array(fc.oneof(role, binding, secret), { maxLength: 12 }).map((objects) => [...namespaces, ...objects]);
const gaps = fc.array(
  fc
    .record({
      topic: fc.constantFrom("rbac", "secrets", "workloads", "config-maps", "service-accounts"),
      at: fc.constantFrom("c", "c/dev", "c/shop"),
    })
    .map(({ topic, at }): Gap => ({ topic: `kubernetes/${topic}`, subject: at, what: at, why: "Forbidden", clauses: ["A1"] })),
  { maxLength: 3 },
);

const keyOf = (rule: Rule): string => `${rule.certainty} ${rule.needs.map(factText).join(" & ")} => ${factText(rule.gives)}`;
const rulesOf = (observations: readonly Observation[], unread: readonly Gap[] = []) =>
  derive(observations, charter, unread, [kubernetesPlane]);

test("law: a gap adds may-rules and nothing else", () => {
  fc.assert(
    fc.property(estate, gaps, (observations, unread) => {
      const before = new Set(rulesOf(observations).rules.map(keyOf));
      const after = rulesOf(observations, unread).rules;
      const kept = new Set(after.map(keyOf));
      expect([...before].filter((rule) => !kept.has(rule))).toEqual([]);
      expect(after.filter((rule) => rule.certainty === "must" && !before.has(keyOf(rule)))).toEqual([]);
    }),
    { numRuns: 150 },
  );
});

test("law: every may-rule says why, every rule has a grant, and every fact over a cluster's thing is over an entity", () => {
  fc.assert(
    fc.property(estate, gaps, (observations, unread) => {
      const { rules, entities } = rulesOf(observations, unread);
      for (const rule of rules) {
        expect(rule.grants.length, keyOf(rule)).toBeGreaterThan(0);
        expect(rule.certainty === "must" || (rule.because ?? "") !== "", keyOf(rule)).toBe(true);
        expect(rule.how, keyOf(rule)).not.toMatch(/undefined|\[object/);
        for (const { entity } of [...rule.needs, rule.gives])
          if (entity.startsWith("k8s:")) expect(entities.has(entity), `${entity} in ${keyOf(rule)}`).toBe(true);
      }
    }),
    { numRuns: 150 },
  );
});

test("law: the same observations give the same rules in the same order", () => {
  fc.assert(
    fc.property(estate, (observations) => {
      expect(rulesOf(structuredClone(observations)).rules).toEqual(rulesOf(observations).rules);
    }),
    { numRuns: 50 },
  );
});
