// data "aws_iam_policy_document": written in blocks, it is the policy that they make, and nothing has to be asked for it.
import type { HclBody } from "../../../lib/hcl-tree.ts";
import type { Json } from "../../../lib/json.ts";
import { blockValues } from "./blocks.ts";
import type { Scope } from "./module.ts";
import { isKnown, known, UNKNOWN, type Value } from "./value.ts";

type Statement = Readonly<Record<string, Json>>;

const LISTS: Readonly<Record<string, string>> = {
  actions: "Action",
  not_actions: "NotAction",
  resources: "Resource",
  not_resources: "NotResource",
};

/**
 * The document as JSON text. One that builds on other documents is not worked out: statements of the same Sid replace one another there.
 * Source: Terraform AWS provider, data source aws_iam_policy_document.
 */
export function policyDocument(body: HclBody, scope: Scope): Value {
  const isAlone = body.attributes.every(({ name }) => ["version", "policy_id", "for_each", "count", "provider"].includes(name));
  const values = blockValues(body, scope);
  const { version, policy_id: id, statement } = values.json as Readonly<Record<string, Json>>;
  if (!isAlone || !isKnown(values)) return UNKNOWN;
  const statements = (Array.isArray(statement) ? (statement as readonly Statement[]) : []).map(statementOf);
  return known(JSON.stringify({ Version: version ?? "2012-10-17", ...(id !== undefined && { Id: id }), Statement: statements }));
}

/** `&{aws:username}` stands for `${aws:username}`, which the language would take for its own. */
const withVariables = (value: Json): Json =>
  Array.isArray(value) ? (value as readonly Json[]).map(withVariables) : typeof value === "string" ? value.replaceAll("&{", "${") : value;

function statementOf(written: Statement): Json {
  const statement: Record<string, Json> = { Effect: written["effect"] ?? "Allow" };
  if (typeof written["sid"] === "string" && written["sid"] !== "") statement["Sid"] = written["sid"];
  for (const [name, element] of Object.entries(LISTS)) {
    const value = written[name];
    if (Array.isArray(value) && value.length > 0) statement[element] = withVariables(value);
  }
  const principal = principals(written["principals"]);
  const notPrincipal = principals(written["not_principals"]);
  const condition = conditions(written["condition"]);
  return {
    ...statement,
    ...(principal !== undefined && { Principal: principal }),
    ...(notPrincipal !== undefined && { NotPrincipal: notPrincipal }),
    ...(condition !== undefined && { Condition: condition }),
  };
}

const blocks = (value: Json | undefined): readonly Statement[] => (Array.isArray(value) ? (value as readonly Statement[]) : []);

function principals(value: Json | undefined): Json | undefined {
  const all = blocks(value);
  if (all.length === 0) return undefined;
  const found: Record<string, Json[]> = {};
  for (const { type, identifiers } of all) {
    if (type === "*") return "*";
    found[String(type)] = [...(found[String(type)] ?? []), ...(Array.isArray(identifiers) ? (identifiers as Json[]) : [])];
  }
  return withVariablesIn(found);
}

const withVariablesIn = (value: Readonly<Record<string, Json>>): Json =>
  Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withVariables(item)]));

function conditions(value: Json | undefined): Json | undefined {
  const all = blocks(value);
  if (all.length === 0) return undefined;
  const found: Record<string, Record<string, Json[]>> = {};
  for (const { test, variable, values } of all) {
    const of = (found[String(test)] ??= {});
    of[String(variable)] = [
      ...(of[String(variable)] ?? []),
      ...(Array.isArray(values) ? (values as readonly Json[]).map(withVariables) : []),
    ];
  }
  return found;
}
