// Test support: random requests over a small world, so that patterns, principals and conditions meet often.
import type { Json, JsonObject } from "../../../lib/json.ts";
import type { Keys, Who } from "./plain-evaluator.ts";
import type { EvaluationRequest } from "./schema.ts";

/** Mulberry32: the same seed gives the same requests on every machine. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const A = "111122223333";
const B = "222222222222";
const ACTIONS = ["s3:GetObject", "s3:PutObject", "sqs:SendMessage", "kms:Decrypt"];
const ACTION_PATTERNS = [
  "*",
  "s3:*",
  "s3:GetObject",
  "s3:getobject",
  "s3:*",
  "*",
  "s3:Get*",
  "s3:???Object",
  "sqs:*",
  "kms:Decrypt",
  "kms:*",
];
const RESOURCES = ["arn:aws:s3:::b/x", "arn:aws:s3:::b/shop", "arn:aws:s3:::b/*", "arn:aws:s3:::b"];
const RESOURCE_PATTERNS = [
  "*",
  "*",
  "arn:aws:s3:::b*",
  ...RESOURCES,
  "*",
  "arn:aws:s3:::b*",
  "arn:aws:s3:::b/?",
  "arn:aws:s3:::b/${aws:PrincipalTag/team}",
  "arn:aws:s3:::b/${aws:PrincipalTag/team, 'x'}",
  "arn:aws:s3:::b/${aws:username}*",
  "arn:aws:s3:::b/${*}",
];
const PRINCIPALS = [
  "*",
  A,
  B,
  `arn:aws:iam::${A}:root`,
  `arn:aws:iam::${A}:role/app`,
  `arn:aws:iam::${A}:user/x`,
  `arn:aws:iam::${B}:role/app`,
  `arn:aws:sts::${A}:assumed-role/app/night`,
  `arn:aws:sts::${A}:assumed-role/app/day`,
];
/** Keys that a request may bring, each with the values it takes. Absent is always one more. */
export const FREE_KEYS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  "aws:UserAgent": [["blue"], ["red"], ["Blue"]],
  "s3:max-keys": [["5"], ["10"]],
  "aws:SecureTransport": [["true"], ["false"]],
  "aws:TagKeys": [["team"], ["team", "owner"], []],
};
const WANTED: Readonly<Record<string, readonly string[]>> = {
  "aws:UserAgent": ["blue", "red", "b*", "BLUE", "${aws:PrincipalTag/team}"],
  "s3:max-keys": ["5", "7", "10"],
  "aws:SecureTransport": ["true", "false"],
  "aws:TagKeys": ["team", "owner", "t*"],
  "aws:PrincipalTag/team": ["x", "shop", "s*"],
  "aws:PrincipalAccount": [A, B],
  "aws:PrincipalArn": [`arn:aws:iam::${A}:role/app`, "arn:aws:iam::*:role/*", `arn:aws:iam::${B}:role/app`],
};
const TEXT_OPERATORS = ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase"];
const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  "s3:max-keys": ["NumericLessThan", "NumericGreaterThanEquals"],
  "aws:SecureTransport": ["Bool"],
  "aws:TagKeys": TEXT_OPERATORS.flatMap((name) => [`ForAllValues:${name}`, `ForAnyValue:${name}`]),
  "aws:PrincipalArn": [...TEXT_OPERATORS, "ArnLike", "ArnNotLike"],
};

export interface RandomRequest {
  readonly request: EvaluationRequest;
  readonly who: Who;
  readonly resource: { readonly arn: string; readonly account: string };
  /** What the plain evaluator knows of keys. */
  readonly keys: Keys;
}

interface Choice {
  readonly next: () => number;
  readonly pick: <T>(from: readonly T[]) => T;
  readonly chance: (share: number) => boolean;
}

