// Laws of belonging: the more specific part decides, tags never do, and what nothing names belongs to nobody.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import type { Entity, Place } from "../model/entity.ts";
import { formatProblems, loadCharter } from "./load.ts";
import { gradeOf, membership, order, walledPairs } from "./membership.ts";
import { type Boundary, type Charter, type Tier, TIERS } from "./schema.ts";

interface Declared {
  readonly name: string;
  readonly tier?: Tier;
  readonly isolated?: boolean;
  readonly boundary: Members;
}
type Members = Readonly<Record<string, unknown>>;

function charterOf(
  environments: readonly Declared[],
  shared: readonly { readonly name: string; readonly boundary: Members }[] = [],
): Charter {
  const loaded = loadCharter(
    stringify({
      bulkhead: 1,
      organization: { name: "acme" },
      environments: environments.map((e) => ({ tier: "test", purpose: "p", owner: "o", data: "none", ...e })),
      shared: shared.map((s) => ({ purpose: "p", serves: [environments[0]?.name], ...s })),
    }),
    "b",
  );
  if (!loaded.ok) throw new Error(formatProblems(loaded.error));
  return loaded.value;
}

const entity = (id: string, place: Place = {}, more: Partial<Entity> = {}): Entity => ({
  id,
  kind: "resource",
  label: id,
  place,
  source: { file: "f" },
  ...more,
});

const CHARTER = charterOf(
  [
    {
      name: "production",
      tier: "production",
      boundary: {
        aws: { accounts: ["111122223333"], arns: ["arn:aws:s3:::acme-prod-*"] },
        kubernetes: [{ cluster: "whole" }, { cluster: "mixed", namespaces: ["*prod*"], not: ["preprod", "nonprod"] }],
        github: {
          environments: [
            { repository: "Acme/Shop", name: "Production" },
            { repository: "acme/*", name: "live-*" },
          ],
        },
        databases: ["postgres:db.acme/shop"],
        hosts: ["prod-*"],
        entities: ["k8s:mixed/-/ClusterRole.rbac.authorization.k8s.io/prod"],
      },
    },
    {
      name: "staging",
      tier: "staging",
      boundary: {
        aws: { organizationalUnits: ["Root/Workloads/Staging"] },
        kubernetes: [{ cluster: "mixed", namespaces: ["preprod"] }],
        databases: ["postgres:db.acme/staging"],
        github: { repositories: ["acme/shop"] },
      },
    },
  ],
  [
    {
      name: "monitoring",
      boundary: { kubernetes: [{ cluster: "whole", namespaces: ["monitoring"] }], entities: ["arn:aws:iam::111122223333:role/shared-*"] },
    },
  ],
);

const UNITS: Readonly<Record<string, readonly string[]>> = {
  "111122223333": ["Root", "Workloads", "Staging"],
  "222222222222": ["Root", "Workloads", "Staging", "EU"],
  "333333333333": ["Root", "Workloads", "StagingOld"],
};

const { environmentOf, sharedServiceOf } = membership(CHARTER, (account) => UNITS[account] ?? []);

