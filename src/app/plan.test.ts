// What plans would open or close in the fixed example, as cases in data.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { statusOfDifference } from "../cli/exit.ts";
import { type FileSet, readFolder } from "./files.ts";
import { checkPlan, type PlanCheck } from "./plan.ts";
import { renderPlan } from "./render/plan.ts";

const AS_OF = "2026-11-24T00:00:00Z";
const folder = (name: string): FileSet => readFolder(new URL(`../../examples/${name}`, import.meta.url).pathname);
const files = folder("acme-fixed");
const example = (name: string): string => readFileSync(new URL(`../../examples/plan/${name}`, import.meta.url), "utf8");
const fixture = (name: string): string => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), "utf8");

function planned(text: string, estate = files): PlanCheck {
  const checked = checkPlan(estate, { path: "plan.json", bytes: new TextEncoder().encode(text) }, { asOf: AS_OF });
  if (!checked.ok) throw new Error(checked.error.map(({ message }) => message).join("\n"));
  return checked.value;
}

describe("a plan that lets anyone assume production's deployer", () => {
  const text = example("wildcard-trust.json");
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

interface Change {
  readonly type: string;
  readonly name: string;
  /** Unless said, what before and after tell. */
  readonly actions?: readonly string[];
  readonly before: object | null;
  readonly after: object | null;
  readonly unknown?: object;
  readonly references?: Readonly<Record<string, readonly string[]>>;
}

interface Case {
  readonly name: string;
  readonly estate?: string;
  readonly changes: readonly Change[];
  readonly expect: {
    readonly status: number;
    /** Verdicts of what is opened, each once. */
    readonly opened?: readonly string[];
    /** An entity of the way of some opened finding. */
    readonly touches?: string;
    readonly statement?: string;
    /** Its verdict after; violated unless said. */
    readonly becomes?: string;
    readonly gaps?: number;
    readonly closes?: true;
  };
}

function planOf(changes: readonly Change[]): string {
  const named = ({ type, name }: Change) => ({ address: `${type}.${name}`, mode: "managed", type, name });
  const values = (which: "before" | "after") => ({
    root_module: { resources: changes.flatMap((change) => (change[which] ? [{ ...named(change), values: change[which] }] : [])) },
  });
  return JSON.stringify({
    format_version: "1.2",
    planned_values: values("after"),
    prior_state: { values: values("before") },
    resource_changes: changes.map((change) => ({
      ...named(change),
      change: {
        actions: change.actions ?? [change.before ? (change.after ? "update" : "delete") : "create"],
        before: change.before,
        after: change.after,
        after_unknown: change.unknown ?? {},
      },
    })),
    configuration: {
      provider_config: { aws: { expressions: { region: { constant_value: "eu-west-1" } } } },
      root_module: {
        resources: changes.map((change) => ({
          address: named(change).address,
          provider_config_key: change.type.split("_")[0],
          expressions: Object.fromEntries(Object.entries(change.references ?? {}).map(([key, references]) => [key, { references }])),
        })),
      },
    },
  });
}

describe("a plan", () => {
  test.each(JSON.parse(fixture("plans.json")) as Case[])("$name", ({ changes, estate, expect: expected }) => {
    const { changed } = planned(planOf(changes), estate === undefined ? files : folder(estate));
    const ways = changed.opened.map(({ path }) => path.map(({ gives }) => gives.entity).join(" "));
    expect(`${statusOfDifference(changed)} ${changed.opened.map(({ summary }) => summary).join("; ")}`).toMatch(
      new RegExp(`^${expected.status}`),
    );
    if (expected.opened) expect([...new Set(changed.opened.map(({ verdict }) => verdict))]).toEqual(expected.opened);
    if (expected.touches !== undefined) expect(ways.join("\n")).toContain(expected.touches);
    if (expected.statement !== undefined)
      expect(changed.statements).toContainEqual(
        expect.objectContaining({ name: expected.statement, after: expected.becomes ?? "violated" }),
      );
    if (expected.gaps !== undefined) expect(changed.gapsOpened).toHaveLength(expected.gaps);
    if (expected.closes) expect(changed.closed.length).toBeGreaterThan(0);
  });

  test.each([
    ["a state", JSON.stringify({ format_version: "1.0", values: {} }), "not what terraform show -json prints of a plan"],
    ["a format from the future", JSON.stringify({ format_version: "2.0", planned_values: {} }), "format_version"],
    ["half a file", example("wildcard-trust.json").slice(0, 900), "breaks off"],
    ["text", "resource aws_iam_role x {}", ""],
  ])("%s is refused with a reason and a remedy", (_, text, why) => {
    const checked = checkPlan(files, { path: "plan.json", bytes: new TextEncoder().encode(text) }, { asOf: AS_OF });
    expect(checked).toMatchObject({ ok: false, error: [{ file: "plan.json", message: expect.stringContaining(why) as string }] });
    if (!checked.ok) expect(checked.error[0]?.remedy).not.toBe("");
  });

  test("that lies in the folder is no part of the estate as it is", () => {
    const bytes = new TextEncoder().encode(example("wildcard-trust.json"));
    const beside = new Map(files).set("plan.json", bytes);
    const checked = checkPlan(beside, { path: "plan.json", bytes }, { asOf: AS_OF });
    expect(checked).toMatchObject({ ok: true, value: { before: { result: { verdict: "separated" } } } });
  });
});
