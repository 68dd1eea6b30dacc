// The live half against a server that answers in GitHub's published forms: what is collected is what hand-written files say, each permission that is
// taken away is a gap where it belongs, and nothing is lost when the server is busy, breaks off or the collection is killed.
import { spawn } from "node:child_process";
import { once as finished } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { collectGithub } from "../../app/collect-forge.ts";
import { check } from "../../app/check.ts";
import { charterOf } from "../../app/estate-fixture.ts";
import { type FileSet, readFolder } from "../../app/files.ts";
import { type EstateReading, readEstate } from "../../app/read-estate.ts";
import { fingerprint } from "../../lib/hash.ts";
import type { Json } from "../../lib/json.ts";
import { Manifest } from "../../model/manifest.ts";
import { collector } from "./collector.ts";
import { CLASSIC_SCOPES, PERMISSIONS } from "./fetch-permissions.ts";
import { SHAPES } from "./shapes.ts";
import { type Disturbance, refusal, type Replay, replay, send } from "./replay-support.ts";
import { acmeWorld, withHistory } from "./world-support.ts";

const KEY = new TextEncoder().encode("a key of the tests");
const by = (secret: string): string => fingerprint(KEY, secret);

let server: Replay;
let world: Map<string, Json>;
const output = mkdtempSync(join(tmpdir(), "bulkhead-github-"));
const said: string[] = [];

const collect = async (folder: string, more: Partial<Parameters<typeof collectGithub>[0]> = {}): Promise<Manifest> => {
  await collectGithub({
    api: server.api,
    token: "all",
    owner: "acme",
    since: new Date("2026-01-01T00:00:00Z"),
    output: folder,
    refresh: true,
    concurrency: 4,
    fingerprint: by,
    firstWaitMs: 1,
    say: (line) => void said.push(line),
    ...more,
  });
  return manifestOf(folder);
};
const manifestOf = (folder: string): Manifest =>
  Manifest.parse(JSON.parse(readFileSync(join(folder, "estate/github/acme/manifest.json"), "utf8")));
const deniedOf = ({ calls }: Manifest): string[] =>
  calls.flatMap((call) => (call.status === "denied" ? [`${call.call} ${call.error}`] : []));
const readingOf = (files: FileSet): EstateReading => readEstate(files, charterOf(), { fingerprintKey: KEY });

beforeAll(async () => {
  world = acmeWorld();
  server = await replay(world);
  await collect(output);
});
afterEach(() => {
  server.disturb = () => false;
  expect(server.problems).toEqual([]);
});
afterAll(async () => {
  await server?.stop();
  rmSync(output, { recursive: true, force: true });
});

const whatIsSeen = (files: FileSet): readonly string[] =>
  readingOf(files)
    .observations.map((observation) => JSON.stringify(observation, withoutSources))
    .toSorted();
const withoutSources = (key: string, value: unknown): unknown => (key === "source" ? undefined : value);

test("everything is answered and recognized, in the published forms, and leaves no gap", () => {
  const reading = readingOf(readFolder(output));
  expect([deniedOf(manifestOf(output)), reading.unrecognized, reading.gaps]).toEqual([[], [], []]);
  expect(server.asked.length).toBeGreaterThan(150);
});

test("every answer that the collector reads has an operation in the published description", () => {
  const { operations } = JSON.parse(readFileSync(new URL("./fixtures/openapi.json", import.meta.url), "utf8")) as { operations: object };
  const nameless = (path: string): string => path.replaceAll(/[:+]\w+|\{\w+\}/g, "*");
  const published = new Set(Object.keys(operations).map(nameless));
  expect(SHAPES.flatMap(({ paths }) => paths).filter((path) => !published.has(nameless(path)))).toEqual([]);
});

