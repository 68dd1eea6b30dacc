// Answers of the REST API, in the shapes that its reference documents: what each becomes, whose it is, and what does not fit.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../lib/json.ts";
import { collector } from "./collector.ts";
import { type Answer, read } from "./fixtures/read.ts";
import { SHAPES } from "./shapes.ts";
import { TOPICS } from "./topics.ts";

const fixture = <T>(name: string): readonly T[] =>
  JSON.parse(readFileSync(new URL(`./fixtures/${name}`, import.meta.url), "utf8")) as readonly T[];

interface Case extends Answer {
  readonly name: string;
  readonly source: string;
  readonly shape: string;
  readonly observations: readonly object[];
  readonly gaps: readonly object[];
}

const answers = fixture<Case>("answers.json");
const isPage = (observation: object): boolean => "part" in observation && observation.part === "page";
const documentOf = (call: string): JsonObject => structuredClone(answers.find((each) => each.call === call)?.document) as JsonObject;

describe("an answer as the reference shows it", () => {
  test.each(answers)("$name: $call", ({ shape, document, call = "", observations, gaps }) => {
    const result = read({ document, call, scope: "acme" });
    const found = result.observations.filter((each) => !isPage(each));
    expect(result.shape).toBe(shape);
    expect(found).toMatchObject(observations);
    expect(found).toHaveLength(observations.length);
    expect(result.gaps).toMatchObject(gaps);
    expect(result.gaps).toHaveLength(gaps.length);
  });

  test("every shape has one", () => {
    const shown = new Set(answers.map((each) => each.shape));
    expect(SHAPES.map((shape) => shape.name).filter((name) => !shown.has(name))).toEqual([]);
  });

  test("every source points into its document", () => {
    for (const { document, call = "" } of answers) {
      for (const { source } of read({ document, call, scope: "acme" }).observations) {
        const keys = (source.pointer ?? "").split("/").slice(1);
        const value = keys.reduce<Json | undefined>((at, key) => (at as Record<string, Json> | undefined)?.[key], document as Json);
        expect(value, `${call} ${source.pointer}`).toBeDefined();
      }
    }
  });

  test("no value of a public key or of anything unread is kept", () => {
    const result = read({ document: documentOf("GET /repos/acme/shop/keys") as unknown, call: "GET /repos/acme/shop/keys" });
    expect(JSON.stringify(result)).not.toContain("ssh-rsa");
  });
});

describe("whose an answer is", () => {
  test.each([
    ["GET /repos/acme/shop/branches/main/protection", "github:acme/shop"],
    ["GET /repos/acme/shop/environments", "github:acme/shop"],
    ["GET /repos/acme/shop", "github:acme/shop"],
    ["GET /orgs/acme", "github:acme"],
  ])("%s says it itself, without a call and without a scope", (call) => {
    const result = read({ document: documentOf(call), scope: null });
    expect(result.shape).toBe(answers.find((each) => each.call === call)?.shape);
    expect(result.observations.filter((each) => !isPage(each))).toMatchObject(
      answers.find((each) => each.call === call)?.observations ?? [],
    );
    expect(result.gaps.map((gap) => gap.topic)).not.toContain("github/scope");
  });

  test("a ruleset without a call is the scope's repository's", () => {
    const document = documentOf("GET /repos/acme/shop/rulesets/42");
    expect(read({ document, scope: "acme/shop" }).observations).toMatchObject([{ part: "ruleset-read" }, { repository: "acme/shop" }]);
  });

  test("nothing says it: a gap, and nothing is guessed from the path", () => {
    const document = { approval_policy: "all_external_contributors" };
    const result = read({ document, scope: null, path: "github/acme/shop/fork-approval.json" });
    expect(result.observations).toEqual([]);
    expect(result.gaps).toMatchObject([{ topic: "github/scope", subject: "github/acme/shop/fork-approval.json" }]);
  });

  test("a file of another system is not ours, whatever it holds", () => {
    expect(read({ document: documentOf("GET /repos/acme/shop"), scope: "kubernetes" }).shape).toBeUndefined();
  });

  test.each(fixture<unknown>("unrecognized.json").map((document) => [document]))("%j is nobody's", (document) => {
    expect(read({ document })).toEqual({ observations: [], gaps: [] });
  });
});

