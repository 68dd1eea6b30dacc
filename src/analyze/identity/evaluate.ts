// Decides one request against every policy that applies: allowed, allowed if, denied, or unknown.
import type { Json } from "../../lib/json.ts";
import type { Source } from "../../model/source.ts";
import { callerSide, candidatesOf, waysThrough, wholly, type Candidate } from "./candidates.ts";
import { deniesHold, inWords, type Context } from "./condition.ts";
import type { Caller } from "./context.ts";
import { covers, intersects } from "./patterns.ts";
import { statementHash, statementsFor, type CompiledPolicy, type Statement } from "./policy.ts";
import { matchPrincipal, WILDCARD } from "./principal-match.ts";
import { expand } from "./variables.ts";

/** What guards when a policy denies: the entity whose defeat lifts the denial. */
export interface Guard {
  readonly id: string;
  readonly label: string;
}

/** What stands for a statement that nobody wrote as one: a share, a grant of a key. */
export interface ToldStatement {
  /** Of the rules that it decides. */
  readonly family: string;
  /** What the grant's id hashes. */
  readonly content: Json;
  readonly label: string;
  readonly change: string;
  readonly source: Source;
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
  /** By the statement's index. */
  readonly told?: ReadonlyMap<number, ToldStatement>;
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
  /** Identity policies that were not read: each could deny. */
  readonly unread?: readonly string[];
  readonly boundary?: PolicyIndex | "unread";
  /** Policies passed when the session was made: they only take away (IAM User Guide, "Session policies"). */
  readonly session?: PolicyIndex | "unread";
  /** Service control policies of the caller's account, one index a level from the root down; none when it is exempt. */
  readonly control: readonly PolicyIndex[];
  /** Resource control policies of the resource's account. */
  readonly resourceControl: readonly PolicyIndex[];
  readonly resource?: AttachedPolicy | "unread";
  /** Policy of the VPC endpoint that the request comes through: it must allow too (AWS PrivateLink Guide, "Control access to VPC endpoints"). */
  readonly endpoint?: AttachedPolicy | "unread";
  /** The resource's policy must take part: a key policy, a trust policy. */
  readonly resourceRequired: boolean;
}

/** Which kind of policy an obstacle is. */
export type Layer = "identity" | "boundary" | "session" | "service control" | "resource control" | "resource" | "endpoint";

