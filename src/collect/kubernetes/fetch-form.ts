// How an object that the API served is written down: as kubectl prints it, with every secret value replaced by its fingerprint.
import { isObject, type Json, type JsonObject } from "../../lib/json.ts";
import { keyIdOf } from "./fingerprint-key.ts";
import { ARGO_CLUSTER_KEYS, decoded, FINGERPRINT, isArgoCluster, isPlainNote, KEPT_ANNOTATIONS, LAST_APPLIED } from "./map-secret.ts";
import { fingerprintMark, redactArguments, redactNote, redactValue } from "./redact.ts";

type Fingerprint = (secret: string) => string;

/** `kubectl get -o json`: a List of v1, whose items say what they are. The server leaves that out of the items of a typed list. */
export function listForm(
  items: readonly JsonObject[],
  what: { readonly apiVersion: string; readonly kind: string },
  by: Fingerprint,
): Json {
  return {
    apiVersion: "v1",
    kind: "List",
    items: items.map((item) => objectForm({ ...what, ...item }, by)),
    metadata: { resourceVersion: "" },
  };
}

export function objectForm(object: JsonObject, by: Fingerprint): JsonObject {
  const { metadata, ...rest } = object;
  const kind = typeof rest["kind"] === "string" ? rest["kind"] : "";
  const own = (Object.hasOwn(FORMS, kind) ? FORMS[kind] : undefined) ?? ((body: JsonObject) => deep(body, by) as JsonObject);
  return { ...own(rest, by, metadata ?? null), ...(metadata !== undefined && { metadata: metadataForm(metadata, kind === "Secret", by) }) };
}

/** Only what the mapper reads of the kinds that hold secrets, since no pattern knows a secret from its look. */
const FORMS: Readonly<Record<string, (body: JsonObject, by: Fingerprint, metadata: Json) => JsonObject>> = {
  Secret: secretForm,
  ConfigMap: configMapForm,
  SealedSecret: sealedSecretForm,
  // Names of users and groups may be of several words, and rules hold no values.
  ...Object.fromEntries(["Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"].map((kind) => [kind, (body: JsonObject) => body])),
};

const pick = (body: JsonObject, keys: readonly string[]): JsonObject =>
  Object.fromEntries(keys.flatMap((key) => (body[key] === undefined ? [] : [[key, body[key]]])));

/** Entries of an object whose values are text, changed one by one; a value that is no text is not known to be none, and goes. */
const texts = (value: Json | undefined, change: (key: string, text: string) => Json): JsonObject =>
  isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, typeof item === "string" ? change(key, item) : null]))
    : {};

function secretForm(body: JsonObject, by: Fingerprint, metadata: Json): JsonObject {
  const labels = isObject(metadata) && isObject(metadata["labels"]) ? metadata["labels"] : {};
  const keeps = (key: string, text: string): boolean => isArgoCluster(labels) && ARGO_CLUSTER_KEYS.includes(key) && isPlainNote(text, by);
  const mark = (secret: string): string => `fingerprint:hmac-sha256:${keyIdOf(by)}:${by(secret)}`;
  const written = (key: string, text: string, secret: string): string =>
    FINGERPRINT.test(text) || keeps(key, secret) ? text : mark(secret);
  return {
    ...pick(body, ["apiVersion", "kind", "type", "immutable"]),
    ...(body["data"] !== undefined && { data: texts(body["data"], (key, text) => written(key, text, decoded(text))) }),
    ...(body["stringData"] !== undefined && { stringData: texts(body["stringData"], (key, text) => written(key, text, text)) }),
  };
}

function configMapForm(body: JsonObject, by: Fingerprint): JsonObject {
  return {
    ...pick(body, ["apiVersion", "kind", "immutable"]),
    ...(body["data"] !== undefined && { data: texts(body["data"], (key, text) => redactValue(key, text, by)) }),
    // Nothing reads it; that it is there, and whether it changed, stays visible.
    ...(body["binaryData"] !== undefined && { binaryData: texts(body["binaryData"], (_, text) => fingerprintMark(by(text))) }),
  };
}

/** What is sealed can be opened with the cluster's key, and the template may hold plain values. */
function sealedSecretForm(body: JsonObject): JsonObject {
  const spec = isObject(body["spec"]) ? body["spec"] : {};
  const template = isObject(spec["template"]) ? { template: pick(spec["template"], ["type"]) } : {};
  return { ...pick(body, ["apiVersion", "kind"]), spec: { encryptedData: texts(spec["encryptedData"], () => "sealed"), ...template } };
}

function metadataForm(metadata: Json, isSecret: boolean, by: Fingerprint): Json {
  if (!isObject(metadata)) return metadata;
  const { managedFields: _, annotations, ...rest } = metadata;
  if (!isObject(annotations)) return rest;
  const kept = Object.entries(annotations).filter(([key]) => (isSecret ? KEPT_ANNOTATIONS.includes(key) : key !== LAST_APPLIED));
  return {
    ...rest,
    annotations: Object.fromEntries(kept.map(([key, value]) => [key, isSecret || !isText(value) ? value : redactNote(value, by)])),
  };
}

const isText = (value: Json): value is string => typeof value === "string";

/** Members under which people hang values of their own, by name: Helm values, Flux substitutions, what a template puts into a secret. */
const FREE_MAPS: ReadonlySet<string> = new Set(["values", "valuesObject", "substitute", "data", "stringData"]);

const isMark = (text: string): boolean => /^\{fingerprint [0-9a-f]+\}$/.test(text);

/** What a virtual machine is set up with when it first starts: passwords, keys and scripts, in words or in base64. Nothing reads it. */
const FIRST_START: ReadonlySet<string> = new Set(["userData", "userDataBase64", "networkData", "networkDataBase64"]);

/** Everything else: arguments, named values and free text, wherever in the object they stand. */
function deep(value: Json, by: Fingerprint, key = "", isFree = false): Json {
  if (isText(value)) return isFree ? redactValue(key, value, by) : redactNote(value, by);
  if (Array.isArray(value)) {
    const items = value as readonly Json[];
    if ((key === "args" || key === "command") && items.every(isText)) return redactArguments(items, by);
    // A list under such a name is the product's own (`data` of an ExternalSecret names keys).
    return items.map((item) => deep(item, by, isFree ? key : "", isFree));
  }
  if (!isObject(value)) return value;
  const free = isFree || FREE_MAPS.has(key);
  const named = isText(value["name"] ?? null) && isText(value["value"] ?? null) ? String(value["name"]) : undefined;
  return Object.fromEntries(
    Object.entries(value).map(([member, item]) => {
      if (named !== undefined && member === "value") return [member, redactValue(named, String(item), by)];
      if (FIRST_START.has(member) && isText(item)) return [member, isMark(item) ? item : fingerprintMark(by(item))];
      if (member === "annotations" && isObject(item)) {
        const { [LAST_APPLIED]: _, ...kept } = item;
        return [member, deep(kept, by, member)];
      }
      return [member, deep(item, by, member, free)];
    }),
  );
}
