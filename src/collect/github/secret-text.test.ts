// Secret values in workflow files and variables: none gets through, and what names roles, hosts and switches stays readable.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fingerprint, read } from "./fixtures/read.ts";
import { scriptWithoutSecrets, variableWithoutSecrets, withoutSecrets } from "../../lib/secret-text.ts";

const mark = (secret: string): string => `fingerprint:${fingerprint(secret)}`;
const hidden = (name: string, value: string): string => withoutSecrets(name, value, fingerprint);

describe("a named value", () => {
  test.each([
    ["AWS_SECRET_ACCESS_KEY", "not-a-real-key"],
    ["DB_PASSWORD", "hunter2"],
    ["password", "hunter2"],
    ["clientSecret", "hunter2"],
    ["api-token", "hunter2"],
    ["TOKEN_2", "hunter2"],
    ["ConnectionString", "Server=db;Pwd=hunter2"],
  ])("%s is replaced whole", (name, value) => {
    expect(hidden(name, value)).toBe(mark(value));
  });

  test.each([
    ["token", "${{ secrets.GITHUB_TOKEN }}"],
    ["persist-credentials", "false"],
    ["PASSWORD", "$DB_PASSWORD"],
    ["PASSWORD", ""],
    ["secret-name", "production/database"],
    ["TOKEN_URL", "https://login.acme.example/token"],
    ["AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"],
    ["role-to-assume", "arn:aws:iam::111122223333:role/deploy-production"],
    ["key", "${{ runner.os }}-npm-${{ hashFiles('package-lock.json') }}"],
    ["monkey", "banana"],
  ])("%s: %s stays", (name, value) => {
    expect(hidden(name, value)).toBe(value);
  });

  test("of a URL only the password is replaced", () => {
    expect(hidden("DATABASE_URL", "postgres://app:hunter2@db.acme.example/shop")).toBe(
      `postgres://app:${mark("hunter2")}@db.acme.example/shop`,
    );
  });
});

describe("a script", () => {
  const TOKEN = `ghp_${"a1B2".repeat(9)}`;
  test.each([
    [`curl -H "Authorization: Bearer ${TOKEN}" https://acme.example`, TOKEN],
    ["export DB_PASSWORD='hunter2' && make deploy", "hunter2"],
    ["mysql --password hunter2 --host db", "hunter2"],
    ["psql postgresql://app:hunter2@db/shop", "hunter2"],
    ["cat <<E\n-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----\nE", "MIIEow"],
  ])("%s", (script, secret) => {
    const found = scriptWithoutSecrets(script, fingerprint);
    expect(found).not.toContain(secret);
    expect(found).toContain("fingerprint:");
  });

  test.each([
    'export TOKEN="$(vault read token)"',
    "export PASSWORD=$DB_PASSWORD",
    'helm upgrade --set token="${{ secrets.TOKEN }}"',
    "git clone https://x-access-token:${TOKEN}@github.com/acme/shop",
    "kubectl --token=$TOKEN apply -f -",
    "npm ci && npm test",
  ])("%s stays", (script) => {
    expect(scriptWithoutSecrets(script, fingerprint)).toBe(script);
  });

  test("is read in linear time, whatever it holds", () => {
    for (const part of ["--a ", "a=", "://a:", "-----BEGIN PRIVATE KEY-----", "ghp_", "token='"]) {
      const start = performance.now();
      scriptWithoutSecrets(part.repeat(20_000), fingerprint);
      expect(performance.now() - start, part).toBeLessThan(2000);
    }
  });
});

test("a variable that looks random is replaced; names of roles and hosts stay", () => {
  const of = (value: string): string => variableWithoutSecrets("NAME", value, fingerprint);
  const random = "wJalrXUtnFEMI7K7MDENGbPxRfiCYEXAMPLEKEY1";
  expect(of(random)).toBe(mark(random));
  for (const value of ["arn:aws:iam::111122223333:role/deploy", "db.production.acme.example", "eu-west-1", "111122223333"])
    expect(of(value)).toBe(value);
});

test("no literal under a secret's name is anywhere in what a workflow becomes", () => {
  const literal = fc.stringMatching(/^[a-z][a-z0-9]{11}$/);
  fc.assert(
    fc.property(literal, fc.constantFrom("DB_PASSWORD", "apiToken", "client-secret"), (secret, name) => {
      const step = { uses: "acme/deploy@v1", with: { [name]: secret }, env: { [name]: secret } };
      const script = { run: `export ${name.replace("-", "_")}=${secret}` };
      const on = { workflow_dispatch: { inputs: { [name]: { default: secret } } } };
      const result = read({
        path: ".github/workflows/a.yml",
        document: { on, env: { [name]: secret }, jobs: { a: { "runs-on": "x", env: { [name]: secret }, steps: [step, script] } } },
      });
      expect(result.observations).toHaveLength(1);
      expect(JSON.stringify(result)).not.toContain(secret);
    }),
  );
});
