// How an answer of Azure DevOps is written down: as it came, without values of variables, what connections hold, and links.
import { isObject, type Json, type JsonObject } from "../../lib/json.ts";
import { scriptWithoutSecrets, withoutSecrets } from "../../lib/secret-text.ts";
import { definitionWithoutSecrets } from "../definition-text.ts";
import { calledBy, itemAsked } from "./call.ts";

type Fingerprint = (secret: string) => string;

/** Addresses of other answers and texts for people say nothing that is read. */
const LEFT_OUT: ReadonlySet<string> = new Set(["_links", "imageUrl", "description", "comment", "instructions"]);

/** Secret variables come as null, others as they are; what they hold is never read. */
const variablesForm = (variables: Json): Json =>
  isObject(variables)
    ? Object.fromEntries(
        Object.entries(variables).map(([name, variable]) => [
          name,
          isObject(variable) ? Object.fromEntries(Object.entries(variable).filter(([key]) => key !== "value")) : null,
        ]),
      )
    : variables;

/** Of what a connection signs in with, only whose token it takes: the parameters of other schemes are secrets. */
function authorizationForm(authorization: Json): Json {
  if (!isObject(authorization)) return authorization;
  const { scheme, parameters } = authorization;
  const kept = isObject(parameters) ? Object.entries(parameters).filter(([key]) => key.startsWith("workloadIdentityFederation")) : [];
  return { ...(scheme !== undefined && { scheme }), parameters: Object.fromEntries(kept) };
}

export function formOf(path: string, document: Json, by: Fingerprint): Json {
  if (typeof document === "string" && itemAsked(calledBy(`GET ${path}`))) return definitionWithoutSecrets(document, by);
  return deep(document, "", by);
}

function deep(value: Json, name: string, by: Fingerprint): Json {
  if (typeof value === "string") return name === "" ? scriptWithoutSecrets(value, by) : withoutSecrets(name, value, by);
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => deep(item, "", by));
  if (!isObject(value)) return value;
  const members = Object.entries(value).filter(([key]) => !LEFT_OUT.has(key));
  return Object.fromEntries(members.map(([key, item]) => [key, memberForm(key, item, by)])) as JsonObject;
}

const memberForm = (key: string, item: Json, by: Fingerprint): Json =>
  key === "variables" ? variablesForm(item) : key === "authorization" ? authorizationForm(item) : deep(item, key, by);

/** A file's name is for people; the manifest says which call it answers. Threat: a path with `..`. */
export function fileOf(path: string, page: number): string {
  const called = calledBy(`GET ${path}`);
  const item = itemAsked(called);
  const filters = ["resourceType", "resourceId"].flatMap((name) => called?.query.get(name) ?? []);
  const below = item === undefined ? [called?.rest ?? "", ...filters].join("-") : `${item.repository}/${item.path}`;
  const stem = `${called?.project ?? "organization"}/${below}`
    .split("/")
    .map((each) => each.replaceAll(/[^\w.@-]+/g, "-").slice(0, 100))
    .map((each) => (/^\.*$/.test(each) ? "-" : each))
    .join("/");
  return item === undefined ? `${stem}${page === 0 ? "" : `-page-${page + 1}`}.json` : stem;
}
