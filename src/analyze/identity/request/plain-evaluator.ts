// Test support: a plain, slow evaluator, written from the documentation without the compiled one. One value for every key, so it never says perhaps.
import { asList, isObject, type Json, type JsonObject } from "../../../lib/json.ts";
import type { EvaluationRequest, Policy } from "./schema.ts";

/** Keys in lower case; an absent key is absent. */
type Keys = Readonly<Record<string, readonly string[]>>;

interface Who {
  readonly account: string;
  readonly kind: "user" | "role" | "root" | "service" | "anonymous";
  readonly arn: string;
  readonly session?: string;
  readonly name: string;
  /** A permissions boundary is attached to it. */
  readonly isBound?: boolean;
}

/** Glob to regular expression. `\uE000` and `\uE001` stand for a star and a question mark that came out of a variable. */
function globMatches(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^$(){}|[\]\\]/g, "\\$&")
    .replaceAll("*", "[^]*")
    .replaceAll("?", "[^]");
  return new RegExp(`^${source.replaceAll("\uE000", "\\*").replaceAll("\uE001", "\\?")}$`).test(text);
}

function expanded(text: string, keys: Keys): string | undefined {
  let missing = false;
  const filled = text.replace(/\$\{([^}]*)\}/g, (_, inner: string) => {
    if (inner === "*") return "\uE000";
    if (inner === "?") return "\uE001";
    const [key = "", fallback] = inner.split(", ");
    const value = keys[key.toLowerCase()]?.[0] ?? fallback?.slice(1, -1);
    if (value === undefined) missing = true;
    return (value ?? "").replaceAll("*", "\uE000").replaceAll("?", "\uE001");
  });
  return missing ? undefined : filled;
}

const plainText = (text: string): string => text.replaceAll("\uE000", "*").replaceAll("\uE001", "?");

const COMPARE: Readonly<Record<string, (value: string, wanted: string) => boolean>> = {
  StringEquals: (a, b) => a === plainText(b),
  StringEqualsIgnoreCase: (a, b) => a.toLowerCase() === plainText(b).toLowerCase(),
  StringLike: (a, b) => globMatches(b, a),
  ArnLike: (a, b) =>
    a.split(":").length === b.split(":").length && a.split(":").every((part, i) => globMatches(b.split(":")[i] as string, part)),
  NumericLessThan: (a, b) => Number(a) < Number(b),
  NumericGreaterThanEquals: (a, b) => Number(a) >= Number(b),
  Bool: (a, b) => a.toLowerCase() === b.toLowerCase(),
};

function conditionHolds(name: string, key: string, wanted: readonly string[], keys: Keys): boolean {
  const values = keys[key.toLowerCase()];
  const [quantifier, rest] = name.includes(":") ? (name.split(":") as [string, string]) : ["", name];
  const operator = rest.replace(/IfExists$/, "");
  if (operator === "Null") return wanted.some((text) => (text === "true") === (values === undefined));
  const negated = operator.includes("Not");
  const compare = COMPARE[operator.replace("Not", "")] as (a: string, b: string) => boolean;
  if (values === undefined) return rest.endsWith("IfExists") || quantifier === "ForAllValues" || (negated && quantifier === "");
  const texts = wanted.map((text) => expanded(text, keys)).filter((text) => text !== undefined);
  const one = (value: string): boolean => {
    const agrees = texts.some((text) => compare(value, text));
    return negated ? !agrees : agrees;
  };
  if (quantifier === "ForAllValues") return values.every(one);
  if (quantifier === "ForAnyValue") return values.some(one);
  return negated ? values.every(one) : values.some(one);
}

function conditionsHold(statement: JsonObject, keys: Keys): boolean {
  const condition = (statement["Condition"] ?? {}) as Record<string, Record<string, Json>>;
  return Object.entries(condition).every(([operator, members]) =>
    Object.entries(members).every(([key, wanted]) => conditionHolds(operator, key, asList(wanted).map(String), keys)),
  );
}

function actionMatches(statement: JsonObject, action: string): boolean {
  const listed = asList((statement["Action"] ?? statement["NotAction"]) as string | readonly string[]);
  const hit = listed.some((pattern) => globMatches(pattern.toLowerCase(), action.toLowerCase()));
  return statement["Action"] === undefined ? !hit : hit;
}

function resourceMatches(statement: JsonObject, resource: string, keys: Keys): boolean {
  const listed = statement["Resource"] ?? statement["NotResource"];
  if (listed === undefined) return true;
  const hit = asList(listed as string | readonly string[]).some((written) => {
    const pattern = expanded(written, keys);
    return pattern !== undefined && globMatches(pattern, resource);
  });
  return statement["Resource"] === undefined ? !hit : hit;
}

type Naming = "no" | "account" | "role" | "user or session" | "everyone";

