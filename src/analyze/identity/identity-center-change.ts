// Rules: who can change IAM Identity Center (assignments, permission sets, groups, users) has the roles that it keeps in each account.
import type { AwsIdentityCenter, AwsPermissionSet } from "../../model/observations/aws-identity-center.ts";
import { fact, grant, type Fact, type Grant } from "../../model/rule.ts";
import type { Administrators } from "./administer.ts";
import { ask, both, caller, either, isCertain } from "./ask.ts";
import { fixed } from "./condition.ts";
import type { Caller } from "./context.ts";
import type { Emission } from "./emission.ts";
import { rootOf, type AwsEstate, type Identity, type Role } from "./estate.ts";
import { IMPLICIT_DENY, type Decision } from "./evaluate.ts";
import { directoryId, groupId, identityCenter, userId, wouldAdminister, type IdentityCenter } from "./identity-center.ts";
import { FRESH } from "./patterns.ts";

const FAMILY = "aws/identity-center-change";
const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";

/** Whoever changes an instance from an account that administers it. */
interface Changer {
  readonly who: Caller;
  readonly has: Fact;
  readonly label: string;
  readonly instance: AwsIdentityCenter;
  /** From a delegated administrator's account the management account is out of reach, and so are sets that are provisioned in it. */
  readonly isDelegated: boolean;
  readonly unless: readonly string[];
  /** That the account administers it, where no policy statement of the account says more. */
  readonly grants: readonly Grant[];
}

/**
 * The owner's account, the delegated administrator's, and, where it was not read which that is, any other account may hold an administrator (IAM
 * Identity Center User Guide, "Delegated administration"; Service Authorization Reference, "AWS IAM Identity Center" and "AWS Identity Store").
 */
export function identityCenterChangeRules(aws: AwsEstate, administrators: Administrators, out: Emission): void {
  const center = identityCenter(aws);
  for (const instance of center.instances) {
    for (const changer of changersOf(aws, instance, administrators)) {
      directoryRules(aws, center, changer, out);
      for (const account of aws.accounts) {
        if (!isOutOfReach(aws, changer, account)) accountRules(aws, center, inOrganization(aws, changer, account), account, out);
      }
    }
  }
}

const isOutOfReach = (aws: AwsEstate, { isDelegated }: Changer, account: string): boolean =>
  (isDelegated && account === aws.organization.managementAccount) || aws.organization.idOf(account) === undefined;

const inOrganization = (aws: AwsEstate, changer: Changer, account: string): Changer =>
  aws.organization.idOf(account) === "unknown" && account !== changer.who.account
    ? { ...changer, unless: [...changer.unless, `if account ${account} is in the organization of ${changer.instance.arn}`] }
    : changer;

function* changersOf(aws: AwsEstate, instance: AwsIdentityCenter, administrators: Administrators): Iterable<Changer> {
  const owner = instance.account ?? aws.organization.managementAccount;
  const delegated = new Set(aws.observations("aws/delegated-administrator").map(({ account }) => account));
  for (const account of aws.accounts) {
    const isDelegated = account !== owner;
    if (isDelegated && !delegated.has(account) && !aws.isDelegationUnread) continue;
    const unless =
      isDelegated && !delegated.has(account) ? [`if account ${account} administers IAM Identity Center, which was not read`] : [];
    const root = caller("root", rootOf(account), account);
    const rest = { instance, isDelegated, unless, grants: [] };
    const grants = [administration(aws, instance, account, isDelegated)];
    yield { ...rest, who: root, has: fact("control", root.arn), label: `whoever administers account ${account}`, grants };
    for (const who of aws.inAccount(account)) {
      if (!who.serviceLinked && !administrators.has(who) && mayChange(who))
        yield { who, has: fact("act-as", who.arn), label: who.label, ...rest };
    }
  }
}

function administration(aws: AwsEstate, { arn, source }: AwsIdentityCenter, account: string, isDelegated: boolean): Grant {
  const label = `IAM Identity Center, administered by account ${account}`;
  const change = isDelegated
    ? `let an account that no lower environment reaches administer IAM Identity Center in place of ${account}`
    : `keep lower environments out of account ${account}`;
  const delegated = aws.observations("aws/delegated-administrator").find((one) => one.account === account);
  return grant(arn, { administeredBy: account }, { label, change, source: delegated?.source ?? source, removable: isDelegated });
}

