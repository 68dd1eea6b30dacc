// The live half against a server that answers as Azure DevOps does to a token of given scopes: each that is taken away is a gap where it belongs,
// templates are followed, the past is read, and no value of a variable or a connection is written.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { collectAzure } from "../../app/collect-forge.ts";
import { charterOf } from "../../app/estate-fixture.ts";
import { isRead, readFolder } from "../../app/files.ts";
import { type EstateReading, readEstate } from "../../app/read-estate.ts";
import { fingerprint } from "../../lib/hash.ts";
import { isObject, type Json } from "../../lib/json.ts";
import { Manifest } from "../../model/manifest.ts";
import type { Observation } from "../../model/observation.ts";
import { SCOPES } from "./fetch-permissions.ts";

const KEY = new TextEncoder().encode("a key of the tests");

interface Route {
  readonly form: RegExp;
  readonly scope: string;
  readonly query: readonly string[];
}

const route = (form: string, scope: string, ...query: readonly string[]): Route => ({
  form: new RegExp(`^${form}$`),
  scope,
  query: [...query, "continuationToken"],
});
const ITEM = ["path", "versionDescriptor.version", "versionDescriptor.versionType"];

/** Source: REST API reference 7.1: each operation's address, URI parameters and scopes. */
const ROUTES: readonly Route[] = [
  route("acme/_apis/projects", "vso.project", "$top"),
  route("acme/_apis/projects/[^/]+", "vso.project"),
  route("acme/[^/]+/_apis/git/repositories", "vso.code"),
  route("acme/[^/]+/_apis/git/repositories/[^/]+/items", "vso.code", ...ITEM),
  route("acme/[^/]+/_apis/build/definitions", "vso.build", "includeAllProperties", "$top"),
  route("acme/[^/]+/_apis/build/builds", "vso.build", "buildIds"),
  route("acme/[^/]+/_apis/build/generalsettings", "vso.build"),
  route("acme/[^/]+/_apis/pipelines/environments", "vso.build"),
  route("acme/[^/]+/_apis/pipelines/environments/\\d+/environmentdeploymentrecords", "vso.build", "top"),
  route("acme/[^/]+/_apis/pipelines/checks/configurations", "vso.pipelineresources_use", "resourceType", "resourceId", "$expand"),
  route("acme/[^/]+/_apis/pipelines/pipelinepermissions/[^/]+/[^/]+", "vso.pipelineresources_use"),
  route("acme/[^/]+/_apis/serviceendpoint/endpoints", "vso.serviceendpoint"),
  route("acme/[^/]+/_apis/distributedtask/variablegroups", "vso.variablegroups_read"),
  route("acme/[^/]+/_apis/distributedtask/queues", "vso.agentpools"),
  route("acme/[^/]+/_apis/policy/configurations", "vso.code"),
  route("acme/_apis/graph/users", "vso.graph"),
  route("acme/_apis/graph/groups", "vso.graph"),
  route("acme/_apis/graph/memberships/[^/]+", "vso.graph", "direction"),
  route("acme/_apis/identities", "vso.identity", "descriptors"),
  route("acme/_apis/accesscontrollists/[0-9a-f-]+", "vso.security_manage", "includeExtendedInfo"),
];

const list = (...value: readonly Json[]): Json => ({ count: value.length, value });
const ALICE = "Microsoft.IdentityModel.Claims.ClaimsIdentity;0000\\alice@example.com";
const GIT = "2e9eb7ed-3c0a-47d4-87c1-0ffdd275fd87";
const SHA = "a".repeat(40);

const PIPELINE = `trigger: [main]
resources:
  repositories:
    - repository: templates
      type: git
      name: platform/templates
variables:
  API_TOKEN: correct-horse-1
stages:
  - template: stages/production.yml
  - template: audit.yml@templates
`;

