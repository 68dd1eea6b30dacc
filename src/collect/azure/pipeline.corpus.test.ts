// Every definition of Azure Pipelines in the corpus: read, or refused with a reason. Runs where the corpus is; prints the counts.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseBytes } from "../../lib/parse.ts";
import { isDefinition } from "./definition.ts";
import { lookupIn } from "./join.ts";
import { readPipeline } from "./resolve/pipeline.ts";

const CORPUS = process.env["BULKHEAD_CORPUS"] ?? new URL("../../../../shared/corpus", import.meta.url).pathname;
const ROOT = join(CORPUS, "ci/boostsecurityio+poutine");
const OTHERS = ["ci/workflows", "ci/firecow+gitlab-ci-local", "k8s"].map((folder) => join(CORPUS, folder));

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : /\.ya?ml$/.test(entry.name) ? [path] : [];
  });

describe.skipIf(!existsSync(ROOT))("the corpus (skipped where BULKHEAD_CORPUS and ../shared/corpus are absent)", () => {
  test("every definition is read, or refused with a reason", () => {
    const counts = { files: 0, definitions: 0, read: 0, refused: 0, "read with gaps": 0, jobs: 0 };
    const refused: string[] = [];
    for (const path of filesBelow(ROOT)) {
      const parsed = parseBytes(path, readFileSync(path));
      const document: unknown = parsed.ok ? parsed.value.documents[0] : undefined;
      counts.files++;
      if (!isDefinition(document)) {
        if (/azure-pipelines/.test(basename(path)))
          refused.push(`${basename(path)}: ${parsed.ok ? "no pipeline definition" : parsed.error.message}`);
        continue;
      }
      counts.definitions++;
      const file = {
        kind: "azure/file",
        organization: "a",
        project: "b",
        repository: "b",
        path: basename(path),
        content: document,
        source: { file: path, pointer: "" },
      } as const;
      const { pipeline, problems } = readPipeline(lookupIn([file]), file, () => "0f");
      if (pipeline === undefined) {
        counts.refused++;
        refused.push(`${basename(path)}: ${problems.find((one) => one.isFatal)?.what ?? ""}`);
        continue;
      }
      counts.read++;
      counts.jobs += pipeline.stages.flatMap((stage) => stage.jobs).length;
      if (problems.length > 0) counts["read with gaps"]++;
    }
    process.stdout.write(
      `ci/boostsecurityio+poutine as Azure Pipelines: ${JSON.stringify(counts)}\n${refused.map((one) => `  refused ${one}\n`).join("")}`,
    );
    expect(counts.read + counts.refused).toBe(counts.definitions);
    expect(refused.filter((one) => one.endsWith(": "))).toEqual([]);
    expect(counts.read).toBeGreaterThanOrEqual(5);
  });

  test("no file of another system is taken for one", () => {
    const taken = OTHERS.filter((folder) => existsSync(folder))
      .flatMap(filesBelow)
      .filter((path) => {
        const parsed = parseBytes(path, readFileSync(path));
        return parsed.ok && parsed.value.documents.some(isDefinition);
      });
    expect(taken.map((path) => basename(path))).toEqual([]);
  }, 120_000);
});
