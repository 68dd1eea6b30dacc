// The component's own run, and its template as GitLab would read it.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";

const root = fileURLToPath(new URL("../..", import.meta.url));
let place: string;
beforeEach(() => void (place = mkdtempSync(join(tmpdir(), "bulkhead-component-"))));
afterEach(() => rmSync(place, { recursive: true, force: true }));

const run = (settings: Readonly<Record<string, string>>) =>
  spawnSync(process.execPath, [join(root, "integrations/gitlab/run.ts")], {
    cwd: root,
    encoding: "utf8",
    env: { PATH: process.env["PATH"], CI_PROJECT_DIR: place, ...settings },
  });

interface Entry {
  readonly fingerprint: string;
  readonly severity: string;
  readonly location: { readonly path: string; readonly lines: { readonly begin: number } };
}
const report = (): readonly Entry[] => JSON.parse(readFileSync(join(place, "bulkhead/code-quality.json"), "utf8")) as Entry[];

test("a violated estate fails the job, with every finding in the report at a place of the repository", () => {
  const { status, stdout } = run({ BULKHEAD_FOLDER: "examples/acme" });
  expect(status).toBe(1);
  expect(stdout).toContain("violated");
  const { findings } = JSON.parse(readFileSync(join(place, "bulkhead/result.json"), "utf8")) as {
    readonly findings: readonly { readonly id: string }[];
  };
  expect(report().map(({ fingerprint }) => fingerprint)).toEqual(findings.map(({ id }) => id));
  expect(new Set(report().map(({ fingerprint }) => fingerprint)).size).toBe(findings.length);
  for (const { location } of report()) {
    expect(location.lines.begin).toBeGreaterThan(0);
    expect(readFileSync(join(root, location.path), "utf8").split("\n").length).toBeGreaterThanOrEqual(location.lines.begin);
  }
});

test("a separated estate passes, with an empty report and a page", () => {
  expect(run({ BULKHEAD_FOLDER: "examples/acme-fixed" }).status).toBe(0);
  expect(report()).toEqual([]);
  expect(readFileSync(join(place, "bulkhead/index.html"), "utf8")).toContain("<html");
});

test("with a base only what the change opens fails the job", () => {
  expect(run({ BULKHEAD_FOLDER: "examples/acme", BULKHEAD_BASE: "examples/acme" }).status).toBe(0);
  expect(run({ BULKHEAD_FOLDER: "examples/acme", BULKHEAD_BASE: "examples/acme-fixed" }).status).toBe(1);
});

test("a misspelt fail-on is refused", () => {
  expect(run({ BULKHEAD_FOLDER: "examples/acme-fixed", BULKHEAD_FAIL_ON: "always" }).status).toBe(3);
});

test("the template is a component: inputs first, then the job, and no input in a script", () => {
  const documents = parseAllDocuments(readFileSync(join(root, "integrations/gitlab/template.yml"), "utf8")).map((each): unknown =>
    each.toJS(),
  );
  const [{ spec }, { bulkhead }] = documents as [
    { readonly spec: { readonly inputs: object } },
    { readonly bulkhead: { readonly script: readonly string[] } },
  ];
  const inputs = Object.keys(spec.inputs);
  const { script, ...rest } = bulkhead;
  expect(script.join("\n")).not.toContain("$[[");
  for (const each of inputs) expect(JSON.stringify(rest)).toContain(`$[[ inputs.${each} ]]`);
});
