// Pipeline definitions put together: every hard sentence of the reference that decides what a job is.
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import type { GitlabJob, GitlabPipeline } from "../../model/observations/gitlab.ts";
import { fileAt, read, type Told } from "./fixtures/definition-support.ts";

const fixture = (name: string): string => readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8");

const told = (text: string, ...more: readonly ReturnType<typeof fileAt>[]): Told => read(fileAt(".gitlab-ci.yml", text), ...more);
const pipelineOf = (one: Told): GitlabPipeline => one.of("gitlab/pipeline")[0] as GitlabPipeline;
const jobOf = (one: Told, name: string): GitlabJob => pipelineOf(one).jobs.find((job) => job.name === name) as GitlabJob;
const whys = (one: Told): readonly string[] => one.gaps.map((gap) => `${gap.topic}: ${gap.why}`);

describe("a definition with includes, templates and a child pipeline", () => {
  let all: Told;
  beforeAll(() => {
    all = told(
      fixture("definition.yml"),
      fileAt("ci/templates.yml", fixture("templates.yml")),
      fileAt("ci/more/audit.yml", "audit:\n  stage: build\n  script: [npm audit]\n"),
      fileAt("ci/child.yml", fixture("child.yml")),
    );
  });

  test("holds every job, those of the child pipeline below the trigger", () => {
    expect(pipelineOf(all).jobs.map((job) => [...job.parents, job.name].join("/"))).toEqual([
      "audit",
      "build",
      "review",
      "stop-review",
      "production",
      "children",
      "children/apply",
      "downstream",
    ]);
    expect(whys(all)).toEqual([]);
  });

  test("a reference inside a list is flattened, and a default script comes before", () => {
    expect(jobOf(all, "build").script).toEqual(["echo default", "npm ci", "npm run build"]);
  });

  test("later templates win over earlier, member by member", () => {
    expect(jobOf(all, "review").variables).toMatchObject({ NODE_ENV: "production", LEVEL: "two", REGION: "eu-west-1" });
    expect(jobOf(all, "review").rules).toEqual([{ if: "$CI_COMMIT_BRANCH" }]);
  });

  test("inherit: default narrows what a job takes from default", () => {
    expect(jobOf(all, "review").tags).toEqual(["linux"]);
    expect(jobOf(all, "review").image).toBeUndefined();
    expect(jobOf(all, "build").image).toBe("node:24");
  });

  test("environments keep their name as written, their action and their place", () => {
    expect(jobOf(all, "stop-review").environment).toMatchObject({ name: "review/$CI_COMMIT_REF_SLUG", action: "stop" });
    expect(jobOf(all, "production").environment?.source.pointer).toBe("/production/environment");
    expect(jobOf(all, "production").matrix).toEqual({ REGION: ["eu-west-1", "us-east-1"] });
  });

  test("tokens, needs and rules are kept", () => {
    expect(jobOf(all, "production").idTokens).toEqual({ AWS: ["sts.amazonaws.com"] });
    expect(jobOf(all, "production").needs).toEqual([
      { job: "build", artifacts: true, optional: false },
      { job: "audit", artifacts: true, optional: true },
    ]);
    expect(jobOf(all, "production").rules).toEqual([
      { if: "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH", when: "manual", allowFailure: false },
    ]);
  });

  test("a secret-looking variable never gets through", () => {
    expect(JSON.stringify(all.observations)).not.toContain("hunter2");
    expect(jobOf(all, "build").variables["DEPLOY_TOKEN"]).toBe("fingerprint:0f");
  });

  test("a downstream project is named", () => {
    expect(jobOf(all, "downstream").trigger).toMatchObject({ project: "acme/infrastructure", branch: "main", waits: false });
    expect(jobOf(all, "children").trigger).toMatchObject({ files: ["ci/child.yml"], unread: [], waits: true });
  });
});

describe("what was not read", () => {
  test.each([
    ["a remote file", "include: https://example.com/ci.yml", "the included remote https://example.com/ci.yml was not read", true],
    ["a template", "include: [{ template: Jobs/SAST.gitlab-ci.yml }]", "the included template Jobs/SAST.gitlab-ci.yml was not read", false],
    [
      "another project's file",
      "include: [{ project: acme/ci, file: /build.yml, ref: v1 }]",
      "the included project acme/ci:/build.yml@v1 was not read",
      true,
    ],
    [
      "a component",
      "include: [{ component: gitlab.com/acme/components/sast@1.2 }]",
      "the included component gitlab.com/acme/components/sast@1.2 was not read",
      true,
    ],
    ["a local file", "include: ci/missing.yml", "the included local ci/missing.yml was not read", false],
  ])("%s is a gap, and the jobs beside it are read", (_, include, why, movable) => {
    const one = told(`${include}\nbuild:\n  stage: a-stage-of-the-included-file\n  script: [make]\ntest:\n  script: [make test]\n`);
    expect(whys(one)).toContain(`gitlab/include: ${why}`);
    expect(pipelineOf(one).jobs.map((job) => job.name)).toEqual(["test"]);
    expect(pipelineOf(one).includes[0]).toMatchObject({ read: false, movable });
  });

  test("a project's own component, at the commit that runs, is read", () => {
    const component =
      'spec:\n  inputs:\n    name: { default: web }\n---\n"deploy-$[[ inputs.name ]]":\n  script: ["./deploy.sh $[[ inputs.name ]]"]\n';
    const one = told(
      "include: [{ component: $CI_SERVER_FQDN/$CI_PROJECT_PATH/deploy@$CI_COMMIT_SHA, inputs: { name: shop } }]\n",
      fileAt("templates/deploy.yml", component),
    );
    expect(pipelineOf(one).jobs).toMatchObject([{ name: "deploy-shop", script: ["./deploy.sh shop"] }]);
  });

  test("a child pipeline that a job makes is a gap", () => {
    const one = told("make:\n  script: [./make.sh]\nchild:\n  trigger: { include: [{ artifact: made.yml, job: make }] }\n");
    expect(whys(one)).toEqual(["gitlab/include: the child pipeline of child was not read: made.yml, which job make makes"]);
  });

  test("an input without a value is a gap", () => {
    const one = told('spec:\n  inputs:\n    region:\n---\ndeploy:\n  script: ["./deploy.sh $[[ inputs.region ]]"]\n');
    expect(whys(one)).toEqual(["gitlab/include: the value of input region is not in the files"]);
  });
});

test.each([
  ["a job without a script", "build: { stage: build }\nother: { script: [make] }", "build has no script, run or trigger"],
  ["a stage that is not there", "build: { stage: nowhere, script: [make] }", "build is in stage nowhere, which is none of the stages"],
  ["a needed job that is not there", "build: { script: [make], needs: [gone] }", "build needs gone, which is no job"],
  ["a template that is not there", "build: { extends: .gone, script: [make] }", "build extends .gone, which stands nowhere"],
  [
    "a template that extends itself",
    ".a: { extends: .b }\n.b: { extends: .a }\nbuild: { extends: .a, script: [make] }",
    ".a extends itself, or more than 11 levels",
  ],
  ["a reference to nowhere", "build: { script: !reference [.gone, script] }", "build refers to .gone script, which stands nowhere"],
])("GitLab refuses %s, so there is no pipeline and a gap says why", (_, text, why) => {
  const one = told(text);
  expect(one.of("gitlab/pipeline")).toEqual([]);
  expect(whys(one)).toContain(`gitlab/pipeline: ${why}`);
});
