// Runs in a thread of its own: text in HashiCorp's configuration language → plain data, by tree-sitter's grammar for Terraform in WebAssembly.
import { fileURLToPath } from "node:url";
import { type MessagePort, workerData } from "node:worker_threads";
import { Language, type Node, Parser } from "web-tree-sitter";
import type { HclBody, HclExpression } from "./hcl-tree.ts";
import { heredoc, quoted } from "./hcl-template.ts";

/** Text and how deep it may be nested; the answer is awaited on `signal`. */
export interface Question {
  readonly text: string;
  readonly depth: number;
}
export type Answer =
  | { readonly body: HclBody }
  | { readonly problem: "syntax" | "depth" | "twice" | "parser"; readonly offset: number; readonly name?: string };

interface Setting {
  readonly port: MessagePort;
  readonly signal: Int32Array;
}

const { port, signal } = workerData as Setting;
const GRAMMAR = "@tree-sitter-grammars/tree-sitter-hcl/tree-sitter-terraform.wasm";
// Whoever waits cannot hear of an error here, so it is told as an answer.
const parser = await load().catch(() => undefined);

async function load(): Promise<Parser> {
  await Parser.init();
  const made = new Parser();
  return made.setLanguage(await Language.load(fileURLToPath(import.meta.resolve(GRAMMAR))));
}

port.on("message", (question: Question) => {
  port.postMessage(parser ? answerTo(parser, question) : ({ problem: "parser", offset: 0 } satisfies Answer));
  Atomics.store(signal, 0, 1);
  Atomics.notify(signal, 0);
});

class Refused extends Error {
  readonly answer: Answer;
  constructor(answer: Answer) {
    super();
    this.answer = answer;
  }
}

function answerTo(parser: Parser, { text, depth }: Question): Answer {
  const tree = parser.parse(text);
  if (tree === null) return { problem: "syntax", offset: 0 };
  try {
    const root = tree.rootNode;
    if (root.hasError) return { problem: "syntax", offset: firstError(root) };
    return { body: bodyOf(only(root, "body"), { text, depth }) };
  } catch (error) {
    if (error instanceof Refused) return error.answer;
    throw error;
  } finally {
    tree.delete();
  }
}

/** Where the grammar first found something else than it asked for. */
function firstError(node: Node): number {
  for (let at = node; ;) {
    const next = at.children.find((child) => child.hasError || child.isMissing);
    if (next === undefined || at.isError) return at.startIndex;
    at = next;
  }
}

const only = (node: Node, type: string): Node | undefined => node.namedChildren.find((child) => child.type === type);
const named = (node: Node): readonly Node[] => node.namedChildren.filter((child) => child.type !== "comment");

interface Reading {
  readonly text: string;
  /** Levels that are left. */
  readonly depth: number;
}

function deeper(reading: Reading, node: Node): Reading {
  if (reading.depth <= 0) throw new Refused({ problem: "depth", offset: node.startIndex });
  return { text: reading.text, depth: reading.depth - 1 };
}

function bodyOf(node: Node | undefined, reading: Reading): HclBody {
  const attributes: HclBody["attributes"][number][] = [];
  const blocks: HclBody["blocks"][number][] = [];
  const seen = new Set<string>();
  for (const child of node ? named(node) : []) {
    const line = child.startPosition.row + 1;
    const [head, ...rest] = named(child);
    if (head === undefined) continue;
    if (child.type === "attribute") {
      const name = head.text;
      // An argument may stand once (HCL Native Syntax Specification, "Attribute Definitions").
      if (seen.has(name)) throw new Refused({ problem: "twice", offset: child.startIndex, name });
      seen.add(name);
      attributes.push({ name, line, value: termsOf(rest, deeper(reading, child)) });
    } else if (child.type === "block") {
      const labels = rest.filter(({ type }) => type === "string_lit" || type === "identifier").map((label) => labelOf(label, reading));
      blocks.push({ type: head.text, labels, line, body: bodyOf(only(child, "body"), deeper(reading, child)) });
    }
  }
  return { attributes, blocks };
}

const labelOf = (node: Node, { text }: Reading): string => {
  if (node.type === "identifier") return node.text;
  const { is, ...rest } = quoted(innerText(node, text), []);
  return is === "literal" && "value" in rest && typeof rest.value === "string" ? rest.value : node.text;
};

/** Between the quotation marks. */
const innerText = (node: Node, text: string): string => text.slice(node.startIndex + 1, node.endIndex - 1);

const POSTFIX: ReadonlySet<string> = new Set(["get_attr", "index", "splat"]);

/** A term and what follows it: `var.a[0].b`, `f(x).y`. */
function termsOf(nodes: readonly Node[], reading: Reading): HclExpression {
  const [head, ...rest] = nodes;
  if (head === undefined) return { is: "other", parts: [] };
  if (rest.length === 0 && head.type === "expression") return termsOf(named(head), deeper(reading, head));
  const term = termOf(head, reading);
  if (rest.length === 0) return term;
  if (!rest.every(({ type }) => POSTFIX.has(type))) return { is: "other", parts: [term, ...rest.map((node) => partsOf(node, reading))] };
  const steps = rest.flatMap((node) => stepsOf(node, reading));
  return term.is === "reference" ? { ...term, steps: [...term.steps, ...steps] } : { is: "other", parts: [term] };
}

