// Decides one request against every policy that applies: allowed, allowed if, denied, or unknown.
import type { Source } from "../../model/source.ts";
import { deniesHold, inWords, waysToSatisfy, type Context } from "./condition.ts";
import type { Caller } from "./context.ts";
import { covers, intersects, narrow } from "./patterns.ts";
import { statementHash, statementsFor, type CompiledPolicy, type Statement } from "./policy.ts";
import { matchPrincipal } from "./principal-match.ts";
import { expand } from "./variables.ts";

/** What guards when a policy denies: the entity whose defeat lifts the denial. */
export interface Guard {
  readonly id: string;
  readonly label: string;
}

export interface AttachedPolicy {
  /** Whose grant a statement is: the ARN of the managed policy, of the principal (inline), or of the resource. */
  readonly owner: string;
  /** `policy deploy of role/ci`. */
  readonly label: string;
  readonly source: Source;
  readonly compiled: CompiledPolicy;
  /** For a boundary or control policy. A deny of another policy guards by its statement. */
  readonly guard?: Guard;
}

export interface Bound {
  readonly policy: AttachedPolicy;
  readonly statement: Statement;
}

export interface PolicyIndex {
  readonly policies: readonly AttachedPolicy[];
  forAction(action: string): { readonly allows: readonly Bound[]; readonly denies: readonly Bound[] };
}

export interface Request {
  readonly caller: Caller;
  /** Lower-case, `service:action`. */
  readonly action: string;
  /** An ARN, or an ARN pattern: is there one among them? */
  readonly resource: string;
  readonly account: string;
  readonly context: Context;
}

export interface Policies {
  readonly identity: PolicyIndex;
  /** Identity policies that were not read. */
  readonly unread?: readonly string[];
  readonly boundary?: PolicyIndex | "unread";
  /** Service control policies of the caller's account, one index a level from the root down; none when it is exempt. */
  readonly control: readonly PolicyIndex[];
  /** Resource control policies of the resource's account. */
  readonly resourceControl: readonly PolicyIndex[];
  readonly resource?: AttachedPolicy | "unread";
  /** The resource's policy must take part: a key policy, a trust policy. */
  readonly resourceRequired: boolean;
}

/** What stands between the caller and an access that is otherwise allowed. Without a guard nobody can lift it. */
export interface Obstacle {
  readonly guard?: Guard;
  /** The statement that denies; absent for an implicit denial (nothing there allows it). */
  readonly by?: Bound;
}

export type Decision =
  | { readonly outcome: "allowed"; readonly by: readonly Bound[]; readonly residual: readonly [] }
  | { readonly outcome: "allowed-if"; readonly by: readonly Bound[]; readonly residual: readonly string[] }
  | {
      readonly outcome: "denied";
      readonly obstacles: readonly Obstacle[];
      /** What allows it once every obstacle is gone. */
      readonly by: readonly Bound[];
      readonly residual: readonly string[];
    }
  | { readonly outcome: "unknown"; readonly missing: string };

interface Candidate {
  readonly by: readonly Bound[];
  readonly target: string;
  readonly context: Context;
  readonly residual: readonly string[];
  /** Granted by the resource's policy in a way that an implicit deny of the boundary does not hold. */
  readonly passesBoundary: boolean;
}

export const IMPLICIT_DENY: Decision = { outcome: "denied", obstacles: [], by: [], residual: [] };

/**
 * IAM User Guide, "Policy evaluation logic": an explicit deny anywhere ends it; every level of service control policies and the boundary
 * must allow; in one account an identity policy or the resource's policy allows, across accounts both must ("Cross-account policy
 * evaluation logic").
 */
export function evaluate(request: Request, policies: Policies): Decision {
  let best: Decision | undefined;
  for (const candidate of candidatesOf(request, policies)) {
    const decision = limit(request, policies, candidate);
    if (decision.outcome === "allowed") return decision;
    if (!best || rank(decision) > rank(best)) best = decision;
  }
  return best ?? withoutCandidate(request, policies);
}

const rank = (decision: Decision): number =>
  decision.outcome === "allowed-if" ? 3 : decision.outcome === "denied" ? (decision.obstacles.every((o) => o.guard) ? 2 : 0) : 1;

function withoutCandidate(request: Request, policies: Policies): Decision {
  const needsResource = policies.resourceRequired || request.caller.account !== request.account;
  if (policies.resource === "unread") {
    const identity = request.caller.account === request.account ? true : callerSide(request, policies, wholly(request)).length > 0;
    if (needsResource && identity) return { outcome: "unknown", missing: `the policy of ${request.resource} was not read` };
  }
  return IMPLICIT_DENY;
}

