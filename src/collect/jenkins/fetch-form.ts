// How an answer of Jenkins is written down: settings and configuration line by line, without passwords and what Jenkins itself has encrypted.
import { isObject, type Json, type JsonObject } from "../../lib/json.ts";
import { scriptWithoutSecrets, withoutSecrets } from "../../lib/secret-text.ts";
import { definitionWithoutSecrets } from "../definition-text.ts";
import { calledBy } from "./call.ts";

type Fingerprint = (secret: string) => string;

/** `{AQAAABAAAAAQ…}`: a value that the controller's own key decrypts (Handbook, "Encryption of secrets and credentials"). */
const ENCRYPTED = /\{AQAA[A-Za-z0-9+/=]{8,}\}/g;
/** An element with text and nothing else in it. */
const ELEMENT = /<([A-Za-z][\w.-]*)((?:\s[^<>]*)?)>([^<>]+)<\/\1>/g;

const withoutEncrypted = (text: string, by: Fingerprint): string => text.replaceAll(ENCRYPTED, (secret) => `fingerprint:${by(secret)}`);

/** `<password>…</password>` of an old plugin, and secrets in scripts. */
function xmlWithoutSecrets(text: string, by: Fingerprint): string {
  const named = text.replaceAll(ELEMENT, (whole, name: string, attributes: string, value: string) => {
    const clean = withoutSecrets(name, value, by);
    return clean === value ? whole : `<${name}${attributes}>${clean}</${name}>`;
  });
  return scriptWithoutSecrets(named, by);
}

const only = (value: Json | undefined, keys: readonly string[]): Json =>
  isObject(value) ? Object.fromEntries(keys.flatMap((key) => (value[key] === undefined ? [] : [[key, value[key]]]))) : (value ?? null);

const each = (document: JsonObject, key: string, change: (item: Json) => Json): JsonObject => {
  const list = document[key];
  return Array.isArray(list) ? { ...document, [key]: (list as readonly Json[]).map(change) } : document;
};

/** What nobody reads of users, agents and credentials goes: what they did, monitors of a machine, where a credential was used. */
function kept(rest: string, document: JsonObject): JsonObject {
  if (rest === "asynchPeople/api/json")
    return each(document, "users", (entry) => (isObject(entry) ? { user: only(entry["user"], ["id", "fullName", "absoluteUrl"]) } : entry));
  if (rest === "computer/api/json")
    return each(document, "computer", (one) =>
      only(one, ["_class", "displayName", "assignedLabels", "numExecutors", "offline", "jnlpAgent"]),
    );
  if (rest.startsWith("credentials/store/"))
    return each(document, "credentials", (one) => only(one, ["id", "typeName", "displayName", "fullName"]));
  return document;
}

export function formOf(path: string, document: Json, by: Fingerprint): Json {
  const rest = calledBy(`GET ${path}`)?.rest ?? "";
  if (typeof document === "string") {
    const text = withoutEncrypted(document, by);
    return rest === "config.xml" ? xmlWithoutSecrets(text, by) : definitionWithoutSecrets(text, by, true);
  }
  return deep(isObject(document) ? kept(rest, document) : document, by);
}

function deep(value: Json, by: Fingerprint): Json {
  if (typeof value === "string") return scriptWithoutSecrets(withoutEncrypted(value, by), by);
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => deep(item, by));
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, deep(item, by)])) : value;
}

/** A file's name is for people; the manifest says which call it answers. Threat: a job named `..`. */
export function fileOf(path: string): string {
  const called = calledBy(`GET ${path}`);
  const filters = ["type", "roleName"].flatMap((name) => called?.query.get(name) ?? []);
  const stem = [...(called?.of ? [`job/${called.of}`] : []), called?.rest ?? ""].join("/");
  const answer = [stem.replace(/\/?api\/json$/, "") || "jobs", ...filters].join("-");
  const named = stem.endsWith("export") ? "jenkins.yaml" : stem.endsWith(".xml") ? stem : `${answer}.json`;
  return named
    .split("/")
    .map((part) => part.replaceAll(/[^\w.@-]+/g, "-").slice(0, 100))
    .map((part) => (/^\.*$/.test(part) ? "-" : part))
    .join("/");
}
