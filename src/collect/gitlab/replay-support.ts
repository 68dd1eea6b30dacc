// For tests: a server that answers as GitLab's REST API does, to what a token's role may ask. What no page of the reference names is a problem of the test.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Json } from "../../lib/json.ts";

/** Whole answers by path: `projects/acme%2Fshop/environments`. A text is a file. */
export type World = ReadonlyMap<string, Json>;

const ROLES = ["Guest", "Reporter", "Maintainer", "Owner"] as const;
export type Role = (typeof ROLES)[number];

interface Route {
  readonly form: RegExp;
  readonly query: readonly string[];
  readonly role: Role;
  readonly isList: boolean;
}

const PAGES = ["page", "per_page"];
const route = (form: string, role: Role, query: readonly string[] = [], isList = true): Route => ({
  form: new RegExp(`^${form.replaceAll("*", "[^/]+")}$`),
  query: isList ? [...query, ...PAGES] : query,
  role,
  isList,
});

/** Source: GitLab Docs, "REST API resources": each page's paths, attributes and least role. */
const ROUTES: readonly Route[] = [
  route("groups/*/projects", "Guest", ["include_subgroups", "with_shared", "archived"]),
  route("groups/*/variables", "Owner"),
  route("groups/*/protected_environments", "Maintainer"),
  route("projects/*", "Guest", ["license", "statistics"], false),
  route("projects/*/members/all", "Guest", ["query", "state"]),
  route("projects/*/protected_branches", "Maintainer", ["search"]),
  route("projects/*/protected_tags", "Maintainer"),
  route("projects/*/protected_environments", "Maintainer"),
  route("projects/*/environments", "Reporter", ["name", "search", "states"]),
  route("projects/*/approvals", "Maintainer", [], false),
  route("projects/*/approval_rules", "Maintainer"),
  route("projects/*/variables", "Maintainer"),
  route("projects/*/deploy_keys", "Maintainer"),
  route("projects/*/runners", "Maintainer", ["type", "status", "tag_list"]),
  route("runners/*", "Maintainer", [], false),
  route("projects/*/repository/files/*/raw", "Reporter", ["ref", "lfs"], false),
  route("projects/*/repository/tree", "Reporter", ["path", "recursive", "ref"]),
  route("projects/*/deployments", "Reporter", ["order_by", "sort", "updated_after", "environment", "status"]),
  route("projects/*/deployments/*", "Reporter", [], false),
  route("projects/*/deployments/*/merge_requests", "Reporter", ["state"]),
  route("projects/*/merge_requests/*/approvals", "Reporter", [], false),
  route("projects/*/repository/compare", "Reporter", ["from", "to", "straight"], false),
];

export interface Replay {
  readonly url: string;
  readonly asked: readonly string[];
  readonly problems: readonly string[];
  role: Role;
  world: World;
  disturb: (request: IncomingMessage, response: ServerResponse) => boolean;
  readonly stop: () => Promise<void>;
}

export async function replay(world: World): Promise<Replay> {
  const asked: string[] = [];
  const problems: string[] = [];
  const state = { role: "Owner" as Role, world, disturb: (() => false) as Replay["disturb"] };
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    if (!state.disturb(request, response)) answer(request, response, state, problems);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return Object.assign(state, {
    ...{ url: `http://127.0.0.1:${port}`, asked, problems },
    stop: () =>
      new Promise<void>((stopped) => {
        server.closeAllConnections();
        server.close(() => stopped());
      }),
  });
}

export function send(response: ServerResponse, status: number, document: Json, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { "Content-Type": "application/json", ...headers });
  response.end(typeof document === "string" ? document : JSON.stringify(document));
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { role, world }: Pick<Replay, "role" | "world">,
  problems: string[],
): void {
  const url = new URL(request.url ?? "", "http://here");
  const path = url.pathname.replace("/api/v4/", "");
  if (request.headers.authorization !== "Bearer all") return send(response, 401, { message: "401 Unauthorized" });
  if (path === "user") return send(response, 200, { id: 1, username: "auditor" });
  const found = ROUTES.find(({ form }) => form.test(path));
  if (request.method !== "GET" || !found) {
    problems.push(`${request.method} ${path}`);
    return send(response, 404, { error: "404 Not Found" });
  }
  for (const name of url.searchParams.keys()) if (!found.query.includes(name)) problems.push(`${path} takes no ${name}`);
  if (ROLES.indexOf(role) < ROLES.indexOf(found.role)) return send(response, 403, { message: "403 Forbidden" });
  const document = world.get([path, url.searchParams.get("from"), url.searchParams.get("to")].filter(Boolean).join(" "));
  if (document === undefined) return send(response, 404, { message: "404 Not found" });
  if (!found.isList) return send(response, 200, document);
  // "20 by default, 100 at most" ("REST API", Pagination).
  const perPage = Math.min(Number(url.searchParams.get("per_page") ?? 20), 100);
  const page = Number(url.searchParams.get("page") ?? 1);
  const list = document as readonly Json[];
  const next = page * perPage < list.length ? String(page + 1) : "";
  send(response, 200, list.slice((page - 1) * perPage, page * perPage), {
    "x-next-page": next,
    "x-page": String(page),
    "x-per-page": String(perPage),
  });
}