const wholly = (request: Request): Candidate => ({
  by: [],
  target: request.resource,
  context: request.context,
  residual: [],
  passesBoundary: false,
});

function* candidatesOf(request: Request, policies: Policies): Iterable<Candidate> {
  const own = request.caller.account === request.account;
  const sides = resourceSide(request, policies);
  for (const side of sides) {
    if (own && side.grants) yield side.candidate;
    else yield* callerSide(request, policies, side.candidate);
  }
  if (own && !policies.resourceRequired) yield* callerSide(request, policies, wholly(request));
  for (const side of sides) if (own && side.perhaps) yield side.perhaps;
}

/** Identity policies that allow what is left of the target. Whoever administers an account can give themselves any. */
function callerSide(request: Request, policies: Policies, from: Candidate): readonly Candidate[] {
  const { caller } = request;
  if (caller.type !== "role" && caller.type !== "user") return [from];
  const found: Candidate[] = [];
  for (const bound of policies.identity.forAction(request.action).allows) found.push(...waysThrough(bound, from));
  return found;
}

interface ResourceSide {
  readonly candidate: Candidate;
  /** In the caller's own account it grants by itself. */
  readonly grants: boolean;
  /** Where AWS's documentation does not say whether it grants by itself. */
  readonly perhaps?: Candidate;
}

/**
 * Naming the account hands the decision to its identity policies; naming the principal, or everyone, grants in the same account. For
 * sts:AssumeRole only a principal named directly is documented to need nothing else (STS API Reference, "AssumeRole", Permissions).
 */
function resourceSide(request: Request, policies: Policies): readonly ResourceSide[] {
  const policy = policies.resource;
  if (policy === undefined || policy === "unread") return [];
  const found: ResourceSide[] = [];
  for (const statement of statementsFor(policy.compiled, request.action)) {
    const match = statement.effect === "Allow" ? matchPrincipal(statement.principals, request.caller) : undefined;
    if (!match || match.kind === "none") continue;
    for (const way of waysThrough({ policy, statement }, wholly(request))) {
      const residual = match.residual === undefined ? way.residual : [...way.residual, match.residual];
      const candidate = { ...way, residual, passesBoundary: match.kind !== "account" && match.sessionOrUser === true };
      const byEveryone = match.kind === "wildcard" && request.action.startsWith("sts:assumerole") && request.caller.type !== "federated";
      const perhaps = { ...candidate, residual: [...residual, "if a trust in everyone needs no identity policy in the same account"] };
      found.push({ candidate, grants: match.kind !== "account" && !byEveryone, ...(byEveryone ? { perhaps } : {}) });
    }
  }
  return found;
}

/** The ways in which one allowing statement lets the candidate through. */
function waysThrough(bound: Bound, from: Candidate): readonly Candidate[] {
  const { statement } = bound;
  const expands = bound.policy.compiled.expandsVariables;
  const targets = allowedTargets(statement, from, expands);
  if (targets.length === 0) return [];
  if (statement.conditions.length === 0) {
    return targets.map(({ target, residual }) => ({ ...from, by: [...from.by, bound], target, residual: [...from.residual, ...residual] }));
  }
  const ways = waysToSatisfy(statement.conditions, from.context, expands);
  return targets.flatMap(({ target, residual }) =>
    ways.map((way) => ({
      ...from,
      by: [...from.by, bound],
      target,
      context: way.context,
      residual: [...from.residual, ...residual, ...way.residual.map((words) => `only if ${words}`)],
    })),
  );
}

interface Target {
  readonly target: string;
  readonly residual: readonly string[];
}

function allowedTargets(statement: Statement, from: Candidate, expands: boolean): readonly Target[] {
  const { resources } = statement;
  if (!resources) return [{ target: from.target, residual: [] }];
  const found: Target[] = [];
  for (const written of resources.patterns) {
    const pattern = expand(written, from.context, expands);
    if (pattern === undefined) continue;
    if (pattern === "residual") {
      const words = `only if ${written} names it`;
      if (resources.negated || intersects(written.replace(/\$\{[^}]*\}/g, "*"), from.target))
        found.push({ target: from.target, residual: [words] });
      continue;
    }
    if (resources.negated) {
      if (covers(pattern, from.target)) return [];
      continue;
    }
    const target = narrow(from.target, pattern);
    if (target === from.target) return [{ target, residual: [] }];
    if (target !== undefined) found.push({ target, residual: [] });
  }
  return resources.negated && found.length === 0 ? [{ target: from.target, residual: [] }] : found;
}

