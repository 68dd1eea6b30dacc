// Settings and answers of the REST API → observations: what is read, what becomes a gap, and that no value of a credential gets through.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseBytes } from "../../lib/parse.ts";
import type { Gap } from "../../model/gap.ts";
import type { Observation, ObservationKind, ObservationOf } from "../../model/observation.ts";
import type { ListedCall, ParsedFile } from "../collector.ts";
import { collector } from "./collector.ts";

interface Given {
  readonly path: string;
  readonly text: string;
  readonly call?: string;
  readonly scope?: ParsedFile["scope"] | null;
}

const scope = { system: "jenkins", organization: "ci" } as const;

function read(given: readonly Given[], calls: readonly ListedCall[] = []) {
  const mapped: Observation[] = [];
  const gaps: Gap[] = [];
  const sink = { observation: (one: Observation) => void mapped.push(one), gap: (gap: Gap) => void gaps.push(gap) };
  for (const { path, text, call, scope: own } of given) {
    const parsed = parseBytes(path, new TextEncoder().encode(text));
    if (!parsed.ok) throw new Error(parsed.error.message);
    const { format, documents } = parsed.value;
    const all = format === "text" ? [text] : documents;
    const file: ParsedFile = {
      path,
      format,
      documents: all,
      text,
      ...(own !== null && { scope: own ?? scope }),
      ...(call !== undefined && { call }),
    };
    for (const [at, document] of all.entries())
      if (collector.recognize(document, file) !== undefined) collector.map(document, at, file, sink, { fingerprint: () => "0f" });
  }
  const observations: Observation[] = [];
  collector.join?.(
    mapped,
    calls,
    { observation: (one) => void observations.push(one), gap: (gap) => void gaps.push(gap) },
    { fingerprint: () => "0f" },
  );
  const of = <K extends ObservationKind>(kind: K): readonly ObservationOf<K>[] =>
    observations.filter((one): one is ObservationOf<K> => one.kind === kind);
  return { observations, gaps, of, topics: gaps.map((gap) => `${gap.topic} ${gap.subject}`) };
}

const fixture = (name: string): string => readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8");
const casc = { path: "jenkins.yaml", text: fixture("jenkins.yaml") };
const json = (call: string, answer: unknown): Given => ({ path: "0.json", call, text: JSON.stringify(answer) });

describe("configuration as code", () => {
  test("roles, users, agents, libraries and credentials, without any value", () => {
    const told = read([casc]);
    expect(told.of("jenkins/controller")).toMatchObject([{ url: "https://ci.example.com/", builtInExecutors: 2, authorization: "roles" }]);
    expect(told.of("jenkins/grant")).toMatchObject([
      { role: "admin", permissions: ["Overall/Administer"], to: [{ type: "user", name: "olga" }] },
      {
        role: "developer",
        pattern: "acme/.*",
        to: [
          { type: "either", name: "alice" },
          { type: "either", name: "developers" },
        ],
      },
    ]);
    expect(told.of("jenkins/agent")).toMatchObject([
      { name: "machine", labels: ["machine", "linux", "docker"], exclusive: true, ephemeral: false },
      { name: "pods", labels: ["pods"], ephemeral: false },
    ]);
    expect(told.of("jenkins/credential")).toMatchObject([
      { id: "login", isSystem: true },
      { id: "aws", isSystem: false, token: { audience: "sts.amazonaws.com" } },
    ]);
    expect(told.of("jenkins/library")).toMatchObject([
      { name: "shared", version: "main", implicit: true, mayOverride: true, url: "https://git.example.com/acme/library.git" },
    ]);
    expect(told.of("jenkins/user").map((user) => user.id)).toEqual(["olga", "alice"]);
    expect(JSON.stringify(told)).not.toMatch(/plain-password|value-of-the/);
    expect(told.topics).toEqual(["jenkins/credential jenkins:ci", "jenkins/job jenkins:ci"]);
  });

  test("who signs in may do anything; another strategy is a gap", () => {
    const open = read([
      {
        path: "a.yaml",
        text: "jenkins:\n  numExecutors: 0\n  authorizationStrategy:\n    loggedInUsersCanDoAnything:\n      allowAnonymousRead: false\n",
      },
    ]);
    expect(open.of("jenkins/grant")).toMatchObject([
      { permissions: ["Overall/Administer"], to: [{ type: "group", name: "authenticated" }] },
    ]);
    const other = read([
      { path: "a.yaml", text: "jenkins:\n  numExecutors: 0\n  authorizationStrategy: cloudBeesRoleBasedAccessControl\n" },
    ]);
    expect(other.topics).toContain("jenkins/authorization jenkins:ci");
    expect(other.of("jenkins/answered").map((one) => one.what)).not.toContain("authorization");
  });

  test.each([
    ["triggeringUsersAuthorizationStrategy", "trigger"],
    ["systemAuthorizationStrategy", "system"],
    ["anonymousAuthorizationStrategy", "anonymous"],
  ])("builds run as %s says", (strategy, runsAs) => {
    const text = `jenkins:\n  numExecutors: 0\nsecurity:\n  queueItemAuthenticator:\n    authenticators:\n      - global:\n          strategy: ${strategy}\n`;
    expect(read([{ path: "a.yaml", text }]).of("jenkins/controller")).toMatchObject([{ buildsRunAs: runsAs }]);
  });

  test("a matrix names users and groups with their permissions", () => {
    const matrix =
      'jenkins:\n  numExecutors: 0\n  authorizationStrategy:\n    globalMatrix:\n      permissions:\n        - "USER:Overall/Administer:olga"\n        - "GROUP:hudson.model.Item.Build:devs"\n        - "nothing"\n';
    const told = read([{ path: "a.yaml", text: matrix }]);
    expect(told.of("jenkins/grant")).toMatchObject([
      { permissions: ["Overall/Administer"], to: [{ type: "user", name: "olga" }] },
      { permissions: ["Job/Build"], to: [{ type: "group", name: "devs" }] },
    ]);
    expect(told.topics).toContain("jenkins/authorization jenkins:ci");
  });
});

