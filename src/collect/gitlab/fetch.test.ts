// The live half against a server that answers as GitLab does: what is collected is what hand-written files say, what a role may not see is a gap
// where it belongs, the past is read back to its period, and no value of a variable is written.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { collectGitlab } from "../../app/collect-forge.ts";
import { charterOf } from "../../app/estate-fixture.ts";
import { isRead, readFolder } from "../../app/files.ts";
import { type EstateReading, readEstate } from "../../app/read-estate.ts";
import { fingerprint } from "../../lib/hash.ts";
import type { Json } from "../../lib/json.ts";
import { Manifest } from "../../model/manifest.ts";
import type { Observation } from "../../model/observation.ts";
import { read } from "./fixtures/definition-support.ts";
import { type Replay, type Role, replay, send } from "./replay-support.ts";

const KEY = new TextEncoder().encode("a key of the tests");
const SHOP = "projects/acme%2Fshop";
const BASE = JSON.parse(readFileSync(new URL("../../checks/cases/gitlab-project.json", import.meta.url), "utf8")) as {
  readonly estate: Readonly<Record<string, Readonly<Record<string, Json>>>>;
};
const HAND = Object.entries(BASE.estate["gitlab/acme/shop"] ?? {});

let server: Replay;
const output = mkdtempSync(join(tmpdir(), "bulkhead-gitlab-"));
const said: string[] = [];

const collect = async (more: Partial<Parameters<typeof collectGitlab>[0]> = {}): Promise<readonly string[]> => {
  await collectGitlab({
    ...{ url: server.url, token: "all", group: "acme", since: new Date("2026-01-01T00:00:00Z"), output, refresh: true, concurrency: 4 },
    ...{ fingerprint: (secret: string) => fingerprint(KEY, secret), firstWaitMs: 1, say: (line: string) => void said.push(line) },
    ...more,
  });
  return manifest().calls.flatMap((call) => (call.status === "denied" ? [call.call] : []));
};
const manifest = (): Manifest => Manifest.parse(JSON.parse(readFileSync(join(output, "estate/gitlab/acme/manifest.json"), "utf8")));
const reading = (): EstateReading => readEstate(readFolder(output), charterOf(), { fingerprintKey: KEY });
const gaps = (): readonly string[] => [...new Set(reading().gaps.map(({ topic, subject }) => `${topic} ${subject}`))];
const seen = <K extends Observation["kind"]>(kind: K): readonly Extract<Observation, { kind: K }>[] =>
  reading().observations.filter((each): each is Extract<Observation, { kind: K }> => each.kind === kind);

function worldOf(): Map<string, Json> {
  const world = new Map<string, Json>(HAND.map(([call, answer]) => [call.replace("GET /", "").split("?")[0] ?? "", answer]));
  world.set("groups/acme/projects", [
    { id: 42, path_with_namespace: "acme/shop", archived: false },
    { id: 43, path_with_namespace: "acme/old", archived: true },
  ]);
  world.set("groups/acme/variables", []);
  world.set("groups/acme/protected_environments", []);
  world.set(`${SHOP}/deployments`, []);
  return world;
}

beforeAll(async () => {
  server = await replay(worldOf());
  await collect();
});
afterEach(() => {
  server.disturb = () => false;
  server.role = "Owner";
  server.world = worldOf();
  expect(server.problems).toEqual([]);
});
afterAll(async () => {
  await server?.stop();
  rmSync(output, { recursive: true, force: true });
});

test("everything is answered and recognized, and is read as the files that were written by hand are", async () => {
  expect(await collect()).toEqual([]);
  expect([gaps(), reading().unrecognized]).toEqual([[], []]);
  const byHand = read(...HAND.map(([call, answer]) => ({ call, text: typeof answer === "string" ? answer : JSON.stringify(answer) })));
  const without = (each: object): string => JSON.stringify(each, (key, value: unknown) => (key === "source" ? undefined : value));
  const collected = new Set(reading().observations.map(without));
  expect(byHand.observations.map(without).filter((each) => !collected.has(each))).toEqual([]);
  expect(manifest().collectedBy).toBe("auditor");
});

test.each<[Role, readonly string[]]>([
  ["Maintainer", ["gitlab/variable gitlab:acme"]],
  [
    "Reporter",
    [
      ...["approval", "deploy-key", "protected-branch", "protected-environment", "protected-tag", "runner", "variable"].map(
        (topic) => `gitlab/${topic} gitlab:acme/shop`,
      ),
      ...["gitlab/protected-environment gitlab:acme", "gitlab/variable gitlab:acme"],
    ],
  ],
  [
    "Guest",
    [
      ...[
        "approval",
        "deploy-key",
        "deployment",
        "environment",
        "protected-branch",
        "protected-environment",
        "protected-tag",
        "runner",
        "variable",
      ].map((topic) => `gitlab/${topic} gitlab:acme/shop`),
      ...["gitlab/pipeline gitlab:acme/shop/.gitlab-ci.yml", "gitlab/protected-environment gitlab:acme", "gitlab/variable gitlab:acme"],
    ],
  ],
])("a %s sees less, and each thing unseen is a gap where it belongs", async (role, expected) => {
  server.role = role;
  await collect();
  expect(gaps().toSorted()).toEqual([...expected].toSorted());
});