function limit(request: Request, policies: Policies, candidate: Candidate): Decision {
  const residual = [...candidate.residual];
  const obstacles: Obstacle[] = [];
  const own = request.caller.account === request.account;
  if (!(own && candidate.passesBoundary)) throughBoundary(request, policies, candidate, residual, obstacles);
  for (const level of policies.control) throughLevel(request, level, candidate, residual, obstacles);
  for (const index of denyingIndexes(policies)) {
    for (const bound of index.forAction(request.action).denies) deny(bound, candidate, undefined, residual, obstacles);
  }
  denyByResource(request, policies, candidate, residual, obstacles);
  if (policies.resource === "unread") residual.push(`unless the policy of ${request.resource}, which was not read, denies it`);
  if (obstacles.length > 0) return { outcome: "denied", obstacles, by: candidate.by, residual };
  if (residual.length > 0) return { outcome: "allowed-if", by: candidate.by, residual };
  return { outcome: "allowed", by: candidate.by, residual: [] };
}

function* denyingIndexes(policies: Policies): Iterable<PolicyIndex> {
  yield policies.identity;
  if (policies.boundary !== undefined && policies.boundary !== "unread") yield policies.boundary;
  yield* policies.control;
  yield* policies.resourceControl;
}

function throughBoundary(request: Request, policies: Policies, candidate: Candidate, residual: string[], obstacles: Obstacle[]): void {
  const { boundary } = policies;
  if (boundary === undefined) return;
  if (boundary === "unread") residual.push(`only if the permissions boundary of ${request.caller.label}, which was not read, allows it`);
  else throughLevel(request, boundary, candidate, residual, obstacles);
}

/** One level must allow: an empty level denies (Organizations User Guide, "SCP evaluation"). */
function throughLevel(request: Request, level: PolicyIndex, candidate: Candidate, residual: string[], obstacles: Obstacle[]): void {
  let undecided: readonly string[] | undefined;
  for (const bound of level.forAction(request.action).allows) {
    for (const way of waysThrough(bound, { ...candidate, residual: [] })) {
      if (way.residual.length === 0) return;
      undecided ??= way.residual;
    }
  }
  const guard = level.policies[0]?.guard;
  if (undecided) residual.push(...undecided);
  else obstacles.push(guard ? { guard } : {});
}

function denyByResource(request: Request, policies: Policies, candidate: Candidate, residual: string[], obstacles: Obstacle[]): void {
  const policy = policies.resource;
  if (policy === undefined || policy === "unread") return;
  for (const statement of statementsFor(policy.compiled, request.action)) {
    if (statement.effect !== "Deny") continue;
    const match = matchPrincipal(statement.principals, request.caller);
    if (match.kind !== "none") deny({ policy, statement }, candidate, match.residual, residual, obstacles);
  }
}

function deny(bound: Bound, candidate: Candidate, principal: string | undefined, residual: string[], obstacles: Obstacle[]): void {
  const expands = bound.policy.compiled.expandsVariables;
  const covered = deniedTarget(bound.statement, candidate, expands);
  if (covered === "false") return;
  const truth = bound.statement.conditions.length === 0 ? "true" : deniesHold(bound.statement.conditions, candidate.context, expands);
  if (truth === "false") return;
  if (truth === "true" && covered === "true" && principal === undefined) {
    const guard = bound.policy.guard ?? guardOf(bound);
    obstacles.push({ guard, by: bound });
    return;
  }
  const why = bound.statement.conditions.map(inWords).join(" and ") || (principal ?? "its resource is not decided");
  residual.push(`unless ${bound.policy.label} denies it (${why})`);
}

function deniedTarget(statement: Statement, candidate: Candidate, expands: boolean): "true" | "false" | "residual" {
  const { resources } = statement;
  if (!resources) return "true";
  let undecided = false;
  let hit = false;
  for (const written of resources.patterns) {
    const pattern = expand(written, candidate.context, expands);
    if (pattern === "residual") undecided = true;
    else if (pattern !== undefined) hit ||= resources.negated ? intersects(pattern, candidate.target) : covers(pattern, candidate.target);
  }
  if (resources.negated) return hit ? "false" : undecided ? "residual" : "true";
  return hit ? "true" : undecided ? "residual" : "false";
}

/** A deny statement is a guard of its own: its id keeps when the policy's other statements move. */
export function guardOf(bound: Bound): Guard {
  return { id: `${bound.policy.owner}#deny/${statementHash(bound.statement)}`, label: `deny in ${bound.policy.label}` };
}
