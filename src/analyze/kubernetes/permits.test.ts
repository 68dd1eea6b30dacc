// The matching of RBAC rules, sentence by sentence.
import { expect, test } from "vitest";
import { carriesName, isEverything, permits, request } from "./permits.ts";
import { selects } from "./roles.ts";
import { couldBeCredential } from "./same-secrets.ts";

const rule = (verbs: string, apiGroups: string, resources: string) => ({
  verbs: verbs.split(","),
  apiGroups: apiGroups.split(","),
  resources: resources.split(","),
  resourceNames: [],
  source: { file: "x" },
});

test.each([
  [rule("get", "", "pods"), "get", "/pods", true],
  [rule("get", "", "pods"), "list", "/pods", false],
  [rule("*", "", "pods"), "escalate", "/pods", true],
  [rule("get", "*", "deployments"), "get", "apps/deployments", true],
  [rule("get", "", "deployments"), "get", "apps/deployments", false],
  [rule("get", "", "pods"), "get", "/pods/log", false],
  [rule("get", "", "pods/log"), "get", "/pods/log", true],
  [rule("get", "", "pods/log"), "get", "/pods", false],
  [rule("create", "", "*"), "create", "/pods/exec", true],
  [rule("update", "*", "*/scale"), "update", "apps/deployments/scale", true],
  [rule("update", "*", "*/scale"), "update", "apps/deployments", false],
  [rule("create", "", "pods/*"), "create", "/pods/exec", false],
  [rule("Get", "", "pods"), "get", "/pods", false],
] as const)("%j permits %s %s: %s", (policy, verb, on, expected) => {
  expect(permits(policy, request(verb, on))).toBe(expected);
});

test("a create carries no name, a create of a subresource does", () => {
  expect(
    [
      request("create", "/secrets"),
      request("deletecollection", "/secrets"),
      request("create", "/pods/exec"),
      request("get", "/secrets"),
    ].map(carriesName),
  ).toEqual([false, false, true, true]);
});

test("only all verbs of all resources of all groups are everything", () => {
  expect(isEverything(rule("*", "*", "*"))).toBe(true);
  expect(isEverything(rule("*", "", "*"))).toBe(false);
  expect(isEverything({ ...rule("*", "*", "*"), resourceNames: ["a"] })).toBe(false);
});

test.each([
  [{ a: "1" }, [], { a: "1", b: "2" }, true],
  [{ a: "1" }, [], { a: "2" }, false],
  [{}, [], {}, true],
  [{}, [{ key: "a", operator: "In", values: ["1", "2"] }], { a: "2" }, true],
  [{}, [{ key: "a", operator: "NotIn", values: ["1"] }], {}, true],
  [{}, [{ key: "a", operator: "Exists", values: [] }], {}, false],
  [{}, [{ key: "a", operator: "DoesNotExist", values: [] }], {}, true],
  [{}, [{ key: "a", operator: "Near", values: [] }], { a: "1" }, false],
] as const)("selector %j %j selects %j: %s", (matchLabels, matchExpressions, labels, expected) => {
  expect(selects({ matchLabels, matchExpressions }, labels)).toBe(expected);
});

test.each([
  ["password", true],
  ["DB_PASSWORD", true],
  [".dockerconfigjson", true],
  ["tls.key", true],
  ["connection-string", true],
  ["username", false],
  ["DB_HOST", false],
  ["port", false],
  ["tls.crt", false],
  ["ca.crt", false],
])("key %s could be a credential: %s", (key, expected) => {
  expect(couldBeCredential(key)).toBe(expected);
});
