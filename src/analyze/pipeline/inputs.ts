// What a job runs besides its own repository's content: actions, reusable workflows and images by a name that can be moved, and caches.
import type { GithubAction, GithubStep } from "../../model/observations/github.ts";
import type { Source } from "../../model/source.ts";
import type { Pipeline } from "./facts.ts";
import { actionId, imageId } from "./ids.ts";
import type { PipelineJob } from "./jobs.ts";

export interface Input {
  readonly kind: "action" | "workflow" | "image";
  /** Entity id. */
  readonly id: string;
  /** As the file writes it. */
  readonly written: string;
  readonly repository?: string;
  readonly ref?: string;
  readonly source: Source;
}

/** "Pinning an action to a full-length commit SHA is currently the only way to use an action as an immutable release" (Docs, "Secure use reference"). */
const isCommit = (ref: string): boolean => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(ref);

const DEEPEST = 10;

function imageInput(reference: string, source: Source): Input | undefined {
  const image = reference.replace(/^docker:\/\//, "");
  if (image === "" || image.includes("@sha256:")) return undefined;
  const tagged = /:[^/]+$/.test(image) ? image : `${image}:latest`;
  return { kind: "image", id: imageId(tagged), written: reference, source };
}

function actionInput(uses: string, source: Source): Input | undefined {
  const match = /^([^/\s@]+\/[^/\s@]+)((?:\/[^@\s]*)?)@(\S+)$/.exec(uses);
  if (match === null) return undefined;
  const [, repository, , ref] = match as unknown as [string, string, string, string];
  return isCommit(ref) ? undefined : { kind: "action", id: actionId(repository, ref), written: uses, repository, ref, source };
}

export function actionAt(pipeline: Pipeline, repository: string, folder: string): GithubAction | undefined {
  const path = folder.replace(/^\.?\/+|\/+$/g, "");
  return pipeline.input
    .observations("github/action")
    .find((action) => action.repository === repository && action.path.replace(/\/?action\.ya?ml$/, "") === path);
}

/** Steps with those of the actions that they use in place, where those were collected: composite actions of the repository, and of others. */
export function wholeSteps(pipeline: Pipeline, repository: string, steps: readonly GithubStep[], depth = 0): readonly GithubStep[] {
  return steps.flatMap((step) => {
    const { uses } = step;
    const match = uses === undefined ? null : /^([^/\s@]+\/[^/\s@]+)((?:\/[^@\s]*)?)@/.exec(uses);
    const action =
      uses === undefined || depth > DEEPEST
        ? undefined
        : uses.startsWith("./")
          ? actionAt(pipeline, repository, uses)
          : match && actionAt(pipeline, match[1] as string, match[2] ?? "");
    return action ? [step, ...wholeSteps(pipeline, action.repository, action.steps, depth + 1)] : [step];
  });
}

/** An action's own steps are part of every job that uses it: the repository's own actions, and those of repositories that were collected. */
function stepsInputs(pipeline: Pipeline, repository: string, steps: readonly GithubStep[], depth: number): Input[] {
  if (depth > DEEPEST) return [];
  return steps.flatMap((step): Input[] => {
    const { uses, source } = step;
    if (uses === undefined) return [];
    if (uses.startsWith("docker://")) return [imageInput(uses, source)].filter((input) => input !== undefined);
    const own = uses.startsWith("./");
    const match = /^([^/\s@]+\/[^/\s@]+)((?:\/[^@\s]*)?)@/.exec(uses);
    const action = own ? actionAt(pipeline, repository, uses) : match && actionAt(pipeline, match[1] as string, match[2] ?? "");
    const input = own ? undefined : actionInput(uses, source);
    return [...(input ? [input] : []), ...(action ? actionInputs(pipeline, action, depth + 1) : [])];
  });
}

function actionInputs(pipeline: Pipeline, action: GithubAction, depth: number): Input[] {
  const image = action.image?.startsWith("docker://") ? imageInput(action.image, action.source) : undefined;
  return [...(image ? [image] : []), ...stepsInputs(pipeline, action.repository, action.steps, depth)];
}

function ownInputs(pipeline: Pipeline, job: PipelineJob): readonly Input[] {
  const { source, container, services, steps } = job.job;
  const images = [container, ...services].flatMap((image) =>
    image === undefined || image.includes("${{") ? [] : [imageInput(image, source)],
  );
  const calls = [...job.calls, ...(job.unread ? [job.unread] : [])].filter((call) => !call.isLocal && !isCommit(call.ref));
  return [
    ...images.filter((input) => input !== undefined),
    ...calls.map((call): Input => ({
      kind: "workflow",
      id: actionId(call.repository, call.ref),
      written: `${call.repository}/${call.path}@${call.ref}`,
      repository: call.repository,
      ref: call.ref,
      source,
    })),
    ...stepsInputs(pipeline, job.repository.name, steps, 0),
  ];
}

const uses = (job: PipelineJob, action: string): boolean => job.job.steps.some((step) => step.uses?.startsWith(`${action}@`) === true);

/** Jobs whose artifacts this job takes and that it waits for: what runs in them decides what this job deploys, and no reviewer sees it. */
function producers(job: PipelineJob, all: ReadonlyMap<string, PipelineJob>): readonly PipelineJob[] {
  if (!uses(job, "actions/download-artifact")) return [];
  const found = new Map<string, PipelineJob>();
  const queue = [...job.needs];
  for (const id of queue) {
    const needed = all.get(id);
    if (needed === undefined || found.has(id)) continue;
    found.set(id, needed);
    queue.push(...needed.needs);
  }
  return [...found.values()].filter((needed) => uses(needed, "actions/upload-artifact"));
}

export interface JobInput extends Input {
  /** The job that uses it, when its artifact carries it on. */
  readonly by?: string;
}

/** Every input of the job that someone outside its repository's review can change, one an entity. */
export function inputsOf(pipeline: Pipeline, job: PipelineJob, all: ReadonlyMap<string, PipelineJob>): readonly JobInput[] {
  const pinned = job.repository.settings?.requirePinnedActions === true;
  const inputs = new Map<string, JobInput>();
  for (const input of ownInputs(pipeline, job)) if (!inputs.has(input.id)) inputs.set(input.id, input);
  for (const producer of producers(job, all))
    for (const input of ownInputs(pipeline, producer)) if (!inputs.has(input.id)) inputs.set(input.id, { ...input, by: producer.label });
  // With the policy on, GitHub refuses a run that uses an action by tag or branch (Docs, "Managing GitHub Actions settings for a repository").
  return [...inputs.values()].filter((input) => !(pinned && input.kind === "action"));
}

/** Whether the job restores a cache of the repository's. */
export const usesCache = (job: PipelineJob): boolean =>
  job.job.steps.some(
    (step) =>
      step.uses !== undefined &&
      !step.uses.startsWith("actions/cache/save@") &&
      (/^actions\/cache(?:\/restore)?@/.test(step.uses) ||
        (step.with["cache"] !== undefined && step.with["cache"] !== "false") ||
        step.with["bundler-cache"] === "true" ||
        /^swatinem\/rust-cache@/i.test(step.uses)),
  );
