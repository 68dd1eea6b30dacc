// Live collection: asks projects of an Azure DevOps organization, and its groups, for the answers of shapes.ts, and hands on what came. Changes nothing.
import { isObject, type Json, type JsonObject } from "../../lib/json.ts";
import { fail, ok, type Result } from "../../lib/result.ts";
import { type Forge, openedForge, paceOf } from "../forge-opening.ts";
import { eachOf, RestAsking, refusalOf } from "../rest-asking.ts";
import { connectRest, type RestAnswer, type RestConnection } from "../rest-client.ts";
import type { Sink } from "../sink.ts";
import { collectDefinitions } from "./fetch-definition.ts";
import { fileOf, formOf } from "./fetch-form.ts";
import { collectHistory } from "./fetch-history.ts";
import { collectPeople } from "./fetch-people.ts";

export interface FetchOptions {
  /** `https://dev.azure.com`, or the address of an Azure DevOps Server. */
  readonly url: string;
  /** A personal access token, or a token of Microsoft Entra ID. It is sent, and never written. */
  readonly token: string;
  readonly organization: string;
  /** Names; absent: all that the organization shows. */
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
  /** Groups, users and identities stand on a host of their own. */
  readonly graph: RestAsking;
  readonly organization: string;
  readonly concurrency: number;
}

/** The newest version of each resource of 7.1, whether it counts as a preview or not (REST API, "Versioning": in the Accept header too). */
export const VERSION = "api-version=7.1-preview";

const authorizationOf = (token: string): string =>
  // A token of Entra ID is a JSON web token; a personal one stands in place of a password.
  token.startsWith("eyJ") ? `Bearer ${token}` : `Basic ${Buffer.from(`:${token}`).toString("base64")}`;

/** Error: why nothing can be asked. */
export async function openAzure(options: FetchOptions): Promise<Result<Forge, string>> {
  const base = URL.parse(options.url);
  if (!base) return fail(`${options.url} is no address`);
  const graphs = base.hostname === "dev.azure.com" ? new URL("https://vssps.dev.azure.com") : base;
  const connect = (to: URL) =>
    connectRest({
      base: to,
      headers: { Accept: `application/json;${VERSION}`, Authorization: authorizationOf(options.token), "User-Agent": "bulkhead" },
      ...paceOf(options),
    });
  const [main, graph] = [connect(base), connect(graphs)];
  if (!main.ok) return main;
  if (!graph.ok) return graph;
  return openedForge(
    [main.value, graph.value],
    (connection) => whoAmI(connection, options.organization),
    (sink) => collectAll(main.value, graph.value, sink, options),
  );
}

/** Whoever is not known is led to a page for signing in (302 or 203), which is no answer. */
async function whoAmI(connection: RestConnection, organization: string): Promise<Result<string, string>> {
  const answer = await connection.get(`/${part(organization)}/_apis/connectionData`);
  if (!answer.ok) return fail(answer.error.error);
  if (answer.value.status !== 200) return fail(refusalOf(answer.value).error);
  try {
    const { authenticatedUser: user } = JSON.parse(answer.value.text) as JsonObject;
    if (isObject(user)) return ok(String(user["providerDisplayName"] ?? user["id"]));
  } catch {
    // A page for people.
  }
  return fail("what answers is no Azure DevOps");
}

const nextPage = ({ headers }: RestAnswer): string | undefined => [headers["x-ms-continuationtoken"] ?? []].flat()[0] || undefined;

async function collectAll(main: RestConnection, graphs: RestConnection, sink: Sink, options: FetchOptions): Promise<void> {
  const asking = (connection: RestConnection): RestAsking =>
    new RestAsking(connection, sink, {
      form: (path: string, document: Json) => formOf(path, document, options.fingerprint),
      saysNone: () => false,
      fileOf,
      nextPage,
      pageQuery: (page) => `continuationToken=${encodeURIComponent(page)}`,
      ...(options.progress && { progress: options.progress }),
    });
  const asker: Asker = {
    asking: asking(main),
    graph: asking(graphs),
    organization: options.organization,
    concurrency: options.concurrency,
  };
  const names = options.projects ?? (await projectsOf(main, sink, options.organization));
  await collectPeople(asker);
  await eachOf(names, options.concurrency, async (name) => {
    const found = await asker.asking.one(`/${part(options.organization)}/_apis/projects/${part(name)}`);
    if (found) await collectProject(asker, name, String(found["id"]), options.since);
  });
}

/** Which there are: each is asked for by itself, so the list is not kept. */
async function projectsOf(connection: RestConnection, sink: Sink, organization: string): Promise<readonly string[]> {
  const path = `/${part(organization)}/_apis/projects?$top=1000`;
  const answer = await connection.get(path);
  const list = answer.ok && answer.value.status === 200 ? listIn(answer.value.text) : undefined;
  if (list === undefined) sink.deny(`GET ${path}`, answer.ok ? refusalOf(answer.value).error : answer.error.error);
  return (list ?? []).map(({ name }) => String(name));
}

function listIn(text: string): readonly JsonObject[] | undefined {
  try {
    const { value } = JSON.parse(text) as JsonObject;
    return Array.isArray(value) ? (value as readonly Json[]).filter(isObject) : undefined;
  } catch {
    return undefined;
  }
}

async function collectProject(asker: Asker, name: string, id: string, since: Date | undefined): Promise<void> {
  const { asking, organization, concurrency } = asker;
  const of = `/${part(organization)}/${part(name)}/_apis`;
  const list = async (path: string): Promise<readonly JsonObject[]> => (await asking.list(`${of}/${path}`, { key: "value" })) ?? [];
  const repositories = await list("git/repositories");
  const definitions = await list("build/definitions?includeAllProperties=true");
  // Of the two addresses that answer the same, the one that asks for no more than to read builds.
  const environments = await list("pipelines/environments");
  const connections = await list("serviceendpoint/endpoints");
  const groups = await list("distributedtask/variablegroups");
  const queues = await list("distributedtask/queues");
  await list("policy/configurations");
  await asking.one(`${of}/build/generalsettings`);
  const resources = [
    ...environments.map((one) => ["environment", String(one["id"])] as const),
    ...connections.map((one) => ["endpoint", String(one["id"])] as const),
    ...groups.map((one) => ["variablegroup", String(one["id"])] as const),
    ...queues.map((one) => ["queue", String(one["id"])] as const),
    ...repositories.map((one) => ["repository", `${id}.${String(one["id"])}`] as const),
  ];
  await eachOf(resources, concurrency, async ([type, resource]) => {
    await list(`pipelines/checks/configurations?resourceType=${type}&resourceId=${part(resource)}&$expand=settings`);
    await asking.one(`${of}/pipelines/pipelinepermissions/${type}/${part(resource)}`);
  });
  await collectDefinitions(asker, name, definitions);
  if (since) await collectHistory(asker, name, environments, since);
}

/** A part of a path, or a value of a query. */
export const part = (text: string): string => encodeURIComponent(text);
