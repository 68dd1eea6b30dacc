// The Tekton collector on pipelines of a repository and on objects of a cluster.
import { expect, test } from "vitest";
import { parseBytes } from "../../lib/parse.ts";
import type { Gap } from "../../model/gap.ts";
import type { Observation } from "../../model/observation.ts";
import type { ParsedFile } from "../collector.ts";
import { collector } from "./collector.ts";

function read(
  text: string,
  scope: ParsedFile["scope"] | null = { system: "github", repository: "acme/shop" },
  path = "acme/shop/.tekton/build.yaml",
) {
  const parsed = parseBytes(path, new TextEncoder().encode(text));
  if (!parsed.ok) throw new Error(parsed.error.message);
  const file: ParsedFile = { path, ...parsed.value, ...(scope && { scope }) };
  const observations: Observation[] = [];
  const gaps: Gap[] = [];
  const sink = { observation: (one: Observation) => void observations.push(one), gap: (one: Gap) => void gaps.push(one) };
  const whats = file.documents.map((document, index) => {
    const what = collector.recognize(document, file);
    if (what !== undefined) collector.map(document, index, file, sink, { fingerprint: (secret) => `f${secret.length}` });
    return what;
  });
  return { whats, observations, gaps };
}

const RUN = `
apiVersion: tekton.dev/v1
kind: PipelineRun
metadata:
  name: build
  annotations:
    pipelinesascode.tekton.dev/on-event: "[push, pull_request]"
    pipelinesascode.tekton.dev/on-target-branch: "[main]"
    pipelinesascode.tekton.dev/task: "[git-clone, golang-test:0.2]"
spec:
  taskRunTemplate: {serviceAccountName: builder}
  pipelineSpec:
    tasks:
      - {name: clone, taskRef: {name: git-clone}}
      - name: test
        runAfter: [clone]
        taskSpec: {steps: [{image: golang, script: "API_KEY=abcdefgh go test ./..."}]}
      - name: scan
        params: [{name: digest, value: "$(tasks.test.results.digest)"}]
        taskRef: {resolver: git, params: [{name: url, value: https://git.example.com/tasks}, {name: revision, value: main}]}
      - {name: push, taskRef: {resolver: bundles, params: [{name: bundle, value: "registry.example.com/tasks@sha256:aa"}, {name: name, value: push}]}}
    finally:
      - {name: tell, taskSpec: {steps: [{image: "curl@sha256:bb", command: [curl], args: [-d, done]}]}}
`;

test("tasks with what they wait for, run and fetch", () => {
  const { whats, observations, gaps } = read(RUN);
  expect([whats, gaps]).toEqual([["Tekton pipeline"], []]);
  expect(observations).toMatchObject([
    {
      repository: "github:acme/shop",
      path: ".tekton/build.yaml",
      serviceAccount: "builder",
      events: ["push", "pull_request"],
      branches: ["main"],
      fetched: [
        { written: "git-clone", isMovable: true },
        { written: "golang-test:0.2", isMovable: false },
      ],
      tasks: [
        { name: "clone", reference: { written: "git-clone", isMovable: false } },
        { name: "test", after: ["clone"], images: ["golang"] },
        { name: "scan", after: ["test"], reference: { written: "git https://git.example.com/tasks main", isMovable: true } },
        { name: "push", reference: { isMovable: false } },
        { name: "tell", scripts: ["curl -d done"] },
      ],
    },
  ]);
  expect(JSON.stringify(observations)).not.toContain("abcdefgh");
});

test("a task by itself is one with its steps", () => {
  const text = "apiVersion: tekton.dev/v1\nkind: Task\nmetadata: {name: lint}\nspec: {steps: [{image: x, script: make lint}]}\n";
  expect(read(text).observations).toMatchObject([{ objectKind: "Task", tasks: [{ name: "lint", scripts: ["make lint"] }] }]);
});

test("a pipeline of another form is a gap with its place", () => {
  expect(read("apiVersion: tekton.dev/v1\nkind: Pipeline\nmetadata: {name: p}\nspec: {tasks: [{taskRef: {name: a}}]}\n")).toMatchObject({
    observations: [],
    gaps: [{ topic: "tekton/pipeline", source: { pointer: "" } }],
  });
});

test("whose it is must be said", () => {
  expect(read(RUN, null, "build.yaml").gaps).toMatchObject([{ topic: "tekton/scope" }]);
});

test("in a cluster's folder, pipelines are the cluster's, and Repository objects say where they run", () => {
  const scope = { system: "kubernetes", cluster: "tools" } as const;
  expect(read(RUN, scope).whats).toEqual([undefined]);
  const text =
    "apiVersion: pipelinesascode.tekton.dev/v1alpha1\nkind: Repository\nmetadata: {name: shop, namespace: ci}\nspec: {url: 'https://github.com/acme/shop', settings: {pipelinerun_provenance: default_branch}}\n";
  expect(read(text, scope).observations).toMatchObject([
    { kind: "tekton/repository", cluster: "tools", namespace: "ci", fromDefaultBranch: true },
  ]);
});
