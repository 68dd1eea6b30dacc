// The first hour from nothing: the command asks a server that answers as GitHub does, proposes the charter from it, and ends with a verdict.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Replay, replay } from "../../collect/github/replay-support.ts";
import { acmeWorld } from "../../collect/github/world-support.ts";

const MAIN = new URL("../../cli/main.ts", import.meta.url).pathname;
const TOKEN = "github_pat_of_the_first_hour";

let server: Replay;
let folder: string;
beforeAll(async () => {
  server = await replay(acmeWorld());
  server.tokens = new Map([[TOKEN, {}]]);
  folder = mkdtempSync(join(tmpdir(), "bulkhead-hour-"));
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

function start(...words: readonly string[]): Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }> {
  const env = { PATH: process.env["PATH"], HOME: folder, NO_COLOR: "1", GITHUB_TOKEN: TOKEN, GITHUB_API_URL: server.api };
  const child = spawn(process.execPath, [MAIN, "start", ...words], { env, stdio: ["ignore", "pipe", "pipe"] });
  const told = { stdout: "", stderr: "" };
  child.stdout.on("data", (bytes: Buffer) => (told.stdout += bytes.toString()));
  child.stderr.on("data", (bytes: Buffer) => (told.stderr += bytes.toString()));
  return new Promise((resolve) => child.on("close", (status) => resolve({ status, ...told })));
}

test("a no is a no: nothing is asked of a system that was declined", { timeout: 60_000 }, async () => {
  const answers = join(folder, "no.yaml");
  writeFileSync(answers, "collect: []\n");
  const { status, stderr } = await start(join(folder, "declined"), "--answers", answers);
  expect(status).toBe(3);
  expect(stderr).toContain("the GitHub token of GITHUB_TOKEN would be asked for");
  expect(server.asked).toEqual([]);
});

test("a yes: collected, proposed, checked, and the token stands nowhere", { timeout: 180_000 }, async () => {
  const answers = join(folder, "yes.yaml");
  writeFileSync(answers, "collect: [github]\ngithub: { organization: acme }\n");
  const { status, stdout, stderr } = await start(join(folder, "acme"), "--answers", answers);
  expect(stderr).toContain("Members");
  expect(existsSync(join(folder, "acme", "estate", "github", "acme"))).toBe(true);
  expect(status).toBe(1);
  expect(stdout).toContain("Are they separated?");
  expect(readFileSync(join(folder, "acme", "bulkhead.yaml"), "utf8")).toContain("acme/shop");
  expect(stdout + stderr + readFileSync(join(folder, "acme", "start", "result.json"), "utf8")).not.toContain(TOKEN);
});
