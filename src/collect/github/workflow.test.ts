// Workflow and action files: every form of the syntax as a case, and what GitHub refuses is refused with its place.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { GithubJob, GithubWorkflow } from "../../model/observations/github.ts";
import { type Answer, read, type Result } from "./fixtures/read.ts";

const fixture = (name: string): string => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), "utf8");
const cases = <T>(name: string): readonly T[] => JSON.parse(fixture(name)) as readonly T[];

const file = (document: unknown, rest: Partial<Answer> = {}): Result => read({ document, path: ".github/workflows/deploy.yml", ...rest });
const workflowOf = (result: Result): GithubWorkflow | undefined =>
  result.observations.find((each): each is GithubWorkflow => each.kind === "github/workflow");
const pointers = (result: Result): readonly (string | undefined)[] => result.gaps.map((gap) => gap.source?.pointer);

describe("on", () => {
  interface Case {
    readonly name: string;
    readonly on: unknown;
    readonly triggers: readonly object[];
    readonly gaps?: readonly string[];
  }
  test.each(cases<Case>("triggers.json"))("$name", ({ on, triggers, gaps = [] }) => {
    const result = file({ on, jobs: { a: { "runs-on": "x" } } });
    expect(workflowOf(result)?.triggers).toEqual(triggers);
    expect(pointers(result)).toEqual(gaps);
  });

  test("the key that a YAML 1.1 reader made a boolean of is read too", () => {
    const result = file({ true: ["push"], jobs: { a: { "runs-on": "x" } } });
    expect(workflowOf(result)?.triggers).toEqual([{ event: "push" }]);
    expect(result.gaps).toEqual([]);
  });
});

describe("a job", () => {
  interface Case {
    readonly name: string;
    readonly job: unknown;
    readonly expect?: object;
    readonly absent?: readonly (keyof GithubJob)[];
    readonly gaps?: readonly string[];
  }
  test.each(cases<Case>("jobs.json"))("$name", ({ job, expect: expected = {}, absent = [], gaps = [] }) => {
    const result = file({ on: "push", jobs: { a: job, b: { "runs-on": "x" } } });
    const found = workflowOf(result)?.jobs.find(({ id }) => id === "a");
    expect(found).toMatchObject(expected);
    expect(found?.steps).toHaveLength("steps" in expected ? (expected.steps as readonly unknown[]).length : 0);
    if ("permissions" in expected && Object.keys(expected.permissions as object).length < 3)
      expect(found?.permissions).toEqual(expected.permissions);
    for (const key of absent) expect(found).not.toHaveProperty(key);
    expect(pointers(result)).toEqual(gaps);
  });

  test("a secret of the workflow's env reaches every job, and one of a step its job alone", () => {
    const result = file({
      on: "push",
      env: { A: "${{ secrets.SHARED }}" },
      jobs: { a: { "runs-on": "x", steps: [{ run: "a", env: { B: "${{ secrets.OWN }}" } }] }, b: { "runs-on": "x" } },
    });
    expect(workflowOf(result)?.jobs.map((job) => job.secretsNamed)).toEqual([["OWN", "SHARED"], ["SHARED"]]);
  });
});

describe("what GitHub refuses is a gap with its place, and no workflow", () => {
  interface Case {
    readonly name: string;
    readonly document: unknown;
    readonly pointer: string;
  }
  test.each(cases<Case>("refused.json"))("$name", ({ document, pointer }) => {
    const result = file(document);
    expect(result.observations).toEqual([]);
    expect(pointers(result)).toContain(pointer);
    for (const gap of result.gaps) {
      expect(gap).toMatchObject({ topic: "github/workflow", subject: "github:acme/shop/.github/workflows/deploy.yml" });
      expect(gap.source?.file).toBe(".github/workflows/deploy.yml");
    }
  });

  test("a file of several documents", () => {
    const result = read({ yaml: "on: push\njobs: { a: { runs-on: x } }\n---\non: push\njobs: { b: { runs-on: x } }\n" });
    expect(result.observations).toEqual([]);
    expect(result.gaps.map((gap) => gap.source?.document ?? 0)).toEqual([0, 1]);
  });
});

