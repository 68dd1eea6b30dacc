// Includes, extends and references → one configuration, as GitLab puts it together before it looks at a single job.
import { isObject, type Json, type JsonObject } from "../../../lib/json.ts";
import type { GitlabFile, GitlabInclude } from "../../../model/observations/gitlab.ts";
import { inside, type Source } from "../../../model/source.ts";

/** A file of a project that was collected. */
export type Lookup = (project: string, path: string) => readonly GitlabFile[];

export interface Problem {
  readonly what: string;
  readonly source: Source;
  /** GitLab refuses the pipeline. Otherwise a part that was not read. */
  readonly isFatal: boolean;
}

/** What the reading of one pipeline shares. */
export interface Sheet {
  readonly problems: Problem[];
  readonly includes: GitlabInclude[];
  /** Where each top-level member was last defined. */
  readonly sources: Map<string, Source>;
  /** Jobs of child pipelines so far. */
  jobs: number;
}

export const newSheet = (): Sheet => ({ problems: [], includes: [], sources: new Map(), jobs: 0 });

/** Whether something was included that was not read: names that stand nowhere may then stand there. */
export const isPartial = (sheet: Sheet): boolean => sheet.includes.some((include) => !include.read);

/** "The maximum number of included files is 150" (Docs, "include"), so files that include each other twice end soon. */
const MOST = 150;
const TOO_MANY = `more than ${MOST} files are included`;

/** A member of its own: names such as `constructor` are attacker-controlled too. */
export const own = <T>(of: Readonly<Record<string, T>>, name: string): T | undefined => (Object.hasOwn(of, name) ? of[name] : undefined);

/** Objects member by member, anything else replaced: "deep merge" of include and extends, where arrays are not merged (Docs, "extends"). */
export function deepMerge(under: Json | undefined, over: Json): Json {
  if (!isObject(under) || !isObject(over)) return over;
  const merged = new Map(Object.entries(under));
  for (const [key, value] of Object.entries(over)) merged.set(key, deepMerge(merged.get(key), value));
  return Object.fromEntries(merged);
}

/** The file with everything it includes: included files first, in order, then what the file itself says. */
export function configOf(lookup: Lookup, file: GitlabFile, given: Readonly<Record<string, string>>, sheet: Sheet, depth = 0): JsonObject {
  if (depth > MOST || sheet.includes.length > MOST) {
    if (!sheet.problems.some(({ what }) => what === TOO_MANY)) sheet.problems.push({ what: TOO_MANY, source: file.source, isFatal: true });
    return {};
  }
  const content = withInputs(file, given, sheet);
  let config: Json = {};
  for (const [index, include] of includesOf(content["include"]).entries()) {
    const source = inside(file.source, "include", ...(Array.isArray(content["include"]) ? [index] : []));
    for (const part of partsOf(lookup, file, include, source, sheet, depth)) config = deepMerge(config, part);
  }
  const { include: _, ...rest } = content;
  for (const name of Object.keys(rest)) sheet.sources.set(name, inside(file.source, name));
  return deepMerge(config, rest) as JsonObject;
}

const includesOf = (value: Json | undefined): readonly Json[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? (value as readonly Json[]).flatMap(includesOf) : [value];

const textOf = (value: Json | undefined): string | undefined => (typeof value === "string" ? value : undefined);

const isRemote = (text: string): boolean => /^https?:\/\//.test(text);

function partsOf(lookup: Lookup, file: GitlabFile, include: Json, source: Source, sheet: Sheet, depth: number): readonly JsonObject[] {
  const map: JsonObject = isObject(include)
    ? include
    : { [typeof include === "string" && isRemote(include) ? "remote" : "local"]: include };
  const given = isObject(map["inputs"]) ? inputsGiven(map["inputs"]) : {};
  const read = (project: string, path: string): readonly JsonObject[] =>
    lookup(project, path.replace(/^\/+/, "")).map((one) => configOf(lookup, one, given, sheet, depth + 1));
  const put = (one: Omit<GitlabInclude, "source" | "read">, parts: readonly JsonObject[]): readonly JsonObject[] => {
    sheet.includes.push({ ...one, read: parts.length > 0, source });
    if (parts.length === 0) sheet.problems.push({ what: `the included ${one.kind} ${one.name} was not read`, source, isFatal: false });
    return parts;
  };
  const local = textOf(map["local"]);
  const project = textOf(map["project"]);
  const remote = textOf(map["remote"]);
  const template = textOf(map["template"]);
  const component = textOf(map["component"]);
  if (local !== undefined) return put({ kind: "local", name: local, movable: false }, read(file.project, local));
  if (project !== undefined) {
    const ref = textOf(map["ref"]);
    return includesOf(map["file"]).flatMap((path) => {
      const name = `${project}:${String(path)}${ref === undefined ? "" : `@${ref}`}`;
      const one = { kind: "project", name, project, movable: !isCommit(ref), ...(ref !== undefined && { ref }) } as const;
      return put(one, typeof path === "string" ? read(project, path) : []);
    });
  }
  // "include:integrity": the SHA-256 of the file that a remote address must give.
  if (remote !== undefined) return put({ kind: "remote", name: remote, movable: map["integrity"] === undefined }, []);
  if (template !== undefined) return put({ kind: "template", name: template, movable: false }, []);
  if (component !== undefined) {
    const name = OWN_COMPONENT.exec(component)?.[1];
    const parts =
      name === undefined ? [] : [`templates/${name}.yml`, `templates/${name}/template.yml`].flatMap((path) => read(file.project, path));
    return put({ kind: "component", name: component, movable: name === undefined && !isCommit(component.split("@")[1]) }, parts);
  }
  sheet.problems.push({ what: "an include names no local, project, remote, template or component", source, isFatal: true });
  return [];
}

/** A component of the project itself, at the commit that runs (Docs, "CI/CD components", Use a component). */
const OWN_COMPONENT = /^\$(?:CI_SERVER_FQDN|CI_SERVER_HOST)\/\$CI_PROJECT_PATH\/([\w/-]+)@\$CI_COMMIT_SHA$/;

const isCommit = (ref: string | undefined): boolean => ref !== undefined && /^[0-9a-f]{40}$/i.test(ref);

const inputsGiven = (inputs: JsonObject): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]));

const INPUT = /\$\[\[\s*inputs\.([\w-]+)\s*((?:\|[^\]]*)?)\]\]/g;

/** `$[[ inputs.NAME ]]` is replaced before anything else is read (Docs, "CI/CD inputs"). Functions after a bar are left as they are. */
function withInputs(file: GitlabFile, given: Readonly<Record<string, string>>, sheet: Sheet): JsonObject {
  const missing = new Set<string>();
  const replaced = (text: string): string =>
    text.replaceAll(INPUT, (whole, name: string, functions: string) => {
      const value = own(given, name) ?? own(file.inputs, name) ?? undefined;
      if (value === undefined || functions.trim() !== "") missing.add(name);
      return value ?? whole;
    });
  const walk = (value: Json): Json => {
    if (typeof value === "string") return value.includes("$[[") ? replaced(value) : value;
    if (Array.isArray(value)) return (value as readonly Json[]).map(walk);
    return isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, one]) => [replaced(name), walk(one)])) : value;
  };
  const content = walk(file.content) as JsonObject;
  for (const name of missing)
    sheet.problems.push({ what: `the value of input ${name} is not in the files`, source: file.source, isFatal: false });
  return content;
}
