// Scores what namespaces' names say against what their owners declare, on the namespaces of a real platform.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Classification, classify } from "./classify.ts";
import type { Tier } from "./schema.ts";

const CORPUS = process.env["BULKHEAD_CORPUS"] ?? join(import.meta.dirname, "../../../shared/corpus");
const NAMESPACES = join(CORPUS, "k8s/ministryofjustice+cloud-platform-environments/GROUND_TRUTH_all_namespaces.csv");
const isThere = existsSync(NAMESPACES);

interface Row {
  readonly name: string;
  readonly isProduction: boolean;
  /** As its owner wrote it. */
  readonly environment: string;
}

const rows = (): readonly Row[] =>
  readFileSync(NAMESPACES, "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","))
    .map(([name = "", isProduction, environment = ""]) => ({ name, isProduction: isProduction === "true", environment }));

/** Owners write what they like; only words that leave no doubt are scored. The others are counted. */
const DECLARED: Readonly<Record<string, Tier>> = {
  dev: "development",
  development: "development",
  qa: "test",
  test: "test",
  testing: "test",
  preprod: "staging",
  preproduction: "staging",
  stage: "staging",
  staging: "staging",
  uat: "staging",
  live: "production",
  prod: "production",
  production: "production",
};
const declaredOf = ({ environment }: Row): Tier | undefined => DECLARED[environment.toLowerCase()];

const proposedOf = (said: Classification): Tier | undefined => (said.kind === "proposed" ? said.tier : undefined);

interface Score {
  readonly declared: number;
  readonly proposed: number;
  readonly both: number;
  readonly precision: number;
  readonly recall: number;
}

function scored(all: readonly Row[], isDeclared: (row: Row) => boolean, isProposed: (row: Row) => boolean): Score {
  const declared = all.filter(isDeclared);
  const proposed = all.filter(isProposed);
  const both = declared.filter(isProposed).length;
  const rounded = (of: number): number => Math.round((1000 * both) / Math.max(1, of)) / 1000;
  return {
    declared: declared.length,
    proposed: proposed.length,
    both,
    precision: rounded(proposed.length),
    recall: rounded(declared.length),
  };
}

describe.skipIf(!isThere)("namespaces of a real platform (skipped where BULKHEAD_CORPUS and ../shared/corpus are absent)", () => {
  test("no name that speaks of a lower environment is called production", () => {
    const lower =
      /(^|[^a-z])(non|pre)-?(prod|live)|preprod|(^|[^a-z])(dev|development|test|staging|stage|uat|qa|sandbox|demo-dev)([^a-z]|$)/;
    expect(rows().filter(({ name }) => proposedOf(classify({ name })) === "production" && lower.test(name))).toEqual([]);
  });

  test("precision and recall of what names alone say, for each environment and for production as declared by itself", () => {
    const all = rows();
    const tiers = ["development", "test", "staging", "production"] as const;
    const sure = all.filter((row) => declaredOf(row) !== undefined);
    const scores: Readonly<Record<string, Score>> = {
      ...Object.fromEntries(
        tiers.map((tier) => [
          tier,
          scored(
            sure,
            (row) => declaredOf(row) === tier,
            ({ name }) => proposedOf(classify({ name })) === tier,
          ),
        ]),
      ),
      "is-production: true": scored(
        all,
        ({ isProduction }) => isProduction,
        ({ name }) => proposedOf(classify({ name })) === "production",
      ),
      "is-production: false": scored(
        all,
        ({ isProduction }) => !isProduction,
        ({ name }) => isBelow(classify({ name })),
      ),
    };
    console.log(`${all.length} namespaces, ${all.length - sure.length} of them declared with a word of the owner's own`);
    console.table(scores);
    expect(all.length).toBeGreaterThan(1_000);
    for (const [name, { precision }] of Object.entries(scores)) expect(precision, name).toBeGreaterThan(LEAST_PRECISION[name] ?? 0.94);
    for (const [name, { recall }] of Object.entries(scores)) expect(recall, name).toBeGreaterThan(LEAST_RECALL[name] ?? 0.9);
  });

  test("names and declarations that contradict each other are conflicts, and stand in no environment", () => {
    const found = rows().flatMap((row) => {
      const labels = { "is-production": String(row.isProduction), "environment-name": row.environment };
      const said = classify({ name: row.name, labels });
      return said.kind === "conflict" ? [{ row, said }] : [];
    });
    for (const { row, said } of found) {
      const [a, b] = said.says.map(({ from, token, tier }) => `${from} ${JSON.stringify(token)} (${tier ?? "below production"})`);
      console.log(`conflict ${row.name}: ${a}, ${b}`);
    }
    console.log(`${found.length} conflicts`);
    const contradicted = rows().filter((row) => {
      const declared = declaredOf(row);
      const byName = proposedOf(classify({ name: row.name }));
      return byName !== undefined && declared !== undefined && byName !== declared;
    });
    const names = new Set(found.map(({ row }) => row.name));
    expect(contradicted.filter(({ name }) => !names.has(name))).toEqual([]);
  });
});

const isBelow = (said: Classification): boolean =>
  said.kind === "proposed" && said.tier !== "production" && said.tier !== "disaster-recovery";

/** Owners call most things that are not yet released development, whatever their names say, and many such names say nothing. */
const LEAST_RECALL: Readonly<Record<string, number>> = { development: 0.7 };
/** The small tiers: what its name calls a test, its owner often calls development. */
const LEAST_PRECISION: Readonly<Record<string, number>> = { test: 0.75, staging: 0.92 };