const BELONGS: readonly (readonly [string, Entity, string | undefined])[] = [
  ["its account", entity("arn:aws:iam::111122223333:role/a", { awsAccount: "111122223333" }), "production"],
  ["its account before the unit above it", entity("arn:aws:iam::111122223333:root", { awsAccount: "111122223333" }), "production"],
  ["a unit some levels above its account", entity("arn:aws:iam::222222222222:role/a", { awsAccount: "222222222222" }), "staging"],
  ["no unit whose name only begins the same", entity("arn:aws:iam::333333333333:role/a", { awsAccount: "333333333333" }), undefined],
  ["its ARN before its account", entity("arn:aws:s3:::acme-prod-data", { awsAccount: "222222222222" }), "production"],
  ["its namespace, by pattern", entity("k8s:mixed/shop-prod/Secret/a", { cluster: "mixed", namespace: "shop-prod" }), "production"],
  [
    "its namespace, which the pattern excludes",
    entity("k8s:mixed/preprod/Secret/a", { cluster: "mixed", namespace: "preprod" }),
    "staging",
  ],
  [
    "nobody, in a namespace that the only pattern excludes",
    entity("k8s:mixed/nonprod/Secret/a", { cluster: "mixed", namespace: "nonprod" }),
    undefined,
  ],
  ["nobody, in a namespace nobody names", entity("k8s:mixed/dev/Secret/a", { cluster: "mixed", namespace: "dev" }), undefined],
  ["the namespace that it is", entity("k8s:mixed/-/Namespace/shop-prod", { cluster: "mixed" }, { kind: "namespace" }), "production"],
  ["its id's namespace where the place leaves it out", entity("k8s:mixed/preprod/Secret/a"), "staging"],
  ["a cluster taken whole", entity("k8s:whole/any/Secret/a", { cluster: "whole", namespace: "any" }), "production"],
  ["a cluster taken whole, being the cluster", entity("k8s:whole", { cluster: "whole" }), "production"],
  [
    "a cluster taken whole, being cluster-scoped",
    entity("k8s:whole/-/ClusterRole.rbac.authorization.k8s.io/a", { cluster: "whole" }),
    "production",
  ],
  [
    "nobody, being cluster-scoped in a mixed cluster",
    entity("k8s:mixed/-/ClusterRole.rbac.authorization.k8s.io/a", { cluster: "mixed" }),
    undefined,
  ],
  ["nobody, being a mixed cluster", entity("k8s:mixed", { cluster: "mixed" }), undefined],
  ["whoever names its id", entity("k8s:mixed/-/ClusterRole.rbac.authorization.k8s.io/prod", { cluster: "mixed" }), "production"],
  [
    "its GitHub environment before its repository",
    entity("github:acme/shop#environment/production", { repository: "acme/shop", githubEnvironment: "production" }),
    "production",
  ],
  [
    "its GitHub environment by pattern",
    entity("github:acme/web#environment/live-eu", { repository: "acme/web", githubEnvironment: "live-eu" }),
    "production",
  ],
  ["its repository, whatever the letter case", entity("github:acme/shop#branch/main", { repository: "ACME/shop" }), "staging"],
  [
    "its repository, in a GitHub environment nobody names",
    entity("github:acme/shop#environment/x", { repository: "acme/shop", githubEnvironment: "x" }),
    "staging",
  ],
  [
    "its database before its account",
    entity("postgres:db.acme/staging", { database: "postgres:db.acme/staging", awsAccount: "111122223333" }),
    "staging",
  ],
  ["its host", entity("host:dc/prod-1", { host: "prod-1" }), "production"],
  ["nobody by its label", entity("x", {}, { labels: { environment: "production" } }), undefined],
  ["nobody, in a shared service", entity("k8s:whole/monitoring/Secret/a", { cluster: "whole", namespace: "monitoring" }), undefined],
];

test.each(BELONGS)("an entity belongs to %s", (_, one, expected) => {
  expect(environmentOf(one)).toBe(expected);
});

test("a shared service owns what it names more specifically than an environment does", () => {
  expect(sharedServiceOf(entity("k8s:whole/monitoring/Secret/a", { cluster: "whole", namespace: "monitoring" }))).toBe("monitoring");
  expect(sharedServiceOf(entity("arn:aws:iam::111122223333:role/shared-ci", { awsAccount: "111122223333" }))).toBe("monitoring");
  expect(sharedServiceOf(entity("arn:aws:iam::111122223333:role/a", { awsAccount: "111122223333" }))).toBeUndefined();
});

test("a hundred thousand entities are placed in well under a second", () => {
  const charter = charterOf(
    Array.from({ length: 40 }, (_, i) => ({
      name: `e${i}`,
      boundary: {
        aws: { accounts: [String(100_000_000_000 + i)], arns: [`arn:aws:s3:::e${i}-*`, `arn:aws:s3:::x${i}-*-end`] },
        kubernetes: [{ cluster: "main", namespaces: [`e${i}-*`, `e${i}`] }],
      },
    })),
  );
  const all = Array.from({ length: 100_000 }, (_, i) =>
    i % 2 === 0
      ? entity(`arn:aws:iam::${100_000_000_000 + (i % 80) / 2}:role/r${i}`, { awsAccount: String(100_000_000_000 + (i % 80) / 2) })
      : entity(`k8s:main/e${i % 40}-${i % 500}/Secret/s${i}`, { cluster: "main", namespace: `e${i % 40}-${i % 500}` }),
  );
  const { environmentOf: find } = membership(charter, () => []);
  const started = performance.now();
  const found = all.filter((one) => find(one) !== undefined).length;
  const took = performance.now() - started;
  expect(found).toBe(100_000);
  expect(took).toBeLessThan(2_000);
});

