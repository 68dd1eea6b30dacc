// Every example of gitlab-ci-local: read, or refused with a reason. Runs where the corpus is; prints the counts.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseBytes } from "../../lib/parse.ts";
import type { GitlabFile } from "../../model/observations/gitlab.ts";
import { inputsOf, isDefinition, isHeader, withoutSecretsIn } from "./ci-file.ts";
import { lookupIn } from "./join.ts";
import { readPipeline } from "./resolve/pipeline.ts";

const CORPUS = process.env["BULKHEAD_CORPUS"] ?? new URL("../../../../shared/corpus", import.meta.url).pathname;
const ROOT = join(CORPUS, "ci/firecow+gitlab-ci-local/tests");
const OTHERS = ["ci/boostsecurityio+poutine", "ci/DSD-DBS+capella-collab-manager"].map((folder) => join(CORPUS, folder));

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : /\.ya?ml$/.test(entry.name) ? [path] : [];
  });

interface Read {
  readonly file?: GitlabFile;
  readonly why?: string;
}

function readFile(path: string, below: string): Read {
  const parsed = parseBytes(path, readFileSync(path));
  if (!parsed.ok) return { why: parsed.error.message };
  const [first, second] = parsed.value.documents;
  const header = isHeader(first) ? first : undefined;
  const document = header === undefined ? first : second;
  if (!isDefinition(document)) return { why: "no pipeline definition" };
  const content = withoutSecretsIn(document, () => "0f");
  return {
    file: {
      kind: "gitlab/file",
      project: "a/b",
      path: path.slice(below.length + 1),
      content,
      inputs: inputsOf(header),
      source: { file: path, pointer: "" },
    },
  };
}

describe.skipIf(!existsSync(ROOT))("the corpus (skipped where BULKHEAD_CORPUS and ../shared/corpus are absent)", () => {
  test("every example is read, or refused with a reason", () => {
    const all = filesBelow(ROOT);
    const counts = {
      files: all.length,
      "other files": 0,
      "unreadable as YAML": 0,
      definitions: 0,
      read: 0,
      refused: 0,
      "read with gaps": 0,
      jobs: 0,
    };
    const silent: string[] = [];
    const refused: string[] = [];
    for (const path of all) {
      if (!/gitlab-ci/.test(basename(path))) continue;
      const folder = dirname(path);
      const { file, why } = readFile(path, folder);
      if (file === undefined) {
        counts[why === "no pipeline definition" ? "other files" : "unreadable as YAML"]++;
        continue;
      }
      counts.definitions++;
      const beside = filesBelow(folder).flatMap((each) => readFile(each, folder).file ?? []);
      const { pipeline, problems } = readPipeline(lookupIn(beside), file);
      if (pipeline === undefined) {
        counts.refused++;
        refused.push(`${path.slice(ROOT.length + 1)}: ${problems.find((one) => one.isFatal)?.what ?? ""}`);
        if (!problems.some((one) => one.isFatal)) silent.push(path);
        continue;
      }
      counts.read++;
      counts.jobs += pipeline.jobs.length;
      if (problems.length > 0) counts["read with gaps"]++;
      if (pipeline.includes.some((include) => !include.read) && problems.length === 0) silent.push(path);
    }
    process.stdout.write(`ci/firecow+gitlab-ci-local: ${JSON.stringify(counts)}\n${refused.map((one) => `  refused ${one}\n`).join("")}`);
    expect(silent).toEqual([]);
    expect(counts.read + counts.refused).toBe(counts.definitions);
    // Examples that are wrong on purpose, and two files that are only parts of another.
    expect(counts.refused).toBeLessThan(10);
    expect(counts.read).toBeGreaterThan(250);
  }, 120_000);

  test("so is every definition of the other sources", () => {
    const counts = { definitions: 0, read: 0, refused: 0, "read with gaps": 0, jobs: 0 };
    for (const root of OTHERS.filter((folder) => existsSync(folder)))
      for (const path of filesBelow(root).filter((each) => basename(each) === ".gitlab-ci.yml")) {
        const { file } = readFile(path, dirname(path));
        if (file === undefined) continue;
        counts.definitions++;
        const beside = filesBelow(dirname(path)).flatMap((each) => readFile(each, dirname(path)).file ?? []);
        const { pipeline, problems } = readPipeline(lookupIn(beside), file);
        counts[pipeline === undefined ? "refused" : "read"]++;
        counts.jobs += pipeline?.jobs.length ?? 0;
        if (pipeline !== undefined && problems.length > 0) counts["read with gaps"]++;
        expect(pipeline !== undefined || problems.some((one) => one.isFatal)).toBe(true);
      }
    process.stdout.write(`other sources: ${JSON.stringify(counts)}\n`);
    expect(counts.read).toBeGreaterThan(0);
  });
});
