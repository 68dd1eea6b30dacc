// An OpenAPI description → the chosen GET operations alone, with the schemas that they reach, as JSON Schema that ajv takes.
import { isObject, type Json, type JsonObject } from "../../src/lib/json.ts";

/** What says nothing of the form. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  "description",
  "example",
  "examples",
  "title",
  "externalDocs",
  "deprecated",
  "default",
  "xml",
]);

const REF = "#/components/schemas/";

export function reduced(whole: JsonObject, paths: readonly string[], more: (operation: Json) => JsonObject): JsonObject {
  const at = (pointer: string): Json =>
    pointer
      .slice(2)
      .split("/")
      .reduce<Json>((value, key) => (isObject(value) ? (value[key.replaceAll("~1", "/")] ?? null) : null), whole);
  const follow = (value: Json): Json => (isObject(value) && typeof value["$ref"] === "string" ? follow(at(value["$ref"])) : value);
  const reached = new Map<string, Json>();
  const schemaOf = (value: Json): Json => {
    if (Array.isArray(value)) return (value as readonly Json[]).map(schemaOf);
    if (!isObject(value)) return value;
    if (typeof value["$ref"] === "string") {
      const name = value["$ref"].slice(REF.length);
      if (!reached.has(name)) {
        reached.set(name, null);
        reached.set(name, schemaOf(at(value["$ref"])));
      }
      return { $ref: `#/$defs/${name}` };
    }
    return plain(
      Object.fromEntries(
        Object.entries(value).flatMap(([key, item]) => {
          if (key === "properties" && isObject(item))
            return [[key, Object.fromEntries(Object.entries(item).map(([name, each]) => [name, schemaOf(each)]))]];
          return LEFT_OUT.has(key) || key.startsWith("x-") ? [] : [[key, schemaOf(item)]];
        }),
      ),
    );
  };
  const operations = paths.map((path) => {
    const item = (whole["paths"] as JsonObject)[path];
    const operation = isObject(item) ? (item["get"] ?? {}) : {};
    const parameters = [item, operation].flatMap((each) =>
      isObject(each) && Array.isArray(each["parameters"]) ? (each["parameters"] as readonly Json[]) : [],
    );
    const told = parameters.map(follow).filter(isObject);
    const query = told.filter((each) => each["in"] === "query").map(({ name, schema }) => [String(name), schemaOf(schema ?? {})]);
    const responses = isObject(operation) && isObject(operation["responses"]) ? operation["responses"] : {};
    const success = follow(responses["200"] ?? responses["201"] ?? null);
    const content = isObject(success) && isObject(success["content"]) ? success["content"] : {};
    const json = content["application/json"];
    return [
      path,
      { query: Object.fromEntries(query), answer: schemaOf(isObject(json) ? (json["schema"] ?? true) : true), ...more(operation) },
    ];
  });
  return { operations: Object.fromEntries(operations), $defs: Object.fromEntries([...reached].toSorted(([a], [b]) => (a < b ? -1 : 1))) };
}

/** OpenAPI 3.0's `nullable` is the type `null` of JSON Schema. */
function plain({ nullable, ...schema }: JsonObject): Json {
  if (nullable !== true) return schema;
  if (typeof schema["type"] !== "string") return { anyOf: [schema, { type: "null" }] };
  const { enum: values, type, ...rest } = schema;
  return { ...rest, type: [type, "null"], ...(Array.isArray(values) && { enum: [...new Set([...(values as readonly Json[]), null])] }) };
}
