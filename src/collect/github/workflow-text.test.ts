// What is written down of a workflow is read as the workflow itself: no line moves, nothing but secret values is another.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseBytes } from "../../lib/parse.ts";
import { fingerprint } from "../../lib/hash.ts";
import { collector } from "./collector.ts";
import { definitionWithoutSecrets } from "../definition-text.ts";

const by = (secret: string): string => fingerprint(new Uint8Array(32), secret);

function reading(text: string): unknown {
  const path = ".github/workflows/a.yml";
  const parsed = parseBytes(path, new TextEncoder().encode(text));
  if (!parsed.ok) return "not YAML";
  const said: unknown[] = [];
  const file = {
    path,
    format: "yaml",
    documents: parsed.value.documents,
    text,
    scope: { system: "github", repository: "acme/shop" },
  } as const;
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
  ["comment", `# ghp_${"a".repeat(36)}\nname: x\n`, `# fingerprint:${by(`ghp_${"a".repeat(36)}`)}\nname: x\n`],
  ["no YAML", `a: [\npassword=abc\n`, `a: [\npassword=fingerprint:${by("abc")}\n`],
];

test.each(CASES)("%s", (_, text, written) => {
  expect(definitionWithoutSecrets(text, by)).toBe(written);
  expect(definitionWithoutSecrets(written, by)).toBe(written);
});

const corpus = join(process.env["BULKHEAD_CORPUS"] ?? join(import.meta.dirname, "../../../../shared/corpus"), "ci/workflows");

describe.skipIf(!existsSync(corpus))("the corpus (skipped where BULKHEAD_CORPUS and ../shared/corpus are absent)", () => {
  test("every workflow is read as before, on the lines where it stood", () => {
    const files = readdirSync(corpus, { recursive: true, encoding: "utf8" }).filter((name) => /\.ya?ml$/.test(name));
    let changed = 0;
    for (const name of files) {
      const text = readFileSync(join(corpus, name), "utf8");
      const written = definitionWithoutSecrets(text, by);
      if (written !== text) changed++;
      expect(lines(written), name).toBe(lines(text));
      expect(reading(written), name).toEqual(reading(text));
    }
    expect(files.length).toBeGreaterThan(100);
    console.log(`${files.length} workflows, ${changed} written with a fingerprint`);
  });
});
