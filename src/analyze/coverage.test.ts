// What the charter names and nobody collected is never a pass.
import { expect, test } from "vitest";
import { Charter } from "../charter/schema.ts";
import { type Observation, indexObservations } from "../model/observation.ts";
import { uncollected } from "./coverage.ts";

const source = { file: "x" };
const charter = (more: object = {}): Charter =>
  Charter.parse({
    bulkhead: 1,
    organization: { name: "acme" },
    environments: [
      {
        name: "production",
        tier: "production",
        purpose: "p",
        owner: "o",
        data: "personal",
        boundary: {
          aws: { accounts: ["111122223333"] },
          kubernetes: [{ cluster: "production" }],
          github: { environments: [{ repository: "acme/shop", name: "production" }], repositories: ["acme/infra-*"] },
        },
      },
    ],
    ...more,
  });
const about = (gaps: ReturnType<typeof uncollected>): string[] => gaps.map((gap) => `${gap.topic} ${gap.subject}`);
const identity: Observation = {
  kind: "aws/user",
  arn: "arn:aws:iam::111122223333:user/x",
  account: "111122223333",
  name: "x",
  path: "/",
  inline: [],
  managed: [],
  tags: {},
  groups: [],
  source,
};
const namespace: Observation = { kind: "kubernetes/namespace", cluster: "production", name: "shop", labels: {}, annotations: {}, source };
const repository: Observation = {
  kind: "github/repository",
  repository: "Acme/Shop",
  defaultBranch: "main",
  visibility: "private",
  archived: false,
  source,
};

test("each account, cluster and repository that nothing was collected of is a gap, patterns are not", () => {
  expect(about(uncollected(charter(), indexObservations([]), [], []))).toEqual([
    "aws/account 111122223333",
    "kubernetes/cluster production",
    "github/uncollected acme/shop",
  ]);
});

test.each([
  ["the identities of the account", identity, "aws/account 111122223333"],
  ["an object of the cluster", namespace, "kubernetes/cluster production"],
  ["the repository, in any case of letters", repository, "github/uncollected acme/shop"],
])("%s answers for it", (_, observation, gap) => {
  expect(about(uncollected(charter(), indexObservations([observation]), [], []))).not.toContain(gap);
});

test("a resource or the account's name alone answers nothing", () => {
  const account: Observation = { kind: "aws/account", account: "111122223333", status: "ACTIVE", source };
  expect(about(uncollected(charter(), indexObservations([account]), [], []))).toContain("aws/account 111122223333");
});

test("a closed account, and one that an organizational unit places, are asked about as they stand", () => {
  const closed: Observation = { kind: "aws/account", account: "111122223333", status: "SUSPENDED", source };
  expect(about(uncollected(charter(), indexObservations([closed]), [], []))).not.toContain("aws/account 111122223333");
  const placed = {
    id: "arn:aws:iam::444455556666:root",
    kind: "cloud-account" as const,
    label: "x",
    place: { awsAccount: "444455556666" },
    source,
  };
  expect(about(uncollected(charter(), indexObservations([]), [], [placed]))).toContain("aws/account 444455556666");
});

test("a gap about the same thing is enough, and what is declared absent is none", () => {
  const denied = { topic: "aws/authorization-details", subject: "111122223333", what: "x", why: "AccessDenied", clauses: [] };
  expect(about(uncollected(charter(), indexObservations([]), [denied], []))).not.toContain("aws/account 111122223333");
  expect(about(uncollected(charter({ absent: { "kubernetes/cluster": "read by hand" } }), indexObservations([]), [], []))).not.toContain(
    "kubernetes/cluster production",
  );
});

test("a project of another forge that the charter names", () => {
  const boundary = {
    pipelines: { projects: ["gitlab:acme/*", "jenkins:acme/shop"], environments: [{ project: "gitlab:acme/shop", name: "production" }] },
  };
  const named = charter({
    environments: [{ name: "production", tier: "production", purpose: "p", owner: "o", data: "personal", boundary }],
  });
  const project: Observation = { kind: "gitlab/project", project: "acme/shop", archived: false, source };
  expect(about(uncollected(named, indexObservations([]), [], []))).toEqual([
    "jenkins/uncollected jenkins:acme/shop",
    "gitlab/uncollected gitlab:acme/shop",
  ]);
  expect(about(uncollected(named, indexObservations([project]), [], []))).toEqual(["jenkins/uncollected jenkins:acme/shop"]);
});