const mayChange = (who: Identity): boolean =>
  ["sso:createaccountassignment", "sso:provisionpermissionset", "identitystore:creategroupmembership", ...SIGN_IN].some(
    (action) => who.index.forAction(action).allows.length > 0,
  );

/** All resource types that the action needs must be allowed (Service Authorization Reference, required resource types). */
function can(
  aws: AwsEstate,
  { who }: Changer,
  action: string,
  resources: readonly string[],
  extra: Readonly<Record<string, string>> = {},
): Decision {
  if ("index" in who && (who as Identity).index.forAction(action).allows.length === 0) return IMPLICIT_DENY;
  const given = Object.fromEntries(Object.entries(extra).map(([key, value]) => [key, fixed(value)]));
  return resources.map((arn) => ask(aws, who, action, { arn, account: who.account }, given)).reduce(both);
}

const accountArn = (account: string): string => `arn:aws:sso:::account/${account}`;

const assigns = (aws: AwsEstate, changer: Changer, set: string, account: string): Decision =>
  can(aws, changer, "sso:createaccountassignment", [accountArn(account), changer.instance.arn, set]);

/** Gives a set any policy. A reference to a customer managed policy takes one of that name in the account. */
const raises = (aws: AwsEstate, changer: Changer, set: string): Decision =>
  either(
    can(aws, changer, "sso:attachmanagedpolicytopermissionset", [changer.instance.arn, set], { "iam:policyarn": ADMINISTRATOR }),
    can(aws, changer, "sso:putinlinepolicytopermissionset", [changer.instance.arn, set]),
  );

const GIVEN: Decision = { outcome: "allowed", by: [], residual: [] };

/** Gives a set any policy, and takes its boundary off where it has one. */
const freely = (aws: AwsEstate, changer: Changer, set: AwsPermissionSet): Decision =>
  both(raises(aws, changer, set.arn), set.boundary === undefined ? GIVEN : unbinds(aws, changer, set));

const unbinds = (aws: AwsEstate, changer: Changer, set: AwsPermissionSet): Decision =>
  can(aws, changer, "sso:deletepermissionsboundaryfrompermissionset", [changer.instance.arn, set.arn]);

/** What is changed reaches the role when the set is provisioned, which an assignment does too (SSO Admin API Reference, CreateAccountAssignment). */
const provisions = (aws: AwsEstate, changer: Changer, set: string, account: string): Decision =>
  either(
    can(aws, changer, "sso:provisionpermissionset", [accountArn(account), changer.instance.arn, set]),
    assigns(aws, changer, set, account),
  );

function accountRules(aws: AwsEstate, center: IdentityCenter, changer: Changer, account: string, out: Emission): void {
  const store = fact("act-as", directoryId(changer.instance.store));
  const sets = center.sets.filter((set) => set.instance === changer.instance.arn && isChangeable(center, aws, changer, set));
  const { has, label, unless, grants } = changer;
  let writes = newSet(aws, changer, account);
  let whole = writes;
  for (const set of sets) {
    const assigned = assigns(aws, changer, set.arn, account);
    writes = either(writes, assigned);
    if (assigned !== IMPLICIT_DENY && !isCertain(whole))
      whole = either(whole, both(assigned, either(wouldAdminister(aws, set, account), freely(aws, changer, set))));
    const roles = center.rolesOf(set, account);
    for (const role of roles) {
      const how = `${label} can assign ${set.name} in account ${account} to a user`;
      out.decided(assigned, { family: FAMILY, needs: [has, store], gives: fact("act-as", role.arn), how, unless, grants });
      changedSet(aws, changer, set, role, out);
    }
  }
  const how = `${label} can assign any user an administrator's permission set in account ${account}`;
  out.decided(whole, { family: FAMILY, needs: [has, store], gives: fact("control", rootOf(account)), how, unless, grants });
  const change = `${label} can assign permission sets in account ${account}, which makes roles there`;
  out.decided(writes, { family: FAMILY, needs: [has], gives: fact("write", rootOf(account)), how: change, unless, grants });
}