function names(value: string, type: string, who: Who): Naming {
  if (type === "Service") return who.kind === "service" && who.arn === value ? "user or session" : "no";
  if (value === "*") return "everyone";
  if (who.kind === "anonymous" || who.kind === "service") return "no";
  if (value === who.account || value === `arn:aws:iam::${who.account}:root`) return "account";
  if (who.kind === "root") return "no";
  if (value === who.arn) return who.kind === "role" ? "role" : "user or session";
  const isSession = who.session !== undefined && value === `arn:aws:sts::${who.account}:assumed-role/${who.name}/${who.session}`;
  return isSession ? "user or session" : "no";
}

/** How a statement of a resource's or endpoint's policy names the caller, the strongest way. */
function naming(statement: JsonObject, who: Who): Naming {
  const entries = (element: Json | undefined): Naming[] =>
    element === "*"
      ? ["everyone"]
      : Object.entries((element ?? {}) as JsonObject).flatMap(([type, values]) =>
          asList(values as string | readonly string[]).map((value) => names(value, type, who)),
        );
  if (isObject(statement["NotPrincipal"]) && who.isBound) return "everyone";
  if (isObject(statement["NotPrincipal"])) return entries(statement["NotPrincipal"]).every((one) => one === "no") ? "everyone" : "no";
  const found = entries(statement["Principal"]);
  return (["user or session", "everyone", "role", "account"] as const).find((kind) => found.includes(kind)) ?? "no";
}

interface Situation {
  readonly action: string;
  readonly resource: string;
  readonly keys: Keys;
  readonly who: Who;
}

const statementsOf = (policy: Policy): JsonObject[] => {
  if (policy === "unread") throw new Error("the plain evaluator reads everything");
  const document = ("document" in policy ? policy.document : policy) as JsonObject;
  return [...asList(document["Statement"] as JsonObject | readonly JsonObject[])];
};

const applies = (statement: JsonObject, { action, resource, keys }: Situation): boolean =>
  actionMatches(statement, action) && resourceMatches(statement, resource, keys) && conditionsHold(statement, keys);

const some = (policies: readonly Policy[], effect: "Allow" | "Deny", at: Situation): boolean =>
  policies.flatMap(statementsOf).some((statement) => statement["Effect"] === effect && applies(statement, at));

const namedBy = (policy: Policy | undefined, effect: "Allow" | "Deny", at: Situation): Naming[] =>
  policy === undefined
    ? []
    : statementsOf(policy)
        .filter((statement) => statement["Effect"] === effect && applies(statement, at))
        .map((statement) => naming(statement, at.who))
        .filter((kind) => kind !== "no");

/** IAM User Guide, "How AWS enforcement code logic evaluates requests to allow or deny access", step by step. */
export function plainly(
  request: EvaluationRequest,
  caller: Who,
  keys: Keys,
  resource: { readonly arn: string; readonly account: string },
): boolean {
  const { policies } = request;
  const who: Who = { ...caller, isBound: policies.boundary !== undefined && (caller.kind === "user" || caller.kind === "role") };
  const at: Situation = { action: request.action, resource: resource.arn, keys, who };
  const identity = [...(policies.identity ?? []), ...Object.values(policies.groups ?? {}).flat()];
  const holdsControl = who.kind === "user" || who.kind === "role" || who.kind === "root";
  const levels = holdsControl ? (policies.serviceControl ?? []).map((level) => level.policies) : [];
  const boundary = policies.boundary === undefined || !holdsControl || who.kind === "root" ? undefined : [policies.boundary];
  const session = policies.session;
  // Any explicit deny ends it.
  const denying = [
    ...identity,
    ...levels.flat(),
    ...(policies.resourceControl ?? []).flatMap((level) => level.policies),
    ...(boundary ?? []),
    ...(session ?? []),
  ];
  if (some(denying, "Deny", at)) return false;
  if (namedBy(policies.resource, "Deny", at).length > 0 || namedBy(policies.endpoint, "Deny", at).length > 0) return false;
  // Every level of service control policies must allow, and so must the endpoint.
  if (!levels.every((level) => some(level, "Allow", at))) return false;
  if (policies.endpoint !== undefined && namedBy(policies.endpoint, "Allow", at).length === 0) return false;
  const byResource = namedBy(policies.resource, "Allow", at);
  const withinLimits = (boundary === undefined || some(boundary, "Allow", at)) && (session === undefined || some(session, "Allow", at));
  const ownPermissions = who.kind === "root" || ((who.kind === "user" || who.kind === "role") && some(identity, "Allow", at));
  const needsPolicy = /^(?:kms:|sts:AssumeRole)/.test(request.action);
  if (who.kind === "service" || who.kind === "anonymous") return byResource.length > 0;
  if (who.account !== resource.account) return byResource.length > 0 && ownPermissions && withinLimits;
  if (byResource.includes("user or session") || byResource.includes("everyone")) return true;
  if (byResource.includes("role") && withinLimits) return true;
  if (needsPolicy) return byResource.includes("account") && ownPermissions && withinLimits;
  return ownPermissions && withinLimits;
}

export type { Keys, Who };
