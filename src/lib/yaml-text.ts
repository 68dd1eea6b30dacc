// YAML text → documents as plain values, with bounded aliases, depth and no key twice. YAML 1.2 core schema: `on` stays a string.
import { Composer, type Document, isAlias, isMap, isScalar, isSeq, Lexer, type Node, Parser, type YAMLMap } from "yaml";
import { endOf, tooDeep, TRUNCATED, twice } from "./json-text.ts";
import type { ParseLimits, Refusal } from "./parse-problem.ts";
import { readPlainYaml } from "./plain-yaml.ts";
import { fail, ok, type Result } from "./result.ts";

/**
 * Unknown tags (`!Ref`) leave the value as it is written. Of a list, GitLab's `!reference` is kept, as an object with that one member: without
 * the tag it would read as a nested list of commands. A `%YAML 1.1` directive does not bring back booleans like `on`.
 */
const OPTIONS = {
  schema: "core",
  resolveKnownTags: false,
  merge: false,
  uniqueKeys: false,
  stringKeys: true,
  keepSourceTokens: false,
} as const;

export type YamlNode = Node | null;

/** The documents that have content, as nodes with their ranges. Empty documents are skipped: an index counts those that are left. */
export function composeYaml(text: string, limits: ParseLimits): Result<readonly YamlNode[], Refusal> {
  const composer = new Composer(OPTIONS);
  const parser = new Parser();
  const documents: Document.Parsed[] = [];
  // The composer recurses, so depth is checked while the (iterative) parser builds its stack. Two entries more: the document and a scalar.
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) documents.push(...composer.next(token));
    if (parser.stack.length > limits.depth + 2) return fail(tooDeep(limits.depth, parser.offset));
  }
  for (const token of parser.end()) documents.push(...composer.next(token));
  documents.push(...composer.end());
  const nodes: YamlNode[] = [];
  for (const document of documents) {
    const error = document.errors[0];
    if (error) return fail(notYaml(text, error.code, error.pos[0]));
    if (!isEmpty(document.contents)) nodes.push(document.contents);
  }
  return ok(nodes);
}

export function readYaml(text: string, limits: ParseLimits): Result<readonly unknown[], Refusal> {
  const plain = readPlainYaml(text, limits);
  return plain === undefined ? readAnyYaml(text, limits) : ok(plain);
}

/** With everything that YAML has. `readPlainYaml` is held to it. */
export function readAnyYaml(text: string, limits: ParseLimits): Result<readonly unknown[], Refusal> {
  const nodes = composeYaml(text, limits);
  if (!nodes.ok) return nodes;
  const values: unknown[] = [];
  for (const node of nodes.value) {
    const reading: Reading = { limits, anchors: new Map(), aliases: 0, size: 0, maximumSize: text.length + 100_000, refusal: undefined };
    const { value } = read(node, 1, reading);
    if (reading.refusal) return fail(reading.refusal);
    values.push(value);
  }
  return ok(values);
}

const isEmpty = (node: YamlNode): boolean => node === null || (isScalar(node) && node.value === null);

/** A node with aliases expanded: how many values it stands for and how deep it goes. */
interface Value {
  readonly value: unknown;
  readonly size: number;
  readonly depth: number;
}

interface Reading {
  readonly limits: ParseLimits;
  /** `undefined` while the anchored node is being read: an alias to it then stands inside it. */
  readonly anchors: Map<string, Value | undefined>;
  aliases: number;
  size: number;
  readonly maximumSize: number;
  refusal: Refusal | undefined;
}

const NOTHING: Value = { value: null, size: 0, depth: 0 };

const refuse = (reading: Reading, refusal: Refusal): Value => {
  reading.refusal ??= refusal;
  return NOTHING;
};

const offsetOf = (node: unknown): number => (node as Node | null)?.range?.[0] ?? 0;

function read(node: unknown, depth: number, reading: Reading): Value {
  if (reading.refusal) return NOTHING;
  if (isAlias(node)) return readAlias(node.source, depth, offsetOf(node), reading);
  const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
  if (anchor !== undefined) reading.anchors.set(anchor, undefined);
  const value = isMap(node)
    ? readMap(node, depth, reading)
    : isSeq(node)
      ? readSeq(node.items, depth, offsetOf(node), reading, node.tag === "!reference")
      : readScalar(node);
  if (anchor !== undefined) reading.anchors.set(anchor, value);
  return value;
}

/**
 * Threat: aliases of aliases ("billion laughs") make a small file stand for any number of values. The values are shared, so reading them is
 * cheap, but everyone who walks them pays; so what they stand for may not exceed what a file of this size could have written out.
 */
function readAlias(name: string, depth: number, offset: number, reading: Reading): Value {
  const remedy = "Write the values out.";
  const target = reading.anchors.get(name);
  if (target === undefined) {
    const message = reading.anchors.has(name) ? "an anchor contains an alias to itself" : "an alias names no anchor before it";
    return refuse(reading, { code: "ALIASES", message, remedy, offset });
  }
  if (++reading.aliases > reading.limits.aliases)
    return refuse(reading, { code: "ALIASES", message: `holds more than ${reading.limits.aliases} aliases`, remedy, offset });
  if (depth + target.depth - 1 > reading.limits.depth) return refuse(reading, tooDeep(reading.limits.depth, offset));
  reading.size += target.size;
  if (reading.size > reading.maximumSize)
    return refuse(reading, { code: "ALIASES", message: "holds aliases that stand for far more than the file could hold", remedy, offset });
  return target;
}

