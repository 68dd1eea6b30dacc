// The live half on a repository's past: the period, what was tested before it, who approved and who wrote, and no secret in what is written down.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { collectGithub } from "../../app/collect-forge.ts";
import { charterOf } from "../../app/estate-fixture.ts";
import { isRead, readFolder } from "../../app/files.ts";
import { readEstate } from "../../app/read-estate.ts";
import { fingerprint } from "../../lib/hash.ts";
import type { Json } from "../../lib/json.ts";
import { Manifest } from "../../model/manifest.ts";
import type { Observation } from "../../model/observation.ts";
import { type Replay, replay } from "./replay-support.ts";
import { acmeWorld, compared, withHistory } from "./world-support.ts";

const KEY = new TextEncoder().encode("a key of the tests");
const SHOP = "/repos/acme/shop";
const folder = mkdtempSync(join(tmpdir(), "bulkhead-github-"));
const SHA = ["a", "b", "c"].map((each) => each.repeat(40)) as [string, string, string];
const [FIRST, SECOND, THIRD] = SHA;

let server: Replay;
let world: Map<string, Json>;

beforeAll(async () => {
  world = acmeWorld();
  const old = Array.from({ length: 120 }, (_, index) => ({
    ...{ id: 1000 + index, environment: "development", sha: "d".repeat(40) },
    at: new Date(Date.UTC(2025, 0, 1, 0, index)).toISOString(),
  }));
  withHistory(world, SHOP, [
    ...old,
    { id: 1, environment: "test", sha: FIRST, at: "2025-12-30T10:00:00Z" },
    { id: 2, environment: "production", sha: FIRST, at: "2025-12-31T10:00:00Z", run: 71 },
    { id: 3, environment: "test", sha: SECOND, at: "2025-12-31T11:00:00Z" },
    { id: 4, environment: "production", sha: SECOND, at: "2026-01-05T10:00:00Z", run: 72 },
    { id: 5, environment: "production", sha: THIRD, at: "2026-01-06T10:00:00Z", run: 73 },
  ]);
  compared(world, SHOP, FIRST, SECOND, "dana");
  compared(world, SHOP, SECOND, THIRD, "rita");
  const pull = (number: number, merged_at: string | null): Json => ({
    ...{ number, state: "closed", user: { login: "dana", id: 5 }, merged_at, merge_commit_sha: SECOND, updated_at: "2026-01-04T00:00:00Z" },
    ...{ base: { ref: "main", sha: FIRST }, head: { ref: "fix", sha: SECOND }, body: "the key is correct-horse-7" },
  });
  world.set(`${SHOP}/pulls`, [pull(7, "2026-01-04T00:00:00Z"), pull(8, null)]);
  world.set(`${SHOP}/pulls/7/reviews`, [
    {
      id: 1,
      user: { login: "rita", id: 3 },
      state: "APPROVED",
      commit_id: SECOND,
      submitted_at: "2026-01-03T00:00:00Z",
      body: "correct-horse-8",
    },
  ]);
  const [variables, workflow] = [`${SHOP}/actions/variables`, `${SHOP}/contents/.github/workflows/planted.yml`];
  world.set(variables, {
    total_count: 2,
    variables: [
      { name: "DB_PASSWORD", value: "correct-horse-1" },
      { name: "NOTE", value: "curl --token correct-horse-2 x" },
    ],
  });
  world.set(workflow, PLANTED);
  const tree = world.get(`${SHOP}/git/trees/main`) as { tree: Json[] };
  world.set(`${SHOP}/git/trees/main`, {
    ...tree,
    tree: [
      ...tree.tree,
      ...[".github/workflows/planted.yml", "CODEOWNERS", "docs/CODEOWNERS"].map((path) => ({ ...(tree.tree[0] as object), path })),
    ],
  });
  world.set(
    `${SHOP}/contents/CODEOWNERS`,
    "# who owns what\n* @acme/shop dana@example.com\n/.github/ @acme/platform # gates\n/docs/\n!/x @a\n",
  );
  server = await replay(world);
  await collect();
}, 60_000);

afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const PLANTED = `on: push
permissions:
  id-token: write # ghp_${"correcthorse".repeat(3)}
jobs:
  deploy:
    runs-on: ubuntu-latest
    env:
      API_TOKEN: correct-horse-3
      PASSPHRASE: |
        correct-horse-4
        second line
    steps:
      - run: |
          echo first
          mysql --password=correct-horse-9 -e 'select 1'
      - run: echo last
`;

const collect = (): Promise<number> =>
  collectGithub({
    ...{ api: server.api, token: "all", owner: "acme", repositories: ["shop"], since: new Date("2026-01-01T00:00:00Z"), output: folder },
    ...{ refresh: true, concurrency: 4, firstWaitMs: 1, say: () => undefined, fingerprint: (secret: string) => fingerprint(KEY, secret) },
  });
const readingOf = () => readEstate(readFolder(folder), charterOf(), { fingerprintKey: KEY });
const seen = <K extends Observation["kind"]>(kind: K): readonly Extract<Observation, { kind: K }>[] =>
  readingOf().observations.filter((each): each is Extract<Observation, { kind: K }> => each.kind === kind);
