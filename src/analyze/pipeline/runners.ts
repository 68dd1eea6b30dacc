// Self-hosted runners: whoever runs a job on one keeps a hold on the jobs that come after.
import type { GithubRunner, GithubRunnerGroup } from "../../model/observations/github.ts";
import { fact, type Fact, type Grant, grant, type RuleSink } from "../../model/rule.ts";
import type { Source } from "../../model/source.ts";
import { ruleOf } from "./emit.ts";
import { valuesOf } from "./expressions.ts";
import { runsWorkflows } from "./facts.ts";
import { report } from "./report.ts";
import { forkRunId, organizationOf, runnerId, unreviewedRunId } from "./ids.ts";
import type { JobView, PipelineView, RepositoryView } from "./view.ts";

/**
 * "GitHub-hosted runners execute code within ephemeral and clean isolated virtual machines. [Self-hosted] runners can be persistently compromised by
 * untrusted code in a workflow" (GitHub Docs, "Secure use reference", Hardening for self-hosted runners). Larger hosted runners are named alike.
 */
const HOSTED = /^(?:ubuntu|windows|macos)-/i;

const isHosted = (labels: readonly string[]): boolean => labels.length > 0 && labels.every((label) => HOSTED.test(label));

export interface RunnerFacts {
  readonly id: string;
  readonly label: string;
  readonly observed?: GithubRunner;
  readonly group?: GithubRunnerGroup;
  readonly source: Source;
}

function labelsOf(view: JobView): { readonly labels: readonly string[]; readonly complete: boolean } {
  const each = view.job.job.runsOn.map((label) => valuesOf(label, view.job.job, view.job.inputs));
  return { labels: each.flatMap((one) => one.values), complete: each.every((one) => one.complete) };
}

/** "A job is sent to a runner that has all of the labels" (Docs, "Using self-hosted runners in a workflow"); labels know no case. */
function takes(runner: GithubRunner, labels: readonly string[]): boolean {
  const own = new Set(runner.labels.map((label) => label.toLowerCase()));
  return (
    labels.length > 0 &&
    labels.every((label) => (label.startsWith("group:") ? runner.group === label.slice(6) : own.has(label.toLowerCase())))
  );
}

const inScope = (runner: GithubRunner, repository: RepositoryView): boolean =>
  runner.scope === repository.facts.name || runner.scope === repository.facts.organization;

const runners = new WeakMap<PipelineView, readonly RunnerFacts[]>();

export function collectedRunners(pipeline: PipelineView): readonly RunnerFacts[] {
  const known = runners.get(pipeline) ?? readRunners(pipeline);
  runners.set(pipeline, known);
  return known;
}

function readRunners(pipeline: PipelineView): readonly RunnerFacts[] {
  const { observations } = pipeline.pipeline.input;
  const groups = observations("github/runner-group");
  return observations("github/runner").map((observed) => {
    const organization = observed.scope.includes("/") ? organizationOf(observed.scope) : observed.scope;
    const group = groups.find((one) => one.organization === organization && one.name === observed.group);
    const facts = { id: runnerId(observed.scope, observed.name), label: `runner ${observed.name}`, observed, source: observed.source };
    return group === undefined ? facts : { ...facts, group };
  });
}

/** Labels that no hosted runner has and no collected runner takes: a runner that was not collected. */
export function uncollectedRunner(pipeline: PipelineView, repository: RepositoryView, view: JobView): RunnerFacts | undefined {
  if (view.job.job.uses !== undefined || repository.facts.isAbsent("github/runner")) return undefined;
  const { labels, complete } = labelsOf(view);
  if (isHosted(labels) && complete) return undefined;
  const taken = collectedRunners(pipeline).some(
    (runner) => runner.observed && inScope(runner.observed, repository) && takes(runner.observed, labels),
  );
  if (taken) return undefined;
  const name =
    labels
      .filter((label) => !HOSTED.test(label))
      .toSorted()
      .join(",") || "unknown";
  return {
    id: runnerId(repository.facts.organization, `labels:${name}`),
    label: `runner with labels ${name}`,
    source: view.job.job.source,
  };
}