/** What stands between the caller and an access that is otherwise allowed. Without a guard nobody can lift it. */
export interface Obstacle {
  readonly layer: Layer;
  /** Number of the control policies' level, from 1 at the root. */
  readonly level?: number;
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

/** What is gathered on the way through everything that limits: what of the candidate is left, and what stopped it. */
interface Found {
  left: readonly Candidate[];
  readonly residual: string[];
  readonly obstacles: Obstacle[];
}

function limit(request: Request, policies: Policies, candidate: Candidate): Decision {
  const found: Found = { left: [candidate], residual: [], obstacles: [] };
  const own = request.caller.account === request.account;
  if (!(own && candidate.passesBoundary)) {
    throughOne(request, policies.boundary, "boundary", found);
    throughOne(request, policies.session, "session", found);
  }
  for (const [i, level] of policies.control.entries()) throughLevel(request, level, { layer: "service control", level: i + 1 }, found);
  throughEndpoint(request, policies.endpoint, found);
  for (const what of policies.unread ?? []) found.residual.push(`unless ${what}, which was not read, denies it`);
  if (policies.resource === "unread") found.residual.push(`unless the policy of ${request.resource}, which was not read, denies it`);
  let best: Decision | undefined;
  for (const left of found.left) {
    const decision = afterDenials(request, policies, left, found);
    if (decision.outcome === "allowed") return decision;
    if (!best || rank(decision) > rank(best)) best = decision;
  }
  return best ?? IMPLICIT_DENY;
}

function afterDenials(request: Request, policies: Policies, candidate: Candidate, found: Found): Decision {
  const residual = [...candidate.residual, ...found.residual];
  const obstacles = [...found.obstacles];
  const into = { residual, obstacles };
  for (const [index, layer] of denyingIndexes(policies)) {
    for (const bound of index.forAction(request.action).denies) deny(bound, layer, candidate, undefined, into);
  }
  const isBound = policies.boundary !== undefined;
  denyByResource(request, policies.resource, { layer: "resource", isBound }, candidate, into);
  denyByResource(request, policies.endpoint, { layer: "endpoint", isBound }, candidate, into);
  if (obstacles.length > 0) return { outcome: "denied", obstacles, by: candidate.by, residual };
  if (residual.length > 0) return { outcome: "allowed-if", by: candidate.by, residual };
  return { outcome: "allowed", by: candidate.by, residual: [] };
}

/** What denies the request whether or not anything allows it, for explaining. */
export function obstaclesOf(request: Request, policies: Policies): readonly Obstacle[] {
  const decision = limit(request, policies, wholly(request));
  return decision.outcome === "denied" ? decision.obstacles : [];
}

function* denyingIndexes(policies: Policies): Iterable<readonly [PolicyIndex, Layer]> {
  yield [policies.identity, "identity"];
  if (policies.boundary !== undefined && policies.boundary !== "unread") yield [policies.boundary, "boundary"];
  if (policies.session !== undefined && policies.session !== "unread") yield [policies.session, "session"];
  for (const level of policies.control) yield [level, "service control"];
  for (const level of policies.resourceControl) yield [level, "resource control"];
}

const NAMES = { boundary: "the permissions boundary", session: "the session policy" } as const;

function throughOne(request: Request, index: PolicyIndex | "unread" | undefined, layer: "boundary" | "session", found: Found): void {
  if (index === undefined) return;
  if (index === "unread") found.residual.push(`only if ${NAMES[layer]} of ${request.caller.label}, which was not read, allows it`);
  else throughLevel(request, index, { layer }, found);
}

/** One level must allow: an empty level denies (Organizations User Guide, "SCP evaluation"). */
function throughLevel(request: Request, level: PolicyIndex, place: Pick<Obstacle, "layer" | "level">, found: Found): void {
  const guard = level.policies[0]?.guard;
  through(level.forAction(request.action).allows, found, guard ? { ...place, guard } : place);
}

/** An endpoint's policy names principals like a resource's, and must allow; its absence is AWS's default of full access. */
function throughEndpoint(request: Request, policy: Policies["endpoint"], found: Found): void {
  if (policy === undefined) return;
  if (policy === "unread") return void found.residual.push("only if the policy of the VPC endpoint, which was not read, allows it");
  const allows = statementsFor(policy.compiled, request.action)
    .filter((statement) => statement.effect === "Allow" && matchPrincipal(statement.principals, request.caller).kind !== "none")
    .map((statement) => ({ policy, statement }));
  through(allows, found, { layer: "endpoint" });
}

/** Allows its actions on everything, whatever the request says: nothing is narrowed. */
const isWhole = ({ resources, conditions }: Statement): boolean =>
  conditions.length === 0 && (resources === undefined || (!resources.negated && resources.patterns.includes("*")));

/** More ways than this are not told apart. */
const MOST_LEFT = 32;

/** What is left of each candidate where some statement allows it: narrowed, so that the next level sees the same resource and the same choices. */
function through(allows: readonly Bound[], found: Found, obstacle: Obstacle): void {
  if (allows.some(({ statement }) => isWhole(statement))) return;
  const left = found.left.flatMap((candidate) => {
    const ways = allows.flatMap((bound) => waysThrough(bound, candidate)).map((way) => ({ ...way, by: candidate.by }));
    const whole = ways.find(
      (way) => way.target === candidate.target && way.context === candidate.context && way.residual.length === candidate.residual.length,
    );
    return whole ? [candidate] : ways;
  });
  if (left.length === 0) found.obstacles.push(obstacle);
  else found.left = left.length > MOST_LEFT ? left.toSorted((a, b) => a.residual.length - b.residual.length).slice(0, MOST_LEFT) : left;
}

/**
 * NotPrincipal with Deny holds every identity that has a permissions boundary, whatever it lists (IAM User Guide, "AWS JSON policy elements:
 * NotPrincipal", key points).
 */
function denyByResource(
  request: Request,
  policy: Policies["resource"],
  { layer, isBound }: { readonly layer: Layer; readonly isBound: boolean },
  candidate: Candidate,
  into: Pick<Found, "residual" | "obstacles">,
): void {
  if (policy === undefined || policy === "unread") return;
  for (const statement of statementsFor(policy.compiled, request.action)) {
    if (statement.effect !== "Deny") continue;
    const isEveryone = isBound && statement.principals?.negated === true;
    const match = isEveryone ? WILDCARD : matchPrincipal(statement.principals, request.caller);
    if (match.kind !== "none") deny({ policy, statement }, layer, candidate, match.residual, into);
  }
}

function deny(
  bound: Bound,
  layer: Layer,
  candidate: Candidate,
  principal: string | undefined,
  into: Pick<Found, "residual" | "obstacles">,
): void {
  const expands = bound.policy.compiled.expandsVariables;
  const covered = deniedTarget(bound.statement, candidate, expands);
  if (covered === "false") return;
  const truth = bound.statement.conditions.length === 0 ? "true" : deniesHold(bound.statement.conditions, candidate.context, expands);
  if (truth === "false") return;
  if (truth === "true" && covered === "true" && principal === undefined) {
    const guard = bound.policy.guard ?? guardOf(bound);
    into.obstacles.push({ layer, guard, by: bound });
    return;
  }
  const why = bound.statement.conditions.map(inWords).join(" and ") || (principal ?? "its resource is not decided");
  into.residual.push(`unless ${bound.policy.label} denies it (${why})`);
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