describe("where a file is from", () => {
  const document = { on: "push", jobs: { a: { "runs-on": "x" } } };

  test.each([
    ["estate/github/acme/shop/.github/workflows/a.yml", ".github/workflows/a.yml"],
    [".github/x/.github/workflows/a.yml", ".github/workflows/a.yml"],
    ["copies/a.yml", "copies/a.yml"],
  ])("%s stands at %s of the repository", (path, expected) => {
    expect(workflowOf(file(document, { path }))?.path).toBe(expected);
  });

  test("without a scope the repository is a gap, never taken from the path", () => {
    const result = file(document, { path: "estate/acme/shop/.github/workflows/a.yml", scope: null });
    expect(result.observations).toEqual([]);
    expect(result.gaps).toMatchObject([{ topic: "github/scope", subject: "estate/acme/shop/.github/workflows/a.yml" }]);
  });

  test("an organization's scope names no repository, the call does", () => {
    expect(file(document, { scope: "acme" }).gaps).toMatchObject([{ topic: "github/scope" }]);
    const call = "GET /repos/acme/web/contents/.github/workflows/a.yml?ref=main";
    expect(workflowOf(file(document, { scope: "acme", call }))).toMatchObject({ repository: "acme/web", path: ".github/workflows/a.yml" });
  });

  test("a file of another system is not ours", () => {
    expect(file(document, { scope: "kubernetes" }).shape).toBeUndefined();
  });
});

test("a whole file, anchors included", () => {
  const result = read({ yaml: fixture("deploy.yml") });
  expect(result.gaps).toEqual([]);
  expect(workflowOf(result)).toMatchObject({
    repository: "acme/shop",
    path: ".github/workflows/deploy.yml",
    name: "deploy",
    triggers: [{ event: "push", branches: ["main"] }, { event: "workflow_dispatch" }],
    permissions: { contents: "read", "id-token": "none" },
    jobs: [
      { id: "build", env: { AWS_REGION: "eu-west-1" }, secretsNamed: ["REGISTRY_TOKEN"], source: { pointer: "/jobs/build" } },
      {
        id: "deploy",
        needs: ["build"],
        environment: "production",
        permissions: { "id-token": "write", contents: "read" },
        steps: [{ with: { "role-to-assume": "arn:aws:iam::111122223333:role/deploy-production" } }],
      },
    ],
  });
});

describe("an action of the repository", () => {
  test("its steps are read", () => {
    const result = read({ yaml: fixture("action.yml"), path: "estate/.github/actions/setup/action.yml" });
    expect(result.shape).toBe("action");
    expect(result.gaps).toEqual([]);
    expect(result.observations).toMatchObject([
      {
        kind: "github/action",
        path: ".github/actions/setup/action.yml",
        using: "composite",
        steps: [{ uses: "acme/setup-node@main", source: { pointer: "/runs/steps/0" } }, { run: "npm ci" }],
      },
    ]);
  });

  test.each([
    [
      { using: "docker", image: "docker://acme/setup:1" },
      { image: "docker://acme/setup:1", steps: [] },
    ],
    [
      { using: "node24", main: "dist/index.js" },
      { using: "node24", steps: [] },
    ],
  ])("%j", (runs, expected) => {
    expect(read({ document: { name: "a", runs }, path: "action.yml" }).observations).toMatchObject([expected]);
  });

  test.each([
    [{ using: "composite" }, "/runs"],
    [{ using: "composite", steps: "none" }, "/runs/steps"],
    [{ using: "docker" }, "/runs"],
  ])("%j is refused at %s", (runs, pointer) => {
    const result = read({ document: { name: "a", runs }, path: "action.yml" });
    expect(result.observations).toEqual([]);
    expect(pointers(result)).toEqual([pointer]);
  });
});