/** Whether runs of the repository may use the runner: yes, no, or not certain and why. */
function mayUse(runner: RunnerFacts, repository: RepositoryView): true | false | string {
  const { observed, group } = runner;
  const { facts } = repository;
  if (observed === undefined) return `github/runner:github:${facts.organization}`;
  if (observed.scope === facts.name) return true;
  if (observed.scope !== facts.organization) return false;
  if (group === undefined) return `github/runner-group:github:${facts.organization}`;
  if (facts.observed?.visibility === "public" && !group.allowsPublicRepositories) return false;
  const { visibility } = group;
  if (visibility === undefined) return `github/runner-group:github:${facts.organization}`;
  if (visibility === "all") return true;
  return visibility === "private" ? facts.observed?.visibility !== "public" : visibility.repositories.includes(facts.name);
}

export function runnerRules(pipeline: PipelineView, repository: RepositoryView, sink: RuleSink): void {
  if (!runsWorkflows(repository.facts)) return;
  for (const runner of collectedRunners(pipeline)) {
    if (runner.observed?.ephemeral) continue;
    const use = mayUse(runner, repository);
    if (use === false) continue;
    const because = typeof use === "string" ? use : undefined;
    anyRun(repository, runner, because, sink);
    for (const view of repository.jobs) {
      const { labels } = labelsOf(view);
      if (runner.observed && takes(runner.observed, labels)) hold(view, runner, because, sink);
    }
  }
  const seen = new Set<string>();
  for (const view of repository.jobs) {
    const runner = uncollectedRunner(pipeline, repository, view);
    if (runner === undefined) continue;
    const because = `github/runner:github:${repository.facts.organization}`;
    if (!seen.has(runner.id)) anyRun(repository, runner, because, sink);
    if (!seen.has(runner.id)) reportRunner(repository, runner, sink);
    seen.add(runner.id);
    hold(view, runner, because, sink);
  }
}

function reportRunner(repository: RepositoryView, runner: RunnerFacts, sink: RuleSink): void {
  if (repository.facts.gaps("github/runner").length > 0) return;
  const what = `the ${runner.label} of ${repository.facts.organization}`;
  report({ topic: "github/runner", subject: runner.id, what, why: "not collected", clauses: ["A1"], source: runner.source }, sink);
}

const sharedGrant = (runner: RunnerFacts, repository: RepositoryView): Grant =>
  grant(
    runner.id,
    { usedBy: repository.facts.name },
    {
      label: `${runner.label}, which runs of ${repository.facts.name} use`,
      change: `give each environment runners of its own, in a group for one workflow, or make ${runner.label} ephemeral`,
      source: runner.source,
    },
  );

/** What a branch brings chooses its own `runs-on`, unless the runner's group names the workflows that may use it. */
function anyRun(repository: RepositoryView, runner: RunnerFacts, because: string | undefined, sink: RuleSink): void {
  if (runner.group?.workflows !== undefined && runner.group.workflows.length > 0) return;
  const { name, observed, settings } = repository.facts;
  const common = {
    family: "github/runner",
    gives: fact("control", runner.id),
    grants: [sharedGrant(runner, repository)],
    source: runner.source,
  };
  const needs = [fact("control", unreviewedRunId(name))];
  sink.rule(ruleOf({ ...common, needs, because, how: `a job on any branch of ${name} can ask for ${runner.label}` }));
  const fork = [fact("control", forkRunId(name))];
  if (observed?.visibility === "public" || settings?.privateForks?.run)
    sink.rule(ruleOf({ ...common, needs: fork, because, how: `a job of a fork's pull request to ${name} can ask for ${runner.label}` }));
}

function hold(view: JobView, runner: RunnerFacts, because: string | undefined, sink: RuleSink): void {
  const { job } = view;
  const rule = (needs: Fact, gives: Fact, how: string): void =>
    sink.rule(
      ruleOf({
        family: "github/runner",
        needs: [needs],
        gives,
        because,
        how,
        grants: [
          grant(
            job.id,
            { runner: runner.id },
            {
              label: `${job.label} of ${job.repository.name} on ${runner.label}`,
              change: `run ${job.label} elsewhere than on ${runner.label}: on a runner that nothing else uses, or an ephemeral one`,
              source: job.job.source,
            },
          ),
        ],
        source: job.job.source,
      }),
    );
  rule(
    fact("control", runner.id),
    fact("control", job.id),
    `job ${job.label} runs on ${runner.label}, where earlier jobs leave what they like`,
  );
  rule(fact("control", job.id), fact("control", runner.id), `job ${job.label} runs on ${runner.label} and can stay there`);
}
