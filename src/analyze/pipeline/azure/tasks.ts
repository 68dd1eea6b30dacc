// A job of Azure Pipelines as promotion sees it: what it waits for, what it does, and what it hands on.
import type { AzureJob, AzurePipeline, AzureStage, AzureStep } from "../../../model/observations/azure.ts";
import type { Action, Task, Wait } from "../model/task.ts";
import { despite } from "./conditions.ts";
import { jobId } from "./ids.ts";

export interface Place {
  readonly stage: AzureStage;
  readonly job: AzureJob;
  readonly id: string;
}

/** Every job with its id. Jobs of one name (under conditions of a template) are told apart by their place. */
export function placesOf(project: string, pipeline: AzurePipeline): readonly Place[] {
  const seen = new Map<string, number>();
  return pipeline.stages.flatMap((stage) =>
    stage.jobs.map((job) => {
      const id = jobId(project, pipeline.repository, pipeline.path, stage.name, job.name);
      const times = (seen.get(id) ?? 0) + 1;
      seen.set(id, times);
      return { stage, job, id: times === 1 ? id : `${id} (${times})` };
    }),
  );
}

/**
 * "Stages and jobs run when all of those that they depend on succeeded, direct and indirect ones" (Conditions). A job that may fail succeeds with
 * issues, and what waits for it goes on ("continueOnError").
 */
function waitsOf(places: readonly Place[], { stage, job }: Place): readonly Wait[] {
  const wait = (before: Place, own: string | undefined): Wait => ({
    on: before.id,
    despite: own ?? (before.job.continueOnError ? `${before.job.name} may fail (continueOnError)` : undefined),
  });
  const ofStage = places.filter((one) => stage.dependsOn.includes(one.stage.name) && one.stage !== stage);
  const ofJob = places.filter((one) => one.stage === stage && job.dependsOn.includes(one.job.name));
  return [...ofStage.map((one) => wait(one, despite(stage.condition))), ...ofJob.map((one) => wait(one, despite(job.condition)))];
}

/** Jobs that it waits for, directly or not. */
export function before(places: readonly Place[], place: Place): readonly Place[] {
  const found: Place[] = [];
  const queue = [place];
  for (const at of queue)
    for (const wait of waitsOf(places, at)) {
      const next = places.find((one) => one.id === wait.on);
      if (next === undefined || found.includes(next)) continue;
      found.push(next);
      queue.push(next);
    }
  return found;
}

const actionOf = (step: AzureStep): Action => ({
  text: step.text,
  ...(step.uses !== undefined && { uses: step.uses }),
  with: step.with,
  ...(step.condition !== undefined && { condition: step.condition }),
  ...(step.continueOnError && { swallowed: "continueOnError" }),
  source: step.source,
});

const VARIABLE = /\$\((\w[\w.-]*)\)|\$\{\{\s*(?:variables\.)?((?:parameters\.)?[\w.-]+)\s*\}\}/g;
const MOST = 64;

/** Names with the values that variables, a matrix and choices of parameters have; what is not in the files stays open. */
export function environmentNames(job: AzureJob): { readonly values: readonly string[]; readonly complete: boolean } | undefined {
  if (job.environment === undefined) return undefined;
  let names: readonly string[] = [job.environment.name];
  for (const found of job.environment.name.matchAll(VARIABLE)) {
    const name = found[1] ?? found[2] ?? "";
    const choices = job.matrix && Object.hasOwn(job.matrix, name) ? job.matrix[name] : undefined;
    const own = Object.hasOwn(job.variables, name) ? job.variables[name] : undefined;
    const values = (choices ?? (own === undefined ? [] : [own])).filter((value) => !value.includes("$"));
    if (values.length > 0) names = names.flatMap((one) => values.map((value) => one.replaceAll(found[0], () => value))).slice(0, MOST);
  }
  const values = names.filter((name) => !name.includes("$"));
  return { values: [...new Set(values)], complete: values.length === names.length };
}

export interface Around {
  readonly project: string;
  readonly pipeline: AzurePipeline;
  readonly places: readonly Place[];
  readonly events: readonly string[];
  /** What the first jobs wait for: jobs of a pipeline whose end starts this one. */
  readonly started: readonly Wait[];
  /** Jobs of another pipeline that publish, by its alias here. */
  readonly published: (alias: string) => readonly string[];
  readonly environments: readonly { readonly id: string; readonly name: string }[];
}

export function taskOf(around: Around, place: Place): Task {
  const { pipeline, places } = around;
  const { stage, job } = place;
  const names = environmentNames(job);
  const waits = waitsOf(places, place);
  const earlier = before(places, place);
  const clicks = [...earlier, place].some((one) => one.job.asks.some((ask) => ask.approvers === undefined)) || stage.isManual;
  const unread = job.steps.find((step) => step.uses === "template");
  const [image] = job.images;
  return {
    id: place.id,
    label: [pipeline.path.slice(pipeline.path.lastIndexOf("/") + 1), stage.name, job.name].filter((part) => part !== "").join(" / "),
    name: stage.name === "" || stage.jobs.length > 1 ? job.name : stage.name,
    system: "azure",
    project: around.project,
    definition: `${pipeline.repository}/${pipeline.path}`,
    events: around.events,
    environments: around.environments.filter((one) => names?.values.includes(one.name)).map((one) => one.id),
    environmentsComplete: names?.complete ?? true,
    ...(job.environment && { environmentSource: job.environment.source }),
    waits: waits.length === 0 ? around.started : waits,
    actions: job.steps.filter((step) => step.condition !== "failed()").map(actionOf),
    ...(job.condition !== undefined && { condition: job.condition }),
    isManual: clicks,
    mayFail: job.continueOnError,
    artifactsOut: job.artifacts,
    takesArtifactsOf: job.downloads.flatMap((name) =>
      name === "current" ? earlier.filter((one) => one.job.artifacts.length > 0).map((one) => one.id) : around.published(name),
    ),
    ...(image && { image: image.name }),
    usesCache: job.steps.some((step) => step.uses?.startsWith("Cache@")),
    isOnOwnMachine: job.pool !== undefined && !job.pool.isHosted,
    ...(unread && { unread: `the template ${unread.with["template"] ?? ""}` }),
    isCalledOnly: false,
    source: job.source,
  };
}
