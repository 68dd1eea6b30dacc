// Rules: which identity can act as which role through sts:AssumeRole. Trust side and identity side, boundary and control policies.
import type { Door } from "../../charter/schema.ts";
import { fact, grant } from "../../model/rule.ts";
import type { KnownEstate } from "../plane.ts";
import { ask, caller, STRANGER, type Target } from "./ask.ts";
import type { Caller } from "./context.ts";
import { provenBy, type BreakGlass } from "./doors.ts";
import type { Emission } from "./emission.ts";
import { rootOf, type AwsEstate, type Identity, type Role } from "./estate.ts";
import { IMPLICIT_DENY, type Decision } from "./evaluate.ts";
import { doorId, named } from "./names.ts";
import { FRESH } from "./patterns.ts";
import { statementsFor } from "./policy.ts";

const ASSUME = "sts:assumerole";

/**
 * A role lets in whom its trust policy names; a principal of its own account that is named directly needs nothing else, everyone else needs
 * sts:AssumeRole on their own side too (STS API Reference, "AssumeRole", Permissions; IAM User Guide, "Cross-account policy evaluation logic").
 */
export function assumeRoleRules(aws: AwsEstate, known: KnownEstate, out: Emission): void {
  const doors = new Map(known.charter.doors.flatMap((door) => (door.kind === "break-glass" ? [[door.role, door] as const] : [])));
  const sessions = new Map(aws.identities.map((identity) => [`${identity.type}/${identity.account}/${identity.name}`, identity]));
  for (const role of aws.roles) {
    if (role.serviceLinked) continue;
    if (!role.trust) unreadTrust(role, out);
    else trustRules(role, role.trust, { aws, out, sessions, door: doors.get(role.arn) });
  }
}

interface Scope {
  readonly aws: AwsEstate;
  readonly out: Emission;
  readonly sessions: ReadonlyMap<string, Identity>;
  readonly door: Extract<Door, { kind: "break-glass" }> | undefined;
}

function unreadTrust(role: Role, out: Emission): void {
  out.rule({
    family: "aws/assume-role",
    needs: [],
    gives: fact("act-as", role.arn),
    certainty: "may",
    because: `the trust policy of ${role.label} was not read`,
    grants: [trustGrant(role, `have the trust policy of ${role.label} read`)],
    how: `${role.label} may trust anyone`,
    source: role.observed.trust.source,
  });
}

/** For a rule that rests on the trust policy as a whole. */
export const trustGrant = (role: Role, change: string) =>
  grant(role.arn, role.observed.trust.document, { label: `trust policy of ${role.label}`, change, source: role.observed.trust.source });

export const targetOf = (role: Role): Target => ({
  arn: role.arn,
  account: role.account,
  tags: role.tags,
  policy: role.trust ?? "unread",
  policyRequired: true,
});

function trustRules(role: Role, trust: NonNullable<Role["trust"]>, scope: Scope): void {
  const { aws, out } = scope;
  const trusted = whoIsNamed(trust, scope);
  const ways: { from: Identity; decision: Decision }[] = [];
  for (const from of trusted.identities) {
    if (from === role || from.serviceLinked) continue;
    const decision = ask(aws, from, ASSUME, targetOf(role));
    if (decision !== IMPLICIT_DENY) ways.push({ from, decision });
  }
  const door =
    scope.door &&
    provenBy(
      scope.door,
      role,
      ways.filter((way) => canHappen(way.decision)).map((way) => way.from),
      aws,
    );
  for (const way of ways) emitWay(role, way.from, way.decision, door, out);
  for (const account of trusted.accounts) accountWay(role, account, scope);
  for (const arn of trusted.missing) missingWay(role, arn, scope);
  if (trusted.everyone) everyoneWay(role, scope);
}

const canHappen = (decision: Decision): boolean => decision.outcome !== "denied" || decision.obstacles.every((obstacle) => obstacle.guard);

function emitWay(role: Role, from: Identity, decision: Decision, door: BreakGlass | undefined, out: Emission): void {
  const throughDoor = door !== undefined && (from.isPerson || from.peopleOnly);
  out.decided(decision, {
    family: "aws/assume-role",
    needs: [fact("act-as", from.arn), ...(throughDoor && door.unproven.length === 0 ? [fact("approve", doorId(door.name))] : [])],
    gives: fact("act-as", role.arn),
    how: `${named(from, role.account)} may assume ${role.label}, which trusts it`,
    change: `take ${named(from, role.account)} out of the trust policy of ${role.label}`,
    unless: throughDoor ? door.unproven.map((what) => `break-glass door ${door.name} is declared, but ${what}`) : [],
  });
}

interface Trusted {
  readonly identities: ReadonlySet<Identity>;
  readonly accounts: ReadonlySet<string>;
  /** Principals of accounts that were read, which are not there. */
  readonly missing: ReadonlySet<string>;
  readonly everyone: boolean;
}

