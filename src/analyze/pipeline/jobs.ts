// The jobs that workflow files describe, reusable workflows followed: where each runs, as what, and in which environments.
import type { GithubJob, GithubTrigger, GithubWorkflow } from "../../model/observations/github.ts";
import { type Inputs, calledInputs, dispatchInputs, type Values, valuesOf } from "./expressions.ts";
import type { Pipeline, RepositoryFacts } from "./facts.ts";
import { jobId } from "./ids.ts";

/** A reusable workflow on the way to a job. A local one comes with the caller's commit and adds nothing that was not reviewed with it. */
export interface Call {
  readonly repository: string;
  readonly path: string;
  readonly ref: string;
  readonly isLocal: boolean;
}

export interface PipelineJob {
  readonly id: string;
  /** `deploy.yml / caller / deploy`. */
  readonly label: string;
  readonly repository: RepositoryFacts;
  /** The workflow that a trigger starts. */
  readonly workflow: GithubWorkflow;
  /** The file that holds the job: a reusable workflow's, when it is called. */
  readonly file: GithubWorkflow;
  readonly job: GithubJob;
  readonly calls: readonly Call[];
  readonly triggers: readonly GithubTrigger[];
  /** Absent: the job names no environment. */
  readonly environments?: Values;
  readonly inputs: Inputs;
  /** A called workflow that was not collected: what its jobs do is not known. */
  readonly unread?: Call;
  /** What the caller lets its callee do; absent: nothing narrows it. */
  readonly ceiling: readonly (Readonly<Record<string, string>> | undefined)[];
  /** What each caller hands on, the outermost first. */
  readonly handed: readonly GithubJob["secrets"][];
  /** Ids, in this workflow, of the jobs it waits for. */
  readonly needs: readonly string[];
}

/** "You can connect up to ten levels of workflows" (GitHub Docs, "Reusing workflow configurations", Limitations). */
const DEEPEST = 10;

export function callOf(uses: string, from: GithubWorkflow): Call | undefined {
  if (uses.startsWith("./")) return { repository: from.repository, path: uses.slice(2), ref: "", isLocal: true };
  const match = /^([^/\s]+\/[^/\s]+)\/(.+)@([^@\s]+)$/.exec(uses);
  return match ? { repository: match[1] as string, path: match[2] as string, ref: match[3] as string, isLocal: false } : undefined;
}

interface Frame {
  readonly repository: RepositoryFacts;
  readonly workflow: GithubWorkflow;
  readonly calls: readonly Call[];
  readonly names: readonly string[];
  readonly ceiling: PipelineJob["ceiling"];
  readonly handed: PipelineJob["handed"];
  /** What the calling job waits for, so its callee does too. */
  readonly needs: readonly string[];
}

function single(frame: Frame, file: GithubWorkflow, job: GithubJob, inputs: Inputs, unread?: Call): PipelineJob {
  const names = [...frame.names, job.id];
  const environments = job.environment === undefined ? undefined : valuesOf(job.environment, job, inputs);
  return {
    id: jobId(frame.workflow.repository, frame.workflow.path, names.join("/")),
    label: [frame.workflow.path.slice(frame.workflow.path.lastIndexOf("/") + 1), ...names].join(" / "),
    repository: frame.repository,
    workflow: frame.workflow,
    file,
    job,
    calls: frame.calls,
    triggers: frame.workflow.triggers,
    ...(environments && { environments }),
    inputs,
    ...(unread && { unread }),
    ceiling: frame.ceiling,
    handed: frame.handed,
    needs: [...frame.needs, ...neededBy(frame, job)],
  };
}

const neededBy = (frame: Frame, job: GithubJob): readonly string[] =>
  job.needs.map((need) => jobId(frame.workflow.repository, frame.workflow.path, [...frame.names, need].join("/")));

