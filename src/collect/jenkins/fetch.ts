// Live collection: asks a Jenkins controller for its jobs' settings, credentials by id, roles, agents and configuration. Changes nothing.
import { isObject, type Json, type JsonObject } from "../../lib/json.ts";
import { fail, ok, type Result } from "../../lib/result.ts";
import { type Forge, openedForge, paceOf } from "../forge-opening.ts";
import { eachOf, RestAsking, refusalOf } from "../rest-asking.ts";
import { connectRest, type RestConnection } from "../rest-client.ts";
import type { Sink } from "../sink.ts";
import { fileOf, formOf } from "./fetch-form.ts";

export interface FetchOptions {
  /** `https://ci.example.com`, with the prefix that Jenkins has there. */
  readonly url: string;
  readonly user: string;
  /** The user's API token. It is sent, and never written. */
  readonly token: string;
  /** How many requests may be under way at once. */
  readonly concurrency: number;
  readonly fingerprint: (secret: string) => string;
  readonly firstWaitMs?: number;
  readonly longestWaitMs?: number;
  readonly say?: (line: string) => void;
  readonly progress?: (state: { readonly asked: number; readonly answered: number }) => void;
}

/** Error: why nothing can be asked. */
export async function openJenkins(options: FetchOptions): Promise<Result<Forge, string>> {
  const base = URL.parse(options.url);
  if (!base) return fail(`${options.url} is no address`);
  const connection = connectRest({
    base,
    // "Authenticating scripted clients": the API token in place of the password; with it no crumb is asked for.
    headers: { Authorization: `Basic ${Buffer.from(`${options.user}:${options.token}`).toString("base64")}`, "User-Agent": "bulkhead" },
    ...paceOf(options),
  });
  if (!connection.ok) return connection;
  return openedForge([connection.value], whoAmI, (sink) => collectAll(connection.value, sink, options));
}

async function whoAmI(connection: RestConnection): Promise<Result<string, string>> {
  const answer = await connection.get("/me/api/json?tree=id");
  if (!answer.ok) return fail(answer.error.error);
  if (answer.value.status !== 200) return fail(refusalOf(answer.value).error);
  try {
    const user: unknown = JSON.parse(answer.value.text);
    if (isObject(user) && typeof user["id"] === "string") return ok(user["id"]);
  } catch {
    // A page for people: it is no Jenkins, or something stands before it.
  }
  return fail("what answers is no Jenkins");
}

/** Folders in folders, as deep as a question goes. Attacker-controlled names are never put into it. */
const DEPTH = 10;
const TREE = Array.from({ length: DEPTH }).reduce<string>((below) => `jobs[_class,fullName${below === "" ? "" : `,${below}`}]`, "");

async function collectAll(connection: RestConnection, sink: Sink, options: FetchOptions): Promise<void> {
  const asking = new RestAsking(connection, sink, {
    form: (path: string, document: Json) => formOf(path, document, options.fingerprint),
    saysNone: () => false,
    fileOf,
    nextPage: () => undefined,
    pageQuery: () => "",
    ...(options.progress && { progress: options.progress }),
  });
  await asking.text("/manage/configuration-as-code/export", {}, "POST");
  await asking.one("/computer/api/json?depth=1");
  await asking.one("/asynchPeople/api/json?depth=1");
  await asking.one("/credentials/store/system/domain/_/api/json?depth=1");
  for (const type of ["globalRoles", "projectRoles"])
    for (const role of Object.keys((await asking.one(`/role-strategy/strategy/getAllRoles?type=${type}`)) ?? {}))
      await asking.one(`/role-strategy/strategy/getRole?type=${type}&roleName=${encodeURIComponent(role)}`);
  const items = itemsIn(await asking.one(`/api/json?tree=${TREE}`));
  await eachOf(items, options.concurrency, async ({ name, isFolder }) => {
    const path = name
      .split("/")
      .map((each) => `/job/${encodeURIComponent(each)}`)
      .join("");
    await asking.text(`${path}/config.xml`);
    if (isFolder) await asking.one(`${path}/credentials/store/folder/domain/_/api/json?depth=1`);
  });
}

interface Item {
  readonly name: string;
  /** It may hold credentials of its own. */
  readonly isFolder: boolean;
}

/** Branches of a multibranch project are its own, and have no settings. */
function itemsIn(answer: JsonObject | undefined): readonly Item[] {
  const jobs = answer?.["jobs"];
  return (Array.isArray(jobs) ? (jobs as readonly Json[]) : []).filter(isObject).flatMap((item) => {
    const kind = String(item["_class"]);
    const isFolder = /Folder$|MultiBranchProject$/.test(kind);
    const below = kind.endsWith("MultiBranchProject") ? [] : itemsIn(item);
    return typeof item["fullName"] === "string" ? [{ name: item["fullName"], isFolder }, ...below] : below;
  });
}
