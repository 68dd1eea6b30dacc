// Definitions that nobody would write: whatever they hold is read or refused, in time that stays in proportion to the file.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isObject, type Json, type JsonObject } from "../../lib/json.ts";
import type { AzureFile } from "../../model/observations/azure.ts";
import { isDefinition, withoutSecretsIn } from "./definition.ts";
import { lookupIn } from "./join.ts";
import { readPipeline } from "./resolve/pipeline.ts";

const file = (content: JsonObject, path = "a.yml"): AzureFile => ({
  kind: "azure/file",
  organization: "acme",
  project: "shop",
  repository: "shop",
  path,
  content,
  source: { file: path, pointer: "" },
});

const reading = (...files: readonly AzureFile[]) => readPipeline(lookupIn(files), files[0] as AzureFile, () => "0f");

const KEYS =
  "stages|stage|jobs|job|deployment|steps|script|task|inputs|template|parameters|variables|extends|environment|strategy|runOnce|deploy|matrix|dependsOn|condition|pool|resources|repositories|${{ if eq(parameters.x, 'a') }}|${{ else }}|${{ each x in parameters.x }}|${{ insert }}|__proto__|constructor|name|value|group".split(
    "|",
  );

const json = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6 },
    fc.constantFrom(null, true, 0, "", "a", "a.yml", "b.yml", "${{ parameters.x }}", "${{ x", "$(y)", "constructor"),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie("value"), { maxKeys: 5, noNullPrototype: true }),
  ),
})).value;

test("any file is read, or refused with a reason", () => {
  fc.assert(
    fc.property(json, json, (one, other) => {
      if (!isObject(one)) return;
      isDefinition(one);
      withoutSecretsIn(one, () => "0f");
      const { pipeline, problems } = reading(file(one), ...(isObject(other) ? [file(other, "b.yml")] : []));
      expect(pipeline !== undefined || problems.length > 0).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

describe("what multiplies ends", () => {
  test("loops in loops", () => {
    const names = Array.from({ length: 30 }, (_, at) => String(at));
    const nested = (depth: number): Json =>
      depth === 0 ? { job: "j", steps: [] } : { [`\${{ each x${depth} in parameters.names }}`]: [nested(depth - 1)] };
    const { pipeline, problems } = reading(
      file({ jobs: [{ template: "b.yml", parameters: { names } }] }),
      file({ parameters: { names: [] }, jobs: [nested(5)] }, "b.yml"),
    );
    expect(pipeline).toBeUndefined();
    expect(problems.map((problem) => problem.what)).toContain("its templates and loops come to more than a pipeline can hold");
  });

  test("templates that name one another twice", () => {
    const twice = (path: string): JsonObject => ({ jobs: [{ template: path }, { template: path }] });
    const files = Array.from({ length: 30 }, (_, at) => file(twice(`${at + 1}.yml`), `${at}.yml`));
    const { pipeline, problems } = reading(...files, file({ jobs: [{ job: "j", steps: [] }] }, "30.yml"));
    expect(pipeline).toBeUndefined();
    expect(problems.some((problem) => problem.isFatal)).toBe(true);
  });

  test("expressions that begin and never end", () => {
    const { pipeline } = reading(file({ steps: [{ script: "${{ ".repeat(100_000) }] }));
    expect(pipeline?.stages[0]?.jobs[0]?.steps).toHaveLength(1);
  });

  test("conditions nested deep", () => {
    let value: Json = [{ job: "j", steps: [] }];
    for (let depth = 0; depth < 90; depth++) value = [{ "${{ if true }}": value }];
    expect(reading(file({ jobs: value })).problems.some((problem) => problem.isFatal)).toBe(true);
  });
});
