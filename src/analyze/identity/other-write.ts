// Rules: a write that no other rule interprets counts as a write of the account.
import { fact } from "../../model/rule.ts";
import { globMatches } from "../../lib/glob.ts";
import { includesWrite, INTERPRETED } from "./actions.ts";
import type { Administrators } from "./administer.ts";
import { ask, either, isCertain } from "./ask.ts";
import type { Emission } from "./emission.ts";
import { rootOf, type AwsEstate, type Identity } from "./estate.ts";
import { IMPLICIT_DENY, type Decision, type PolicyIndex } from "./evaluate.ts";
import { FRESH } from "./patterns.ts";
import type { Statement } from "./policy.ts";

export function otherWriteRules(aws: AwsEstate, administrators: Administrators, out: Emission): void {
  const modeled = new Set([...aws.resources.map((resource) => resource.arn), ...aws.identities.map((identity) => identity.arn)]);
  for (const identity of aws.identities) {
    if (identity.serviceLinked || administrators.has(identity)) continue;
    const found = writes(aws, identity, modeled);
    if (!found) continue;
    out.decided(found.decision, {
      family: "aws/other-write",
      needs: [fact("act-as", identity.arn)],
      gives: fact("write", rootOf(identity.account)),
      how: `${identity.label} can change account ${identity.account} by ${found.action}`,
    });
  }
}

interface Found {
  readonly decision: Decision;
  readonly action: string;
}

function writes(aws: AwsEstate, identity: Identity, modeled: ReadonlySet<string>): Found | undefined {
  let best: Found | undefined;
  for (const policy of identity.index.policies) {
    for (const statement of policy.compiled.statements) {
      if (statement.effect !== "Allow") continue;
      for (const pattern of writePatterns(statement)) {
        if (isInterpreted(statement, pattern, modeled)) continue;
        const decision = decide(aws, identity, statement, pattern);
        if (!best || either(best.decision, decision) !== best.decision) best = { decision, action: pattern };
        if (isCertain(decision)) return best;
      }
    }
  }
  return best && best.decision !== IMPLICIT_DENY ? best : undefined;
}

const writePatterns = ({ actions }: Statement): readonly string[] => (actions.negated ? ["*"] : actions.patterns.filter(includesWrite));

/** A named action on named, modeled resources has its own rule. */
function isInterpreted(statement: Statement, pattern: string, modeled: ReadonlySet<string>): boolean {
  if (!INTERPRETED.has(pattern) && !pattern.startsWith("iam:")) return false;
  if (/[*?]/.test(pattern) || !statement.resources || statement.resources.negated) return false;
  return statement.resources.patterns.every((resource) => modeled.has(resource) || modeled.has(resource.replace(/\/.*$/, "")));
}

function decide(aws: AwsEstate, identity: Identity, statement: Statement, pattern: string): Decision {
  const named = statement.resources && !statement.resources.negated ? statement.resources.patterns : ["*"];
  const resources = named.filter((resource) => isOfAccount(resource, identity.account));
  let best: Decision = IMPLICIT_DENY;
  for (const action of representatives(aws, identity, pattern)) {
    for (const resource of resources) {
      // A variable in the resource names one of several: the evaluator says whether it is decided.
      const on = resource.replace(/\$\{[^}]*\}/g, "*");
      best = either(best, ask(aws, identity, action, { arn: on, account: identity.account }));
      if (isCertain(best)) return best;
    }
  }
  return best;
}

/**
 * An ARN with an account in it names things of that account alone (AWS General Reference, "Amazon Resource Names": `arn:aws:iam::aws:policy/…` are
 * AWS's own policies, which nobody else can change). One without (`arn:aws:s3:::…`) may be anyone's.
 */
function isOfAccount(resource: string, account: string): boolean {
  const owner = resource.split(":")[4] ?? "";
  return owner === "" || /[*?$]/.test(owner) || owner === account;
}

/**
 * Actions that stand for a pattern: one that only wildcards match, and, where a boundary or control policy lists what it allows or leaves
 * undenied, those of the list that the pattern matches. So a limit that leaves a single write is seen.
 */
function* representatives(aws: AwsEstate, identity: Identity, pattern: string): Iterable<string> {
  if (!/[*?]/.test(pattern)) {
    yield pattern;
    return;
  }
  yield concrete(pattern);
  const limits: PolicyIndex[] = [...aws.organization.chainOf(identity.account).service];
  if (identity.boundary !== undefined && identity.boundary !== "unread") limits.push(identity.boundary);
  for (const policy of [identity.index, ...limits].flatMap((index) => index.policies)) {
    for (const { effect, actions } of policy.compiled.statements) {
      if ((effect === "Allow") === actions.negated) continue;
      for (const other of actions.patterns) {
        const action = concrete(other);
        if (includesWrite(other) && globMatches(pattern, action)) yield action;
      }
    }
  }
}

function concrete(pattern: string): string {
  if (pattern === "*") return `${FRESH}:create${FRESH}`;
  return pattern.replaceAll(/[*?]/g, FRESH);
}
