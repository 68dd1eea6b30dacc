// Our own lint rules on planted files, by the real linter: each forbidden line is reported by its rule, each allowed one is not.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const here = dirname(fileURLToPath(import.meta.url));
const linter = join(here, "../../node_modules/oxlint/bin/oxlint");
const RULES = ["import-table", "pure", "opening", "shape"];

/** The rule that must report the file, the file, and what it says after its opening. */
const FORBIDDEN: readonly (readonly [string, string, string])[] = [
  ["import-table", "src/lib/a.ts", 'import { x } from "../model/x.ts";'],
  ["import-table", "src/model/a.ts", 'import type { X } from "../charter/x.ts";'],
  ["import-table", "src/collect/aws/a.ts", 'import { x } from "../github/x.ts";'],
  ["import-table", "src/collect/aws/b.ts", 'import { x } from "../../analyze/x.ts";'],
  ["import-table", "src/analyze/a.ts", 'export { x } from "../collect/x.ts";'],
  ["import-table", "src/checks/one/a.ts", 'import { x } from "../two/check.ts";'],
  ["import-table", "src/checks/one/b.ts", 'export * from "../../app/x.ts";'],
  ["import-table", "src/findings/a.ts", 'export const x = () => import("../charter/x.ts");'],
  ["import-table", "src/gate/a.ts", 'import { x } from "../analyze/x.ts";'],
  ["import-table", "src/app/a.ts", 'import { x } from "../cli/x.ts";'],
  ["import-table", "src/cli/a.ts", 'import { x } from "../model/x.ts";'],
  ["import-table", "src/app/a.ts", 'import { x } from "../server/x.ts";'],
  ["import-table", "src/helpers/a.ts", "export const x = 1;"],
  ["import-table", "src/app/b.ts", 'import { x } from "@aws-sdk/client-iam";'],
  ["import-table", "src/collect/github/a.ts", 'export const x = () => import("@kubernetes/client-node");'],
  ["pure", "src/model/b.ts", 'import { readFileSync } from "node:fs";'],
  ["pure", "src/charter/b.ts", 'import { readFile } from "fs/promises";'],
  ["pure", "src/analyze/b.ts", 'export const x = () => import("node:child_process");'],
  ["pure", "src/checks/one/c.ts", "export const x = Date.now();"],
  ["pure", "src/findings/b.ts", "export const x = new Date();"],
  ["pure", "src/ledger/b.ts", "export const x = Math.random();"],
  ["pure", "src/gate/b.ts", 'export const x = fetch("https://example.org");'],
  ["shape", "src/model/c.ts", "export default 1;"],
  ["shape", "src/model/d.ts", "export enum Colour { Red }"],
];

const ALLOWED: readonly (readonly [string, string])[] = [
  ["src/model/e.ts", 'import { hashOf } from "../lib/hash.ts";'],
  ["src/lib/e.ts", 'import { createHash } from "node:crypto"; import { readFileSync } from "node:fs";'],
  ["src/collect/aws/e.ts", 'import { x } from "./x.ts"; import { y } from "../collector.ts"; import { z } from "@aws-sdk/client-iam";'],
  ["src/collect/aws/network/e.ts", 'import { x } from "../x.ts";'],
  ["src/collect/registry.ts", 'import { collector } from "./aws/collector.ts";'],
  ["src/checks/one/e.ts", 'import { x } from "../ways.ts"; import { y } from "../../analyze/reach/x.ts";'],
  ["src/checks/one/e.test.ts", 'import { x } from "../../app/check.ts"; import { readFileSync } from "node:fs";'],
  ["src/findings/e.ts", "export const x = (day: string) => new Date(day);"],
  ["src/cli/e.ts", 'import type { X } from "../model/x.ts"; import { y } from "../app/y.ts";'],
];

let folder: string;
let reports: readonly { readonly code: string; readonly filename: string }[] = [];

function plant(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bulkhead-lint-"));
  mkdirSync(join(folder, "tools/lint"), { recursive: true });
  copyFileSync(join(here, "plugin.ts"), join(folder, "tools/lint/plugin.ts"));
  plant("package.json", '{ "type": "module" }');
  plant(
    ".oxlintrc.json",
    JSON.stringify({
      plugins: [],
      jsPlugins: ["./tools/lint/plugin.ts"],
      categories: { correctness: "off" },
      rules: Object.fromEntries(RULES.map((rule) => [`bulkhead/${rule}`, "error"])),
    }),
  );
  for (const [, path, text] of FORBIDDEN) plant(path, `// A file of its own.\n${text}\n`);
  for (const [path, text] of ALLOWED) plant(path, `// A file of its own.\n${text}\n`);
  plant("src/model/silent.ts", "export const x = 1;\n");
  const run = spawnSync(process.execPath, [linter, "--format", "json", "src"], { cwd: folder, encoding: "utf8" });
  reports = (JSON.parse(run.stdout) as { diagnostics: typeof reports }).diagnostics;
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const reported = (path: string): string[] => reports.filter((report) => report.filename.endsWith(path)).map((report) => report.code);

test.each(FORBIDDEN)("%s reports %s: %s", (rule, path) => {
  expect(reported(path)).toEqual([`bulkhead(${rule})`]);
});

test.each(ALLOWED)("nothing is reported in %s: %s", (path) => {
  expect(reported(path)).toEqual([]);
});

test("a file that does not open with a sentence is reported", () => {
  expect(reported("src/model/silent.ts")).toEqual(["bulkhead(opening)"]);
});
