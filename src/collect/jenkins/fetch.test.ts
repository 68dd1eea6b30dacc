// The live half against a server that answers as a Jenkins controller does to a user of given permissions: each that is taken away is a gap where it
// belongs, and no password, encrypted or not, is written.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { collectJenkins } from "../../app/collect-forge.ts";
import { charterOf } from "../../app/estate-fixture.ts";
import { isRead, readFolder } from "../../app/files.ts";
import { type EstateReading, readEstate } from "../../app/read-estate.ts";
import { fingerprint } from "../../lib/hash.ts";
import { Manifest } from "../../model/manifest.ts";
import type { Observation } from "../../model/observation.ts";
import { PERMISSIONS } from "./fetch-permissions.ts";

const KEY = new TextEncoder().encode("a key of the tests");
const ENCRYPTED = "{AQAAABAAAAAQcorrecthorse0000000000000000==}";
const fixture = (name: string): string => readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8");

const FOLDER = `<?xml version='1.1' encoding='UTF-8'?>
<com.cloudbees.hudson.plugins.folder.Folder plugin="cloudbees-folder"><properties/></com.cloudbees.hudson.plugins.folder.Folder>`;
const PIPELINE = `<?xml version='1.1' encoding='UTF-8'?>
<flow-definition plugin="workflow-job">
  <definition class="org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition" plugin="workflow-cps">
    <script>node { stage('Deploy') { sh 'deploy --password=correct-horse-1' } }</script>
    <sandbox>true</sandbox>
  </definition>
  <authToken>correct-horse-2</authToken>
  <oldPlugin><password>${ENCRYPTED}</password></oldPlugin>
</flow-definition>`;

const MULTIBRANCH = "org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject";
const credential = (id: string): object => ({ id, typeName: "Secret text", description: "correct-horse-3", fingerprint: { usage: [] } });
const role = (permission: string, sid: string): object => ({
  permissionIds: { [permission]: true },
  sids: [{ type: "USER", sid }],
  pattern: "acme/.*",
});

/** By path: what it needs, and the answer. Sources: Handbook, "Remote access API"; plugins credentials, role-strategy, configuration-as-code. */
const ANSWERS: Readonly<Record<string, readonly [permission: string, answer: unknown]>> = {
  "POST /ci/manage/configuration-as-code/export": [
    "Overall/Administer",
    `${fixture("jenkins.yaml")}security:\n  smtpPassword: "${ENCRYPTED}"\n`,
  ],
  "GET /ci/computer/api/json?depth=1": [
    "Agent/ExtendedRead",
    {
      _class: "hudson.model.ComputerSet",
      computer: [
        { _class: "hudson.model.Hudson$MasterComputer", displayName: "Built-In Node", numExecutors: 2, monitorData: { x: "/home" } },
      ],
    },
  ],
  "GET /ci/asynchPeople/api/json?depth=1": [
    "Overall/Read",
    {
      _class: "hudson.model.View$AsynchPeople$People",
      users: [{ lastChange: 1, user: { id: "olga", fullName: "Olga", property: [{ address: "x" }] } }],
    },
  ],
  "GET /ci/credentials/store/system/domain/_/api/json?depth=1": ["Credentials/View", { credentials: [credential("login")] }],
  "GET /ci/role-strategy/strategy/getAllRoles?type=globalRoles": ["Overall/Administer", { admin: ["olga"] }],
  "GET /ci/role-strategy/strategy/getAllRoles?type=projectRoles": ["Overall/Administer", { developer: ["alice"] }],
  "GET /ci/role-strategy/strategy/getRole?type=globalRoles&roleName=admin": [
    "Overall/Administer",
    role("hudson.model.Hudson.Administer", "olga"),
  ],
  "GET /ci/role-strategy/strategy/getRole?type=projectRoles&roleName=developer": [
    "Overall/Administer",
    role("hudson.model.Item.Build", "alice"),
  ],
  "GET /ci/api/json": [
    "Job/Read",
    {
      _class: "hudson.model.Hudson",
      jobs: [
        {
          ...{ _class: "com.cloudbees.hudson.plugins.folder.Folder", fullName: "acme" },
          jobs: [
            {
              _class: MULTIBRANCH,
              fullName: "acme/shop",
              jobs: [{ _class: "org.jenkinsci.plugins.workflow.job.WorkflowJob", fullName: "acme/shop/main" }],
            },
            { _class: "org.jenkinsci.plugins.workflow.job.WorkflowJob", fullName: "acme/pay now" },
          ],
        },
      ],
    },
  ],
  "GET /ci/job/acme/config.xml": ["Job/ExtendedRead", FOLDER],
  "GET /ci/job/acme/job/shop/config.xml": ["Job/ExtendedRead", fixture("multibranch.xml")],
  "GET /ci/job/acme/job/pay%20now/config.xml": ["Job/ExtendedRead", PIPELINE],
  "GET /ci/job/acme/credentials/store/folder/domain/_/api/json?depth=1": ["Credentials/View", { credentials: [credential("aws")] }],
  "GET /ci/job/acme/job/shop/credentials/store/folder/domain/_/api/json?depth=1": ["Credentials/View", { credentials: [] }],
};

