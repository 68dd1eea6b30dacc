// Laws of meaning: what a charter names exists, nothing belongs to two environments, approvals can be given.
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { loadCharter } from "./load.ts";

type Members = Readonly<Record<string, unknown>>;

const environment = (name: string, tier: string, boundary: Members): Members => ({
  name,
  tier,
  purpose: "p",
  owner: "o",
  data: "none",
  boundary,
});

const PRODUCTION = environment("production", "production", { aws: { accounts: ["111122223333"] } });
const STAGING = environment("staging", "staging", { aws: { accounts: ["222222222222"] } });
const PEOPLE = ["ann", "ben", "cas"].map((id) => ({ id, name: id, groups: ["ops"], identities: { github: [id] } }));

const charter = (more: Members): string =>
  stringify({ bulkhead: 1, organization: { name: "acme" }, environments: [PRODUCTION, STAGING], people: PEOPLE, ...more });

const bounded = (production: Members, staging: Members, shared: Members | undefined = undefined): Members => ({
  environments: [environment("production", "production", production), environment("staging", "staging", staging)],
  ...(shared ? { shared: [{ name: "common", purpose: "p", serves: ["production"], boundary: shared }] } : {}),
});

const namespaces = (cluster: string, names: readonly string[], not: readonly string[] = []): Members => ({
  kubernetes: [{ cluster, namespaces: names, not }],
});

const shown = (more: Members): readonly string[] => {
  const loaded = loadCharter(charter(more), "b");
  return loaded.ok ? [] : loaded.error.map(({ message, remedy }) => `${message} | ${remedy}`);
};

const person = (id: string, identities: Members): Members => ({ id, name: id, identities });

const REFUSED: readonly (readonly [string, Members, string])[] = [
  [
    "two environments of one name",
    { environments: [PRODUCTION, { ...STAGING, name: "production" }] },
    'environment "production" is declared twice',
  ],
  ["two people of one id", { people: [...PEOPLE, person("ann", {})] }, 'person "ann" is declared twice'],
  [
    "access in an environment that is not there",
    { access: [{ who: "group:ops", may: "read", in: ["prod"] }] },
    'there is no environment "prod" | Did you mean production?',
  ],
  [
    "a shared service for an environment that is not there",
    { shared: [{ name: "ci", purpose: "p", serves: ["test"], boundary: { hosts: ["ci"] } }] },
    'there is no environment "test" | Declared are production, staging.',
  ],
  [
    "a door to an environment that is not there",
    { doors: [{ kind: "gate", name: "g", to: "live", deployer: "a:b" }] },
    'there is no environment "live"',
  ],
  ["promotion down", { promotion: [{ from: "production", to: "staging", approvals: 0 }] }, '"staging" is not above "production"'],
  ["promotion to itself", { promotion: [{ from: "staging", to: "staging", approvals: 0 }] }, '"staging" is not above "staging"'],
  [
    "a mask that leads up",
    { doors: [{ kind: "mask", name: "m", from: "staging", to: "production", runner: "a:b" }] },
    'a mask leads down, and "production" is not below "staging"',
  ],
  [
    "access of a group nobody is in",
    { access: [{ who: "group:opps", may: "read", in: ["production"] }] },
    'nobody is in group "opps" | Did you mean ops?',
  ],
  ["access of a person who is not there", { access: [{ who: "person:dan", may: "read", in: ["production"] }] }, 'there is no person "dan"'],
  [
    "access of a bare word",
    { access: [{ who: "ops", may: "read", in: ["production"] }] },
    '"ops" is neither a group, a person nor an entity id | Write group:ops or person:ops',
  ],
  [
    "a reviewer who is not there",
    {
      doors: [
        { kind: "break-glass", name: "b", to: "production", role: "a:b", maximumMinutes: 60, who: ["group:ops"], reviewedBy: "person:eve" },
      ],
    },
    'there is no person "eve"',
  ],
  [
    "a custodian who is not there",
    { custodians: [{ who: "person:eve", of: ["*"], role: "r", controls: ["c"] }] },
    'there is no person "eve"',
  ],
  ["a group as custodian", { custodians: [{ who: "group:ops", of: ["*"], role: "r", controls: ["c"] }] }, "a group cannot be a custodian"],
  [
    "more custodians than allowed",
    { maximumCustodians: 1, custodians: ["ann", "ben"].map((id) => ({ who: `person:${id}`, of: ["*"], role: "r", controls: ["c"] })) },
    "more than 1 people are custodians",
  ],
  [
    "one login of two people, whatever its letter case",
    { people: [person("ann", { github: ["Ann"] }), person("ben", { github: ["ann"] })] },
    'GitHub login "ann" is an identity of "ann" already',
  ],
  ["a login with @", { people: [person("ann", { github: ["@ann"] })] }, 'GitHub login "@ann" starts with @ | Write it without:  ann'],
  [
    "one IAM user of two people, by pattern",
    { people: [person("ann", { aws: ["arn:aws:iam::*:user/ann"] }), person("ben", { aws: ["arn:aws:iam::111122223333:user/ann"] })] },
    'also matches "arn:aws:iam::111122223333:user/ann" of "ben"',
  ],
  [
    "one IAM user of two people",
    {
      people: [person("ann", { aws: ["arn:aws:iam::111122223333:user/x"] }), person("ben", { aws: ["arn:aws:iam::111122223333:user/x"] })],
    },
    'IAM user "arn:aws:iam::111122223333:user/x" is an identity of "ann" already',
  ],
  [
    "one cluster user of two people",
    { people: [person("ann", { kubernetes: ["x"] }), person("ben", { kubernetes: ["x"] })] },
    'Kubernetes user "x" is an identity of "ann" already',
  ],
  [
    "one Identity Center user of two people, in another case",
    { people: [person("ann", { identityCenter: ["x@acme.example"] }), person("ben", { identityCenter: ["X@acme.example"] })] },
    'Identity Center user "X@acme.example" is an identity of "ann" already',
  ],
  [
    "approvals that nobody may give",
    { promotion: [{ from: "staging", to: "production", approvals: 1 }] },
    "1 approval by others than the author, and 0 may approve",
  ],
  [
    "approvals by as many people as approvers, one of whom may be the author",
    { promotion: [{ from: "staging", to: "production", approvals: 3, approvers: ["group:ops"] }] },
    "3 approvals by others than the author, and 3 may approve | Name at least 4 people",
  ],
  [
    "teams of which each must approve, by too few people",
    { promotion: [{ from: "staging", to: "production", approvals: 0, teams: [{ group: "ops", approvals: 3 }] }] },
    "3 approvals by others than the author, and 3 may approve | Name at least 4 people",
  ],
  [
    "a team nobody is in",
    { promotion: [{ from: "staging", to: "production", approvals: 0, teams: [{ group: "opps" }] }] },
    'nobody is in group "opps" | Did you mean ops?',
  ],
  [
    "a freeze of an environment that is not there",
    { freezes: [{ name: "f", environments: ["live"], starts: "2026-01-01T00:00", lasts: "P1D", reason: "r" }] },
    'there is no environment "live"',
  ],
  [
    "a freeze in a time zone that is not there",
    {
      freezes: [
        { name: "f", environments: ["staging"], starts: "2026-01-01T00:00", lasts: "P1D", timeZone: "Europe/Atlantis", reason: "r" },
      ],
    },
    'there is no time zone "Europe/Atlantis"',
  ],
  [
    "one person counted by two accounts",
    { promotion: [{ from: "staging", to: "production", approvals: 1, approvers: ["person:ann", "github:@ANN"] }] },
    "1 approval by others than the author, and 1 may approve",
  ],
  [
    "two exceptions for one finding",
    { exceptions: ["a", "b"].map((owner) => ({ finding: "7f3a91", owner, reason: "r", control: "c", expires: "2026-01-01" })) },
    'exception for finding "7f3a91" is declared twice',
  ],
];