/** Candidates only: the evaluator decides. Set at a time: a trust in an account asks those of its identities that may call sts:AssumeRole. */
function whoIsNamed(trust: NonNullable<Role["trust"]>, { aws, sessions }: Scope): Trusted {
  const identities = new Set<Identity>();
  const accounts = new Set<string>();
  const missing = new Set<string>();
  let everyone = false;
  for (const statement of statementsFor(trust.compiled, ASSUME)) {
    if (statement.effect !== "Allow" || !statement.principals) continue;
    if (statement.principals.negated) everyone = true;
    else {
      for (const { type, value } of statement.principals.entries) {
        if (type !== "AWS") continue;
        if (value === "*") everyone = true;
        else nameOne(value, aws, sessions, { identities, accounts, missing });
      }
    }
  }
  for (const identity of everyone ? aws.identities : [...accounts].flatMap((account) => aws.inAccount(account))) {
    if (everyone || identity.index.forAction(ASSUME).allows.length > 0) identities.add(identity);
  }
  if (everyone) for (const account of aws.readAccounts) accounts.add(account);
  return { identities, accounts, missing, everyone };
}

function nameOne(
  value: string,
  aws: AwsEstate,
  sessions: ReadonlyMap<string, Identity>,
  into: { identities: Set<Identity>; accounts: Set<string>; missing: Set<string> },
): void {
  const account = /^\d{12}$/.test(value) ? value : /^arn:[^:]+:iam::(\d{12}):root$/.exec(value)?.[1];
  if (account !== undefined) return void into.accounts.add(account);
  const session = /^arn:[^:]+:sts::(\d{12}):assumed-role\/([^/]+)\/.+$/.exec(value);
  const identity = session ? sessions.get(`role/${session[1]}/${session[2]}`) : aws.byArn.get(value);
  if (identity) into.identities.add(identity);
  else if (value.startsWith("arn:")) into.missing.add(value);
  // What is left is the id of a deleted principal: AWS writes AROA… in place of its ARN, and nobody can be it again.
}

/** Whoever administers a trusted account can give one of its identities sts:AssumeRole. The role's own account is covered by its owner. */
function accountWay(role: Role, account: string, { aws, out }: Scope): void {
  if (account === role.account) return;
  const root = caller("root", rootOf(account), account);
  const decision = ask(aws, root, ASSUME, targetOf(role));
  const change = `trust only the roles of account ${account} that need it`;
  const how = `whoever administers account ${account} may assume ${role.label}, which trusts the account`;
  const gives = fact("act-as", role.arn);
  out.decided(decision, { family: "aws/assume-role", needs: [fact("control", root.arn)], gives, how, change });
  if (!aws.readAccounts.has(account)) outsideWay(role, `account ${account}`, decision, out);
}

/** Nothing is known of an account that was not read: whoever it is may come from anywhere. */
function outsideWay(role: Role, who: string, decision: Decision, out: Emission): void {
  out.decided(decision, {
    family: "aws/assume-role",
    needs: [],
    gives: fact("act-as", role.arn),
    how: `${role.label} trusts ${who}`,
    place: role.observed.trust.source,
    change: `take ${who} out of the trust policy of ${role.label}`,
    unless: [`${who}, which ${role.label} trusts, was not read`],
  });
}

function missingWay(role: Role, arn: string, { aws, out }: Scope): void {
  const form = /^arn:[^:]+:(?:iam|sts)::(\d{12}):(assumed-role|role|user)\/(?:.*\/)?([^/]+?)$/.exec(arn);
  const account = form?.[1];
  if (form === null || account === undefined)
    return outsideWay(role, arn, { outcome: "unknown", missing: `${arn} is no principal that is known here` }, out);
  const name = form[2] === "assumed-role" ? (arn.split("/")[1] as string) : (form[3] as string);
  const type = form[2] === "user" ? "user" : "role";
  const stand = {
    ...caller("root", rootOf(account), account),
    arn: type === "role" ? arn.replace(/:sts::(\d+):assumed-role\/([^/]+)\/.*/, ":iam::$1:role/$2") : arn,
    name,
  };
  const decision = decideNamed(aws, role, stand, arn);
  if (!aws.readAccounts.has(account)) return outsideWay(role, arn, decision, out);
  if (arn.includes(":role/aws-service-role/")) return;
  out.decided(decision, {
    family: "aws/assume-role",
    needs: [fact("control", rootOf(account))],
    gives: fact("act-as", role.arn),
    how: `whoever administers account ${account} may make ${arn}, which ${role.label} trusts`,
    change: `take ${arn} out of the trust policy of ${role.label}`,
    unless: [`${arn} was not among the identities of account ${account}`],
  });
}

/** As the identity named, with every permission its own account could give. */
function decideNamed(aws: AwsEstate, role: Role, stand: Caller, arn: string): Decision {
  const session = arn.includes(":assumed-role/");
  const identity: Caller = { ...stand, type: session || arn.includes(":role/") ? "role" : "user" };
  const everything = aws.managedPolicy("arn:aws:iam::aws:policy/AdministratorAccess");
  const allows = everything ? everything.compiled.statements.map((statement) => ({ policy: everything, statement })) : [];
  const index = { policies: [], forAction: () => ({ allows, denies: [] }) };
  return ask(aws, { ...identity, index } as Caller, ASSUME, targetOf(role));
}

function everyoneWay(role: Role, { aws, out }: Scope): void {
  const decision = ask(aws, { ...STRANGER, account: FRESH }, ASSUME, targetOf(role));
  out.decided(decision, {
    family: "aws/assume-role-by-anyone",
    needs: [],
    gives: fact("act-as", role.arn),
    how: `any AWS identity of any account may assume ${role.label}`,
    change: `name the roles that need it in the trust policy of ${role.label}`,
  });
}