let server: Server;
let url = "";
let allowed: ReadonlySet<string>;
const unknown: string[] = [];
const output = mkdtempSync(join(tmpdir(), "bulkhead-jenkins-"));
const ALL = PERMISSIONS.map(([permission]) => permission);

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url ?? "";
    const asked = `${request.method} ${path.startsWith("/ci/api/json") ? "/ci/api/json" : path}`;
    const isKnown = request.headers.authorization === `Basic ${Buffer.from("auditor:the-token").toString("base64")}`;
    const found =
      path === "/ci/me/api/json?tree=id" ? (["Overall/Read", { _class: "hudson.model.User", id: "auditor" }] as const) : ANSWERS[asked];
    if (!found) unknown.push(asked);
    const status = isKnown ? (found ? (allowed.has(found[0]) ? 200 : 403) : 404) : 401;
    response.writeHead(status, { "Content-Type": status === 200 ? "application/json" : "text/html" });
    response.end(status === 200 ? (typeof found?.[1] === "string" ? found[1] : JSON.stringify(found?.[1])) : "<html>no</html>");
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ci`;
});
afterAll(() => {
  server.close();
  rmSync(output, { recursive: true, force: true });
});

const collect = async (permissions: readonly string[], token = "the-token"): Promise<readonly string[]> => {
  allowed = new Set(permissions);
  await collectJenkins({
    ...{ url, user: "auditor", token, controller: "ci", output, refresh: true, concurrency: 2, firstWaitMs: 1, say: () => undefined },
    fingerprint: (secret) => fingerprint(KEY, secret),
  });
  const { calls } = Manifest.parse(JSON.parse(readFileSync(join(output, "estate/jenkins/ci/manifest.json"), "utf8")));
  return calls.flatMap((call) => (call.status === "denied" ? [call.call] : []));
};
const reading = (): EstateReading => readEstate(readFolder(output), charterOf(), { fingerprintKey: KEY });
const gaps = (): readonly string[] => [...new Set(reading().gaps.map(({ topic, subject }) => `${topic} ${subject}`))].toSorted();
const seen = <K extends Observation["kind"]>(kind: K): readonly Extract<Observation, { kind: K }>[] =>
  reading().observations.filter((each): each is Extract<Observation, { kind: K }> => each.kind === kind);

test("everything is answered and recognized, and only what stands in a repository is missing", async () => {
  expect([await collect(ALL), unknown]).toEqual([[], []]);
  expect(reading().unrecognized).toEqual([]);
  expect(gaps().filter((gap) => !gap.startsWith("jenkins/definition "))).toEqual(gapsOfTheConfiguration);
  expect(gaps()).toContain("jenkins/definition jenkins:ci/acme/shop/ci/Jenkinsfile");
  expect(
    seen("jenkins/job")
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(["acme", "acme/pay now", "acme/shop"]);
  expect(seen("jenkins/grant").map((grant) => grant.role)).toEqual(expect.arrayContaining(["admin", "developer"]));
  expect(seen("jenkins/credential").map(({ of, id }) => `${of ?? ""} ${id}`)).toEqual(expect.arrayContaining(["acme aws", " login"]));
});

/** What the configuration of the fixture leaves open, however it was collected: a credential without an id, and jobs made by job DSL. */
const gapsOfTheConfiguration: readonly string[] = ["jenkins/credential jenkins:ci", "jenkins/job jenkins:ci"];

test.each<[string, readonly string[]]>([
  ["Job/Read", ["jenkins/job jenkins:ci"]],
  ["Job/ExtendedRead", ["acme", "acme/pay%20now", "acme/shop"].map((name) => `jenkins/job jenkins:ci/${name}`)],
  ["Credentials/View", ["jenkins/credential jenkins:ci", "jenkins/credential jenkins:ci/acme", "jenkins/credential jenkins:ci/acme/shop"]],
  ["Agent/ExtendedRead", ["jenkins/agent jenkins:ci"]],
  ["Overall/Administer", ["agent", "authorization", "credential", "library"].map((topic) => `jenkins/${topic} jenkins:ci`)],
])("without %s only what it shows is a gap", async (permission, expected) => {
  expect((await collect(ALL.filter((each) => each !== permission))).length).toBeGreaterThan(0);
  const own = gaps().filter((gap) => !gap.startsWith("jenkins/definition "));
  const others = permission === "Overall/Administer" ? [] : gapsOfTheConfiguration;
  expect(own).toEqual([...new Set([...expected, ...others])].toSorted());
});

test("a user whom Jenkins does not know is refused", async () => {
  await expect(collect(ALL, "another")).rejects.toThrow("refused (HTTP 401)");
});

test("no password and nothing that Jenkins has encrypted is written, and the files say what they said", async () => {
  await collect(ALL);
  const texts = [...readFolder(output)].map(([path, content]) => `${path} ${isRead(content) ? Buffer.from(content).toString() : ""}`);
  expect(texts.filter((text) => /correct-?horse|plain-password|value-of-the/.test(text)).map((text) => text.split("\n")[0])).toEqual([]);
  const written = readFileSync(join(output, "estate/jenkins/ci/jenkins.yaml"), "utf8");
  expect(written.split("\n").length).toBe(String(ANSWERS["POST /ci/manage/configuration-as-code/export"]?.[1]).split("\n").length);
  expect(seen("jenkins/pipeline")[0]?.stages.length).toBeGreaterThan(0);
});
