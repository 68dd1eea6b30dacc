// What plans would open or close in the fixed example, as cases in data.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { statusOfDifference } from "../cli/exit.ts";
import { type FileSet, readFolder } from "./files.ts";
import { checkPlan, type PlanCheck } from "./plan.ts";
import { renderPlan } from "./render/plan.ts";

const AS_OF = "2026-11-24T00:00:00Z";
const files: FileSet = readFolder(new URL("../../examples/acme-fixed", import.meta.url).pathname);
const fixture = (name: string): string => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), "utf8");

function planned(text: string): PlanCheck {
  const checked = checkPlan(files, { path: "plan.json", bytes: new TextEncoder().encode(text) }, { asOf: AS_OF });
  if (!checked.ok) throw new Error(checked.error.map(({ message }) => message).join("\n"));
  return checked.value;
}

describe("a plan that lets anyone assume production's deployer", () => {
  const text = fixture("wildcard-trust.plan.json");
  const checked = planned(text);

  test("opens a way across the wall, and says so by its status", () => {
    expect(statusOfDifference(checked.changed)).toBe(1);
    expect(checked.changed.statements).toContainEqual({ name: "wall", before: "separated", after: "violated" });
    expect(checked.changed.closed).toEqual([]);
  });

  test("shows the way, from the line of the plan on", () => {
    const finding = checked.changed.opened.find(({ fromEnvironment }) => fromEnvironment === "development");
    const [first] = finding?.path ?? [];
    expect(first?.gives).toEqual({ capability: "act-as", entity: "arn:aws:iam::111122223333:role/deploy-production" });
    expect(first?.source).toMatchObject({ file: "plan.json", pointer: "/resource_changes/0/change/after/assume_role_policy/Statement/1" });
    const line = text.split("\n")[(first?.source.line ?? 0) - 1];
    expect(line).toContain('"assume_role_policy"');
    expect(line).toContain('\\"AWS\\":\\"*\\"');
  });

  test.each(["terminal", "markdown", "json"] as const)("is told in %s", (format) => {
    const told = renderPlan("plan.json", checked, format, false);
    expect(told).toContain("deploy-production");
    if (format === "json")
      expect(JSON.parse(told)).toMatchObject({ plan: "plan.json", verdicts: { before: "separated", after: "violated" } });
  });

  test("taken back, it closes what it opened and opens nothing", () => {
    const back = JSON.parse(text) as { resource_changes: { change: { before: unknown; after: unknown } }[] };
    for (const { change } of back.resource_changes) [change.before, change.after] = [change.after, change.before];
    expect(statusOfDifference(planned(JSON.stringify(back)).changed)).toBe(0);
  });

  test("read twice, the same plan tells the same", () => {
    expect(planned(text).changed).toEqual(checked.changed);
  });
});
