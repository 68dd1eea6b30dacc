// Answers a request: allowed, allowed if, denied or unknown, with the statements that decide.
import type { Json } from "../../../lib/json.ts";
import { fail, ok, type Result } from "../../../lib/result.ts";
import { keyUseFor } from "../actions.ts";
import { both, RCP_SERVICES } from "../ask.ts";
import { literally, written as asWritten } from "../patterns.ts";
import { callerSide, resourceSide, wholly } from "../candidates.ts";
import { evaluate, obstaclesOf, type Bound, type Decision, type Layer, type Obstacle, type Policies, type Request } from "../evaluate.ts";
import { policiesOf, type Attached } from "./policies.ts";
import { contextOfRequest, partiesOf, type Parties, type RequestProblem } from "./parties.ts";
import type { EvaluationRequest } from "./schema.ts";

/** A statement that decides. */
export interface Deciding {
  readonly effect: "Allow" | "Deny";
  /** `identity policy`, `service control policy of ou-prod`, `resource policy`, … */
  readonly kind: string;
  readonly policy: string;
  /** From 1. */
  readonly statement: number;
  readonly sid?: string;
  readonly content: Json;
}

export interface Answer {
  readonly outcome: "allowed" | "allowed-if" | "denied" | "unknown";
  /** Allowing statements where it is allowed, denying ones where it is denied. */
  readonly by: readonly Deciding[];
  /** What must hold besides, in plain words. */
  readonly residual: readonly string[];
  /** Inputs that the answer depends on and that were not given. */
  readonly missing: readonly string[];
  /** Why nothing allows it, for an implicit denial. */
  readonly why: readonly string[];
}

export function answer(asked: EvaluationRequest): Result<Answer, RequestProblem> {
  const parties = partiesOf(asked);
  if (!parties.ok) return parties;
  const attached = policiesOf(asked, parties.value);
  const first = askOne(asked, parties.value, attached, asked.action);
  const second = keyNeed(asked, parties.value, attached);
  if (second && !second.ok) return second;
  return ok(told(first, second?.value, attached));
}

/** One request with what it was decided under, so that a denial can be explained. */
interface Asked {
  /** The action as people write it. */
  readonly written: string;
  readonly request: Request;
  readonly policies: Policies;
  readonly decision: Decision;
}

/** A key or a role is only ever used by leave of its own policy (KMS Developer Guide, "Key policies"; STS API Reference, "AssumeRole"). */
const needsResourcePolicy = (action: string): boolean => action.startsWith("kms:") || action.startsWith("sts:assumerole");

function askOne(asked: EvaluationRequest, parties: Parties, attached: Attached, written: string): Asked {
  const action = written.toLowerCase();
  const { caller, resource } = parties;
  const request: Request = {
    caller,
    action,
    resource: literally(resource.arn),
    account: resource.account,
    context: contextOfRequest(asked, parties, action),
  };
  const isIdentity = caller.type === "role" || caller.type === "user";
  const held = isIdentity || caller.type === "root";
  const rcp = RCP_SERVICES.has(action.slice(0, action.indexOf(":"))) && resource.account === attached.account;
  const policies: Policies = {
    identity: attached.identity,
    ...(isIdentity && attached.boundary && { boundary: attached.boundary }),
    ...(attached.session && { session: attached.session }),
    control: held ? attached.serviceControl : [],
    resourceControl: rcp ? attached.resourceControl : [],
    ...(attached.resource && { resource: attached.resource }),
    ...(attached.endpoint && { endpoint: attached.endpoint }),
    resourceRequired: needsResourcePolicy(action),
  };
  return { written, request, policies, decision: evaluate(request, policies) };
}

/** Reading what a customer managed key encrypts needs the key too, called through the service (KMS Developer Guide, "kms:ViaService"). */
function keyNeed(asked: EvaluationRequest, parties: Parties, attached: Attached): Result<Asked, RequestProblem> | undefined {
  const { key } = parties.resource;
  const action = asked.action.toLowerCase();
  const use = key === undefined ? undefined : keyUseFor(action);
  if (key === undefined || use === undefined || use.itself) return undefined;
  const needed = use.action;
  const account = /^arn:[^:]+:kms:[^:]*:(\d{12}):key\/./.exec(key)?.[1];
  if (account === undefined)
    return fail({
      pointer: "/resource/key",
      message: `${key} is not the ARN of a KMS key`,
      remedy: "Write it as arn:aws:kms:REGION:ACCOUNT:key/ID.",
    });
  const region = key.split(":")[3] as string;
  const via = {
    "kms:ViaService": `${action.slice(0, action.indexOf(":"))}.${region}.amazonaws.com`,
    "kms:CallerAccount": parties.caller.account,
  };
  const ofKey: Attached = { ...attached, resource: attached.key, endpoint: undefined };
  const whole: Parties = { ...parties, resource: { arn: key, account } };
  const policies = attached.key ? asked : { ...asked, policies: { ...asked.policies, resource: undefined } };
  return ok(askOne({ ...policies, context: { ...asked.context, ...via } } as EvaluationRequest, whole, ofKey, needed));
}

