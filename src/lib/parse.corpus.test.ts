import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { expect, test } from "vitest";
import { locate } from "./locate.ts";
import { parseBytes } from "./parse.ts";

// Real files that nobody here wrote; not part of the repository.
const corpus = process.env["BULKHEAD_CORPUS"] ?? resolve(import.meta.dirname, "../../../shared/corpus");
const isThere = existsSync(corpus);

const files = isThere
  ? readdirSync(corpus, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(corpus, join(entry.parentPath, entry.name)))
  : [];

test.skipIf(!isThere)("every file of the corpus is read or refused with a reason, within two seconds", () => {
  const outcomes = new Map<string, number>();
  for (const file of files) {
    const started = performance.now();
    const result = parseBytes(file, readFileSync(join(corpus, file)));
    expect(performance.now() - started, file).toBeLessThan(2000);
    const outcome = result.ok ? result.value.format : result.error.code;
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    if (!result.ok) expect(result.error.message.length > 0 && result.error.remedy.length > 0, file).toBe(true);
  }
  expect(outcomes.get("json")).toBeGreaterThan(900);
  expect(outcomes.get("yaml")).toBeGreaterThan(2000);
  expect(outcomes.get("UTF16")).toBe(3);
});

test.skipIf(!isThere)("every top-level key of every document of the corpus has a place, on a line that holds it", () => {
  for (const file of files) {
    const result = parseBytes(file, readFileSync(join(corpus, file)));
    if (!result.ok || result.value.format === "text") continue;
    const { text, format, documents } = result.value;
    const lines = text.split("\n");
    for (const [index, document] of documents.entries()) {
      if (typeof document !== "object" || document === null || Array.isArray(document)) continue;
      const written = Object.keys(document)
        .filter((key) => /^\w+$/.test(key))
        .slice(0, 20);
      for (const key of written) {
        const at = locate(text, format, `/${key}`, index);
        expect(lines[(at?.line ?? 0) - 1]?.slice((at?.column ?? 1) - 1), `${file} ${index} ${key}`).toMatch(
          new RegExp(`^["']?${key}["']?\\s*:`),
        );
      }
    }
  }
});
