// Public configuration that nobody here wrote: each file is read or refused with its line, and of each resource is told whether all of it is known.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { HclFile } from "../../../lib/hcl-tree.ts";
import { parseBytes } from "../../../lib/parse.ts";
import type { TerraformSource } from "../../../model/observations/terraform.ts";
import { isMapped } from "../map.ts";
import { isAnySet } from "../resource.ts";
import { rootContents } from "./contents.ts";
import { withoutSecrets } from "./secrets.ts";
import { treeOf } from "./tree.ts";

const corpus = process.env["BULKHEAD_CORPUS"] ?? fileURLToPath(new URL("../../../../../shared/corpus", import.meta.url));

function files(folder: string): readonly string[] {
  return readdirSync(folder)
    .toSorted()
    .flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? files(path) : /\.(tf|tfvars)$/.test(name) ? [path] : [];
    });
}

/** Published as broken: checkov's own tests ask what becomes of them. */
const BROKEN = /invalid_terraform_syntax|unbalanced_eval_brackets|example\/invalid\.tf|example\/example\.tf|hcl_timeout/;

describe.skipIf(!existsSync(corpus))("configuration of the corpus (skipped where BULKHEAD_CORPUS and ../shared/corpus are absent)", () => {
  const repositories = existsSync(corpus)
    ? readdirSync(corpus).flatMap((area) =>
        statSync(join(corpus, area)).isDirectory() ? readdirSync(join(corpus, area)).map((name) => join(corpus, area, name)) : [],
      )
    : [];

  test("is read, but for what is broken", () => {
    let [read, whole] = [0, 0];
    for (const folder of repositories.filter((path) => statSync(path).isDirectory())) {
      const all = files(folder);
      if (all.length === 0) continue;
      const sources: TerraformSource[] = [];
      const refused: string[] = [];
      for (const path of all) {
        const file = path.slice(folder.length + 1);
        const parsed = parseBytes(file, readFileSync(path));
        if (!parsed.ok) refused.push(`${file}:${parsed.error.line}: ${parsed.error.message}`);
        else {
          const { hcl } = parsed.value.documents[0] as HclFile;
          sources.push({ kind: "terraform/source", source: { file }, body: withoutSecrets(hcl, () => "keyed", path.endsWith(".tfvars")) });
        }
      }
      expect(refused.filter((line) => !BROKEN.test(line))).toEqual([]);
      for (const line of refused) expect(line).toMatch(/:\d+: \w+ \w+/);
      const tree = treeOf(sources);
      const roots = tree.roots.map((root) => rootContents(root, tree, { system: "terraform", account: "111122223333", cluster: "live" }));
      const resources = roots.flatMap(({ contents }) => contents.resources).filter(({ type }) => isMapped(type));
      const known = resources.filter(({ unknown }) => !isAnySet(unknown)).length;
      const gaps = roots.flatMap((root) => root.gaps).map(({ why }) => why);
      const count = (part: string): number => gaps.filter((why) => why.includes(part)).length;
      console.log(
        `${folder.slice(corpus.length + 1)}: ${sources.length} files read, ${refused.length} refused; ${tree.roots.length} root modules, ${count("its source")} modules from elsewhere; ` +
          `${resources.length} resources: ${known} known, ${resources.length - known} partly; of ${count("how many")} not known how many`,
      );
      read += sources.length;
      whole += known;
    }
    expect(read).toBeGreaterThan(1000);
    expect(whole).toBeGreaterThan(100);
  });
});
