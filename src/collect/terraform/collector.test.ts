// What resources of Terraform become, as cases in data: the same in every format, and a gap for what is known only after apply.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json } from "../../lib/json.ts";
import type { Scope } from "../../model/manifest.ts";
import { collector } from "./collector.ts";
import { type Instance, oldStateFileOf, planOf, stateFileOf, stateOf } from "./fixtures/documents.ts";
import { readAll, readOne, type Result } from "./fixtures/read.ts";
import { mappers } from "./map.ts";
import { plannedChange } from "./plan.ts";
import { TOPICS } from "./topics.ts";

interface Case {
  readonly name: string;
  readonly instances: readonly Instance[];
  readonly observations: readonly { readonly kind: string }[];
  readonly gaps: readonly object[];
  readonly scope?: Omit<Scope, "system">;
  readonly prior?: readonly Instance[];
  readonly providers?: Readonly<Record<string, Json>>;
  readonly modules?: Readonly<Record<string, Json>>;
}

const cases = (name: string): Case[] => JSON.parse(readFileSync(new URL(`./fixtures/${name}`, import.meta.url), "utf8")) as Case[];

function expectResult(result: Result, { observations, gaps }: Case): void {
  expect(result.observations.map(({ kind }) => kind).toSorted()).toEqual(observations.map(({ kind }) => kind).toSorted());
  for (const each of observations) expect(result.observations).toContainEqual(deep(each));
  expect(result.gaps.map(({ topic, subject, what, why }) => `${topic} ${subject}: ${what}, ${why}`)).toHaveLength(gaps.length);
  for (const each of gaps) expect(result.gaps).toContainEqual(expect.objectContaining(each));
}

/** Members that the case names must be there, at every depth; a list must have exactly the case's items. */
const deep = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(deep);
  if (typeof value !== "object" || value === null) return value;
  return expect.objectContaining(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, deep(item)])));
};

describe.each([
  ["a state as terraform show -json prints it", (all: readonly Instance[]) => stateOf(all)],
  ["an older one, format 0.1", (all: readonly Instance[]) => stateOf(all, "0.1")],
  ["a state file of version 4", stateFileOf],
  ["a plan in which it is all known", (all: readonly Instance[]) => planOf(all)],
] as const)("%s", (_, documentOf) => {
  test.each([...cases("known.json"), ...cases("modern.json")])("$name", (each) => {
    expectResult(readOne(documentOf(each.instances), each.scope), each);
  });
});

describe("a state file of version 3", () => {
  test.each(cases("known.json"))("$name", (each) => {
    expectResult(readOne(oldStateFileOf(each.instances), each.scope), each);
  });
});

describe("a plan", () => {
  test.each(cases("planned.json"))("$name", (each) => {
    expectResult(readOne(planOf(each.instances, each), each.scope), each);
  });

  test("says of what it puts off that nothing is known", () => {
    const deferred = {
      ...planOf([]),
      deferred_changes: [{ reason: "provider_config_unknown", resource_change: { address: "aws_iam_role.x" } }],
    };
    expect(readOne(deferred).gaps).toEqual([expect.objectContaining({ topic: "terraform/file", subject: "main.json#aws_iam_role.x" })]);
  });

  test.each(["0.1", "0.2", "1.0", "1.1", "1.2", "1.9"])("of format %s is read", (version) => {
    expect(readOne(planOf([], { version })).gaps).toEqual([]);
  });
});

test.each([
  ["a format from the future", { format_version: "2.0", planned_values: {} }, "format_version"],
  ["no format", { planned_values: {}, resource_changes: [] }, "format_version is missing"],
  ["a plan that ended in an error", { ...planOf([]), errored: true }, "plan again"],
  ["resources of another form", { format_version: "1.0", planned_values: { root_module: { resources: [{ address: 7 }] } } }, "address"],
  ["a state file of version 2", { version: 2, serial: 1, lineage: "x", terraform_version: "0.8.0", modules: [] }, "version 2"],
  ["an encrypted state", { serial: 1, lineage: "x", meta: {}, encrypted_data: "AAAA", encryption_version: "v0" }, "encrypted"],
])("%s is refused with a reason", (_, document, why) => {
  const { observations, gaps } = readOne(document);
  expect(observations).toEqual([]);
  expect(gaps).toEqual([
    expect.objectContaining({ topic: "terraform/file", subject: "main.json", why: expect.stringContaining(why) as string }),
  ]);
});