function told(first: Asked, second: Asked | undefined, attached: Attached): Answer {
  const decision = second ? both(first.decision, second.decision) : first.decision;
  const asked = second ? [first, second] : [first];
  if (asked.some((one) => one.decision.outcome === "denied" || one.decision.outcome === "unknown")) return refused(asked, attached);
  if (decision.outcome !== "allowed" && decision.outcome !== "allowed-if") return refused(asked, attached);
  const by = decision.by.filter(({ policy }) => !attached.standIns.has(policy)).map(deciding);
  const missing = attached.unread;
  if (missing.length > 0) return { outcome: "unknown", by, residual: decision.residual, missing, why: [] };
  return { outcome: decision.outcome, by, residual: decision.residual, missing: [], why: [] };
}

/** An explicit deny is told whether or not anything allows; then what does not allow; then what was not given. */
function refused(asked: readonly Asked[], attached: Attached): Answer {
  const denied = asked.filter(({ decision }) => decision.outcome === "denied");
  const obstacles = denied.flatMap(({ request, policies }) => obstaclesOf(request, policies));
  const explicit = obstacles.flatMap(({ by }) => (by ? [by] : []));
  const residual = [...new Set(denied.flatMap(({ decision }) => (decision.outcome === "denied" ? decision.residual : [])))];
  if (explicit.length > 0) return { outcome: "denied", by: unique(explicit).map(deciding), residual: [], missing: [], why: [] };
  const definite = denied.flatMap((one) =>
    obstaclesOf(one.request, one.policies)
      .filter(({ layer }) => layer === "service control" || layer === "endpoint")
      .map((obstacle) => implicit(obstacle, one.written, attached)),
  );
  if (definite.length > 0) return { outcome: "denied", by: [], residual: [], missing: [], why: [...new Set(definite)] };
  const needed = asked.flatMap(missingPolicy);
  if (denied.length === 0 || needed.length > 0) {
    const missing = [...new Set([...needed, ...attached.unread])];
    if (missing.length > 0) return { outcome: "unknown", by: [], residual: [], missing, why: [] };
  }
  const why = [...new Set(denied.flatMap((one) => whyNot(one, attached)))];
  return { outcome: "denied", by: [], residual, missing: [], why };
}

/** A policy that must take part and was not given at all. */
function missingPolicy({ written, request, policies }: Asked): readonly string[] {
  if (policies.resource !== undefined || !policies.resourceRequired) return [];
  return [`the policy of ${asWritten(request.resource)}, which must allow ${written}`];
}

const unique = (bounds: readonly Bound[]): readonly Bound[] =>
  bounds.filter((bound, i) => bounds.findIndex((other) => other.statement === bound.statement && other.policy === bound.policy) === i);

const deciding = ({ policy, statement }: Bound): Deciding => ({
  effect: statement.effect,
  kind: policy.owner,
  policy: policy.label,
  statement: statement.index + 1,
  ...(statement.sid !== undefined && { sid: statement.sid }),
  content: statement.json,
});

function whyNot({ written: action, request, policies, decision }: Asked, attached: Attached): readonly string[] {
  const reasons = decision.outcome === "denied" ? decision.obstacles.map((obstacle) => implicit(obstacle, action, attached)) : [];
  if (reasons.length > 0) return reasons;
  const { caller } = request;
  const own = caller.account === request.account;
  const identity = caller.type !== "anonymous" && callerSide(request, policies, wholly(request)).length > 0;
  const resource = resourceSide(request, policies).length > 0;
  const isIdentity = caller.type === "role" || caller.type === "user";
  if (policies.resourceRequired) {
    if (!resource) return [`the policy of ${asWritten(request.resource)} does not let ${caller.label} in for ${action}`];
    return [
      `no identity policy of ${caller.label} allows ${action}, and the policy of ${asWritten(request.resource)} does not name it directly`,
    ];
  }
  if (own && isIdentity)
    return [`no identity policy and no resource policy allows ${caller.label} ${action} on ${asWritten(request.resource)}`];
  const why: string[] = [];
  if (isIdentity && !identity) why.push(`no identity policy of ${caller.label} allows ${action} on ${asWritten(request.resource)}`);
  if (!resource) why.push(`no policy of ${asWritten(request.resource)} lets ${caller.label} in for ${action}`);
  return why;
}

const WORDS: Readonly<Record<Layer, string>> = {
  identity: "identity policies do",
  boundary: "the permissions boundary does",
  session: "the session policies do",
  "service control": "service control policies do",
  "resource control": "resource control policies do",
  resource: "the resource's policy does",
  endpoint: "the VPC endpoint's policy does",
};

function implicit({ layer, level }: Obstacle, written: string, attached: Attached): string {
  const target = level === undefined ? undefined : attached.levelNames[level - 1];
  return `${target === undefined ? WORDS[layer] : `the service control policies attached to ${target} do`} not allow ${written}`;
}