describe("an answer that says no", () => {
  const refusal = (message: string): JsonObject => ({ message, documentation_url: "https://docs.github.com/rest", status: "404" });

  test("Branch not protected is an answer: the branch has no classic protection", () => {
    const result = read({ document: refusal("Branch not protected"), call: "GET /repos/acme/shop/branches/release/1/protection" });
    expect(result.gaps).toEqual([]);
    expect(result.observations).toMatchObject([
      { kind: "github/branch", repository: "acme/shop", name: "release/1", protected: false, origin: "branch-protection" },
    ]);
  });

  test("protection that the plan does not have protects nothing, and a repository without a commit has no files", () => {
    const upgrade = "Upgrade to GitHub Pro or make this repository public to enable this feature.";
    const told = [
      read({ document: refusal(upgrade), call: "GET /repos/acme/shop/branches/main/protection" }),
      read({ document: refusal(upgrade), call: "GET /repos/acme/shop/rulesets?per_page=100" }),
      read({ document: refusal("Git Repository is empty."), call: "GET /repos/acme/shop/git/trees/main?recursive=1" }),
    ];
    expect(told.flatMap(({ gaps }) => gaps)).toEqual([]);
    expect(told.flatMap(({ observations }) => observations)).toMatchObject([
      { kind: "github/branch", name: "main", protected: false },
      { kind: "github/answered", what: "rulesets", subject: "github:acme/shop" },
      { kind: "github/answered", what: "files", subject: "github:acme/shop" },
    ]);
  });

  test.each([
    ["GET /repos/acme/shop/branches/main/protection", "Not Found", "github/branch-protection", "github:acme/shop#branch/main"],
    ["GET /repos/acme/shop/environments", "Resource not accessible by personal access token", "github/environment", "github:acme/shop"],
    ["GET /orgs/acme/members?role=admin", "Must have admin rights", "github/member", "github:acme"],
    ["GET /repos/acme/shop/contents/.github/workflows/a.yml", "Not Found", "github/workflow", "github:acme/shop/.github/workflows/a.yml"],
  ])("%s: %s is a gap", (call, message, topic, subject) => {
    const result = read({ document: refusal(message), call });
    expect(result.observations).toEqual([]);
    expect(result.gaps).toMatchObject([{ topic, subject, why: message, source: { file: "answer.json" } }]);
  });

  test("to a question that nobody knows, it concerns everything", () => {
    expect(read({ document: refusal("Not Found") }).gaps).toMatchObject([{ topic: "github/other" }]);
  });
});

