// Rules: people sign in to IAM Identity Center and act as the role of each permission set that is assigned to them, or to a group of theirs.
import type { AwsAccountAssignment, AwsPermissionSet } from "../../model/observations/aws-identity-center.ts";
import { fact, grant, type RuleSink } from "../../model/rule.ts";
import type { Source } from "../../model/source.ts";
import type { KnownEstate } from "../plane.ts";
import { ask, caller } from "./ask.ts";
import { targetOf } from "./assume-role.ts";
import type { Emission } from "./emission.ts";
import { rootOf, type AwsEstate, type Role } from "./estate.ts";
import { IMPLICIT_DENY, type Decision } from "./evaluate.ts";
import { directoryId, groupId, identityCenter, userId, wouldAdminister, type IdentityCenter } from "./identity-center.ts";
import { claimsAsWished, providersOf } from "./saml.ts";

const FAMILY = "aws/identity-center";

/**
 * IAM Identity Center User Guide, "Assign user or group access to AWS accounts" and "IAM roles created by IAM Identity Center": in each account a set
 * is provisioned as a role under /aws-reserved/sso.amazonaws.com/, and only who is assigned, or is in a group that is, may take it.
 */
export function identityCenterRules(aws: AwsEstate, known: KnownEstate, out: Emission, sink: RuleSink): void {
  const center = identityCenter(aws);
  signIns(center, known, out);
  memberships(aws, center, out);
  for (const assignment of center.assignments) {
    const set = center.setOf(assignment.permissionSet);
    if (set) assignedRules(aws, center, assignment, set, known, out, sink);
    else unknownSet(assignment, out);
  }
  unmappedUsers(center, known, sink);
}

/** Who a user is says the charter; every user is one of its directory. A user that is disabled cannot sign in. */
function signIns(center: IdentityCenter, { charter }: KnownEstate, out: Emission): void {
  for (const user of center.users) {
    if (user.isDisabled) continue;
    for (const person of center.peopleOf(user)) {
      const pointer = `/people/${charter.people.indexOf(person)}`;
      held(out, `person:${person.id}`, userId(user.id), `${person.name} signs in as ${user.userName}`, { file: "bulkhead.yaml", pointer });
    }
    held(out, userId(user.id), directoryId(user.store), `${user.userName} is a user of directory ${user.store}`, user.source);
  }
}

/** What nobody would take away to separate: that someone is who they are. */
function held(out: Emission, from: string, to: string, how: string, source: Source): void {
  const taken = grant(from, { is: to }, { label: how, change: "declare whose user it is", source, removable: false });
  out.rule({ family: FAMILY, needs: [fact("act-as", from)], gives: fact("act-as", to), certainty: "must", grants: [taken], how, source });
}

function memberships(aws: AwsEstate, center: IdentityCenter, out: Emission): void {
  const users = new Map(center.users.map((user) => [user.id, user]));
  const groups = new Map(aws.observations("aws/identity-center-group").map((group) => [group.id, group.name]));
  for (const { group, user, source } of aws.observations("aws/identity-center-membership")) {
    if (users.get(user)?.isDisabled) continue;
    const [who, what] = [users.get(user)?.userName ?? user, groups.get(group) ?? group];
    const label = `membership of ${who} in group ${what}`;
    const change = `take ${who} out of group ${what}`;
    out.rule({
      family: FAMILY,
      needs: [fact("act-as", userId(user))],
      gives: fact("act-as", groupId(group)),
      certainty: "must",
      grants: [grant(groupId(group), { member: user }, { label, change, source })],
      how: `${who} is in group ${what}`,
      source,
    });
  }
}

const principalId = ({ principal }: AwsAccountAssignment): string =>
  principal.type === "user" ? userId(principal.id) : groupId(principal.id);

