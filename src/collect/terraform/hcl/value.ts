// What an expression comes to: a value, and which parts of it nothing in the files tells.
import { isObject, type Json, type JsonObject } from "../../../lib/json.ts";
import { isAnySet, isSensitive } from "../resource.ts";

export interface Value {
  readonly json: Json;
  /** Has the value's form, with true where a part is not known, as in a plan (`after_unknown`). */
  readonly unknown: Json;
}

export const known = (json: Json): Value => ({ json, unknown: false });
export const UNKNOWN: Value = { json: null, unknown: true };

export const isKnown = ({ json, unknown }: Value): boolean => !isAnySet(unknown) && !holdsSecret(json);

/** A secret's mark is no value: what it would be put into is not known either. */
const holdsSecret = (json: Json): boolean =>
  isSensitive(json) || (typeof json === "object" && json !== null && Object.values(json).some((item) => holdsSecret(item as Json)));

export const listOf = (items: readonly Value[]): Value => ({
  json: items.map(({ json }) => json),
  unknown: items.some(({ unknown }) => isAnySet(unknown)) ? items.map(({ unknown }) => unknown) : false,
});

export const objectOf = (members: readonly (readonly [string, Value])[]): Value => {
  const open = members.filter(([, { unknown }]) => isAnySet(unknown));
  return {
    json: Object.fromEntries(members.map(([key, { json }]) => [key, json])),
    unknown: open.length === 0 ? false : Object.fromEntries(open.map(([key, { unknown }]) => [key, unknown])),
  };
};

/** A member or an item; what is not there is not known, since what the provider computes is not written. */
export function memberOf({ json, unknown }: Value, key: Json): Value {
  if (unknown === true) return UNKNOWN;
  const mask = typeof unknown === "object" && unknown !== null ? (unknown as Record<string, Json>)[String(key)] : false;
  if (Array.isArray(json) && (typeof key === "number" || (typeof key === "string" && /^\d+$/.test(key)))) {
    const item = json[Number(key)] as Json | undefined;
    return item === undefined ? UNKNOWN : { json: item, unknown: mask ?? false };
  }
  if (!isObject(json) || isSensitive(json) || typeof key === "object") return UNKNOWN;
  const item = Object.hasOwn(json, String(key)) ? (json as JsonObject)[String(key)] : undefined;
  return item === undefined ? UNKNOWN : { json: item, unknown: mask ?? false };
}

/** Items of a list, or of a known list's parts. */
export const itemsOf = (value: Value): readonly Value[] | undefined =>
  Array.isArray(value.json) && value.unknown !== true ? value.json.map((_, i) => memberOf(value, i)) : undefined;

/** As a template writes it: a text, number or truth value (HCL, "Template Interpolation"). */
export function textOf(value: Value): string | undefined {
  if (!isKnown(value)) return undefined;
  const { json } = value;
  return typeof json === "string" || typeof json === "number" || typeof json === "boolean" ? String(json) : undefined;
}