const isChangeable = (center: IdentityCenter, aws: AwsEstate, { isDelegated }: Changer, set: AwsPermissionSet): boolean =>
  !isDelegated ||
  !center.assignments.some(({ permissionSet, account }) => permissionSet === set.arn && account === aws.organization.managementAccount);

/** A set of one's own, with an administrator's policy, assigned. */
function newSet(aws: AwsEstate, changer: Changer, account: string): Decision {
  const { arn } = changer.instance;
  const set = `${arn.replace(":instance/", ":permissionSet/")}/${FRESH}`;
  const made = can(aws, changer, "sso:createpermissionset", [arn]);
  return made === IMPLICIT_DENY ? made : both(both(made, raises(aws, changer, set)), assigns(aws, changer, set, account));
}

/** As with any identity that one can give policies (escalate.ts): it is written, and with it in hand comes the account, unless its boundary holds. */
function changedSet(aws: AwsEstate, changer: Changer, set: AwsPermissionSet, role: Role, out: Emission): void {
  const raised = raises(aws, changer, set.arn);
  const decision = raised === IMPLICIT_DENY ? raised : both(raised, provisions(aws, changer, set.arn, role.account));
  if (decision === IMPLICIT_DENY) return;
  const { has, unless, grants } = changer;
  const how = `${changer.label} can give permission set ${set.name} any policy, and so ${role.label} of account ${role.account}`;
  out.decided(decision, { family: FAMILY, needs: [has], gives: fact("write", role.arn), how, unless, grants });
  const freed = role.boundary === undefined ? decision : both(decision, unbinds(aws, changer, set));
  out.decided(freed, {
    family: FAMILY,
    needs: [has, fact("act-as", role.arn)],
    gives: fact("control", rootOf(role.account)),
    how,
    unless,
    grants,
  });
}

/** What lets in a new user, or takes over one: a first password comes to the address that one writes there (User Guide, "Add users", "Reset password"). */
const SIGN_IN = [
  "identitystore:createuser",
  "identitystore:updateuser",
  "sso-directory:updatepassword",
  "sso-directory:createuser",
] as const;

function directoryRules(aws: AwsEstate, center: IdentityCenter, changer: Changer, out: Emission): void {
  const { has, label, instance, grants } = changer;
  const { store } = instance;
  const owner = instance.account ?? aws.organization.managementAccount ?? "*";
  const directory = `arn:aws:identitystore::${owner}:identitystore/${store}`;
  const anyUser = "arn:aws:identitystore:::user/*";
  for (const group of aws.observations("aws/identity-center-group")) {
    if (group.store !== store || !center.assignments.some(({ principal }) => principal.id === group.id)) continue;
    const memberships = "arn:aws:identitystore:::membership/*";
    const decision = can(aws, changer, "identitystore:creategroupmembership", [directory, groupId(group.id), anyUser, memberships]);
    out.decided(decision, {
      family: FAMILY,
      needs: [has, fact("act-as", directoryId(store))],
      gives: fact("act-as", groupId(group.id)),
      how: `${label} can put any user into group ${group.name}`,
      unless: changer.unless,
      grants,
    });
  }
  const outside = "if the directory's users are its own and not an outside provider's";
  const takesOver = SIGN_IN.map((action) =>
    can(aws, changer, action, action.startsWith("identitystore:") ? [directory, anyUser] : ["*"]),
  ).reduce<Decision>(either, IMPLICIT_DENY);
  const how = `${label} can make a user of directory ${store}, or take one over`;
  const unless = [...changer.unless, outside];
  out.decided(takesOver, { family: FAMILY, needs: [has], gives: fact("act-as", directoryId(store)), how, unless, grants });
  const [first, ...more] = ["identitystore:updateuser", "sso-directory:updatepassword"];
  const overwrites = either(can(aws, changer, first as string, [directory, anyUser]), can(aws, changer, more[0] as string, ["*"]));
  for (const user of center.users) {
    if (user.store !== store) continue;
    const words = `${label} can take over ${user.userName} of IAM Identity Center`;
    out.decided(overwrites, { family: FAMILY, needs: [has], gives: fact("act-as", userId(user.id)), how: words, unless, grants });
  }
}
