// Walks the cases: files of a repository → the pipeline that they say, its templates put in.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readFiles } from "../fixtures-support.ts";

interface Case {
  readonly name: string;
  readonly source: string;
  readonly files: Readonly<Record<string, string>>;
  /** What each stage must hold, among other things; null: nothing leaves it open. */
  readonly stages?: readonly unknown[];
  readonly pipeline?: object;
  readonly includes?: readonly unknown[];
  readonly problems?: readonly string[];
  readonly refused?: string;
}

const cases = JSON.parse(readFileSync(new URL("cases.json", import.meta.url), "utf8")) as readonly Case[];

/** A job that surely is there says so by null. */
const told = (pipeline: ReturnType<typeof readFiles>["pipeline"]): readonly object[] =>
  (pipeline?.stages ?? []).map((stage) => ({ ...stage, jobs: stage.jobs.map((job) => ({ ...job, because: job.because ?? null })) }));

describe("cases", () => {
  test.each(cases)("$name", (one) => {
    const { pipeline, problems } = readFiles(one.files);
    if (one.refused !== undefined) {
      expect(pipeline).toBeUndefined();
      expect(problems.filter((each) => each.isFatal).map((each) => each.what)).toEqual([expect.stringContaining(one.refused)]);
      return;
    }
    if (one.stages) expect(told(pipeline)).toMatchObject(one.stages as object[]);
    if (one.pipeline) expect(pipeline).toMatchObject(one.pipeline);
    if (one.includes) expect(pipeline?.includes).toMatchObject(one.includes as object[]);
    expect(problems.map((each) => each.what)).toEqual(one.problems ?? []);
  });
});
