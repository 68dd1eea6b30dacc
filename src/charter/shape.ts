// Zod's issues in a reader's words: what is wrong at which line, and what to write instead.
import type { z } from "zod";
import type { CharterDocument } from "./document.ts";
import { type CharterProblem, nearest, quoted } from "./problem.ts";
import { Charter } from "./schema.ts";

type Issue = z.core.$ZodIssue;
type Path = readonly (string | number)[];
type Words = { readonly message: string; readonly remedy: string };

export function shapeProblems(issues: readonly Issue[], document: CharterDocument, file: string): CharterProblem[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) => ({ file, ...document.locate([...path, key], "key"), ...unknownMember(key, path, document) }));
    return [{ file, ...document.locate(path), ...words(issue, path, document) }];
  });
}

function unknownMember(key: string, path: Path, document: CharterDocument): Words {
  const members = membersAt(path, document.data);
  const meant = nearest(key, members);
  const message = `${path.length === 0 ? "a charter" : place(path)} has no member ${quoted(key)}`;
  if (key === "<<") return { message, remedy: "Write the members out: YAML 1.2 has no merge key." };
  return { message, remedy: meant ? `Did you mean  ${meant}:` : `Its members are ${members.join(", ")}.` };
}

function words(issue: Issue, path: Path, document: CharterDocument): Words {
  const value = valueAt(document.data, path);
  const label = place(path);
  if (value === undefined && path.length > 0)
    return { message: `${place(path.slice(0, -1))} lacks ${quoted(String(path.at(-1)))}`, remedy: addMember(path, document) };
  if (value === null)
    return { message: `${label} has no value`, remedy: describe(path, document) ?? "Write a value, or leave the member out." };
  switch (issue.code) {
    case "invalid_type":
      return wrongType(issue.expected, value, label, path, document);
    case "invalid_value":
      return wrongValue(issue.values.map(String), value, label);
    case "invalid_union":
      return "discriminator" in issue && issue.discriminator
        ? wrongValue(["gate", "mask", "break-glass"], value, label)
        : {
            message: `${label} is ${shown(value)}, which is no network range`,
            remedy: "Write an address and a prefix length: 10.1.0.0/16",
          };
    case "too_small":
      return {
        message:
          issue.origin === "number" || issue.origin === "int" ? `${label} is ${shown(value)}, below ${issue.minimum}` : `${label} is empty`,
        remedy: describe(path, document) ?? "Write at least one.",
      };
    case "too_big":
      if (issue.origin !== "string")
        return { message: `${label} is ${shown(value)}, above ${issue.maximum}`, remedy: `Write ${issue.maximum} or less.` };
      return { message: `${label} is ${shown(value)}`, remedy: sentence(issue.message) };
    default:
      return { message: `${label} is ${shown(value)}`, remedy: sentence(issue.message) };
  }
}

function wrongType(expected: string, value: unknown, label: string, path: Path, document: CharterDocument): Words {
  const about = describe(path, document);
  const message = `${label} is ${shown(value, document.written(path))}, where ${article(expected)} is expected`;
  if (expected === "string" && typeof value !== "object")
    return { message, remedy: `Put it in quotes: ${quoted(document.written(path) ?? String(value))}` };
  if (expected === "array")
    return {
      message,
      remedy:
        typeof value === "object"
          ? "Write a list: each entry on a line of its own, after  - "
          : `Write a list:  [${quoted(String(value))}]`,
    };
  if (expected === "boolean") return { message, remedy: "Write true or false." };
  if (expected === "int" || expected === "number") return { message, remedy: "Write a whole number, without quotes." };
  return { message, remedy: about ?? "Write its members below it, each as  name: value" };
}

function wrongValue(values: readonly string[], value: unknown, label: string): Words {
  const meant = typeof value === "string" ? nearest(value, values) : undefined;
  const list = `Write ${values.length === 1 ? values[0] : `one of ${values.join(", ")}`}.`;
  return { message: `${label} is ${shown(value)}, which is not known`, remedy: meant ? `Did you mean ${quoted(meant)}? ${list}` : list };
}

function addMember(path: Path, document: CharterDocument): string {
  const about = describe(path, document);
  const allowed = choicesAt(path, document.data);
  return `Add  ${String(path.at(-1))}:${about ? `  ${about}` : ""}${allowed.length > 0 ? ` One of ${allowed.join(", ")}.` : ""}`;
}

const shown = (value: unknown, written?: string): string => {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return value === null ? "empty" : "a mapping";
  if (typeof value === "number") return `the number ${written ?? value}`;
  return typeof value === "string" ? quoted(value) : String(value);
};

const ARTICLES: Readonly<Record<string, string>> = {
  string: "text",
  array: "a list",
  object: "a mapping",
  record: "a mapping",
  int: "a whole number",
  number: "a number",
  boolean: "true or false",
};

const article = (expected: string): string => ARTICLES[expected] ?? expected;

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;

/** The last named member of the path, with its index: `accounts[1]`. */
function place(path: Path): string {
  if (path.length === 0) return "the charter";
  const name = path.findLastIndex((step) => typeof step === "string");
  const indices = path.slice(name + 1).map((step) => `[${step}]`);
  return `${String(path[name] ?? "the charter")}${indices.join("")}`;
}

function valueAt(data: unknown, path: Path): unknown {
  let value = data;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Readonly<Record<string | number, unknown>>)[step];
  }
  return value;
}

type Schema = z.core.$ZodType;

// The schema that stands at a path, and the description of the member that leads there. The data decides between the kinds of door.
function schemaAt(path: Path, data: unknown): { readonly schema: Schema; readonly about: string | undefined } | undefined {
  let schema: Schema = Charter;
  let about: string | undefined;
  for (const [index, step] of path.entries()) {
    const next = stepInto(unwrap(schema, valueAt(data, path.slice(0, index))), step);
    if (!next) return undefined;
    about = (next as z.ZodType).description ?? about;
    schema = next;
  }
  return { schema: unwrap(schema, valueAt(data, path)), about };
}

type Def = {
  readonly type: string;
  readonly innerType?: Schema;
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly element?: Schema;
  readonly valueType?: Schema;
  readonly options?: readonly Schema[];
  readonly entries?: Readonly<Record<string, string>>;
};

const defOf = (schema: Schema): Def => schema._zod.def;

function unwrap(schema: Schema, value: unknown): Schema {
  const def = defOf(schema);
  if (def.innerType) return unwrap(def.innerType, value);
  if (def.type !== "union") return schema;
  const kind = valueAt(value, ["kind"]);
  const option = def.options?.find((candidate) => {
    const literal = defOf(candidate).shape?.["kind"];
    return literal !== undefined && (literal as z.ZodType).safeParse(kind).success;
  });
  return option ?? schema;
}

function stepInto(schema: Schema, step: string | number): Schema | undefined {
  const def = defOf(schema);
  if (def.type === "object") return Object.hasOwn(def.shape ?? {}, step) ? def.shape?.[step] : undefined;
  return def.type === "array" ? def.element : def.valueType;
}

const membersAt = (path: Path, data: unknown): readonly string[] => {
  const found = schemaAt(path, data);
  return found ? Object.keys(defOf(found.schema).shape ?? {}) : [];
};

const choicesAt = (path: Path, data: unknown): readonly string[] => {
  const found = schemaAt(path, data);
  return found ? Object.values(defOf(found.schema).entries ?? {}) : [];
};

const describe = (path: Path, document: CharterDocument): string | undefined => schemaAt(path, document.data)?.about;
