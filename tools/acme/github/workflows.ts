// The workflow files of each repository: YAML beside this module, with the two lines that a flaw changes filled in.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { RepositoryName } from "../names.ts";

function filled(text: string, fixed: boolean): string {
  return (
    text
      // FLAW 8: the same labels for building what nobody has reviewed and for deploying to production. Fixed: a group each.
      .replace("RUNNER_OF_BUILDS", fixed ? "{ group: payments-builds }" : "[self-hosted, linux, payments]")
      .replace("RUNNER_OF_PRODUCTION", fixed ? "{ group: payments-production }" : "[self-hosted, linux, payments]")
      // FLAW 6: configuration is published by a push, without an environment to ask anyone. Fixed: through the gate.
      .replace("    # ENVIRONMENT_OF_CONFIGURATION\n", fixed ? "    environment: production\n" : "")
  );
}

/** Name → text, in the order of names. */
export function workflowsOf(repository: RepositoryName, fixed: boolean): readonly (readonly [string, string])[] {
  const folder = join(import.meta.dirname, "workflows", repository);
  return readdirSync(folder)
    .toSorted()
    .map((name) => [name, filled(readFileSync(join(folder, name), "utf8"), fixed)]);
}
