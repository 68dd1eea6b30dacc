// Findings by cause: every finding in one group, each group by something that one change mends, with whoever owns it.
import { describe, expect, test } from "vitest";
import type { CheckResult, Finding } from "../findings/result.ts";
import { check } from "./check.ts";
import { readFolder } from "./files.ts";
import { groupsOf } from "./groups.ts";
import { renderMarkdown } from "./render/markdown.ts";
import { renderTerminal } from "./render/terminal.ts";
import { numbersOf, toldOf } from "./render/told.ts";

const checked = check(readFolder(new URL("../../examples/acme", import.meta.url).pathname), { asOf: "2026-11-24T00:00:00Z" });
if (!checked.ok) throw new Error("the charter does not load");
const { result, estate } = checked.value;
const groups = result.groups ?? [];

test("every finding is in one group, and each group is in the order of its first", () => {
  expect(groups.flatMap(({ findings }) => findings).toSorted()).toEqual(result.findings.map(({ id }) => id).toSorted());
  const order = new Map(result.findings.map(({ id }, index) => [id, index]));
  const firsts = groups.map(({ findings }) => order.get(findings[0] ?? "") ?? -1);
  expect(firsts).toEqual(firsts.toSorted((a, b) => a - b));
  expect(groups.every(({ id, findings }) => id === findings[0])).toBe(true);
});

test("the ruleset that opens seven ways is one group, and the team of the repository owns it", () => {
  const ruleset = groups.find(({ cause }) => cause === "ruleset of branch main of acme/platform-infrastructure");
  expect(ruleset?.findings.length).toBeGreaterThanOrEqual(7);
  expect(ruleset?.owner).toEqual({ who: "team platform of acme", by: "write access to acme/platform-infrastructure" });
});

test("what stands in a cloud is owned by whom the charter names for its environment", () => {
  const trust = groups.find(({ cause }) => cause === "trust policy of role/deploy-production");
  expect(trust?.owner).toEqual({ who: "group:platform", by: "the charter's owner of production" });
});

test("in a group by a change of the cut, that change closes each of its ways", () => {
  const closes = new Map(result.cut?.changes.map((change) => [change.grant, new Set(change.closes)]));
  for (const group of groups) {
    const closed = closes.get(group.grant ?? "");
    if (!closed) continue;
    const ways = group.findings.filter((id) => (result.findings.find((each) => each.id === id)?.path.length ?? 0) > 0);
    const own = new Set(ways.filter((id) => closed.has(id)));
    const beside = ways.filter((id) => !own.has(id)).map((id) => result.findings.find((each) => each.id === id)?.cause ?? "");
    expect(beside.every((cause) => own.has(cause))).toBe(true);
  }
});

const finding = (id: string, more: Partial<Finding> = {}): Finding => ({
  ...(result.findings[0] as Finding),
  id,
  path: [],
  ...more,
});

describe("without a cut", () => {
  const grouped = (findings: readonly Finding[]) => groupsOf(estate, findings, null).map((group) => group.findings);

  test("the same grant is the same cause", () => {
    expect(grouped([finding("a", { grant: "x" }), finding("b", { grant: "y" }), finding("c", { grant: "x" })])).toEqual([
      ["a", "c"],
      ["b"],
    ]);
  });

  test("nothing is lost where no environment and no repository is known", () => {
    const { toEnvironment: _, fromEnvironment: __, ...rest } = finding("a", { grant: "unheard-of", from: "unheard-of" });
    expect(groupsOf(estate, [rest], null)).toMatchObject([{ findings: ["a"] }]);
    expect(groupsOf(estate, [rest], null)[0]).not.toHaveProperty("owner");
  });
});

test("the renderers tell a group once, with all that is in it", () => {
  const told = toldOf(result);
  expect(told).toHaveLength(groups.length);
  expect([...numbersOf(told).keys()].toSorted()).toEqual(result.findings.map(({ id }) => id).toSorted());
  const terminal = renderTerminal(result, { color: false, all: true });
  const markdown = renderMarkdown(result);
  for (const text of [terminal, markdown]) expect(text).toContain("Owned by team platform of acme");
  for (const { id } of result.findings) expect(terminal).toContain(id.slice(0, 6));
});

test("a baseline that knows the first of a group leaves the others told", () => {
  const [group] = groups.filter(({ findings }) => findings.length > 2);
  const known: CheckResult = { ...result, findings: result.findings.filter(({ id }) => id !== group?.id) };
  expect([...numbersOf(toldOf(known)).keys()]).toHaveLength(known.findings.length);
});