describe("settings of jobs", () => {
  const call = "GET /job/acme/job/shop/config.xml";

  test("a multibranch job: its branches, change requests, permissions and libraries", () => {
    const told = read([{ path: "0.xml", call, text: fixture("multibranch.xml") }]);
    expect(told.of("jenkins/job")).toMatchObject([
      {
        name: "acme/shop",
        type: "multibranch",
        definition: { path: "ci/Jenkinsfile" },
        cutsInheritance: true,
        sources: [
          {
            url: "https://github.com/acme/shop",
            branches: true,
            tags: false,
            include: ["main", "release/*"],
            ownRequests: true,
            forkRequests: "permission",
          },
        ],
      },
    ]);
    expect(told.of("jenkins/grant")).toMatchObject([
      { of: "acme/shop", permissions: ["Job/Configure"], to: [{ type: "user", name: "alice" }] },
      { of: "acme/shop", permissions: ["Run/Replay"], to: [{ type: "group", name: "operators" }] },
    ]);
    expect(told.of("jenkins/library")).toMatchObject([
      { name: "own", version: "v1", mayOverride: false, url: "https://git.example.com/acme/own.git" },
    ]);
    expect(told.topics).toEqual(["jenkins/definition jenkins:ci/acme/shop/ci/Jenkinsfile"]);
  });

  test("a script in the settings keeps its lines", () => {
    const text =
      "<?xml version='1.1'?>\n<flow-definition>\n<definition class=\"org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition\">\n<script>node {\n  sh &apos;make&apos;\n}</script>\n</definition>\n</flow-definition>";
    const told = read([{ path: "0.xml", call, text }]);
    expect(told.of("jenkins/pipeline")).toMatchObject([
      { project: "ci/acme/shop", path: "config.xml", stages: [{ steps: [{ text: "make", source: { file: "0.xml", line: 5 } }] }] },
    ]);
  });

  test("a freestyle job is one stage of its scripts", () => {
    const text = "<project><builders><hudson.tasks.Shell><command>make deploy</command></hudson.tasks.Shell></builders></project>";
    expect(read([{ path: "0.xml", call, text }]).of("jenkins/pipeline")).toMatchObject([
      { stages: [{ name: "shop", steps: [{ text: "make deploy" }] }] },
    ]);
  });

  test("files of Maven and Ant, whose root has the same name, are none", () => {
    for (const text of [
      "<project><modelVersion>4.0.0</modelVersion></project>",
      '<project name="a" default="b"><target name="b"/></project>',
    ])
      expect(collector.recognize(text, { path: "pom.xml", format: "text", documents: [text], text })).toBeUndefined();
  });

  test("what is no XML is a gap with its line", () => {
    const { gaps } = read([{ path: "0.xml", call, text: "<project>\n<a></b>\n</project>" }]);
    expect(gaps).toMatchObject([{ topic: "jenkins/job", subject: "jenkins:ci/acme/shop", source: { line: 2 } }]);
  });
});

