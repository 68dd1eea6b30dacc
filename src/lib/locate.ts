// JSON pointer → line and column, for what is shown. Never used to decide anything.
import { isAlias, isMap, isNode, isScalar, isSeq, type Node } from "yaml";
import { JsonIndex } from "./json-index.ts";
import { DEFAULT_LIMITS } from "./parse-problem.ts";
import { composeYaml, type YamlNode } from "./yaml-text.ts";

/** Both from 1; columns in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * Where the value of an RFC 6901 pointer stands: its key, for a member of an object; its first character, for an item of a list or the
 * document itself. `document` counts the documents that parseBytes gives. Undefined when the pointer leads nowhere.
 */
export function locate(text: string, format: "json" | "yaml" | "text", pointer: string, document = 0): Position | undefined {
  if (format === "text" || (pointer !== "" && !pointer.startsWith("/"))) return undefined;
  const index = indexOf(text, format);
  const keys = pointer
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  const offset = index.offsetOf(keys, document);
  return offset === undefined ? undefined : positionOf(index.lineStarts, offset);
}

interface TextIndex {
  readonly lineStarts: readonly number[];
  readonly offsetOf: (keys: readonly string[], document: number) => number | undefined;
}

/** The texts asked for last, so that a hundred steps out of one file read it once. */
const recent = new Map<string, TextIndex>();
const REMEMBERED = 64;

function indexOf(text: string, format: "json" | "yaml"): TextIndex {
  const known = recent.get(text);
  if (known) return known;
  const index: TextIndex = { lineStarts: lineStartsOf(text), offsetOf: format === "json" ? jsonOffsets(text) : yamlOffsets(text) };
  const oldest = recent.size >= REMEMBERED ? recent.keys().next().value : undefined;
  if (oldest !== undefined) recent.delete(oldest);
  recent.set(text, index);
  return index;
}

function lineStartsOf(text: string): readonly number[] {
  const starts = [0];
  for (let i = text.indexOf("\n"); i >= 0; i = text.indexOf("\n", i + 1)) starts.push(i + 1);
  return starts;
}

function positionOf(lineStarts: readonly number[], offset: number): Position {
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lineStarts[middle] as number) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (lineStarts[low] as number) + 1 };
}

function jsonOffsets(text: string): TextIndex["offsetOf"] {
  const index = new JsonIndex(text);
  return (keys, document) => (document === 0 ? index.offsetOf(keys) : undefined);
}

function yamlOffsets(text: string): TextIndex["offsetOf"] {
  const nodes = composeYaml(text, { ...DEFAULT_LIMITS, yamlBytes: Infinity });
  if (!nodes.ok) return () => undefined;
  const anchors = nodes.value.map(anchorsOf);
  return (keys, document) => {
    const root = nodes.value[document];
    return root ? yamlOffset(root, keys, anchors[document] ?? new Map()) : undefined;
  };
}

type Anchors = ReadonlyMap<string, Node>;

// A name that is anchored twice leads to its last place: good enough to show a line.
function anchorsOf(root: YamlNode): Anchors {
  const anchors = new Map<string, Node>();
  const visit = (node: unknown): void => {
    if (isNode(node) && !isAlias(node) && node.anchor !== undefined) anchors.set(node.anchor, node);
    if (isMap(node)) for (const pair of node.items) visit(pair.value);
    else if (isSeq(node)) node.items.forEach(visit);
  };
  visit(root);
  return anchors;
}

function yamlOffset(root: Node, keys: readonly string[], anchors: Anchors): number | undefined {
  let node: unknown = root;
  let offset = root.range?.[0];
  for (const key of keys) {
    const next = stepInto(node, key, anchors);
    if (next === undefined) return undefined;
    node = next.value;
    offset = next.at?.range?.[0];
  }
  return offset;
}

interface Step {
  readonly at: Node | undefined;
  readonly value: unknown;
}

// Aliases are followed, at most as deep as the limit: an alias inside its own anchor would lead round for ever.
function stepInto(node: unknown, key: string, anchors: Anchors, fuel = DEFAULT_LIMITS.depth): Step | undefined {
  if (fuel === 0) return undefined;
  if (isAlias(node)) return stepInto(anchors.get(node.source), key, anchors, fuel - 1);
  if (isSeq(node)) {
    const item = /^(?:0|[1-9]\d*)$/.test(key) ? node.items[Number(key)] : undefined;
    return item === undefined ? undefined : { at: isNode(item) ? item : undefined, value: item };
  }
  if (!isMap(node)) return undefined;
  const nameOf = (name: unknown): string => (isScalar(name) ? String(name.value ?? "") : "");
  const pair = node.items.find((item) => nameOf(item.key) === key);
  if (pair) return { at: isNode(pair.key) ? pair.key : undefined, value: pair.value };
  const merged = node.items.find((item) => nameOf(item.key) === "<<")?.value;
  const sources = isSeq(merged) ? merged.items : merged ? [merged] : [];
  return sources.map((source) => stepInto(source, key, anchors, fuel - 1)).find((step) => step !== undefined);
}
