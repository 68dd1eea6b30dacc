// A resolved definition → its stages and jobs. Source: Azure Pipelines, "YAML schema reference"; "Deployment jobs"; "Stages"; "Jobs".
import { isObject, type Json, type JsonObject } from "../../../lib/json.ts";
import type { AzureJob, AzureStage, AzureStep } from "../../../model/observations/azure.ts";
import type { Source } from "../../../model/source.ts";
import { at, type Frame, type Node, type Sheet, textOf, textsOf } from "./sheet.ts";
import { artifactsOf, asksOf, connectionsOf, downloadsOf, stepOf } from "./steps.ts";
import { itemsOf, type Variables, variablesOf } from "./templates.ts";

export interface Given {
  readonly sheet: Sheet;
  readonly frame: Frame;
  readonly fingerprint: (secret: string) => string;
  /** Of what stands around: the pipeline's for a stage, the stage's for a job. */
  readonly variables: Variables;
  readonly pool: Json | undefined;
}

const merged = (outer: Variables, own: Variables): Variables => ({
  values: { ...outer.values, ...own.values },
  groups: [...new Set([...outer.groups, ...own.groups])],
});

/** "pool: NAME", "pool: {vmImage: …}", "pool: server": hosted unless a pool has another name. */
function poolOf(value: Json | undefined): AzureJob["pool"] | undefined {
  if (value === undefined || value === null) return undefined;
  const name = isObject(value) ? textOf(value["name"]) : textOf(value);
  const image = isObject(value) ? textOf(value["vmImage"]) : undefined;
  if (name === "server") return { name, isHosted: true };
  if (name === undefined || /^(?:Azure Pipelines|Hosted\b.*|Default Hosted.*)$/i.test(name))
    return { name: image ?? name ?? "Azure Pipelines", isHosted: true };
  return { name, isHosted: false };
}

function imagesOf(value: Json | undefined, source: Source): AzureJob["images"] {
  const name = isObject(value) ? textOf(value["image"]) : textOf(value);
  return name === undefined ? [] : [{ name, source }];
}

/** "environment: NAME", "NAME.RESOURCE", "{name: …, resourceName: …}". */
function environmentOf(value: Json | undefined, source: Source): AzureJob["environment"] | undefined {
  const text = isObject(value) ? textOf(value["name"]) : textOf(value);
  if (text === undefined) return undefined;
  const name = isObject(value) || text.includes("$") ? text : (text.split(".")[0] ?? text);
  return { name, source };
}

/** Steps of a deployment stand in the hooks of its strategy, in this order ("Deployment jobs", life cycle hooks). */
const HOOKS = ["preDeploy", "deploy", "routeTraffic", "postRouteTraffic"] as const;
const STRATEGIES = ["runOnce", "rolling", "canary"] as const;

function deploymentSteps(
  { sheet, frame, fingerprint }: Given,
  strategy: Json | undefined,
  source: Source,
  because: string | undefined,
): readonly AzureStep[] {
  if (!isObject(strategy)) return [];
  const read = (hook: Json | undefined, place: Source, when?: string): readonly AzureStep[] =>
    isObject(hook)
      ? itemsOf(sheet, "steps", hook["steps"], at(place, "steps"), frame, because).flatMap((node) => {
          const step = stepOf(sheet, node, fingerprint);
          return step === undefined ? [] : [when === undefined || step.condition !== undefined ? step : { ...step, condition: when }];
        })
      : [];
  return STRATEGIES.flatMap((kind) => {
    const hooks = strategy[kind];
    if (!isObject(hooks)) return [];
    const place = at(source, kind);
    const on = isObject(hooks["on"]) ? hooks["on"] : {};
    return [
      ...HOOKS.flatMap((hook) => read(hooks[hook], at(place, hook))),
      ...read(on["success"], at(place, "on", "success")),
      ...read(on["failure"], at(place, "on", "failure"), "failed()"),
    ];
  });
}

/** The values of each variable over the configurations of a matrix; `${{ }}` and `$[ ]` stay open. */
function matrixOf(value: Json | undefined): AzureJob["matrix"] {
  if (!isObject(value)) return undefined;
  const found: Record<string, string[]> = {};
  for (const configuration of Object.values(value)) {
    if (!isObject(configuration)) continue;
    for (const [name, one] of Object.entries(configuration))
      found[name] = [...(Object.hasOwn(found, name) ? (found[name] ?? []) : []), textOf(one) ?? "$"];
  }
  return found;
}

/** Jobs of a template that was not read: what they do, and in what order, is not known. */
function unreadJob(stage: string, value: JsonObject, source: Source, because: string | undefined): AzureJob {
  const name = textOf(value["template"]) ?? "template";
  const step = { text: "", uses: "template", with: { template: name }, continueOnError: false, source };
  const none = { dependsOn: [], images: [], variables: {}, groups: [], connections: [], artifacts: [], downloads: [], asks: [] };
  return {
    ...none,
    name,
    stage,
    isDeployment: false,
    steps: [step],
    continueOnError: false,
    ...(because !== undefined && { because }),
    source,
  };
}

/** What depends on a name that stands nowhere depends on what was not read: the name may stand there. */
const withUnread = (names: readonly string[], known: readonly string[], unread: readonly string[]): readonly string[] =>
  names.some((name) => !known.includes(name)) ? [...new Set([...names, ...unread])] : names;

const isUnread = (job: AzureJob): boolean => job.steps.some((step) => step.uses === "template") && job.steps.length === 1;

