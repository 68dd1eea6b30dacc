// What is written down of a definition is read as the definition itself: no line moves, nothing but secret values is another.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fingerprint } from "../lib/hash.ts";
import { parseBytes } from "../lib/parse.ts";
import type { Scope } from "../model/manifest.ts";
import type { Collector } from "./collector.ts";
import { collector as github } from "./github/collector.ts";
import { collector as gitlab } from "./gitlab/collector.ts";
import { definitionWithoutSecrets } from "./definition-text.ts";

const by = (secret: string): string => fingerprint(new Uint8Array(32), secret);

function reading(collector: Collector, path: string, scope: Scope, text: string): unknown {
  const parsed = parseBytes(path, new TextEncoder().encode(text));
  if (!parsed.ok) return "not YAML";
  const said: unknown[] = [];
  const file = { path, format: "yaml", documents: parsed.value.documents, text, scope } as const;
  const sink = { observation: (each: unknown) => void said.push(each), gap: (each: unknown) => void said.push(each) };
  for (const [index, document] of file.documents.entries())
    if (collector.recognize(document, file) !== undefined) collector.map(document, index, file, sink, { fingerprint: by });
  return said;
}

const lines = (text: string): number => text.split("\n").length;

const CASES: readonly (readonly [name: string, text: string, written: string])[] = [
  ["plain", "env:\n  API_TOKEN: abc # old\n", `env:\n  API_TOKEN: "fingerprint:${by("abc")}" # old\n`],
  ["quoted", "env: { API_TOKEN: 'abc' }\n", `env: { API_TOKEN: "fingerprint:${by("abc")}" }\n`],
  ["block", "env:\n  API_TOKEN: |\n    abc\n    def\n  B: c\n", `env:\n  API_TOKEN: "fingerprint:${by("abc\ndef\n")}"\n\n\n  B: c\n`],
  ["script", "run: |\n  a\n  psql postgres://u:abc@db/x\n", `run: |\n  a\n  psql postgres://u:fingerprint:${by("abc")}@db/x\n`],
  ["GitHub's own word", "permissions:\n  id-token: write\n", "permissions:\n  id-token: write\n"],
  ["an expression", "env:\n  API_TOKEN: ${{ secrets.T }}\n", "env:\n  API_TOKEN: ${{ secrets.T }}\n"],
  [
    "GitLab's variable with a description",
    "variables:\n  API_TOKEN:\n    value: abc\n    description: x\n",
    `variables:\n  API_TOKEN:\n    value: "fingerprint:${by("abc")}"\n    description: x\n`,
  ],
  [
    "two documents",
    "spec:\n  inputs: { a: {} }\n---\nvariables: { API_TOKEN: abc }\n",
    `spec:\n  inputs: { a: {} }\n---\nvariables: { API_TOKEN: "fingerprint:${by("abc")}" }\n`,
  ],
  ["comment", `# ghp_${"a".repeat(36)}\nname: x\n`, `# fingerprint:${by(`ghp_${"a".repeat(36)}`)}\nname: x\n`],
  ["no YAML", `a: [\npassword=abc\n`, `a: [\npassword=fingerprint:${by("abc")}\n`],
];

test.each(CASES)("%s", (_, text, written) => {
  expect(definitionWithoutSecrets(text, by)).toBe(written);
  expect(definitionWithoutSecrets(written, by)).toBe(written);
});

test("where every name counts, a secret under a list is one too", () => {
  const written = definitionWithoutSecrets("users:\n  - id: olga\n    password: abc\n", by, true);
  expect(written).toBe(`users:\n  - id: olga\n    password: "fingerprint:${by("abc")}"\n`);
});

const corpus = join(process.env["BULKHEAD_CORPUS"] ?? join(import.meta.dirname, "../../../shared/corpus"), "ci");

describe.skipIf(!existsSync(corpus))("the corpus (skipped where BULKHEAD_CORPUS and ../shared/corpus are absent)", () => {
  test.each<[string, Collector, string, Scope]>([
    ["workflows", github, ".github/workflows/a.yml", { system: "github", repository: "acme/shop" }],
    ["firecow+gitlab-ci-local/tests", gitlab, ".gitlab-ci.yml", { system: "gitlab", project: "acme/shop" }],
  ])("every definition of %s is read as before, on the lines where it stood", (folder, collector, path, scope) => {
    const files = readdirSync(join(corpus, folder), { recursive: true, encoding: "utf8" }).filter((name) => /\.ya?ml$/.test(name));
    let changed = 0;
    for (const name of files) {
      const text = readFileSync(join(corpus, folder, name), "utf8");
      const written = definitionWithoutSecrets(text, by);
      if (written !== text) changed++;
      expect(lines(written), name).toBe(lines(text));
      expect(reading(collector, path, scope, written), name).toEqual(reading(collector, path, scope, text));
    }
    expect(files.length).toBeGreaterThan(100);
    console.log(`${folder}: ${files.length} definitions, ${changed} written with a fingerprint`);
  });
});
