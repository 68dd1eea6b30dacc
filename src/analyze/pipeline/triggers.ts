// Which runs start a job, by the events of its workflow: on the reviewed content of a branch, or on what anyone pushed.
import type { GithubTrigger } from "../../model/observations/github.ts";
import { type RepositoryFacts, runsWorkflows } from "./facts.ts";
import type { PipelineJob } from "./jobs.ts";
import { branchRunId, unreviewedRunId } from "./ids.ts";
import { covered, isPattern, nameMatches, patternsMeet } from "./patterns.ts";
import { type BranchContext, leavesUnreviewed, type Protection } from "./protection.ts";

export interface Run {
  readonly id: string;
  /** Absent for the run of unreviewed content. */
  readonly branch?: string;
  readonly isPattern?: boolean;
}

/** Events whose run takes the content that a pull request or a push brings, on a branch of the pusher's choice. */
const CONTENT_OF_THE_CHANGE: ReadonlySet<string> = new Set([
  "pull_request",
  "pull_request_review",
  "pull_request_review_comment",
  "merge_group",
  "create",
  "push",
  "workflow_dispatch",
]);

/**
 * Filters of `on.push.branches` are not the patterns of branch rules: `**` alone crosses `/` there (GitHub Docs, "Workflow syntax", Filter pattern
 * cheat sheet).
 */
const filterPattern = (filter: string): string =>
  filter === "**" ? "~ALL" : filter.replaceAll(/\*\*(?!\/)/g, "**/*").replaceAll(/([^/])\*\*\//g, "$1*/**/");

interface Filters {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

function filtersOf(trigger: GithubTrigger): Filters | undefined {
  const given = trigger.branches ?? [];
  const negated = given.filter((filter) => filter.startsWith("!")).map((filter) => filterPattern(filter.slice(1)));
  const ignored = (trigger.branchesIgnore ?? []).map(filterPattern);
  const tagsOnly = (trigger.tags ?? trigger.tagsIgnore) !== undefined && trigger.branches === undefined && ignored.length === 0;
  if (tagsOnly) return undefined;
  const include = trigger.branches === undefined ? ["~ALL"] : given.filter((filter) => !filter.startsWith("!")).map(filterPattern);
  return { include, exclude: [...negated, ...ignored] };
}

const admits = (filters: Filters, context: BranchContext): boolean =>
  context.isPattern
    ? filters.include.some((filter) => patternsMeet(filter, context.name))
    : filters.include.some((filter) => nameMatches(filter, context.name)) &&
      !filters.exclude.some((filter) => nameMatches(filter, context.name));

const admitsUnreviewed = (filters: Filters, protection: Protection): boolean =>
  filters.include.some((filter) =>
    isPattern(filter)
      ? leavesUnreviewed(protection, filter) &&
        !covered(filter, [...filters.exclude, ...protection.contexts.map((context) => context.name)])
      : !protection.contexts.some((context) => nameMatches(context.name, filter)),
  );

function runsOfTrigger(repository: RepositoryFacts, protection: Protection, trigger: GithubTrigger): Run[] {
  const unreviewed: Run = { id: unreviewedRunId(repository.name) };
  const of = (context: BranchContext): Run => ({ id: context.run, branch: context.name, isPattern: context.isPattern });
  if (trigger.event === "push") {
    const filters = filtersOf(trigger);
    if (filters === undefined) return [unreviewed];
    const runs = protection.contexts.filter((context) => admits(filters, context)).map(of);
    return admitsUnreviewed(filters, protection) ? [...runs, unreviewed] : runs;
  }
  if (trigger.event === "workflow_dispatch") return [...protection.contexts.map(of), unreviewed];
  if (CONTENT_OF_THE_CHANGE.has(trigger.event)) return [unreviewed];
  // "This event will only trigger a workflow run if the workflow file exists on the default branch": schedule, workflow_run, pull_request_target, …
  const branch = repository.defaultBranch;
  return branch === undefined ? [] : [{ id: branchRunId(repository.name, branch), branch, isPattern: false }];
}

export function runsOf(job: PipelineJob, protection: Protection): readonly Run[] {
  const { repository } = job;
  if (!runsWorkflows(repository)) return [];
  const runs = new Map<string, Run>();
  for (const trigger of job.triggers) for (const run of runsOfTrigger(repository, protection, trigger)) runs.set(run.id, run);
  return [...runs.values()];
}
