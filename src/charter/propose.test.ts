// Laws of a proposal: it loads as it stands, says what each line rests on, asks what it cannot know, and no name breaks out of its line.
import fc from "fast-check";
import { expect, test } from "vitest";
import { indexObservations, type Observation } from "../model/observation.ts";
import { formatProblems, loadCharter } from "./load.ts";
import { proposeCharter } from "./propose.ts";
import type { Charter } from "./schema.ts";

const source = { file: "f" };
const meta = { labels: {}, annotations: {}, source };

const account = (id: string, name?: string, parent?: string): Observation => ({
  kind: "aws/account",
  account: id,
  ...(name === undefined ? {} : { name }),
  ...(parent === undefined ? {} : { parent }),
  source,
});
const unit = (id: string, name: string, parent?: string): Observation => ({
  kind: "aws/organizational-unit",
  id,
  name,
  ...(parent === undefined ? {} : { parent }),
  source,
});
const namespace = (cluster: string, name: string, labels: Readonly<Record<string, string>> = {}): Observation => ({
  kind: "kubernetes/namespace",
  cluster,
  name,
  ...meta,
  labels,
});
const githubEnvironment = (repository: string, name: string): Observation => ({
  kind: "github/environment",
  repository,
  name,
  reviewers: [],
  preventSelfReview: false,
  waitMinutes: 0,
  branches: "any",
  canAdminsBypass: true,
  hasCustomRules: false,
  source,
});
const repository = (name: string): Observation => ({
  kind: "github/repository",
  repository: name,
  defaultBranch: "main",
  visibility: "private",
  archived: false,
  source,
});
const member = (login: string, role: "admin" | "member" = "member", bot = false): Observation => ({
  kind: "github/member",
  organization: "acme",
  login,
  role,
  bot,
  source,
});

const propose = (...observations: readonly Observation[]): string => proposeCharter(indexObservations(observations), "acme");

function loaded(text: string): Charter {
  const charter = loadCharter(text, "bulkhead.yaml");
  if (!charter.ok) throw new Error(`${formatProblems(charter.error)}\n${text}`);
  return charter.value;
}

const boundaryOf = (text: string, name: string): Charter["environments"][number]["boundary"] | undefined =>
  loaded(text).environments.find((environment) => environment.name === name)?.boundary;

test("nothing read gives a charter whose one environment matches nothing, so that a check of it stays unknown", () => {
  expect(loaded(propose()).environments.map(({ boundary }) => boundary)).toEqual([{ entities: ["QUESTION: what belongs to it?"] }]);
});

test("accounts are placed by their name, else by the nearest unit above that says something", () => {
  const text = propose(
    unit("r-1", "Root"),
    unit("ou-1", "Production", "r-1"),
    unit("ou-2", "EU", "ou-1"),
    account("111122223333", "acme-dev", "r-1"),
    account("222222222222", "shop", "ou-2"),
  );
  expect(boundaryOf(text, "development")?.aws?.accounts).toEqual(["111122223333"]);
  expect(boundaryOf(text, "production")?.aws?.accounts).toEqual(["222222222222"]);
  expect(text).toContain('- "222222222222" # account 222222222222 "shop": unit "Production" above it says "production"');
});

test("a name and a unit that disagree are a conflict in a comment, and the account stands nowhere", () => {
  const text = propose(unit("ou-1", "Production"), account("111122223333", "acme-dev", "ou-1"));
  expect(text).toMatch(
    /^# - conflict: account 111122223333 "acme-dev": .* "dev" \(development\), unit "Production" above it says "production"/m,
  );
  expect(text).not.toMatch(/^ +- "111122223333"/m);
});

test("units in a circle end", () => {
  expect(propose(unit("a", "x", "b"), unit("b", "y", "a"), account("111122223333", "shop", "a"))).toContain(
    '# - account 111122223333 "shop" names no environment',
  );
});