test("a role in one state and its attachment in another become one role", () => {
  const known = cases("known.json").find(({ name }) => name.startsWith("attachments"));
  const [role, ...others] = known?.instances ?? [];
  if (!role || !known) throw new Error("the case is gone");
  const { observations } = readAll([stateOf(others), stateOf([role])]);
  expect(observations.find(({ kind }) => kind === "aws/role")).toEqual(deep(known.observations[0]));
});

test("an instance on its way out is left out of a state file", () => {
  const [role] = cases("known.json")[0]?.instances ?? [];
  if (!role) throw new Error("the case is gone");
  const state = stateFileOf([role]);
  const [resource] = state.resources as { instances: object[] }[];
  resource?.instances.push({ ...resource.instances[0], deposed: "0a1b2c3d" });
  expect(readOne(state).observations.filter(({ kind }) => kind === "aws/role")).toHaveLength(1);
  for (const each of resource?.instances ?? []) Object.assign(each, { deposed: "0a1b2c3d" });
  expect(readOne(state).observations).toEqual([]);
});

test("a change takes and adds only what differs between before and after", () => {
  const bucket = {
    type: "aws_s3_bucket",
    name: "b",
    values: { bucket: "acme-exports", arn: "arn:aws:s3:::acme-exports", policy: "", tags: {} },
  };
  const plan = planOf([{ ...bucket, values: { ...bucket.values, tags: { team: "shop" } } }]);
  Object.assign(plan.resource_changes[0]?.change ?? {}, { actions: ["update"], before: bucket.values });
  const about = { file: "plan.json", scope: { system: "terraform" as const, account: "111122223333" }, fingerprint: () => "" };
  const changed = plannedChange(plan, about);
  if (!changed.ok) throw new Error(changed.error.why);
  expect([...changed.value.taken, ...changed.value.added].map((each) => each.part === "whole" && each.observation.kind)).toEqual([
    "aws/resource",
    "aws/resource",
  ]);
});

describe("secrets", () => {
  const canary = "correct-horse-battery";

  test("no case's secret value comes out, whatever the format", () => {
    for (const { instances, scope } of [...cases("known.json"), ...cases("modern.json")])
      for (const document of [stateOf(instances), stateFileOf(instances), planOf(instances)])
        expect(JSON.stringify(readOne(document, scope))).not.toContain(canary);
  });

  test("a malformed file does not repeat its values", () => {
    const { gaps } = readOne({ format_version: canary, planned_values: { root_module: canary } });
    expect(JSON.stringify(gaps)).not.toContain(canary);
    expect(gaps).toHaveLength(1);
  });
});

describe("hostile content", () => {
  const names = [
    "name",
    "arn",
    "policy",
    "assume_role_policy",
    "role",
    "policy_arn",
    "metadata",
    "rule",
    "inline_policy",
    "environment",
    "reviewers",
  ];
  const value = fc.letrec((tie) => ({
    any: fc.oneof({ depthSize: "small" }, fc.jsonValue({ maxDepth: 1 }), fc.array(tie("any"), { maxLength: 2 }), tie("object")),
    object: fc.dictionary(fc.constantFrom(...names), tie("any"), { maxKeys: 4 }),
  })).object;

  test("never throws", () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(mappers)), value, value, (type, values, unknown) => {
        const instance = { type, name: "x", values, unknown } as unknown as Instance;
        for (const document of [planOf([instance]), stateFileOf([instance])]) readOne(document, { account: "111122223333", cluster: "c" });
      }),
      { numRuns: 1500 },
    );
  });
});

describe("the folder", () => {
  const readme = readFileSync(new URL("./readme.md", import.meta.url), "utf8");

  test("the readme lists every topic, and no other", () => {
    const listed = [...readme.matchAll(/^\| `((?:terraform|aws|kubernetes|github)\/[a-z-]+)` \|/gm)].map((match) => match[1]);
    expect(listed).toEqual(Object.keys(TOPICS));
    for (const { subject, meaning, clauses } of Object.values(TOPICS))
      expect(readme).toContain(`| ${subject} | ${meaning} | ${clauses.join(" ")} |`);
  });

  test("the readme lists every type that is mapped", () => {
    expect(Object.keys(mappers).filter((type) => !readme.includes(`\`${type}\``))).toEqual([]);
  });

  test("a document that is neither plan nor state is not ours", () => {
    for (const document of [{ format_version: "1.0", provider_schemas: {} }, { version: 1 }, { version: "3", services: {} }, [], null])
      expect(collector.recognize(document, { path: "x", format: "json", documents: [], text: "" })).toBeUndefined();
  });
});
