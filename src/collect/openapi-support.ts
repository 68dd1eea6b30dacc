// For tests: a published OpenAPI description, reduced by tools/openapi, that questions and answers are held against.
import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import formats from "ajv-formats";
import { isObject, type Json, type JsonObject } from "../lib/json.ts";

interface Operation {
  readonly query: JsonObject;
  readonly answer: Json;
  readonly scopes?: readonly string[];
}

export interface Description {
  /** The operation's path, `/repos/{owner}/{repo}`, with its parts; throws where the description has no such path or parameter. */
  readonly operationAt: (path: string, query: URLSearchParams) => { readonly template: string; readonly scopes: readonly string[] };
  /** What is required and not there is put in; throws where the answer has another form than was published. */
  readonly completed: (template: string, answer: Json) => Json;
}

export function readDescription(file: URL): Description {
  const whole = JSON.parse(readFileSync(file, "utf8")) as { operations: Record<string, Operation>; $defs: JsonObject };
  const ajv = new Ajv({ strict: false, allErrors: false });
  (formats as unknown as (to: Ajv) => void)(ajv);
  const compiled = new Map<string, ValidateFunction>();
  const validate = (schema: Json): ValidateFunction => {
    const key = JSON.stringify(schema);
    const known = compiled.get(key) ?? ajv.compile({ ...(isObject(schema) ? schema : {}), $defs: whole.$defs });
    compiled.set(key, known);
    return known;
  };
  const templates = Object.keys(whole.operations)
    .map((template) => ({ template, form: new RegExp(`^${template.replaceAll(/\{\w+\}/g, "([^/]+)")}$`) }))
    .toSorted((a, b) => a.template.split("{").length - b.template.split("{").length);
  const completing = new Completing(whole.$defs, (schema, value) => validate(schema)(value));
  return {
    operationAt(path, query) {
      const found = templates.find(({ form }) => form.test(path))?.template;
      const operation = found === undefined ? undefined : whole.operations[found];
      if (found === undefined || !operation) throw new Error(`the description has no GET ${path}`);
      for (const [name, value] of query) {
        const schema = operation.query[name];
        if (schema === undefined) throw new Error(`GET ${found} has no parameter ${name}`);
        const typed: Json = isObject(schema) && schema["type"] === "integer" ? Number(value) : value === "true" ? true : value;
        const fits = [typed, value].some((each) => validate(schema)(each) as boolean);
        if (!fits) throw new Error(`GET ${found} takes no ${name}=${value}`);
      }
      return { template: found, scopes: operation.scopes ?? [] };
    },
    completed(template, answer) {
      const schema = whole.operations[template]?.answer ?? true;
      const made = completing.value(schema, answer);
      const check = validate(schema);
      if (!check(made)) throw new Error(`an answer of ${template} that was not published: ${ajv.errorsText(check.errors)}`);
      return made;
    },
  };
}

/** Puts in what a schema requires and a value lacks: the value says what the test is about, the schema all else that a server would send. */
class Completing {
  readonly #defs: JsonObject;
  readonly #fits: (schema: Json, value: Json) => boolean;

  constructor(defs: JsonObject, fits: (schema: Json, value: Json) => boolean) {
    this.#defs = defs;
    this.#fits = fits;
  }

  value(schema: Json, given: Json | undefined): Json {
    if (!isObject(schema)) return given ?? null;
    if (typeof schema["$ref"] === "string") return this.value(this.#defs[schema["$ref"].slice("#/$defs/".length)] ?? true, given);
    const merged = Array.isArray(schema["allOf"]) ? this.#merged(schema["allOf"] as readonly Json[]) : schema;
    const variants = (merged["oneOf"] ?? merged["anyOf"]) as readonly Json[] | undefined;
    if (variants) return this.#first(variants, given);
    if (given === undefined) return this.#made(merged);
    if (Array.isArray(given)) return (given as readonly Json[]).map((item) => this.value(merged["items"] ?? true, item));
    return isObject(given) ? this.#object(merged, given) : given;
  }

  #merged(parts: readonly Json[]): JsonObject {
    const resolved = parts.map((part) =>
      isObject(part) && typeof part["$ref"] === "string" ? this.#defs[part["$ref"].slice("#/$defs/".length)] : part,
    );
    const objects = resolved.filter(isObject);
    const list = (key: string): Json => objects.flatMap((each) => (Array.isArray(each[key]) ? (each[key] as readonly Json[]) : []));
    return Object.assign({}, ...objects, {
      required: list("required"),
      properties: Object.assign({}, ...objects.map((each) => each["properties"])) as JsonObject,
    }) as JsonObject;
  }

  #first(variants: readonly Json[], given: Json | undefined): Json {
    const made = variants.map((variant) => this.value(variant, given));
    return made.find((value, index) => this.#fits(variants[index] as Json, value)) ?? made[0] ?? null;
  }

  #object(schema: JsonObject, given: JsonObject): JsonObject {
    const properties = isObject(schema["properties"]) ? schema["properties"] : {};
    const required = (Array.isArray(schema["required"]) ? schema["required"] : []) as readonly string[];
    const own = Object.entries(given).map(([key, item]) => [key, this.value(properties[key] ?? true, item)]);
    const lacking = required.filter((key) => !(key in given)).map((key) => [key, this.value(properties[key] ?? true, undefined)]);
    return Object.fromEntries([...own, ...lacking]) as JsonObject;
  }

  #made(schema: JsonObject): Json {
    const types = [schema["type"] ?? (schema["properties"] ? "object" : "string")].flat();
    if (types.includes("null")) return null;
    if (Array.isArray(schema["enum"])) return schema["enum"][0] ?? null;
    const samples: Readonly<Record<string, () => Json>> = {
      object: () => this.#object(schema, {}),
      array: () => [],
      integer: () => 1,
      number: () => 1,
      boolean: () => false,
    };
    return samples[String(types[0])]?.() ?? textOf(schema);
  }
}

function textOf({ format, pattern, minLength }: JsonObject): string {
  if (format === "date-time") return "2026-01-01T00:00:00Z";
  if (format === "date") return "2026-01-01";
  if (format === "email") return "someone@example.com";
  if (format === "uri" || format === "uri-template" || format === "url") return "https://example.com/x";
  return typeof pattern === "string" ? "0".repeat(40) : "x".repeat(Number(minLength ?? 1));
}
