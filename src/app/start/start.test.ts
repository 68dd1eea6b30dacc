// The first hour on the example's estate, as if its charter had never been written: questions, charter, matrix, changes and pictures.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadCharter } from "../../charter/load.ts";
import type { Finding } from "../../findings/result.ts";
import { indexObservations } from "../../model/observation.ts";
import { whoCan } from "../ask.ts";
import { CHARTER_FILE } from "../check.ts";
import { type FileSet, readFolder } from "../files.ts";
import { propose, type Proposal } from "../init.ts";
import { matrixCsv, matrixMarkdown } from "../render/access-matrix.ts";
import { renderStart } from "../render/start.ts";
import { SEAL_FILE } from "../seal.ts";
import { answered, environmentsIn, peopleIn } from "./answers.ts";
import type { AccessMatrix } from "./access-matrix.ts";
import { bestChanges } from "./best-changes.ts";
import { leastFor } from "./least.ts";
import { findLogins, type Machine, SYSTEMS } from "./logins.ts";
import { githubPlanIn, type Outcome, outcomeOf } from "./outcome.ts";
import { type Answers, MOST_QUESTIONS, type Question, questionsFor } from "./questions.ts";

const ACME = new URL("../../../examples/acme", import.meta.url).pathname;
const OPTIONS = { asOf: "2026-11-24T00:00:00Z", fingerprintKey: new Uint8Array(32) };

let files: FileSet;
let proposal: Proposal;
let questions: readonly Question[];
let charter: string;
let outcome: Outcome;

const usual = (all: readonly Question[], more: Answers = {}): Answers => ({
  ...Object.fromEntries(all.map((one) => [one.id, one.usual])),
  ...more,
});

beforeAll(async () => {
  files = new Map([...readFolder(ACME)].filter(([path]) => path !== CHARTER_FILE && path !== SEAL_FILE));
  proposal = propose(files, "acme");
  questions = questionsFor({
    observations: proposal.observations,
    environments: environmentsIn(proposal.text),
    people: peopleIn(proposal.text),
    organization: "acme",
    githubPlan: undefined,
  });
  charter = answered(proposal.text, usual(questions), proposal.observations);
  const ended = await outcomeOf(files, charter, OPTIONS, "team");
  if (!ended.ok) throw new Error(JSON.stringify(ended.error));
  outcome = ended.value;
}, 60_000);

describe("questions", () => {
  test("at most ten, each with a usual answer that is one of its own", () => {
    expect(questions.length).toBeLessThanOrEqual(MOST_QUESTIONS);
    expect(new Set(questions.map(({ id }) => id)).size).toBe(questions.length);
    for (const { usual: answer, options, because } of questions) {
      expect(because).not.toBe("");
      if (options) for (const one of [answer].flat()) expect(options.map(({ value }) => value)).toContain(one);
    }
  });

  test("the plan of the forge is asked for private repositories, and not where an answer told it", () => {
    const ids = (githubPlan: string | undefined): readonly string[] =>
      questionsFor({
        observations: proposal.observations,
        environments: environmentsIn(proposal.text),
        people: [],
        organization: "acme",
        githubPlan,
      }).map(({ id }) => id);
    expect(ids(undefined)).toContain("github-plan");
    expect(ids("team")).not.toContain("github-plan");
    expect(githubPlanIn(files)).toBe("enterprise");
  });
});

