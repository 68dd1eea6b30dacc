// What unread AWS inputs could have held, as may-rules, and no more.
import { globMatches } from "../../lib/glob.ts";
import { isDelegation } from "../../model/aws/arn.ts";
import { gapId, type Gap } from "../../model/gap.ts";
import { fact, type Fact, type RuleSink } from "../../model/rule.ts";
import type { Source } from "../../model/source.ts";
import type { KnownEstate } from "../plane.ts";
import type { Emission } from "./emission.ts";
import { rootOf, type AwsEstate } from "./estate.ts";
import { directoryId, groupId, identityCenter } from "./identity-center.ts";
import { accountOf, clusterId, unreadId } from "./names.ts";
import { statementsFor } from "./policy.ts";

/**
 * Each topic of the AWS collector, decided here:
 *
 * - `aws/authorization-details`: an identity of the account could be anyone's: control of the account. Not scoped to an account: not taken.
 * - `aws/principal-policy`, `aws/managed-policy`: the identity could be administrator. A trust policy: assume-role.ts lets anyone in.
 * - `aws/resource-policy`: anyone could read and write the resource (and access.ts makes what is allowed uncertain: it could deny).
 * - `aws/control-policy`, `aws/organization`: can only take away; AwsEstate.unreadControl makes what is allowed uncertain. Where the charter
 *   draws boundaries by units, an unread organization also hides who belongs where: not taken.
 * - `aws/resource-list`, `aws/other`, `aws/scope`: an unlisted resource of the account that anyone could read and write, an entity of its own.
 *   Not scoped to an account: not taken.
 * - `aws/sharing`: of one thing, anyone could read it; of a list of an account, something unlisted that anyone could read. Not found: not taken.
 * - `aws/encryption`: which key encrypts can only keep readers out. No rule.
 * - `aws/eks-access`: anyone could administer the cluster, and its pods act as any role that trusts EKS Pod Identity.
 * - `aws/identity-center`: who is assigned to a set in an account, or in a group: any user of the directory. The policies of a set: the role that
 *   it would keep is not certain. Who administers it: any account. Which sets, users or accounts there are: not taken.
 * - `aws/oidc-provider`: trust policies name the provider themselves; only its audiences are unknown, and any is then accepted. No rule.
 */
export function gapRules(aws: AwsEstate, known: KnownEstate, out: Emission, sink: RuleSink): void {
  for (const gap of known.gaps) {
    const handle = HANDLERS[gap.topic];
    if (!handle) continue;
    if (known.charter.absent[gap.topic] !== undefined || handle(gap, { aws, known, out })) sink.took(gap);
  }
}

interface Scope {
  readonly aws: AwsEstate;
  readonly known: KnownEstate;
  readonly out: Emission;
}

type Handler = (gap: Gap, scope: Scope) => boolean;

const could = (out: Emission, gap: Gap, needs: readonly Fact[], gives: Fact, how: string): void =>
  out.rule({
    family: "aws/unread",
    needs,
    gives,
    certainty: "may",
    because: `${gap.what} was not read (${gap.why}) [${gapId(gap)}]`,
    grants: [],
    how,
    source: gap.source ?? { file: "" },
  });

const authorizationDetails: Handler = (gap, { out }) => {
  if (!/^\d{12}$/.test(gap.subject)) return false;
  could(out, gap, [], fact("control", rootOf(gap.subject)), `an identity of account ${gap.subject} that was not read may be anyone's`);
  return true;
};

const principalPolicy: Handler = (gap, { aws, out }) => {
  const account = accountOf(gap.subject) ?? /^arn:[^:]+:iam::(\d{12}):/.exec(gap.subject)?.[1];
  if (account === undefined) return false;
  const group = aws.groups.find((one) => one.arn === gap.subject);
  const bearers = group ? aws.identities.filter((identity) => identity.groups.includes(group)).map(({ arn }) => arn) : [gap.subject];
  const trustOnly = aws.roles.some((role) => role.arn === gap.subject && role.trust === undefined) && gap.what.startsWith("trust policy");
  for (const arn of trustOnly ? [] : bearers) {
    could(out, gap, [fact("act-as", arn)], fact("control", rootOf(account)), `${arn} may administer account ${account} by ${gap.what}`);
  }
  return true;
};

const managedPolicy: Handler = (gap, { aws, out }) => {
  if (!gap.subject.startsWith("arn:")) return false;
  for (const identity of aws.identities) {
    const attached = [...identity.observed.managed, ...identity.groups.flatMap((group) => group.managed)];
    if (!attached.some(({ arn }) => arn === gap.subject)) continue;
    const how = `${identity.label} may administer account ${identity.account} by ${gap.what}`;
    could(out, gap, [fact("act-as", identity.arn)], fact("control", rootOf(identity.account)), how);
  }
  return true;
};

/** The subject may be a pattern: a call names a secret without the characters that its ARN ends in. */
const resourcePolicy: Handler = (gap, { aws, known, out }) => {
  if (!gap.subject.startsWith("arn:")) return false;
  // What an unread delegation policy could have held is who defeats a control policy: guards.ts.
  if (isDelegation(gap.subject)) return true;
  const found = known.entities.has(gap.subject)
    ? [gap.subject]
    : aws.resources.map(({ arn }) => arn).filter((arn) => globMatches(gap.subject, arn));
  for (const arn of found.length > 0 ? found : [gap.subject]) {
    const label = known.entities.get(arn)?.label ?? arn;
    could(out, gap, [], fact("read", arn), `the policy of ${label} may let anyone read it`);
    could(out, gap, [], fact("write", arn), `the policy of ${label} may let anyone write it`);
  }
  return true;
};

