// Definitions of pipelines that a scanner's tests bring, of several systems: every file is read, or refused with a reason. Prints counts, no names.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadCharter } from "../charter/load.ts";
import { readFolder } from "./files.ts";
import { readEstate } from "./read-estate.ts";

const CORPUS = process.env["BULKHEAD_CORPUS"] ?? new URL("../../../shared/corpus", import.meta.url).pathname;
const ROOT = join(CORPUS, "ci/boostsecurityio+poutine/scanner/testdata");

/** Which system a file is for, by where each looks for its own. */
const SYSTEMS: readonly (readonly [string, RegExp, string])[] = [
  ["tekton", /(?:^|\/)\.tekton\//, "tekton/"],
  ["github", /(?:^|\/)(?:\.github\/|(?:[\w-]+\/)?action\.ya?ml$)/, "github/"],
  ["gitlab", /(?:^|\/)(?:\.gitlab-ci|include|\.local-ci-template)\.yml$/, "gitlab/"],
  ["azure", /azure-pipelines(?:-\d+)?\.yml$/, "azure/"],
];

const charterFor = (scope: Readonly<Record<string, string>>) => {
  const loaded = loadCharter(
    JSON.stringify({
      bulkhead: 1,
      organization: { name: "corpus" },
      environments: [
        { name: "production", tier: "production", purpose: "p", owner: "o", data: "synthetic", boundary: { entities: ["x"] } },
      ],
      inputs: [{ path: ".", scope }],
    }),
    "bulkhead.yaml",
  );
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
  return loaded.value;
};

const SCOPES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  tekton: { system: "github", repository: "corpus/poutine" },
  github: { system: "github", repository: "corpus/poutine" },
  gitlab: { system: "gitlab", project: "corpus/poutine" },
  azure: { system: "azure", project: "corpus/poutine" },
};

describe.skipIf(!existsSync(ROOT))("the corpus (skipped where BULKHEAD_CORPUS and ../shared/corpus are absent)", () => {
  test("every definition is read, or refused with a reason", () => {
    const counts: Record<string, { files: number; read: number; refused: number }> = {};
    for (const [system, path, kind] of SYSTEMS) {
      const files = new Map([...readFolder(ROOT)].filter(([name]) => path.test(name)));
      const reading = readEstate(files, charterFor(SCOPES[system] ?? {}), { fingerprintKey: new Uint8Array(32) });
      // A file that a pipeline includes has no observation of its own: recognized, and without a gap, it was read.
      const reasons = new Map<string, string>(reading.unrecognized.map(({ file, why }) => [file, why]));
      for (const gap of reading.gaps) if (gap.source && !gap.topic.endsWith("/other")) reasons.set(gap.source.file, gap.why);
      const refused = [...files.keys()].filter((name) => reasons.has(name));
      counts[system] = { files: files.size, read: files.size - refused.length, refused: refused.length };
      if (system !== "azure") expect(reading.observations.some((one) => one.kind.startsWith(kind))).toBe(true);
      for (const name of refused) expect(reasons.get(name)?.length).toBeGreaterThan(5);
    }
    process.stdout.write(`ci/boostsecurityio+poutine: ${JSON.stringify(counts)}\n`);
    expect(counts["tekton"]).toEqual({ files: 1, read: 1, refused: 0 });
    expect(counts["github"]?.read).toBeGreaterThan(10);
  });
});