describe("order", () => {
  const NAMES = TIERS.map((tier): Declared => ({ name: tier, tier, boundary: { hosts: [tier] } }));

  test("tiers rise from preview to production; development and sandbox are peers, production and disaster recovery too", () => {
    const { isBelow, arePeers } = order(charterOf(NAMES));
    const rising = ["preview", "development", "test", "staging", "production"];
    for (const [i, a] of rising.entries()) for (const [j, b] of rising.entries()) expect(isBelow(a, b)).toBe(i < j);
    expect([isBelow("development", "sandbox"), isBelow("sandbox", "development"), arePeers("development", "sandbox")]).toEqual([
      false,
      false,
      true,
    ]);
    expect([isBelow("production", "disaster-recovery"), isBelow("disaster-recovery", "production")]).toEqual([false, false]);
    expect(isBelow("sandbox", "test")).toBe(true);
  });

  test("an environment that the charter does not declare has no place in the order", () => {
    expect(() => order(charterOf(NAMES)).isBelow("nowhere", "production")).toThrow(RangeError);
  });

  test("there is a wall one way between tiers, both ways between peers of which one is isolated, and none otherwise", () => {
    const declared = fc.array(fc.record({ tier: fc.constantFrom(...TIERS), isolated: fc.boolean() }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(declared, (list) => {
        const charter = charterOf(list.map((each, i) => ({ ...each, name: `e${i}`, boundary: { hosts: [`h${i}`] } })));
        const { isBelow, arePeers } = order(charter);
        const walls = new Set(walledPairs(charter).map(({ from, to }) => `${from} ${to}`));
        for (const a of charter.environments)
          for (const b of charter.environments) {
            const isWalled = isBelow(a.name, b.name) || (a !== b && arePeers(a.name, b.name) && (a.isolated || b.isolated));
            expect(walls.has(`${a.name} ${b.name}`)).toBe(isWalled);
          }
      }),
      { numRuns: 100 },
    );
  });
});

const GRADED: readonly (readonly [string, Members, string])[] = [
  ["accounts", { aws: { accounts: ["111122223333"] } }, "account"],
  ["units", { aws: { organizationalUnits: ["Root/A"] } }, "account"],
  [
    "accounts with GitHub environments and single ids",
    {
      aws: { accounts: ["111122223333"] },
      github: { environments: [{ repository: "a/b", name: "c" }], repositories: ["a/b"] },
      entities: ["x:y"],
    },
    "account",
  ],
  ["a whole cluster", { kubernetes: [{ cluster: "c" }] }, "cluster"],
  ["accounts and a whole cluster", { aws: { accounts: ["111122223333"] }, kubernetes: [{ cluster: "c" }] }, "cluster"],
  ["exact namespaces", { kubernetes: [{ cluster: "c", namespaces: ["a"] }] }, "namespace"],
  ["all namespaces but exact ones", { kubernetes: [{ cluster: "c", not: ["a"] }] }, "namespace"],
  ["all namespaces but a pattern", { kubernetes: [{ cluster: "c", not: ["a*"] }] }, "name-pattern"],
  [
    "namespaces by pattern, beside an account",
    { aws: { accounts: ["111122223333"] }, kubernetes: [{ cluster: "c", namespaces: ["a", "b-*"] }] },
    "name-pattern",
  ],
  ["ARNs, beside an account", { aws: { accounts: ["111122223333"], arns: ["arn:aws:s3:::a"] } }, "name-pattern"],
  ["GitHub environments alone", { github: { environments: [{ repository: "a/b", name: "c" }] } }, "namespace"],
  ["all repositories of an organization", { github: { repositories: ["a/*"] } }, "cluster"],
  [
    "repositories by pattern, beside an account",
    { aws: { accounts: ["111122223333"] }, github: { repositories: ["a/b-*"] } },
    "name-pattern",
  ],
  ["a database server", { databases: ["postgres:h/*"] }, "cluster"],
  ["one database", { databases: ["postgres:h/d"] }, "namespace"],
  ["hosts by pattern", { hosts: ["h*"] }, "name-pattern"],
];

test.each(GRADED)("a boundary of %s has the grade of its weakest part", (_, boundary, grade) => {
  const charter = charterOf([{ name: "a", boundary }]);
  expect(gradeOf(charter.environments[0]!)).toBe(grade);
  expect(membership(charter, () => []).gradeOf("a")).toBe(grade);
});

test("a boundary without parts has the least grade, and an environment that is not there has none", () => {
  const charter = charterOf([{ name: "a", boundary: { hosts: ["h"] } }]);
  const empty: Boundary = {};
  expect(gradeOf({ ...charter.environments[0]!, boundary: empty })).toBe("tag");
  expect(membership(charter, () => []).gradeOf("b")).toBeUndefined();
});
