// Who decides what a job of a workflow file does: its run, its environment, a pull request it runs, and the inputs nobody reviews.
import { fact, type Fact, grant, type RuleSink } from "../../model/rule.ts";
import { passage } from "./doors.ts";
import { becauseOf, nature, ruleOf } from "./emit.ts";
import type { EnvironmentFacts } from "./environments.ts";
import { hasForks } from "./forks.ts";
import { cacheId, forkId } from "./ids.ts";
import { inputsOf, type JobInput, usesCache } from "./inputs.ts";
import { untrustedCheckout } from "./untrusted-checkout.ts";
import type { JobView, PipelineView, RepositoryView } from "./view.ts";

const controls = (view: JobView): Fact => fact("control", view.job.id);

const UNRESOLVED = "which environments the job names depends on values that the files do not hold";

export function jobRules(pipeline: PipelineView, repository: RepositoryView, sink: RuleSink): void {
  for (const view of repository.jobs) {
    if (view.job.environments === undefined) runOfJob(pipeline, view, sink);
    else environmentOfJob(repository, view, sink);
    pullRequestOfJob(repository, view, sink);
    for (const input of inputsOf(pipeline.pipeline, view.job, repository.jobsById)) inputOfJob(view, input, sink);
    cacheOfJob(repository, view, sink);
  }
  inputSources(pipeline, repository, sink);
  cacheSources(repository, sink);
}

function runOfJob(pipeline: PipelineView, view: JobView, sink: RuleSink): void {
  const { job } = view;
  const door = passage(pipeline.pipeline.input, [job.id]);
  for (const run of view.runs)
    sink.rule(
      ruleOf({
        family: "github/job",
        needs: [fact("control", run.id), ...door],
        gives: controls(view),
        how: `job ${job.label} runs as ${run.branch === undefined ? "any branch" : `branch ${run.branch}`} of ${job.repository.name} has it`,
        grants: [nature(job.id, `${job.label} comes with the branch it runs on`, job.job.source)],
        source: job.job.source,
      }),
    );
}

/** A job that names an environment starts only when the environment admits it, so its content is decided by whoever gets past that. */
function environmentOfJob(repository: RepositoryView, view: JobView, sink: RuleSink): void {
  const { job } = view;
  const rule = (environment: EnvironmentFacts, because?: string): void =>
    sink.rule(
      ruleOf({
        family: "github/job",
        needs: [fact("control", environment.id)],
        gives: controls(view),
        because,
        how: `job ${job.label} runs in environment ${environment.name}`,
        grants: [nature(job.id, `${job.label} names environment ${environment.name}`, job.job.source)],
        source: job.job.source,
      }),
    );
  for (const environment of view.environments) rule(environment);
  if (view.environmentsComplete) return;
  for (const environment of repository.environments) if (!view.environments.includes(environment)) rule(environment, UNRESOLVED);
}

/** Reviewers of the environments that the job names: a pull request gets into the job only past them. */
const reviews = (view: JobView): readonly Fact[] =>
  view.environments
    .filter((one) => one.observed !== undefined && one.observed.reviewers.length > 0)
    .map((one) => fact("approve", one.guard));

function pullRequestOfJob(repository: RepositoryView, view: JobView, sink: RuleSink): void {
  const checkout = untrustedCheckout(view.job);
  if (checkout === undefined || view.runs.length === 0) return;
  const { job } = view;
  const { name, id, observed } = repository.facts;
  const named = checkout.step.uses ?? "a command";
  const give = (author: Fact, who: string, because: string | undefined): void =>
    sink.rule(
      ruleOf({
        family: "github/pull-request-target",
        needs: [author, ...reviews(view)],
        gives: controls(view),
        because,
        how: `job ${job.label} runs on ${checkout.event} with the trust of the default branch, fetches ${who} with ${named} and runs it`,
        grants: [
          grant(
            job.id,
            { untrusted: checkout.event },
            {
              label: `job ${job.label} of ${name} runs pull requests on ${checkout.event}`,
              change: `run what a pull request brings in a workflow on pull_request, not on ${checkout.event}`,
              source: checkout.step.source,
            },
          ),
        ],
        source: checkout.step.source,
      }),
    );
  give(fact("author", id), "a pull request's head", checkout.because);
  if (checkout.forks === false || !hasForks(repository)) return;
  const private_ = observed === undefined ? `github/repository:${id}` : undefined;
  const uncertain = typeof checkout.forks === "string" ? checkout.forks : undefined;
  give(fact("author", forkId(name)), "a fork's head", becauseOf(checkout.because, uncertain, private_));
}

/**
 * A tag or a branch of another repository can be moved under the job ("a tag can be moved or deleted if a bad actor gains access to the repository
 * storing the action", GitHub Docs, "Secure use reference"). Whoever writes it decides what the job does, and no reviewer of this repository sees it.
 */
