// The wire formats, as cases in data: what each answer of the CLI becomes.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isObject } from "../../lib/json.ts";
import { collector, shapes } from "./collector.ts";
import { read, readAll, type Answer } from "./fixtures/read.ts";
import { TOPICS } from "./topics.ts";

const fixture = (name: string): unknown => JSON.parse(readFileSync(new URL(`./fixtures/${name}`, import.meta.url), "utf8"));

type Case = Answer & {
  readonly name: string;
  readonly shape: string;
  readonly observations: readonly object[];
  readonly gaps: readonly object[];
};

describe("an answer of the CLI", () => {
  test.each(fixture("answers.json") as Case[])("$name", ({ name: _name, shape, observations, gaps, ...answer }) => {
    const result = read(answer);
    expect(result.shape).toBe(shape);
    expect(result.observations).toMatchObject(observations);
    expect(result.observations).toHaveLength(observations.length);
    expect(result.gaps).toMatchObject(gaps);
    expect(result.gaps).toHaveLength(gaps.length);
  });

  test.each((fixture("unrecognized.json") as unknown[]).map((document) => [document]))("%j is not ours", (document) => {
    expect(read({ document })).toEqual({ observations: [], gaps: [] });
  });
});

describe("authorization details", () => {
  const document = fixture("authorization-details.json");
  const result = read({ document, scope: "111122223333" });
  const role = (name: string) => result.observations.find((item) => item.kind === "aws/role" && item.name === name);

  test("a percent-encoded trust policy is decoded, and every part points to its place", () => {
    expect(role("deploy-production")).toMatchObject({
      arn: "arn:aws:iam::111122223333:role/deploy-production",
      account: "111122223333",
      source: { file: "answer.json", pointer: "/RoleDetailList/0" },
      trust: {
        document: { Statement: [{ Principal: { AWS: "arn:aws:iam::222222222222:root" } }] },
        source: { pointer: "/RoleDetailList/0/AssumeRolePolicyDocument" },
      },
      inline: [{ name: "deploy", source: { pointer: "/RoleDetailList/0/RolePolicyList/0/PolicyDocument" } }],
      managed: [
        { arn: "arn:aws:iam::111122223333:policy/deploy-more", source: { pointer: "/RoleDetailList/0/AttachedManagedPolicies/0" } },
      ],
      instanceProfiles: ["arn:aws:iam::111122223333:instance-profile/deploy"],
      maxSessionSeconds: 3600,
    });
  });

  test("users keep their groups, boundary and tags", () => {
    expect(result.observations.find((item) => item.kind === "aws/user")).toMatchObject({
      groups: ["developers"],
      boundary: "arn:aws:iam::111122223333:policy/boundary",
      tags: { team: "shop" },
    });
  });

  test("a policy that breaks the grammar is a gap at the breach, never interpreted", () => {
    expect(role("broken")).toMatchObject({ trust: { document: null }, inline: [] });
    expect(result.gaps).toMatchObject([
      {
        topic: "aws/principal-policy",
        subject: "arn:aws:iam::111122223333:role/broken",
        source: { pointer: "/RoleDetailList/1/RolePolicyList/0/PolicyDocument/Statement/0/Resources" },
      },
      { topic: "aws/principal-policy", source: { pointer: "/RoleDetailList/1/AssumeRolePolicyDocument/Statement/0" } },
      { topic: "aws/managed-policy", subject: "arn:aws:iam::111122223333:policy/uncertain" },
    ]);
    expect(result.gaps[0]?.why).toContain("Resources is not a member");
    expect(result.gaps[1]?.why).toContain("add Effect");
  });

  test("the default version of a managed policy is the one in effect", () => {
    const policies = result.observations.filter((item) => item.kind === "aws/managed-policy");
    expect(policies).toMatchObject([
      { document: { Statement: { Action: "ecs:UpdateService" } }, source: { pointer: "/Policies/0/PolicyVersionList/1/Document" } },
    ]);
  });

  test("identities of another account than the scope's are a gap", () => {
    expect(read({ document, scope: "222222222222" }).gaps).toContainEqual(
      expect.objectContaining({ topic: "aws/authorization-details", subject: "222222222222" }),
    );
  });

  test("a default version that the flags contradict is a gap", () => {
    const changed = structuredClone(document) as { Policies: { DefaultVersionId: string }[] };
    changed.Policies[0]!.DefaultVersionId = "v1";
    expect(read({ document: changed }).gaps).toContainEqual(
      expect.objectContaining({ subject: "arn:aws:iam::111122223333:policy/deploy-more" }),
    );
  });

  test("taking out any one list is a gap", () => {
    if (!isObject(document)) throw new Error("the fixture is an object");
    for (const key of Object.keys(document)) {
      const { [key]: _removed, ...rest } = document;
      expect(read({ document: rest, scope: "111122223333" }).gaps, key).toContainEqual(
        expect.objectContaining({ topic: "aws/authorization-details", subject: "111122223333" }),
      );
    }
  });
});