const organization: Handler = (_, { known }) =>
  ![...known.charter.environments, ...known.charter.shared].some(({ boundary }) => (boundary.aws?.organizationalUnits.length ?? 0) > 0);

const unlisted: Handler = (gap, { out }) => {
  const account = accountOfSubject(gap.subject);
  if (account === undefined) return false;
  const id = unreadId(account, gap.subject);
  could(out, gap, [], fact("read", id), `something of account ${account} that was not listed may be open to anyone's reading`);
  could(out, gap, [], fact("write", id), `something of account ${account} that was not listed may be open to anyone's writing`);
  return true;
};

const sharing: Handler = (gap, { aws, out }) => {
  const found = aws.resources.filter(({ arn }) => arn === gap.subject || (gap.subject.includes("*") && globMatches(gap.subject, arn)));
  for (const { arn, type, name } of found) could(out, gap, [], fact("read", arn), `${type}/${name} may be shared with anyone`);
  const account = found.length > 0 ? undefined : listAccount(gap.subject);
  if (account === undefined) return found.length > 0;
  const how = `something of account ${account} that was not listed may be shared with anyone`;
  could(out, gap, [], fact("read", unreadId(account, gap.subject)), how);
  return true;
};

/** `ACCOUNT:service`, of a list; undefined for what is about one thing. */
const listAccount = (subject: string): string | undefined => /^(\d{12}):[a-z0-9]+$/.exec(subject)?.[1];

const eksAccess: Handler = (gap, { aws, out }) => {
  const cluster = aws.observations("aws/eks-cluster").find(({ arn }) => arn === gap.subject);
  const name = cluster?.name ?? /:cluster\/([^/]+)$/.exec(gap.subject)?.[1];
  if (name === undefined) return false;
  const account = cluster?.account ?? accountOf(gap.subject);
  could(out, gap, [], fact("control", clusterId(name)), `an access entry of cluster ${name} may let anyone in`);
  for (const role of aws.roles) {
    if (role.account !== account || !role.trust) continue;
    const trustsPods = statementsFor(role.trust.compiled, "sts:assumerole").some(
      ({ effect, principals }) =>
        effect === "Allow" && principals?.entries.some(({ value }) => value === "pods.eks.amazonaws.com") === true,
    );
    if (trustsPods) could(out, gap, [], fact("act-as", role.arn), `a pod of cluster ${name} may act as ${role.label}`);
  }
  return true;
};

const unreadCenter: Handler = (gap, { aws, out }) => {
  const center = identityCenter(aws);
  const [subject = "", part] = gap.subject.split("#");
  if (subject === "sso.amazonaws.com" || part === "policies") return true;
  const users = new Set(center.users.map(({ store }) => directoryId(store)));
  if (users.size === 0) return false;
  const isGroup = center.assignments.some(({ principal }) => principal.type === "group" && principal.id === subject);
  const set = part === undefined ? undefined : center.setOf(subject);
  const roles = set && part !== undefined ? center.rolesOf(set, part) : [];
  if (!isGroup && roles.length === 0) return false;
  for (const user of users) {
    const needs = [fact("act-as", user)];
    if (isGroup) could(out, gap, needs, fact("act-as", groupId(subject)), `any user of IAM Identity Center may be in group ${subject}`);
    for (const role of roles)
      could(out, gap, needs, fact("act-as", role.arn), `any user of IAM Identity Center may be assigned ${set?.name} in account ${part}`);
  }
  return true;
};

const HANDLERS: Readonly<Record<string, Handler>> = {
  "aws/authorization-details": authorizationDetails,
  "aws/principal-policy": principalPolicy,
  "aws/managed-policy": managedPolicy,
  "aws/resource-policy": resourcePolicy,
  "aws/control-policy": () => true,
  "aws/organization": organization,
  "aws/resource-list": unlisted,
  "aws/other": unlisted,
  "aws/scope": unlisted,
  "aws/sharing": sharing,
  "aws/encryption": () => true,
  "aws/eks-access": eksAccess,
  "aws/oidc-provider": () => true,
  "aws/identity-center": unreadCenter,
};

const accountOfSubject = (subject: string): string | undefined => accountOf(subject) ?? /^(\d{12})(?::|$)/.exec(subject)?.[1];

interface Unlisted {
  readonly account: string;
  readonly subject: string;
  readonly what: string;
  readonly source: Source;
}

/** Entities that stand for what could not be listed. */
export function unlistedOf(gaps: readonly Gap[]): readonly Unlisted[] {
  return gaps.flatMap((gap) => {
    const handler = HANDLERS[gap.topic];
    const account = handler === unlisted ? accountOfSubject(gap.subject) : handler === sharing ? listAccount(gap.subject) : undefined;
    return account === undefined ? [] : [{ account, subject: gap.subject, what: gap.what, source: gap.source ?? { file: "" } }];
  });
}

/** A role that people sign in to, and nobody of the charter has: who can act as it is not known. Concerns people only, so it is left open. */
export function unmappedRoles(aws: AwsEstate, sink: RuleSink): void {
  for (const role of aws.roles) {
    if (!role.peopleOnly || role.people.length > 0 || role.serviceLinked || identityCenter(aws).isAssigned(role)) continue;
    sink.gap({
      topic: "identity/unmapped",
      subject: role.arn,
      what: `who signs in to ${role.label} of account ${role.account}`,
      why: "no person of the charter has it among identities.aws",
      clauses: ["A2", "A6"],
      source: role.source,
    });
  }
}
