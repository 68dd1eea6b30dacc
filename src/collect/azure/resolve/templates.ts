// Stages, jobs, steps and variables with the templates that stand in their place. Source: Azure Pipelines, "Templates" and "YAML schema reference".
import { isObject, type Json, type JsonObject } from "../../../lib/json.ts";
import type { AzureFile } from "../../../model/observations/azure.ts";
import type { Source } from "../../../model/source.ts";
import { type Entry, expandList, expandMap } from "./expand.ts";
import { at, countFile, DEEPEST, type Frame, type Node, problem, type Sheet, textOf, TooMuch } from "./sheet.ts";

export type Kind = "stages" | "jobs" | "steps" | "variables";

/** "jobs/a.yml", "/jobs/a.yml", "a.yml@templates": relative to the file that names it, or to the root of the repository. */
function placeOf(name: string, frame: Frame): { readonly alias: string; readonly path: string } {
  const [written = "", alias] = name.split("@");
  if (written.startsWith("/") || alias !== undefined) return { alias: alias ?? frame.alias, path: normal(written.replace(/^\/+/, "")) };
  const folder = frame.file.path.split("/").slice(0, -1);
  return { alias: frame.alias, path: normal([...folder, written].join("/")) };
}

function normal(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}

/** The file of a template; undefined: it was not read, which is told. */
export function fileOf(
  sheet: Sheet,
  name: string,
  frame: Frame,
  source: Source,
): { readonly file: AzureFile; readonly alias: string } | undefined {
  const { alias, path } = placeOf(name, frame);
  const resource = alias === "self" ? undefined : sheet.repositories.get(alias);
  const { project, repository } = frame.file;
  const [owner, short] = resource === undefined ? [project, repository] : splitName(resource.name, resource.type, project);
  const file = name.includes("${{") ? undefined : sheet.lookup(owner, short, path);
  if (alias !== "self" || file === undefined)
    sheet.includes.push({
      what: "template",
      name,
      ...(resource && { repository: resource.name, type: resource.type, ...(resource.ref !== undefined && { ref: resource.ref }) }),
      read: file !== undefined,
      source,
    });
  if (file === undefined) {
    problem(sheet, `the template ${name} was not read`, source);
    return undefined;
  }
  countFile(sheet);
  return { file, alias };
}

/** "name: project/repository"; without a project, the pipeline's. On GitHub, the owner belongs to the name. */
function splitName(name: string, type: string, project: string): readonly [string, string] {
  if (type !== "git") return ["", name];
  const slash = name.indexOf("/");
  return slash < 0 ? [project, name] : [name.slice(0, slash), name.slice(slash + 1)];
}

/** What a template declares and is given. "If a parameter is missing, its default applies." */
export function parametersOf(declared: Json | undefined, given: Json | undefined): Readonly<Record<string, Json>> {
  const values: Record<string, Json> = {};
  if (Array.isArray(declared)) {
    for (const one of declared as readonly Json[])
      if (isObject(one) && typeof one["name"] === "string" && one["default"] !== undefined) values[one["name"]] = one["default"];
  } else if (isObject(declared)) for (const [name, value] of Object.entries(declared)) values[name] = value;
  if (isObject(given)) for (const [name, value] of Object.entries(given)) values[name] = value;
  return values;
}

export function frameFor(frame: Frame, file: AzureFile, alias: string, given: Json | undefined): Frame {
  if (frame.depth > DEEPEST) throw new TooMuch("its templates are nested too deep");
  return {
    ...frame,
    file,
    alias,
    parameters: parametersOf(file.content["parameters"], given),
    isRoot: false,
    loops: {},
    depth: frame.depth + 1,
  };
}

/** The entries of a list of one kind, those of templates among them. */
export function itemsOf(sheet: Sheet, kind: Kind, list: Json | undefined, source: Source, frame: Frame, because?: string): readonly Node[] {
  if (!Array.isArray(list)) return [];
  return expandList(sheet, list as readonly Json[], source, frame, because).flatMap((entry) => itemOf(sheet, kind, entry));
}

function itemOf(sheet: Sheet, kind: Kind, { value, source, because, frame }: Entry): readonly Node[] {
  if (!isObject(value)) {
    if (value !== null && value !== "") problem(sheet, `an entry of ${kind} is no map`, source);
    return [];
  }
  const name = textOf(value["template"]);
  if (name === undefined) return [{ value, source, because, frame }];
  const found = fileOf(sheet, name, frame, at(source, "template"));
  if (found === undefined) return [{ value, source, because, frame }];
  const inner = frameFor(frame, found.file, found.alias, value["parameters"]);
  const content = found.file.content[kind];
  const below = at(found.file.source, kind);
  if (isObject(content)) return variableNodes(sheet, content, below, inner, because);
  if (!Array.isArray(content)) problem(sheet, `the template ${name} has no ${kind}`, source);
  return itemsOf(sheet, kind, content, below, inner, because);
}

/** `variables: {a: 1}` is a list of names with values. */
function variableNodes(sheet: Sheet, content: JsonObject, source: Source, frame: Frame, because: string | undefined): readonly Node[] {
  const { value } = expandMap(sheet, content, frame);
  return Object.entries(value).map(([name, one]) => ({ value: { name, value: one }, source: at(source, name), because, frame }));
}

export interface Variables {
  readonly values: Readonly<Record<string, string>>;
  readonly groups: readonly string[];
}

export function variablesOf(sheet: Sheet, value: Json | undefined, source: Source, frame: Frame): Variables {
  const nodes = isObject(value) ? variableNodes(sheet, value, source, frame, undefined) : itemsOf(sheet, "variables", value, source, frame);
  const values: Record<string, string> = {};
  const groups: string[] = [];
  for (const { value: one } of nodes) {
    const [name, group] = [textOf(one["name"]), textOf(one["group"])];
    if (group !== undefined) groups.push(group);
    else if (name !== undefined) values[name] = textOf(one["value"]) ?? JSON.stringify(one["value"] ?? "");
  }
  return { values, groups };
}
