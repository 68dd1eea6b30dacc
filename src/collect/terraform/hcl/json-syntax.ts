// Configuration in JSON syntax → the same attributes and blocks as Terraform's own language gives.
import type { HclAttribute, HclBlock, HclBody, HclExpression } from "../../../lib/hcl-tree.ts";
import { readHcl } from "../../../lib/hcl-text.ts";
import { isObject, type Json, type JsonObject } from "../../../lib/json.ts";
import { locate } from "../../../lib/locate.ts";
import { DEFAULT_LIMITS } from "../../../lib/parse.ts";

/** How many labels a block of the top level has (Terraform documentation, "JSON Configuration Syntax"). */
const LABELS: Readonly<Record<string, number>> = {
  resource: 2,
  data: 2,
  variable: 1,
  output: 1,
  module: 1,
  provider: 1,
  locals: 0,
  terraform: 0,
};

/** Only a provider's schema tells a nested block from an argument that is an object. These are the blocks of what is read here. */
const BLOCKS: ReadonlySet<string> = new Set([
  ...["metadata", "rule", "role_ref", "subject", "statement", "principals", "not_principals", "condition", "inline_policy"],
  ...["environment", "vpc_config", "access_config", "access_scope", "identity", "reviewers", "deployment_branch_policy"],
  ...["required_pull_request_reviews", "required_status_checks", "assume_role", "default_tags", "lifecycle"],
]);

/** Whether the document is configuration in JSON: its name says so, and it has no members but those of configuration. */
export const isJsonSyntax = (document: unknown, path: string): document is JsonObject =>
  /\.(tf|tofu)\.json$/.test(path) && isObject(document) && Object.keys(document).every((key) => key === "//" || Object.hasOwn(LABELS, key));

export const isJsonValues = (document: unknown, path: string): document is JsonObject =>
  path.endsWith(".tfvars.json") && isObject(document);

export interface JsonText {
  readonly document: JsonObject;
  readonly text: string;
}

export const bodyOfValues = (file: JsonText): HclBody => bodyOf(file.document, [], file);

export const bodyOfJson = (file: JsonText): HclBody => ({
  attributes: [],
  blocks: Object.entries(file.document).flatMap(([type, value]) =>
    type === "//" ? [] : labelled(type, [], value, LABELS[type] ?? 0, [type], file),
  ),
});

type Path = readonly (string | number)[];

/** A list stands for several blocks, at every level. */
function labelled(type: string, labels: readonly string[], value: Json, left: number, path: Path, file: JsonText): readonly HclBlock[] {
  if (Array.isArray(value)) return value.flatMap((item: Json, i) => labelled(type, labels, item, left, [...path, i], file));
  if (!isObject(value)) return [];
  if (left === 0) return [{ type, labels, line: lineOf(path, file), body: bodyOf(value, path, file) }];
  return Object.entries(value).flatMap(([label, below]) =>
    label === "//" ? [] : labelled(type, [...labels, label], below, left - 1, [...path, label], file),
  );
}

function bodyOf(value: JsonObject, path: Path, file: JsonText): HclBody {
  const attributes: HclAttribute[] = [];
  const blocks: HclBlock[] = [];
  for (const [name, item] of Object.entries(value)) {
    const at = [...path, name];
    if (name === "//") continue;
    if (name === "dynamic") blocks.push(...labelled(name, [], item, 1, at, file).map((block) => withContent(block, item, at, file)));
    else if (BLOCKS.has(name)) blocks.push(...labelled(name, [], item, 0, at, file));
    else attributes.push({ name, line: lineOf(at, file), value: expressionOf(item) });
  }
  return { attributes, blocks };
}

/** `content` of a dynamic block is a block. */
function withContent(block: HclBlock, all: Json, path: Path, file: JsonText): HclBlock {
  const label = block.labels[0] ?? "";
  const written = isObject(all) ? all[label] : undefined;
  const own: Json | undefined = Array.isArray(written) ? (written[0] as Json | undefined) : written;
  const content = isObject(own) ? own["content"] : undefined;
  const attributes = block.body.attributes.filter(({ name }) => name !== "content");
  return { ...block, body: { attributes, blocks: labelled("content", [], content ?? null, 0, [...path, label, "content"], file) } };
}

const lineOf = (path: Path, { text }: JsonText): number =>
  locate(text, "json", path.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join(""))?.line ?? 1;

/** Every text is a template ("Expression Mapping" of the same page). */
function expressionOf(value: Json): HclExpression {
  if (Array.isArray(value)) return { is: "list", items: (value as readonly Json[]).map(expressionOf) };
  if (isObject(value))
    return { is: "object", members: Object.entries(value).map(([key, item]) => ({ key: templateOf(key), value: expressionOf(item) })) };
  return typeof value === "string" ? templateOf(value) : { is: "literal", value };
}

const TAG = "END_OF_TEXT_IN_JSON";

/** Read as a heredoc, which knows no escapes but those of templates; its last line's end is none of the text. */
function templateOf(text: string): HclExpression {
  if (!/[$%]\{/.test(text)) return { is: "literal", value: text };
  const read = text.includes(TAG) ? undefined : readHcl(`text = <<${TAG}\n${text}\n${TAG}\n`, DEFAULT_LIMITS);
  const found = read?.ok ? read.value.hcl.attributes[0]?.value : undefined;
  return found === undefined ? { is: "other", parts: [] } : withoutLastEnd(found);
}

function withoutLastEnd(expression: HclExpression): HclExpression {
  if (expression.is === "literal" && typeof expression.value === "string")
    return { is: "literal", value: expression.value.replace(/\n$/, "") };
  if (expression.is !== "template") return expression;
  const last = expression.parts.at(-1);
  const end = last && withoutLastEnd(last);
  const parts = [...expression.parts.slice(0, -1), ...(end && !(end.is === "literal" && end.value === "") ? [end] : [])];
  const [only] = parts;
  return only && parts.length === 1 ? only : { is: "template", parts };
}