function nameOf(center: IdentityCenter, aws: AwsEstate, { principal }: AwsAccountAssignment): string {
  if (principal.type === "user") return center.users.find(({ id }) => id === principal.id)?.userName ?? `user ${principal.id}`;
  const name = aws.observations("aws/identity-center-group").find(({ id }) => id === principal.id)?.name;
  return `group ${name ?? principal.id}`;
}

function assignedRules(
  aws: AwsEstate,
  center: IdentityCenter,
  assignment: AwsAccountAssignment,
  set: AwsPermissionSet,
  known: KnownEstate,
  out: Emission,
  sink: RuleSink,
): void {
  const { account, source } = assignment;
  const who = nameOf(center, aws, assignment);
  const what = `permission set ${set.name} in account ${account}`;
  const grants = [
    grant(
      set.arn,
      { account, principal: assignment.principal },
      { label: `assignment of ${set.name} to ${who}`, change: `take ${what} from ${who}`, source },
    ),
  ];
  const needs = [fact("act-as", principalId(assignment))];
  const how = `${who} signs in as ${set.name} in account ${account}`;
  const roles = center.rolesOf(set, account);
  const unless = roles.length > 1 ? [`account ${account} has ${roles.length} roles of the name ${set.name}`] : [];
  for (const role of roles)
    out.decided(accepts(aws, role), { family: FAMILY, needs, gives: fact("act-as", role.arn), how, grants, source, unless });
  if (roles.length > 0) return;
  const why = `the role of ${what} was not read`;
  const decision = wouldAdminister(aws, set, account);
  out.decided(decision, { family: FAMILY, needs, gives: fact("control", rootOf(account)), how, grants, source, unless: [why] });
  if (known.environmentOf(rootOf(account)) === undefined) return;
  sink.gap({
    topic: "aws/identity-center",
    subject: `${set.arn}#${account}`,
    what: `role of ${what}`,
    why: "it is assigned, and the account's roles that were read hold none of its name",
    clauses: ["A2", "A6"],
    source,
  });
}

/** The role trusts the provider that Identity Center made in the account; a resource control policy may still hold it back. */
function accepts(aws: AwsEstate, role: Role): Decision {
  if (!role.trust) return { outcome: "unknown", missing: `the trust policy of ${role.label} was not read` };
  let best: Decision = IMPLICIT_DENY;
  for (const provider of providersOf(role)) {
    const decision = ask(aws, caller("federated", provider, role.account), "sts:assumerolewithsaml", targetOf(role), claimsAsWished(role));
    if (best === IMPLICIT_DENY || decision.outcome === "allowed") best = decision;
  }
  return best;
}

function unknownSet({ permissionSet, account, principal, source }: AwsAccountAssignment, out: Emission): void {
  const who = principal.type === "user" ? userId(principal.id) : groupId(principal.id);
  out.rule({
    family: FAMILY,
    needs: [fact("act-as", who)],
    gives: fact("control", rootOf(account)),
    certainty: "may",
    because: `permission set ${permissionSet} was not read`,
    grants: [],
    how: `${who} has permission set ${permissionSet} in account ${account}`,
    source,
  });
}

/** A user that is assigned something, and that nobody of the charter has: whose it is concerns people only, so it is left open. */
function unmappedUsers(center: IdentityCenter, known: KnownEstate, sink: RuleSink): void {
  const assigned = new Set(
    center.assignments.flatMap(({ principal }) => (principal.type === "user" ? [principal.id] : center.membersOf(principal.id))),
  );
  for (const user of center.users) {
    if (user.isDisabled || !assigned.has(user.id) || center.peopleOf(user).length > 0) continue;
    if (known.charter.people.some(({ identities }) => identities.holds.includes(userId(user.id)))) continue;
    sink.gap({
      topic: "identity/unmapped",
      subject: userId(user.id),
      what: `who signs in as ${user.userName} of IAM Identity Center`,
      why: "no person of the charter has it among identities.identityCenter",
      clauses: ["A2", "A6"],
      source: user.source,
    });
  }
}
