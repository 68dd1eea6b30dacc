// Reads YAML values strictly: what does not have the form that the workflow syntax gives it is a problem with its pointer, never a default.
import { isObject, type JsonObject } from "../../lib/json.ts";
import { inside, type Source } from "../../model/source.ts";
import { withoutSecrets } from "../../lib/secret-text.ts";

export interface Problem {
  readonly source: Source;
  readonly what: string;
  /** GitHub refuses the whole file. Otherwise a member that this reader does not know: the rest is read, and the gap says what was left. */
  readonly isFatal: boolean;
}

/** What one file's reading shares: where to put what is wrong, and how secret values are named. */
export interface Sheet {
  readonly problems: Problem[];
  readonly fingerprint: (secret: string) => string;
}

/** A value with its place. */
export interface Node {
  readonly value: unknown;
  readonly source: Source;
  readonly sheet: Sheet;
}

export const at = (node: Node, key: string | number): Node => ({
  value: Array.isArray(node.value)
    ? node.value[key as number]
    : isObject(node.value) && Object.hasOwn(node.value, key)
      ? (node.value as JsonObject)[key]
      : undefined,
  source: inside(node.source, key),
  sheet: node.sheet,
});

export const refuse = (node: Node, what: string): undefined => {
  node.sheet.problems.push({ source: node.source, what, isFatal: true });
  return undefined;
};

const leave = (node: Node, what: string): undefined => {
  node.sheet.problems.push({ source: node.source, what, isFatal: false });
  return undefined;
};

export const isAbsent = (node: Node): boolean => node.value === undefined;

export const isExpression = (value: unknown): value is string => typeof value === "string" && value.includes("${{");

/** One expression and nothing else, as may stand where a map or a list is meant. */
export const isWholeExpression = (value: unknown): value is string => typeof value === "string" && /^\s*\$\{\{[\s\S]*\}\}\s*$/.test(value);

/**
 * Text; other scalars as GitHub turns them into text, so nothing at all becomes the empty text (actions/languageservices, workflow-parser,
 * template reader: a scalar that its definition does not take is tried as text). Undefined when the member is not there.
 */
export function text(node: Node): string | undefined {
  const { value } = node;
  if (value === undefined) return undefined;
  if (value === null) return "";
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return String(value);
  return refuse(node, "must be text");
}

/** Text that may not be empty. */
export function word(node: Node): string | undefined {
  const found = text(node);
  return found === "" ? refuse(node, "must not be empty") : found;
}

/** One text where a list is meant, or a list of texts. Undefined when the member is not there. */
export function words(node: Node): readonly string[] | undefined {
  const { value } = node;
  if (value === undefined) return undefined;
  if (Array.isArray(value)) return value.flatMap((_, index) => word(at(node, index)) ?? []);
  const one = word(node);
  return one === undefined ? [] : [one];
}

/** The key under which an expression in place of a whole map stands. */
export const WHOLE = "${{ insert }}";

/** A map of texts: `env`, `with`, `secrets`. */
export function textMap(node: Node): Readonly<Record<string, string>> {
  const { value } = node;
  if (value === undefined) return {};
  if (isWholeExpression(value)) return { [WHOLE]: value };
  if (!isObject(value)) {
    refuse(node, "must be a map of texts");
    return {};
  }
  const entry = (key: string): [string, string] => [key, withoutSecrets(key, text(at(node, key)) ?? "", node.sheet.fingerprint)];
  return Object.fromEntries(Object.keys(value).map(entry));
}

/** Members of a map, in order. */
export function members(node: Node, what: string): readonly (readonly [string, Node])[] {
  if (node.value === undefined) return [];
  if (isObject(node.value)) return Object.keys(node.value).map((key) => [key, at(node, key)] as const);
  refuse(node, `must be a map of ${what}`);
  return [];
}

export function truth(node: Node): boolean | undefined {
  const { value } = node;
  if (value === undefined || typeof value === "boolean") return value;
  return isWholeExpression(value) ? undefined : refuse(node, "must be true or false");
}

export function checkNumber(node: Node): void {
  const { value } = node;
  if (value !== undefined && typeof value !== "number" && !isWholeExpression(value)) refuse(node, "must be a number");
}

/** Only members that the syntax knows: an unknown one may change what the rest means. */
export function onlyMembers(node: Node, known: ReadonlySet<string>, what: string): void {
  if (!isObject(node.value)) return;
  for (const key of Object.keys(node.value)) if (!known.has(key)) leave(at(node, key), `${what} has no member ${key} that is known here`);
}

export const namesIn = (list: string): ReadonlySet<string> => new Set(list.split(" "));

/** A name of an open list (events, token scopes) that is not known yet. */
export const checkKnown = (node: Node, known: ReadonlySet<string>, name: string, what: string): void => {
  if (!known.has(name)) leave(node, `${name} is no ${what} that is known here`);
};
