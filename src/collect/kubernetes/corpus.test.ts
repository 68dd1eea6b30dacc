// Real manifests: every document is read, listed as not ours, or a gap with a reason.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parseBytes } from "../../lib/parse.ts";
import type { Gap } from "../../model/gap.ts";
import { collector } from "./collector.ts";

const corpus = process.env["BULKHEAD_CORPUS"] ?? fileURLToPath(new URL("../../../../shared/corpus", import.meta.url));
const root = join(corpus, "k8s");

test.skipIf(!existsSync(root))("every recognized document of the corpus is observed or a gap (skipped without the corpus)", () => {
  const silent: string[] = [];
  let recognized = 0;
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const parsed = parseBytes(path, readFileSync(path));
    if (!parsed.ok) continue;
    const file = { path, ...parsed.value, scope: { system: "kubernetes", cluster: "c" } } as const;
    file.documents.forEach((document, index) => {
      if (collector.recognize(document, file) === undefined) return;
      recognized++;
      const seen: unknown[] = [];
      const gaps: Gap[] = [];
      collector.map(
        document,
        index,
        file,
        { observation: (each) => void seen.push(each), gap: (each) => void gaps.push(each) },
        { fingerprint: () => "0" },
      );
      const items = (document as { items?: unknown[] }).items;
      const expected = Array.isArray(items) ? Math.min(items.length, 1) : 1;
      if (seen.length + gaps.length < expected || gaps.some((gap) => gap.why === "")) silent.push(`${path}#${index}`);
    });
  }
  expect(silent).toEqual([]);
  expect(recognized).toBeGreaterThan(1500);
});
