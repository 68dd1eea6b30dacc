// How an answer of GitHub is written down: as it came, without what nobody reads of the past, and with every value that has a secret's form replaced.
import { isObject, type Json, type JsonObject } from "../../lib/json.ts";
import { scriptWithoutSecrets, variableWithoutSecrets } from "../../lib/secret-text.ts";
import { matchPath, parseCall } from "./call.ts";
import { isRead } from "./map-files.ts";
import { definitionWithoutSecrets } from "../definition-text.ts";

type Fingerprint = (secret: string) => string;
type Form = (document: Json, by: Fingerprint) => Json;

const items = (document: Json, change: (item: JsonObject) => JsonObject): Json =>
  Array.isArray(document) ? (document as readonly Json[]).map((item) => (isObject(item) ? change(item) : item)) : document;

const only =
  (...keys: readonly string[]) =>
  (item: JsonObject): JsonObject =>
    Object.fromEntries(keys.flatMap((key) => (item[key] === undefined ? [] : [[key, item[key]]])));

const without =
  (...keys: readonly string[]) =>
  (item: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(item).filter(([key]) => !keys.includes(key)));

const member = (document: Json, key: string, change: (value: Json) => Json): Json =>
  isObject(document) && document[key] !== undefined ? { ...document, [key]: change(document[key]) } : document;

const variables: Form = (document, by) =>
  member(document, "variables", (list) =>
    items(list, (item) =>
      typeof item["value"] === "string" ? { ...item, value: variableWithoutSecrets(String(item["name"]), item["value"], by) } : item,
    ),
  );

const REPO = "/repos/:owner/:repo";

/** A tree names every file, a comparison holds every changed line, a deployment whatever its maker put into it. */
const FORMS: readonly (readonly [pattern: string, form: Form])[] = [
  ["/orgs/:org/actions/variables", variables],
  [`${REPO}/actions/variables`, variables],
  [`${REPO}/actions/organization-variables`, variables],
  [`${REPO}/environments/:environment/variables`, variables],
  [`${REPO}/keys`, (document) => items(document, without("key"))],
  [
    `${REPO}/git/trees/+tree`,
    (document) =>
      member(document, "tree", (tree) =>
        Array.isArray(tree) ? (tree as readonly Json[]).filter((entry) => isObject(entry) && isRead(String(entry["path"]))) : tree,
      ),
  ],
  [`${REPO}/deployments`, (document) => items(document, without("payload"))],
  [`${REPO}/actions/runs/:run`, (document) => (isObject(document) ? without("repository", "head_repository")(document) : document)],
  [`${REPO}/actions/runs/:run/approvals`, (document) => items(document, without("comment"))],
  [
    `${REPO}/compare/+range`,
    (document) =>
      member(isObject(document) ? without("files")(document) : document, "commits", (commits) =>
        items(commits, (commit) => {
          const { commit: written } = commit;
          return isObject(written) ? { ...commit, commit: without("verification")(written) } : commit;
        }),
      ),
  ],
  [`${REPO}/pulls`, (document) => items(document, pullForm)],
  [`${REPO}/pulls/:pull/reviews`, (document) => items(document, without("body", "body_html", "body_text"))],
];

const PULL = ["url", "id", "number", "state", "draft", "user", "created_at", "updated_at", "closed_at", "merged_at", "merge_commit_sha"];

function pullForm(pull: JsonObject): JsonObject {
  const end = (key: string): JsonObject => (isObject(pull[key]) ? { [key]: only("label", "ref", "sha")(pull[key]) } : {});
  return { ...only(...PULL)(pull), ...end("base"), ...end("head") };
}

export function formOf(path: string, document: Json, by: Fingerprint): Json {
  if (typeof document === "string") return definitionWithoutSecrets(document, by);
  const asked = parseCall(`GET ${path}`)?.path ?? [];
  const form = FORMS.find(([pattern]) => matchPath(pattern, asked) !== undefined)?.[1];
  return deep(form ? form(document, by) : document, by);
}

/** Free text anywhere may hold a token of a known form. */
function deep(value: Json, by: Fingerprint): Json {
  if (typeof value === "string") return scriptWithoutSecrets(value, by);
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => deep(item, by));
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, deep(item, by)]));
  return value;
}

/** Filters that every question of its kind has, and so tell nothing. */
const USUAL: ReadonlySet<string> = new Set([
  "per_page",
  "page",
  "ref",
  "recursive",
  "includes_parents",
  "affiliation",
  "protected",
  "type",
]);

/** A file's name is for people; the manifest says which call it answers. Threat: a resource named `../x`. */
export function fileOf(path: string, page: number): string {
  const call = parseCall(`GET ${path}`);
  const [kind, , ...below] = call?.path ?? [];
  const isFile = kind === "repos" && below[1] === "contents";
  const named = kind === "repos" ? (isFile ? [below[0] ?? "", ...below.slice(2)] : below) : ["organization", ...below];
  const filters = [...(call?.query ?? [])].flatMap(([name, value]) => (USUAL.has(name) ? [] : [`${name}-${value}`]));
  const stem = [named.join("/"), ...filters]
    .join("-")
    .split("/")
    .map((each) => each.replaceAll(/[^\w.@-]+/g, "-").slice(0, 100))
    .map((each) => (/^\.*$/.test(each) ? "-" : each))
    .join("/");
  if (isFile) return stem;
  return `${stem}${kind === "repos" && below.length === 1 ? "/repository" : ""}${page === 0 ? "" : `-page-${page + 1}`}.json`;
}
