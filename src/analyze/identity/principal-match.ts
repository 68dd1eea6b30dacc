// Whether a statement's Principal or NotPrincipal names a caller, and how (IAM User Guide, "AWS JSON policy elements: Principal", "NotPrincipal").
import type { Caller } from "./context.ts";
import type { PrincipalEntry, Statement } from "./policy.ts";

/**
 * `direct`: the caller is named, so a policy in its own account grants by itself. `account`: its account is named, which hands the decision
 * to that account's own policies. `wildcard`: everyone is named.
 */
export interface PrincipalMatch {
  readonly kind: "direct" | "account" | "wildcard" | "none";
  /** A user or a session named directly is not held by an implicit deny of its boundary; a role is. */
  readonly sessionOrUser?: boolean;
  readonly residual?: string;
}

const NONE: PrincipalMatch = { kind: "none" };
export const WILDCARD: PrincipalMatch = { kind: "wildcard", sessionOrUser: true };

export function matchPrincipal(principals: Statement["principals"], caller: Caller): PrincipalMatch {
  if (!principals) return NONE;
  if (principals.negated) return matchNegated(principals.entries, caller);
  let best = NONE;
  for (const entry of principals.entries) {
    const match = matchEntry(entry, caller);
    if (match.kind === "direct" && match.residual === undefined) return match;
    if (strength(match) > strength(best)) best = match;
  }
  return best;
}

/** AWS does not support it (IAM User Guide, "AWS JSON policy elements: NotPrincipal"), and refuses it in trust policies; what it does to old policies is not said. */
const UNSUPPORTED = "if NotPrincipal with Allow, which AWS does not support, lets in whom it does not list";

/**
 * Every way in which an allowing statement names the caller, since they differ in what they grant: a role named beside everyone is held by its boundary in the one
 * way and not in the other.
 */
export function matchesOf(principals: Statement["principals"], caller: Caller): readonly PrincipalMatch[] {
  if (!principals) return [];
  if (principals.negated) {
    const match = matchNegated(principals.entries, caller);
    return match.kind === "none" ? [] : [{ ...match, residual: UNSUPPORTED }];
  }
  const found: PrincipalMatch[] = [];
  for (const entry of principals.entries) {
    const match = matchEntry(entry, caller);
    if (match.kind === "none") continue;
    if (match.kind === "direct" && match.sessionOrUser === true && match.residual === undefined) return [match];
    if (
      !found.some((other) => other.kind === match.kind && other.sessionOrUser === match.sessionOrUser && other.residual === match.residual)
    ) {
      found.push(match);
    }
  }
  return found;
}

const strength = (match: PrincipalMatch): number =>
  ({ none: 0, account: 2, wildcard: 3, direct: 4 })[match.kind] - (match.residual === undefined ? 0 : 3.5);

function matchEntry(entry: PrincipalEntry, caller: Caller): PrincipalMatch {
  if (entry.value === "*" && entry.type === "AWS") return WILDCARD;
  if (entry.type === "Service")
    return caller.type === "service" && entry.value === caller.arn ? { kind: "direct", sessionOrUser: true } : NONE;
  if (entry.type === "Federated") return caller.type === "federated" && entry.value === caller.arn ? { kind: "direct" } : NONE;
  if (entry.type !== "AWS" || caller.type === "anonymous" || caller.type === "service" || caller.type === "federated") return NONE;
  if (entry.value === caller.arn && caller.type !== "root") {
    return { kind: "direct", sessionOrUser: caller.type !== "role" };
  }
  if (namesAccount(entry.value, caller.account)) return { kind: "account" };
  return matchSession(entry.value, caller);
}

const namesAccount = (value: string, account: string): boolean =>
  value === account || (value.endsWith(`::${account}:root`) && /^arn:[^:]+:iam::\d{12}:root$/.test(value));

/**
 * A role session is named without the role's path (IAM Identifiers, "assumed-role"). Whoever takes the role chooses the session's name,
 * except where single sign-on sets it to the person's name.
 */
function matchSession(value: string, caller: Caller): PrincipalMatch {
  const form = /^arn:[^:]+:sts::(\d{12}):assumed-role\/([^/]+)\/(.+)$/.exec(value);
  if (!form || caller.type !== "role" || form[1] !== caller.account || form[2] !== caller.name) return NONE;
  if (caller.session !== undefined && caller.session !== form[3]) return NONE;
  const match = { kind: "direct", sessionOrUser: true } as const;
  if (caller.session !== undefined) return match;
  return caller.peopleOnly ? { ...match, residual: `only in the session ${form[3]}` } : match;
}

/**
 * A role is exempt only when its session and its account are listed besides; a user only when the account is (NotPrincipal, "Specifying
 * NotPrincipal with Deny"). Anything less is left undecided.
 */
function matchNegated(entries: readonly PrincipalEntry[], caller: Caller): PrincipalMatch {
  const matches = entries.map((entry) => matchEntry(entry, caller));
  if (matches.some((match) => match.kind === "wildcard")) return NONE;
  const direct = matches.some((match) => match.kind === "direct" && match.residual === undefined);
  const account = matches.some((match) => match.kind === "account");
  const session = caller.type !== "role" || entries.some((entry) => matchSession(entry.value, caller).kind === "direct");
  if (caller.type === "service" || caller.type === "federated" || caller.type === "anonymous") return direct ? NONE : WILDCARD;
  if (direct && account && session) return NONE;
  return direct || account ? { ...WILDCARD, residual: `unless NotPrincipal exempts ${caller.label}` } : WILDCARD;
}
