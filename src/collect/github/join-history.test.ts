// What happened: how far back it was read, what pages make together, and which files nobody collected.
import { expect, test } from "vitest";
import { type Answer, readAll, type Result } from "./fixtures/read.ts";

const kinds = (result: Result, kind: string): readonly object[] => result.observations.filter((each) => each.kind === kind);
const gaps = (result: Result): readonly string[] => result.gaps.map((gap) => `${gap.topic} ${gap.subject} ${gap.why}`);

const deployment = (id: number): object => ({
  ...{ id, sha: `${id}`, ref: "main", environment: "production" },
  created_at: new Date(Date.UTC(2026, 0, id)).toISOString(),
});
const deployments = (query: string, ...ids: readonly number[]): Answer => ({
  call: `GET /repos/acme/shop/deployments?per_page=2${query}`,
  document: ids.map(deployment),
});

test("a list of deployments that was cut off tells its period, and is no gap", () => {
  const result = readAll([deployments("", 9, 8), deployments("&page=2", 7, 6)]);
  expect(kinds(result, "github/history")).toMatchObject([
    { repository: "acme/shop", of: "deployments", since: "2026-01-06T00:00:00.000Z" },
  ]);
  expect([kinds(result, "github/answered"), gaps(result)]).toEqual([[], []]);
});

test("one that was read to its end has no beginning", () => {
  const result = readAll([deployments("", 9, 8), deployments("&page=2", 7)]);
  expect(kinds(result, "github/history")).toEqual([expect.not.objectContaining({ since: expect.anything() })]);
  expect(kinds(result, "github/answered")).toMatchObject([{ what: "deployments", subject: "github:acme/shop" }]);
});

test("one with a page missing in its middle is a gap", () => {
  const result = readAll([deployments("", 9, 8), deployments("&page=3", 5, 4)]);
  expect([kinds(result, "github/history"), result.gaps.length]).toEqual([[], 1]);
});

test("deployments of one commit say nothing of the period, and are not told twice", () => {
  const result = readAll([deployments("", 9, 8), deployments("&sha=8", 8, 1), deployments("&sha=8&page=2")]);
  expect(kinds(result, "github/history")).toMatchObject([{ since: "2026-01-08T00:00:00.000Z" }, { commit: "8" }]);
  expect(kinds(result, "github/deployment").map((each) => (each as { id: number }).id)).toEqual([9, 8, 1]);
  expect(gaps(result)).toEqual([]);
});

test("pull requests are read back to a moment only where the latest come first", () => {
  const pull = { number: 7, user: { login: "alice" }, base: { ref: "main" }, head: { sha: "a" }, merged_at: null, merge_commit_sha: null };
  const pulls = (query: string): Answer => ({
    call: `GET /repos/acme/shop/pulls?state=closed&per_page=1${query}`,
    document: [{ ...pull, updated_at: "2026-01-02T00:00:00Z" }],
  });
  const sorted = readAll([pulls("&sort=updated&direction=desc")]);
  expect(kinds(sorted, "github/history")).toMatchObject([{ of: "pull requests", since: "2026-01-02T00:00:00Z" }]);
  expect(gaps(sorted)).toEqual([]);
  expect(readAll([pulls("")]).gaps.map(({ topic }) => topic)).toContain("github/deployment");
});

const commit = (sha: string): object => ({
  sha,
  commit: { message: "", author: null, committer: null },
  author: { login: "alice" },
  committer: {},
});
const compared = (page: number, ...shas: readonly string[]): Answer => ({
  call: `GET /repos/acme/shop/compare/a...b?per_page=2&page=${page}`,
  document: { status: "ahead", total_commits: 3, commits: shas.map(commit) },
});

test("pages of a comparison become one, and one that lacks commits says so", () => {
  const [whole] = kinds(readAll([compared(1, "c", "d"), compared(2, "b")]), "github/comparison");
  expect(whole).toMatchObject({ base: "a", head: "b", status: "ahead", commits: [{ sha: "c" }, { sha: "d" }, { sha: "b" }] });
  expect(whole).not.toHaveProperty("isPart");
  const part = readAll([compared(1, "c", "d")]);
  expect(kinds(part, "github/comparison")).toMatchObject([{ isPart: true }]);
  expect(gaps(part)).toEqual(["github/deployment github:acme/shop 2 were read, there are 3"]);
});

const tree = (...paths: readonly string[]): Answer => ({
  call: "GET /repos/acme/shop/git/trees/main?recursive=1",
  document: { truncated: false, tree: paths.map((path) => ({ path, type: "blob" })) },
});
const WORKFLOW = ".github/workflows/deploy.yml";
const call = `GET /repos/acme/shop/contents/${WORKFLOW}?ref=main`;

test("a workflow that the repository has, and nobody asked for, is missed", () => {
  expect(gaps(readAll([tree(WORKFLOW, "readme.md")]))).toEqual([
    `github/workflow github:acme/shop/${WORKFLOW} the repository has it, and it was not collected`,
  ]);
});

test("one that was read, or whose call was denied, is not missed again", () => {
  const yaml = "on: push\njobs:\n  a:\n    runs-on: x\n    steps: [{ run: make }]\n";
  expect(readAll([tree(WORKFLOW), { yaml, path: WORKFLOW }]).gaps).toEqual([]);
  expect(readAll([tree(WORKFLOW)], [{ call, status: "denied", scope: { system: "github" } }]).gaps).toEqual([]);
});

test("a tree that GitHub cut off is a gap", () => {
  const result = readAll([{ ...tree(), document: { truncated: true, tree: [] } }]);
  expect([kinds(result, "github/answered"), result.gaps.map(({ topic }) => topic)]).toEqual([[], ["github/workflow"]]);
});
