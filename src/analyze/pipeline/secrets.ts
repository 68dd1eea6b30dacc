// Which runs and jobs receive which secrets.
import { gapId } from "../../model/gap.ts";
import type { GithubSecret } from "../../model/observations/github.ts";
import { fact, type Fact, type RuleSink } from "../../model/rule.ts";
import { nature, ruleOf } from "./emit.ts";
import { runsWorkflows } from "./facts.ts";
import { forkRunId, secretId, unreviewedRunId } from "./ids.ts";
import { secretsRead, secretsReceived } from "./jobs.ts";
import type { PipelineView, RepositoryView } from "./view.ts";

interface Received {
  readonly secret: GithubSecret;
  readonly because?: string | undefined;
}

/** Organization secrets that the repository receives: "all", "private" repositories (private and internal), or a list. */
function organizationSecrets(pipeline: PipelineView, repository: RepositoryView): readonly Received[] {
  const { organization, name, observed } = repository.facts;
  const all = pipeline.pipeline.input.observations("github/secret").filter((secret) => secret.organization === organization);
  return all.flatMap((secret): readonly Received[] => {
    const { visibility } = secret;
    if (visibility === undefined) return [{ secret, because: `which repositories receive secret ${secret.name} was not collected` }];
    if (visibility === "all") return [{ secret }];
    if (visibility !== "private") return visibility.repositories.includes(name) ? [{ secret }] : [];
    if (observed === undefined) return [{ secret, because: `github/repository:github:${name}` }];
    return observed.visibility === "public" ? [] : [{ secret }];
  });
}

const environmentSecrets = (repository: RepositoryView, name: string): readonly GithubSecret[] =>
  repository.facts.secrets.filter((secret) => secret.environment?.toLowerCase() === name.toLowerCase());

export function secretRules(pipeline: PipelineView, repository: RepositoryView, sink: RuleSink): void {
  if (!runsWorkflows(repository.facts)) return;
  const own = repository.facts.secrets.filter((secret) => secret.environment === undefined).map((secret): Received => ({ secret }));
  const names = new Set(own.map(({ secret }) => secret.name));
  // "If an organization, repository, and environment all have a secret with the same name, the environment-level secret takes precedence."
  const wide = [...own, ...organizationSecrets(pipeline, repository).filter(({ secret }) => !names.has(secret.name))];
  runsRead(repository, wide, sink);
  environmentsRead(repository, wide, sink);
  jobsRead(repository, wide, sink);
}

function give({ secret, because }: Received, needs: Fact, how: string, sink: RuleSink): void {
  const id = secretId(secret);
  sink.rule(
    ruleOf({
      family: "github/secret",
      needs: [needs],
      gives: fact("read", id),
      because,
      how,
      grants: [nature(id, `jobs receive secret ${secret.name}`, secret.source)],
      source: secret.source,
    }),
  );
}

/**
 * "Any user with write access to your repository has read access to all secrets configured in your repository"; "with the exception of GITHUB_TOKEN,
 * secrets are not passed to the runner when a workflow is triggered from a forked repository" (GitHub Docs, "Secure use reference"; "Use secrets"),
 * unless a private repository's settings send them.
 */
function runsRead(repository: RepositoryView, wide: readonly Received[], sink: RuleSink): void {
  const { name, settings } = repository.facts;
  for (const received of wide) {
    const what = received.secret.name;
    give(received, fact("control", unreviewedRunId(name)), `a job on any branch of ${name} receives secret ${what}`, sink);
    for (const context of repository.protection.contexts)
      give(received, fact("control", context.run), `a job on branch ${context.name} of ${name} receives secret ${what}`, sink);
    if (settings?.privateForks?.run && settings.privateForks.secrets)
      give(received, fact("control", forkRunId(name)), `${name} sends secret ${what} to pull requests from forks`, sink);
  }
}

/** "Secrets stored in an environment are only available to workflow jobs that reference the environment" (Docs, "Deployments and environments"). */
function environmentsRead(repository: RepositoryView, wide: readonly Received[], sink: RuleSink): void {
  for (const environment of repository.environments) {
    const own = environmentSecrets(repository, environment.name);
    const hidden = new Set(own.map((secret) => secret.name));
    const who = fact("control", environment.id);
    for (const secret of own) give({ secret }, who, `jobs in environment ${environment.name} receive its secret ${secret.name}`, sink);
    for (const received of wide)
      if (!hidden.has(received.secret.name))
        give(received, who, `a job in environment ${environment.name} receives secret ${received.secret.name}`, sink);
  }
}

/** A job as the files have it holds the secrets it names, and those only. */
function jobsRead(repository: RepositoryView, wide: readonly Received[], sink: RuleSink): void {
  for (const view of repository.jobs) {
    const read = secretsRead(view.job);
    const received = secretsReceived(view.job);
    const holds = (names: ReadonlySet<string>, secret: GithubSecret): boolean => names.has("*") || names.has(secret.name.toUpperCase());
    const hidden = new Set<string>();
    for (const environment of view.environments)
      for (const secret of environmentSecrets(repository, environment.name)) {
        hidden.add(secret.name);
        if (holds(read, secret) || holds(received, secret))
          give({ secret }, fact("control", view.job.id), `job ${view.job.label} uses secret ${secret.name} of ${environment.name}`, sink);
      }
    for (const one of wide)
      if (!hidden.has(one.secret.name) && holds(received, one.secret))
        give(one, fact("control", view.job.id), `job ${view.job.label} uses secret ${one.secret.name}`, sink);
  }
}

/** Secrets that the charter says open something, in a list that was not read: the repository's runs may receive them. */
export function unreadSecrets(pipeline: PipelineView, repository: RepositoryView, sink: RuleSink): void {
  const gap = repository.facts.gaps("github/secret")[0];
  if (gap === undefined) return;
  const known = new Set(repository.facts.secrets.map(secretId));
  const { name, source, organization } = repository.facts;
  for (const { secret } of pipeline.pipeline.input.charter.credentials) {
    const scoped = [`github:${name}#secret/`, `github:${organization}#secret/`].some((prefix) => secret.startsWith(prefix));
    const environment = repository.environments.find((one) => secret.startsWith(`${one.id}/secret/`));
    if (known.has(secret) || (!scoped && environment === undefined)) continue;
    const who = fact("control", environment?.id ?? unreviewedRunId(name));
    sink.rule(
      ruleOf({
        family: "github/secret",
        needs: [who],
        gives: fact("read", secret),
        because: gapId(gap),
        how: `runs of ${name} may receive ${secret}`,
        grants: [nature(secret, `secrets of ${name} were not collected`, source)],
        source,
      }),
    );
  }
}
