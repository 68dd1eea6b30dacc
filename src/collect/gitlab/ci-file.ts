// One file of a pipeline's definition → what it says, without the secrets that stand in it.
import { isObject, type Json, type JsonObject } from "../../lib/json.ts";
import { scriptWithoutSecrets, withoutSecrets } from "../../lib/secret-text.ts";

/** Top-level members that are no job. Source: GitLab Docs, "CI/CD YAML syntax reference", Global keywords and Globally-defined defaults. */
export const GLOBAL: ReadonlySet<string> = new Set(
  "default include stages types variables workflow spec image services cache before_script after_script".split(" "),
);

const hasJob = (document: JsonObject): boolean =>
  Object.entries(document).some(([name, value]) => !GLOBAL.has(name) && isObject(value) && isJobLike(value));

const isJobLike = (value: JsonObject): boolean =>
  isText(value["script"]) ||
  (Array.isArray(value["script"]) && !("steps" in value)) ||
  (typeof value["extends"] === "string" && value["extends"].startsWith(".")) ||
  isObject(value["trigger"]) ||
  "stage" in value ||
  "before_script" in value;

const isText = (value: unknown): value is string => typeof value === "string";

/** Documents of other systems that could be taken for one. */
const isOther = (document: JsonObject): boolean =>
  "apiVersion" in document ||
  "kind" in document ||
  "jobs" in document ||
  "runs" in document ||
  "pipeline" in document ||
  "AWSTemplateFormatVersion" in document;

const isInclude = (value: unknown): boolean =>
  isText(value)
    ? /\.ya?ml$/.test(value)
    : Array.isArray(value)
      ? value.every(isInclude)
      : isObject(value) && ["local", "project", "remote", "template", "component"].some((key) => key in value);

/** By content: a job, or stages or an include beside nothing that another system would write. */
export function isDefinition(document: unknown): document is JsonObject {
  if (!isObject(document) || isOther(document)) return false;
  if (hasJob(document)) return true;
  const members = Object.keys(document);
  const known = members.every((name) => GLOBAL.has(name) || name.startsWith("."));
  return (
    known &&
    members.length > 0 &&
    (isInclude(document["include"]) || (Array.isArray(document["stages"]) && document["stages"].every(isText)))
  );
}

/** The header document of a file with inputs: `spec:` alone. */
export const isHeader = (document: unknown): document is JsonObject =>
  isObject(document) && isObject(document["spec"]) && Object.keys(document).length === 1;

/** Defaults of the inputs; null where the caller must give a value. */
export function inputsOf(header: unknown): Readonly<Record<string, string | null>> {
  const spec = isObject(header) && isObject(header["spec"]) ? header["spec"]["inputs"] : undefined;
  if (!isObject(spec)) return {};
  const scalar = (value: Json | undefined): string | null =>
    value === undefined || value === null ? null : isText(value) ? value : JSON.stringify(value);
  return Object.fromEntries(Object.entries(spec).map(([name, input]) => [name, isObject(input) ? scalar(input["default"]) : null]));
}

type Fingerprint = (secret: string) => string;

/** Members of `variables` are replaced whole where their name says that they are secret; in all other text what has a secret's form is. */
export function withoutSecretsIn(content: JsonObject, fingerprint: Fingerprint): JsonObject {
  const text = (value: Json): Json => {
    if (isText(value)) return scriptWithoutSecrets(value, fingerprint);
    if (Array.isArray(value)) return (value as readonly Json[]).map(text);
    return isObject(value) ? withoutSecretsIn(value, fingerprint) : value;
  };
  const variable = (name: string, value: Json): Json => {
    if (isText(value)) return withoutSecrets(name, value, fingerprint);
    if (Array.isArray(value)) return (value as readonly Json[]).map((each) => variable(name, each));
    return isObject(value) && value["value"] !== undefined ? { ...value, value: variable(name, value["value"]) } : text(value);
  };
  const member = ([key, value]: [string, Json]): [string, Json] =>
    key === "variables" && isObject(value)
      ? [key, Object.fromEntries(Object.entries(value).map(([name, one]) => [name, variable(name, one)]))]
      : [key, text(value)];
  return Object.fromEntries(Object.entries(content).map(member));
}
