// For tests: a server that answers as GitHub's REST API does, in the published forms, to what a token of given permissions may ask.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { readFileSync } from "node:fs";
import { isObject, type Json, type JsonObject } from "../../lib/json.ts";
import { readDescription } from "../openapi-support.ts";
import { matchPath, parseCall } from "./call.ts";
import { SHAPES } from "./shapes.ts";

/** Answers by question, lists whole: `/repos/acme/shop/environments` → the document. A text is a file. */
export type World = ReadonlyMap<string, Json>;

export interface Token {
  /** `repository Contents read`, as the collector's readme names them. Absent: all. */
  readonly permissions?: ReadonlySet<string>;
  /** Classic scopes, as the description names them. */
  readonly scopes?: ReadonlySet<string>;
  readonly login?: string;
}

/** True: it has answered itself. */
export type Disturbance = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface Replay {
  readonly api: string;
  readonly asked: readonly string[];
  /** What a question or an answer had that was never published. */
  readonly problems: readonly string[];
  tokens: Map<string, Token>;
  world: World;
  disturb: Disturbance;
  readonly stop: () => Promise<void>;
}

const description = readDescription(new URL("./fixtures/openapi.json", import.meta.url));

/** Which permission each call asks for: the table of the readme, written from GitHub Docs, "Permissions required for fine-grained personal access tokens". */
const NEEDED: readonly (readonly [pattern: string, permissions: readonly string[]])[] = tableIn(
  readFileSync(new URL("./readme.md", import.meta.url), "utf8"),
);

function tableIn(readme: string): typeof NEEDED {
  const rows = readme.split("| call | says |")[1]?.split("\n\n")[0]?.split("\n").slice(2) ?? [];
  const paths = new Map(
    SHAPES.flatMap((shape) => shape.paths).map((path) => [path.replaceAll(/[:+](\w+)/g, (_, name: string) => name.toUpperCase()), path]),
  );
  return rows.flatMap((row) => {
    const [, calls = "", , needed = ""] = row.split("|");
    const organization = needed.includes("organization:");
    const [first = ""] = needed.replace(/.*organization:/, "").split(/[,;]/);
    const [, name = "", level = ""] = /([A-Z][\w -]*?) (read|write)/.exec(first.trim()) ?? [];
    return [...calls.matchAll(/`GET ([^`]+)`/g)].map(([, path = ""]) => {
      const pattern = paths.get(path) ?? "/repos/:owner/:repo/contents/*path";
      return [pattern, [`${organization ? "organization" : "repository"} ${name} ${level}`]] as const;
    });
  });
}

export const neededFor = (path: string): readonly string[] =>
  NEEDED.find(([pattern]) => matchPath(pattern, parseCall(`GET ${path}`)?.path ?? []) !== undefined)?.[1] ?? [];

/** Who may write may read (GitHub Docs, "Choosing permissions for a GitHub App"). */
const allows = (token: Token, needed: string): boolean =>
  token.permissions === undefined || token.permissions.has(needed) || token.permissions.has(needed.replace(/ read$/, " write"));

/** "The `admin:org` scope" holds `read:org`, and `repo` holds `public_repo` (GitHub Docs, "Scopes for OAuth apps"). */
const HOLDS: Readonly<Record<string, readonly string[]>> = {
  "read:org": ["admin:org", "write:org"],
  "admin:read": ["admin:org"],
  public_repo: ["repo"],
  user: ["read:user", "repo"],
};

export async function replay(world: World): Promise<Replay> {
  const asked: string[] = [];
  const problems: string[] = [];
  const state = { tokens: new Map<string, Token>([["all", {}]]), world, disturb: (() => false) as Disturbance };
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    if (state.disturb(request, response)) return;
    try {
      answer(request, response, state);
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
      send(response, 500, { message: "a problem of the test" });
    }
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return Object.assign(state, {
    ...{ api: `http://127.0.0.1:${port}/api/v3`, asked, problems },
    stop: () =>
      new Promise<void>((stopped) => {
        server.closeAllConnections();
        server.close(() => stopped());
      }),
  });
}

export function send(response: ServerResponse, status: number, document: Json, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { "Content-Type": "application/json; charset=utf-8", ...headers });
  response.end(typeof document === "string" ? document : JSON.stringify(document));
}

export const refusal = (message: string): JsonObject => ({ message, documentation_url: "https://docs.github.com/rest", status: "" });