test("a cluster is taken whole when no namespace of it disagrees", () => {
  const text = propose(namespace("production", "shop"), namespace("production", "kube-system"), namespace("production", "web-prod"));
  expect(boundaryOf(text, "production")?.kubernetes).toEqual([{ cluster: "production", namespaces: ["*"], not: [] }]);
});

test("a cluster with a namespace that disagrees is taken namespace by namespace, and the rest is asked about", () => {
  const text = propose(namespace("production", "shop"), namespace("production", "shop-dev"), namespace("production", "shop-prod"));
  expect(boundaryOf(text, "production")?.kubernetes).toEqual([{ cluster: "production", namespaces: ["shop-prod"], not: [] }]);
  expect(boundaryOf(text, "development")?.kubernetes).toEqual([{ cluster: "production", namespaces: ["shop-dev"], not: [] }]);
  expect(text).toContain("some of its namespaces say otherwise: taken one by one");
  expect(text).toContain('# - namespace "shop" of "production" names no environment');
});

test("a label that contradicts a namespace's name is a conflict, and the namespace stands nowhere", () => {
  const text = propose(namespace("main", "shop-dev", { environment: "production" }), namespace("main", "web-dev"));
  expect(boundaryOf(text, "development")?.kubernetes).toEqual([{ cluster: "main", namespaces: ["web-dev"], not: [] }]);
  expect(text).toContain("# - conflict: namespace");
});

test("what several environments seem to use is proposed as shared, with a question", () => {
  const text = propose(
    { kind: "aws/organization", id: "o-1", managementAccount: "333333333333", source },
    account("333333333333", "acme"),
    account("222222222222", "log-archive"),
    account("111122223333", "acme-prod"),
    namespace("main", "kube-system"),
    repository("acme/shop"),
    repository("acme/infra-prod"),
  );
  const shared = new Map(loaded(text).shared.map(({ name, boundary }) => [name, boundary]));
  expect(shared.get("shared-accounts")?.aws?.accounts).toEqual(["333333333333", "222222222222"]);
  expect(shared.get("cluster-services")?.kubernetes?.[0]?.namespaces).toEqual(["kube-system"]);
  expect(shared.get("source-code")?.github?.repositories).toEqual(["acme/shop"]);
  expect(boundaryOf(text, "production")?.github?.repositories).toEqual(["acme/infra-prod"]);
  expect(text).toContain("# QUESTION: do these really serve every environment?");
});

test("GitHub environments are placed by name, once whatever the letter case", () => {
  const text = propose(
    githubEnvironment("acme/shop", "Production"),
    githubEnvironment("Acme/Shop", "production"),
    githubEnvironment("acme/shop", "github-pages"),
  );
  expect(boundaryOf(text, "production")?.github?.environments).toEqual([{ repository: "acme/shop", name: "Production" }]);
  expect(text).toContain('# - GitHub environment "github-pages" of "acme/shop" names no environment');
});

test("people are placeholders with their logins and teams; bots, IAM users and owners are questions", () => {
  const text = propose(
    member("Ann", "admin"),
    member("ann-", "member"),
    member("deploy[bot]", "member", true),
    { kind: "github/team", organization: "acme", slug: "Platform Team", members: ["ann"], source },
    {
      kind: "github/repository-access",
      repository: "acme/shop",
      permission: "write",
      to: { login: "guest", bot: false },
      source,
    },
  );
  expect(loaded(text).people.map(({ id, name, groups, identities }) => [id, name, groups, identities.github])).toEqual([
    ["ann", "QUESTION: who is Ann?", ["platform-team"], ["Ann"]],
    ["ann-2", "QUESTION: who is ann-?", [], ["ann-"]],
    ["guest", "QUESTION: who is guest?", [], ["guest"]],
  ]);
  expect(text).toContain('# - bot "deploy[bot]": whoever holds its token');
  expect(text).toContain('# - "Ann", owner of "acme" on GitHub');
});

test("a namespace called * takes no cluster, it is asked about", () => {
  const text = propose(namespace("main", "*", { environment: "production" }), namespace("main", "shop-prod"));
  expect(boundaryOf(text, "production")?.kubernetes).toEqual([{ cluster: "main", namespaces: ["shop-prod"], not: [] }]);
  expect(text).toContain("a charter cannot hold the name as it is");
});

