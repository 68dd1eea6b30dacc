// Laws of the classifier: whole words only, what is not production is never called production, and disagreement is said.
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Classification, classify } from "./classify.ts";

const said = (c: Classification): string => {
  if (c.kind === "conflict") return `conflict ${c.says.map((each) => each.tier ?? "below production").join(" ")}`;
  return c.kind === "none" ? "none" : (c.tier ?? "below production");
};

const NAMES: Readonly<Record<string, readonly string[]>> = {
  production: [
    "prod",
    "prd",
    "production",
    "acme-prod",
    "acmeProd",
    "PROD",
    "prod1",
    "Prod-EU1",
    "shop_production",
    "live",
    "live-eu",
    "non-associations-prod",
    "toString-prod",
  ],
  staging: [
    "preprod",
    "pre-prod",
    "preProd",
    "PREPROD",
    "pre-production",
    "preproduction2",
    "pre_live",
    "stg",
    "stage",
    "staging",
    "uat",
    "shop-staging-eu",
    "claims-stag",
    "demo-uat",
  ],
  development: ["dev", "develop", "development", "live-dev", "devEU", "load-test-dev", "nonprod-dev", "dev-nonprod"],
  test: ["test", "tst", "qa", "test1", "ci", "shop-qa-2"],
  sandbox: ["sandbox", "sbx", "play", "ann-sandbox"],
  preview: ["preview", "pr-123", "pr123", "mr-7", "shop-pr-9"],
  "disaster-recovery": ["acme-dr", "disaster-recovery"],
  "below production": [
    "nonprod",
    "non-prod",
    "nonProd",
    "NonProd",
    "NONPROD",
    "non_production",
    "not-prod",
    "nonlive",
    "non-live",
    "prod-like",
    "prod-clone",
    "mock-prod",
    "sub-prod",
    "prod-non",
    "no-prod",
    "shop-prototype",
    "fees-poc",
    "demo",
  ],
  none: [
    "",
    "shop",
    "products",
    "reproduction",
    "latest",
    "contest",
    "devices",
    "alive",
    "delivery",
    "acme-pr",
    "pr",
    "__proto__",
    "constructor",
    "preface",
    "stages",
    "stagnant",
    "protocol",
    "democracy",
  ],
  "conflict staging production": ["staging-api-production", "production-uat"],
  "conflict test production": ["test-production", "prod-test"],
  "conflict below production production": ["live-demo"],
};

test.each(Object.entries(NAMES).flatMap(([expected, names]) => names.map((name) => [name, expected] as const)))(
  "%j says %s",
  (name, expected) => {
    expect(said(classify({ name }))).toBe(expected);
  },
);

const LABELLED: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
  ["shop", { environment: "Production" }, "production"],
  ["shop", { "acme.io/environment-name": "pre-prod" }, "staging"],
  ["shop", { "acme:Env": "dev" }, "development"],
  ["shop", { Name: "production", app: "prod" }, "none"],
  ["shop", { "is-production": "true" }, "production"],
  ["shop", { "is-production": "false" }, "below production"],
  ["shop", { "is-production": "perhaps" }, "none"],
  ["shop-dev", { "is-production": "false" }, "development"],
  ["shop-dev", { "is-production": "true" }, "conflict development production"],
  ["shop-prod", { "is-production": "false" }, "conflict below production production"],
  ["shop-prod", { environment: "development" }, "conflict development production"],
  ["nonprod", { environment: "test" }, "test"],
  ["nonprod", { environment: "production" }, "conflict below production production"],
  ["shop", { environment: "dev", stage: "production" }, "conflict development production"],
  ["shop-uat", { environment: "staging" }, "staging"],
  ["shop-test", { environment: "development" }, "conflict test development"],
];

test.each(LABELLED)("%j with labels %j says %s", (name, labels, expected) => {
  expect(said(classify({ name, labels }))).toBe(expected);
});

test("a proposal says from which word it comes, and from which label", () => {
  expect(classify({ name: "acme-pre-prod" })).toEqual({ kind: "proposed", tier: "staging", from: "name", token: "pre-prod" });
  expect(classify({ name: "x", labels: { "a/env": "qa" } })).toEqual({
    kind: "proposed",
    tier: "test",
    from: "label",
    token: "qa",
    label: "a/env",
  });
});

test("a name that denies production is never called production, whatever stands around it", () => {
  const word = fc.stringMatching(/^[a-z]{0,6}$/);
  const separator = fc.constantFrom("-", "_", ".", " ", "");
  const denied = fc
    .tuple(fc.constantFrom("non", "not", "pre", "sub"), separator, fc.constantFrom("prod", "production", "prd", "live"))
    .map(([before, between, name]) => (between === "" ? before + name.charAt(0).toUpperCase() + name.slice(1) : before + between + name));
  fc.assert(
    fc.property(word, denied, word, (before, name, after) => {
      expect(said(classify({ name: [before, name, after].join("-") }))).not.toBe("production");
    }),
  );
});