function stepsOf(node: Node, reading: Reading): (string | { readonly index: HclExpression })[] {
  if (node.type === "get_attr") return named(node).map(({ text }) => text);
  if (node.type === "splat") return ["*", ...named(node).flatMap((kind) => named(kind).flatMap((step) => stepsOf(step, reading)))];
  return named(node).map((index) =>
    index.type === "new_index" ? { index: termsOf(named(index), deeper(reading, index)) } : index.text.replace(/^\./, ""),
  );
}

/** Whatever stands below, for what it refers to. */
const partsOf = (node: Node, reading: Reading): HclExpression => ({
  is: "other",
  parts:
    node.type === "expression"
      ? [termsOf(named(node), deeper(reading, node))]
      : named(node).map((child) => (child.type === "variable_expr" ? termOf(child, reading) : partsOf(child, deeper(reading, child)))),
});

function termOf(node: Node, reading: Reading): HclExpression {
  const below = deeper(reading, node);
  const children = named(node);
  switch (node.type) {
    case "expression":
      return termsOf(children, below);
    case "literal_value":
      return literalOf(children[0], below);
    case "variable_expr":
      return { is: "reference", root: node.text, steps: [] };
    case "collection_value":
      return collectionOf(children[0], below);
    case "template_expr":
      return templateOf(children[0], below);
    case "function_call": {
      const given = only(node, "function_arguments");
      const isSpread = given?.children.some(({ type }) => type === "ellipsis" || type === "...") === true;
      const args = (given ? named(given) : []).map((argument) => termOf(argument, below));
      return isSpread ? { is: "other", parts: args } : { is: "call", name: children[0]?.text ?? "", arguments: args };
    }
    case "conditional": {
      const [test, yes, no] = children.map((child) => termOf(child, below));
      return test && yes && no ? { is: "choice", test, yes, no } : { is: "other", parts: [] };
    }
    case "operation":
      return operationOf(children[0], below);
    default:
      return partsOf(node, below);
  }
}

function operationOf(node: Node | undefined, reading: Reading): HclExpression {
  const children = (node?.children ?? []).filter(({ type }) => type !== "comment" && type !== "(" && type !== ")");
  const at = children.findIndex(({ isNamed }) => !isNamed);
  const operator = children[at]?.text ?? "";
  const [left, right] = [children.slice(0, at), children.slice(at + 1)];
  const operands = [left, right].filter((side) => side.length > 0).map((side) => termsOf(side, reading));
  return { is: "operation", operator, operands };
}

function literalOf(node: Node | undefined, reading: Reading): HclExpression {
  switch (node?.type) {
    case "string_lit":
      return quoted(innerText(node, reading.text), []);
    case "numeric_lit":
      return { is: "literal", value: Number(node.text) };
    case "bool_lit":
      return { is: "literal", value: node.text === "true" };
    case "null_lit":
      return { is: "literal", value: null };
    default:
      return { is: "other", parts: [] };
  }
}

function collectionOf(node: Node | undefined, reading: Reading): HclExpression {
  if (node?.type === "tuple")
    return {
      is: "list",
      items: named(node)
        .filter(({ type }) => type === "expression")
        .map((item) => termOf(item, reading)),
    };
  const elements = node ? named(node).filter(({ type }) => type === "object_elem") : [];
  const members = elements.flatMap((element) => {
    const [key, value] = named(element);
    return key && value ? [{ key: keyOf(key, reading), value: termOf(value, reading) }] : [];
  });
  return { is: "object", members };
}

/** A bare word as a key is the word; in brackets it is an expression (HCL Native Syntax Specification, "Collection Values"). */
function keyOf(node: Node, reading: Reading): HclExpression {
  const isBracketed = node.children.some(({ type }) => type === "(");
  const key = termOf(node, reading);
  return key.is === "reference" && key.steps.length === 0 && !isBracketed ? { is: "literal", value: key.root } : key;
}

/** Interpolations by where they stand in the text, which keeps the white space that the grammar drops. */
function templateOf(node: Node | undefined, reading: Reading): HclExpression {
  if (node === undefined) return { is: "other", parts: [] };
  const inner = named(node).filter(({ type }) => type === "template_interpolation" || type === "template_directive");
  const interpolations = inner.map((each) => {
    const expression = only(each, "expression");
    // Directives and strip markers change the text around them.
    const isPlain = each.type === "template_interpolation" && expression && !/^\$\{~|~\}$/.test(each.text);
    const value: HclExpression = isPlain ? termOf(expression, reading) : partsOf(each, reading);
    return { from: each.startIndex, to: each.endIndex, value };
  });
  const { text } = reading;
  if (node.type === "quoted_template") {
    const from = node.startIndex + 1;
    return quoted(
      innerText(node, text),
      interpolations.map((each) => ({ ...each, from: each.from - from, to: each.to - from })),
    );
  }
  return heredoc(text.slice(node.startIndex, node.endIndex), node.startIndex, interpolations);
}
