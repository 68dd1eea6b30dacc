// Every published path of privilege escalation is found in a minimal account, and refused in the same account with one prerequisite taken away.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { factText, type Rule } from "../../../model/rule.ts";
import { derive } from "../../derive.ts";
import { charterOf, gapsOf, observationsOf, type EstateCase } from "../case-estate.ts";
import { identityPlane } from "../plane.ts";
import { ACCOUNT, documented, minimalAccount, prerequisites, startOf, type EscalationPath } from "./minimal-account.ts";

const paths = JSON.parse(readFileSync(new URL("./cases/paths.json", import.meta.url), "utf8")) as readonly EscalationPath[];
const GOAL = `control arn:aws:iam::${ACCOUNT}:root`;

/** What follows from being `start`, with the rule families that were used; by certain rules only, or by all. */
function reached(
  estate: EstateCase,
  start: string,
  certain: boolean,
): { readonly facts: ReadonlySet<string>; readonly families: ReadonlySet<string> } {
  const rules: readonly Rule[] = derive(observationsOf(estate), charterOf(estate), gapsOf(estate), [identityPlane]).rules;
  const facts = new Set([`act-as ${start}`]);
  const families = new Set<string>();
  for (let size = -1; size !== facts.size;) {
    size = facts.size;
    for (const rule of rules) {
      if ((certain && rule.certainty !== "must") || !rule.needs.every((need) => facts.has(factText(need)))) continue;
      if (!facts.has(factText(rule.gives))) families.add(rule.family);
      facts.add(factText(rule.gives));
      if (rule.gives.capability === "control") facts.add(`act-as ${rule.gives.entity}`);
    }
  }
  return { facts, families };
}

describe.each(paths.map((path) => [path.id, path] as const))("%s", (_, path) => {
  it("is found, for certain, by its rules", () => {
    const { facts, families } = reached(minimalAccount(path), startOf(path), true);
    expect(facts.has(GOAL)).toBe(true);
    for (const family of path.rule) expect([...families]).toContain(family);
  });

  it.each(prerequisites(path).map((without) => [without.what, without] as const))("is refused without %s", (_what, without) => {
    expect(reached(minimalAccount(path, without), startOf(path), false).facts.has(GOAL)).toBe(false);
  });
});

describe("what is not taken as a prerequisite", () => {
  it.each(paths.flatMap((path) => Object.keys(path.spare ?? {}).map((action) => [path.id, action, path] as const)))(
    "%s is reported without %s",
    (_, action, path) => {
      expect(reached(minimalAccount(path, { what: action, action }), startOf(path), true).facts.has(GOAL)).toBe(true);
    },
  );
});

describe("the table", () => {
  it("holds sixty-five paths, each documented", () => {
    expect(new Set(paths.map(({ id }) => id)).size).toBe(65);
    const page = readFileSync(new URL("../../../../docs/iam-escalation.md", import.meta.url), "utf8");
    expect(paths.map(documented).filter((row) => !page.includes(row))).toEqual([]);
  });
});

const corpus = process.env["BULKHEAD_CORPUS"] ?? fileURLToPath(new URL("../../../../../shared/corpus", import.meta.url));
const catalogue = `${corpus}/aws/DataDog+pathfinding.cloud/data/paths`;

describe.skipIf(!existsSync(catalogue))("the catalogue of pathfinding.cloud (needs the corpus: set BULKHEAD_CORPUS)", () => {
  it("has no path that the table lacks, and asks for the same actions", () => {
    const published = readdirSync(catalogue, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".yaml"))
      .map(
        (name) =>
          parse(readFileSync(`${catalogue}/${name}`, "utf8"), { uniqueKeys: false }) as {
            id: string;
            permissions: { required: { permission: string }[] };
          },
      );
    const ours = Object.fromEntries(paths.map(({ id, actions }) => [id, actions.toSorted()]));
    const theirs = Object.fromEntries(
      published.map(({ id, permissions }) => [id, permissions.required.map((one) => one.permission).toSorted()]),
    );
    expect(ours).toEqual(theirs);
  });
});
