// Pull requests from forks: written by anyone, run without secrets, unless a private repository's settings say otherwise.
import { fact, type RuleSink } from "../../model/rule.ts";
import { nature, ruleOf } from "./emit.ts";
import { runsWorkflows } from "./facts.ts";
import { forkId, forkRunId } from "./ids.ts";
import { untrustedCheckout } from "./untrusted-checkout.ts";
import type { RepositoryView } from "./view.ts";

/** A public repository has forks; another one only matters where a fork's pull request is run, or its head is fetched with the base's trust. */
export function hasForks(repository: RepositoryView): boolean {
  const { observed, settings } = repository.facts;
  if (observed?.visibility === "public") return true;
  if (observed?.allowForking === false) return false;
  return settings?.privateForks?.run === true || repository.jobs.some((view) => untrustedCheckout(view.job) !== undefined);
}

/**
 * "With the exception of GITHUB_TOKEN, secrets are not passed to the runner when a workflow is triggered from a forked repository. The GITHUB_TOKEN has
 * read-only permissions" and cannot obtain an OIDC token (GitHub Docs, "Events that trigger workflows", Workflows in forked repositories). Whose runs
 * wait for an approval is a setting; a first contribution is easily made.
 */
export function forkRules(repository: RepositoryView, sink: RuleSink): void {
  const { name, id, observed, settings, source } = repository.facts;
  if (!hasForks(repository) || !runsWorkflows(repository.facts)) return;
  const isPublic = observed?.visibility === "public";
  if (!isPublic && settings?.privateForks?.run !== true) return;
  const waits = isPublic ? settings?.forkApproval === "all_external_contributors" : settings?.privateForks?.requireApproval === true;
  sink.rule(
    ruleOf({
      family: "github/run-fork",
      needs: [fact("author", forkId(name))],
      gives: fact("control", forkRunId(name)),
      because: waits ? `someone with write access to ${name} lets the fork's workflow run` : undefined,
      how: `a pull request from a fork of ${name} brings its own workflow file`,
      grants: [nature(id, `workflows run for pull requests from forks of ${name}`, source)],
      source,
    }),
  );
}