function worldOf(): Map<string, Json> {
  const world = new Map<string, Json>();
  const shop = (path: string, answer: Json): void => void world.set(`acme/shop/_apis/${path}`, answer);
  world.set("acme/_apis/projects", list({ id: "p1", name: "shop" }));
  world.set("acme/_apis/projects/shop", { id: "p1", name: "shop", visibility: "private", _links: { self: { href: "x" } } });
  world.set(
    "acme/_apis/graph/users",
    list({ descriptor: "aad.alice", principalName: "alice@example.com", subjectKind: "user", originId: "u1" }),
  );
  world.set("acme/_apis/graph/groups", list({ descriptor: "vssgp.ops", principalName: "[shop]\\Ops", originId: "g1" }));
  world.set("acme/_apis/graph/memberships/vssgp.ops", list({ containerDescriptor: "vssgp.ops", memberDescriptor: "aad.alice" }));
  world.set("acme/_apis/identities", list({ id: "u1", descriptor: ALICE, subjectDescriptor: "aad.alice" }));
  for (const namespace of [
    GIT,
    "33344d9c-fc72-4d6f-aba5-fa317101a7e9",
    "83d4c2e6-e57d-4d6e-892b-b87222b7ad20",
    "49b48001-ca20-4adc-8111-5b60c903a50c",
  ])
    world.set(`acme/_apis/accesscontrollists/${namespace}`, list());
  world.set(
    `acme/_apis/accesscontrollists/${GIT}`,
    list({ token: "repoV2/p1", acesDictionary: { [ALICE]: { descriptor: ALICE, allow: 4, deny: 0 } } }),
  );
  shop("git/repositories", list({ id: "r1", name: "shop", defaultBranch: "refs/heads/main" }));
  const repository = {
    id: "r1",
    name: "shop",
    type: "TfsGit",
    defaultBranch: "refs/heads/main",
    url: "https://dev.azure.com/acme/shop/_git/shop",
  };
  const process = { type: 2, yamlFilename: "/ci/azure-pipelines.yml" };
  const variables = { HIDDEN: { value: null, isSecret: true }, PLAIN: { value: "correct-horse-2" } };
  shop(
    "build/definitions",
    list({ id: 1, name: "deploy", path: "\\", process, repository, triggers: [], variables, variableGroups: [{ id: 5 }] }),
  );
  shop("git/repositories/shop/items /ci/azure-pipelines.yml", PIPELINE);
  const job = (environment: string): string =>
    `stages:\n  - stage: ${environment}\n    jobs:\n      - deployment: go\n        environment: ${environment}\n        strategy: { runOnce: { deploy: { steps: [{ script: ./go.sh }] } } }\n`;
  shop("git/repositories/shop/items /ci/stages/production.yml", job("production"));
  world.set("acme/platform/_apis/git/repositories/templates/items /audit.yml", job("audit"));
  shop("pipelines/environments", list({ id: 7, name: "production" }));
  shop(
    "serviceendpoint/endpoints",
    list({
      id: "e1",
      name: "azure",
      type: "azurerm",
      authorization: { scheme: "ServicePrincipal", parameters: { serviceprincipalkey: "correct-horse-3" } },
    }),
  );
  shop("distributedtask/variablegroups", list({ id: 5, name: "keys", type: "Vsts", variables: { PLAIN: { value: "correct-horse-4" } } }));
  shop("distributedtask/queues", list({ id: 9, name: "pool", pool: { isHosted: false } }));
  shop("policy/configurations", list());
  shop("build/generalsettings", { buildsEnabledForForks: false, enforceNoAccessToSecretsFromForks: true });
  const approval = {
    type: { name: "Approval" },
    settings: { approvers: [{ descriptor: "aad.alice", uniqueName: "alice@example.com" }], requesterCannotBeApprover: true },
  };
  shop("pipelines/checks/configurations", list());
  shop("pipelines/checks/configurations environment/7", list({ id: 3, ...approval, resource: { type: "environment", id: "7" } }));
  for (const resource of ["environment/7", "endpoint/e1", "variablegroup/5", "queue/9", "repository/p1.r1"]) {
    const [type = "", id = ""] = resource.split("/");
    shop(`pipelines/pipelinepermissions/${resource}`, { resource: { type, id }, pipelines: [] });
  }
  const record = (id: number, finishTime: string): Json => ({
    id,
    environmentId: 7,
    result: "succeeded",
    queueTime: finishTime,
    finishTime,
    owner: { id: 100 + id },
  });
  shop("pipelines/environments/7/environmentdeploymentrecords", list(record(2, "2026-02-01T00:00:00Z"), record(1, "2025-02-01T00:00:00Z")));
  shop("build/builds", list({ id: 101, sourceVersion: SHA }, { id: 102, sourceVersion: SHA }));
  return world;
}

let server: Server;
let url = "";
let scopes: ReadonlySet<string>;
let world: Map<string, Json>;
const problems: string[] = [];
const output = mkdtempSync(join(tmpdir(), "bulkhead-azure-"));
const ALL = SCOPES.map(([, scope]) => scope);

function send(response: ServerResponse, status: number, answer: Json, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { "Content-Type": "application/json", ...headers });
  response.end(typeof answer === "string" ? answer : JSON.stringify(answer));
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const asked = new URL(request.url ?? "", "http://here");
  const path = decodeURIComponent(asked.pathname.slice(1));
  if (request.headers.authorization !== `Basic ${Buffer.from(":the-token").toString("base64")}`)
    return send(response, 302, "", { Location: "https://example.com/signin" });
  if (path === "acme/_apis/connectionData") return send(response, 200, { authenticatedUser: { id: "u1", providerDisplayName: "Auditor" } });
  const found = ROUTES.find(({ form }) => form.test(path));
  if (!found || request.method !== "GET" || !String(request.headers.accept).includes("api-version=7.1-preview")) {
    problems.push(`${request.method} ${path}`);
    return send(response, 404, { message: "no such address" });
  }
  for (const name of asked.searchParams.keys()) if (!found.query.includes(name)) problems.push(`${path} takes no ${name}`);
  if (!scopes.has(found.scope)) return send(response, 403, { message: "Access Denied: the token lacks a scope" });
  const about =
    asked.searchParams.get("path") ??
    (asked.searchParams.has("resourceId") ? `${asked.searchParams.get("resourceType")}/${asked.searchParams.get("resourceId")}` : "");
  const document = world.get(`${path} ${about}`.trim()) ?? world.get(path);
  if (document === undefined) return send(response, 404, { message: "TF401174: the item could not be found" });
  const pages = isObject(document) && Array.isArray(document["value"]) && document["value"].length > 1 && path.endsWith("users");
  if (!pages) return send(response, 200, document);
  // A page holds one user, so that there are several.
  const at = Number(asked.searchParams.get("continuationToken") ?? 0);
  const value = document["value"] as readonly Json[];
  send(response, 200, list(value[at] as Json), at + 1 < value.length ? { "x-ms-continuationtoken": String(at + 1) } : {});
}