describe("the charter with the answers", () => {
  test("loads, says what was answered, and keeps what its lines rest on", () => {
    const loaded = loadCharter(charter, CHARTER_FILE);
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
    expect(loaded.value.promotion).toMatchObject([
      { from: "development", to: "test", approvals: 0 },
      { from: "test", to: "production", approvals: 1, approvers: ["group:platform"] },
    ]);
    expect(loaded.value.environments.map(({ name, owner, data }) => [name, owner, data])).toEqual([
      ["production", "group:platform", "personal"],
      ["test", "group:platform", "synthetic"],
      ["development", "group:platform", "synthetic"],
    ]);
    expect(charter).toContain("its name says");
    expect(charter).not.toContain("is this the way up");
    expect(charter).not.toMatch(/[&*]a\d/);
  });

  test("an account goes where somebody says", () => {
    for (const [answer, where] of [
      [
        "test",
        (one: { environments: { name: string; boundary: { aws?: { accounts: string[] } } }[] }) =>
          one.environments.find(({ name }) => name === "test")?.boundary.aws?.accounts,
      ],
      [
        "shared",
        (one: { shared: { name: string; boundary: { aws?: { accounts: string[] } } }[] }) =>
          one.shared.find(({ name }) => name === "shared-accounts")?.boundary.aws?.accounts,
      ],
    ] as const) {
      const text = answered(proposal.text, usual(questions, { "account:999988887777": answer }), proposal.observations);
      expect(where(parse(text) as never)).toContain("999988887777");
    }
    expect(answered(proposal.text, usual(questions, { "account:999988887777": "leave" }), proposal.observations)).not.toContain(
      "999988887777",
    );
  });

  test("what a file of answers says stays text, whatever it holds", () => {
    const text = answered(proposal.text, usual(questions, { owner: 'x"\nevil: true\n# ' }), proposal.observations);
    expect(parse(text)).not.toHaveProperty("evil");
  });
});

test("the matrix agrees with who-can on who can change production", () => {
  const production = [...outcome.run.estate.entities.keys()].filter((id) => outcome.run.estate.environmentOf(id) === "production");
  const kinds = new Set(["person", "account", "guard", "change", "environment"]);
  const who = whoCan(
    outcome.run.estate,
    "write",
    production.filter((id) => !kinds.has(outcome.run.estate.entities.get(id)?.kind ?? "")),
  );
  const people = new Set(
    who.filter(({ id, verdict }) => id.startsWith("person:") && verdict === "yes").map(({ id }) => id.slice("person:".length)),
  );
  const told = outcome.matrix.rows.filter(
    (row) => row.kind === "person" && ["administer", "change"].includes(row.cells.get("production")?.level ?? ""),
  );
  expect(told.map((row) => row.id).toSorted()).toEqual([...people].toSorted());
  expect(people.size).toBeGreaterThan(0);
});

test("a group has the most of any member, with how many of them", () => {
  for (const row of outcome.matrix.rows.filter(({ kind }) => kind === "group")) {
    const members = outcome.run.charter.people.filter(({ groups }) => groups.includes(row.name)).map(({ id }) => id);
    const levels = outcome.matrix.rows
      .filter((one) => one.kind === "person" && members.includes(one.id))
      .map((one) => one.cells.get("production")?.level ?? "none");
    const cell = row.cells.get("production");
    expect(levels).toContain(cell?.level);
    expect(levels.filter((level) => level === cell?.level)).toHaveLength(cell?.of ?? -1);
  }
});

test("names cannot break out of the tables, nor run in a spreadsheet", () => {
  const cells = new Map([["production", { level: "change" as const }]]);
  const matrix: AccessMatrix = {
    environments: ["production"],
    rows: [{ kind: "person", id: "a", name: '=HYPERLINK("x")|y', members: 1, cells }],
  };
  expect(matrixCsv(matrix)).toContain(`"'=HYPERLINK(""x"")|y"`);
  expect(matrixMarkdown(matrix, outcome.run.result)).toContain(String.raw`\|y`);
});

describe("the best changes", () => {
  const finding = (to: string): Finding => ({
    ...(outcome.run.result.findings[0] as Finding),
    id: "f1",
    severity: "critical",
    verdict: "violated",
    to,
    path: [],
    cut: ["require reviewers for environment production of acme/shop"],
  });
  const changesWith = (plan: string | undefined, visibility: "private" | "public" = "private") => {
    const source = { file: "r.json" };
    const repository = {
      kind: "github/repository",
      repository: "acme/shop",
      visibility,
      defaultBranch: "main",
      archived: false,
      source,
    } as never;
    const result = { ...outcome.run.result, findings: [finding("github:acme/shop#environment/production")], cut: null };
    return bestChanges(result, indexObservations([repository]), plan);
  };

  test("are five at most, each closing something, the heaviest first", () => {
    expect(outcome.changes.length).toBeGreaterThan(0);
    expect(outcome.changes.length).toBeLessThanOrEqual(5);
    for (const { closes } of outcome.changes) expect(closes.length).toBeGreaterThan(0);
  });

  test("ask for a review of the branch where the plan has no reviewers for private repositories", () => {
    for (const plan of ["team", undefined]) {
      expect(changesWith(plan)[0]?.instruction).toContain("repo:acme/shop:ref:refs/heads/main");
      expect(changesWith(plan)[0]?.instruction).toContain("let environment production take main alone");
      expect(changesWith(plan)[0]?.instead).toContain("GitHub Enterprise");
    }
    expect(changesWith("free")[0]?.instruction).toContain("plan Team");
  });

  test("and for reviewers where it has them", () => {
    expect(changesWith("enterprise")[0]?.instruction).toContain("require reviewers");
    expect(changesWith("team", "public")[0]?.instruction).toContain("require reviewers");
  });
});