// `.nan`, `.inf` and numbers out of range keep their text: JSON has no such values and nothing we read means them as numbers.
function readScalar(node: unknown): Value {
  const value: unknown = isScalar(node) ? node.value : null;
  const kept = typeof value === "number" && !Number.isFinite(value) && isScalar(node) ? String(node.source ?? value) : value;
  return { value: kept, size: 1, depth: 0 };
}

function readSeq(items: readonly unknown[], depth: number, offset: number, reading: Reading, isReference: boolean): Value {
  if (depth > reading.limits.depth) return refuse(reading, tooDeep(reading.limits.depth, offset));
  const values: unknown[] = [];
  const total = { size: 1, depth: 0 };
  for (const item of items) values.push(take(total, read(item, depth + 1, reading)));
  return { value: isReference ? { "!reference": values } : values, size: total.size, depth: total.depth + 1 };
}

function take(total: { size: number; depth: number }, part: Value): unknown {
  total.size += part.size;
  total.depth = Math.max(total.depth, part.depth);
  return part.value;
}

function readMap(map: YAMLMap, depth: number, reading: Reading): Value {
  if (depth > reading.limits.depth) return refuse(reading, tooDeep(reading.limits.depth, offsetOf(map)));
  const members = new Map<string, unknown>();
  const merged: { readonly value: unknown; readonly offset: number }[] = [];
  const total = { size: 1, depth: 0 };
  for (const pair of map.items) {
    const key = keyOf(pair.key, reading);
    if (key === undefined) return NOTHING;
    const value = take(total, read(pair.value, depth + 1, reading));
    const isMerge = isScalar(pair.key) && pair.key.type === "PLAIN" && key === "<<";
    if (members.has(key) || (isMerge && merged.length > 0)) return refuse(reading, twice(key, offsetOf(pair.key)));
    if (isMerge) merged.push({ value, offset: offsetOf(pair.value) });
    else members.set(key, value);
  }
  for (const source of merged) merge(members, source.value, source.offset, total, reading);
  return { value: objectOf(members), size: total.size, depth: total.depth + 1 };
}

/** Keys are text: `8080` and `"8080"` are one key, as in JSON, so one of them would hide the other. */
function keyOf(node: unknown, reading: Reading): string | undefined {
  if (node === null) return "";
  if (isScalar(node)) {
    const key = String(node.value ?? "");
    if (node.anchor !== undefined) reading.anchors.set(node.anchor, { value: key, size: 1, depth: 0 });
    return key;
  }
  const value = read(node, reading.limits.depth, reading).value;
  if (typeof value === "string") return value;
  refuse(reading, { code: "NOT_YAML", message: "a key is not text", remedy: "Write the key as text.", offset: offsetOf(node) });
  return undefined;
}

/** The merge key of YAML 1.1 (yaml.org/type/merge.html), which Kubernetes' reader knows: own keys win, then earlier sources. */
function merge(members: Map<string, unknown>, source: unknown, offset: number, total: { size: number }, reading: Reading): void {
  for (const map of Array.isArray(source) ? source : [source]) {
    if (typeof map !== "object" || map === null || Array.isArray(map)) {
      const remedy = "Merge objects only.";
      refuse(reading, { code: "NOT_YAML", message: "the merge key << names something that is not an object", remedy, offset });
      return;
    }
    // Threat: each of many objects merging the one before it grows with the square of the file.
    const entries = Object.entries(map);
    reading.size += entries.length;
    total.size += entries.length;
    if (reading.size > reading.maximumSize) {
      refuse(reading, { code: "ALIASES", message: "merges far more than the file could hold", remedy: "Write the values out.", offset });
      return;
    }
    for (const [key, value] of entries) if (!members.has(key)) members.set(key, value);
  }
}

// `__proto__` becomes a member like any other, as in JSON.parse: plain assignment would set the prototype.
function objectOf(members: ReadonlyMap<string, unknown>): object {
  const object: Record<string, unknown> = {};
  for (const [key, value] of members)
    if (key === "__proto__") Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
    else object[key] = value;
  return object;
}

/** `{{ … }}` not preceded by `$` (that would be a GitHub expression), or `{% … %}`. */
const TEMPLATE = /(?:^|[^$])\{\{|\{%/;

const WORDS: Readonly<Record<string, string>> = {
  BAD_INDENT: "the indentation is wrong",
  TAB_AS_INDENT: "a tab stands where spaces must",
  BAD_DQ_ESCAPE: "a malformed escape",
  BAD_SCALAR_START: "text begins with a character that must be quoted",
  BLOCK_IN_FLOW: "a block stands inside brackets",
  BLOCK_AS_IMPLICIT_KEY: "a key and its value must be on lines of their own",
  MISSING_CHAR: "a closing quote, a bracket, a comma or a colon is missing",
  MULTILINE_IMPLICIT_KEY: "a key runs over several lines, or a colon is missing",
  MULTIPLE_ANCHORS: "a value has two anchors",
  MULTIPLE_TAGS: "a value has two tags",
  NON_STRING_KEY: "a key is not text",
  UNEXPECTED_TOKEN: "unexpected text",
};

// The library's own messages quote the text, which may hold a secret: only its codes are used.
function notYaml(text: string, code: string, offset: number): Refusal {
  if (TEMPLATE.test(text)) {
    const remedy = "Render it first (helm template, kustomize build) and give the result.";
    return { code: "TEMPLATE", message: "is a template, not YAML", remedy, offset };
  }
  const remedy = "Correct it, or export it again.";
  if (offset >= endOf(text)) return { ...TRUNCATED, offset };
  return { code: "NOT_YAML", message: `is not YAML: ${WORDS[code] ?? "it does not follow the syntax"}`, remedy, offset };
}
