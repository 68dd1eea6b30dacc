// What is asked of pipelines: the file that each starts with, and the templates that it names, as far as they stand in Azure Repos.
import { parseAllDocuments } from "yaml";
import { isObject, type JsonObject } from "../../lib/json.ts";
import { type Asker, part, VERSION } from "./fetch.ts";

interface Place {
  readonly project: string;
  readonly repository: string;
  readonly path: string;
  readonly ref: string;
}

/** "No more than 100 separate YAML files may be included" (Azure Pipelines, "Templates"), for each pipeline. */
const MOST_FILES = 2_000;

export async function collectDefinitions(
  { asking, organization }: Asker,
  project: string,
  definitions: readonly JsonObject[],
): Promise<void> {
  const seen = new Set<string>();
  const waiting = definitions.flatMap((definition) => startOf(project, definition));
  for (let place = waiting.shift(); place !== undefined && seen.size < MOST_FILES; place = waiting.shift()) {
    const key = [place.project, place.repository, place.path].join("\n").toLowerCase();
    if (seen.has(key)) continue;
    seen.add(key);
    const query = `path=${part(`/${place.path}`)}${place.ref === "" ? "" : `&versionDescriptor.version=${part(place.ref)}&versionDescriptor.versionType=branch`}`;
    const of = `/${part(organization)}/${part(place.project)}/_apis/git/repositories/${part(place.repository)}/items`;
    const text = await asking.text(`${of}?${query}`, { Accept: `text/plain;${VERSION}` });
    if (text !== undefined) waiting.push(...templatesIn(text, place));
  }
}

/** Process type 2 is YAML. Repositories of other forges are collected there. */
function startOf(project: string, { process, repository, queueStatus }: JsonObject): readonly Place[] {
  const path = isObject(process) ? process["yamlFilename"] : undefined;
  if (typeof path !== "string" || !isObject(repository) || repository["type"] !== "TfsGit" || queueStatus === "disabled") return [];
  const branch = typeof repository["defaultBranch"] === "string" ? repository["defaultBranch"] : "";
  const owner = /^https?:\/\/[^/]+\/[^/]+\/([^/]+)\/_git\//.exec(typeof repository["url"] === "string" ? repository["url"] : "")?.[1];
  const name = typeof repository["name"] === "string" ? repository["name"] : "";
  const place = {
    project: owner === undefined ? project : decoded(owner),
    repository: name,
    path: path.replace(/^\/+/, ""),
    ref: shortRef(branch),
  };
  return name === "" ? [] : [place];
}

const shortRef = (ref: string): string => ref.replace(/^refs\/heads\//, "");

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Every `template:`, wherever it stands. What is put together at run time is a gap that the collector gives. */
function templatesIn(text: string, from: Place): readonly Place[] {
  const parsed = parseAllDocuments(text, { logLevel: "silent", uniqueKeys: false });
  const documents = (Array.isArray(parsed) ? parsed : []).filter((each) => each.errors.length === 0).map((each): unknown => each.toJS());
  const repositories = new Map(documents.flatMap((document) => repositoriesIn(document, from.project)));
  return documents.flatMap((document) => namedIn(document)).flatMap((name) => placeOf(name, from, repositories));
}

function namedIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(namedIn);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => (key === "template" && typeof item === "string" ? [item] : namedIn(item)));
}

type Repositories = ReadonlyMap<string, Pick<Place, "project" | "repository" | "ref">>;

/** `resources.repositories` of type git: "name: project/repository", or a repository of the same project. */
function repositoriesIn(document: unknown, project: string): readonly (readonly [string, Pick<Place, "project" | "repository" | "ref">])[] {
  const resources = isObject(document) ? document["resources"] : undefined;
  const list = isObject(resources) && Array.isArray(resources["repositories"]) ? (resources["repositories"] as readonly unknown[]) : [];
  return list.filter(isObject).flatMap(({ repository: alias, type, name, ref }) => {
    if (typeof alias !== "string" || type !== "git" || typeof name !== "string" || name.includes("$")) return [];
    const slash = name.indexOf("/");
    const place = slash < 0 ? { project, repository: name } : { project: name.slice(0, slash), repository: name.slice(slash + 1) };
    return [[alias, { ...place, ref: typeof ref === "string" ? shortRef(ref) : "" }] as const];
  });
}

/** "jobs/a.yml" beside the file that names it, "/jobs/a.yml" from the root, "a.yml@templates" in another repository ("Templates"). */
function placeOf(name: string, from: Place, repositories: Repositories): readonly Place[] {
  const [written = "", alias] = name.split("@");
  if (name.includes("${{") || written === "") return [];
  const other = alias === undefined || alias === "self" ? from : repositories.get(alias);
  if (!other) return [];
  const isFromRoot = written.startsWith("/") || alias !== undefined;
  const folder = isFromRoot ? [] : from.path.split("/").slice(0, -1);
  const parts: string[] = [];
  for (const each of [...folder, ...written.split("/")]) {
    if (each === "..") parts.pop();
    else if (each !== "" && each !== ".") parts.push(each);
  }
  return [{ project: other.project, repository: other.repository, ref: other.ref, path: parts.join("/") }];
}
