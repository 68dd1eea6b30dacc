// `rules: if` in three values, and on which contents a job then runs.
import { describe, expect, test } from "vitest";
import type { GitlabJob, GitlabPipeline } from "../../../model/observations/gitlab.ts";
import { evaluate, type Value, type Variables } from "./conditions.ts";
import { outcomeOf, type Start } from "./runs.ts";

const given: Readonly<Record<string, Value>> = {
  A: "a",
  EMPTY: "",
  GONE: null,
  OPEN: { isSet: false },
  SET: { isSet: true, except: ["main"] },
  REF: "release/1",
};
const variables: Variables = (name) => (Object.hasOwn(given, name) ? (given[name] as Value) : { isSet: false });

test.each([
  ["$A", true],
  ["$EMPTY", false],
  ["$GONE", false],
  ["$OPEN", undefined],
  ["$SET", true],
  ['$A == "a"', true],
  ["$A == 'b'", false],
  ["$GONE == null", true],
  ["$A != null", true],
  ["$OPEN != null", undefined],
  ["$SET == null", false],
  ['$SET == "main"', false],
  ['$SET == "other"', undefined],
  ["$REF =~ /^release\\//", true],
  ["$REF !~ /^release\\//", false],
  ["$REF =~ /^RELEASE/i", true],
  ["$GONE =~ /x/", false],
  ["$OPEN =~ /x/", undefined],
  // && before ||: GitLab Docs, "Specify when jobs run with rules".
  ['$A == "b" && $OPEN || $A', true],
  ['$A == "b" && ($OPEN || $A)', false],
  ["$OPEN && $EMPTY", false],
  ["$OPEN || $A", true],
  ["$OPEN && $A", undefined],
  ["${A} == $A", true],
  ['$A == "a" junk', undefined],
  ["$REF =~ /(a+)+$/", undefined],
])("%s is %s", (text, truth) => {
  expect(evaluate(text, variables)).toBe(truth);
});

const job = (over: Partial<GitlabJob>): GitlabJob => ({
  name: "job",
  parents: [],
  stage: "test",
  script: ["x"],
  services: [],
  tags: [],
  when: "on_success",
  variables: {},
  artifacts: [],
  cache: false,
  idTokens: {},
  secrets: [],
  source: { file: ".gitlab-ci.yml" },
  ...over,
});

const pipeline = (workflow?: GitlabPipeline["workflow"]): GitlabPipeline => ({
  kind: "gitlab/pipeline",
  project: "acme/shop",
  path: ".gitlab-ci.yml",
  stages: [".pre", "test", ".post"],
  ...(workflow && { workflow }),
  jobs: [],
  includes: [],
  source: { file: ".gitlab-ci.yml" },
});

const main: Start = { kind: "branch", name: "main", isProtected: true, defaultBranch: "main" };
const any: Start = { kind: "branch", name: { isSet: true, except: ["main"] }, isProtected: false, defaultBranch: "main" };
const merge: Start = { kind: "merge request", name: { isSet: true, except: ["main"] }, isProtected: false, defaultBranch: "main" };
const tag: Start = { kind: "tag", name: { isSet: true }, isProtected: false, defaultBranch: "main" };

const runs = (one: GitlabJob, at: Start, workflow?: GitlabPipeline["workflow"]) => outcomeOf(pipeline(workflow), one, at).runs;

describe("on which contents a job runs", () => {
  test("without only, except and rules: branches and tags, no merge requests", () => {
    expect([main, any, merge, tag].map((start) => runs(job({}), start))).toEqual([true, true, false, true]);
  });

  test("a rule for the default branch keeps everything else out", () => {
    const one = job({ rules: [{ if: "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH" }] });
    expect([main, any, merge, tag].map((start) => runs(one, start))).toEqual([true, false, false, false]);
  });

  test("the first rule that matches decides, a never too", () => {
    const one = job({ rules: [{ if: '$CI_PIPELINE_SOURCE == "merge_request_event"', when: "never" }, {}] });
    expect([main, merge].map((start) => runs(one, start))).toEqual([true, false]);
  });

  test("a rule on changed files may match or not", () => {
    expect(runs(job({ rules: [{ onFiles: true }] }), main)).toBeUndefined();
    expect(runs(job({ rules: [{ onFiles: true, when: "never" }, {}] }), main)).toBeUndefined();
  });

  test("only and except, with names, patterns and keywords", () => {
    expect([main, any].map((start) => runs(job({ only: { refs: ["main"] } }), start))).toEqual([true, false]);
    expect([main, tag].map((start) => runs(job({ only: { refs: ["tags"] } }), start))).toEqual([false, true]);
    expect(runs(job({ only: { refs: ["/^ma/"] }, except: { refs: ["main"] } }), main)).toBe(false);
    expect(runs(job({ only: { refs: ["merge_requests"] } }), merge)).toBe(true);
    expect(runs(job({ only: { refs: ["main"], variables: ["$UNSEEN"] } }), main)).toBeUndefined();
  });

  test("workflow:rules decide whether there is a pipeline at all", () => {
    expect(runs(job({}), any, [{ if: "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH" }])).toBe(false);
    expect(runs(job({}), main, [{ if: "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH" }])).toBe(true);
  });

  test("a manual job without rules may be left out; one by a rule is waited for", () => {
    expect(outcomeOf(pipeline(), job({ when: "manual" }), main)).toEqual({ runs: true, isManual: true, mayFail: true });
    expect(outcomeOf(pipeline(), job({ rules: [{ when: "manual" }] }), main)).toEqual({ runs: true, isManual: true, mayFail: false });
  });

  test("a variable of the file counts, one that nobody set does not", () => {
    const one = job({ rules: [{ if: '$TARGET == "production"' }] });
    expect(runs(one, main)).toBeUndefined();
    expect(runs({ ...one, variables: { TARGET: "production" } }, main)).toBe(true);
  });
});
