// A definition with the files that it includes → its pipeline, or why there is none.
import { isObject, type Json, type JsonObject } from "../../../lib/json.ts";
import type { AzureBranches, AzureFile, AzurePipeline } from "../../../model/observations/azure.ts";
import type { Source } from "../../../model/source.ts";
import { expandMap } from "./expand.ts";
import { implicitStages } from "./jobs.ts";
import {
  at,
  type Frame,
  type Lookup,
  problem,
  type Problem,
  type RepositoryResource,
  type Sheet,
  textOf,
  textsOf,
  TooMuch,
} from "./sheet.ts";
import { fileOf, frameFor, parametersOf, variablesOf } from "./templates.ts";

export interface Reading {
  readonly pipeline?: AzurePipeline;
  readonly problems: readonly Problem[];
}

const objectsIn = (value: Json | undefined): readonly { readonly value: JsonObject; readonly index: number }[] =>
  Array.isArray(value) ? (value as readonly Json[]).flatMap((one, index) => (isObject(one) ? [{ value: one, index }] : [])) : [];

function repositoriesOf(content: JsonObject, source: Source): readonly RepositoryResource[] {
  const resources = isObject(content["resources"]) ? content["resources"] : {};
  return objectsIn(resources["repositories"]).flatMap(({ value, index }) => {
    const [alias, name] = [textOf(value["repository"]), textOf(value["name"])];
    const ref = textOf(value["ref"]);
    if (alias === undefined || name === undefined) return [];
    const place = at(source, "resources", "repositories", index);
    return [{ alias, name, type: textOf(value["type"]) ?? "git", ...(ref !== undefined && { ref }), source: place }];
  });
}

/** "trigger: none", a list of branches, or `branches: {include, exclude}`; undefined: as the default says, every branch. */
export function branchesOf(value: Json | undefined): AzureBranches | undefined {
  if (value === undefined || value === null) return undefined;
  if (value === "none") return { include: [], exclude: [] };
  if (Array.isArray(value) || typeof value === "string") return { include: textsOf(value), exclude: [] };
  const branches = isObject(value) ? value["branches"] : undefined;
  if (!isObject(branches)) return Array.isArray(branches) ? { include: textsOf(branches), exclude: [] } : undefined;
  const include = textsOf(branches["include"]);
  return { include: include.length > 0 ? include : ["*"], exclude: textsOf(branches["exclude"]) };
}

function sourcesOf(content: JsonObject): AzurePipeline["sources"] {
  const resources = isObject(content["resources"]) ? content["resources"] : {};
  return objectsIn(resources["pipelines"]).flatMap(({ value }) => {
    const [alias, pipeline, project] = [textOf(value["pipeline"]), textOf(value["source"]), textOf(value["project"])];
    if (alias === undefined || pipeline === undefined) return [];
    const trigger = value["trigger"];
    const starts = trigger !== undefined && trigger !== "none" && trigger !== false && trigger !== null;
    return [{ alias, pipeline, ...(project !== undefined && { project }), starts }];
  });
}

function containersOf(sheet: Sheet, content: JsonObject, source: Source): ReadonlyMap<string, string> {
  const resources = isObject(content["resources"]) ? content["resources"] : {};
  const found = new Map<string, string>();
  for (const { value, index } of objectsIn(resources["containers"])) {
    const [alias, image] = [textOf(value["container"]), textOf(value["image"])];
    if (alias === undefined || image === undefined) continue;
    found.set(alias, image);
    sheet.includes.push({ what: "container", name: image, read: true, source: at(source, "resources", "containers", index) });
  }
  return found;
}

/** What the definition says of itself, with the file whose stages it takes where it extends a template. */
function extended(
  sheet: Sheet,
  frame: Frame,
  content: JsonObject,
  source: Source,
): { readonly content: JsonObject; readonly source: Source; readonly frame: Frame } | undefined {
  const value = content["extends"];
  if (!isObject(value)) return { content, source, frame };
  const name = textOf(value["template"]);
  if (name === undefined) return { content, source, frame };
  const found = fileOf(sheet, name, frame, at(source, "extends", "template"));
  if (found === undefined) return undefined;
  const given = isObject(value["parameters"]) ? expandMap(sheet, value["parameters"], frame).value : undefined;
  const inner = frameFor(frame, found.file, found.alias, given);
  return extended(sheet, inner, found.file.content, found.file.source);
}

