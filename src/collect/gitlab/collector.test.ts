// Answers of the REST API → observations: what is read, what becomes a gap, and that no value of a variable gets through.
import { describe, expect, test } from "vitest";
import { collector } from "./collector.ts";
import { read } from "./fixtures/definition-support.ts";

const at = (path: string, answer: unknown) => ({ call: `GET /projects/acme%2Fshop/${path}`, text: JSON.stringify(answer) });
const levels = (...entries: readonly object[]) => entries.map((entry) => ({ access_level: null, user_id: null, group_id: null, ...entry }));

describe("answers", () => {
  test("a variable is its metadata; its value is never read", () => {
    const told = read(
      at("variables?per_page=100", [
        {
          variable_type: "env_var",
          key: "AWS_KEY",
          value: "the-value-itself",
          protected: true,
          masked: true,
          environment_scope: "production",
        },
      ]),
    );
    expect(told.of("gitlab/variable")).toMatchObject([{ of: "acme/shop", key: "AWS_KEY", protected: true, environments: "production" }]);
    expect(JSON.stringify(told)).not.toContain("the-value-itself");
  });

  test("a group's variable is the group's", () => {
    const call = "GET /groups/acme/variables?per_page=100";
    const told = read({ call, text: JSON.stringify([{ variable_type: "env_var", key: "K", protected: false, environment_scope: "*" }]) });
    expect(told.of("gitlab/variable")).toMatchObject([{ of: "acme", scope: "group" }]);
  });

  test("access lists name levels, users, groups and keys", () => {
    const told = read(
      at("protected_branches?per_page=100", [
        {
          name: "main",
          push_access_levels: levels({ access_level: 0 }),
          merge_access_levels: levels({ access_level: 40 }, { user_id: 7, access_level: 40 }, { group_id: 8 }, { deploy_key_id: 9 }),
        },
      ]),
    );
    expect(told.of("gitlab/protected-branch")).toMatchObject([
      { name: "main", push: [{ level: 0 }], merge: [{ level: 40 }, { user: 7 }, { group: 8 }, { deployKey: 9 }] },
    ]);
    expect(told.of("gitlab/answered")).toMatchObject([{ what: "protected branches", of: "acme/shop" }]);
  });

  test("the older count of approvals and the newer rules are told alike", () => {
    const environment = (name: string, rest: object) => ({ name, deploy_access_levels: levels({ access_level: 40 }), ...rest });
    const told = read(
      at("protected_environments", [
        environment("a", { required_approval_count: 2 }),
        environment("b", {
          required_approval_count: 0,
          approval_rules: levels({ user_id: 4 }).map((one) => ({ ...one, required_approvals: 1 })),
        }),
        environment("c", { required_approval_count: 0 }),
      ]),
    );
    expect(told.of("gitlab/protected-environment").map((one) => one.approvals)).toEqual([
      [{ by: { level: 40 }, count: 2 }],
      [{ by: { user: 4 }, count: 1 }],
      [],
    ]);
  });

  test("bots of access tokens are bots", () => {
    const told = read(at("members/all", [{ id: 1, username: "project_42_bot_0a1b", state: "active", access_level: 40 }]));
    expect(told.of("gitlab/member")).toMatchObject([{ bot: true, level: 40 }]);
  });

  test("a deployment holds who approved it", () => {
    const told = read(
      at("deployments", [
        {
          id: 1,
          sha: "ab",
          ref: "main",
          status: "success",
          created_at: "2026-11-01T00:00:00Z",
          user: { username: "alice" },
          environment: { name: "production" },
          approvals: [
            { status: "approved", user: { username: "rita" } },
            { status: "rejected", user: { username: "bob" } },
          ],
        },
      ]),
    );
    expect(told.of("gitlab/deployment")).toMatchObject([{ environment: "production", by: "alice", approvedBy: ["rita"] }]);
  });
});

describe("gaps", () => {
  test("a full page without the next one", () => {
    const page = Array.from({ length: 20 }, (_, id) => ({ id, username: `u${id}`, state: "active", access_level: 30 }));
    const told = read(at("members/all", page));
    expect(told.gaps).toMatchObject([
      { topic: "gitlab/member", subject: "gitlab:acme/shop", why: "the page is full: collect the next one too" },
    ]);
    expect(told.of("gitlab/answered")).toEqual([]);
  });

  test("an item that does not fit", () => {
    const told = read(at("variables", [{ key: "K", environment_scope: "*" }]));
    expect(told.gaps[0]).toMatchObject({ topic: "gitlab/variable", source: { pointer: "/0" } });
  });

  test("an answer of which nothing says whose it is", () => {
    const text = JSON.stringify([{ name: "main", push_access_levels: [], merge_access_levels: [] }]);
    expect(read({ text, scoped: false }).gaps).toMatchObject([{ topic: "gitlab/scope" }]);
  });

  test("a project whose definition was not collected", () => {
    const told = read(at("", { id: 42, path_with_namespace: "acme/shop", default_branch: "main" }));
    expect(told.gaps).toMatchObject([{ topic: "gitlab/pipeline", subject: "gitlab:acme/shop/.gitlab-ci.yml", why: "not collected" }]);
  });

  test.each([
    ["GET /projects/acme%2Fshop/protected_branches", "gitlab/protected-branch", "gitlab:acme/shop"],
    ["glab api projects/acme%2Fshop/variables", "gitlab/variable", "gitlab:acme/shop"],
    ["GET /projects/acme%2Fshop/repository/files/.gitlab-ci.yml/raw", "gitlab/pipeline", "gitlab:acme/shop/.gitlab-ci.yml"],
    ["GET /projects/42/members/all", "gitlab/member", "gitlab:acme/scoped"],
  ])("%s denied", (call, topic, subject) => {
    expect(collector.denied(call, "403 Forbidden", { system: "gitlab", project: "acme/scoped" })).toMatchObject([{ topic, subject }]);
  });
});

test.each([
  ["a Kubernetes object", "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\n"],
  ["a GitHub workflow", "on: push\njobs: { a: { runs-on: x, steps: [{ run: x }] } }\n"],
  ["a compose file", "services: { web: { image: nginx } }\n"],
])("%s is no pipeline definition", (_, text) => {
  expect(read({ text, scoped: false, path: "some.yml" }).observations).toEqual([]);
});
