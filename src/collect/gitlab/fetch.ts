// Live collection: asks a group with its subgroups, or single projects, for the answers of shapes.ts, and hands on what GitLab answered. Changes nothing.
import { isObject, type Json, type JsonObject } from "../../lib/json.ts";
import { fail, ok, type Result } from "../../lib/result.ts";
import { type Forge, openedForge, paceOf } from "../forge-opening.ts";
import { eachOf, RestAsking, refusalOf } from "../rest-asking.ts";
import { connectRest, retryAfterMs, type RestAnswer, type RestConnection } from "../rest-client.ts";
import type { Sink } from "../sink.ts";
import { collectDefinition } from "./fetch-definition.ts";
import { fileOf, formOf } from "./fetch-form.ts";
import { collectHistory } from "./fetch-history.ts";

export interface FetchOptions {
  /** `https://gitlab.com`. */
  readonly url: string;
  /** An access token of a user, group or project with scope `read_api`. It is sent, and never written. */
  readonly token: string;
  /** A group, read with its subgroups; or absent, with projects. */
  readonly group?: string;
  /** Full paths. Absent: all of the group. */
  readonly projects?: readonly string[];
  /** How far back deployments are asked for; absent: not at all. */
  readonly since?: Date;
  /** How many requests may be under way at once. */
  readonly concurrency: number;
  readonly fingerprint: (secret: string) => string;
  readonly firstWaitMs?: number;
  readonly longestWaitMs?: number;
  readonly say?: (line: string) => void;
  readonly progress?: (state: { readonly asked: number; readonly answered: number }) => void;
}

/** What the requests share. */
export interface Asker {
  readonly asking: RestAsking;
  readonly concurrency: number;
}

/** Error: why nothing can be asked. */
export async function openGitlab(options: FetchOptions): Promise<Result<Forge, string>> {
  const base = URL.parse(`${options.url.replace(/\/$/, "")}/api/v4`);
  if (!base) return fail(`${options.url} is no address`);
  const connection = connectRest({
    base,
    // Tokens of every kind are taken so, those of OAuth too ("REST API authentication").
    headers: { Accept: "application/json", Authorization: `Bearer ${options.token}`, "User-Agent": "bulkhead" },
    throttled,
    ...paceOf(options),
  });
  if (!connection.ok) return connection;
  return openedForge([connection.value], whoAmI, (sink) => collectAll(connection.value, sink, options));
}

async function whoAmI(connection: RestConnection): Promise<Result<string, string>> {
  const answer = await connection.get("/user");
  if (!answer.ok) return fail(answer.error.error);
  if (answer.value.status !== 200) return fail(refusalOf(answer.value).error);
  const user: unknown = JSON.parse(answer.value.text);
  return ok(isObject(user) && typeof user["username"] === "string" ? user["username"] : "a user without a name");
}

/** Until the window ends (Docs, "Rate limits on GitLab.com", response headers), where `Retry-After` does not say it. */
export function throttled({ status, headers }: RestAnswer): number | undefined {
  if (status !== 429) return undefined;
  const reset = Number(headers["ratelimit-reset"]) * 1000;
  return retryAfterMs(headers) ?? (Number.isFinite(reset) ? Math.max(0, reset - Date.now()) + 1000 : undefined);
}

/** Docs, "REST API", Pagination: `x-next-page`, which is empty on the last page. */
export const nextPage = ({ headers }: RestAnswer): string | undefined => {
  const next = [headers["x-next-page"] ?? []].flat()[0];
  return next !== undefined && /^\d+$/.test(next) ? next : undefined;
};

async function collectAll(connection: RestConnection, sink: Sink, options: FetchOptions): Promise<void> {
  const asking = new RestAsking(connection, sink, {
    form: (path: string, document: Json) => formOf(path, document, options.fingerprint),
    saysNone: () => false,
    fileOf,
    nextPage,
    pageQuery: (page) => `page=${page}`,
    ...(options.progress && { progress: options.progress }),
  });
  const asker: Asker = { asking, concurrency: options.concurrency };
  const { group } = options;
  const listed =
    group === undefined ? [] : await asking.list(`/groups/${part(group)}/projects?include_subgroups=true&with_shared=false&per_page=100`);
  const active = (listed ?? []).flatMap(({ path_with_namespace: path, archived }) => (archived === true ? [] : [String(path)]));
  const names = options.projects ?? active;
  await collectGroups(asker, names);
  await eachOf(names, options.concurrency, async (name) => {
    const project = await asking.one(`/projects/${part(name)}`);
    await collectProject(asker, name);
    if (project) await collectDefinition(asker, name, project);
    if (project && options.since) await collectHistory(asker, name, options.since);
  });
}

/** A project takes variables and protected environments from every group above it. */
async function collectGroups({ asking, concurrency }: Asker, projects: readonly string[]): Promise<void> {
  const above = projects.flatMap((project) =>
    project.split("/").flatMap((_, index, parts) => (index === 0 ? [] : [parts.slice(0, index).join("/")])),
  );
  await eachOf([...new Set(above)], concurrency, async (group) => {
    await asking.list(`/groups/${part(group)}/variables?per_page=100`);
    await asking.list(`/groups/${part(group)}/protected_environments?per_page=100`);
  });
}

async function collectProject({ asking, concurrency }: Asker, name: string): Promise<void> {
  const list = (path: string): Promise<readonly JsonObject[] | undefined> => asking.list(`/projects/${part(name)}/${path}?per_page=100`);
  await list("members/all");
  await list("protected_branches");
  await list("protected_tags");
  await list("protected_environments");
  await list("environments");
  await asking.one(`/projects/${part(name)}/approvals`);
  await list("approval_rules");
  await list("variables");
  await list("deploy_keys");
  const runners = (await list("runners")) ?? [];
  // Tags and who may use it stand in the runner's own answer alone ("Runners").
  await eachOf(runners, concurrency, async ({ id }) => void (await asking.one(`/runners/${String(id)}`)));
}

/** A part of a path: "namespaced paths must be URL-encoded" ("REST API"). */
export const part = (text: string): string => encodeURIComponent(text);
