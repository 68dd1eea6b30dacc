// A stage of Jenkins as promotion sees it: what it waits for, what it does, and what it hands on.
import type { JenkinsPipeline, JenkinsStage, JenkinsStep } from "../../../model/observations/jenkins.ts";
import { buildOf, deployOf } from "../promotion/actions.ts";
import type { Action, Task, Wait } from "../model/task.ts";
import { evaluate, follows, wordsOf } from "./conditions.ts";
import type { Run } from "./contexts.ts";
import type { JobFacts } from "./facts.ts";
import { stageId } from "./ids.ts";
import { inputsBefore, isClick } from "./inputs.ts";

/** Stages of one name are told apart by their place. */
export function taskIds(facts: JobFacts, pipeline: JenkinsPipeline): readonly string[] {
  const seen = new Map<string, number>();
  return pipeline.stages.map((stage) => {
    const path = [...stage.parents, stage.name];
    const times = (seen.get(path.join("/")) ?? 0) + 1;
    seen.set(path.join("/"), times);
    return stageId(facts.id, pipeline.path, times === 1 ? path : [...path.slice(0, -1), `${stage.name} (${times})`]);
  });
}

/** Steps that run when all went well; those of `post` for failures hand on and deploy nothing that promotion asks about. */
const counts = (step: JenkinsStep): boolean =>
  step.post === undefined || /^(?:always|success|fixed|changed|cleanup|unsuccessful)$/.test(step.post);

export const actionsOf = (stage: JenkinsStage): readonly Action[] =>
  stage.steps.filter(counts).map((step) => ({
    text: step.text,
    ...(step.uses !== undefined && { uses: step.uses }),
    with: step.with,
    ...(step.swallowed !== undefined && { swallowed: step.swallowed }),
    source: step.source,
  }));

/** The index of the first step that deploys, or that nobody knows: an input after it holds nothing back. */
export function deploysAt(stage: JenkinsStage): number {
  const known = stage.steps.findIndex((step) => counts(step) && deployOf(asTask([step])) !== undefined);
  return known >= 0 ? known : stage.steps.length;
}

const asTask = (steps: readonly JenkinsStep[]): Task =>
  ({
    actions: steps.map((step) => ({
      text: step.text,
      ...(step.uses !== undefined && { uses: step.uses }),
      with: step.with,
      source: step.source,
    })),
  }) as unknown as Task;

/** Whether the stage deploys as far as its steps show it. */
export const isDeploying = (stage: JenkinsStage): boolean => deployOf(asTask(stage.steps.filter(counts))) !== undefined;

/**
 * "when": a stage that is left out holds nothing back, and the next one runs (Handbook, when). Where both run on the same branches, or one's
 * condition follows from the other's, the wait holds.
 */
function waitOf(
  stages: readonly JenkinsStage[],
  ids: readonly string[],
  runs: readonly Run[],
  index: number,
  on: number,
  despite: string | undefined,
): Wait {
  const [own, before] = [stages[index] as JenkinsStage, stages[on] as JenkinsStage];
  const failing = despite ?? (before.mayFail === undefined ? undefined : `a failure of ${before.name} is caught (${before.mayFail})`);
  const wait = { on: ids[on] as string, despite: failing };
  const { condition } = before;
  if (failing !== undefined || condition === undefined || follows(condition, own.condition)) return wait;
  const heads = runs.flatMap((run) => run.heads).filter((head) => evaluate(own.condition, head) !== false);
  const truths = heads.map((head) => evaluate(condition, head));
  if (truths.length > 0 && truths.every((truth) => truth === true)) return wait;
  const words = `${before.name} runs only when ${wordsOf(condition)}`;
  return truths.length > 0 && truths.every((truth) => truth === false) ? { ...wait, despite: words } : { ...wait, unsure: words };
}

/** Stages on one agent share its workspace; `unstash` takes what any stage before stashed. */
function takenFrom(stages: readonly JenkinsStage[], ids: readonly string[], index: number): readonly string[] {
  const own = stages[index] as JenkinsStage;
  const before = new Set<number>();
  const queue = [index];
  for (const at of queue)
    for (const { stage } of stages[at]?.after ?? [])
      if (!before.has(stage)) {
        before.add(stage);
        queue.push(stage);
      }
  const agent = (stage: JenkinsStage): string => JSON.stringify(stage.labels);
  return [...before].flatMap((at) => {
    const stage = stages[at] as JenkinsStage;
    const hands =
      (own.unstashes && stage.artifacts.length > 0) || (agent(stage) === agent(own) && buildOf(asTask(stage.steps)) !== undefined);
    return hands ? [ids[at] as string] : [];
  });
}

export interface Started {
  readonly events: readonly string[];
  /** What the first stages wait for: the stage of another job that starts this one. */
  readonly waits: readonly Wait[];
}

export interface Placed {
  /** Entity ids of environments that the stage names. */
  readonly environments: readonly string[];
  readonly source?: JenkinsStage["source"];
}

export function taskOf(
  facts: JobFacts,
  pipeline: JenkinsPipeline,
  index: number,
  ids: readonly string[],
  runs: readonly Run[],
  started: Started,
  placed: Placed,
): Task {
  const stage = pipeline.stages[index] as JenkinsStage;
  const unknown = stage.steps.find((step) => step.isUnknown === true && counts(step));
  const build = stage.builds.find((one) => one.job === undefined || !one.waits);
  const unread = unknown?.uses ?? (build === undefined ? undefined : `the job ${build.job ?? "of a computed name"} that it starts`);
  const clicks = inputsBefore(pipeline.stages, index, deploysAt(stage)).filter(isClick);
  const late = stage.inputs.find((input) => input.at > deploysAt(stage));
  const [image] = stage.images;
  return {
    id: ids[index] as string,
    label: [facts.name.slice(facts.name.lastIndexOf("/") + 1), ...stage.parents, stage.name].join(" / "),
    name: stage.name,
    system: "jenkins",
    project: facts.id.slice("jenkins:".length),
    definition: pipeline.path,
    events: started.events,
    environments: placed.environments,
    environmentsComplete: true,
    ...(placed.source && { environmentSource: placed.source }),
    waits: [
      ...stage.after.map(({ stage: on, despite }) => waitOf(pipeline.stages, ids, runs, index, on, despite)),
      ...(stage.after.length === 0 ? started.waits : []),
    ],
    actions: actionsOf(stage),
    isManual: clicks.length > 0,
    ...(late && { asksAfter: late.source }),
    mayFail: stage.mayFail !== undefined,
    artifactsOut: stage.artifacts,
    takesArtifactsOf: takenFrom(pipeline.stages, ids, index),
    ...(image && { image: image.name }),
    usesCache: false,
    isOnOwnMachine: true,
    ...(unread !== undefined && { unread }),
    isCalledOnly: false,
    source: stage.source,
  };
}
