// Asks the evaluator one question about the estate: may this caller do this to that?
import type { ContextValue } from "./condition.ts";
import { contextOf, type Caller, type Requested } from "./context.ts";
import type { AwsEstate, Identity } from "./estate.ts";
import { evaluate, IMPLICIT_DENY, type AttachedPolicy, type Decision, type Obstacle, type Policies, type PolicyIndex } from "./evaluate.ts";
import { FRESH } from "./patterns.ts";
import { indexPolicies } from "./policy-index.ts";

export interface Target {
  readonly arn: string;
  readonly account: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly policy?: AttachedPolicy | "unread" | undefined;
  /** The policy must take part (keys, roles). */
  readonly policyRequired?: boolean;
}

export type Extra = Readonly<Record<string, ContextValue>>;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

const NO_LEVELS: readonly PolicyIndex[] = [];
const NO_POLICIES: PolicyIndex = indexPolicies([]);

/** Services whose resources resource control policies hold (Organizations User Guide, "Resource control policies", supported services). */
export const RCP_SERVICES = new Set([
  "s3",
  "sts",
  "kms",
  "sqs",
  "secretsmanager",
  "ecr",
  "aoss",
  "cognito-idp",
  "cognito-identity",
  "dynamodb",
  "logs",
]);

const isIdentity = (caller: Caller): caller is Identity => caller.type === "role" || caller.type === "user";

/** `action` in lower case. `on` narrows the resource: an object of a bucket. */
export function ask(estate: AwsEstate, caller: Caller, action: string, target: Target, extra?: Extra, on: string = target.arn): Decision {
  const { organization } = estate;
  const controlled = !caller.serviceLinked && (isIdentity(caller) || caller.type === "root");
  const control = controlled ? organization.chainOf(caller.account) : undefined;
  const rcp = RCP_SERVICES.has(action.slice(0, action.indexOf(":"))) && !caller.serviceLinked;
  const requested: Requested = {
    action,
    resource: on,
    account: target.account,
    extra: extra ? { ...estate.times, ...extra } : estate.times,
    ...(target.tags && { tags: target.tags }),
  };
  const policies: Writable<Policies> = {
    identity: isIdentity(caller) ? caller.index : NO_POLICIES,
    control: control?.service ?? NO_LEVELS,
    resourceControl: rcp ? organization.chainOf(target.account).resource : NO_LEVELS,
    resourceRequired: target.policyRequired ?? false,
  };
  if (isIdentity(caller)) {
    if (caller.boundary !== undefined) policies.boundary = caller.boundary;
    if (caller.unread?.length > 0) policies.unread = caller.unread.map(({ what }) => what);
  }
  if (target.policy !== undefined) policies.resource = target.policy;
  const context = contextOf(caller, requested, organization);
  const decision = evaluate({ caller, action, resource: on, account: target.account, context }, policies);
  const own = control ? estate.unreadControl(caller.account) : NOTHING;
  const theirs = rcp ? estate.unreadControl(target.account) : NOTHING;
  return withUnread(decision, own.length + theirs.length === 0 ? NOTHING : [...new Set([...own, ...theirs])]);
}

const NOTHING: readonly string[] = [];

/** A control policy that was not read could deny: what is allowed is then not certain. */
function withUnread(decision: Decision, unread: readonly string[]): Decision {
  if (unread.length === 0 || (decision.outcome !== "allowed" && decision.outcome !== "allowed-if")) return decision;
  return { outcome: "allowed-if", by: decision.by, residual: [...decision.residual, ...unread] };
}

export const caller = (type: "root" | "service" | "federated" | "stranger" | "anonymous", arn: string, account: string): Caller => ({
  type,
  arn,
  account,
  name: arn,
  label: type === "root" ? `account ${account}` : arn,
  tags: {},
  tagsOpen: type === "root",
  isPerson: false,
  peopleOnly: false,
  serviceLinked: false,
});

/** Any AWS identity of an account that is not ours. */
export const STRANGER: Caller = caller("stranger", `arn:aws:iam::${FRESH}:role/${FRESH}`, FRESH);

/** Both are needed: the weaker decides. */
export function both(a: Decision, b: Decision): Decision {
  if (a.outcome === "unknown") return b.outcome === "denied" && !isRemovable(b) ? b : a;
  if (b.outcome === "unknown") return both(b, a);
  if ((a.outcome === "denied" && !isRemovable(a)) || (b.outcome === "denied" && !isRemovable(b))) return IMPLICIT_DENY;
  const by = [...a.by, ...b.by.filter((bound) => !a.by.some((other) => other.statement === bound.statement))];
  const residual = [...new Set([...a.residual, ...b.residual])];
  const obstacles: Obstacle[] = [...(a.outcome === "denied" ? a.obstacles : []), ...(b.outcome === "denied" ? b.obstacles : [])];
  if (obstacles.length > 0) return { outcome: "denied", obstacles, by, residual };
  return residual.length > 0 ? { outcome: "allowed-if", by, residual } : { outcome: "allowed", by, residual: [] };
}

/** Either suffices: the stronger decides. */
export const either = (a: Decision, b: Decision): Decision => (strength(b) > strength(a) ? b : a);

const strength = (decision: Decision): number => {
  if (decision.outcome === "allowed") return 4;
  if (decision.outcome === "allowed-if") return 3;
  if (decision.outcome === "unknown") return 1;
  return isRemovable(decision) ? 2 : 0;
};

/** Denied only by what someone could take away. */
export const isRemovable = (decision: Decision): boolean =>
  decision.outcome === "denied" && decision.obstacles.length > 0 && decision.obstacles.every((obstacle) => obstacle.guard !== undefined);

export const isCertain = (decision: Decision): boolean => decision.outcome === "allowed";
