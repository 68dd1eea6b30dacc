// What the cluster serves: for each resource that is read, the version to ask it in, that it does not exist there, or why that is not known.
import { isObject, type JsonObject } from "../../lib/json.ts";
import type { Result } from "../../lib/result.ts";
import type { Failure } from "./fetch-client.ts";
import { RESOURCES, type Resource } from "./fetch-resources.ts";

/** A resource as this cluster serves it. */
export interface Served {
  readonly resource: Resource;
  readonly group: string;
  readonly version: string;
  readonly namespaced: boolean;
}

export interface Discovery {
  readonly served: readonly Served[];
  readonly unknown: readonly { readonly resource: Resource; readonly error: string }[];
  /** What the server said, as `kubectl get --raw PATH` prints it. */
  readonly answers: readonly { readonly path: string; readonly document: JsonObject }[];
}

type Get = (path: string) => Promise<Result<JsonObject, Failure>>;

export async function discover(get: Get): Promise<Discovery> {
  const served: Served[] = [];
  const unknown: Discovery["unknown"][number][] = [];
  const answers: Discovery["answers"][number][] = [];
  const known = new Map<string, Promise<Result<JsonObject, Failure>>>();
  const ask = (path: string): Promise<Result<JsonObject, Failure>> => {
    const asked = known.get(path) ?? get(path);
    if (!known.has(path)) asked.then((answer) => answer.ok && answers.push({ path, document: answer.value })).catch(() => undefined);
    known.set(path, asked);
    return asked;
  };
  const groups = await ask("/apis");
  const found = await Promise.all(RESOURCES.map((resource) => serving(resource, groups, ask)));
  for (const [i, each] of found.entries()) {
    if (typeof each === "string") unknown.push({ resource: RESOURCES[i] as Resource, error: each });
    else if (each) served.push(each);
  }
  return { served, unknown, answers: answers.toSorted((a, b) => (a.path < b.path ? -1 : 1)) };
}

const pathOf = (group: string, version: string): string => (group === "" ? `/api/${version}` : `/apis/${group}/${version}`);

/** Undefined: the cluster does not have it. Text: it could not be found out. */
async function serving(resource: Resource, groups: Result<JsonObject, Failure>, ask: Get): Promise<Served | string | undefined> {
  const unread: string[] = [];
  for (const group of resource.groups) {
    if (group !== "" && !groups.ok) return groups.error.error;
    const versions = group === "" ? ["v1"] : versionsOf(groups.ok ? groups.value : {}, group);
    // In the server's order: its preferred version comes first.
    for (const version of versions) {
      const answer = await ask(pathOf(group, version));
      if (!answer.ok) return answer.error.error;
      const entry = entriesOf(answer.value).find(({ name, kind }) => kind === resource.kind && !name.includes("/"));
      if (!entry) continue;
      if (!resource.versions.includes(version)) unread.push(version);
      else if (!entry.verbs.includes("list")) return `${resource.name} of ${group || "core"}/${version} cannot be listed`;
      else return { resource: { ...resource, name: entry.name }, group, version, namespaced: entry.namespaced };
    }
  }
  return unread.length === 0 ? undefined : `the cluster serves it as ${unread.join(", ")}, which is not read`;
}

/** APIGroupList, meta/v1. */
function versionsOf(list: JsonObject, group: string): readonly string[] {
  const groups = Array.isArray(list["groups"]) ? (list["groups"] as readonly unknown[]).filter(isObject) : [];
  const own = groups.find((each) => each["name"] === group);
  const versions = own && Array.isArray(own["versions"]) ? (own["versions"] as readonly unknown[]).filter(isObject) : [];
  return versions.flatMap(({ version }) => (typeof version === "string" ? [version] : []));
}

interface Entry {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly unknown[];
}

/** APIResourceList, meta/v1. */
function entriesOf(list: JsonObject): readonly Entry[] {
  const resources = Array.isArray(list["resources"]) ? (list["resources"] as readonly unknown[]).filter(isObject) : [];
  return resources.flatMap(({ name, kind, namespaced, verbs }) =>
    typeof name === "string" && typeof kind === "string" ? [{ name, kind, namespaced: namespaced === true, verbs: listOf(verbs) }] : [],
  );
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
