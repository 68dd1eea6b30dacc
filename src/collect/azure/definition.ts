// One file of a repository → what it says, without the secrets that stand in it; and how a pipeline is told from other YAML.
import { isObject, type Json, type JsonObject } from "../../lib/json.ts";
import { scriptWithoutSecrets, withoutSecrets } from "../../lib/secret-text.ts";

/** Members of a pipeline (Azure Pipelines, "YAML schema reference", pipeline). */
const KNOWN: ReadonlySet<string> = new Set(
  "name trigger pr schedules pool resources variables parameters stages jobs steps extends strategy continueOnError container services workspace lockBehavior appendCommitMessageToRunName target".split(
    " ",
  ),
);

const first = (value: Json | undefined): JsonObject | undefined =>
  Array.isArray(value) ? (value as readonly Json[]).find(isObject) : undefined;

const STEP = /^(?:task|script|bash|pwsh|powershell|checkout|download|publish|template|\$\{\{.*)$/;

const isStep = (value: JsonObject | undefined): boolean => value !== undefined && Object.keys(value).some((key) => STEP.test(key));

const isJob = (value: JsonObject | undefined): boolean =>
  value !== undefined && Object.keys(value).some((key) => /^(?:job|deployment|template|\$\{\{.*)$/.test(key));

const isStage = (value: JsonObject | undefined): boolean =>
  value !== undefined && Object.keys(value).some((key) => /^(?:stage|template|\$\{\{.*)$/.test(key));

/** By content: lists of stages, jobs or steps in the form of Azure Pipelines, beside nothing that another system would write. */
export function isDefinition(document: unknown): document is JsonObject {
  if (!isObject(document) || !Object.keys(document).every((key) => KNOWN.has(key) || key.startsWith("${{"))) return false;
  if (isObject(document["extends"]) && typeof document["extends"]["template"] === "string") return true;
  if (Array.isArray(document["stages"])) return isStage(first(document["stages"]));
  if (Array.isArray(document["jobs"])) return isJob(first(document["jobs"]));
  if (Array.isArray(document["steps"])) return isStep(first(document["steps"]));
  // A file of variables alone is a template; its form is too common to be told without the call that asked for it.
  return false;
}

/** Values of variables are replaced whole where their name says that they are secret; in all other text what has a secret's form is. */
export function withoutSecretsIn(content: JsonObject, fingerprint: (secret: string) => string): JsonObject {
  const text = (value: Json): Json => {
    if (typeof value === "string") return scriptWithoutSecrets(value, fingerprint);
    if (Array.isArray(value)) return (value as readonly Json[]).map(text);
    return isObject(value) ? withoutSecretsIn(value, fingerprint) : value;
  };
  const named = (name: Json | undefined, value: Json): Json =>
    typeof name === "string" && typeof value === "string" ? withoutSecrets(name, value, fingerprint) : text(value);
  const variable = (one: Json): Json =>
    isObject(one)
      ? Object.fromEntries(Object.entries(one).map(([key, value]) => [key, key === "value" ? named(one["name"], value) : text(value)]))
      : text(one);
  const member = ([key, value]: [string, Json]): [string, Json] => {
    if (key !== "variables") return [key, text(value)];
    if (Array.isArray(value)) return [key, (value as readonly Json[]).map(variable)];
    return [key, isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, named(name, one)])) : value];
  };
  return Object.fromEntries(Object.entries(content).map(member));
}
