// The grammar of IAM policies: a document that breaks it is not interpreted, and the reader is told what to write instead.
import { isObject } from "../../lib/json.ts";

/** One breach of the grammar, with a JSON Pointer into the policy document. */
export interface PolicyProblem {
  readonly pointer: string;
  readonly problem: string;
  readonly remedy: string;
}

/** Where a policy stands decides whether a statement names a principal and a resource. `any`: not known. */
export type PolicyUse = "identity" | "resource" | "trust" | "control" | "any";

type Report = (pointer: string, problem: string, remedy: string) => void;

const POLICY_KEYS = ["Version", "Id", "Statement"];
const VERSIONS = ["2008-10-17", "2012-10-17"];
const PAIRS = ["Principal", "Action", "Resource"] as const;
const STATEMENT_KEYS = ["Sid", "Effect", "Condition", ...PAIRS.flatMap((name) => [name, `Not${name}`])];
const PRINCIPAL_TYPES = ["AWS", "Federated", "Service", "CanonicalUser"];

const join = (pointer: string, key: string | number): string => `${pointer}/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`;

/**
 * Breaches of the grammar in a decoded policy document; none: it may be interpreted.
 *
 * Unknown members are refused, since a member that we do not know may narrow what its statement allows or widen what it denies. Names and
 * values are compared with letter case, as IAM asks for the values of Effect and Version.
 *
 * Source: AWS IAM User Guide, "Grammar of the IAM JSON policy language", the grammar and its notes.
 */
export function validatePolicy(document: unknown, use: PolicyUse = "any"): readonly PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  const report: Report = (pointer, problem, remedy) => problems.push({ pointer, problem, remedy });
  if (!isObject(document)) {
    report("", "the policy is not an object", 'write {"Version": "2012-10-17", "Statement": [...]}');
    return problems;
  }
  unknownMembers(document, POLICY_KEYS, "", report);
  if (document["Version"] !== undefined && !VERSIONS.includes(document["Version"] as string))
    report("/Version", "the version of the policy language is not one that exists", "write 2012-10-17 or 2008-10-17");
  if (document["Id"] !== undefined && typeof document["Id"] !== "string") report("/Id", "Id is not text", "write Id as text");
  const statements = document["Statement"];
  if (statements === undefined) report("", "there is no Statement", "add Statement, a list of statements");
  else if (Array.isArray(statements)) statements.forEach((statement, i) => validateStatement(statement, `/Statement/${i}`, use, report));
  else validateStatement(statements, "/Statement", use, report);
  return problems;
}

function validateStatement(statement: unknown, pointer: string, use: PolicyUse, report: Report): void {
  if (!isObject(statement)) return report(pointer, "a statement is not an object", "write an object with Effect, Action and Resource");
  unknownMembers(statement, STATEMENT_KEYS, pointer, report);
  if (statement["Sid"] !== undefined && typeof statement["Sid"] !== "string")
    report(join(pointer, "Sid"), "Sid is not text", "write Sid as text");
  if (statement["Effect"] === undefined) report(pointer, "Effect is missing", "add Effect: Allow or Deny");
  else if (statement["Effect"] !== "Allow" && statement["Effect"] !== "Deny")
    report(join(pointer, "Effect"), "Effect is neither Allow nor Deny", "write Allow or Deny, with this letter case");
  for (const name of PAIRS) {
    if (statement[name] !== undefined && statement[`Not${name}`] !== undefined)
      report(pointer, `${name} and Not${name} exclude each other`, `keep one of them`);
  }
  for (const name of ["Action", "Resource"]) {
    for (const key of [name, `Not${name}`]) {
      validateTexts(statement[key], join(pointer, key), key, report);
      const value = statement[key];
      if (Array.isArray(value) && value.length === 0)
        report(join(pointer, key), `${key} is an empty list`, "name at least one, or remove the statement");
    }
  }
  for (const key of ["Principal", "NotPrincipal"]) validatePrincipal(statement[key], join(pointer, key), key, report);
  validatePresence(statement, pointer, use, report);
  validateCondition(statement["Condition"], join(pointer, "Condition"), report);
}

// Notes of the grammar: Principal belongs to resource-based policies and trust policies only; Resource is left out of trust policies, and
// services whose policies concern just the resource they hang on (ECR) let it be left out too.
function validatePresence(statement: Record<string, unknown>, pointer: string, use: PolicyUse, report: Report): void {
  const has = (name: string) => statement[name] !== undefined || statement[`Not${name}`] !== undefined;
  if (!has("Action")) report(pointer, "Action is missing", "add Action or NotAction");
  const ofIdentity = use === "identity" || use === "control";
  if (ofIdentity && !has("Resource")) report(pointer, "Resource is missing", "add Resource or NotResource");
  if (use === "identity" && has("Principal"))
    report(pointer, "a policy of an identity names a principal", "remove Principal: the identity itself is meant");
  if ((use === "resource" || use === "trust") && !has("Principal"))
    report(pointer, "Principal is missing", "add Principal or NotPrincipal");
}

function validateTexts(value: unknown, pointer: string, key: string, report: Report): void {
  if (value === undefined || typeof value === "string") return;
  if (!Array.isArray(value)) return report(pointer, `${key} is neither text nor a list of texts`, "write one text or a list of texts");
  value.forEach((item, i) => {
    if (typeof item !== "string") report(join(pointer, i), `${key} holds something that is not text`, "write a list of texts");
  });
}

function validatePrincipal(value: unknown, pointer: string, key: string, report: Report): void {
  if (value === undefined || value === "*") return;
  if (!isObject(value)) return report(pointer, `${key} is neither * nor an object`, 'write "*" or {"AWS": "ARN"}');
  unknownMembers(value, PRINCIPAL_TYPES, pointer, report);
  for (const [type, ids] of Object.entries(value)) validateTexts(ids, join(pointer, type), `${key} ${type}`, report);
}

function validateCondition(value: unknown, pointer: string, report: Report): void {
  if (value === undefined) return;
  if (!isObject(value)) return report(pointer, "Condition is not an object", 'write {"StringEquals": {"KEY": "VALUE"}}');
  for (const [operator, keys] of Object.entries(value)) {
    const at = join(pointer, operator);
    if (!isObject(keys)) {
      report(at, `the condition operator ${operator} does not hold an object`, 'write {"KEY": "VALUE"}');
      continue;
    }
    for (const [key, values] of Object.entries(keys)) {
      const list = Array.isArray(values) ? values : [values];
      if (!list.every((item) => ["string", "number", "boolean"].includes(typeof item)))
        report(
          join(at, key),
          `the condition key ${key} has a value that is not text, a number, true or false`,
          "write a text or a list of texts",
        );
    }
  }
}

function unknownMembers(value: Record<string, unknown>, known: readonly string[], pointer: string, report: Report): void {
  for (const key of Object.keys(value)) {
    if (!known.includes(key))
      report(join(pointer, key), `${key} is not a member that the policy grammar knows`, `remove it, or write one of ${known.join(", ")}`);
  }
}