const literal = (values: Readonly<Record<string, string>>): Readonly<Record<string, Json>> => values;

function withContainers(pipeline: AzurePipeline, containers: ReadonlyMap<string, string>): AzurePipeline {
  const stages = pipeline.stages.map((stage) => ({
    ...stage,
    jobs: stage.jobs.map((job) => ({
      ...job,
      images: job.images.map((image) => ({ ...image, name: containers.get(image.name) ?? image.name })),
    })),
  }));
  return { ...pipeline, stages };
}

/** Choices of the pipeline's parameters, which names of environments may be made of: `${{ parameters.where }}`. */
function choicesOf(content: JsonObject): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    objectsIn(content["parameters"]).flatMap(({ value }) => {
      const [name, values] = [textOf(value["name"]), textsOf(value["values"])];
      return name === undefined || values.length === 0 ? [] : [[`parameters.${name}`, values]];
    }),
  );
}

function withChoices(pipeline: AzurePipeline, choices: Readonly<Record<string, readonly string[]>>): AzurePipeline {
  if (Object.keys(choices).length === 0) return pipeline;
  const stages = pipeline.stages.map((stage) => ({
    ...stage,
    jobs: stage.jobs.map((job) => ({ ...job, matrix: { ...choices, ...job.matrix } })),
  }));
  return { ...pipeline, stages };
}

export function readPipeline(lookup: Lookup, file: AzureFile, fingerprint: (secret: string) => string): Reading {
  const { content, source, organization, project, repository, path } = file;
  const repositories = new Map(repositoriesOf(content, source).map((one) => [one.alias, one]));
  const sheet: Sheet = { lookup, problems: [], includes: [], repositories, size: 0, files: 0 };
  const root: Frame = {
    file,
    alias: "self",
    parameters: parametersOf(content["parameters"], undefined),
    isRoot: true,
    variables: {},
    loops: {},
    depth: 0,
  };
  const refuse = (what: string): Reading => ({ problems: [...sheet.problems, { what, source, isFatal: true }] });
  try {
    const containers = containersOf(sheet, content, source);
    const own = variablesOf(sheet, content["variables"], at(source, "variables"), root);
    const frame = { ...root, variables: literal(own.values) };
    const whole = extended(sheet, frame, content, source);
    const told = whole === undefined ? undefined : expandMap(sheet, withoutLists(whole.content), whole.frame).value;
    const given = whole && { sheet, frame: whole.frame, fingerprint, variables: own, pool: told?.["pool"] ?? content["pool"] };
    const stages = whole === undefined || given === undefined ? [] : implicitStages(given, whole.content, whole.source);
    if (stages.every((stage) => stage.jobs.length === 0) && sheet.problems.length === 0) problem(sheet, "it has no job", source, true);
    if (sheet.problems.some((one) => one.isFatal)) return { problems: sheet.problems };
    const [trigger, pr] = [branchesOf(content["trigger"]), branchesOf(content["pr"])];
    const pipeline: AzurePipeline = {
      kind: "azure/pipeline",
      organization,
      project,
      repository,
      path,
      stages,
      ...(trigger && { trigger }),
      ...(pr && { pr }),
      schedules: content["schedules"] !== undefined,
      sources: sourcesOf(content),
      includes: sheet.includes,
      source,
    };
    return { pipeline: withChoices(withContainers(pipeline, containers), choicesOf(content)), problems: sheet.problems };
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error;
    return refuse(error.message);
  }
}

/** Lists are expanded where they are read, with their places. */
const withoutLists = (content: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(content).filter(([key]) => !/^(?:stages|jobs|steps|variables|parameters|resources|extends)$/.test(key)),
  );