const calls = (): readonly string[] =>
  Manifest.parse(JSON.parse(readFileSync(join(folder, "estate/github/acme/manifest.json"), "utf8"))).calls.map(({ call }) => call);

test("everything is answered in the published forms, and leaves no gap but the repositories that nobody asked for", () => {
  expect(server.problems).toEqual([]);
  const { gaps, unrecognized } = readingOf();
  const others = ["payments", "platform-infrastructure", "website"].map((name) => `github/repository github:acme/${name}`);
  expect([gaps.map(({ topic, subject }) => `${topic} ${subject}`), unrecognized]).toEqual([others, []]);
});

test("deployments are read back to the period's beginning, and no page further", () => {
  expect(calls().filter((call) => /deployments\?per_page/.test(call))).toEqual([`GET ${SHOP}/deployments?per_page=100`]);
  expect(seen("github/history").find((each) => each.of === "deployments" && each.commit === undefined)?.since).toBe(
    "2025-01-01T00:25:00.000Z",
  );
  expect(seen("github/deployment")).toHaveLength(100);
});

test("a commit of the period brings its deployments before it", () => {
  expect(calls()).toContain(`GET ${SHOP}/deployments?sha=${SECOND}&per_page=100`);
  expect(calls().some((call) => call.includes(`sha=${FIRST}`))).toBe(false);
  expect(new Set(seen("github/history").flatMap((each) => each.commit ?? []))).toEqual(new Set([SECOND, THIRD]));
});

test("who started a deployment's run and who approved it", () => {
  expect(seen("github/deployment-status").find((each) => each.deployment === 4)).toMatchObject({ state: "success", run: 72 });
  expect(
    seen("github/run")
      .map(({ id }) => id)
      .toSorted(),
  ).toEqual([71, 72, 73]);
  expect(seen("github/run")[0]).toMatchObject({ actor: "ivan", startedBy: "ivan", workflow: ".github/workflows/deploy.yml" });
  expect(seen("github/run-approval")[0]).toMatchObject({ state: "approved", by: "rita", environments: ["production"] });
});

test("who wrote what a deployment brought since the one before in its environment", () => {
  const found = seen("github/comparison").map(({ base, head, commits }) => [base, head, commits.flatMap((commit) => commit.authors)]);
  expect(found).toEqual([
    [FIRST, SECOND, [{ login: "dana" }]],
    [SECOND, THIRD, [{ login: "rita" }]],
  ]);
});

test("who owns the code, from the file that GitHub takes", () => {
  expect(seen("github/code-owners")).toMatchObject([
    {
      ...{ repository: "acme/shop", path: "CODEOWNERS" },
      entries: [
        { pattern: "*", owners: ["@acme/shop", "dana@example.com"], line: 2 },
        { pattern: "/.github/", owners: ["@acme/platform"], line: 3 },
        { pattern: "/docs/", owners: [], line: 4 },
      ],
    },
  ]);
  expect(calls().some((call) => call.includes("docs/CODEOWNERS"))).toBe(false);
});

test("merged pull requests with their reviews, and none of others", () => {
  expect(seen("github/pull-request").map(({ number, mergedAt }) => [number, mergedAt !== undefined])).toEqual([
    [7, true],
    [8, false],
  ]);
  expect(seen("github/review")).toMatchObject([{ pullRequest: 7, by: "rita", state: "APPROVED" }]);
  expect(calls().some((call) => call.includes("/pulls/8/"))).toBe(false);
});

test("no secret value that was planted is left anywhere", () => {
  const texts = [...readFolder(folder)].map(([path, content]) => `${path} ${isRead(content) ? Buffer.from(content).toString() : ""}`);
  expect(texts.filter((text) => /correct-?horse/.test(text)).map((text) => text.split("\n")[0])).toEqual([]);
  expect(JSON.stringify(readingOf().observations)).not.toMatch(/correct-?horse/);
});

test("a workflow stands line by line as it stood, and says what it said", () => {
  const written = readFileSync(join(folder, "estate/github/acme/shop/.github/workflows/planted.yml"), "utf8");
  expect(written.split("\n")).toHaveLength(PLANTED.split("\n").length);
  expect(written.split("\n")[14]).toBe(`          mysql --password=fingerprint:${fingerprint(KEY, "correct-horse-9")} -e 'select 1'`);
  const [found] = seen("github/workflow").filter(({ path }) => path.endsWith("planted.yml"));
  expect(found?.permissions).toEqual({ "id-token": "write" });
  expect(found?.jobs[0]?.env["API_TOKEN"]).toBe(`fingerprint:${fingerprint(KEY, "correct-horse-3")}`);
});

test("a value that stands as a fingerprint is not replaced again", () => {
  const values = seen("github/variable").filter(({ repository, environment }) => repository === "acme/shop" && environment === undefined);
  expect(values.map(({ name, value }) => [name, value])).toEqual([
    ["DB_PASSWORD", `fingerprint:${fingerprint(KEY, "correct-horse-1")}`],
    ["NOTE", `curl --token fingerprint:${fingerprint(KEY, "correct-horse-2")} x`],
  ]);
});
