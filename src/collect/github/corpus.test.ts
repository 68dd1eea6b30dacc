// Public workflows that nobody here wrote: each is read, or refused with a reason, and what is read is what a plain walk of the YAML finds.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { parseBytes } from "../../lib/parse.ts";
import type { GithubWorkflow } from "../../model/observations/github.ts";
import { read } from "./fixtures/read.ts";

const root = process.env["BULKHEAD_CORPUS"] ?? fileURLToPath(new URL("../../../../shared/corpus", import.meta.url));
const corpus = join(root, "ci", "workflows");

function files(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : /\.ya?ml$/.test(name) ? [path] : [];
  });
}

const plainList = (value: unknown): readonly string[] =>
  value === undefined ? [] : Array.isArray(value) ? value.map(String) : [String(value)];

const expressionsOf = (value: unknown): readonly string[] => JSON.stringify(value).match(/\$\{\{.*?\}\}/g) ?? [];

/** The oracle: no types, no checks, another YAML entry point; it knows where things stand and nothing else. */
function plainWalk(text: string): object {
  const document = parse(text, { version: "1.2", merge: true }) as Record<string, Record<string, Record<string, unknown>>>;
  const on: unknown = document["on"];
  return {
    events: typeof on === "string" ? [on] : Array.isArray(on) ? on : Object.keys(on as object),
    jobs: Object.entries(document["jobs"] ?? {}).map(([id, job]) => {
      const environment = job["environment"] as string | { name: string } | undefined;
      const steps = (job["steps"] ?? []) as readonly Record<string, unknown>[];
      return {
        id,
        needs: plainList(job["needs"]),
        uses: [job["uses"], ...steps.map((step) => step["uses"])].filter((uses) => uses !== undefined),
        runs: steps.filter((step) => step["run"] !== undefined).length,
        environment: typeof environment === "object" ? environment.name : environment,
        secrets: [
          ...new Set(expressionsOf([document["env"], job]).flatMap((each) => each.match(/(?<=(?<![\w.-])secrets\.)[\w-]+/g) ?? [])),
        ].sort(),
      };
    }),
  };
}

const shown = (workflow: GithubWorkflow): object => ({
  events: workflow.triggers.map((trigger) => trigger.event),
  jobs: workflow.jobs.map((job) => ({
    id: job.id,
    needs: job.needs,
    uses: [job.uses, ...job.steps.map((step) => step.uses)].filter((uses) => uses !== undefined),
    runs: job.steps.filter((step) => step.run !== undefined).length,
    environment: job.environment,
    secrets: (job.secretsNamed ?? []).filter((name) => name !== "*"),
  })),
});

function tally(folder: string, paths: readonly string[]): Readonly<Record<string, number>> {
  const outcomes: Record<string, number> = {};
  const start = performance.now();
  for (const path of paths) {
    const outcome = outcomeOf(folder, path);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  console.info(
    `${relative(root, folder)}: ${JSON.stringify(outcomes)} in ${Math.round(performance.now() - start)} ms, the plain walk included`,
  );
  return outcomes;
}

function outcomeOf(folder: string, path: string): string {
  const parsed = parseBytes(path, readFileSync(path));
  if (!parsed.ok) {
    expect(parsed.error.message).not.toBe("");
    return "not YAML";
  }
  const { text } = parsed.value;
  const { shape, observations, gaps } = read({ yaml: text, path: relative(folder, path) });
  if (shape === undefined) return "not recognized";
  expect(shape, path).toMatch(/^(?:workflow|action)$/);
  for (const gap of gaps) expect(gap.why).not.toBe("");
  if (observations.length === 0) expect(gaps, path).not.toEqual([]);
  for (const each of observations) if (each.kind === "github/workflow") expect(shown(each), path).toEqual(plainWalk(text));
  return `${shape} ${observations.length === 0 ? "refused" : gaps.length === 0 ? "read" : "read, with a member left out"}`;
}

describe.skipIf(!existsSync(corpus))("the corpus (skipped where BULKHEAD_CORPUS and ../shared/corpus are absent)", () => {
  test("every workflow and action is read, or refused with a reason", () => {
    const outcomes = tally(corpus, files(corpus));
    expect(outcomes["not recognized"] ?? 0).toBe(0);
    expect(outcomes["workflow read"]).toBeGreaterThan(450);
    expect(outcomes["workflow refused"] ?? 0).toBeLessThan(5);
  });

  test("so is every file that poutine tries itself on, which holds invalid ones on purpose", () => {
    const folder = join(root, "ci", "boostsecurityio+poutine");
    const outcomes = tally(
      folder,
      files(folder).filter((path) => /\/\.github\/|\/action\.ya?ml$/.test(path)),
    );
    expect(outcomes["workflow read"]).toBeGreaterThan(10);
    expect(outcomes["action read"]).toBe(2);
  });
});
