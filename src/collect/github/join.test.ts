// What several files say of one thing becomes one observation, and what is then still missing becomes a gap.
import { describe, expect, test } from "vitest";
import { type Answer, readAll, type Result } from "./fixtures/read.ts";

const kinds = (result: Result, kind: string): readonly object[] => result.observations.filter((each) => each.kind === kind);
const gaps = (result: Result): readonly string[] => result.gaps.map((gap) => `${gap.topic} ${gap.subject}`);

const user = (login: string, id: number): object => ({ login, id, type: "User" });
const environment = (name: string, custom = true): object => ({
  name,
  can_admins_bypass: false,
  protection_rules: [],
  deployment_branch_policy: custom ? { protected_branches: false, custom_branch_policies: true } : null,
});
const environments = (...names: readonly string[]): Answer => ({
  call: "GET /repos/acme/shop/environments?per_page=100",
  document: { total_count: names.length, environments: names.map((name) => environment(name)) },
});

test("no piece is left over", () => {
  const result = readAll([environments("production"), { call: "GET /orgs/acme/members?role=admin", document: [user("alice", 1)] }]);
  expect(kinds(result, "github/part")).toEqual([]);
});

describe("an environment", () => {
  const policies = (name: string): Answer => ({
    call: `GET /repos/acme/shop/environments/${name}/deployment-branch-policies`,
    document: {
      total_count: 2,
      branch_policies: [
        { id: 1, name: "main", type: "branch" },
        { id: 2, name: "v*", type: "tag" },
      ],
    },
  });

  test("takes its branch policies, whatever the letter case", () => {
    const result = readAll([environments("Production"), policies("production")]);
    expect(kinds(result, "github/environment")).toMatchObject([{ branches: { patterns: ["main"], tagPatterns: ["v*"] } }]);
    expect(result.gaps).toEqual([]);
  });

  test("whose branch policies nobody asked for has a gap, and no patterns", () => {
    const result = readAll([environments("production", "test"), policies("test")]);
    expect(kinds(result, "github/environment")).toMatchObject([{ name: "production", branches: {} }, { name: "test" }]);
    expect(gaps(result)).toEqual(["github/environment-branch-policies github:acme/shop#environment/production"]);
  });

  test("takes its custom rules, those that are off left out", () => {
    const rules = [
      { id: 1, enabled: true, app: { id: 1, slug: "gatekeeper" } },
      { id: 2, enabled: false, app: { id: 2, slug: "off" } },
    ];
    const custom = {
      call: "GET /repos/acme/shop/environments/test/deployment_protection_rules",
      document: { total_count: 2, custom_deployment_protection_rules: rules },
    };
    const result = readAll([environments("test"), policies("test"), custom]);
    expect(kinds(result, "github/environment")).toMatchObject([{ hasCustomRules: true, customRules: ["gatekeeper"] }]);
  });
});

