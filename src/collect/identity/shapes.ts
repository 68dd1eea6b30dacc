// What an answer is: of which provider, and whether it lists users, groups or members. Told by content; the call alone only where a list is empty.
import { isObject, type JsonObject } from "../../lib/json.ts";
import type { ParsedFile } from "../collector.ts";
import { ENTERPRISE } from "./schema.ts";

export type Provider = "okta" | "entra" | "google" | "scim";

export interface Shape {
  readonly provider: Provider;
  readonly what: "users" | "groups" | "members";
  readonly items: readonly unknown[];
  /** Where the items stand in the document. */
  readonly at: readonly string[];
  /** For members: id or address of the group. */
  readonly group?: string;
  readonly next?: true;
  readonly total?: number;
}

const LIST_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const SCIM_USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const SCIM_GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";

/** Undefined: no answer of an identity provider. */
export function shapeOf(document: unknown, file: ParsedFile): Shape | undefined {
  if (Array.isArray(document)) return listShape(document, file);
  if (!isObject(document)) return undefined;
  return graphShape(document, file) ?? googleShape(document, file) ?? scimShape(document);
}

/** The group whose members were asked for: in the call, else in the path of a file of members. */
export function groupAsked({ call, path }: ParsedFile): string | undefined {
  const byCall = /groups\/([^/?\s]+)\/(?:users|members|transitiveMembers)/i.exec(call ?? "")?.[1];
  const byCommand = /\baz ad group member list\b.*?\s(?:--group|-g)[ =]("[^"]+"|\S+)/.exec(call ?? "")?.[1]?.replaceAll('"', "");
  const byPath = call === undefined ? /groups\/([^/]+)\/(?:users|members)(?:[.-][^/]*)?\.json$/i.exec(path)?.[1] : undefined;
  const found = byCall ?? byCommand ?? byPath;
  return found === undefined ? undefined : decoded(found);
}

/** A call may hold an address as it stands in a URL, and one that is no such escape is what it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const isOktaUser = (item: JsonObject): boolean =>
  isObject(item["profile"]) && "login" in item["profile"] && typeof item["status"] === "string";
const isOktaGroup = (item: JsonObject): boolean =>
  isObject(item["profile"]) && "name" in item["profile"] && /^(?:OKTA|APP|BUILT_IN)(?:_GROUP)?$/.test(String(item["type"]));
const isEntraUser = (item: JsonObject): boolean => typeof item["userPrincipalName"] === "string";
const isEntraGroup = (item: JsonObject): boolean => "securityEnabled" in item && "displayName" in item;
const isEntraMember = (item: JsonObject): boolean => String(item["@odata.type"]).startsWith("#microsoft.graph.");

/** Okta and `az ad` print lists as they are. */
function listShape(items: readonly unknown[], file: ParsedFile): Shape | undefined {
  const [first] = items;
  const group = groupAsked(file);
  if (first === undefined) return emptyShape(file, group);
  if (!isObject(first)) return undefined;
  const provider =
    isOktaUser(first) || isOktaGroup(first)
      ? "okta"
      : isEntraUser(first) || isEntraGroup(first) || isEntraMember(first)
        ? "entra"
        : undefined;
  if (provider === undefined) return undefined;
  const isGroups = isOktaGroup(first) || (isEntraGroup(first) && !isEntraMember(first));
  if (group !== undefined && !isOktaGroup(first)) return { provider, what: "members", items, at: [], group };
  return { provider, what: isGroups ? "groups" : "users", items, at: [] };
}

/** Nothing in an empty list says what it is of. */
function emptyShape({ call, scope }: ParsedFile, group: string | undefined): Shape | undefined {
  if (scope?.system !== "identity" || call === undefined) return undefined;
  const provider = call.includes("/api/v1/") ? "okta" : call.startsWith("az ad ") ? "entra" : undefined;
  if (provider === undefined) return undefined;
  if (group !== undefined) return { provider, what: "members", items: [], at: [], group };
  return { provider, what: /groups|az ad group list/.test(call) ? "groups" : "users", items: [], at: [] };
}

/** Microsoft Graph: `value` with the address of its metadata, which names what was asked. */
function graphShape(document: JsonObject, file: ParsedFile): Shape | undefined {
  const { value } = document;
  const context = document["@odata.context"];
  if (!Array.isArray(value) || typeof context !== "string" || !/graph\.microsoft\.[a-z.]+\/.*\$metadata#/i.test(context)) return undefined;
  const base = {
    provider: "entra",
    items: value,
    at: ["value"],
    ...(document["@odata.nextLink"] !== undefined && { next: true as const }),
  } as const;
  const kind = /\$metadata#([A-Za-z]+)/.exec(context)?.[1];
  const group = groupAsked(file) ?? /groups\('([^']+)'\)/.exec(context)?.[1];
  if (group !== undefined) return { ...base, what: "members", group };
  if (kind === "users") return { ...base, what: "users" };
  return kind === "groups" ? { ...base, what: "groups" } : undefined;
}

function googleShape(document: JsonObject, file: ParsedFile): Shape | undefined {
  const what = /^admin#directory#(users|groups|members)$/.exec(String(document["kind"]))?.[1] as Shape["what"] | undefined;
  if (what === undefined) return undefined;
  const items = document[what] ?? [];
  if (!Array.isArray(items)) return undefined;
  const next = document["nextPageToken"] !== undefined ? ({ next: true } as const) : {};
  const group = what === "members" ? groupAsked(file) : undefined;
  return { provider: "google", what, items, at: [what], ...next, ...(group !== undefined && { group }) };
}

/** A ListResponse (RFC 7644, section 3.4.2), or one resource. */
function scimShape(document: JsonObject): Shape | undefined {
  const isList = schemasOf(document).includes(LIST_RESPONSE);
  const items = isList ? (document["Resources"] ?? []) : [document];
  if (!Array.isArray(items)) return undefined;
  const schemas = schemasOf(items[0]);
  const what = schemas.includes(SCIM_GROUP) ? "groups" : schemas.includes(SCIM_USER) || schemas.includes(ENTERPRISE) ? "users" : undefined;
  if (what === undefined) return undefined;
  const total = document["totalResults"];
  return { provider: "scim", what, items, at: isList ? ["Resources"] : [], ...(isList && typeof total === "number" && { total }) };
}

const schemasOf = (value: unknown): readonly unknown[] => (isObject(value) && Array.isArray(value["schemas"]) ? value["schemas"] : []);
