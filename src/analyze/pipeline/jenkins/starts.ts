// What starts a job: pushes, times, other jobs, people.
import type { JenkinsPipeline } from "../../../model/observations/jenkins.ts";
import type { Wait } from "../model/task.ts";
import type { JobFacts } from "./facts.ts";
import type { Started } from "./tasks.ts";
import { taskIds } from "./tasks.ts";

/** "relative paths … `../sibling/job`; absolute with a leading slash" (Pipeline: Build Step, job). */
export function resolveJob(from: string, written: string): string {
  const folder = from.split("/").slice(0, -1);
  const parts = written.startsWith("/") ? [] : [...folder];
  for (const part of written.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}

interface Caller {
  readonly wait: Wait;
}

const isBranch = (name: string, target: string): boolean => name === target || name.startsWith(`${target}/`);

/** Stages of other jobs that start this one. A multibranch job is started by the name of one of its branches. */
function callersOf(jobs: readonly JobFacts[], facts: JobFacts): readonly Caller[] {
  return jobs.flatMap((other) => {
    const { pipeline } = other;
    if (pipeline === undefined || other === facts || other.controller !== facts.controller) return [];
    const ids = taskIds(other, pipeline);
    const called = pipeline.stages.flatMap((stage, index) =>
      stage.builds.some((one) => one.job !== undefined && isBranch(resolveJob(other.name, one.job), facts.name))
        ? [{ wait: { on: ids[index] as string } }]
        : [],
    );
    return called;
  });
}

/** Jobs whose end starts this one: all their stages are over by then. */
function upstreamOf(jobs: readonly JobFacts[], facts: JobFacts, names: readonly string[]): readonly Caller[] {
  return names.flatMap((name) => {
    const other = jobs.find((one) => one.controller === facts.controller && one.name === resolveJob(facts.name, name));
    return other?.pipeline === undefined ? [] : taskIds(other, other.pipeline).map((on) => ({ wait: { on } }));
  });
}

/**
 * A job that only other jobs start comes after their stages; but whoever has Job/Build starts it by itself, in any order. Where only administrators
 * have that, the order of the files is the order.
 */
export function startOf(jobs: readonly JobFacts[], facts: JobFacts): Started {
  const { job, pipeline } = facts;
  const triggers = new Set([...(job?.triggers ?? []), ...(pipeline?.triggers ?? [])]);
  const names = [...(job?.upstream ?? []), ...(pipeline?.upstream ?? [])];
  if (job === undefined || job.type === "multibranch" || job.type === "organization") return { events: ["push"], waits: [] };
  const own = [...triggers].filter((trigger) => trigger !== "upstream");
  if (own.length > 0)
    return { events: own.map((trigger) => (trigger === "cron" || trigger === "parameterizedCron" ? "schedule" : "push")), waits: [] };
  const callers = [...callersOf(jobs, facts), ...upstreamOf(jobs, facts, names)];
  if (callers.length === 0 || !onlyAdministratorsBuild(facts) || job.remoteTrigger) return { events: ["manual"], waits: [] };
  const unsure = startedByBuilds(facts);
  return { events: ["upstream"], waits: callers.map((one) => ({ ...one.wait, unsure })) };
}

/**
 * "Builds run as SYSTEM, with all permissions" unless the plugin authorize-project says otherwise (Handbook, "Build Authorization"): any build of the
 * controller may then start the job by `build job:`, whoever wrote its script.
 */
function startedByBuilds({ controller, name }: JobFacts): string | undefined {
  const runsAs = controller.observed.buildsRunAs;
  if (runsAs === "trigger" || runsAs === "anonymous") return undefined;
  if (runsAs === undefined) return `as whom builds of ${controller.name} run was not collected, and as SYSTEM any of them starts ${name}`;
  return runsAs === "system"
    ? `builds of ${controller.name} run as SYSTEM, and any of them may start ${name}`
    : `as the user of builds of ${controller.name}, any of them may start ${name}`;
}

function onlyAdministratorsBuild({ controller, name }: JobFacts): boolean {
  if (controller.access.unknown !== undefined) return false;
  const administrators = new Set(controller.access.holders("Overall/Administer", name).map((actor) => actor.id));
  return controller.access.holders("Job/Build", name).every((actor) => administrators.has(actor.id));
}

/** Stages of other jobs whose archived artifacts a stage copies. */
export function copiedFrom(jobs: readonly JobFacts[], facts: JobFacts, projects: readonly string[]): readonly string[] {
  return projects.flatMap((written) => {
    const other = jobs.find((one) => one.controller === facts.controller && isBranch(resolveJob(facts.name, written), one.name));
    const pipeline: JenkinsPipeline | undefined = other?.pipeline;
    if (other === undefined || pipeline === undefined) return [];
    const ids = taskIds(other, pipeline);
    return pipeline.stages.flatMap((stage, index) => (stage.artifacts.length > 0 ? [ids[index] as string] : []));
  });
}
