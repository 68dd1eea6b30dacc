// IAM Identity Center as it was read: who is in which group, which set is assigned to whom in which account, and the role that a set keeps there.
import { isReservedRoleOf } from "../../model/aws/reserved-role.ts";
import type {
  AwsAccountAssignment,
  AwsIdentityCenter,
  AwsIdentityCenterUser,
  AwsPermissionSet,
} from "../../model/observations/aws-identity-center.ts";
import type { AwsRole } from "../../model/observations/aws.ts";
import { inside } from "../../model/source.ts";
import type { Person } from "../../charter/schema.ts";
import { globMatches } from "../../lib/glob.ts";
import { administers } from "./administer.ts";
import type { AwsEstate, Role } from "./estate.ts";
import { IMPLICIT_DENY, type Decision } from "./evaluate.ts";
import { FRESH } from "./patterns.ts";

// ARNs without an account, as the Service Authorization Reference ("AWS Identity Store") writes them: the ids are unique.
export const userId = (id: string): string => `arn:aws:identitystore:::user/${id}`;
export const groupId = (id: string): string => `arn:aws:identitystore:::group/${id}`;
/** Whoever acts as a directory can be some user of it, which one does not matter. */
export const directoryId = (store: string): string => `arn:aws:identitystore:::identitystore/${store}`;

export interface IdentityCenter {
  readonly instances: readonly AwsIdentityCenter[];
  readonly sets: readonly AwsPermissionSet[];
  readonly users: readonly AwsIdentityCenterUser[];
  readonly assignments: readonly AwsAccountAssignment[];
  /** Ids of users. */
  readonly membersOf: (group: string) => readonly string[];
  readonly setOf: (arn: string) => AwsPermissionSet | undefined;
  /** More than one when a name was used again: which of them is the set's is then not known. */
  readonly rolesOf: (set: AwsPermissionSet, account: string) => readonly Role[];
  /** Whether it is known who is assigned to the set that keeps this role. */
  readonly isAssigned: (role: Role) => boolean;
  readonly peopleOf: (user: AwsIdentityCenterUser) => readonly Person[];
  /** The instance's directory. */
  readonly storeOf: (set: AwsPermissionSet) => string | undefined;
}

const known = new WeakMap<AwsEstate, IdentityCenter>();

/** Read once for both passes of the plane. */
export function identityCenter(aws: AwsEstate): IdentityCenter {
  let center = known.get(aws);
  if (!center) known.set(aws, (center = read(aws)));
  return center;
}

function read({ observations, roles, charter }: AwsEstate): IdentityCenter {
  const sets = observations("aws/permission-set");
  const users = observations("aws/identity-center-user");
  const instances = observations("aws/identity-center");
  const assignments = observations("aws/account-assignment");
  const byArn = new Map(sets.map((set) => [set.arn, set]));
  const members = Map.groupBy(observations("aws/identity-center-membership"), ({ group }) => group);
  const rolesOf = (set: AwsPermissionSet, account: string): readonly Role[] =>
    roles.filter((role) => role.account === account && isReservedRoleOf(role.observed, set.name));
  const assigned = new Set(assignments.map(({ permissionSet, account }) => `${permissionSet} ${account}`));
  return {
    instances,
    sets,
    users,
    assignments,
    membersOf: (group) => (members.get(group) ?? []).map(({ user }) => user),
    setOf: (arn) => byArn.get(arn),
    rolesOf,
    isAssigned: (role) => sets.some((set) => isReservedRoleOf(role.observed, set.name) && assigned.has(`${set.arn} ${role.account}`)),
    peopleOf: (user) => charter.people.filter((person) => isHeldBy(person, user)),
    storeOf: ({ instance }) => instances.find(({ arn }) => arn === instance)?.store,
  };
}

/** By the user's name or an e-mail address, both compared without case (IAM Identity Center User Guide, "Usernames"), or by its ARN. */
function isHeldBy({ identities }: Person, user: AwsIdentityCenterUser): boolean {
  const names = new Set([user.userName, ...user.emails].map((name) => name.toLowerCase()));
  return (
    identities.identityCenter.some((name) => names.has(name.toLowerCase())) ||
    identities.aws.some((pattern) => globMatches(pattern, userId(user.id)))
  );
}

/**
 * Whether the role that the set would keep administers the account. What in the set itself holds it back stands on nothing that is there yet, so only
 * control policies count as what someone could lift; who may change the set is asked for in its own right.
 */
export function wouldAdminister(aws: AwsEstate, set: AwsPermissionSet, account: string): Decision {
  const decision = administers(aws, roleIn(aws, set, account));
  if (decision.outcome !== "denied") return decision;
  return decision.obstacles.every(({ guard }) => guard?.id.includes(":organizations:")) ? decision : IMPLICIT_DENY;
}

/** The role that the set would keep in the account: its policies there, under a name that nobody has seen. */
function roleIn(aws: AwsEstate, set: AwsPermissionSet, account: string): Role {
  const name = `AWSReservedSSO_${set.name}_${FRESH}`;
  const inAccount = ({ name: policy, path }: { readonly name: string; readonly path: string }): string =>
    `arn:aws:iam::${account}:policy${path}${policy}`;
  const { boundary } = set;
  const observed: AwsRole = {
    kind: "aws/role",
    arn: `arn:aws:iam::${account}:role/aws-reserved/sso.amazonaws.com/${name}`,
    account,
    name,
    path: "/aws-reserved/sso.amazonaws.com/",
    inline: set.inline ? [set.inline] : [],
    managed: [...set.managed, ...set.customer.map((reference) => ({ arn: inAccount(reference), source: reference.source }))],
    tags: {},
    trust: { name: "trust policy", document: null, source: inside(set.source, "trust") },
    instanceProfiles: [],
    ...(boundary !== undefined && { boundary: boundary === "unread" ? "unread" : "arn" in boundary ? boundary.arn : inAccount(boundary) }),
    source: set.source,
  };
  const role = aws.asRole(observed);
  const unread = set.unread.map((what) => ({ what: `${what} of permission set ${set.name}`, source: set.source }));
  return { ...role, unread: [...role.unread, ...unread] };
}