function jobOf(given: Given, stage: string, index: number, node: Node): AzureJob | undefined {
  const { sheet, fingerprint } = given;
  const { value, source, because } = node;
  const isDeployment = value["deployment"] !== undefined;
  if (!isDeployment && !("job" in value)) {
    if (value["template"] !== undefined) return unreadJob(stage, value, source, because);
    sheet.problems.push({ what: "an entry of jobs that is no job", source, isFatal: false });
    return undefined;
  }
  const name = textOf(isDeployment ? value["deployment"] : value["job"]) ?? `Job${index + 1}`;
  const own = merged(given.variables, variablesOf(sheet, value["variables"], at(source, "variables"), node.frame));
  const strategy = isObject(value["strategy"]) ? value["strategy"] : {};
  const plain = (): readonly AzureStep[] =>
    itemsOf(sheet, "steps", value["steps"], at(source, "steps"), node.frame).flatMap((one) => stepOf(sheet, one, fingerprint) ?? []);
  const steps = isDeployment ? deploymentSteps({ ...given, frame: node.frame }, strategy, at(source, "strategy"), undefined) : plain();
  const environment = isDeployment ? environmentOf(value["environment"], at(source, "environment")) : undefined;
  const pool = poolOf(value["pool"] ?? given.pool);
  const matrix = matrixOf(strategy["matrix"]);
  const condition = textOf(value["condition"]);
  return {
    name,
    stage,
    isDeployment,
    dependsOn: textsOf(value["dependsOn"]),
    ...(condition !== undefined && { condition }),
    ...(environment && { environment }),
    ...(pool && { pool }),
    images: imagesOf(value["container"], at(source, "container")),
    steps,
    variables: own.values,
    groups: own.groups,
    connections: connectionsOf(steps),
    artifacts: artifactsOf(steps),
    downloads: downloadsOf(steps, isDeployment),
    asks: asksOf(steps),
    ...(matrix && { matrix }),
    continueOnError: value["continueOnError"] === true || value["continueOnError"] === "true",
    ...(because !== undefined && { because }),
    source,
  };
}

export function jobsOf(given: Given, stage: string, list: Json | undefined, source: Source): readonly AzureJob[] {
  const jobs = itemsOf(given.sheet, "jobs", list, source, given.frame).flatMap(
    (node, index) => jobOf({ ...given, frame: node.frame }, stage, index, node) ?? [],
  );
  const known = jobs.map((job) => job.name);
  const unread = jobs.filter(isUnread).map((job) => job.name);
  return unread.length === 0 ? jobs : jobs.map((job) => ({ ...job, dependsOn: withUnread(job.dependsOn, known, unread) }));
}

/** "By default, stages run sequentially, in the order in which they are defined" ("Stages", dependsOn). */
export function stagesOf(given: Given, list: Json | undefined, source: Source): readonly AzureStage[] {
  const stages: AzureStage[] = [];
  for (const [index, node] of itemsOf(given.sheet, "stages", list, source, given.frame).entries()) {
    const { value, source: here, because, frame } = node;
    const template = textOf(value["template"]);
    const name = textOf(value["stage"]) ?? template ?? `Stage${index + 1}`;
    if (!("stage" in value) && !("jobs" in value)) {
      const previous = stages.at(-1)?.name;
      const common = {
        name,
        dependsOn: previous === undefined ? [] : [previous],
        isManual: false,
        ...(because !== undefined && { because }),
        source: here,
      };
      if (template !== undefined) stages.push({ ...common, jobs: [unreadJob(name, value, here, because)] });
      else given.sheet.problems.push({ what: "an entry of stages that is no stage", source: here, isFatal: false });
      continue;
    }
    const variables = merged(given.variables, variablesOf(given.sheet, value["variables"], at(here, "variables"), frame));
    const condition = textOf(value["condition"]);
    const before = stages.at(-1)?.name;
    stages.push({
      name,
      dependsOn: "dependsOn" in value ? textsOf(value["dependsOn"]) : before === undefined ? [] : [before],
      ...(condition !== undefined && { condition }),
      isManual: value["trigger"] === "manual",
      jobs: jobsOf({ ...given, frame, variables, pool: value["pool"] ?? given.pool }, name, value["jobs"], at(here, "jobs")),
      ...(because !== undefined && { because }),
      source: here,
    });
  }
  const known = stages.map((stage) => stage.name);
  const unread = stages.filter((stage) => stage.jobs.some(isUnread) && stage.jobs.length === 1).map((stage) => stage.name);
  return unread.length === 0 ? stages : stages.map((stage) => ({ ...stage, dependsOn: withUnread(stage.dependsOn, known, unread) }));
}

/** A definition may leave out stages, and jobs: there is then one, without a name ("YAML schema reference", pipeline). */
export function implicitStages(given: Given, content: JsonObject, source: Source): readonly AzureStage[] {
  if (content["stages"] !== undefined) return stagesOf(given, content["stages"], at(source, "stages"));
  const common = { name: "", dependsOn: [], isManual: false, source };
  if (content["jobs"] !== undefined) return [{ ...common, jobs: jobsOf(given, "", content["jobs"], at(source, "jobs")) }];
  const node: Node = {
    value: { job: "Job", steps: content["steps"] ?? [], ...pick(content, "container", "strategy", "continueOnError") },
    source,
    frame: given.frame,
  };
  const job = jobOf(given, "", 0, node);
  return [{ ...common, jobs: job === undefined ? [] : [job] }];
}

const pick = (content: JsonObject, ...keys: readonly string[]): JsonObject =>
  Object.fromEntries(keys.flatMap((key) => (content[key] === undefined ? [] : [[key, content[key] as Json]])));
