// Walks the cases: a Jenkinsfile's text → its stages, what they name, and what was not understood.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readJenkinsfile } from "./read.ts";

interface Case {
  readonly name: string;
  readonly source: string;
  readonly text: string;
  /** What each stage must hold, among other things. */
  readonly stages?: readonly Readonly<Record<string, unknown>>[];
  readonly credentials?: readonly string[];
  readonly libraries?: readonly Readonly<Record<string, unknown>>[];
  readonly triggers?: readonly string[];
  readonly parameters?: readonly string[];
  readonly problems?: readonly { readonly line: number; readonly what?: string }[];
  readonly refused?: string;
}

const cases = JSON.parse(readFileSync(new URL("cases.json", import.meta.url), "utf8")) as readonly Case[];

describe("cases", () => {
  test.each(cases)("$name", (one) => {
    const { pipeline, problems } = readJenkinsfile(one.text, "Jenkinsfile", 1, () => "0f");
    const told = problems.map(({ what, source, isFatal }) => ({ what, line: source.line, isFatal }));
    if (one.refused !== undefined) {
      expect(pipeline).toBeUndefined();
      expect(told.filter((each) => each.isFatal).map((each) => each.what)).toEqual([expect.stringContaining(one.refused)]);
      return;
    }
    if (one.stages) expect(pipeline?.stages).toMatchObject(one.stages);
    if (one.credentials)
      expect([...new Set(pipeline?.stages.flatMap((stage) => stage.credentials.map(({ id }) => id)))]).toEqual(one.credentials);
    if (one.libraries) expect(pipeline?.libraries).toMatchObject(one.libraries);
    if (one.triggers) expect(pipeline?.triggers).toEqual(one.triggers);
    if (one.parameters) expect(pipeline?.parameters).toEqual(one.parameters);
    expect(told.map(({ line }) => ({ line }))).toEqual((one.problems ?? []).map(({ line }) => ({ line })));
    for (const [index, { what }] of (one.problems ?? []).entries()) if (what !== undefined) expect(told[index]?.what).toBe(what);
  });
});

test("a stage's place is the line on which it is named", () => {
  const { pipeline } = readJenkinsfile("node {\n\n  stage('a') {\n    sh 'x'\n  }\n}", "ci/Jenkinsfile", 1, () => "0f");
  expect(pipeline?.stages[0]).toMatchObject({ source: { file: "ci/Jenkinsfile", line: 3 }, steps: [{ source: { line: 4 } }] });
});
