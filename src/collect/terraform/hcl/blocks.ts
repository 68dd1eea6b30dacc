// The body of a block → values and what of them is not known, in the form in which a plan holds them: nested blocks are lists.
import type { HclBlock, HclBody } from "../../../lib/hcl-tree.ts";
import { attributeOf, evaluate, pairsOf, type Scope } from "./module.ts";
import { listOf, objectOf, UNKNOWN, type Value } from "./value.ts";

/** What is about a block, and no part of what it makes (Terraform documentation, "Meta-Arguments"). */
const META_ARGUMENTS: ReadonlySet<string> = new Set(["count", "for_each", "provider", "providers", "depends_on"]);
const META_BLOCKS: ReadonlySet<string> = new Set(["lifecycle", "provisioner", "connection"]);

export function blockValues(body: HclBody, scope: Scope): Value {
  const members: [string, Value][] = body.attributes
    .filter(({ name }) => !META_ARGUMENTS.has(name))
    .map(({ name, value }) => [name, evaluate(value, scope)]);
  const nested = new Map<string, Value[] | undefined>();
  for (const block of body.blocks) {
    const name = block.type === "dynamic" ? (block.labels[0] ?? "") : block.type;
    if (META_BLOCKS.has(name)) continue;
    const made = block.type === "dynamic" ? expanded(block, scope) : [blockValues(block.body, scope)];
    const before = nested.has(name) ? nested.get(name) : [];
    nested.set(name, made && before && [...before, ...made]);
  }
  return objectOf([...members, ...[...nested].map(([name, values]): [string, Value] => [name, values ? listOf(values) : UNKNOWN])]);
}

/** `dynamic "statement"`: one block for each item; undefined where the items are not known. */
function expanded(block: HclBlock, scope: Scope): Value[] | undefined {
  const items = attributeOf(block.body, "for_each");
  const content = block.body.blocks.find(({ type }) => type === "content");
  const pairs = items && pairsOf(evaluate(items.value, scope));
  if (!pairs || !content) return undefined;
  const iterator = attributeOf(block.body, "iterator")?.value;
  const name = iterator?.is === "reference" ? iterator.root : (block.labels[0] ?? "");
  return pairs.map(([, each]) => blockValues(content.body, { module: scope.module, names: new Map([...scope.names, [name, each]]) }));
}

/** The line of what a path leads to, as far as it is written: an attribute, or the block around it. */
export function lineOf(body: HclBody, line: number, path: readonly (string | number)[]): number {
  const [name, index, ...rest] = path;
  const attribute = typeof name === "string" ? attributeOf(body, name) : undefined;
  if (attribute) return attribute.line;
  const blocks = body.blocks.filter(({ type, labels }) => type === name || (type === "dynamic" && labels[0] === name));
  const block = blocks[typeof index === "number" ? index : 0] ?? blocks[0];
  return block ? lineOf(block.body, block.line, rest) : line;
}
