// How an answer of GitLab is written down: as it came, without the values of variables, tokens and what nobody reads of the past.
import { isObject, type Json, type JsonObject } from "../../lib/json.ts";
import { scriptWithoutSecrets } from "../../lib/secret-text.ts";
import { definitionWithoutSecrets } from "../definition-text.ts";
import { calledBy } from "./call.ts";

type Fingerprint = (secret: string) => string;

/** GitLab shows values of variables to whoever may list them, and a project's runner token to its Maintainers. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  "value",
  "runners_token",
  "token",
  "key",
  "artifacts",
  "diffs",
  "description",
  "description_html",
  "note",
  "comment",
]);

const only = (item: Json | undefined, keys: readonly string[]): JsonObject =>
  isObject(item) ? Object.fromEntries(keys.flatMap((key) => (item[key] === undefined ? [] : [[key, item[key]]]))) : {};

/** Of a deployment's job the script's trace, the runner and the pipeline's texts are nobody's business. */
function deploymentForm(deployment: Json): Json {
  if (!isObject(deployment)) return deployment;
  const { deployable, environment } = deployment;
  const commit = isObject(deployable) ? only(deployable["commit"], ["id", "created_at"]) : {};
  return {
    ...deployment,
    environment: only(environment, ["id", "name", "slug", "tier", "state"]),
    ...(isObject(deployable) && {
      deployable: { ...only(deployable, ["id", "name", "status", "ref", "finished_at", "started_at"]), commit },
    }),
  };
}

export function formOf(path: string, document: Json, by: Fingerprint): Json {
  if (typeof document === "string") return definitionWithoutSecrets(document, by);
  const rest = calledBy(`GET ${path}`)?.rest ?? "";
  const each = (change: (item: Json) => Json): Json =>
    Array.isArray(document) ? (document as readonly Json[]).map(change) : change(document);
  const formed = /^deployments(?:\/\d+)?$/.test(rest) ? each(deploymentForm) : document;
  return deep(formed, by, rest.endsWith("variables"));
}

/** `key` names a variable, and is a public key elsewhere. */
function deep(value: Json, by: Fingerprint, isVariables: boolean): Json {
  if (typeof value === "string") return scriptWithoutSecrets(value, by);
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => deep(item, by, isVariables));
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([key]) => !LEFT_OUT.has(key) || (key === "key" && isVariables));
  // A runner is named by its description, and nothing else tells it apart.
  const named =
    typeof value["runner_type"] === "string" && value["description"] !== undefined ? [["description", value["description"]] as const] : [];
  return Object.fromEntries([...kept, ...named].map(([key, item]) => [key, deep(item, by, isVariables)]));
}

/** A file's name is for people; the manifest says which call it answers. Threat: a path with `..`. */
export function fileOf(path: string, page: number): string {
  const called = calledBy(`GET ${path}`);
  const file = /^repository\/files\/(.+)\/raw$/.exec(called?.rest ?? "")?.[1];
  const filters = [...(called?.query ?? [])].flatMap(([name, value]) => (/^(?:from|to|path)$/.test(name) ? [value.slice(0, 12)] : []));
  const below = file ?? (called?.rest || (called?.kind === "runners" ? "runner" : "project"));
  const owner =
    called?.kind === "groups" ? `groups/${called.of}` : called?.kind === "runners" ? `runners/${called.of}` : (called?.of ?? "");
  const stem = [`${owner}/${below}`, ...filters]
    .join("-")
    .split("/")
    .map((each) => each.replaceAll(/[^\w.@-]+/g, "-").slice(0, 100))
    .map((each) => (/^\.*$/.test(each) ? "-" : each))
    .join("/");
  return file !== undefined ? stem : `${stem}${page === 0 ? "" : `-page-${page + 1}`}.json`;
}
