// A file of Terraform's language without its secrets: each is replaced by its keyed fingerprint before anything else sees the file.
import type { HclBlock, HclBody, HclExpression } from "../../../lib/hcl-tree.ts";
import { looksSecret } from "../../../model/aws/variables.ts";
import { attributeOf } from "./module.ts";

type Fingerprint = (secret: string) => string;

/** Attributes that hold what is to be kept secret, whatever it looks like (each provider's documentation of the resource). */
const STORED: Readonly<Record<string, ReadonlySet<string>>> = {
  aws_secretsmanager_secret_version: new Set(["secret_string", "secret_binary"]),
  aws_ssm_parameter: new Set(["value"]),
  aws_db_instance: new Set(["password"]),
  aws_rds_cluster: new Set(["master_password"]),
  github_actions_secret: new Set(["plaintext_value", "encrypted_value"]),
  github_actions_environment_secret: new Set(["plaintext_value", "encrypted_value"]),
  kubernetes_secret: new Set(["data", "binary_data"]),
  kubernetes_secret_v1: new Set(["data", "binary_data"]),
};

const NOTHING: ReadonlySet<string> = new Set();

/** `isValues`: a tfvars file, in which every argument is the value of a variable. */
export const withoutSecrets = (body: HclBody, fingerprint: Fingerprint, isValues: boolean): HclBody => ({
  attributes: body.attributes.map((attribute) => ({
    ...attribute,
    value: masked(attribute.value, isValues ? attribute.name : undefined, fingerprint),
  })),
  blocks: body.blocks.map((block) => withoutSecretsIn(block, fingerprint)),
});

function withoutSecretsIn(block: HclBlock, fingerprint: Fingerprint): HclBlock {
  const { type, labels, body } = block;
  const stored = type === "resource" ? (STORED[labels[0] ?? ""] ?? NOTHING) : NOTHING;
  const isSensitive = attributeOf(body, "sensitive")?.value;
  const hidesDefault = type === "variable" && isSensitive?.is === "literal" && isSensitive.value === true;
  const attributes = body.attributes.map((attribute) => {
    const { name, value } = attribute;
    if (stored.has(name) || (hidesDefault && name === "default")) return { ...attribute, value: hidden(value, fingerprint) };
    return { ...attribute, value: masked(value, nameFor(block, name), fingerprint) };
  });
  return { ...block, body: { attributes, blocks: body.blocks.map((each) => withoutSecretsIn(each, fingerprint)) } };
}

/** By which name a value is judged: a variable's, a local's, an environment variable's. An argument's own name tells of settings, not of secrets. */
function nameFor({ type, labels }: HclBlock, name: string): string | undefined {
  if (type === "variable") return name === "default" ? (labels[0] ?? "") : undefined;
  return type === "locals" || name === "variables" ? name : undefined;
}

/** `name`: by which a text is judged; inside an object it is the key, unless no name counts at all. */
function replaced(
  expression: HclExpression,
  change: (text: string, name: string) => HclExpression,
  name: string | undefined,
): HclExpression {
  const go = (each: HclExpression, under = name): HclExpression => replaced(each, change, under);
  switch (expression.is) {
    case "literal":
      return typeof expression.value === "string" ? change(expression.value, name ?? "") : expression;
    case "list":
      return { ...expression, items: expression.items.map((item) => go(item)) };
    case "object":
      return {
        ...expression,
        members: expression.members.map(({ key, value }) => ({
          key,
          value: go(value, name !== undefined && key.is === "literal" && typeof key.value === "string" ? key.value : name),
        })),
      };
    case "template":
    case "other":
      return { ...expression, parts: expression.parts.map((part) => go(part)) };
    case "call":
      return { ...expression, arguments: expression.arguments.map((argument) => go(argument)) };
    case "choice":
      return { ...expression, yes: go(expression.yes), no: go(expression.no) };
    case "operation":
    case "reference":
      return expression;
  }
}

const mark = (text: string, fingerprint: Fingerprint): HclExpression => ({
  is: "literal",
  value: { sensitive: true, fingerprint: fingerprint(text) },
});

const hidden = (expression: HclExpression, fingerprint: Fingerprint): HclExpression =>
  replaced(expression, (text) => mark(text, fingerprint), undefined);

/** A policy's own words are no secrets, and a text of several lines is a document. */
const masked = (expression: HclExpression, name: string | undefined, fingerprint: Fingerprint): HclExpression =>
  replaced(
    expression,
    (value, under) =>
      !value.includes("\n") && looksSecret(isPolicyKey(under) ? "" : under, value) ? mark(value, fingerprint) : { is: "literal", value },
    name,
  );

const isPolicyKey = (name: string): boolean => /^(Action|Resource|Principal|Sid|Effect|Version)$/.test(name) || name.includes(":");
