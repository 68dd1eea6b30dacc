// IAM Identity Center from its calls: permission sets with their policies, and what of sets, assignments and memberships was not read.
import type { AwsPermissionSet } from "../../model/observations/aws-identity-center.ts";
import type { ObservationKind } from "../../model/observation.ts";
import { observationKey } from "../../model/observation-key.ts";
import { isReservedRoleOf } from "../../model/aws/reserved-role.ts";
import { parseCall } from "./call.ts";
import { saysNone } from "./denied.ts";
import { groupBy, type Joining } from "./joining.ts";
import { identityCenterSubject } from "./map-identity-center.ts";

const KEPT: readonly ObservationKind[] = [
  "aws/identity-center",
  "aws/account-assignment",
  "aws/identity-center-user",
  "aws/identity-center-group",
  "aws/identity-center-membership",
  "aws/delegated-administrator",
];

export function joinIdentityCenter(joining: Joining): void {
  for (const kind of KEPT) {
    for (const [first] of groupBy(joining.of(kind), (item) => observationKey(item) ?? "").values()) if (first) joining.keep(first);
  }
  const missing = toldOnce(joining);
  const sets = [...groupBy(joining.of("aws/permission-set"), (set) => set.arn).values()].flatMap(([first]) =>
    first ? [wholeSet(joining, first, missing)] : [],
  );
  sets.forEach(joining.keep);
  unlistedSets(joining, sets, missing);
  for (const set of sets) unreadAssignments(joining, set, missing);
  unreadDirectory(joining, missing);
}

type Missing = (operation: string, subject: string, what: string) => void;

/** What a manifest lists as denied has its gap already. */
function toldOnce(joining: Joining): Missing {
  const told = new Set(
    joining.calls.flatMap(({ call, status }) => {
      const parsed = status === "denied" ? parseCall(call) : undefined;
      return parsed ? [`${parsed.operation} ${identityCenterSubject(parsed, "")}`] : [];
    }),
  );
  return (operation, subject, what) => {
    if (told.has(`${operation} ${subject}`)) return;
    told.add(`${operation} ${subject}`);
    const service = /^list-(?:users|groups|group-memberships)$/.test(operation)
      ? "identitystore"
      : operation === "list-delegated-administrators"
        ? "organizations"
        : "sso-admin";
    joining.gap("aws/identity-center", subject, what, `not collected: run aws ${service} ${operation}`);
  };
}

function wholeSet(joining: Joining, set: AwsPermissionSet, missing: Missing): AwsPermissionSet {
  const unread: string[] = [];
  const need = <T>(part: T | undefined, operation: string, what: string): T | undefined => {
    if (part !== undefined) return part;
    unread.push(what);
    missing(operation, `${set.arn}#policies`, `${what} of permission set ${set.name}`);
    return undefined;
  };
  const ofSet = <T extends { readonly set: string }>(parts: readonly T[]): T | undefined => parts.find((part) => part.set === set.arn);
  const managed = need(ofSet(joining.parts("permission-set-managed")), "list-managed-policies-in-permission-set", "managed policies");
  const customer = need(
    ofSet(joining.parts("permission-set-customer")),
    "list-customer-managed-policy-references-in-permission-set",
    "customer managed policies",
  );
  const inline = need(ofSet(joining.parts("permission-set-inline")), "get-inline-policy-for-permission-set", "inline policy");
  const boundary = ofSet(joining.parts("permission-set-boundary"))?.boundary;
  return {
    ...set,
    managed: managed?.managed ?? [],
    customer: customer?.customer ?? [],
    ...(inline?.policy && { inline: inline.policy }),
    ...(boundary !== undefined ? { boundary } : hasNoBoundary(joining, set) ? {} : { boundary: "unread" as const }),
    unread,
  };
}

/** That there is none is an error of the call (SSO Admin API Reference, GetPermissionsBoundaryForPermissionSet), which only a manifest keeps. */
const hasNoBoundary = (joining: Joining, set: AwsPermissionSet): boolean =>
  joining.calls.some(({ call, error }) => {
    const parsed = parseCall(call);
    return (
      parsed?.operation === "get-permissions-boundary-for-permission-set" &&
      parsed.flags["permission-set-arn"] === set.arn &&
      saysNone(parsed, error ?? "")
    );
  });

function unlistedSets(joining: Joining, sets: readonly AwsPermissionSet[], missing: Missing): void {
  const known = new Set(sets.map(({ arn }) => arn));
  const listed = new Map(joining.parts("permission-sets").map((part) => [part.instance, part.sets]));
  const instances = new Set([...joining.of("aws/identity-center").map(({ arn }) => arn), ...sets.map(({ instance }) => instance)]);
  for (const instance of instances) {
    if (!listed.has(instance)) missing("list-permission-sets", instance, `permission sets of ${instance}`);
    for (const set of listed.get(instance) ?? []) if (!known.has(set)) missing("describe-permission-set", set, `permission set ${set}`);
    const isRead = joining.parts("delegated-administrators").some(({ service }) => service === "sso.amazonaws.com");
    if (!isRead) missing("list-delegated-administrators", "sso.amazonaws.com", "accounts that administer IAM Identity Center");
  }
}

/** An account with a role of the set has it provisioned, whether or not the list of accounts was read. */
function unreadAssignments(joining: Joining, set: AwsPermissionSet, missing: Missing): void {
  const listed = joining.parts("permission-set-accounts").filter((part) => part.set === set.arn);
  const pieces = joining.parts("principal").map(({ principal }) => principal);
  const seen = [...joining.of("aws/role"), ...pieces].filter((role) => isReservedRoleOf(role, set.name));
  const accounts = new Set([...listed.flatMap((part) => part.accounts), ...seen.map((role) => role.account)]);
  const read = new Set(joining.parts("assignments").flatMap((part) => (part.set === set.arn ? [part.account] : [])));
  if (listed.length === 0)
    missing("list-accounts-for-provisioned-permission-set", set.arn, `accounts that permission set ${set.name} is provisioned in`);
  for (const account of accounts) {
    if (!read.has(account))
      missing("list-account-assignments", `${set.arn}#${account}`, `assignments of permission set ${set.name} in account ${account}`);
  }
}

function unreadDirectory(joining: Joining, missing: Missing): void {
  const read = new Set(joining.parts("directory").map(({ store, of }) => `${store} ${of}`));
  for (const { store } of joining.of("aws/identity-center")) {
    if (!read.has(`${store} users`)) missing("list-users", store, `users of directory ${store}`);
  }
  const members = new Set(joining.parts("members").map(({ group }) => group));
  for (const { principal } of joining.of("aws/account-assignment")) {
    if (principal.type === "group" && !members.has(principal.id))
      missing("list-group-memberships", principal.id, `members of group ${principal.id}`);
  }
}