describe("a long list", () => {
  const secrets = (from: number, to: number): object[] => Array.from({ length: to - from }, (_, index) => ({ name: `S${from + index}` }));
  const page = (number: number, perPage: number, list: object[], total: number): Answer => ({
    call: `GET /repos/acme/shop/actions/secrets?per_page=${perPage}&page=${number}`,
    document: { total_count: total, secrets: list },
  });
  const keys = (count: number, query = ""): Answer => ({
    call: `GET /repos/acme/shop/keys${query}`,
    document: Array.from({ length: count }, (_, id) => ({ id, title: "k", read_only: true })),
  });

  test.each([
    ["both pages", [page(1, 2, secrets(0, 2), 3), page(2, 2, secrets(2, 3), 3)], true],
    ["the same page twice", [page(1, 2, secrets(0, 2), 3), page(1, 2, secrets(0, 2), 3)], false],
    ["the first page alone", [page(1, 2, secrets(0, 2), 3)], false],
    ["the second page alone", [page(2, 2, secrets(2, 3), 3)], false],
    ["a later page alone, though it is not full", [keys(3, "?per_page=5&page=2")], false],
    ["the first and the third page", [keys(5, "?per_page=5&page=1"), keys(3, "?per_page=5&page=3")], false],
    ["a page that is not full", [keys(29)], true],
    ["a full page, which may be cut off", [keys(30)], false],
    ["a full page by its own size", [keys(5, "?per_page=5")], false],
    ["more than a page, as clients merge them", [keys(45)], true],
    ["an empty list", [keys(0)], true],
    [
      "pages in one file",
      [
        {
          call: "GET /repos/acme/shop/actions/secrets?per_page=2",
          document: [
            { total_count: 3, secrets: secrets(0, 2) },
            { total_count: 3, secrets: secrets(2, 3) },
          ],
        },
      ],
      true,
    ],
    [
      "pages in one file, cut off",
      [
        {
          call: "GET /repos/acme/shop/actions/secrets?per_page=2",
          document: [
            { total_count: 5, secrets: secrets(0, 2) },
            { total_count: 5, secrets: secrets(2, 4) },
          ],
        },
      ],
      false,
    ],
    [
      "lists in one file",
      [{ call: "GET /repos/acme/shop/keys?per_page=1", document: [[{ id: 1, title: "a", read_only: true }], []] }],
      true,
    ],
  ] as const)("%s: answered in full is %s", (_, answers, isWhole) => {
    const result = readAll(answers);
    expect(kinds(result, "github/answered")).toHaveLength(isWhole ? 1 : 0);
    expect(result.gaps).toHaveLength(isWhole ? 0 : 1);
  });

  test("items of pages in one file point to their place", () => {
    const document = [
      { total_count: 2, secrets: [{ name: "A" }] },
      { total_count: 2, secrets: [{ name: "B" }] },
    ];
    const result = readAll([{ call: "GET /repos/acme/shop/actions/secrets", document }]);
    expect(kinds(result, "github/secret")).toMatchObject([
      { name: "A", source: { pointer: "/0/secrets/0" } },
      { name: "B", source: { pointer: "/1/secrets/0" } },
    ]);
  });

  const list = (call: string): Answer => ({ call, document: [] });
  test.each([
    ["GET /repos/acme/shop/collaborators?affiliation=outside", "github/access github:acme/shop"],
    ["GET /repos/acme/shop/collaborators?permission=push", "github/access github:acme/shop"],
    ["GET /repos/acme/shop/rulesets?includes_parents=false", "github/ruleset github:acme/shop"],
    ["GET /repos/acme/shop/rulesets?targets=tag", "github/ruleset github:acme/shop"],
    ["GET /repos/acme/shop/branches?protected=false", "github/branch-protection github:acme/shop"],
    ["GET /orgs/acme/teams/platform/members?role=maintainer", "github/team github:acme#team/platform"],
    ["GET /orgs/acme/members?role=admin", "github/member github:acme"],
    ["GET /orgs/acme/members?role=member", "github/member github:acme"],
    ["GET /orgs/acme/members?filter=2fa_disabled", "github/member github:acme"],
    ["GET /orgs/acme/repos?type=public", "github/repository github:acme"],
    ["GET /orgs/acme/repos?not_invented_yet=1", "github/repository github:acme"],
  ])("%s asks for some only: a gap, unless all were asked for too", (call, gap) => {
    expect(gaps(readAll([list(call)]))).toEqual([gap]);
    expect(kinds(readAll([list(call)]), "github/answered")).toEqual([]);
    expect(readAll([list(call), list(call.replace(/\?.*/, ""))]).gaps).toEqual([]);
  });

  test.each([
    "GET /repos/acme/shop/collaborators?affiliation=all",
    "GET /repos/acme/shop/collaborators?affiliation=direct",
    "GET /repos/acme/shop/rulesets?includes_parents=true&targets=tag,branch",
    "GET /orgs/acme/repos?type=all&sort=full_name",
    "GET /orgs/acme/members?role=all",
  ])("%s asks for all", (call) => {
    const result = readAll([list(call)]);
    expect(kinds(result, "github/answered")).toHaveLength(1);
    expect(result.gaps).toEqual([]);
  });

  test("owners and the others are all members, and protected branches all that hold something back", () => {
    expect(readAll([list("GET /orgs/acme/members?role=member"), list("GET /orgs/acme/members?role=admin")]).gaps).toEqual([]);
    expect(readAll([list("GET /repos/acme/shop/branches?protected=true")]).gaps).toEqual([]);
  });
});

describe("people", () => {
  const team = (slug: string, id: number): object => ({ id, slug, name: slug, permission: "pull", parent: null });

  test("owners are known by the list of owners", () => {
    const result = readAll([
      { call: "GET /orgs/acme/members", document: [user("alice", 1), user("bob", 2)] },
      { call: "GET /orgs/acme/members?role=admin", document: [user("alice", 1)] },
    ]);
    expect(kinds(result, "github/member")).toMatchObject([
      { login: "alice", role: "admin" },
      { login: "bob", role: "member" },
    ]);
    expect(result.gaps).toEqual([]);
  });

  test("without it, who owns the organization is one gap", () => {
    const result = readAll([{ call: "GET /orgs/acme/members", document: [user("alice", 1), user("bob", 2)] }]);
    expect(gaps(result)).toEqual(["github/member github:acme"]);
  });

  test("a team takes its members; one whose members nobody asked for has a gap", () => {
    const result = readAll([
      { call: "GET /orgs/acme/teams", document: [team("platform", 7), team("shop", 8)] },
      { call: "GET /orgs/acme/teams/platform/members", document: [user("alice", 1)] },
    ]);
    expect(kinds(result, "github/team")).toMatchObject([{ slug: "platform", members: ["alice"] }, { slug: "shop" }]);
    expect(gaps(result)).toEqual(["github/team github:acme#team/shop"]);
  });
});