function expand(pipeline: Pipeline, frame: Frame, file: GithubWorkflow, inputs: Inputs): PipelineJob[] {
  return file.jobs.flatMap((job) => {
    const call = job.uses === undefined ? undefined : callOf(job.uses, file);
    if (call === undefined) return [single(frame, file, job, inputs)];
    const called = pipeline.repository(call.repository)?.workflows.find((one) => one.path === call.path);
    const again = frame.calls.some((one) => one.repository === call.repository && one.path === call.path);
    if (called === undefined || again || frame.calls.length >= DEEPEST) return [single(frame, file, job, inputs, call)];
    // A local call inside another repository's reusable workflow comes with that workflow's commit.
    const outer = frame.calls.at(-1);
    const located = call.isLocal && outer !== undefined ? { ...call, ref: outer.ref, isLocal: outer.isLocal } : call;
    const trigger = called.triggers.find((one) => one.event === "workflow_call");
    const deeper: Frame = {
      ...frame,
      calls: [...frame.calls, located],
      names: [...frame.names, job.id],
      ceiling: [...frame.ceiling, job.permissions ?? file.permissions],
      handed: [...frame.handed, job.secrets],
      needs: [...frame.needs, ...neededBy(frame, job)],
    };
    return [single(frame, file, job, inputs), ...expand(pipeline, deeper, called, calledInputs(trigger, job.with, job, inputs))];
  });
}

export function jobsOf(pipeline: Pipeline, repository: RepositoryFacts): readonly PipelineJob[] {
  return repository.workflows.flatMap((workflow) =>
    expand(
      pipeline,
      { repository, workflow, calls: [], names: [], ceiling: [], handed: [], needs: [] },
      workflow,
      dispatchInputs(workflow.triggers),
    ),
  );
}

/** Whether the token of the job carries the permission to write: "none" and "read" of any caller narrow it (Docs, "Reusing workflow configurations"). */
export function mayWrite(job: PipelineJob, scope: string): boolean | undefined {
  const own = job.job.permissions ?? job.file.permissions;
  const layers = [own, ...job.ceiling.toReversed()].filter((layer) => layer !== undefined);
  if (layers.length > 0) return layers.every((layer) => granted(layer, scope));
  // "id-token" is never part of the default (Docs, "Secure deployments with OpenID Connect", Adding permissions settings).
  if (scope === "id-token") return false;
  const setting = job.repository.settings?.defaultTokenPermission;
  return setting === undefined ? undefined : setting === "write";
}

function granted(layer: Readonly<Record<string, string>>, scope: string): boolean {
  const all = layer["*"] ?? layer["write-all"] ?? layer["all"];
  return (layer[scope] ?? all) === "write";
}

const named = (text: string): string[] => [...text.matchAll(/secrets\.([A-Za-z_]\w*)/g)].map((match) => (match[1] as string).toUpperCase());

/** Names of secrets as the job's own file reads them; `*` for all of them. */
export function secretsRead(job: PipelineJob): ReadonlySet<string> {
  const { secrets, env, steps, secretsNamed } = job.job;
  const handed = secrets === "inherit" ? ["secrets.*"] : Object.values(secrets);
  const texts = [
    ...handed,
    ...Object.values(env),
    ...steps.flatMap((step) => [...Object.values(step.with), ...Object.values(step.env), step.run ?? ""]),
  ];
  const names = new Set((secretsNamed ?? []).map((name) => name.toUpperCase()));
  for (const text of texts) for (const name of named(text)) names.add(name);
  if (secrets === "inherit") names.add("*");
  return names;
}

/**
 * The same in the names of the repository that runs the job: a called workflow sees only what each caller hands on, under the name the caller gives
 * it (GitHub Docs, "Reuse workflows", Passing inputs and secrets).
 */
export function secretsReceived(job: PipelineJob): ReadonlySet<string> {
  let names = secretsRead(job);
  for (const handed of job.handed.toReversed()) {
    if (handed === "inherit") continue;
    const given = Object.entries(handed).filter(([name]) => names.has("*") || names.has(name.toUpperCase()));
    names = new Set(given.flatMap(([, text]) => named(text)));
  }
  return names;
}
