// Answers of the REST API → observations: what is read, what becomes a gap, and that nothing a connection holds gets through.
import { describe, expect, test } from "vitest";
import { parseBytes } from "../../lib/parse.ts";
import type { Gap } from "../../model/gap.ts";
import type { Observation, ObservationKind, ObservationOf } from "../../model/observation.ts";
import type { ListedCall, ParsedFile } from "../collector.ts";
import { collector } from "./collector.ts";

interface Given {
  readonly call?: string;
  readonly text: string;
  readonly path?: string;
  readonly scope?: ParsedFile["scope"];
}

const scope = { system: "azure", organization: "acme", project: "shop" } as const;
const HOST = "https://dev.azure.com/acme";

function read(given: readonly Given[], calls: readonly ListedCall[] = []) {
  const mapped: Observation[] = [];
  const gaps: Gap[] = [];
  const sink = { observation: (one: Observation) => void mapped.push(one), gap: (gap: Gap) => void gaps.push(gap) };
  for (const [index, { call, text, path = `${index}.${text.startsWith("{") ? "json" : "yml"}`, scope: own = scope }] of given.entries()) {
    const parsed = parseBytes(path, new TextEncoder().encode(text));
    if (!parsed.ok) throw new Error(parsed.error.message);
    const { format, documents } = parsed.value;
    const file: ParsedFile = { path, format, documents, text, scope: own, ...(call !== undefined && { call }) };
    for (const [at, document] of documents.entries())
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

const answer = (path: string, ...value: readonly object[]): Given => ({
  call: `GET ${HOST}/shop/_apis/${path}`,
  text: JSON.stringify({ count: value.length, value }),
});
const one = (path: string, value: object): Given => ({ call: `GET ${HOST}/shop/_apis/${path}`, text: JSON.stringify(value) });

describe("settings", () => {
  test("pipelines: their file, what forks may do, and names of secret variables", () => {
    const told = read([
      answer("build/definitions?includeAllProperties=true", {
        id: 7,
        name: "shop",
        path: "\\release",
        process: { type: 2, yamlFilename: "/ci/azure.yml" },
        repository: { type: "GitHub", name: "acme/shop", defaultBranch: "refs/heads/main", url: "https://github.com/acme/shop.git" },
        triggers: [{ triggerType: "pullRequest", forks: { enabled: true, allowSecrets: false } }],
        variables: { KEY: { isSecret: true, value: null }, REGION: { value: "eu" } },
        variableGroups: [{ id: 3 }],
      }),
    ]);
    expect(told.of("azure/definition")).toMatchObject([
      {
        id: 7,
        name: "release/shop",
        path: "ci/azure.yml",
        repository: { type: "GitHub", name: "acme/shop", defaultBranch: "main" },
        forks: { enabled: true, secrets: false },
        secrets: ["KEY"],
        groups: [3],
      },
    ]);
    expect(told.topics).toEqual(["azure/pipeline azure:acme/shop/acme/shop/ci/azure.yml"]);
  });

  test("a classic pipeline has no file", () => {
    expect(read([answer("build/definitions", { id: 8, name: "old", process: { type: 1 } })]).of("azure/definition")[0]).not.toHaveProperty(
      "path",
    );
  });

  test("checks of each kind", () => {
    const approval = {
      approvers: [
        { id: "1", displayName: "Rita", uniqueName: "rita@example.com", descriptor: "aad.rita" },
        { id: "2", displayName: "[shop]\\Owners", isContainer: true },
      ],
    };
    const task = (name: string, inputs: object) => ({ displayName: name, definitionRef: { name }, inputs });
    const told = read([
      answer(
        "pipelines/checks/configurations?resourceType=environment&resourceId=5&$expand=settings",
        { id: 1, type: { name: "Approval" }, settings: { ...approval, minRequiredApprovers: 0, requesterCannotBeApprover: true } },
        {
          id: 2,
          type: { name: "Task Check" },
          settings: task("evaluatebranchProtection", {
            allowedBranches: "refs/heads/main, refs/heads/release/*",
            ensureProtectionOfBranch: "true",
          }),
        },
        { id: 3, type: { name: "Task Check" }, settings: task("AzureFunction", {}) },
        { id: 4, type: { name: "Task Check" }, settings: task("evaluateBusinessHours", {}) },
        {
          id: 5,
          type: { name: "ExtendsCheck" },
          settings: { extendsChecks: [{ repositoryName: "shop/templates", repositoryRef: "refs/heads/main", templatePath: "base.yml" }] },
        },
        { id: 6, type: { name: "ExclusiveLock" }, settings: {} },
      ),
    ]);
    expect(told.of("azure/check").map((each) => each.check)).toEqual([
      {
        type: "approval",
        approvers: [
          { descriptor: "aad.rita", id: "1", name: "rita@example.com", isGroup: false },
          { id: "2", name: "[shop]\\Owners", isGroup: true },
        ],
        count: 2,
        requesterApproves: false,
      },
      { type: "branches", allowed: ["main", "release/*"], protectedOnly: true },
      { type: "decided", by: "AzureFunction" },
      { type: "other", name: "evaluateBusinessHours" },
      { type: "template", templates: ["shop/templates/base.yml@refs/heads/main"] },
      { type: "other", name: "ExclusiveLock" },
    ]);
    expect(told.of("azure/check")[0]).toMatchObject({ resource: { type: "environment", id: "5" } });
    expect(told.of("azure/answered")).toMatchObject([{ what: "checks", of: "acme/shop#environment/5" }]);
  });

  test("service connections: only who may be trusted for what, never what they hold", () => {
    const secret = { username: "x", password: "value-of-the-password", serviceprincipalkey: "value-of-the-key" };
    const told = read([
      answer(
        "serviceendpoint/endpoints",
        { id: "c", name: "key", type: "aws", authorization: { scheme: "UsernamePassword", parameters: secret } },
        {
          id: "d",
          name: "federated",
          type: "azurerm",
          authorization: {
            scheme: "WorkloadIdentityFederation",
            parameters: {
              workloadIdentityFederationIssuer: "https://vstoken.dev.azure.com/1",
              workloadIdentityFederationSubject: "sc://acme/shop/federated",
            },
          },
        },
      ),
    ]);
    expect(told.of("azure/connection")).toMatchObject([
      { name: "key" },
      { name: "federated", token: { issuer: "https://vstoken.dev.azure.com/1", subject: "sc://acme/shop/federated" } },
    ]);
    expect(JSON.stringify(told)).not.toContain("value-of-the");
  });

  test("variable groups: names of secrets alone, all of a key vault's", () => {
    const told = read([
      answer(
        "distributedtask/variablegroups",
        { id: 1, name: "a", type: "Vsts", variables: { K: { isSecret: true }, R: { value: "eu" } } },
        { id: 2, name: "b", type: "AzureKeyVault", variables: { L: {} } },
      ),
    ]);
    expect(told.of("azure/variable-group")).toMatchObject([{ secrets: ["K"] }, { secrets: ["L"] }]);
  });

  test("policies that are enabled, by their type", () => {
    const policy = (id: number, type: string, settings: object, isEnabled = true) => ({
      id,
      type: { id: type },
      isEnabled,
      isBlocking: true,
      settings,
    });
    const scopes = { scope: [{ repositoryId: "r", refName: "refs/heads/release", matchKind: "Prefix" }] };
    const told = read([
      answer(
        "policy/configurations",
        policy(1, "fa4e907d-c16b-4a4c-9dfa-4906e5d171dd", {
          minimumApproverCount: 2,
          creatorVoteCounts: false,
          resetOnSourcePush: true,
          blockLastPusherVote: true,
          ...scopes,
        }),
        policy(2, "0609b952-1397-4640-95ec-e00a01b2c241", scopes),
        policy(3, "fa4e907d-c16b-4a4c-9dfa-4906e5d171dd", { minimumApproverCount: 1 }, false),
      ),
    ]);
    expect(told.of("azure/branch-policy")).toMatchObject([
      {
        type: "reviewers",
        count: 2,
        creatorCounts: false,
        resetOnPush: true,
        lastPusherCounts: false,
        scopes: [{ repository: "r", ref: "release", isPrefix: true }],
      },
      { type: "build" },
    ]);
  });

  test("pipeline permissions, entries of access control lists, members", () => {
    const told = read([
      one("pipelines/pipelinepermissions/environment/5", {
        resource: { type: "environment", id: "5" },
        pipelines: [{ id: 7, authorized: true }],
      }),
      {
        call: `GET ${HOST}/_apis/accesscontrollists/2e9eb7ed-3c0a-47d4-87c1-0ffdd275fd87?includeExtendedInfo=true`,
        text: JSON.stringify({
          value: [
            {
              token: "repoV2/p",
              acesDictionary: { a: { descriptor: "vssgp.a", allow: 4, deny: 0, extendedInfo: { effectiveAllow: 20 } } },
            },
          ],
        }),
      },
      {
        call: "GET https://vssps.dev.azure.com/acme/_apis/graph/users",
        text: JSON.stringify({ value: [{ descriptor: "aad.a", principalName: "Alice@Example.com" }] }),
      },
      {
        call: "GET https://vssps.dev.azure.com/acme/_apis/identities?descriptors=x",
        text: JSON.stringify({ value: [null, { descriptor: "Microsoft.TeamFoundation.Identity;S-1", subjectDescriptor: "vssgp.a" }] }),
      },
    ]);
    expect(told.of("azure/permission")).toMatchObject([{ all: false, pipelines: [7] }]);
    expect(told.of("azure/access")).toMatchObject([{ namespace: "git", descriptor: "vssgp.a", allow: 20 }]);
    expect(told.of("azure/user")).toMatchObject([{ name: "alice@example.com" }]);
    expect(told.of("azure/identity")).toHaveLength(1);
    expect(told.gaps).toEqual([]);
  });

  test("a run gives its commit to its deployment", () => {
    const told = read([
      answer("distributedtask/environments/5/environmentdeploymentrecords", {
        environmentId: 5,
        result: "succeeded",
        finishTime: "2026-10-01T00:00:00Z",
        owner: { id: 11 },
      }),
      answer("build/builds", { id: 11, sourceVersion: "a".repeat(40) }),
    ]);
    expect(told.of("azure/deployment")).toMatchObject([{ environment: 5, run: 11, sha: "a".repeat(40) }]);
    expect(told.of("azure/run")).toEqual([]);
  });

  test("an answer of another form is a gap, and no answer", () => {
    const told = read([
      { call: `GET ${HOST}/shop/_apis/distributedtask/environments`, text: "{}" },
      answer("distributedtask/queues", { id: "x" }),
    ]);
    expect(told.topics).toEqual(["azure/environment azure:acme/shop", "azure/queue azure:acme/shop"]);
    expect(told.of("azure/answered").map((each) => each.what)).toEqual(["agent queues"]);
  });
});

describe("definitions", () => {
  const item = (repository: string, path: string, text: string): Given => ({
    call: `GET ${HOST}/shop/_apis/git/repositories/${repository}/items?path=/${path}`,
    text,
  });

  test("of a repository of the project, with a template of another", () => {
    const told = read([
      item(
        "shop",
        "azure-pipelines.yml",
        "resources:\n  repositories: [{repository: t, type: git, name: templates}]\njobs:\n- template: jobs.yml@t\n",
      ),
      item("templates", "jobs.yml", "jobs: [{job: a, steps: [{script: x}]}]\n"),
    ]);
    expect(told.of("azure/pipeline")).toMatchObject([
      { repository: "shop", path: "azure-pipelines.yml", stages: [{ jobs: [{ name: "a" }] }] },
    ]);
    expect(told.gaps).toEqual([]);
  });

  test("whose project is given with its organization", () => {
    const told = read([
      { text: "steps: [{script: make}]\n", path: "azure-pipelines.yml", scope: { system: "azure", project: "acme/shop" } },
    ]);
    expect(told.of("azure/pipeline")).toMatchObject([
      { organization: "acme", project: "shop", repository: "shop", path: "azure-pipelines.yml" },
    ]);
  });

  test("of a repository of GitHub", () => {
    const told = read([
      {
        text: "pool: {vmImage: x}\nsteps: [{script: make}]\n",
        path: "acme/shop/azure-pipelines.yml",
        scope: { system: "github", repository: "acme/shop" },
      },
    ]);
    expect(told.of("azure/pipeline")).toMatchObject([{ repository: "acme/shop", path: "azure-pipelines.yml" }]);
    expect(told.topics).toEqual(["azure/scope azure:/acme/shop/azure-pipelines.yml"]);
  });

  test.each([
    "on: push\njobs:\n  a: {steps: [{run: make}]}\n",
    "stages: [build]\nbuild: {script: make}\n",
    "steps:\n- name: a\n  image: b\n",
    "apiVersion: v1\nkind: Pod\n",
    "variables:\n  a: b\n",
  ])("other YAML is none: %j", (text) => {
    const parsed = parseBytes("a.yml", new TextEncoder().encode(text));
    if (!parsed.ok) throw new Error(parsed.error.message);
    const { documents, format } = parsed.value;
    expect(collector.recognize(documents[0], { path: "a.yml", format, documents, text })).toBeUndefined();
  });
});

test("a denied call is a gap as narrow as the call", () => {
  const of = (path: string) =>
    collector.denied(`GET ${HOST}/shop/_apis/${path}`, "403 Forbidden", scope).map((gap) => `${gap.topic} ${gap.subject}`);
  expect(of("pipelines/checks/configurations?resourceType=endpoint&resourceId=c")).toEqual(["azure/check azure:acme/shop#endpoint/c"]);
  expect(of("pipelines/pipelinepermissions/environment/5")).toEqual(["azure/permission azure:acme/shop#environment/5"]);
  expect(of("policy/configurations")).toEqual(["azure/branch-policy azure:acme/shop"]);
  expect(of("git/repositories/shop/items?path=/a.yml")).toEqual(["azure/pipeline azure:acme/shop/shop/a.yml"]);
  expect(of("wit/fields")).toHaveLength(1);
});
