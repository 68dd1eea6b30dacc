// The grammar of policies, as cases in data: each breach, and where it stands.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodePolicy, readPolicy } from "./policy.ts";
import { validatePolicy, type PolicyUse } from "./policy-grammar.ts";

const cases = JSON.parse(readFileSync(new URL("./fixtures/policies.json", import.meta.url), "utf8")) as {
  readonly name: string;
  readonly use?: PolicyUse;
  readonly policy: unknown;
  readonly problems: readonly string[];
}[];

describe("the grammar", () => {
  test.each(cases)("$name", ({ policy, use, problems }) => {
    const found = validatePolicy(policy, use);
    expect(found.map((problem) => problem.pointer)).toEqual(problems);
    for (const problem of found) expect(problem.remedy).not.toBe("");
  });

  test("any JSON value gets an answer, never an exception", () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => Array.isArray(validatePolicy({ Version: "2012-10-17", Statement: value }))));
  });
});

describe("a policy as printed", () => {
  const policy = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "arn:aws:s3:::100%/é" }] };

  test("object, JSON text and percent-encoded text are one policy", () => {
    for (const form of [policy, JSON.stringify(policy), encodeURIComponent(JSON.stringify(policy))])
      expect(decodePolicy(form)).toEqual({ ok: true, value: policy });
  });

  test.each(["", "{", "%7B", "%", "%E0%A4%A", 7, null, [policy]])("%j is refused with a remedy", (value) => {
    const read = readPolicy(value, { file: "f.json", pointer: "/Policy" }, "any");
    expect(read).toMatchObject({ ok: false, error: { source: { file: "f.json", pointer: "/Policy" } } });
    if (!read.ok) expect(read.error.why).toContain(";");
  });
});
