// Live collection: asks an organization, or single repositories, for the answers of shapes.ts, and hands on what GitHub answered. Changes nothing.
import { isObject, type Json, type JsonObject } from "../../lib/json.ts";
import { fail, ok, type Result } from "../../lib/result.ts";
import { type Forge, openedForge, paceOf } from "../forge-opening.ts";
import { eachOf, RestAsking, refusalOf } from "../rest-asking.ts";
import { connectRest, type RestAnswer, type RestConnection } from "../rest-client.ts";
import type { Sink } from "../sink.ts";
import { isNotInPlan } from "./shapes.ts";
import { fileOf, formOf } from "./fetch-form.ts";
import { collectHistory } from "./fetch-history.ts";
import { collectOrganization } from "./fetch-organization.ts";
import { collectRepository } from "./fetch-repository.ts";

export interface FetchOptions {
  /** `https://api.github.com`, or `https://HOST/api/v3` of a GitHub Enterprise Server. */
  readonly api: string;
  /** A fine-grained or classic personal access token, or the token of an app's installation. It is sent, and never written. */
  readonly token: string;
  /** The organization, or the user, whose repositories are asked for. */
  readonly owner: string;
  /** Names of repositories of the owner; absent: all that the organization shows. */
  readonly repositories?: readonly string[];
  /** How far back deployments and merged pull requests are asked for; absent: not at all. */
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
  readonly owner: string;
  readonly concurrency: number;
}

/** Error: why nothing can be asked. */
export async function openGithub(options: FetchOptions): Promise<Result<Forge, string>> {
  const base = URL.parse(options.api);
  if (!base) return fail(`${options.api} is no address`);
  const connection = connectRest({
    base,
    headers: {
      Accept: "application/vnd.github+json",
      Authorization: `Bearer ${options.token}`,
      "User-Agent": "bulkhead",
      "X-GitHub-Api-Version": "2022-11-28",
    },
    throttled,
    ...paceOf(options),
  });
  if (!connection.ok) return connection;
  return openedForge([connection.value], whoAmI, (sink) => collectAll(connection.value, sink, options));
}

/** An app's installation is no user, and may not ask who it is ("Resource not accessible by integration"). */
async function whoAmI(connection: RestConnection): Promise<Result<string, string>> {
  const answer = await connection.get("/user");
  if (!answer.ok) return fail(answer.error.error);
  const { status, text } = answer.value;
  if (status === 403) return ok("an installation of a GitHub App");
  if (status !== 200) return fail(refusalOf(answer.value).error);
  const user: unknown = JSON.parse(text);
  return ok(isObject(user) && typeof user["login"] === "string" ? user["login"] : "a user without a name");
}

/**
 * How long to wait, where the limit of requests is the reason for a 403 or 429: until the window ends (primary limit), or as `retry-after` says, or
 * at least a minute (secondary limit). Source: GitHub Docs, "Best practices for using the REST API", Handle rate limit errors appropriately.
 */
export function throttled({ status, headers, text }: RestAnswer): number | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const after = headers["retry-after"];
  if (typeof after === "string" && /^\d+$/.test(after)) return Number(after) * 1000;
  if (headers["x-ratelimit-remaining"] === "0") {
    const reset = Number(headers["x-ratelimit-reset"]) * 1000;
    return Number.isFinite(reset) ? Math.max(0, reset - Date.now()) + 1000 : 60_000;
  }
  return /secondary rate limit|abuse detection/i.test(text) ? 60_000 : undefined;
}

/** `<https://api.github.com/…&page=2>; rel="next"`: of the address only the number is taken, so that no answer leads elsewhere. */
export function nextPage({ headers }: RestAnswer): string | undefined {
  const links = [headers["link"] ?? []].flat().join(",");
  const next = /<([^>]*)>\s*;[^,]*\brel="next"/.exec(links)?.[1];
  return next === undefined ? undefined : (URL.parse(next)?.searchParams.get("page") ?? undefined);
}

/**
 * Errors that say that there is none, which is an answer: a branch without classic protection, a repository without a commit, and protection that
 * the owner's plan does not have for private repositories ("Upgrade to GitHub Pro or make this repository public to enable this feature").
 */
const saysNone = (path: string, status: number, message: string): boolean =>
  (status === 403 && isNotInPlan(message) && /\/(?:protection|rulesets)(?:\?|$)/.test(path)) ||
  (status === 404 && path.endsWith("/protection") && /branch not protected/i.test(message)) ||
  (status === 409 && path.includes("/git/trees/") && /repository is empty/i.test(message));

async function collectAll(connection: RestConnection, sink: Sink, options: FetchOptions): Promise<void> {
  const asking = new RestAsking(connection, sink, {
    form: (path: string, document: Json) => formOf(path, document, options.fingerprint),
    saysNone,
    fileOf,
    nextPage,
    pageQuery: (page) => `page=${page}`,
    ...(options.progress && { progress: options.progress }),
  });
  const asker: Asker = { asking, owner: options.owner, concurrency: options.concurrency };
  const listed = options.repositories === undefined ? await collectOrganization(asker) : undefined;
  const names = options.repositories ?? (listed ?? []).map((repository) => String(repository["name"]));
  const found = new Map<string, JsonObject>();
  await eachOf(names, options.concurrency, async (name) => {
    const repository = await asking.one(`/repos/${part(options.owner)}/${part(name)}`);
    if (repository) found.set(name, repository);
  });
  // Of single repositories nobody has said yet whether an organization owns them.
  const isOwned = [...found.values()].some(({ owner }) => isObject(owner) && owner["type"] === "Organization");
  if (options.repositories !== undefined && isOwned) await collectOrganization(asker);
  await eachOf([...found], options.concurrency, async ([name, repository]) => {
    await collectRepository(asker, name, repository);
    if (options.since) await collectHistory(asker, name, options.since);
  });
}

/** A part of a path. */
export const part = (text: string): string => encodeURIComponent(text);
