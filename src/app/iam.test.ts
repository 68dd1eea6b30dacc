// bulkhead iam evaluate on the published examples, and on files that are no request.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { evaluateRequest, renderAnswer } from "./iam.ts";

const folder = fileURLToPath(new URL("../../examples/iam/", import.meta.url));
const evaluated = (name: string) => {
  const result = evaluateRequest(name, readFileSync(folder + name));
  if (!result.ok) throw new Error(result.error);
  return result.value;
};
const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

describe("the examples", () => {
  const expected: Readonly<Record<string, string>> = {
    "encrypted-object-across-accounts.json": "denied",
    "role-in-boundary.json": "allowed-if",
    "trust-of-a-deployer.json": "allowed",
  };
  it("are three, each with its answer", () => {
    expect(readdirSync(folder).toSorted()).toEqual(Object.keys(expected));
    for (const [name, outcome] of Object.entries(expected)) expect(evaluated(name).answer.outcome, name).toBe(outcome);
  });

  it("are told with the statement that decides and without colour where none is asked for", () => {
    const text = renderAnswer(evaluated("role-in-boundary.json"), false);
    expect(text).toContain("unless approved-regions denies it (aws:RequestedRegion is not eu-west-1 or eu-central-1)");
    expect(text).toContain("allowed by identity policy deploy, statement 1 (Releases)");
    expect(text).not.toContain("\u001B[");
    expect(renderAnswer(evaluated("encrypted-object-across-accounts.json"), false)).toContain(
      "does not let role/analytics in for kms:Decrypt",
    );
  });
});

describe("a file that is no request", () => {
  const refused = (value: unknown): string => {
    const result = evaluateRequest("request.json", typeof value === "string" ? new TextEncoder().encode(value) : bytes(value));
    return result.ok ? "accepted" : result.error;
  };
  const whole = { principal: "111122223333", action: "s3:GetObject", resource: "arn:aws:sqs:eu-west-1:111122223333:q", policies: {} };

  it.each([
    ["broken JSON", '{ "principal": ', "request.json:1"],
    ["a missing member", { ...whole, action: undefined }, "action"],
    ["a member that does not exist", { ...whole, polices: {} }, "polices"],
    ["a wildcard action", { ...whole, action: "s3:*" }, "without wildcards"],
    [
      "a bucket without its account",
      { ...whole, resource: "arn:aws:s3:::b" },
      'Write the resource as { "arn": …, "account": "111122223333" }',
    ],
    ["a principal that is none", { ...whole, principal: "ann" }, "ann is no principal"],
    ["a policy that is none", { ...whole, policies: { identity: ["s3:*"] } }, "policies.identity.0"],
  ] as const)("%s is refused in one message that says where and what to write", (_, value, words) => {
    const message = refused(value);
    expect(message).toContain(words);
    expect(message).toMatch(/^request\.json(:\d+:\d+)? {2}.+\n {2}.+$/s);
  });
});
