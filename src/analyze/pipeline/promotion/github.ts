// GitHub's jobs as promotion sees them: the reader that feeds the tasks of the pipeline model.
import type { GithubStep } from "../../../model/observations/github.ts";
import { inside } from "../../../model/source.ts";
import { valuesOf } from "../expressions.ts";
import type { Pipeline } from "../facts.ts";
import { usesCache, wholeSteps } from "../inputs.ts";
import type { PipelineJob } from "../jobs.ts";
import type { Action, Task, Wait } from "../model/task.ts";
import type { JobView, RepositoryView } from "../view.ts";

const actionOf = (step: GithubStep): Action => ({
  // What stands in `env` is read by the script: a commit or an image named there is named by the step.
  text: [step.run ?? "", ...Object.values(step.env)].join("\n").trim(),
  ...(step.uses !== undefined && { uses: step.uses }),
  with: step.with,
  ...(step.condition !== undefined && { condition: step.condition }),
  source: step.source,
});

/** "always()", "failure()" and "!cancelled()" run a job whatever became of what it needs (GitHub Docs, "Workflow syntax", needs). */
const forcedBy = (job: PipelineJob): string | undefined => {
  const forced = /always\(\)|failure\(\)|cancelled\(\)/.exec(job.job.condition ?? "")?.[0];
  return forced === undefined ? undefined : `its condition has ${forced}`;
};

/** Jobs below a called one carry its id and a slash: waiting for the caller is waiting for them. */
function neededBy(repository: RepositoryView, job: PipelineJob): readonly Wait[] {
  if (job.needs.length === 0) return [];
  const despite = forcedBy(job);
  return job.needs.flatMap((id) => {
    const below = `${id}/`;
    // Ids of one repository begin alike for long, so the shorter ones are passed over by their length.
    return repository.jobs
      .filter(({ job: one }) => one.id.length >= id.length && (one.id === id || one.id.startsWith(below)))
      .map(({ job: one }): Wait => ({ on: one.id, despite: despite ?? failsQuietly(one) }));
  });
}

/** "continue-on-error: prevents a workflow run from failing when a job fails", so what needs the job goes on. */
const failsQuietly = ({ job }: PipelineJob): string | undefined =>
  job.continueOnError ? `${job.id} may fail (continue-on-error)` : undefined;

/**
 * "workflow_run … occurs when a workflow run is requested or completed", whether it failed or not: only a condition on its conclusion makes it a wait
 * for success.
 */
function startedBy(repository: RepositoryView, job: PipelineJob): readonly Wait[] {
  const [trigger] = job.triggers;
  if (trigger?.event !== "workflow_run" || job.triggers.length !== 1) return [];
  const isForSuccess = [job, ...above(repository, job)].some(({ job: one }) =>
    /workflow_run\.conclusion\s*==\s*'success'/.test(one.condition ?? ""),
  );
  const despite = forcedBy(job) ?? (isForSuccess ? undefined : "it starts when that run is completed, whether it failed or not");
  return repository.jobs
    .filter((view) => trigger.workflows?.includes(view.job.workflow.name ?? view.job.workflow.path) === true)
    .map((view): Wait => ({ on: view.job.id, despite }));
}

/** The jobs that call it, and those it needs in its own workflow: a condition on any of them holds it back too. */
function above(repository: RepositoryView, job: PipelineJob): readonly PipelineJob[] {
  const found = new Set<PipelineJob>();
  const queue: PipelineJob[] = [job];
  for (const at of queue)
    for (const view of repository.jobs) {
      const isAbove = at.id.startsWith(`${view.job.id}/`) || at.needs.includes(view.job.id);
      if (!isAbove || found.has(view.job)) continue;
      found.add(view.job);
      queue.push(view.job);
    }
  return [...found];
}

/**
 * In a run that workflow_run starts, "GITHUB_SHA: Last commit on default branch" (GitHub Docs, "Events that trigger workflows"), which is what
 * actions/checkout takes unless `ref` names another: by then the branch may hold commits that the run before it never saw.
 */