describe("rulesets", () => {
  const pull = (approvals: number): object => ({
    required_approving_review_count: approvals,
    require_code_owner_review: false,
    require_last_push_approval: false,
    dismiss_stale_reviews_on_push: false,
  });
  const ruleset = (id: number, change: object = {}): object => ({
    id,
    name: `r${id}`,
    target: "branch",
    source_type: "Repository",
    source: "acme/shop",
    enforcement: "active",
    conditions: { ref_name: { include: ["~DEFAULT_BRANCH", "refs/heads/release/*"], exclude: [] } },
    rules: [{ type: "pull_request", parameters: pull(1) }, { type: "update" }, { type: "creation" }],
    bypass_actors: [
      { actor_id: 7, actor_type: "Team", bypass_mode: "always" },
      { actor_id: 5, actor_type: "RepositoryRole", bypass_mode: "pull_request" },
      { actor_id: null, actor_type: "DeployKey" },
      { actor_id: 1, actor_type: "OrganizationAdmin" },
      { actor_id: 99, actor_type: "User" },
    ],
    ...change,
  });
  const read = (id: number, change?: object): Answer => ({ call: `GET /repos/acme/shop/rulesets/${id}`, document: ruleset(id, change) });
  const listed = (...entries: readonly object[]): Answer => ({ call: "GET /repos/acme/shop/rulesets", document: entries });
  const teams: readonly Answer[] = [
    { call: "GET /orgs/acme/teams", document: [{ id: 7, slug: "platform", permission: "pull" }] },
    { call: "GET /orgs/acme/teams/platform/members", document: [user("alice", 1)] },
  ];

  test("actors get the names that other answers tell; the others keep their number", () => {
    const result = readAll([read(1), ...teams]);
    expect(kinds(result, "github/branch-rule")).toMatchObject([
      {
        ruleset: 1,
        include: ["~DEFAULT_BRANCH", "release/*"],
        approvals: 1,
        pushRestrictedTo: [],
        restrictsCreation: true,
        bypass: [
          { team: "acme/platform" },
          { role: "admin", pullRequestsOnly: true },
          { deployKeys: true },
          { organizationAdmins: true },
          { actor: "user", id: 99 },
        ],
      },
    ]);
    expect(result.gaps).toEqual([]);
  });

  test("one that is listed and not read is a gap; one that is off, for tags, or read is none", () => {
    const list = listed(ruleset(1), ruleset(2), ruleset(3, { enforcement: "disabled" }), ruleset(4, { target: "tag" }), {
      ...ruleset(5),
      target: undefined,
    });
    const result = readAll([list, read(1), read(5, { target: "tag" })]);
    expect(gaps(result)).toEqual(["github/ruleset github:acme/shop"]);
    expect(result.gaps[0]?.what).toContain("r2");
  });

  test("an organization's comes to the repositories it names, and to no other", () => {
    const repository = (name: string, id: number): Answer => ({
      call: `GET /repos/acme/${name}`,
      document: { id, full_name: `acme/${name}`, default_branch: "main", private: true, archived: false },
    });
    const shared = (id: number, conditions: object): Answer => ({
      call: `GET /orgs/acme/rulesets/${id}`,
      document: ruleset(id, {
        source_type: "Organization",
        source: "acme",
        conditions: { ref_name: { include: ["~ALL"], exclude: [] }, ...conditions },
        bypass_actors: [],
      }),
    });
    const result = readAll([
      repository("shop", 10),
      repository("web", 11),
      shared(1, { repository_name: { include: ["sh*"], exclude: [] } }),
      shared(2, { repository_id: { repository_ids: [11] } }),
      shared(3, { repository_name: { include: ["~ALL"], exclude: ["web"] } }),
      shared(4, { repository_property: { include: [{ name: "tier" }] } }),
    ]);
    const found = kinds(result, "github/branch-rule").map((each) => each as { repository: string; ruleset: number });
    expect(found.map((each) => `${each.repository} ${each.ruleset}`)).toEqual(["acme/shop 1", "acme/web 2", "acme/shop 3"]);
    expect(gaps(result)).toEqual(["github/ruleset github:acme/shop", "github/ruleset github:acme/web"]);
  });

  test("rules of a branch count where their ruleset was not read, and only there", () => {
    const effective = (branch: string): Answer => ({
      call: `GET /repos/acme/shop/rules/branches/${branch}`,
      document: [
        { type: "pull_request", ruleset_id: 1, parameters: pull(2) },
        { type: "non_fast_forward", ruleset_id: 9, parameters: {} },
        { type: "pull_request", ruleset_id: 9, parameters: pull(1) },
      ],
    });
    const result = readAll([read(1), ...teams, effective("main"), effective("release/1")]);
    expect(kinds(result, "github/branch-rule")).toMatchObject([
      { ruleset: 1, approvals: 1 },
      { ruleset: 9, include: ["main", "release/1"], approvals: 1, bypassUnknown: true, allowForcePushes: false },
    ]);
    expect(gaps(result)).toEqual(["github/ruleset-bypass github:acme/shop#ruleset/9"]);
  });
});

