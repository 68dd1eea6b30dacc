// Compiles a policy document, once per content: statements with action patterns, resource patterns, principals and conditions.
import { asList, isObject, type Json, type JsonObject } from "../../lib/json.ts";
import { parseConditions, type Condition } from "./condition.ts";
import { globMatches } from "../../lib/glob.ts";
import { hashOf } from "../../lib/hash.ts";

/** `Action` or `NotAction`, `Resource` or `NotResource`. Action patterns are lower-case: actions are not case-sensitive. */
export interface Patterns {
  readonly negated: boolean;
  readonly patterns: readonly string[];
}

export interface PrincipalEntry {
  readonly type: "AWS" | "Service" | "Federated" | "CanonicalUser";
  /** `*` for everyone. */
  readonly value: string;
}

export interface Statement {
  readonly index: number;
  readonly sid?: string;
  readonly effect: "Allow" | "Deny";
  readonly actions: Patterns;
  /** Absent in a trust policy: the role itself. */
  readonly resources?: Patterns;
  /** Absent in a policy that stands on a principal. */
  readonly principals?: { readonly negated: boolean; readonly entries: readonly PrincipalEntry[] };
  readonly conditions: readonly Condition[];
  readonly json: JsonObject;
}

export interface CompiledPolicy {
  readonly statements: readonly Statement[];
  /** What does not follow the policy grammar, in plain words: the policy then counts as not read. */
  readonly problems: readonly string[];
  /** Whether the version expands policy variables: only 2012-10-17 does (IAM User Guide, "Version"). */
  readonly expandsVariables: boolean;
  /** Statements by action, filled as actions are asked for. */
  readonly byAction: Map<string, readonly Statement[]>;
}

/** A cache that lives as long as one analysis. */
export type PolicyCache = Map<string, CompiledPolicy>;

export function compilePolicy(document: Json, cache: PolicyCache): CompiledPolicy {
  const key = JSON.stringify(document);
  const known = cache.get(key);
  if (known) return known;
  const compiled = compile(document);
  cache.set(key, compiled);
  return compiled;
}

function compile(document: Json): CompiledPolicy {
  const problems: string[] = [];
  const statements: Statement[] = [];
  if (!isObject(document) || document["Statement"] === undefined) {
    return { statements, problems: ["it has no Statement"], expandsVariables: false, byAction: new Map() };
  }
  for (const [index, json] of asList(document["Statement"]).entries()) {
    const statement = isObject(json) ? compileStatement(json, index, problems) : undefined;
    if (statement) statements.push(statement);
    else problems.push(`statement ${index + 1} does not follow the policy grammar`);
  }
  return { statements, problems, expandsVariables: document["Version"] === "2012-10-17", byAction: new Map() };
}

function compileStatement(json: JsonObject, index: number, problems: string[]): Statement | undefined {
  const effect = json["Effect"];
  const actions = patternsOf(json, "Action", (text) => text.toLowerCase());
  if ((effect !== "Allow" && effect !== "Deny") || !actions) return undefined;
  const resources = patternsOf(json, "Resource", (text) => text);
  const principals = principalsOf(json);
  const conditions = parseConditions(json["Condition"]);
  if (conditions === undefined || principals === "unreadable") return undefined;
  for (const key of Object.keys(json)) if (!KNOWN_ELEMENTS.has(key)) problems.push(`${key} is not an element of a statement`);
  const sid = json["Sid"];
  return {
    index,
    effect,
    actions,
    conditions,
    json,
    ...(typeof sid === "string" && sid !== "" ? { sid } : {}),
    ...(resources ? { resources } : {}),
    ...(principals ? { principals } : {}),
  };
}

/** IAM User Guide, "IAM JSON policy elements reference". */
const KNOWN_ELEMENTS = new Set([
  "Sid",
  "Effect",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Principal",
  "NotPrincipal",
  "Condition",
]);

function patternsOf(json: JsonObject, element: "Action" | "Resource", form: (text: string) => string): Patterns | undefined {
  const negated = json[`Not${element}`] !== undefined;
  const values = asList(json[negated ? `Not${element}` : element]);
  if (values.length === 0 || !values.every((value) => typeof value === "string")) return undefined;
  return { negated, patterns: values.map(form) };
}

function principalsOf(json: JsonObject): Statement["principals"] | "unreadable" | undefined {
  const negated = json["NotPrincipal"] !== undefined;
  const principal = json[negated ? "NotPrincipal" : "Principal"];
  if (principal === undefined) return undefined;
  if (principal === "*") return { negated, entries: [{ type: "AWS", value: "*" }] };
  if (!isObject(principal)) return "unreadable";
  const entries: PrincipalEntry[] = [];
  for (const [type, values] of Object.entries(principal)) {
    if (type !== "AWS" && type !== "Service" && type !== "Federated" && type !== "CanonicalUser") return "unreadable";
    for (const value of asList(values)) {
      if (typeof value !== "string") return "unreadable";
      entries.push({ type, value });
    }
  }
  return { negated, entries };
}

/** `action` in lower case. */
export const matchesAction = (actions: Patterns, action: string): boolean =>
  actions.patterns.some((pattern) => globMatches(pattern, action)) !== actions.negated;

/** The statements about an action (lower-case). */
export function statementsFor(policy: CompiledPolicy, action: string): readonly Statement[] {
  const known = policy.byAction.get(action);
  if (known) return known;
  const found = policy.statements.filter((statement) => matchesAction(statement.actions, action));
  policy.byAction.set(action, found);
  return found;
}

const hashes = new WeakMap<Statement, string>();

/** The statement's content as sixteen digits. */
export function statementHash(statement: Statement): string {
  let hash = hashes.get(statement);
  if (hash === undefined) hashes.set(statement, (hash = hashOf(statement.json).slice(0, 16)));
  return hash;
}