describe("what does not fit is a gap with its place, and the rest is read", () => {
  /** The document with the value at the pointer replaced; undefined takes it away. */
  function broken(call: string, pointer: string, value?: Json): unknown {
    const document = documentOf(call);
    const keys = pointer.split("/").slice(1);
    const last = keys.pop() as string;
    const at = keys.reduce((node, key) => (node as unknown as Record<string, JsonObject>)[key] as JsonObject, document) as Record<
      string,
      Json
    >;
    if (value === undefined) delete at[last];
    else at[last] = value;
    return document;
  }

  test.each([
    ["GET /repos/acme/shop/environments", "/environments/0/protection_rules", undefined, "/environments/0"],
    ["GET /repos/acme/shop/environments", "/environments/0/deployment_branch_policy", undefined, "/environments/0"],
    ["GET /repos/acme/shop/environments", "/environments/0/protection_rules/1/reviewers/0/type", "Robot", "/environments/0"],
    ["GET /repos/acme/shop/environments", "/environments", "none", "/environments"],
    ["GET /repos/acme/shop/branches/main/protection", "/enforce_admins", undefined, ""],
    ["GET /repos/acme/shop/branches/main/protection", "/restrictions/users", "all", ""],
    ["GET /repos/acme/shop/branches/main/protection", "/restrictions/apps", undefined, ""],
    ["GET /repos/acme/shop/actions/permissions", "/enabled", undefined, ""],
    ["GET /orgs/acme/actions/permissions", "/enabled_repositories", undefined, ""],
    ["GET /repos/acme/shop/actions/permissions/selected-actions", "/verified_allowed", undefined, ""],
    ["GET /repos/acme/shop/actions/oidc/customization/sub", "/use_default", undefined, ""],
    ["GET /orgs/acme/actions/oidc/customization/sub", "/include_claim_keys", undefined, ""],
    ["GET /repos/acme/shop/collaborators?affiliation=all", "/0/permissions", undefined, "/0"],
    ["GET /repos/acme/shop/keys", "/0/read_only", undefined, "/0"],
    ["GET /repos/acme/shop", "/archived", undefined, ""],
    ["GET /repos/acme/shop/rulesets/42", "/enforcement", "mostly", ""],
    ["GET /repos/acme/shop/rulesets/42", "/rules", undefined, ""],
    ["GET /repos/acme/shop/branches", "/0/protected", "yes", "/0"],
    ["GET /orgs/acme/actions/secrets", "/secrets/0/visibility", "friends", "/secrets/0"],
    ["GET /orgs/acme/actions/runner-groups", "/runner_groups/0/allows_public_repositories", undefined, "/runner_groups/0"],
    ["GET /repos/acme/shop/actions/permissions/workflow", "/default_workflow_permissions", "all", ""],
  ] as const)("%s with %s %j", (call, pointer, value, at) => {
    const result = read({ document: broken(call, pointer, value), call });
    expect(result.gaps.map((gap) => gap.source?.pointer)).toContain(at);
    const whole = read({ document: documentOf(call), call }).observations.filter((each) => !isPage(each));
    const left = result.observations.filter((each) => !isPage(each));
    expect(left.length).toBeLessThan(whole.length);
  });

  test("a reviewer without a name", () => {
    const document = broken("GET /repos/acme/shop/environments", "/environments/0/protection_rules/1/reviewers/0/reviewer", { id: 1 });
    expect(read({ document, call: "GET /repos/acme/shop/environments" }).gaps).toMatchObject([
      { topic: "github/environment", subject: "github:acme/shop#environment/staging", why: "the answer does not name it" },
      {},
    ]);
  });

  test("bypass actors that the token may not see are not none", () => {
    const call = "GET /repos/acme/shop/rulesets/42";
    const result = read({ document: broken(call, "/bypass_actors"), call });
    expect(result.observations).toMatchObject([{}, { bypass: [], bypassUnknown: true }]);
    expect(result.gaps).toMatchObject([{ topic: "github/ruleset-bypass", subject: "github:acme/shop#ruleset/42" }]);
  });

  test("a kind of bypass actor that nobody knows yet is not none", () => {
    const call = "GET /repos/acme/shop/rulesets/42";
    const result = read({ document: broken(call, "/bypass_actors/0/actor_type", "EnterpriseOwner"), call });
    expect(result.observations).toMatchObject([{}, { bypass: [], bypassUnknown: true }]);
    expect(result.gaps).toMatchObject([{ topic: "github/ruleset-bypass" }]);
  });

  test("nor is a bypass mode that nobody knows yet", () => {
    const call = "GET /repos/acme/shop/rulesets/42";
    const result = read({ document: broken(call, "/bypass_actors/0/bypass_mode", "on_fridays"), call });
    expect(result.observations).toMatchObject([{}, { bypass: [], bypassUnknown: true }]);
    expect(result.gaps).toMatchObject([{ topic: "github/ruleset-bypass", why: "Team with bypass mode on_fridays is not known here" }]);
  });

  test("a rule whose parameters have another form still asks for a pull request, with a gap", () => {
    const call = "GET /repos/acme/shop/rulesets/42";
    const rules = [{ type: "deletion" }, { type: "pull_request", parameters: { required_approving_review_count: "two" } }];
    const result = read({ document: broken(call, "/rules", rules), call });
    expect(result.observations).toMatchObject([{}, { approvals: 0 }]);
    expect(result.gaps).toMatchObject([{ topic: "github/ruleset", subject: "github:acme/shop", source: { pointer: "/rules/1" } }]);
  });

  test("a base permission that only owners see", () => {
    expect(read({ document: broken("GET /orgs/acme", "/default_repository_permission"), call: "GET /orgs/acme" }).gaps).toMatchObject([
      { topic: "github/organization", subject: "github:acme" },
    ]);
  });
});

