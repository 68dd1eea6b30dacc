// docs/asvs.md answers each requirement of levels 1 and 2 once, and names files that are there.
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const root = new URL("../../", import.meta.url);
const { ids } = JSON.parse(readFileSync(new URL("./fixtures/asvs-ids.json", import.meta.url), "utf8")) as {
  readonly ids: readonly string[];
};
const rows = readFileSync(new URL("docs/asvs.md", root), "utf8")
  .split("\n")
  .filter((line) => /^\| \d/.test(line))
  .map((line) => line.split("|").map((cell) => cell.trim()));

/** `6.2.1–3, 7.1.1` → each id. */
const spread = (text: string): readonly string[] =>
  text.split(", ").flatMap((each) => {
    const [, section = "", from = "", to = from] = /^(\d+\.\d+)\.(\d+)(?:–(\d+))?$/.exec(each) ?? [];
    return Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => `${section}.${Number(from) + i}`);
  });

test("each requirement of levels 1 and 2 is answered once", () => {
  expect(rows.flatMap(([, given = ""]) => spread(given)).toSorted()).toEqual(ids.toSorted());
});

test("an answer is one of four, and says by what", () => {
  for (const [, given, , answer = "", by] of rows) {
    expect(["met", "not applicable", "operator", "lacking"], given).toContain(answer);
    expect(by, given).not.toBe("");
  }
});

test("the files that it names are there", () => {
  const named = rows.flatMap(([, , , , by = ""]) =>
    [...by.matchAll(/`((?:src|schemas)\/[\w./-]+|SECURITY\.md|package-lock\.json)`/g)].map(([, file]) => file as string),
  );
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((file) => !existsSync(new URL(file, root)))).toEqual([]);
});
