// The Atlantis collector on the examples of its documentation.
import { expect, test } from "vitest";
import { parseBytes } from "../../lib/parse.ts";
import type { Gap } from "../../model/gap.ts";
import type { Observation } from "../../model/observation.ts";
import type { ParsedFile } from "../collector.ts";
import { collector } from "./collector.ts";

function read(path: string, text: string, scope?: ParsedFile["scope"]) {
  const parsed = parseBytes(path, new TextEncoder().encode(text));
  if (!parsed.ok) throw new Error(parsed.error.message);
  const file: ParsedFile = { path, ...parsed.value, ...(scope && { scope }) };
  const observations: Observation[] = [];
  const gaps: Gap[] = [];
  const sink = { observation: (one: Observation) => void observations.push(one), gap: (one: Gap) => void gaps.push(one) };
  const what = collector.recognize(file.documents[0], file);
  if (what !== undefined) collector.map(file.documents[0], 0, file, sink, { fingerprint: (secret) => `f${secret.length}` });
  return { what, observations, gaps };
}

const SERVER = `
repos:
- id: /.*/
  branch: /^main$/
  apply_requirements: [approved, mergeable]
- id: github.com/acme/infra
  allowed_overrides: [workflow]
  allow_custom_workflows: true
workflows:
  custom:
    plan:
      steps: [init, {run: "API_TOKEN=abcdefgh ./check"}, {plan: {extra_args: ["-lock=false"]}}]
`;

test("the server's entries keep what they set and nothing more, and hold no secret", () => {
  const { what, observations, gaps } = read("repos.yaml", SERVER);
  expect([what, gaps]).toEqual(["server settings", []]);
  expect(observations).toMatchObject([
    {
      kind: "atlantis/server",
      repos: [
        { id: "/.*/", branch: "/^main$/", applyRequirements: ["approved", "mergeable"] },
        { id: "github.com/acme/infra", allowedOverrides: ["workflow"], allowCustomWorkflows: true, source: { pointer: "/repos/1" } },
      ],
      workflows: { custom: { plan: [{ name: "init" }, { name: "run" }, { name: "plan" }], apply: [{ name: "apply" }] } },
    },
  ]);
  expect(JSON.stringify(observations)).not.toContain("abcdefgh");
  expect(JSON.stringify(observations[0])).not.toContain("planRequirements");
});

test("a repository's projects, with the default workspace", () => {
  const text =
    "version: 3\nprojects:\n- dir: production\n  apply_requirements: []\n  depends_on: [staging]\n- {name: staging, dir: staging, workspace: eu}\n";
  expect(read("atlantis.yaml", text, { system: "github", repository: "acme/infra" }).observations).toMatchObject([
    {
      repository: "github:acme/infra",
      projects: [
        { dir: "production", workspace: "default", applyRequirements: [], dependsOn: ["staging"] },
        { name: "staging", workspace: "eu" },
      ],
    },
  ]);
});

test("a project of another form is a gap with its place, and the rest is read", () => {
  const { observations, gaps } = read("atlantis.yaml", "version: 3\nprojects:\n- {dir: a}\n- {dir: b, apply_requirements: approved}\n", {
    system: "gitlab",
    project: "acme/infra",
  });
  expect(observations).toMatchObject([{ repository: "gitlab:acme/infra", projects: [{ dir: "a" }] }]);
  expect(gaps).toMatchObject([{ topic: "atlantis/repository", source: { pointer: "/projects/1" } }]);
});

test.each([
  [".pre-commit-config.yaml", "repos:\n- repo: https://example.com/hooks\n  hooks: [{id: x}]\n"],
  ["list.yaml", "repos:\n- id: a\n  name: b\n"],
  ["compose.yaml", "version: 3\nservices: {}\n"],
])("%s is none of it", (path, text) => expect(read(path, text).what).toBeUndefined());

test("a file of no known repository is a gap, never a guess", () => {
  expect(read("atlantis.yaml", "version: 3\nprojects: [{dir: .}]\n")).toMatchObject({
    observations: [],
    gaps: [{ topic: "atlantis/scope" }],
  });
});