describe("what an organization opens to chosen repositories", () => {
  const secrets: Answer = {
    call: "GET /orgs/acme/actions/secrets",
    document: { total_count: 1, secrets: [{ name: "TOKEN", visibility: "selected" }] },
  };
  const chosen = (names: readonly string[], page: number): Answer => ({
    call: `GET /orgs/acme/actions/secrets/TOKEN/repositories?per_page=1&page=${page}`,
    document: { total_count: 2, repositories: names.map((name) => ({ full_name: `acme/${name}` })) },
  });
  const ofRepository = (name: string): Answer => ({
    call: `GET /repos/acme/${name}/actions/organization-secrets`,
    document: { total_count: 1, secrets: [{ name: "TOKEN" }] },
  });

  test("a secret takes all pages of its repositories", () => {
    const result = readAll([secrets, chosen(["shop"], 1), chosen(["web"], 2)]);
    expect(kinds(result, "github/secret")).toMatchObject([{ name: "TOKEN", visibility: { repositories: ["acme/shop", "acme/web"] } }]);
    expect(result.gaps).toEqual([]);
  });

  test("a secret whose repositories nobody asked for has a gap, and no visibility", () => {
    const result = readAll([secrets, ofRepository("shop")]);
    expect(kinds(result, "github/secret")).toHaveLength(1);
    expect(kinds(result, "github/secret")[0]).not.toHaveProperty("visibility");
    expect(gaps(result)).toEqual(["github/secret github:acme#secret/TOKEN"]);
  });

  test("without the organization's list, each repository tells of itself", () => {
    const result = readAll([ofRepository("shop"), ofRepository("web")]);
    expect(kinds(result, "github/secret")).toMatchObject([{ visibility: { repositories: ["acme/shop", "acme/web"] } }]);
  });

  test("a runner takes its group's name, and a group its repositories", () => {
    const group = { id: 2, name: "deployers", visibility: "selected", allows_public_repositories: false };
    const result = readAll([
      { call: "GET /orgs/acme/actions/runner-groups", document: { total_count: 1, runner_groups: [group] } },
      { call: "GET /orgs/acme/actions/runners", document: { total_count: 1, runners: [{ name: "r", labels: [{ name: "linux" }] }] } },
      {
        call: "GET /orgs/acme/actions/runner-groups/2/runners",
        document: { total_count: 1, runners: [{ name: "r", labels: [{ name: "linux" }] }] },
      },
      {
        call: "GET /orgs/acme/actions/runner-groups/2/repositories",
        document: { total_count: 1, repositories: [{ full_name: "acme/shop" }] },
      },
    ]);
    expect(kinds(result, "github/runner")).toMatchObject([{ scope: "acme", name: "r", labels: ["linux"], group: "deployers" }]);
    expect(kinds(result, "github/runner-group")).toMatchObject([{ name: "deployers", visibility: { repositories: ["acme/shop"] } }]);
    expect(result.gaps).toEqual([]);
  });
});

test("several answers say the Actions settings of a repository", () => {
  const result = readAll([
    {
      call: "GET /repos/acme/shop/actions/permissions",
      document: { enabled: true, allowed_actions: "selected", sha_pinning_required: true },
    },
    {
      call: "GET /repos/acme/shop/actions/permissions/workflow",
      document: { default_workflow_permissions: "read", can_approve_pull_request_reviews: false },
    },
  ]);
  expect(kinds(result, "github/actions-settings")).toMatchObject([
    {
      enabled: true,
      requirePinnedActions: true,
      defaultTokenPermission: "read",
      canApprovePullRequests: false,
      source: { file: "0.json" },
    },
  ]);
});
