// Public workflows as tasks: every question of promotion is answered for every job that names an environment. Prints counts, no names.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readFolder } from "../../../app/files.ts";
import { planes } from "../../../app/planes.ts";
import { readEstate } from "../../../app/read-estate.ts";
import { loadCharter } from "../../../charter/load.ts";
import { derive } from "../../derive.ts";
import type { Estate } from "../../estate.ts";
import { buildOf, deployOf, securityOf, testOf } from "./actions.ts";
import { artifactPromoted } from "./artifact.ts";
import { deployments, lowerDeployedFirst } from "./deployments.ts";
import { decorations } from "./gates.ts";
import { promotionGraph } from "./graph.ts";
import { takenIn } from "./taken-in.ts";
import { tasksOf } from "./tasks.ts";
import { testedBefore } from "./tested.ts";

const CORPUS = process.env["BULKHEAD_CORPUS"] ?? new URL("../../../../../shared/corpus", import.meta.url).pathname;
const ROOT = join(CORPUS, "ci/workflows");

/** A name decides nothing in a charter; here it only says which environments to ask about. */
const isProduction = (name: string): boolean =>
  /(?<![a-z])(?:prod|production|prd|live)(?![a-z])/i.test(name) && !/non-?prod|pre-?prod/i.test(name);

function estateOf(folder: string, repository: string, production: readonly string[], lower: readonly string[]): Estate {
  const boundary = (names: readonly string[], id: string) => ({
    github: { environments: names.map((name) => ({ repository, name })) },
    entities: [id],
  });
  const environment = (name: string, tier: string, names: readonly string[]) => ({
    name,
    tier,
    purpose: "p",
    owner: "o",
    data: "synthetic",
    boundary: boundary(names, `x:${name}`),
  });
  const charter = {
    bulkhead: 1,
    organization: { name: "corpus" },
    environments: [environment("lower", "test", lower), environment("production", "production", production)],
    inputs: [{ path: ".", scope: { system: "github", repository } }],
  };
  const loaded = loadCharter(JSON.stringify(charter), "bulkhead.yaml");
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
  const reading = readEstate(readFolder(join(ROOT, folder)), loaded.value, { fingerprintKey: new Uint8Array(32) });
  return derive(reading.observations, loaded.value, reading.gaps, planes, "2026-11-24T00:00:00Z");
}

describe.skipIf(!existsSync(ROOT))("the corpus (skipped where BULKHEAD_CORPUS and ../shared/corpus are absent)", () => {
  test("every job is a task, and every question about a deployment is answered", () => {
    const counts: Record<string, number> = {};
    const count = (what: string, by = 1): void => void (counts[what] = (counts[what] ?? 0) + by);
    for (const folder of readdirSync(ROOT)) {
      const repository = folder.replace("+", "/");
      const plain = estateOf(folder, repository, [], []);
      const tasks = tasksOf(plain).all;
      count("repositories");
      count("tasks", tasks.length);
      for (const [what, of] of Object.entries({ build: buildOf, deploy: deployOf, test: testOf, security: securityOf }))
        count(what, tasks.filter((task) => of(task) !== undefined).length);
      const names = [...new Set(tasks.flatMap((task) => task.environments.map((id) => id.slice(id.indexOf("#environment/") + 13))))];
      if (names.length === 0) continue;
      const production = names.filter(isProduction);
      const estate = estateOf(
        folder,
        repository,
        production,
        names.filter((name) => !production.includes(name)),
      );
      for (const deployment of deployments(estate)) {
        count("names an environment");
        if (!deployment.environments.includes("production")) continue;
        count("deploys to production");
        for (const [clause, told] of [
          ["P1", lowerDeployedFirst(estate, deployment, "production")],
          ["P4", artifactPromoted(estate, deployment, "production")],
          ...testedBefore(estate, deployment).map((one) => ["P8", one] as const),
        ] as const) {
          expect(told.why.length).toBeGreaterThan(10);
          count(`${clause} ${told.answer}`);
        }
        count("P2 for show", decorations(estate, deployment).length);
        count("takes in unreviewed", takenIn(estate, deployment).length > 0 ? 1 : 0);
      }
      expect(promotionGraph(estate).nodes.length).toBeGreaterThan(0);
    }
    process.stdout.write(`ci/workflows as tasks: ${JSON.stringify(counts)}\n`);
    expect(counts["tasks"]).toBeGreaterThan(1_000);
  }, 300_000);
});
