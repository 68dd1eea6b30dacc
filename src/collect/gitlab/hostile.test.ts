// Definitions that nobody would write: whatever they hold is read or refused, in time that stays in proportion to the file.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isObject, type Json, type JsonObject } from "../../lib/json.ts";
import type { GitlabFile } from "../../model/observations/gitlab.ts";
import { isDefinition } from "./ci-file.ts";
import { fileAt, read } from "./fixtures/definition-support.ts";
import { lookupIn } from "./join.ts";
import { readPipeline } from "./resolve/pipeline.ts";

const file = (content: JsonObject, path = ".gitlab-ci.yml"): GitlabFile => ({
  kind: "gitlab/file",
  project: "acme/shop",
  path,
  content,
  inputs: {},
  source: { file: path, pointer: "" },
});

const reading = (...files: readonly GitlabFile[]) => readPipeline(lookupIn(files), files[0] as GitlabFile);

const KEYS = [
  "script",
  "extends",
  "stage",
  "needs",
  "rules",
  "include",
  "trigger",
  "environment",
  "variables",
  "!reference",
  "default",
  "build",
  ".base",
  "__proto__",
  "constructor",
  "parallel",
  "matrix",
];
const json = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(null, true, 0, "", "build", ".base", "$X", "constructor", "a: b"),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie("value"), { maxKeys: 5, noNullPrototype: true }),
  ),
})).value;

test("any file is read, or refused with a reason", () => {
  fc.assert(
    fc.property(json, json, (one, other) => {
      if (!isObject(one)) return;
      isDefinition(one);
      const files = [file(one), ...(isObject(other) ? [file(other, "build")] : [])];
      const { pipeline, problems } = reading(...files);
      expect(pipeline !== undefined || problems.some((problem) => problem.isFatal)).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

describe("what multiplies ends", () => {
  test("files that include each other twice", () => {
    const twice = (path: string): JsonObject => ({ include: [path, path], build: { script: ["make"] } });
    const { pipeline, problems } = reading(file(twice("b.yml")), file(twice(".gitlab-ci.yml"), "b.yml"));
    expect(pipeline).toBeUndefined();
    expect(problems.map((problem) => problem.what)).toContain("more than 150 files are included");
  });

  test("references to lists of references", () => {
    const lists = Object.fromEntries(
      Array.from({ length: 9 }, (_, at) => [
        `.l${at}`,
        { script: Array.from({ length: 20 }, () => ({ "!reference": [`.l${at + 1}`, "script"] })) },
      ]),
    );
    const { pipeline, problems } = reading(
      file({ ...lists, ".l9": { script: ["x"] }, build: { script: { "!reference": [".l0", "script"] } } }),
    );
    expect(pipeline).toBeUndefined();
    expect(problems.map((problem) => problem.what)).toContain("its references stand for more than a pipeline can hold");
  });

  test("child pipelines of child pipelines", () => {
    const jobs = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`j${at}`, { trigger: { include: "a.yml" } }]));
    const { problems } = reading(file(jobs), file(jobs, "a.yml"));
    expect(problems.some((problem) => problem.isFatal && problem.what === "more than 5000 jobs")).toBe(true);
  });
});

test("names of JavaScript's own are names like any other", () => {
  const told = read(
    fileAt(
      ".gitlab-ci.yml",
      "constructor:\n  script: [make]\n  only: [constructor]\n  environment: $toString\n__proto__:\n  script: [make]\n",
    ),
  );
  expect(told.of("gitlab/pipeline")[0]?.jobs.map((job) => job.name)).toEqual(["constructor", "__proto__"]);
});