function answer(request: IncomingMessage, response: ServerResponse, { tokens, world }: Pick<Replay, "tokens" | "world">): void {
  const url = new URL(request.url ?? "", "http://here");
  const path = url.pathname.replace(/^\/api\/v3/, "");
  const token = tokens.get((request.headers.authorization ?? "").replace("Bearer ", ""));
  if (!token) return send(response, 401, refusal("Bad credentials"));
  if (request.method !== "GET" || request.headers["x-github-api-version"] !== "2022-11-28")
    throw new Error(`${request.method} ${path} without the version of the API`);
  if (path === "/user")
    return send(response, token.login === undefined ? 403 : 200, { login: token.login ?? "", message: "by integration" });
  const { template, scopes } = description.operationAt(templated(path), url.searchParams);
  if (!isOrganization(path) && neededFor(path).some((needed) => !allows(token, needed)))
    return send(response, 403, refusal("Resource not accessible by personal access token"));
  const lacks =
    token.scopes !== undefined &&
    scopes.length > 0 &&
    !scopes.some((one) => [one, ...(HOLDS[one] ?? [])].some((each) => token.scopes?.has(each)));
  if (lacks) return send(response, 404, refusal("Not Found"));
  const found = world.get(keyOf(path, url.searchParams));
  if (found === undefined) return send(response, 404, refusal("Not Found"));
  if (typeof found === "string") return send(response, 200, found, { "Content-Type": "application/vnd.github.raw+json; charset=utf-8" });
  if (isObject(found) && "message" in found && "documentation_url" in found) return send(response, Number(found["status"]), { ...found });
  const shown = chosen(shownTo(token, path, found), url.searchParams);
  const page = paged(description.completed(template, shown), url);
  send(response, 200, page.document, page.next === undefined ? {} : { Link: `<${page.next}>; rel="next", <${page.next}>; rel="last"` });
}

/** What is left out of an answer to one who may not see it. */
function shownTo(token: Token, path: string, found: Json): Json {
  if (!isObject(found)) return found;
  if (isOrganization(path)) return isOwner(token) ? found : without(found, "default_repository_permission");
  return "bypass_actors" in found && !mayBypass(token, path) ? without(found, "bypass_actors") : found;
}

const chosen = (found: Json, query: URLSearchParams): Json =>
  query.get("protected") === "true" && Array.isArray(found)
    ? (found as readonly Json[]).filter((branch) => isObject(branch) && branch["protected"] === true)
    : found;

const isOrganization = (path: string): boolean => /^\/orgs\/[^/]+$/.test(path);

/** Anybody is shown an organization, and an owner alone its settings ("Get an organization"). */
const isOwner = (token: Token): boolean =>
  allows(token, "organization Administration read") && (token.scopes === undefined || token.scopes.has("admin:org"));

/** "The bypass_actors property is only returned if the user making the API request has write access to the ruleset" (the operation's description). */
const mayBypass = (token: Token, path: string): boolean =>
  allows(token, `${path.startsWith("/orgs/") ? "organization" : "repository"} Administration write`);

const without = (object: JsonObject, key: string): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([each]) => each !== key));

/** One part of a path where clients write several: branches and files have slashes. */
const templated = (path: string): string =>
  path
    .replace(/(\/contents\/).+$/, "$1x")
    .replace(/(\/branches\/).+(\/protection)$/, "$1x$2")
    .replace(/(\/git\/trees\/).+$/, "$1x");

const UNTOLD: ReadonlySet<string> = new Set([
  "per_page",
  "page",
  "ref",
  "recursive",
  "includes_parents",
  "affiliation",
  "type",
  "protected",
  "sort",
  "direction",
  "state",
]);

export function keyOf(path: string, query: URLSearchParams): string {
  const told = [...query].filter(([name]) => !UNTOLD.has(name)).map(([name, value]) => `${name}=${value}`);
  return [decodeURIComponent(path), ...told.toSorted()].join(" ");
}

/** 30 items a page unless asked, 100 at most, 30 of variables ("Using pagination in the REST API"). */
function paged(document: Json, url: URL): { readonly document: Json; readonly next?: string } {
  const key = isObject(document)
    ? Object.keys(document).find(
        (each) => Array.isArray(document[each]) && each !== "custom_deployment_protection_rules" && each !== "tree" && each !== "rules",
      )
    : undefined;
  const list = Array.isArray(document)
    ? (document as readonly Json[])
    : key !== undefined && isObject(document)
      ? (document[key] as readonly Json[])
      : undefined;
  if (list === undefined || !url.searchParams.has("per_page")) return { document };
  const perPage = Math.min(Number(url.searchParams.get("per_page")), url.pathname.endsWith("/variables") ? 30 : 100);
  const page = Number(url.searchParams.get("page") ?? 1);
  const items = list.slice((page - 1) * perPage, page * perPage);
  const shown = Array.isArray(document) ? items : { ...(document as JsonObject), [key as string]: items };
  if (page * perPage >= list.length) return { document: shown };
  const next = new URL(url);
  next.searchParams.set("page", String(page + 1));
  return { document: shown, next: next.href };
}
