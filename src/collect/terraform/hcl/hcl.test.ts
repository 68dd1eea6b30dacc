// Configuration that was never planned: what literals tell is read as a state would tell it, and what needs evaluation is a gap of what it stands in.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseBytes } from "../../../lib/parse.ts";
import type { Scope } from "../../../model/manifest.ts";
import type { Instance } from "../fixtures/documents.ts";
import { filesOf, readFiles } from "../fixtures/hcl.ts";
import { readOne } from "../fixtures/read.ts";
import { stateOf } from "../fixtures/documents.ts";
import { ONLY_MANAGED } from "../topics.ts";

interface Known {
  readonly name: string;
  readonly instances: readonly Instance[];
  readonly scope?: Omit<Scope, "system">;
}

const known = ["known.json", "modern.json"].flatMap(
  (name) => JSON.parse(readFileSync(new URL(`../fixtures/${name}`, import.meta.url), "utf8")) as Known[],
);

/** Without places: a line here, a pointer there. */
const content = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(content);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, item]) => (key === "source" ? [] : [[key, content(item)]])));
};

describe("what a state tells, configuration with the same literals tells too", () => {
  test.each(known.filter(({ instances }) => instances.every(({ sensitive }) => sensitive === undefined)))(
    "$name",
    ({ instances, scope }) => {
      const state = readOne(stateOf(instances), scope);
      const configuration = readFiles(filesOf(instances), scope);
      expect(content(configuration.observations)).toEqual(content(state.observations));
      expect(configuration.gaps.map(({ topic }) => topic)).toEqual(state.gaps.map(({ topic }) => topic));
    },
  );
});

interface Case {
  readonly name: string;
  readonly source: string;
  readonly files: Readonly<Record<string, readonly string[]>>;
  readonly scope?: Omit<Scope, "system">;
  readonly observations?: readonly object[];
  /** `topic subject: why`, but that the rest of an account is not managed. */
  readonly gaps?: readonly string[];
}

const deep = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(deep);
  if (typeof value !== "object" || value === null) return value;
  return expect.objectContaining(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, deep(item)])));
};

describe("configuration", () => {
  const cases = JSON.parse(readFileSync(new URL("./cases/configuration.json", import.meta.url), "utf8")) as Case[];

  test.each(cases)("$name", ({ files, scope, observations = [], gaps = [] }) => {
    const texts = Object.fromEntries(Object.entries(files).map(([path, lines]) => [path, lines.join("\n")]));
    const result = readFiles(texts, scope ?? { account: "111122223333" });
    for (const each of observations) expect(result.observations).toContainEqual(deep(each));
    expect(result.observations).toHaveLength(observations.length);
    const told = result.gaps.filter(({ why }) => why !== ONLY_MANAGED).map(({ topic, subject, why }) => `${topic} ${subject}: ${why}`);
    expect(told.toSorted()).toEqual(gaps.toSorted());
  });
});

describe("secrets", () => {
  const SECRET = "correct-horse-battery-9";
  const files = {
    "main.tf": `
      variable "db_password" { default = "${SECRET}" }
      variable "pin" {
        sensitive = true
        default   = "${SECRET}"
      }
      locals { api_key = "${SECRET}" }
      resource "aws_secretsmanager_secret_version" "a" {
        secret_id     = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop-AbCdEf"
        secret_string = "${SECRET}"
      }
      resource "aws_ssm_parameter" "b" {
        name  = "/shop/db"
        value = "${SECRET}"
      }
      resource "kubernetes_secret" "c" {
        metadata {
          name      = "db"
          namespace = "shop"
        }
        data = { password = "${SECRET}", other = var.db_password }
      }
      resource "aws_lambda_function" "d" {
        function_name = "thumbs"
        role          = "arn:aws:iam::111122223333:role/thumbs"
        environment { variables = { DB_PASSWORD = "${SECRET}", STAGE = var.stage } }
      }`,
    "terraform.tfvars": `stage = "postgres://app:${SECRET}@db/shop"\nother_token = "${SECRET}"\n`,
  };

  test("are in no piece, observation or gap; of each stored one there is the fingerprint", () => {
    const result = readFiles(files, { account: "111122223333", cluster: "production" });
    expect(JSON.stringify(result)).not.toContain(SECRET);
    const fingerprint = `keyed(${SECRET.length})`;
    expect(result.observations).toContainEqual(expect.objectContaining({ kind: "aws/secret-fingerprint", fingerprint }));
    expect(result.observations).toContainEqual(
      expect.objectContaining({ kind: "kubernetes/secret", values: { password: { fingerprint }, other: { fingerprint } } }),
    );
  });
});