describe("secret values", () => {
  const canary = "correct-horse-9f8e7d6c5b4a";

  test("a stored value leaves the collector as fingerprints only", () => {
    const result = read({
      document: {
        ARN: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf",
        SecretString: JSON.stringify({ username: "app", password: canary }),
      },
    });
    expect(result.observations).toEqual([
      {
        kind: "aws/secret-fingerprint",
        arn: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf",
        fingerprint: "keyed(58)",
        members: { username: "keyed(3)", password: "keyed(26)" },
        source: { file: "answer.json" },
      },
    ]);
  });

  test.each([
    { ARN: 7, SecretString: canary },
    { ARN: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf", SecretString: { password: canary } },
    {
      FunctionName: "f",
      FunctionArn: "arn:aws:lambda:eu-west-1:111122223333:function:f",
      Role: 3,
      Environment: { Variables: { TOKEN: canary } },
    },
  ])("a value in a malformed answer is in no gap either", (document) => {
    const result = read({ document, call: "aws secretsmanager get-secret-value --secret-id db" });
    expect(JSON.stringify([result, readAll([{ document }])])).not.toContain(canary);
    expect(result.gaps).not.toHaveLength(0);
  });
});

describe("hostile content", () => {
  const members = [
    "Role",
    "Roles",
    "Policy",
    "Policies",
    "PolicyVersion",
    "Document",
    "Arn",
    "Attributes",
    "Accounts",
    "Targets",
    "Statement",
    "Functions",
    "cluster",
    "associations",
    "accessEntries",
    "Reservations",
    "ARN",
  ];
  const value = fc.letrec((tie) => ({
    any: fc.oneof({ depthSize: "small" }, fc.jsonValue({ maxDepth: 1 }), fc.array(tie("any"), { maxLength: 3 }), tie("object")),
    object: fc.dictionary(fc.constantFrom(...members), tie("any"), { maxKeys: 4 }),
  })).object;

  test("never throws", () => {
    const calls = shapes.flatMap((shape) => shape.operations.map((operation) => `aws ${shape.service} ${operation}`));
    fc.assert(
      fc.property(fc.constantFrom(...calls), value, (call, document) => {
        expect(read({ call, document, scope: "111122223333" }).shape).toBeDefined();
        readAll([{ call, document, scope: "111122223333" }, { document }]);
      }),
      { numRuns: 2000 },
    );
  });

  test("an answer without members is a gap for every call that prints any", () => {
    for (const { service, operations } of shapes) {
      for (const operation of operations) {
        const { gaps, observations } = read({ call: `aws ${service} ${operation}`, document: {}, scope: "111122223333" });
        expect(gaps.length, `${service} ${operation}`).toBeGreaterThan(0);
        expect(
          observations.filter((item) => item.kind !== "aws/part"),
          operation,
        ).toEqual([]);
      }
    }
  });
});

describe("the folder", () => {
  const readme = readFileSync(new URL("./readme.md", import.meta.url), "utf8");

  test("the readme lists every topic, and no other", () => {
    const listed = [...readme.matchAll(/^\| `(aws\/[a-z-]+)` \|/gm)].map((match) => match[1]);
    expect(listed).toEqual(Object.keys(TOPICS));
    for (const { subject, meaning, clauses } of Object.values(TOPICS))
      expect(readme).toContain(`| ${subject} | ${meaning} | ${clauses.join(" ")} |`);
  });

  test("the readme lists every call", () => {
    for (const { service, operations } of shapes) for (const operation of operations) expect(readme).toContain(`${service} ${operation}`);
  });

  test("no two shapes have one name", () => {
    const names = shapes.map((shape) => shape.name);
    expect(new Set(names).size).toBe(names.length);
  });

  test("permissions read, and change nothing", () => {
    for (const permission of collector.permissions) expect(permission).toMatch(/^[a-z0-9]+:(Get|List|Describe|Search)[A-Za-z]+$/);
  });
});