test("it is read as the files that were written by hand are", () => {
  const example = readFolder(new URL("../../../examples/acme/estate/github", import.meta.url).pathname);
  const own = new Set(whatIsSeen(readFolder(output)));
  // More is asked of settings, and of branches only those that are protected.
  const differs = /^\{"kind":"github\/(?:branch"|(?:organization-)?actions-settings"|answered","what":"branches")/;
  const lacking = whatIsSeen(example).filter((each) => !own.has(each) && !differs.test(each));
  expect(lacking).toEqual([]);
});

test("the check says of it what it says of the files that were written by hand", () => {
  const acme = readFolder(new URL("../../../examples/acme", import.meta.url).pathname);
  const collected = [...readFolder(output)];
  const others = [...acme].filter(([path]) => !path.startsWith("estate/github/"));
  const told = (files: FileSet): object => {
    const checked = check(files, { asOf: "2026-11-24T00:00:00Z", fingerprintKey: KEY });
    if (!checked.ok) throw new Error(checked.error.map(({ message }) => message).join("\n"));
    const { statements, findings, clauses, gaps } = checked.value.result;
    return {
      statements,
      findings: findings.map(({ id, check: asked, verdict }) => `${id} ${asked} ${verdict}`).toSorted(),
      clauses: clauses.map(({ id, verdict }) => `${id} ${verdict}`),
      gaps: gaps.map(({ what, why }) => `${what}: ${why}`).toSorted(),
    };
  };
  expect(told(new Map([...others, ...collected]))).toEqual(told(acme));
});

describe("a token that may do less", () => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-github-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  beforeAll(() => {
    const person = { login: "dana", id: 5 };
    const history = new Map(world);
    withHistory(history, "/repos/acme/shop", [{ id: 1, environment: "test", sha: "a".repeat(40), at: "2026-01-02T00:00:00Z", run: 7 }]);
    const ends = { base: { ref: "main", sha: "a".repeat(40) }, head: { ref: "fix", sha: "b".repeat(40) } };
    const times = { merged_at: "2026-01-02T00:00:00Z", merge_commit_sha: "a".repeat(40), updated_at: "2026-01-02T00:00:00Z" };
    history.set("/repos/acme/shop/pulls", [{ number: 7, state: "closed", user: person, ...ends, ...times }]);
    history.set("/repos/acme/shop/pulls/7/reviews", []);
    server.world = history;
  });
  afterAll(() => void (server.world = world));
  const named = PERMISSIONS.map(({ of, name, level, isOptional }) => ({ permission: `${of} ${name} ${level}`, isOptional }));
  const least = named.flatMap(({ permission, isOptional }) => (isOptional ? [] : [permission]));
  const collectWith = async (permissions: readonly string[]): Promise<readonly string[]> => {
    server.tokens.set("less", { permissions: new Set(permissions), login: "auditor" });
    await collect(folder, { token: "less" });
    return readingOf(readFolder(folder)).gaps.map(({ topic, subject }) => `${topic} ${subject}`);
  };
  const deniedGaps = (): readonly string[] =>
    manifestOf(folder).calls.flatMap((call) =>
      call.status === "denied"
        ? collector.denied(call.call, call.error, { system: "github" }).map(({ topic, subject }) => `${topic} ${subject}`)
        : [],
    );

  test("the printed permissions are enough, but for who may bypass rulesets", async () => {
    const gaps = await collectWith(least);
    expect(gaps.filter((gap) => !gap.startsWith("github/ruleset"))).toEqual([]);
    expect(deniedGaps()).toEqual(["github/ruleset github:acme"]);
    expect(gaps.filter((gap) => gap.startsWith("github/ruleset-bypass")).length).toBeGreaterThan(0);
    expect(await collectWith(named.map(({ permission }) => permission))).toEqual([]);
    expect(manifestOf(folder).collectedBy).toBe("auditor");
  });

  test.each(named.map(({ permission }) => permission))("without %s only what it shows is a gap", async (permission) => {
    const all = named.map((each) => each.permission);
    const gaps = await collectWith(all.filter((each) => each !== permission && each !== permission.replace(/ read$/, " write")));
    const denied = deniedGaps();
    expect(gaps.length).toBeGreaterThan(0);
    // One gap for each denied call, and no other, but where an answer came with less in it.
    const others = gaps.filter((gap) => !denied.includes(gap));
    expect(others.every((gap) => /^github\/(?:ruleset-bypass|organization) /.test(gap))).toBe(true);
    expect(new Set(denied).size + others.length).toBe(new Set(gaps).size);
  });

  test("a classic token needs the three scopes that are printed", async () => {
    const scopes = CLASSIC_SCOPES.map(([scope]) => scope);
    server.tokens.set("classic", { scopes: new Set(scopes), login: "owner" });
    expect(deniedOf(await collect(folder, { token: "classic" }))).toEqual([]);
    server.tokens.set("classic", { scopes: new Set(["repo"]), login: "owner" });
    const calls = deniedOf(await collect(folder, { token: "classic" }));
    expect(calls.length).toBeGreaterThan(5);
    expect(calls.filter((call) => !call.startsWith("GET /orgs/"))).toEqual([]);
  });

  test("a token that GitHub does not know is refused, and nothing is written", async () => {
    const empty = mkdtempSync(join(tmpdir(), "bulkhead-github-"));
    await expect(collect(empty, { token: "no such token" })).rejects.toThrow("Bad credentials (HTTP 401)");
    expect([...readFolder(empty)]).toEqual([]);
    rmSync(empty, { recursive: true, force: true });
  });
});