const OVERLAPPING: readonly (readonly [string, Members, string])[] = [
  [
    "an account in two environments",
    bounded({ aws: { accounts: ["111122223333"] } }, { aws: { accounts: ["111122223333"] } }),
    'account "111122223333" already belongs to production',
  ],
  [
    "an account of a shared service too",
    bounded({ aws: { accounts: ["111122223333"] } }, { hosts: ["a"] }, { aws: { accounts: ["111122223333"] } }),
    'account "111122223333" already belongs to production',
  ],
  [
    "a unit below another's",
    bounded({ aws: { organizationalUnits: ["Root/A/B"] } }, { aws: { organizationalUnits: ["Root/A"] } }),
    'organizational unit "Root/A/B" lies in "Root/A", which belongs to staging',
  ],
  [
    "a pattern that matches another's name",
    bounded(namespaces("main", ["*prod*"]), namespaces("main", ["preprod"])),
    'namespace pattern "*prod*" also matches "preprod", which belongs to staging | Write the names in full, or exclude it:  not: [preprod]',
  ],
  [
    "a pattern that matches several",
    bounded(namespaces("main", ["*prod*"]), namespaces("main", ["preprod", "nonprod"])),
    'also matches "preprod" and 1 more of staging | Write the names in full, or exclude them:  not: [preprod, nonprod]',
  ],
  [
    "two patterns with a shared name",
    bounded(namespaces("main", ["*prod"], ["preprod"]), namespaces("main", ["pre*"])),
    'match the same names, such as "prepprod"',
  ],
  [
    "a whole cluster and one of its namespaces",
    bounded(namespaces("main", ["*"]), namespaces("main", ["shop"])),
    'production takes all of cluster "main", and "shop" of it belongs to staging',
  ],
  ["a whole cluster twice", bounded(namespaces("main", ["*"]), namespaces("main", ["*"])), 'cluster "main" already belongs to production'],
  [
    "repositories by pattern, whatever the letter case",
    bounded({ github: { repositories: ["acme/shop-*"] } }, { github: { repositories: ["Acme/Shop-web"] } }),
    'repository pattern "acme/shop-*" also matches "acme/shop-web"',
  ],
  [
    "a GitHub environment of two",
    bounded(
      { github: { environments: [{ repository: "acme/*", name: "live" }] } },
      { github: { environments: [{ repository: "acme/shop", name: "live" }] } },
    ),
    'GitHub environment pattern "acme/* live" also matches "live"',
  ],
  [
    "ARNs by pattern",
    bounded({ aws: { arns: ["arn:aws:s3:::acme-*"] } }, { aws: { arns: ["arn:aws:s3:::*-staging"] } }),
    'match the same names, such as "arn:aws:s3:::acme-staging"',
  ],
  [
    "network ranges",
    bounded({ cidrs: ["10.0.0.0/8"] }, { cidrs: ["10.2.0.0/16"] }),
    'range "10.2.0.0/16" overlaps "10.0.0.0/8", which belongs to production',
  ],
  ["VLANs", bounded({ vlans: [7] }, { vlans: [7] }), 'VLAN "7" already belongs to production'],
  [
    "databases",
    bounded({ databases: ["postgres:db/*"] }, { databases: ["postgres:db/shop"] }),
    'database pattern "postgres:db/*" also matches "postgres:db/shop"',
  ],
];

