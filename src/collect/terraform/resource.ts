// One resource instance as every format tells it: address, values without secrets, and which of them are not known yet.
import { isObject, type Json, type JsonObject } from "../../lib/json.ts";
import { inside, type Source } from "../../model/source.ts";

/** A reference of the configuration: `aws_iam_role.deploy[0].arn` in the module `module.roles`. */
export interface Reference {
  readonly module: string;
  readonly text: string;
}

export interface TerraformResource {
  /** `module.roles.aws_iam_role.deploy["shop"]`. */
  readonly address: string;
  readonly type: string;
  readonly mode: "managed" | "data";
  /** Key of the provider configuration where the format tells it, else the provider's name: resources of one key are of one account. */
  readonly provider: string;
  readonly values: JsonObject;
  /** Mask over the values: `true` where a value is known only after apply. */
  readonly unknown: Json;
  /** References of an attribute's expression, when the configuration is there: undefined when it is not, or the attribute is not written. */
  readonly references: (attribute: string) => readonly Reference[] | undefined;
  readonly hasConfiguration: boolean;
  /** Place of the values. */
  readonly source: Source;
  /** Place of one of them, where the file is no JSON with pointers. */
  readonly placeOf?: (path: readonly (string | number)[]) => Source;
}

/** What stands in place of a sensitive value: `{sensitive: true}`, with the keyed fingerprint of a text. */
export const isSensitive = (value: unknown): value is JsonObject => isObject(value) && value["sensitive"] === true;

/**
 * The values without what the mask marks sensitive: of each, only the mark is left, and of a text its keyed fingerprint. The mask has the form of the
 * values, with `true` where everything below is sensitive (Terraform documentation, "JSON Output Format", sensitive_values).
 */
export function withoutSensitive(value: Json, mask: Json | undefined, fingerprint: (secret: string) => string): Json {
  const below = (key: string | number): Json | undefined => (mask === true ? true : member(mask, key));
  if (mask === undefined || mask === false) return value;
  if (Array.isArray(value)) return value.map((item: Json, i) => withoutSensitive(item, below(i), fingerprint));
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutSensitive(item, below(key), fingerprint)]));
  if (mask !== true || value === null) return value;
  return { sensitive: true, ...(typeof value === "string" && { fingerprint: fingerprint(value) }) };
}

/** Whether anything in a mask is set. */
export const isAnySet = (mask: Json | undefined): boolean =>
  mask === true || (typeof mask === "object" && mask !== null && Object.values(mask).some(isAnySet));

/** An attribute, told apart: what is not there (or null), known later, secret, or of another form is never taken for a value. */
export type Attribute<T> = { readonly is: "known"; readonly value: T } | { readonly is: "absent" | "unknown" | "sensitive" | "malformed" };

export function attribute(resource: TerraformResource, ...path: readonly (string | number)[]): Attribute<Json> {
  let value: Json | undefined = resource.values;
  let mask: Json | undefined = resource.unknown;
  for (const key of path) {
    if (mask === true) return { is: "unknown" };
    if (isSensitive(value)) return { is: "sensitive" };
    mask = member(mask, key);
    value = member(value, key);
  }
  if (isAnySet(mask)) return { is: "unknown" };
  if (isSensitive(value)) return { is: "sensitive" };
  return value === undefined || value === null ? { is: "absent" } : { is: "known", value };
}

const member = (value: Json | undefined, key: string | number): Json | undefined =>
  typeof value === "object" && value !== null ? (value as Record<string | number, Json>)[key] : undefined;

/** A text that says something: Terraform's providers write an empty text where a value is absent. */
export function text(resource: TerraformResource, ...path: readonly (string | number)[]): Attribute<string> {
  const found = attribute(resource, ...path);
  if (found.is !== "known") return found;
  if (found.value === "") return { is: "absent" };
  return typeof found.value === "string" ? { is: "known", value: found.value } : { is: "malformed" };
}

/** The text, or undefined for whatever else: only where nothing hangs on the difference. */
export function known(resource: TerraformResource, ...path: readonly (string | number)[]): string | undefined {
  const found = text(resource, ...path);
  return found.is === "known" ? found.value : undefined;
}

/** A list of texts. A list with an item that is not known yet is not known. */
export function texts(resource: TerraformResource, ...path: readonly (string | number)[]): Attribute<readonly string[]> {
  const found = attribute(resource, ...path);
  if (found.is !== "known") return found;
  const { value } = found;
  if (!Array.isArray(value)) return { is: "malformed" };
  if (value.some(isSensitive)) return { is: "sensitive" };
  return value.every((item): item is string => typeof item === "string") ? { is: "known", value } : { is: "malformed" };
}

/** How many blocks of a name there are: providers write a nested block as a list, also where only one may stand. */
export function blocks(resource: TerraformResource, name: string): number {
  const value = resource.values[name];
  return Array.isArray(value) ? value.length : 0;
}

/** Texts of a map, as tags are. What is not a text is left out. */
export function textMap(resource: TerraformResource, ...names: readonly string[]): Readonly<Record<string, string>> {
  for (const name of names) {
    const value = resource.values[name];
    if (!isObject(value) || isSensitive(value)) continue;
    return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
  }
  return {};
}

export const at = (resource: TerraformResource, ...path: readonly (string | number)[]): Source =>
  resource.placeOf?.(path) ?? inside(resource.source, ...path);