test("whatever the names, the proposal loads, and it declares nothing but what was seen", () => {
  const name = fc.oneof(
    fc.string({ unit: "binary", maxLength: 12 }),
    fc.constantFrom(
      "prod",
      "dev",
      "a-prod",
      "b-dev\nprofile: strict",
      "prod # x",
      'prod"',
      "*-prod",
      "pre-prod",
      "\u2028prod",
      "Production",
      "shared-prod",
      "\ud800prod",
    ),
  );
  const digits = fc.constantFrom("111122223333", "222222222222", "1", "x\ny");
  const observation: fc.Arbitrary<Observation> = fc.oneof(
    fc.tuple(digits, name, name).map(([id, own, parent]) => account(id, own, parent)),
    fc.tuple(name, name).map(([id, own]) => unit(id, own)),
    fc.tuple(name, name, name).map(([cluster, own, label]) => namespace(cluster, own, { environment: label })),
    fc.tuple(name, name, name).map(([org, repo, own]) => githubEnvironment(`${org}/${repo}`, own)),
    name.map((own) => repository(`acme/${own}`)),
    fc.tuple(name, fc.boolean()).map(([login, bot]) => member(login, "admin", bot)),
    fc
      .tuple(name, name)
      .map(([slug, login]): Observation => ({ kind: "github/team", organization: "acme", slug, members: [login], source })),
  );
  fc.assert(
    fc.property(fc.array(observation, { maxLength: 20 }), name, (observations, organization) => {
      const charter = loaded(proposeCharter(indexObservations(observations), organization));
      expect(charter.profile).toBe("iso");
      const logins = observations.flatMap((each) => (each.kind === "github/member" && !each.bot ? [each.login.toLowerCase()] : []));
      for (const person of charter.people) expect(logins).toContain(person.identities.github[0]?.toLowerCase());
    }),
    { numRuns: 400 },
  );
});

test("a user of IAM Identity Center is somebody's, and the proposal asks whose", () => {
  const user = { kind: "aws/identity-center-user", store: "d-1", id: "u-1", emails: [], isDisabled: false, source } as const;
  const proposal = proposeCharter(indexObservations([{ ...user, userName: "ann\nprofile: strict" }]), "acme");
  expect(proposal).toMatch(/^# - user .*ann.* of IAM Identity Center: it stands under {2}identities\.identityCenter/m);
  expect(loaded(proposal).profile).toBe("iso");
});

test("environments of projects, projects and hosts stand where their names say, and shared where they say nothing", () => {
  const charter = loaded(
    propose(
      { kind: "gitlab/environment", project: "acme/shop", name: "production", source },
      { kind: "gitlab/project", project: "acme/shop", archived: false, source },
      {
        kind: "terraform-cloud/workspace",
        organization: "acme",
        name: "shop-prod",
        id: "ws-1",
        autoApply: false,
        autoApplyRunTrigger: false,
        execution: "remote",
        speculative: false,
        source,
      },
      {
        kind: "ansible/inventory",
        project: "acme/infra",
        path: "inventories/production/hosts",
        hosts: [
          { name: "db1.example.com", source },
          { name: "db1.dev.example.com", source },
        ],
        groups: [],
        source,
      },
    ),
  );
  const boundary = (name: string) => charter.environments.find((each) => each.name === name)?.boundary;
  expect(boundary("production")?.pipelines).toEqual({
    projects: ["terraform-cloud:acme/shop-prod"],
    environments: [{ project: "gitlab:acme/shop", name: "production" }],
  });
  expect(boundary("production")?.hosts).toEqual(["db1.example.com"]);
  expect(boundary("development")?.hosts).toEqual(["db1.dev.example.com"]);
  expect(charter.shared.find((each) => each.name === "pipelines")?.boundary.pipelines?.projects).toEqual(["gitlab:acme/shop"]);
});