beforeAll(async () => {
  world = worldOf();
  server = createServer(answer);
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  world = worldOf();
  expect(problems).toEqual([]);
});
afterAll(() => {
  server.close();
  rmSync(output, { recursive: true, force: true });
});

const collect = async (allowed: readonly string[] = ALL, token = "the-token"): Promise<readonly string[]> => {
  scopes = new Set(allowed);
  await collectAzure({
    ...{ url, token, organization: "acme", since: new Date("2026-01-01T00:00:00Z"), output, refresh: true, concurrency: 4, firstWaitMs: 1 },
    ...{ say: () => undefined, fingerprint: (secret: string) => fingerprint(KEY, secret) },
  });
  const { calls } = Manifest.parse(JSON.parse(readFileSync(join(output, "estate/azure/acme/manifest.json"), "utf8")));
  return calls.flatMap((call) => (call.status === "denied" ? [call.call] : []));
};
const reading = (): EstateReading => readEstate(readFolder(output), charterOf(), { fingerprintKey: KEY });
const gaps = (): readonly string[] => [...new Set(reading().gaps.map(({ topic, subject }) => `${topic} ${subject}`))].toSorted();
const seen = <K extends Observation["kind"]>(kind: K): readonly Extract<Observation, { kind: K }>[] =>
  reading().observations.filter((each): each is Extract<Observation, { kind: K }> => each.kind === kind);

test("everything is answered and recognized, and leaves no gap", async () => {
  expect(await collect()).toEqual([]);
  expect([gaps(), reading().unrecognized]).toEqual([[], []]);
  expect(seen("azure/check")).toMatchObject([{ resource: { type: "environment", id: "7" }, check: { type: "approval" } }]);
  expect(seen("azure/identity")).toMatchObject([{ legacy: ALICE, descriptor: "aad.alice" }]);
  expect(seen("azure/deployment")).toMatchObject([
    { run: 102, sha: SHA },
    { run: 101, sha: SHA },
  ]);
});

test("templates are followed, beside the file and in another repository", async () => {
  await collect();
  const environments = seen("azure/pipeline").flatMap(({ stages }) =>
    stages.flatMap(({ jobs }) => jobs.map((job) => job.environment?.name)),
  );
  expect(environments).toEqual(["production", "audit"]);
});

test.each<[string, readonly string[]]>([
  ["vso.project", ["azure/other azure:acme:GET /acme/_apis/projects?$top=1000"]],
  ["vso.graph", ["azure/member azure:acme"]],
  ["vso.identity", ["azure/access azure:acme"]],
  ["vso.serviceendpoint", ["azure/connection azure:acme/shop"]],
  ["vso.variablegroups_read", ["azure/variable-group azure:acme/shop"]],
  ["vso.agentpools", ["azure/queue azure:acme/shop"]],
])("without %s only what it shows is a gap", async (scope, expected) => {
  expect((await collect(ALL.filter((each) => each !== scope))).length).toBeGreaterThan(0);
  expect(gaps()).toEqual([...expected].toSorted());
});

test.each(["vso.code", "vso.build", "vso.pipelineresources_use", "vso.security_manage"])(
  "without %s every denied call is a gap",
  async (scope) => {
    const denied = await collect(ALL.filter((each) => each !== scope));
    expect(denied.length).toBeGreaterThan(0);
    expect(gaps().length).toBeGreaterThan(0);
  },
);

test("a token that is not known is refused", async () => {
  await expect(collect(ALL, "another")).rejects.toThrow("moved to https://example.com/signin (HTTP 302)");
});

test("a list goes on where its token says", async () => {
  const users = Array.from({ length: 3 }, (_, index) => ({
    descriptor: `aad.u${index}`,
    principalName: `u${index}@example.com`,
    subjectKind: "user",
  }));
  world.set("acme/_apis/graph/users", list(...users));
  expect(await collect()).toEqual([]);
  expect(
    seen("azure/user")
      .map(({ descriptor }) => descriptor)
      .toSorted(),
  ).toEqual(["aad.u0", "aad.u1", "aad.u2"]);
});

test("no value of a variable and nothing that a connection holds is written", async () => {
  await collect();
  const texts = [...readFolder(output)].map(([path, content]) => `${path} ${isRead(content) ? Buffer.from(content).toString() : ""}`);
  expect(texts.filter((text) => text.includes("correct-horse")).map((text) => text.split("\n")[0])).toEqual([]);
  expect(seen("azure/variable-group")).toMatchObject([{ id: 5, name: "keys" }]);
});