const EMPTY: readonly (readonly [string, Members, string])[] = [
  ["an empty boundary", bounded({}, { hosts: ["a"] }), "the boundary of production is empty"],
  ["a boundary of empty lists", bounded({ aws: { accounts: [] }, hosts: [] }, { hosts: ["a"] }), "the boundary of production is empty"],
  [
    "a cluster without namespaces",
    bounded({ hosts: ["b"], ...namespaces("main", []) }, { hosts: ["a"] }),
    'no namespace of cluster "main" is named',
  ],
  ["a namespace taken out again", bounded(namespaces("main", ["shop"], ["sh*"]), { hosts: ["a"] }), '"shop" is taken out again by  not:'],
];

describe("refused", () => {
  test.each([...REFUSED, ...OVERLAPPING, ...EMPTY])("%s", (_, more, expected) => {
    const all = shown(more);
    expect(all).toHaveLength(1);
    expect(all[0]).toContain(expected);
  });
});

const FINE: readonly (readonly [string, Members])[] = [
  [
    "an account, and its unit in another environment: the account decides",
    bounded({ aws: { accounts: ["111122223333"] } }, { aws: { organizationalUnits: ["Root/Staging"] } }),
  ],
  [
    "units side by side of which one name begins with the other",
    bounded({ aws: { organizationalUnits: ["Root/Prod"] } }, { aws: { organizationalUnits: ["Root/Production"] } }),
  ],
  ["a pattern that excludes the other's name", bounded(namespaces("main", ["*prod*"], ["preprod"]), namespaces("main", ["preprod"]))],
  ["all namespaces but the other's", bounded(namespaces("main", ["*"], ["pre*"]), namespaces("main", ["pre*"]))],
  ["the same namespace of two clusters", bounded(namespaces("a", ["shop"]), namespaces("b", ["shop"]))],
  ["a shared service inside a whole cluster", bounded(namespaces("main", ["*"]), { hosts: ["a"] }, namespaces("main", ["monitoring"]))],
  ["a name twice in one environment", bounded(namespaces("main", ["*prod*", "shop-prod"]), { hosts: ["a"] })],
  [
    "a repository, and a GitHub environment of it in another environment",
    bounded({ github: { environments: [{ repository: "acme/shop", name: "live" }] } }, { github: { repositories: ["acme/shop"] } }),
  ],
  [
    "a role that single sign-on gives to two people",
    {
      people: [
        person("ann", { aws: ["arn:aws:iam::111122223333:role/sso"] }),
        person("ben", { aws: ["arn:aws:iam::111122223333:role/sso"] }),
      ],
    },
  ],
  [
    "one approval with two approvers",
    { promotion: [{ from: "staging", to: "production", approvals: 1, approvers: ["person:ann", "person:ben"] }] },
  ],
  [
    "an exception that expired long ago",
    { exceptions: [{ finding: "7f3a91", owner: "o", reason: "r", control: "c", expires: "2001-01-01" }] },
  ],
  [
    "as many custodians as allowed, one of them twice",
    { maximumCustodians: 1, custodians: ["a", "b"].map((role) => ({ who: "person:ann", of: ["*"], role, controls: ["c"] })) },
  ],
  [
    "custody of a credential that no person holds",
    { maximumCustodians: 0, custodians: [{ who: "arn:aws:iam::111122223333:root", of: ["*"], role: "r", controls: ["c"] }] },
  ],
];

test.each(FINE)("fine: %s", (_, more) => {
  expect(shown(more)).toEqual([]);
});

test("a problem of meaning stands at the line of what causes it", () => {
  const text = charter({ access: [{ who: "group:ops", may: "read", in: ["production", "prod"] }] });
  const loaded = loadCharter(text, "b");
  const line = text.split("\n").findIndex((each) => each.trim() === "- prod") + 1;
  expect(!loaded.ok && loaded.error[0]).toMatchObject({ line, column: text.split("\n")[line - 1]!.indexOf("prod") + 1 });
});