describe("answers", () => {
  const roles = "/role-strategy/strategy";
  const admin = json(`GET ${roles}/getRole?type=globalRoles&roleName=admin`, {
    permissionIds: { "hudson.model.Hudson.Administer": true, "hudson.model.Item.Read": false },
    sids: [{ type: "USER", sid: "olga" }],
  });
  const lists = [
    json(`GET ${roles}/getAllRoles?type=globalRoles`, { admin: [{ type: "USER", sid: "olga" }] }),
    json(`GET ${roles}/getAllRoles?type=projectRoles`, {}),
  ];

  test("a role with what it permits", () => {
    const told = read([...lists, admin]);
    expect(told.of("jenkins/grant")).toMatchObject([
      { role: "admin", permissions: ["Overall/Administer"], to: [{ type: "user", name: "olga" }] },
    ]);
    expect(told.of("jenkins/answered")).toMatchObject([{ what: "authorization", of: "" }]);
    expect(told.gaps).toEqual([]);
  });

  test("a role of which only the name was read", () => {
    const told = read(lists);
    expect(told.topics).toEqual(["jenkins/authorization jenkins:ci"]);
    expect(told.of("jenkins/answered")).toEqual([]);
  });

  test("credentials of a folder, agents, users and jobs", () => {
    const told = read([
      json("GET /job/production/credentials/store/folder/domain/_/api/json?depth=1", {
        credentials: [{ id: "key", typeName: "Secret text", displayName: "key" }],
      }),
      json("GET /computer/api/json?depth=1", {
        computer: [
          { _class: "hudson.model.Hudson$MasterComputer", displayName: "Built-In Node", numExecutors: 0 },
          { _class: "hudson.slaves.SlaveComputer", displayName: "machine", assignedLabels: [{ name: "linux" }] },
          { _class: "org.csanchez.jenkins.plugins.kubernetes.KubernetesComputer", displayName: "pod-1" },
        ],
      }),
      json("GET /asynchPeople/api/json?depth=1", { users: [{ user: { id: "alice", fullName: "Alice" } }] }),
      json("GET /api/json?tree=jobs[fullName]", {
        jobs: [{ _class: "x.Folder", fullName: "acme", jobs: [{ _class: "x.WorkflowJob", fullName: "acme/shop" }] }],
      }),
    ]);
    expect(told.of("jenkins/credential")).toMatchObject([{ of: "production", id: "key" }]);
    expect(told.of("jenkins/agent")).toMatchObject([
      { name: "machine", ephemeral: false },
      { name: "pod-1", ephemeral: true },
    ]);
    expect(told.of("jenkins/user")).toMatchObject([{ id: "alice" }]);
    expect(told.topics).toEqual(["jenkins/job jenkins:ci/acme", "jenkins/job jenkins:ci/acme/shop"]);
  });

  test("an answer of another form is a gap", () => {
    expect(read([json("GET /computer/api/json", { computer: [{}] })]).topics).toEqual(["jenkins/agent jenkins:ci"]);
  });
});

test("without a scope, nothing says whose it is", () => {
  expect(read([{ path: "Jenkinsfile", text: "node { sh 'x' }", scope: null }]).gaps).toMatchObject([{ topic: "jenkins/scope" }]);
  expect(read([{ ...casc, scope: null }]).gaps).toMatchObject([{ topic: "jenkins/scope" }]);
});

test("a Jenkinsfile of a repository is the repository's", () => {
  const told = read([{ path: "acme/shop/ci/Jenkinsfile", text: "node { sh 'x' }", scope: { system: "github", repository: "acme/shop" } }]);
  expect(told.of("jenkins/pipeline")).toMatchObject([{ repository: "acme/shop", path: "ci/Jenkinsfile" }]);
  // Nothing that stands in the estate is passed over: which job builds it was not collected.
  expect(told.topics).toEqual(["jenkins/scope jenkins:acme/shop/ci/Jenkinsfile"]);
});

test("a denied call is a gap as narrow as the call", () => {
  const of = (call: string) =>
    collector.denied(call, "403 Forbidden", { ...scope, project: "acme/shop" }).map((gap) => `${gap.topic} ${gap.subject}`);
  expect(of("GET /job/acme/job/shop/config.xml")).toEqual(["jenkins/job jenkins:ci/acme/shop"]);
  expect(of("git show origin/main:Jenkinsfile")).toEqual(["jenkins/definition jenkins:ci/acme/shop/Jenkinsfile"]);
  expect(of("GET /job/acme/credentials/store/folder/domain/_/api/json")).toEqual(["jenkins/credential jenkins:ci/acme"]);
  expect(of("POST /manage/configuration-as-code/export")).toHaveLength(4);
  expect(of("GET /other")).toEqual(["jenkins/other jenkins:ci:GET /other"]);
});