describe("settings that matter to the wall", () => {
  const protection = (change: JsonObject): unknown => ({ ...documentOf("GET /repos/acme/shop/branches/main/protection"), ...change });
  const rule = (document: unknown): object | undefined =>
    read({ document, call: "GET /repos/acme/shop/branches/main/protection" }).observations.find(
      (each) => each.kind === "github/branch-rule",
    );

  test.each([
    ["administrators are exempt unless they are included", { enforce_admins: { enabled: false } }, { bypass: [{ admins: true }] }, []],
    ["no restriction of pushes is not an empty one", { restrictions: null }, {}, ["pushRestrictedTo"]],
    ["an empty restriction lets nobody push", { restrictions: { users: [], teams: [], apps: [] } }, { pushRestrictedTo: [] }, []],
    ["no required reviews is not none required", { required_pull_request_reviews: null }, { codeOwners: false }, ["approvals"]],
    [
      "who may bypass the pull request",
      {
        required_pull_request_reviews: {
          required_approving_review_count: 1,
          bypass_pull_request_allowances: { users: [{ login: "bob" }], apps: [{ slug: "deployer" }] },
        },
      },
      { approvals: 1, bypass: [{ login: "bob" }, { app: "deployer" }] },
      [],
    ],
  ] as const)("%s", (_, change, expected, absent) => {
    for (const key of absent) expect(rule(protection(change as unknown as JsonObject))).not.toHaveProperty(key);
    expect(rule(protection(change as unknown as JsonObject))).toMatchObject(expected);
  });

  test.each([
    [{ bypass_mode: "always" }, { deployKeys: true }],
    [{ bypass_mode: "exempt" }, { deployKeys: true }],
    [{}, { deployKeys: true }],
    [{ bypass_mode: "pull_request" }, { deployKeys: true, pullRequestsOnly: true }],
  ])("bypass mode %j", (mode, actor) => {
    const document = { ...documentOf("GET /repos/acme/shop/rulesets/42"), bypass_actors: [{ actor_type: "DeployKey", ...mode }] };
    const rules = read({ document, call: "GET /repos/acme/shop/rulesets/42" }).observations;
    expect(rules.flatMap((each) => (each.kind === "github/branch-rule" ? each.bypass : []))).toEqual([actor]);
  });

  test.each([
    [{ permission: "write", role_name: "maintain" }, { permission: "maintain" }],
    [
      { permission: "read", role_name: "constructor" },
      { permission: "read", customRole: "constructor" },
    ],
    [
      { permission: "read", role_name: "releaser" },
      { permission: "read", customRole: "releaser" },
    ],
  ])("a collaborator with %j", (given, expected) => {
    const document = { ...given, user: { login: "alice", id: 1, type: "User" } };
    expect(read({ document, call: "GET /repos/acme/shop/collaborators/alice/permission" }).observations.at(-1)).toMatchObject(expected);
  });

  test("a deploy key writes unless it is read-only, and keys of one title stay two", () => {
    const document = [
      { id: 1, title: "ci", read_only: false },
      { id: 2, title: "ci", read_only: true },
    ];
    expect(read({ document, call: "GET /repos/acme/shop/keys" }).observations.filter((each) => !isPage(each))).toMatchObject([
      { permission: "write", to: { deployKey: "ci (1)" } },
      { permission: "read", to: { deployKey: "ci (2)" } },
    ]);
  });

  test("a suspended installation and a disabled key give nothing", () => {
    const installations = documentOf("GET /orgs/acme/installations") as unknown as { installations: Record<string, unknown>[] };
    Object.assign(installations.installations[0] ?? {}, { suspended_at: "2026-01-01T00:00:00Z" });
    expect(read({ document: installations, call: "GET /orgs/acme/installations" }).observations.filter((each) => !isPage(each))).toEqual(
      [],
    );
    const keys = [{ id: 1, title: "ci", read_only: false, enabled: false }];
    expect(read({ document: keys, call: "GET /repos/acme/shop/keys" }).observations.filter((each) => !isPage(each))).toEqual([]);
  });
});

describe("a denied call is a gap as narrow as the call", () => {
  test.each(fixture<{ call: string; topic: string; subject: string }>("denied.json"))("$call", ({ call, topic, subject }) => {
    const gaps = collector.denied(call, "HTTP 403: Resource not accessible", { system: "github", repository: "acme/shop" });
    expect(gaps).toMatchObject([{ topic, subject, why: "HTTP 403: Resource not accessible" }]);
    expect(gaps[0]?.clauses).toEqual(TOPICS[topic as keyof typeof TOPICS]);
  });

  test("that a branch is not protected is no gap", () => {
    const call = "GET /repos/acme/shop/branches/main/protection";
    expect(collector.denied(call, "HTTP 404: Branch not protected", { system: "github" })).toEqual([]);
  });
});
