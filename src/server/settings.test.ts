// Settings: the documented example is read as it stands, and what is wrong is told by its place.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { signInConfiguration } from "./sign-in.ts";

const page = readFileSync(new URL("../../docs/sign-in.md", import.meta.url), "utf8");
const [, example = ""] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
const read = (text: string) => signInConfiguration(parse(text), "http://127.0.0.1:8083");

test("the example of docs/sign-in.md", () => {
  const settings = read(example);
  expect(settings.pipelines.map(({ system, use, rules }) => [system, use, rules.length])).toEqual([
    ["github", "once", 1],
    ["gitlab", "once-a-request", 1],
  ]);
  expect(settings.notifications.targets.map(({ kind }) => kind)).toEqual(["slack", "webhook", "email"]);
});

test.each([
  ["an address without TLS", "origin: http://bulkhead.acme.example", "/origin"],
  ["an address with a path", "origin: https://bulkhead.acme.example/gate", "/origin"],
  ["no address", "local: true", "/origin"],
  ["a key that is not known", "origin: https://x.example\nssso: {}", "cannot be as configured"],
  [
    "a secret instead of its variable's name",
    "origin: https://x.example\ngitlab: { tokenFrom: glpat-secret, environments: [{ repository: a/b, environment: p, to: p }] }",
    "/gitlab/tokenFrom",
  ],
  [
    "an algorithm that is no signature",
    "origin: https://x.example\npipelines: [{ issuer: https://i.example, system: github, audience: a, algorithms: [HS256], rules: [] }]",
    "/pipelines/0/algorithms/0",
  ],
  [
    "an issuer without rules",
    "origin: https://x.example\npipelines: [{ issuer: https://i.example, system: github, audience: a, rules: [] }]",
    "/pipelines/0/rules",
  ],
  [
    "a group that gives a pipeline's role",
    "origin: https://x.example\nsingleSignOn: { issuer: https://i.example, clientId: a, clientSecretFrom: A, roles: { g: [pipeline] } }",
    "/singleSignOn/roles/g/0",
  ],
  [
    "mail over an open wire to a path",
    "origin: https://x.example\nnotifications: { targets: [{ kind: email, name: a, smtp: 'http://m', from: a@x.example, to: [a@x.example] }] }",
    "/notifications/targets/0/smtp",
  ],
])("%s", (_name, text, place) => {
  expect(() => read(text)).toThrow(place);
});

test("without any, people sign in on this machine", () => {
  expect(signInConfiguration(undefined, "http://127.0.0.1:8083")).toMatchObject({
    local: true,
    pipelines: [],
    notifications: { targets: [] },
  });
  expect(() => signInConfiguration(undefined, "http://192.0.2.1:8083")).toThrow("/origin");
});