function inputOfJob(view: JobView, input: JobInput, sink: RuleSink): void {
  const { job } = view;
  const by = input.by === undefined ? "" : `, in ${input.by} whose artifact it takes`;
  const pin = input.kind === "image" ? "its digest" : "a full commit SHA";
  sink.rule(
    ruleOf({
      family: "github/unreviewed-input",
      needs: [fact("write", input.id)],
      gives: controls(view),
      how: `job ${job.label} uses ${input.written}${by}, which can be moved`,
      grants: [
        grant(
          job.id,
          { input: input.id },
          {
            label: `${input.written} in ${job.label} of ${job.repository.name}`,
            change: `pin ${input.written} to ${pin}`,
            source: input.source,
          },
        ),
      ],
      source: input.source,
    }),
  );
}

/** Who moves a tag or a branch that a job names, where the repository is part of the estate. */
function inputSources(pipeline: PipelineView, repository: RepositoryView, sink: RuleSink): void {
  const seen = new Set<string>();
  for (const view of repository.jobs)
    for (const input of inputsOf(pipeline.pipeline, view.job, repository.jobsById)) {
      const from = input.repository === undefined ? undefined : pipeline.repository(input.repository);
      if (from === undefined || seen.has(input.id)) continue;
      seen.add(input.id);
      moveReference(from, input, sink);
    }
}

function moveReference(from: RepositoryView, input: JobInput, sink: RuleSink): void {
  const { facts } = from;
  const branch = from.protection.contexts.find((context) => context.name === input.ref);
  const isBranch = facts.branches.some((one) => one.name === input.ref);
  const common = { family: "github/unreviewed-input", gives: fact("write", input.id), source: facts.source };
  const what = `${facts.name}@${input.ref}`;
  const grants = [nature(facts.id, `${what} is part of ${facts.name}`, facts.source)];
  if (branch !== undefined) {
    sink.rule(ruleOf({ ...common, needs: [fact("write", branch.id)], how: `${what} is branch ${branch.name}`, grants }));
    return;
  }
  if (facts.observed?.archived) return;
  // Rulesets for tags are not collected: the tag may be held fast.
  const because =
    isBranch || facts.isAbsent("github/ruleset")
      ? undefined
      : `whether a ruleset holds tag ${input.ref} of ${facts.name} fast is not collected`;
  sink.rule(
    ruleOf({
      ...common,
      needs: [fact("author", facts.id)],
      because,
      how: `someone with write access to ${facts.name} moves ${input.ref}`,
      grants,
    }),
  );
  sink.rule(ruleOf({ ...common, needs: [fact("control", facts.id)], how: `who administers ${facts.name} moves ${input.ref}`, grants }));
}

const onDefault = (repository: RepositoryView, view: JobView): boolean =>
  view.runs.some((run) => run.branch !== undefined && run.branch === repository.facts.defaultBranch);

const onReviewed = (view: JobView): boolean => view.runs.some((run) => run.branch !== undefined);

/**
 * "Workflow runs can restore caches created in either the current branch or the default branch. [They] cannot restore caches created for child
 * branches or sibling branches" (GitHub Docs, "Dependency caching reference", Restrictions for accessing a cache): an unreviewed branch poisons
 * nobody else, the default branch everybody.
 */
function cacheOfJob(repository: RepositoryView, view: JobView, sink: RuleSink): void {
  const { job } = view;
  if (!usesCache(job) || !onReviewed(view)) return;
  sink.rule(
    ruleOf({
      family: "github/cache",
      needs: [fact("write", cacheId(repository.facts.name))],
      gives: controls(view),
      because: `whether ${job.label} runs what it restores from the cache is not visible`,
      how: `job ${job.label} restores the default branch's cache`,
      grants: [
        grant(
          job.id,
          { cache: true },
          {
            label: `cache of ${job.label} of ${repository.facts.name}`,
            change: `restore no cache in ${job.label}`,
            source: job.job.source,
          },
        ),
      ],
      source: job.job.source,
    }),
  );
}

export const hasCache = (repository: RepositoryView): boolean => repository.jobs.some((view) => usesCache(view.job) && onReviewed(view));

function cacheSources(repository: RepositoryView, sink: RuleSink): void {
  if (!hasCache(repository)) return;
  const { name, source } = repository.facts;
  const gives = fact("write", cacheId(name));
  const grants = [nature(cacheId(name), `runs on the default branch of ${name} write its cache`, source)];
  const common = { family: "github/cache", gives, grants };
  const branch = repository.protection.contexts.find((context) => context.isDefault);
  if (branch !== undefined)
    sink.rule(
      ruleOf({
        ...common,
        needs: [fact("control", branch.run)],
        how: `a run on branch ${branch.name} of ${name} writes the cache`,
        source,
      }),
    );
  for (const view of repository.jobs)
    if (onDefault(repository, view))
      sink.rule(
        ruleOf({
          ...common,
          needs: [controls(view)],
          how: `job ${view.job.label} writes the cache of ${name}`,
          source: view.job.job.source,
        }),
      );
}