describe("a file that is not Terraform's language", () => {
  test.each([
    ['resource "aws_iam_role" "a" {\n  name = \n}\n', "NOT_HCL", 2],
    ['resource "aws_iam_role" "a" {\n  name = "a"\n', "NOT_HCL", undefined],
    ['a = "x\n', "NOT_HCL", undefined],
    ["a = 1\nb = 2\na = 3\n", "DUPLICATE_KEY", 3],
    [`a = ${"[".repeat(500)}${"]".repeat(500)}\n`, "TOO_DEEP", 1],
    [`a = "${"x".repeat(3 * 2 ** 20)}"\n`, "TOO_LARGE", undefined],
  ] as const)("is refused with its line: %#", (text, code, line) => {
    const parsed = parseBytes("main.tf", new TextEncoder().encode(text));
    expect(parsed).toMatchObject({ ok: false, error: { file: "main.tf", code, ...(line !== undefined && { line }) } });
  });

  test("whatever stands in it, it is read or refused", () => {
    const word = fc.constantFrom(
      "resource",
      '"a"',
      "{",
      "}",
      "[",
      "]",
      "=",
      "${",
      "var.x",
      "<<EOT",
      "EOT",
      "\n",
      "(",
      ")",
      "?",
      ":",
      ",",
      "1",
      "%{ if",
      '"',
      "for",
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 40 }), (words) => {
        const parsed = parseBytes("main.tf", new TextEncoder().encode(words.join(" ")));
        if (parsed.ok) readFiles({ "main.tf": words.join(" ") });
        else expect(parsed.error.message).not.toBe("");
      }),
      { numRuns: 300 },
    );
  });

  test("modules that call one another in a circle, and counts without end, are gaps and end", () => {
    const result = readFiles({
      "a/main.tf": 'module "b" {\n  source = "../b"\n}\n',
      "b/main.tf": 'module "a" {\n  source = "../a"\n}\nresource "aws_iam_role" "r" {\n  count = 100000000\n}\n',
      "c/main.tf": `locals {\n  a0 = "xxxxxxxxxx"\n${Array.from({ length: 40 }, (_, i) => `  a${i + 1} = "\${local.a${i}}\${local.a${i}}"`).join("\n")}\n}\n`,
    });
    expect(result.gaps.map(({ why }) => why)).toEqual([
      "modules call one another in a circle: give a plan (terraform show -json)",
      "how many of it there are needs evaluation: give a plan (terraform show -json)",
    ]);
  });
});

describe("beside a plan or a state", () => {
  const role = (trust: string): string =>
    `resource "aws_iam_role" "deploy" {\n  name = "deploy"\n  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "${trust}" } }] })\n}\n`;
  const state = JSON.stringify(
    stateOf([
      {
        type: "aws_iam_role",
        name: "deploy",
        values: {
          arn: "arn:aws:iam::111122223333:role/deploy",
          name: "deploy",
          assume_role_policy: JSON.stringify({
            Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: "222233334444" } }],
          }),
        },
      },
    ]),
  );
  const other = 'resource "aws_iam_user" "ana" {\n  name = "ana"\n}\n';
  const files = (result: ReturnType<typeof readFiles>) => result.observations.map((each) => `${each.kind} ${each.source.file}`).toSorted();

  test("of a thing that both tell, the state speaks; of the rest the configuration", () => {
    const result = readFiles({ "infra/main.tf": role("*") + other, "state.json": state }, { account: "111122223333" });
    expect(files(result)).toEqual(["aws/role state.json", "aws/user infra/main.tf"]);
  });

  test("in one folder, the state tells all of the configuration's root module", () => {
    const result = readFiles({ "infra/main.tf": role("*") + other, "infra/state.json": state }, { account: "111122223333" });
    expect(files(result)).toEqual(["aws/role infra/state.json"]);
  });
});
