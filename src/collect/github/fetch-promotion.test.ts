// From deployments that GitHub answers to what the check and the graph say of the order in which environments were deployed to.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { check, readAndDerive } from "../../app/check.ts";
import { collectGithub } from "../../app/collect-forge.ts";
import { readFolder } from "../../app/files.ts";
import { promotionGraphOf } from "../../app/pipeline.ts";
import { promotionMermaid } from "../../app/render/pipeline-mermaid.ts";
import { promotionSvg } from "../../app/render/pipeline-svg.ts";
import { fingerprint } from "../../lib/hash.ts";
import { replay } from "./replay-support.ts";
import { acmeWorld, type Deployed, withHistory } from "./world-support.ts";

const folder = mkdtempSync(join(tmpdir(), "bulkhead-github-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (hour: number): string => new Date(Date.UTC(2026, 7, 1, hour)).toISOString();

/** Of 214 deployments to production, four without one to test and one whose test failed; the first was tested before the period. */
function deployments(): readonly Deployed[] {
  const days = Array.from({ length: 214 }, (_, index) => index);
  const old = Array.from({ length: 200 }, (_, index) => ({
    id: index + 1,
    environment: "development",
    sha: "f".repeat(40),
    at: at(-index - 10),
  }));
  const recent = days.flatMap((index) => {
    const sha = index.toString(16).padStart(40, "0");
    const production = { id: 1000 + index, environment: "production", sha, at: at(index * 4 + 2) };
    const below = {
      id: 2000 + index,
      environment: "test",
      sha,
      at: at(index === 0 ? -2000 : index * 4),
      state: index === 50 ? "failure" : "success",
    };
    return index % 50 === 3 && index < 200 ? [production] : [below, production];
  });
  return [...old, ...recent];
}

test("of 214 production deployments in the period, 209 were preceded by a successful deployment of the same commit to test", async () => {
  const world = acmeWorld();
  withHistory(world, "/repos/acme/shop", deployments());
  const server = await replay(world);
  await collectGithub({
    ...{
      api: server.api,
      token: "all",
      owner: "acme",
      since: new Date(at(0)),
      output: folder,
      refresh: true,
      concurrency: 8,
      firstWaitMs: 1,
    },
    ...{ fingerprint: (secret: string) => fingerprint(new Uint8Array(32), secret), say: () => undefined },
  });
  await server.stop();
  expect(server.problems).toEqual([]);
  const acme = [...readFolder(new URL("../../../examples/acme", import.meta.url).pathname)];
  const files = new Map([...acme.filter(([path]) => !path.startsWith("estate/github/")), ...readFolder(folder)]);
  const told =
    /^Of 214 deployments of acme\/shop to production since 2026-07-\d\d, 209 came after a successful deployment of the same commit to test$/;
  const checked = check(files, { asOf: "2026-11-24T00:00:00Z", fingerprintKey: new Uint8Array(32) });
  if (!checked.ok) throw new Error("the charter does not load");
  expect(checked.value.result.clauses.find(({ id }) => id === "P1")?.shown).toEqual([expect.stringMatching(told)]);
  const derived = readAndDerive(files, { asOf: "2026-11-24T00:00:00Z" });
  if (!derived.ok) throw new Error("the charter does not load");
  const graph = promotionGraphOf(derived.value.estate, "acme/shop");
  const histories = graph.nodes.flatMap((node) => node.history ?? []);
  expect(histories).toEqual([expect.stringMatching(told), expect.stringMatching(told)]);
  for (const drawn of [promotionMermaid(graph), promotionSvg(graph)]) expect(drawn).toContain(histories[0]);
}, 120_000);