function newestCommit({ triggers }: PipelineJob, steps: readonly GithubStep[]): string | undefined {
  if (triggers.length !== 1 || triggers[0]?.event !== "workflow_run") return undefined;
  const checkouts = steps.filter((step) => step.uses?.startsWith("actions/checkout@") === true && step.with["repository"] === undefined);
  return checkouts.length > 0 && checkouts.every((step) => step.with["ref"] === undefined)
    ? "checks out the newest commit of the default branch, which can be a later one than the run that started it had (no ref: workflow_run.head_sha)"
    : undefined;
}

type StepsOf = (job: PipelineJob) => readonly GithubStep[];

const uploads = (steps: readonly GithubStep[]): readonly string[] =>
  steps.flatMap((step) => (step.uses?.startsWith("actions/upload-artifact") ? [step.with["name"] ?? "artifact"] : []));

interface Wanted {
  readonly name: string;
  /** "run-id": of another run; without it, of this one (actions/download-artifact, inputs). */
  readonly isOfAnotherRun: boolean;
}

const downloads = (steps: readonly GithubStep[]): readonly Wanted[] =>
  steps.flatMap((step) =>
    step.uses?.startsWith("actions/download-artifact")
      ? [{ name: step.with["name"] ?? "*", isOfAnotherRun: step.with["run-id"] !== undefined }]
      : [],
  );

const isCalled = (name: string, wanted: string): boolean =>
  wanted === "*" || wanted === name || wanted.includes("${{") || name.includes("${{");

/** Jobs of the same run, or of the run that started this one, that hand on what it takes by name. */
function artifactsOf(repository: RepositoryView, job: PipelineJob, waits: readonly Wait[], stepsOf: StepsOf): Task["takesArtifactsOf"] {
  const wanted = downloads(stepsOf(job));
  if (wanted.length === 0) return [];
  const from = repository.jobs.filter(({ job: one }) => {
    const isNear = one.workflow === job.workflow;
    if (!isNear && !waits.some((wait) => wait.on === one.id)) return false;
    return uploads(stepsOf(one)).some((name) => wanted.some((each) => each.isOfAnotherRun !== isNear && isCalled(name, each.name)));
  });
  return from.map((view) => view.job.id);
}

const HOSTED = /^(?:ubuntu|windows|macos)-/i;

export function githubTask(pipeline: Pipeline, repository: RepositoryView, view: JobView): Task {
  const { job } = view;
  const stepsOf: StepsOf = (one) => wholeSteps(pipeline, one.file.repository, one.job.steps);
  const steps = stepsOf(job);
  const waits = [...neededBy(repository, job), ...startedBy(repository, job)];
  const labels = job.job.runsOn.flatMap((label) => valuesOf(label, job.job, job.inputs).values);
  const newest = newestCommit(job, steps);
  const called = job.unread && `the workflow ${job.unread.repository}/${job.unread.path}`;
  return {
    id: job.id,
    label: job.label,
    name: job.job.name ?? job.job.id,
    system: "github",
    project: repository.facts.name,
    definition: job.workflow.path,
    events: job.triggers.map((trigger) => trigger.event),
    environments: view.environments.map((one) => one.id),
    environmentsComplete: view.environmentsComplete && job.unread === undefined,
    ...(job.environments && { environmentSource: inside(job.job.source, "environment") }),
    waits,
    actions: steps.map(actionOf),
    ...(job.job.condition !== undefined && { condition: job.job.condition }),
    isManual: false,
    mayFail: job.job.continueOnError === true,
    ...(newest !== undefined && { newestCommit: newest }),
    artifactsOut: uploads(steps),
    takesArtifactsOf: artifactsOf(repository, job, waits, stepsOf),
    ...(job.job.container !== undefined && { image: job.job.container }),
    usesCache: usesCache(job),
    isOnOwnMachine: labels.length > 0 && !labels.every((label) => HOSTED.test(label)),
    ...(called !== undefined && { unread: called }),
    isCalledOnly: job.triggers.every((trigger) => trigger.event === "workflow_call"),
    source: job.job.source,
  };
}
