// What is taken for a secret in free text, and what stays readable.
import { describe, expect, test } from "vitest";
import { isSecretName, redactArguments, redactText, redactValue } from "./redact.ts";

const fingerprint = (secret: string): string => `<${secret}>`;
const mark = (secret: string): string => `{fingerprint <${secret}>}`;

test.each([
  ["DB_PASSWORD", true],
  ["dbPassword", true],
  ["API_KEY", true],
  ["apiKey", true],
  ["GITHUB_TOKEN", true],
  ["client-secret", true],
  ["PASSENGER_COUNT", false],
  ["TOKENIZER", false],
  ["SECRETARY", false],
  ["KEYCLOAK_URL", false],
])("the name %s speaks of a secret: %s", (name, expected) => {
  expect(isSecretName(name)).toBe(expected);
});

describe("free text", () => {
  test.each([
    ["postgres://app:s3cret!@db/shop", `postgres://app:${mark("s3cret!")}@db/shop`],
    ["postgres://app:a%2Fb@db/shop", `postgres://app:${mark("a/b")}@db/shop`],
    ["postgres://app@db:5432/shop", "postgres://app@db:5432/shop"],
    ["Server=db;Password=abc;Port=1", `Server=db;Password=${mark("abc")};Port=1`],
    ["password: 'a b, c'", `password: ${mark("a b, c")}`],
    ['{"password":"abc","host":"db"}', `{"password":${mark("abc")},"host":"db"}`],
    ["password: ${DB_PASSWORD}", "password: ${DB_PASSWORD}"],
    ["token_file: /run/secrets/token", "token_file: /run/secrets/token"],
    ["token_url: https://id.acme.example/token", "token_url: https://id.acme.example/token"],
    [
      "-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----",
      mark("-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----"),
    ],
  ])("%j", (text, expected) => {
    expect(redactText(text, fingerprint)).toBe(expected);
  });
});

test("the argument after a flag that names a secret is one", () => {
  expect(redactArguments(["run", "--password", "abc", "--verbose", "--port", "80"], fingerprint)).toEqual([
    "run",
    "--password",
    mark("abc"),
    "--verbose",
    "--port",
    "80",
  ]);
});

test("a file whose name speaks of secrets is read line by line", () => {
  expect(redactValue("secrets.ini", "host = db\npassword = abc\n", fingerprint)).toBe(`host = db\npassword = ${mark("abc")}\n`);
});