function randomPolicies({ next, pick, chance }: Choice) {
  const many = (from: readonly string[]): Json =>
    chance(0.6) ? pick(from) : Array.from({ length: 1 + Math.floor(next() * 3) }, () => pick(from));

  const condition = (): JsonObject => {
    const key = pick(Object.keys(WANTED));
    if (chance(0.12)) return { Null: { [key]: pick(["true", "false"]) } };
    const operator = pick(OPERATORS[key] ?? TEXT_OPERATORS);
    return { [chance(0.25) ? `${operator}IfExists` : operator]: { [key]: many(WANTED[key] ?? []) } };
  };

  const principal = (effect: string): JsonObject => {
    if (effect === "Deny" && chance(0.15)) return { NotPrincipal: { AWS: `arn:aws:iam::${pick([A, B])}:user/${pick(["y", "z"])}` } };
    if (chance(0.1)) return { Principal: "*" };
    if (chance(0.15)) return { Principal: { Service: pick(["ec2.amazonaws.com", "lambda.amazonaws.com"]) } };
    return { Principal: { AWS: many(PRINCIPALS) } };
  };

  const statement = (names: boolean, denies: number): JsonObject => {
    const Effect = chance(denies) ? "Deny" : "Allow";
    return {
      Effect,
      ...(names && principal(Effect)),
      [chance(0.1) ? "NotAction" : "Action"]: many(ACTION_PATTERNS),
      [chance(0.1) ? "NotResource" : "Resource"]: many(RESOURCE_PATTERNS),
      ...(chance(0.35) && { Condition: chance(0.3) ? { ...condition(), ...condition() } : condition() }),
    };
  };

  const policy = (names = false, denies = 0.1): JsonObject => ({
    Version: "2012-10-17",
    Statement: Array.from({ length: 1 + Math.floor(next() * 3) }, () => statement(names, denies)),
  });
  const policies = (most: number, names = false): JsonObject[] =>
    Array.from({ length: Math.floor(next() * most + 0.85) }, () => policy(names));
  const levels = () => ["r-acme", "ou-a", A].slice(0, 1 + Math.floor(next() * 3)).map((target) => ({ target, policies: policies(2) }));
  return { policy, policies, levels };
}

const CALLERS: readonly Who[] = [
  { kind: "role", account: A, arn: `arn:aws:iam::${A}:role/app`, name: "app", session: "night" },
  { kind: "role", account: A, arn: `arn:aws:iam::${A}:role/app`, name: "app", session: "night" },
  { kind: "role", account: B, arn: `arn:aws:iam::${B}:role/app`, name: "app", session: "night" },
  { kind: "user", account: A, arn: `arn:aws:iam::${A}:user/x`, name: "x" },
  { kind: "root", account: A, arn: `arn:aws:iam::${A}:root`, name: "root" },
  { kind: "service", account: A, arn: "ec2.amazonaws.com", name: "ec2.amazonaws.com" },
  { kind: "anonymous", account: "anonymous", arn: "*", name: "*" },
];

export function randomRequest(next: () => number): RandomRequest {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
  const chance = (share: number): boolean => next() < share;
  const { policy, policies, levels } = randomPolicies({ next, pick, chance });
  const who = pick(CALLERS);
  const team = (who.kind === "role" || who.kind === "user") && chance(0.6) ? pick(["x", "shop", "*"]) : undefined;
  const resource = { arn: pick(RESOURCES), account: A };
  const context: Record<string, string[] | null> = {};
  const keys: Record<string, readonly string[]> = {};
  for (const [key, values] of Object.entries(FREE_KEYS)) {
    const value = chance(0.7) ? pick(values) : undefined;
    context[key] = value === undefined ? null : [...value];
    if (value !== undefined) keys[key.toLowerCase()] = value;
  }
  const hasLimits = chance(0.4);
  const body = {
    ...((who.kind === "role" || who.kind === "user") && chance(0.85) && { identity: policies(2) }),
    ...(who.kind === "user" && chance(0.4) && { groups: { g: policies(1) } }),
    ...(hasLimits && chance(0.6) && { boundary: policy() }),
    ...(hasLimits && who.kind === "role" && chance(0.6) && { session: policies(2) }),
    ...(chance(0.3) && { serviceControl: levels() }),
    ...(chance(0.15) && { resourceControl: [{ target: "r-acme", policies: [policy(true, 1)] }] }),
    ...(chance(0.7) && { resource: policy(true) }),
    ...(chance(0.15) && { endpoint: policy(true, 0.1) }),
  };
  const request = {
    principal: { arn: who.arn, ...(who.session !== undefined && { session: who.session }), ...(team !== undefined && { tags: { team } }) },
    action: pick(ACTIONS),
    resource,
    context,
    contextIsComplete: true,
    policies: body,
  } as EvaluationRequest;
  return { request, who, resource, keys: { ...keys, ...ofCaller(who, team) } };
}

function ofCaller(who: Who, team: string | undefined): Keys {
  const isPrincipal = who.kind === "role" || who.kind === "user" || who.kind === "root";
  return {
    ...(team !== undefined && { "aws:principaltag/team": [team] }),
    ...(isPrincipal && { "aws:principalaccount": [who.account], "aws:principalarn": [who.arn] }),
    ...(who.kind === "user" && { "aws:username": [who.name] }),
  };
}
