// `extends` and `!reference` inside one configuration.
import { isObject, type Json, type JsonObject } from "../../../lib/json.ts";
import { deepMerge, isPartial, own, type Sheet } from "./config.ts";

/** "You can use up to 11 levels" (Docs, "extends"). */
const LEVELS = 11;

/** Every member with what it extends below it: "the reverse deep merge strategy", later templates over earlier, the job's own over all. */
export function extended(config: JsonObject, sheet: Sheet): JsonObject {
  const done = new Map<string, JsonObject>();
  const fatal = (name: string, what: string): void => {
    const source = sheet.sources.get(name) ?? { file: "" };
    sheet.problems.push({ what, source, isFatal: !isPartial(sheet) });
  };
  const one = (name: string, above: readonly string[]): JsonObject | undefined => {
    const known = done.get(name);
    const value = own(config, name);
    if (known !== undefined || !isObject(value)) return known;
    const { extends: parents, ...rest } = value;
    if (above.includes(name) || above.length > LEVELS) {
      fatal(name, `${name} extends itself, or more than ${LEVELS} levels`);
      return rest;
    }
    let merged: Json = {};
    for (const parent of parents === undefined ? [] : ([parents].flat() as readonly Json[])) {
      const found = typeof parent === "string" ? one(parent, [...above, name]) : undefined;
      if (found === undefined) fatal(name, `${name} extends ${String(parent)}, which stands nowhere`);
      else merged = deepMerge(merged, found);
    }
    const result = deepMerge(merged, rest) as JsonObject;
    done.set(name, result);
    return result;
  };
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => [name, isObject(value) && "extends" in value ? (one(name, []) ?? value) : value]),
  );
}

/** "nested up to 10 levels" (Docs, "!reference tags"). */
const NESTED = 10;

/** Threat: lists of references to lists of references stand for any number of values. */
const MOST_VALUES = 200_000;

/** `!reference [job, key, …]` replaced by what stands there. */
export function dereferenced(config: JsonObject, sheet: Sheet): JsonObject {
  let values = 0;
  const walk = (value: Json, top: string, depth: number): Json => {
    if (++values > MOST_VALUES) {
      if (values === MOST_VALUES + 1)
        sheet.problems.push({
          what: "its references stand for more than a pipeline can hold",
          source: sheet.sources.get(top) ?? { file: "" },
          isFatal: true,
        });
      return null;
    }
    if (Array.isArray(value)) return (value as readonly Json[]).map((item) => walk(item, top, depth));
    if (!isObject(value)) return value;
    const path = value["!reference"];
    if (!Array.isArray(path)) return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, walk(item, top, depth)]));
    const found = (path as readonly Json[]).reduce<Json | undefined>(dig, config);
    if (found !== undefined && depth <= NESTED) return walk(found, top, depth + 1);
    const source = sheet.sources.get(top) ?? { file: "" };
    sheet.problems.push({ what: `${top} refers to ${path.join(" ")}, which stands nowhere`, source, isFatal: !isPartial(sheet) });
    return null;
  };
  return Object.fromEntries(Object.entries(config).map(([name, value]) => [name, walk(value, name, 0)]));
}

/** A member by name, or an item by its number. */
function dig(at: Json | undefined, key: Json): Json | undefined {
  if (Array.isArray(at)) return (at as readonly Json[])[Number(key)];
  return isObject(at) && typeof key === "string" ? own(at, key) : undefined;
}
