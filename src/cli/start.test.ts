// bulkhead start as a person calls it: on a folder with an estate, without a terminal.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const MAIN = new URL("main.ts", import.meta.url).pathname;
const ACME = new URL("../../examples/acme/estate", import.meta.url).pathname;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bulkhead-start-"));
  cpSync(ACME, join(folder, "acme", "estate"), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Without the logins of the machine that the test runs on. */
function start(...words: readonly string[]) {
  const env = { PATH: process.env["PATH"], HOME: folder, NO_COLOR: "1" };
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, "start", ...words], {
    encoding: "utf8",
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  return { status, stdout, stderr };
}

test("without a terminal and without answers it asks nothing, writes nothing, and says what to give", () => {
  const empty = join(folder, "empty");
  const { status, stderr } = start(empty);
  expect(status).toBe(3);
  expect(stderr).toContain("--yes");
  expect(existsSync(empty)).toBe(false);
});

test("a folder without an estate, and no login, is told as that", () => {
  const { status, stderr } = start(join(folder, "nothing"), "--yes");
  expect(status).toBe(3);
  expect(stderr).toContain("holds no estate");
});

test("an unknown system or answer is refused with those there are", () => {
  expect(start(join(folder, "acme"), "--yes", "--only", "vms").stderr).toContain("aws, kubernetes, github, gitlab, jenkins");
  const file = join(folder, "wrong.yaml");
  writeFileSync(file, "approvals: many\n");
  const { status, stderr } = start(join(folder, "acme"), "--answers", file);
  expect(status).toBe(3);
  expect(stderr).toContain("Give 1, 2, 0.");
});

test(
  "with an estate: the charter, the report, the verdict's status; then the charter that stands is taken as it is",
  { timeout: 120_000 },
  () => {
    const file = join(folder, "answers.yaml");
    writeFileSync(file, 'collect: []\napprovals: "2"\nowner: group:platform\n');
    const first = start(join(folder, "acme"), "--answers", file);
    expect(first.status).toBe(1);
    expect(first.stdout).toContain("Are they separated?");
    expect(first.stderr).toContain("How many others must approve a change before production?  2");
    const charter = readFileSync(join(folder, "acme", "bulkhead.yaml"), "utf8");
    expect(charter).toMatch(/to: production\n\s+approvals: 2/);
    expect(readdirSync(join(folder, "acme", "start")).toSorted()).toEqual([
      "access-matrix.csv",
      "access-matrix.md",
      "environments.svg",
      "pipelines.svg",
      "report.html",
      "result.json",
    ]);
    const second = start(join(folder, "acme"), "--yes");
    expect(second.stderr).toContain("is taken as it is");
    expect(second.stderr).not.toContain("How many others");
    expect(readFileSync(join(folder, "acme", "bulkhead.yaml"), "utf8")).toBe(charter);
  },
);