describe("a server that is busy or breaks off", () => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-github-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const TEAMS = "/orgs/acme/teams?";
  const once = (url: string, act: Disturbance): Disturbance => {
    let times = 0;
    return (request, response) => request.url?.includes(url) === true && times++ === 0 && act(request, response);
  };

  test.each<[string, Disturbance]>([
    ["the primary limit", (_, response) => answered(response, 403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1" })],
    ["the secondary limit", (_, response) => answered(response, 403, { "retry-after": "0" })],
    ["too many requests", (_, response) => answered(response, 429, { "retry-after": "0" })],
    ["a bad gateway", (_, response) => answered(response, 502, {})],
    ["a connection that breaks", (_, response) => broken(response)],
    ["an answer that is cut off", (_, response) => cutOff(response)],
  ])("%s: the call is repeated", async (_, act) => {
    server.disturb = once(TEAMS, act);
    const before = server.asked.length;
    expect(deniedOf(await collect(folder))).toEqual([]);
    expect(server.asked.slice(before).filter((url) => url.includes(TEAMS))).toHaveLength(2);
  });

  test("a limit that lasts longer than one may wait is a denied call", async () => {
    const reset = String(Math.ceil(Date.now() / 1000) + 3600);
    server.disturb = (request, response) =>
      request.url?.includes(TEAMS) === true && answered(response, 403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset });
    const denied = deniedOf(await collect(folder, { longestWaitMs: 1000 }));
    expect(denied).toEqual(["GET /orgs/acme/teams?per_page=100 no (HTTP 403)"]);
  });

  test("a list of which a page never comes is denied whole, and not taken for all there is", async () => {
    const members = Array.from({ length: 250 }, (_, index) => ({ login: `m${index}`, id: index, type: "User" }));
    server.world = new Map([...world, ["/orgs/acme/outside_collaborators", members]]);
    expect(deniedOf(await collect(folder))).toEqual([]);
    const pages = manifestOf(folder).calls.filter(({ call }) => call.includes("outside_collaborators"));
    expect(pages.map(({ call }) => call)).toEqual(
      ["", "&page=2", "&page=3"].map((page) => `GET /orgs/acme/outside_collaborators?per_page=100${page}`),
    );
    expect(readingOf(readFolder(folder)).gaps).toEqual([]);
    server.disturb = (request, response) =>
      request.url?.includes("outside_collaborators?per_page=100&page=3") === true && answered(response, 500, {});
    expect(deniedOf(await collect(folder))).toEqual(["GET /orgs/acme/outside_collaborators?per_page=100 no (HTTP 500)"]);
    expect(readingOf(readFolder(folder)).gaps.map(({ topic, subject }) => `${topic} ${subject}`)).toEqual(["github/member github:acme"]);
    server.world = world;
  });

  test("protection that the plan does not have is an answer, and no gap", async () => {
    const upgrade = "Upgrade to GitHub Pro or make this repository public to enable this feature.";
    server.disturb = ({ url }, response) => {
      if (!/\/repos\/acme\/shop\/(?:branches\/main\/protection|rulesets\?)/.test(url ?? "")) return false;
      send(response, 403, refusal(upgrade));
      return true;
    };
    expect(deniedOf(await collect(folder))).toEqual([]);
    const { gaps, observations } = readingOf(readFolder(folder));
    expect(gaps).toEqual([]);
    const branches = observations.filter(
      (each) => each.kind === "github/branch" && each.repository === "acme/shop" && each.name === "main",
    );
    expect(branches).toContainEqual(expect.objectContaining({ protected: false, origin: "branch-protection" }));
  });

  test("an answer that leads elsewhere is not followed", async () => {
    server.disturb = (request, response) =>
      request.url?.endsWith("/repos/acme/shop") === true && answered(response, 301, { Location: "http://169.254.169.254/latest" });
    expect(deniedOf(await collect(folder))).toEqual(["GET /repos/acme/shop no (HTTP 301)"]);
  });

  test("a collection that was killed goes on where it stopped, and asks for nothing twice", async () => {
    rmSync(join(folder, "estate"), { recursive: true, force: true });
    let kill: (() => void) | undefined;
    server.disturb = (request) => {
      if (!request.url?.includes("/repos/acme/shop/environments/production/secrets")) return false;
      kill?.();
      return kill !== undefined;
    };
    const words = [
      "collect",
      "github",
      "--organization",
      "acme",
      "--api",
      server.api,
      "--since",
      "2026-01-01",
      "--concurrency",
      "1",
      "--output",
      folder,
    ];
    const command = spawn(process.execPath, [MAIN, ...words], {
      env: { ...process.env, GITHUB_TOKEN: "all", GH_TOKEN: "", BULKHEAD_FINGERPRINT_KEY: "a key of the tests" },
      stdio: "ignore",
    });
    kill = () => void command.kill("SIGKILL");
    expect(await finished(command, "exit")).toEqual([null, "SIGKILL"]);
    kill = undefined;
    expect(existsSync(join(folder, "estate"))).toBe(false);
    const before = server.asked.length;
    said.length = 0;
    const manifest = await collect(folder, { refresh: false });
    const asked = server.asked.slice(before);
    expect(said.some((line) => /goes on: \d+ calls/.test(line))).toBe(true);
    expect(asked.filter((url) => url.includes("/orgs/acme/members"))).toEqual([]);
    expect(asked.some((url) => url.includes("/environments/production/secrets"))).toBe(true);
    expect(deniedOf(manifest)).toEqual([]);
    expect(whatIsSeen(readFolder(folder))).toEqual(whatIsSeen(readFolder(output)));
    await collect(folder, { refresh: false });
    expect(server.asked.length).toBe(before + asked.length);
  });
});

const MAIN = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));

function answered(response: ServerResponse, status: number, headers: Readonly<Record<string, string>>): true {
  send(response, status, refusal("no"), headers);
  return true;
}

function broken(response: ServerResponse): true {
  response.destroy();
  return true;
}

function cutOff(response: ServerResponse): true {
  response.writeHead(200, { "Content-Length": "999" });
  response.write("[", () => void response.destroy());
  return true;
}
