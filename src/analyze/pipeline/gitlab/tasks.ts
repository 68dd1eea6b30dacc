// A GitLab job as promotion sees it: what it waits for by needs or stages, what it does, and what it hands on.
import type { GitlabJob, GitlabPipeline } from "../../../model/observations/gitlab.ts";
import type { Environment } from "../model/model.ts";
import type { Task, Wait } from "../model/task.ts";
import { environmentNames } from "./environments.ts";
import type { ProjectFacts } from "./facts.ts";
import { jobId } from "./ids.ts";
import type { Outcome } from "./runs.ts";

const idOf = (pipeline: GitlabPipeline, job: GitlabJob): string => jobId(pipeline.project, pipeline.path, job.parents, job.name);

const isSibling = (a: GitlabJob, b: GitlabJob): boolean =>
  a.parents.length === b.parents.length && a.parents.every((name, i) => name === b.parents[i]);

/**
 * With `needs`, a job starts when those are done; without, when all of the stages before are (Docs, "needs"; "stages"). A job that may fail, or that
 * waits for a click and may fail, is not waited for: "allow_failure: true … the pipeline continues". Below a trigger job that waits for its child
 * pipeline, waiting for the trigger is waiting for the child's jobs.
 */
function waitsOf(pipeline: GitlabPipeline, job: GitlabJob): readonly Wait[] {
  const siblings = pipeline.jobs.filter((one) => isSibling(one, job));
  const stage = pipeline.stages.indexOf(job.stage);
  const before =
    job.needs === undefined
      ? siblings.filter((one) => pipeline.stages.indexOf(one.stage) < stage)
      : siblings.filter((one) => job.needs?.some((need) => need.job === one.name && need.project === undefined));
  const parent = pipeline.jobs.find((one) => one.name === job.parents.at(-1) && one.parents.length === job.parents.length - 1);
  const needed = before.flatMap((one): readonly Wait[] => {
    const despite = despiteOf(job, one);
    const children = one.trigger === undefined ? [] : pipeline.jobs.filter((child) => isBelow(child, one));
    const unwaited = one.trigger?.waits === false ? `${one.name} starts another pipeline and does not wait for it` : undefined;
    return [
      { on: idOf(pipeline, one), despite },
      ...children.map((child) => ({ on: idOf(pipeline, child), despite: despite ?? unwaited })),
    ];
  });
  return [...needed, ...(parent ? waitsOf(pipeline, parent) : [])];
}

const isBelow = (child: GitlabJob, trigger: GitlabJob): boolean =>
  [...trigger.parents, trigger.name].every((name, i) => child.parents[i] === name);

function despiteOf(job: GitlabJob, before: GitlabJob): string | undefined {
  if (job.when === "always" || job.when === "on_failure") return `when: ${job.when}`;
  const manualRule = before.rules?.some((rule) => rule.when === "manual" && rule.allowFailure === true);
  if (before.allowFailure === true || manualRule) return `${before.name} may fail (allow_failure)`;
  if (before.when === "manual" && before.allowFailure === undefined && before.rules === undefined)
    return `${before.name} waits for a click, and nothing waits for it (allow_failure)`;
  return undefined;
}

/**
 * "dependencies" or "needs" name whose artifacts a job takes; with neither it takes those of every job of the stages before (Docs, "dependencies";
 * "needs:artifacts"). Jobs that hand nothing on are left out.
 */
function takenFrom(pipeline: GitlabPipeline, job: GitlabJob): readonly string[] {
  const named = job.dependencies ?? job.needs?.filter((need) => need.artifacts && need.project === undefined).map((need) => need.job);
  const stage = pipeline.stages.indexOf(job.stage);
  return pipeline.jobs
    .filter((one) => isSibling(one, job) && one.artifacts.length > 0)
    .filter((one) => (named === undefined ? pipeline.stages.indexOf(one.stage) < stage : named.includes(one.name)))
    .map((one) => idOf(pipeline, one));
}

export function taskOf(
  facts: ProjectFacts,
  pipeline: GitlabPipeline,
  job: GitlabJob,
  environments: readonly Environment[],
  outcomes: readonly Outcome[],
): Task {
  const names = environmentNames(job);
  const isManual = outcomes.length > 0 && outcomes.every((outcome) => outcome.isManual);
  const elsewhere = job.trigger?.project;
  const unread = elsewhere === undefined ? job.trigger?.unread.join(", ") : `the pipeline of ${elsewhere}`;
  return {
    id: idOf(pipeline, job),
    label: [pipeline.path.slice(pipeline.path.lastIndexOf("/") + 1), ...job.parents, job.name].join(" / "),
    name: job.name,
    system: "gitlab",
    project: facts.name,
    definition: pipeline.path,
    events: isManual ? ["manual"] : ["push"],
    // An environment that is only stopped, or only looked at, is not deployed to.
    environments: isDeploying(job) ? environments.filter((one) => names?.values.includes(one.name)).map((one) => one.id) : [],
    environmentsComplete: !isDeploying(job) || (names?.complete ?? true),
    ...(job.environment && isDeploying(job) && { environmentSource: job.environment.source }),
    waits: waitsOf(pipeline, job),
    actions: job.script.map((text) => ({ text, with: {}, source: job.source })),
    isManual,
    mayFail: job.allowFailure === true || outcomes.some((outcome) => outcome.mayFail && !outcome.isManual),
    artifactsOut: job.artifacts,
    takesArtifactsOf: takenFrom(pipeline, job),
    ...(job.image !== undefined && { image: job.image }),
    usesCache: job.cache,
    isOnOwnMachine: job.tags.length > 0,
    ...(unread !== undefined && unread !== "" && { unread }),
    isCalledOnly: false,
    source: job.source,
  };
}

/** "start" and no action are deployments; "prepare", "stop", "verify" and "access" are not (Docs, "environment:action"). */
const isDeploying = (job: GitlabJob): boolean => job.environment !== undefined && job.environment.action === "start";
