// Reads YAML values strictly: what does not have the form that the workflow syntax gives it is a problem with its pointer, never a default.
import { isObject, type JsonObject } from "../../lib/json.ts";
import { inside, type Source } from "../../model/source.ts";

export interface Problem {
  readonly source: Source;
  readonly what: string;
}

/** A value with its place, and where to put what is wrong with it. */
export interface Node {
  readonly value: unknown;
  readonly source: Source;
  readonly problems: Problem[];
}

export const at = (node: Node, key: string | number): Node => ({
  value: Array.isArray(node.value) ? node.value[key as number] : isObject(node.value) ? (node.value as JsonObject)[key] : undefined,
  source: inside(node.source, key),
  problems: node.problems,
});

export const refuse = (node: Node, what: string): undefined => {
  node.problems.push({ source: node.source, what });
  return undefined;
};

export const isExpression = (value: unknown): value is string => typeof value === "string" && value.includes("${{");

/** Text; numbers and booleans as YAML wrote them. Absent when there is none. */
export function text(node: Node): string | undefined {
  const { value } = node;
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return String(value);
  return refuse(node, "must be text");
}

/** One text where a list is meant, or a list of texts. */
export function texts(node: Node): readonly string[] {
  const { value } = node;
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    const one = text(node);
    return one === undefined ? [] : [one];
  }
  return value.flatMap((_, index) => text(at(node, index)) ?? []);
}

/** The key under which an expression in place of a whole map stands. */
export const WHOLE = "${{ insert }}";

/** A map of texts: `env`, `with`, `secrets`. */
export function textMap(node: Node): Readonly<Record<string, string>> {
  const { value } = node;
  if (value === undefined || value === null) return {};
  if (isExpression(value)) return { [WHOLE]: value };
  if (!isObject(value)) {
    refuse(node, "must be a map of texts");
    return {};
  }
  return Object.fromEntries(Object.keys(value).map((key) => [key, text(at(node, key)) ?? ""]));
}

/** Members of a map, in order. */
export function members(node: Node, what: string): readonly (readonly [string, Node])[] {
  if (node.value === undefined || node.value === null) return [];
  if (isObject(node.value)) return Object.keys(node.value).map((key) => [key, at(node, key)] as const);
  refuse(node, `must be a map of ${what}`);
  return [];
}

/** Only keys that the syntax knows: an unknown one may change what the rest means. */
export function onlyKeys(node: Node, known: ReadonlySet<string>, what: string): void {
  if (!isObject(node.value)) return;
  for (const key of Object.keys(node.value)) if (!known.has(key)) refuse(at(node, key), `${what} has no member ${key}`);
}
