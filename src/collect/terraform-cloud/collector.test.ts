// The collector of HCP Terraform on answers in the form of its API documentation.
import { expect, test } from "vitest";
import type { Gap } from "../../model/gap.ts";
import type { Observation } from "../../model/observation.ts";
import type { ParsedFile } from "../collector.ts";
import { collector } from "./collector.ts";

function read(document: unknown, call?: string, scope?: ParsedFile["scope"]) {
  const file: ParsedFile = {
    path: "0.json",
    format: "json",
    documents: [document],
    text: "",
    ...(call !== undefined && { call }),
    ...(scope && { scope }),
  };
  const observations: Observation[] = [];
  const gaps: Gap[] = [];
  const sink = { observation: (one: Observation) => void observations.push(one), gap: (one: Gap) => void gaps.push(one) };
  const what = collector.recognize(document, file);
  if (what !== undefined) collector.map(document, 0, file, sink, { fingerprint: () => "f" });
  return { what, observations, gaps };
}

const workspace = (attributes: Readonly<Record<string, unknown>>) => ({
  id: "ws-1",
  type: "workspaces",
  attributes: { name: "shop", "auto-apply": false, ...attributes },
  relationships: { organization: { data: { id: "acme", type: "organizations" } }, project: { data: { id: "prj-1", type: "projects" } } },
});

const LIST = "GET /organizations/acme/workspaces?page[size]=100";

test("a workspace with its repository, by the provider's name", () => {
  const vcs = { identifier: "acme/shop", branch: "", "service-provider": "gitlab_hosted" };
  expect(read({ data: [workspace({ "vcs-repo": vcs, "auto-apply": true })] }, LIST).observations).toMatchObject([
    {
      kind: "terraform-cloud/workspace",
      organization: "acme",
      name: "shop",
      autoApply: true,
      speculative: true,
      vcs: { repository: "gitlab:acme/shop" },
      source: { pointer: "/data/0" },
    },
    { kind: "terraform-cloud/answered", what: "workspaces", of: "acme" },
  ]);
});

test("a repository of a forge that nothing names stays unnamed", () => {
  const [found] = read({ data: workspace({ "vcs-repo": { identifier: "acme/shop" } }) }).observations;
  expect(found).toMatchObject({ vcs: { identifier: "acme/shop" } });
  expect(JSON.stringify(found)).not.toContain("repository");
});

test("a page with a next one is a gap, and no answer in full", () => {
  const { observations, gaps } = read({ data: [workspace({})], meta: { pagination: { "current-page": 1, "next-page": 2 } } }, LIST);
  expect(observations.map((one) => one.kind)).toEqual(["terraform-cloud/workspace"]);
  expect(gaps).toMatchObject([{ topic: "terraform-cloud/workspaces", subject: "acme" }]);
});

test("a workspace without a switch for automatic apply is a gap with its place, never a default", () => {
  const { auto: _, ...broken } = { auto: 0, ...workspace({ "auto-apply": undefined }) };
  expect(read({ data: [broken] }, LIST)).toMatchObject({ gaps: [{ topic: "terraform-cloud/workspaces", source: { pointer: "/data/0" } }] });
});

test("members of teams come from what is included, and are unread without it", () => {
  const team = (users: unknown) => ({
    id: "team-1",
    type: "teams",
    attributes: { name: "ops" },
    relationships: { users: { data: users } },
  });
  const included = [{ id: "user-1", type: "users", attributes: { username: "rita" } }];
  const scope = { system: "terraform-cloud", organization: "acme" } as const;
  expect(read({ data: [team([{ id: "user-1", type: "users" }])], included }, undefined, scope).observations[0]).toMatchObject({
    members: ["rita"],
    managesWorkspaces: false,
  });
  expect(JSON.stringify(read({ data: [team([{ id: "user-2", type: "users" }])] }, undefined, scope).observations[0])).not.toContain(
    "members",
  );
});

test("no value of a variable is kept", () => {
  const document = {
    data: [{ id: "var-1", type: "vars", attributes: { key: "TOKEN", value: "hunter2", category: "env", sensitive: false } }],
  };
  const { observations } = read(document, "GET /workspaces/ws-1/vars");
  expect(observations).toMatchObject([
    { key: "TOKEN", workspace: "ws-1" },
    { what: "variables", of: "ws-1" },
  ]);
  expect(JSON.stringify(observations)).not.toContain("hunter2");
});

test("an empty answer counts by its call alone", () => {
  expect(read({ data: [] }, "GET /team-workspaces?filter%5Bworkspace%5D%5Bid%5D=ws-1").observations).toMatchObject([
    { what: "team access", of: "ws-1" },
  ]);
  expect(read({ data: [] }).what).toBeUndefined();
});

test("a denied call is a gap as narrow as the call", () => {
  expect(collector.denied("GET /workspaces/ws-1/vars", "404 Not Found", { system: "terraform-cloud" })).toMatchObject([
    { topic: "terraform-cloud/variables", subject: "ws-1" },
  ]);
});