test("every file of the report stands, and the pictures are markup that holds no script", () => {
  expect([...outcome.files.keys()].toSorted()).toEqual([
    "access-matrix.csv",
    "access-matrix.md",
    "environments.svg",
    "pipelines.svg",
    "report.html",
    "result.json",
  ]);
  const picture = outcome.files.get("environments.svg") ?? "";
  expect(picture).toMatch(/^<svg\s[^>]*xmlns/);
  expect(picture).not.toContain("<script");
  for (const { name } of outcome.run.charter.environments) expect(picture).toContain(`>${name}<`);
});

test("the end is told without identifiers that nobody can read, and without colour where there is none", () => {
  const text = renderStart(
    { result: outcome.run.result, changes: outcome.changes, folder: "acme/start", estate: "acme", files: [...outcome.files.keys()] },
    false,
  );
  expect(text).not.toContain("\u001b");
  expect(text).toContain("Are they separated?");
  expect(text).toContain("bulkhead check acme");
  expect(text.split("\n").every((line) => line.length <= 110)).toBe(true);
});

describe("logins", () => {
  const home = mkdtempSync(join(tmpdir(), "bulkhead-home-"));
  afterAll(() => rmSync(home, { recursive: true }));
  const machine = (environment: Machine["environment"], more: Partial<Machine> = {}): Machine => ({
    environment,
    home,
    hasProgram: () => false,
    remote: undefined,
    ...more,
  });
  const systems = (one: Machine): readonly string[] => findLogins(one).map(({ system }) => system);

  test("nothing is offered where nothing is", () => expect(systems(machine({}))).toEqual([]));

  test("profiles and contexts by their names, tokens by the variable that holds them, and no value of one", () => {
    mkdirSync(join(home, ".aws"));
    mkdirSync(join(home, ".kube"));
    writeFileSync(join(home, ".aws", "config"), "[default]\nregion = eu-west-1\n[profile audit]\n[sso-session x]\n");
    writeFileSync(
      join(home, ".kube", "config"),
      "contexts: [{name: dev}, {name: prod}]\ncurrent-context: prod\nusers: [{name: u, user: {token: hunter2}}]\n",
    );
    const found = findLogins(
      machine({ GITHUB_TOKEN: "ghp_hunter2", GITLAB_TOKEN: "glpat-hunter2" }, { remote: "git@github.com:acme/shop.git" }),
    );
    expect(found).toMatchObject([
      { system: "aws", choices: ["default", "audit"], usual: ["default"] },
      { system: "kubernetes", choices: ["dev", "prod"], usual: ["prod"] },
      { system: "github", words: "the GitHub token of GITHUB_TOKEN", usual: ["acme"] },
      { system: "gitlab", usual: [] },
    ]);
    expect(JSON.stringify(found)).not.toContain("hunter2");
  });

  test("gh counts when it is logged in and can be run", () => {
    mkdirSync(join(home, ".config", "gh"), { recursive: true });
    writeFileSync(join(home, ".config", "gh", "hosts.yml"), "github.com: {user: alice}\n");
    expect(systems(machine({ AWS_CONFIG_FILE: "/nowhere", KUBECONFIG: "/nowhere" }))).not.toContain("github");
    expect(systems(machine({}, { hasProgram: (name) => name === "gh" }))).toContain("github");
  });

  test.each(SYSTEMS)("the least permissions of %s fit a terminal, and name the command that prints them whole", (system) => {
    const { lines, whole } = leastFor(system);
    expect(lines.every((line) => line.length <= 160)).toBe(true);
    expect(whole).toMatch(new RegExp(`^bulkhead collect ${system} --print-`));
  });
});
