// The registry holds what the folders hold, and every way across is reported by one check and no more.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { check as checkFiles } from "../app/check.ts";
import { readFolder } from "../app/files.ts";
import { CLAUSES } from "../findings/clause.ts";
import { Severity } from "../findings/result.ts";
import { FRAMEWORKS } from "./packs/frameworks.ts";
import { checks } from "./registry.ts";
import { ownerOf, runChecks } from "./run.ts";

const HERE = import.meta.dirname;
const folders = readdirSync(HERE, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && readdirSync(join(HERE, entry.name)).includes("check.ts"))
  .map((entry) => entry.name);

test("the registry holds every folder, once, under the folder's name", () => {
  expect(checks.map((check) => check.id).toSorted()).toEqual(folders.toSorted());
});

describe.each(checks)("$id", (check) => {
  test("names a clause of the control and a severity, and tells what to do", () => {
    expect(CLAUSES.map(({ id }) => id)).toContain(check.clause);
    expect(Severity.options).toContain(check.severity);
    expect(check.remediation).toMatch(/^[A-Z].*\.$/);
    expect(check.title).toMatch(/^[A-Z][^.]*$/);
    expect(check.id).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  test("its clause answers requirements of known frameworks, ISO/IEC 27001 control 8.31 first", () => {
    const answered = FRAMEWORKS[check.clause] ?? [];
    expect(answered[0]).toBe("ISO 27001 A.8.31");
    for (const id of answered)
      expect(id).toMatch(/^(ISO 27001 A\.\d\.\d+|NIST 800-53 [A-Z]{2}-\d+(\(\d+\))?|PCI DSS \d\.\d\.\d|SOC 2 CC\d\.\d|CIS \d+\.\d+)$/);
    expect(new Set(answered).size).toBe(answered.length);
  });

  test("its readme says the risk, what it looks at, how to fix it, how to do it again by hand, and what leaves it unknown", () => {
    const readme = readFileSync(join(HERE, check.id, "readme.md"), "utf8");
    const headings = [...readme.matchAll(/^## (.+)$/gm)].map((match) => match[1]);
    expect(readme.split("\n")[0]).toBe(`# ${check.title}`);
    expect(headings).toEqual(["Risk", "What it looks at", "How to fix it", "By hand", "When it is unknown"]);
  });
});

test("frameworks are told for clauses that a check answers, and for no other", () => {
  expect(Object.keys(FRAMEWORKS).toSorted()).toEqual([...new Set(checks.map((check) => check.clause))].toSorted());
});

describe("the example", () => {
  const checked = checkFiles(readFolder(join(HERE, "../../examples/acme")), { asOf: "2026-11-24T00:00:00Z" });
  if (!checked.ok) throw new Error("the example's charter does not load");
  const { estate, decision } = checked.value;

  test("every way across is reported once, by its owner", () => {
    expect(decision.ways.length).toBeGreaterThan(10);
    const answers = runChecks(estate, decision, checks);
    const reported = answers.flatMap(({ check, findings }) => findings.flatMap(({ way }) => (way ? [{ check, way }] : [])));
    expect(new Set(reported.map(({ way }) => way)).size).toBe(reported.length);
    expect(new Set(reported.map(({ way }) => way))).toEqual(new Set(decision.ways));
    for (const { check, way } of reported) expect(ownerOf(way, estate, checks)).toBe(check);
  });

  test("a way that no check claims is an error, never lost", () => {
    const first = decision.ways[0];
    if (!first) throw new Error("the example has no way across");
    expect(() => ownerOf(first, estate, [])).toThrow(first.rule.family);
    const owner = ownerOf(first, estate, checks);
    expect(() =>
      runChecks(
        estate,
        decision,
        checks.filter((check) => check === owner || !check.claims),
      ),
    ).toThrow("no check claims the way");
  });

  test("no sentence speaks in identifiers", () => {
    for (const { findings } of runChecks(estate, decision, checks))
      for (const { summary } of findings) {
        expect(summary).not.toMatch(/act-as|arn:aws|k8s:|github:|undeclared|undefined/);
        expect(summary).toMatch(/^[A-Z0-9]|^(role|user|bucket|key|queue|topic|database|function|secret)\//);
      }
  });
});
