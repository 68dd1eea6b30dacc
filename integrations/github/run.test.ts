// The action's own run against a server that answers as GitHub's REST API does, with the estate of the examples.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parse } from "yaml";

const root = fileURLToPath(new URL("../..", import.meta.url));
const script = join(root, "integrations/github/run.ts");

interface Comment {
  readonly id: number;
  readonly body: string;
  readonly user: { readonly type: string };
}

let place: string;
let server: Server;
let comments: Comment[];
let refuses: boolean;
const asked: string[] = [];

beforeEach(async () => {
  place = mkdtempSync(join(tmpdir(), "bulkhead-action-"));
  [comments, refuses] = [[], false];
  asked.length = 0;
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
      const { pathname } = new URL(request.url ?? "", "http://localhost");
      const id = Number(/\/issues\/comments\/(\d+)$/.exec(pathname)?.[1]);
      const { body } = (parts.length > 0 ? JSON.parse(Buffer.concat(parts).toString()) : {}) as { readonly body?: string };
      if (refuses && request.method !== "GET") return response.writeHead(403).end('{"message":"Resource not accessible by integration"}');
      if (request.method === "POST") comments.push({ id: comments.length + 1, body: body ?? "", user: { type: "Bot" } });
      if (request.method === "PATCH") comments = comments.map((each) => (each.id === id ? { ...each, body: body ?? "" } : each));
      response.writeHead(request.method === "POST" ? 201 : 200, { "content-type": "application/json" }).end(JSON.stringify(comments));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  writeFileSync(join(place, "event.json"), JSON.stringify({ pull_request: { number: 7 } }));
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve).closeAllConnections());
  rmSync(place, { recursive: true, force: true });
});

interface Run {
  readonly status: number;
  readonly errors: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

async function run(settings: Readonly<Record<string, string>>): Promise<Run> {
  for (const file of ["output", "summary"]) writeFileSync(join(place, file), "");
  const child = spawn(process.execPath, [script], {
    cwd: root,
    stdio: ["ignore", "inherit", "pipe"],
    env: {
      PATH: process.env["PATH"],
      RUNNER_TEMP: place,
      GITHUB_WORKSPACE: root,
      GITHUB_EVENT_PATH: join(place, "event.json"),
      GITHUB_OUTPUT: join(place, "output"),
      GITHUB_STEP_SUMMARY: join(place, "summary"),
      GITHUB_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      GITHUB_REPOSITORY: "acme/shop",
      BULKHEAD_COMMENT: "true",
      BULKHEAD_TOKEN: "token-of-the-job",
      ...settings,
    },
  });
  let errors = "";
  child.stderr.on("data", (data: Buffer) => (errors += data.toString()));
  const status = await new Promise<number>((resolve) => child.once("close", (code) => resolve(code ?? -1)));
  const lines = readFileSync(join(place, "output"), "utf8").trim().split("\n");
  const outputs = Object.fromEntries(lines.filter((line) => line !== "").map((line) => line.split(/=(.*)/s) as [string, string]));
  return { status, errors, outputs, summary: readFileSync(join(place, "summary"), "utf8") };
}

test("a violated estate fails the job, and its comment is renewed and not doubled", async () => {
  comments = [{ id: 1, body: "<!-- bulkhead -->\nwritten by somebody else", user: { type: "User" } }];
  const first = await run({ BULKHEAD_FOLDER: "examples/acme" });
  expect([first.status, first.outputs["verdict"], first.outputs["status"]]).toEqual([0, "violated", "1"]);
  expect(first.summary).toContain("### Bulkhead: violated");
  await run({ BULKHEAD_FOLDER: "examples/acme" });
  expect(comments.length).toBe(2);
  expect(comments[0]?.body).toContain("somebody else");
  expect(comments[1]?.body).toContain("### Bulkhead: violated");
  expect(asked.every((line) => line.endsWith("Bearer token-of-the-job"))).toBe(true);
  const sarif = JSON.parse(readFileSync(first.outputs["sarif"] as string, "utf8")) as {
    readonly runs: readonly { readonly results: readonly object[] }[];
  };
  expect(JSON.stringify(sarif.runs[0]?.results[0])).toContain('"uri":"examples/acme/');
});

test("a separated estate passes", async () => {
  const { outputs } = await run({ BULKHEAD_FOLDER: "examples/acme-fixed" });
  expect([outputs["verdict"], outputs["status"]]).toEqual(["separated", "0"]);
});

test("with a base only what the change opens fails the job", async () => {
  const closes = await run({ BULKHEAD_FOLDER: "examples/acme-fixed", BULKHEAD_BASE: "examples/acme" });
  expect(closes.outputs["status"]).toBe("0");
  const opens = await run({ BULKHEAD_FOLDER: "examples/acme", BULKHEAD_BASE: "examples/acme-fixed" });
  expect(opens.outputs["status"]).toBe("1");
  const same = await run({ BULKHEAD_FOLDER: "examples/acme", BULKHEAD_BASE: "examples/acme" });
  expect([same.outputs["verdict"], same.outputs["status"]]).toEqual(["violated", "0"]);
});

test("a plan that opens a way fails the job", async () => {
  const { outputs, summary } = await run({ BULKHEAD_FOLDER: "examples/acme-fixed", BULKHEAD_PLAN: "examples/plan/wildcard-trust.json" });
  expect([outputs["verdict"], outputs["status"]]).toEqual(["separated", "1"]);
  expect(summary).not.toBe("");
});

test("fail-on never passes, and one that is misspelt is refused before anything runs", async () => {
  expect((await run({ BULKHEAD_FOLDER: "examples/acme", BULKHEAD_FAIL_ON: "never" })).outputs["status"]).toBe("0");
  const misspelt = await run({ BULKHEAD_FOLDER: "examples/acme", BULKHEAD_FAIL_ON: "violation" });
  expect([misspelt.status, misspelt.outputs]).toEqual([3, {}]);
});

test("a token that may not comment is told, and stops nothing", async () => {
  refuses = true;
  const { status, errors, outputs } = await run({ BULKHEAD_FOLDER: "examples/acme-fixed" });
  expect([status, outputs["status"]]).toEqual([0, "0"]);
  expect(errors).toContain("no comment on pull request 7: 403");
});

test("a folder that cannot be read fails the job with its message", async () => {
  const { status, errors } = await run({ BULKHEAD_FOLDER: "nowhere" });
  expect(status).toBe(3);
  expect(errors).toContain("there is no such folder");
});

test("no input is pasted into a script, and every action is pinned by digest", () => {
  const action = parse(readFileSync(join(root, "action.yml"), "utf8")) as {
    readonly runs: { readonly steps: readonly { readonly run?: string; readonly uses?: string }[] };
  };
  for (const { run: text, uses } of action.runs.steps) {
    expect(text ?? "").not.toContain("${{");
    if (uses) expect(uses).toMatch(/@[0-9a-f]{40}$/);
  }
});