test("a token that GitLab does not know is refused", async () => {
  await expect(collect({ token: "none" })).rejects.toThrow("401 Unauthorized (HTTP 401)");
});

test("no value of a variable, no runner token and no secret of a definition is written", async () => {
  const world = worldOf();
  const variable = { variable_type: "env_var", protected: true, masked: true, environment_scope: "*" };
  world.set(`${SHOP}/variables`, [{ ...variable, key: "AWS_KEY", value: "correct-horse-1", description: "it is correct-horse-2" }]);
  world.set("groups/acme/variables", [{ ...variable, key: "GROUP_KEY", value: "correct-horse-3" }]);
  world.set(SHOP, {
    ...(world.get(SHOP) as object),
    runners_token: "correct-horse-4",
    import_url: "https://u:correct-horse-5@example.com/x",
  });
  world.set(
    `${SHOP}/repository/files/.gitlab-ci.yml/raw`,
    "variables:\n  DB_PASSWORD:\n    value: correct-horse-6\nbuild:\n  script: psql --password=correct-horse-7\n",
  );
  server.world = world;
  expect(await collect()).toEqual([]);
  const texts = [...readFolder(output)].map(([path, content]) => `${path} ${isRead(content) ? Buffer.from(content).toString() : ""}`);
  expect(texts.filter((text) => text.includes("correct-horse"))).toEqual([]);
  expect(
    seen("gitlab/variable")
      .map(({ key, of }) => `${of} ${key}`)
      .toSorted(),
  ).toEqual(["acme GROUP_KEY", "acme/shop AWS_KEY"]);
});

test("files that a definition includes are asked for where they stand, also by a pattern, and those that may not be seen are gaps", async () => {
  const world = worldOf();
  const file = (project: string, path: string): string =>
    `projects/${encodeURIComponent(project)}/repository/files/${encodeURIComponent(path)}/raw`;
  const definition =
    "include:\n  - local: /ci/*.yml\n  - project: acme/templates\n    file: [/deploy.yml, hidden.yml]\n    ref: v1\nbuild:\n  script: make\n";
  world.set(file("acme/shop", ".gitlab-ci.yml"), definition);
  world.set(
    `${SHOP}/repository/tree`,
    ["ci/a.yml", "ci/b.yml", "ci/deep/c.yml"].map((path) => ({ id: "0", name: path, type: "blob", path, mode: "100644" })),
  );
  world.set(file("acme/shop", "ci/a.yml"), "include: ci/deep/c.yml\na:\n  script: a\n");
  world.set(file("acme/shop", "ci/b.yml"), "b:\n  script: b\n");
  world.set(file("acme/shop", "ci/deep/c.yml"), "c:\n  script: c\n");
  world.set(file("acme/templates", "deploy.yml"), "d:\n  script: d\n");
  server.world = world;
  expect(await collect()).toEqual(["GET /projects/acme%2Ftemplates/repository/files/hidden.yml/raw?ref=v1"]);
  const [pipeline] = seen("gitlab/pipeline");
  expect(pipeline?.jobs.map(({ name }) => name).toSorted()).toEqual(["a", "b", "build", "c", "d"]);
  expect(gaps().toSorted()).toEqual(["gitlab/include gitlab:acme/shop/.gitlab-ci.yml", "gitlab/pipeline gitlab:acme/templates/hidden.yml"]);
});

test("tags of a runner and who may use it come from its own answer", async () => {
  const world = worldOf();
  world.set(`${SHOP}/runners`, [{ id: 7, description: "big", runner_type: "project_type", paused: false }]);
  world.set("runners/7", {
    id: 7,
    description: "big",
    runner_type: "project_type",
    tag_list: ["deploy"],
    access_level: "ref_protected",
    run_untagged: false,
  });
  server.world = world;
  expect(await collect()).toEqual([]);
  expect(seen("gitlab/runner")).toMatchObject([{ id: 7, description: "big", tags: ["deploy"], protectedOnly: true, untagged: false }]);
});

