// Every Jenkins example: read, or refused with a reason. Runs where the corpus is; prints the counts.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readJenkinsfile } from "./pipeline/read.ts";

const CORPUS = process.env["BULKHEAD_CORPUS"] ?? new URL("../../../../shared/corpus", import.meta.url).pathname;
const ROOT = join(CORPUS, "ci/jenkinsci+pipeline-examples");

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : /\.groovy$|^Jenkinsfile$/.test(entry.name) ? [path] : [];
  });

describe.skipIf(!existsSync(ROOT))("the corpus (skipped where BULKHEAD_CORPUS and ../shared/corpus are absent)", () => {
  test("every example is read, or refused with a reason", () => {
    const counts = {
      files: 0,
      declarative: 0,
      scripted: 0,
      refused: 0,
      stages: 0,
      "with steps that are not known": 0,
      "with parts passed over": 0,
    };
    const refused: string[] = [];
    for (const path of filesBelow(ROOT)) {
      const { pipeline, problems } = readJenkinsfile(readFileSync(path, "utf8"), path, 1, () => "0f");
      counts.files++;
      if (problems.some((one) => one.isStep)) counts["with steps that are not known"]++;
      if (problems.some((one) => !one.isStep && !one.isFatal)) counts["with parts passed over"]++;
      if (pipeline === undefined) {
        counts.refused++;
        refused.push(`${path.slice(ROOT.length + 1)}: ${problems.find((one) => one.isFatal)?.what ?? ""}`);
        continue;
      }
      counts[pipeline.style]++;
      counts.stages += pipeline.stages.length;
    }
    process.stdout.write(
      `ci/jenkinsci+pipeline-examples: ${JSON.stringify(counts)}\n${refused.map((one) => `  refused ${one}\n`).join("")}`,
    );
    expect(counts.declarative + counts.scripted + counts.refused).toBe(counts.files);
    expect(refused.filter((one) => one.endsWith(": "))).toEqual([]);
    // Files that only define steps for others, and one that only asks for a value.
    expect(counts.refused).toBeLessThan(8);
    expect(counts["with parts passed over"]).toBe(0);
    expect(counts.declarative).toBeGreaterThan(20);
  });
});
