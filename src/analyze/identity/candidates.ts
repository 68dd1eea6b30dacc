// The ways in which policies let a request through, before anything that limits: identity side, resource side, and what each narrows.
import type { Context } from "./condition.ts";
import { waysToSatisfy } from "./condition.ts";
import type { Bound, Policies, Request } from "./evaluate.ts";
import { covers, intersects, narrow } from "./patterns.ts";
import { statementsFor, type Statement } from "./policy.ts";
import { matchesOf } from "./principal-match.ts";
import { expand } from "./variables.ts";

export interface Candidate {
  readonly by: readonly Bound[];
  readonly target: string;
  readonly context: Context;
  readonly residual: readonly string[];
  /** Granted by the resource's policy in a way that an implicit deny of the boundary or of a session policy does not hold. */
  readonly passesBoundary: boolean;
}

export const wholly = (request: Request): Candidate => ({
  by: [],
  target: request.resource,
  context: request.context,
  residual: [],
  passesBoundary: false,
});

export function* candidatesOf(request: Request, policies: Policies): Iterable<Candidate> {
  const own = request.caller.account === request.account;
  const sides = resourceSide(request, policies);
  for (const side of sides) {
    if (own && side.grants) yield side.candidate;
    else yield* callerSide(request, policies, side.candidate);
  }
  if (own && !policies.resourceRequired && hasOwnPermissions(request)) yield* callerSide(request, policies, wholly(request));
  for (const side of sides) if (own && side.perhaps) yield side.perhaps;
}

/** A service, a federated user and an anonymous caller have no account's permissions behind them: only the resource's policy lets them in. */
const hasOwnPermissions = ({ caller }: Request): boolean => caller.type === "role" || caller.type === "user" || caller.type === "root";

/** Identity policies that allow what is left of the target. Whoever administers an account can give themselves any. */
export function callerSide(request: Request, policies: Policies, from: Candidate): readonly Candidate[] {
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
export function resourceSide(request: Request, policies: Policies): readonly ResourceSide[] {
  const policy = policies.resource;
  if (policy === undefined || policy === "unread") return [];
  const found: ResourceSide[] = [];
  for (const statement of statementsFor(policy.compiled, request.action)) {
    const matches = statement.effect === "Allow" ? matchesOf(statement.principals, request.caller) : [];
    if (matches.length === 0) continue;
    const ways = waysThrough({ policy, statement }, wholly(request));
    for (const [match, way] of matches.flatMap((match) => ways.map((way) => [match, way] as const))) {
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
export function waysThrough(bound: Bound, from: Candidate): readonly Candidate[] {
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