describe("the past", () => {
  const deployment = (id: number, environment: string, sha: string, at: string, commitAt = at): { [key: string]: Json } => ({
    ...{ id, iid: id, sha, ref: "main", status: "success", created_at: at, updated_at: at, user: { id: 2, username: "alice" } },
    ...{ environment: { id: 1, name: environment, external_url: "https://example.com/x" } },
    deployable: {
      id: 1,
      status: "success",
      finished_at: at,
      commit: { id: sha, created_at: commitAt, message: "correct-horse-8" },
      artifacts: [],
    },
  });
  const old = Array.from({ length: 150 }, (_, index) =>
    deployment(index + 1, "development", "0".repeat(40), new Date(Date.UTC(2025, 0, 1, 0, index)).toISOString()),
  );
  const [FIRST, SECOND] = ["a".repeat(40), "b".repeat(40)];

  test("is read back to its beginning, with approvals, merge requests and authors", async () => {
    const world = worldOf();
    const recent = [
      deployment(201, "production", FIRST, "2025-12-01T10:00:00Z"),
      deployment(202, "development", SECOND, "2026-01-02T10:00:00Z"),
      deployment(203, "production", SECOND, "2026-01-03T10:00:00Z", "2026-01-01T12:00:00Z"),
    ];
    world.set(`${SHOP}/deployments`, [...old, ...recent].toReversed());
    const approved = [
      { user: { id: 4, username: "rita" }, status: "approved", created_at: "2026-01-03T09:00:00Z", comment: "correct-horse-9" },
    ];
    world.set(`${SHOP}/deployments/203`, { ...recent[2], approvals: approved });
    const request = {
      id: 9,
      iid: 5,
      author: { username: "bob" },
      merge_user: { username: "alice" },
      merged_at: "2026-01-02T09:00:00Z",
      target_branch: "main",
    };
    world.set(`${SHOP}/deployments/203/merge_requests`, [
      { ...request, description: "correct-horse-10", sha: SECOND, merge_commit_sha: SECOND },
    ]);
    world.set(`${SHOP}/merge_requests/5/approvals`, { approved_by: [{ user: { username: "rita" } }] });
    const commit = {
      id: SECOND,
      author_email: "Bob@example.com",
      committer_email: "bob@example.com",
      message: "x\n\nCo-authored-by: D <dana@example.com>",
    };
    world.set(`${SHOP}/repository/compare ${FIRST} ${SECOND}`, {
      commits: [commit],
      diffs: [{ diff: "+correct-horse-11" }],
      compare_timeout: false,
      compare_same_ref: false,
    });
    server.world = world;
    expect(await collect()).toEqual([]);
    expect([gaps(), reading().unrecognized]).toEqual([[], []]);
    expect(seen("gitlab/history")).toMatchObject([{ project: "acme/shop", since: expect.stringMatching(/^2025-01-01/) as unknown }]);
    const found = seen("gitlab/deployment").find(({ id }) => id === 203);
    expect(found).toMatchObject({
      approvedBy: ["rita"],
      approvalsRead: true,
      doneAt: "2026-01-03T10:00:00Z",
      commitAt: "2026-01-01T12:00:00Z",
    });
    expect(seen("gitlab/deployment").filter(({ id }) => id === 203)).toHaveLength(1);
    expect(seen("gitlab/deployment-changes")).toMatchObject([{ deployment: 203, mergeRequests: [5] }]);
    expect(seen("gitlab/merge-request")).toMatchObject([{ number: 5, author: "bob", mergedBy: "alice", target: "main" }]);
    expect(seen("gitlab/merge-request-approvals")).toMatchObject([{ number: 5, approvedBy: ["rita"] }]);
    expect(seen("gitlab/comparison")).toMatchObject([
      { base: FIRST, head: SECOND, commits: [{ emails: ["bob@example.com", "dana@example.com"] }] },
    ]);
    const texts = [...readFolder(output)].map(([, content]) => (isRead(content) ? Buffer.from(content).toString() : ""));
    expect(texts.filter((text) => /correct-horse-(?:9|10|11)/.test(text))).toEqual([]);
  });

  test("a list of several pages is read to its end, and denied whole where one never comes", async () => {
    const world = worldOf();
    const members = Array.from({ length: 120 }, (_, index) => ({ id: index, username: `m${index}`, state: "active", access_level: 30 }));
    world.set(`${SHOP}/members/all`, members);
    server.world = world;
    expect(await collect()).toEqual([]);
    expect([seen("gitlab/member").length, gaps()]).toEqual([120, []]);
    server.disturb = (request, response) =>
      request.url?.includes("members/all?per_page=100&page=2") === true && (send(response, 502, "busy"), true);
    expect(await collect()).toEqual([`GET /${SHOP}/members/all?per_page=100`]);
    expect(gaps()).toEqual(["gitlab/member gitlab:acme/shop"]);
  });

  test("a server that says when to come back is asked again then", async () => {
    let times = 0;
    server.disturb = (request, response) =>
      request.url?.includes("/environments?") === true &&
      times++ === 0 &&
      (send(response, 429, "Retry later", { "RateLimit-Reset": "1" }), true);
    expect(await collect()).toEqual([]);
    expect(times).toBeGreaterThan(1);
  });
});
