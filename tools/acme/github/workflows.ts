// The workflow files of each repository: YAML beside this module, with the two lines that a flaw changes filled in.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { RepositoryName } from "../names.ts";

/** What is published to production was tried in the environments below it. */
const TRIED_BELOW = `  non-production:
    runs-on: ubuntu-24.04
    environment: non-production
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
      - uses: aws-actions/configure-aws-credentials@e6de054238d6b7531b4efff3b6587d9aade6a06c # v6.2.3
        with:
          role-to-assume: arn:aws:iam::222233334444:role/terraform-development
          aws-region: eu-west-1
      - run: ./configuration/try.sh test
      - run: make test-configuration
      - run: gitleaks detect --source configuration

`;

function filled(text: string, fixed: boolean): string {
  return (
    text
      // FLAW 8: the same labels for building what nobody has reviewed and for deploying to production. Fixed: a group each.
      .replace("RUNNER_OF_BUILDS", fixed ? "{ group: payments-builds }" : "[self-hosted, linux, payments]")
      .replace("RUNNER_OF_PRODUCTION", fixed ? "{ group: payments-production }" : "[self-hosted, linux, payments]")
      // FLAW 6: configuration is published by a push, without an environment to ask anyone. Fixed: through the gate.
      .replace("    # ENVIRONMENT_OF_CONFIGURATION\n", fixed ? "    environment: production\n" : "")
      .replace("  # STAGE_OF_CONFIGURATION\n", fixed ? TRIED_BELOW : "")
      .replace("    # ORDER_OF_CONFIGURATION\n", fixed ? "    needs: [non-production]\n" : "")
  );
}

/** Name → text, in the order of names. */
export function workflowsOf(repository: RepositoryName, fixed: boolean): readonly (readonly [string, string])[] {
  const folder = join(import.meta.dirname, "workflows", repository);
  return readdirSync(folder)
    .toSorted()
    .map((name) => [name, filled(readFileSync(join(folder, name), "utf8"), fixed)]);
}
