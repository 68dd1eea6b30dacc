// The page about pipelines holds what it says: each sentence has a case of each verdict for each forge, and each rule of the incumbents names cases that exist.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checks } from "../src/checks/registry.ts";

const root = join(import.meta.dirname, "..");
const page = readFileSync(join(root, "docs/pipelines.md"), "utf8");

/** Rows of the table under a heading, without its head. */
function tableUnder(heading: string): readonly (readonly string[])[] {
  const section = page.slice(page.indexOf(`## ${heading}\n`)).split(/\n## /)[0] ?? "";
  const rows = section.split("\n").filter((line) => line.startsWith("|"));
  return rows.slice(2).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const namesIn = (cell: string): readonly string[] => [...cell.matchAll(/`([a-z0-9-]+)`/g)].map(([, name]) => name as string);
const pathOf = (check: string, name: string): string => join(root, "src/checks", check, "cases", `${name}.json`);

describe("cases of each sentence", () => {
  const rows = tableUnder("Cases of each sentence");

  test("there are sentences", () => {
    expect(rows.length).toBeGreaterThan(12);
  });

  const asked = rows.flatMap(([sentence = "", check = "", github = "", gitlab = ""]) =>
    [
      ["GitHub", github],
      ["GitLab", gitlab],
    ].map(([forge, cell]) => [sentence, forge as string, namesIn(check)[0] ?? "", namesIn(cell as string)] as const),
  );

  test.each(asked)("%s: %s has one that holds, one that is broken and one that cannot be told", (_, forge, check, names) => {
    expect(checks.map(({ id }) => id)).toContain(check);
    const verdicts = names.map((name) => {
      const one = JSON.parse(readFileSync(pathOf(check, name), "utf8")) as { expect: { verdict: string }; base: string[] };
      expect(one.base.includes("gitlab-project")).toBe(forge === "GitLab");
      return one.expect.verdict;
    });
    expect(verdicts.toSorted()).toEqual(["separated", "unknown", "violated"]);
  });
});

describe("rules of other tools", () => {
  const rows = tableUnder("Beside rules of other tools");

  test("all thirteen are answered", () => {
    expect(rows).toHaveLength(13);
  });

  test.each(rows.map((row, index) => [row[0] as string, index] as const))("%s is answered by a check, with its cases", (_, index) => {
    const own = rows[index] as readonly string[];
    // "the same" is the check of the row above.
    const answering = rows
      .slice(0, index + 1)
      .findLast(([, cell = ""]) => namesIn(cell).some((name) => checks.some(({ id }) => id === name)));
    const mentioned = [...namesIn(own[1] ?? ""), ...namesIn(answering?.[1] ?? "")].filter((name) => checks.some(({ id }) => id === name));
    expect(mentioned.length).toBeGreaterThan(0);
    for (const name of namesIn(own[2] ?? "")) expect(checks.some(({ id }) => existsSync(pathOf(id, name)))).toBe(true);
  });
});
