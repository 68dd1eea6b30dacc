// IAM Identity Center: instances, permission sets with their policies, account assignments, and the directory of users and groups.
import { isObject } from "../../lib/json.ts";
import { inside } from "../../model/source.ts";
import type { CliCall } from "./call.ts";
import {
  AccountAssignment,
  AccountId,
  PermissionSet,
  PermissionSetArn,
  SetBoundary,
  SetManagedPolicy,
  SetPolicyReference,
  SsoInstance,
  StoreGroup,
  StoreMembership,
  StoreUser,
} from "./schema.ts";
import { eachItem, has, listOf, parseItem, policyOrGap, type Reading, type Shape } from "./shape.ts";

const flag = (reading: Reading, name: string): string | undefined => reading.call?.flags[name];

/** What an answer is about, as tightly as its call says: a set's policies, or its assignments in one account, stand after `#`. */
export function identityCenterSubject({ operation, flags }: CliCall, otherwise: string): string {
  const set = flags["permission-set-arn"];
  if (set === undefined)
    return flags["service-principal"] ?? flags["instance-arn"] ?? flags["group-id"] ?? flags["identity-store-id"] ?? otherwise;
  if (flags["account-id"] !== undefined) return `${set}#${flags["account-id"]}`;
  return /polic|boundary/.test(operation) ? `${set}#policies` : set;
}

const subjectOf = (reading: Reading): string => {
  const otherwise = reading.account ?? reading.file.scope?.organization ?? reading.file.path;
  return reading.call ? identityCenterSubject(reading.call, otherwise) : otherwise;
};

const unseen = (reading: Reading, what: string) => ({ topic: "aws/identity-center", subject: subjectOf(reading), what }) as const;

/** The value that only the call holds; without the call, a gap. */
function required(reading: Reading, name: string, what: string): string | undefined {
  const value = flag(reading, name);
  if (value === undefined)
    reading.gap(
      "aws/identity-center",
      subjectOf(reading),
      what,
      `the file does not say whose: keep the call with its --${name} in a manifest`,
    );
  return value;
}

function mapInstances(reading: Reading): void {
  eachItem(reading, "Instances", SsoInstance, unseen(reading, "an instance of IAM Identity Center"), (item, source) =>
    reading.observe({
      kind: "aws/identity-center",
      arn: item.InstanceArn,
      store: item.IdentityStoreId,
      ...(item.OwnerAccountId !== undefined && { account: item.OwnerAccountId }),
      source,
    }),
  );
}

/** As the call names it, else from `arn:aws:sso:::permissionSet/ssoins-1/ps-1`. */
const instanceOf = (reading: Reading, set: string): string =>
  flag(reading, "instance-arn") ?? set.replace(/:permissionSet\/([^/]+)\/.*$/, ":instance/$1");

function mapSets(reading: Reading): void {
  const sets: string[] = [];
  eachItem(reading, "PermissionSets", PermissionSetArn, unseen(reading, "a permission set"), (item) => sets.push(item));
  const instance = flag(reading, "instance-arn") ?? (sets[0] === undefined ? undefined : instanceOf(reading, sets[0]));
  if (instance !== undefined) reading.observe({ kind: "aws/part", part: "permission-sets", instance, sets, source: reading.source });
}

/** `PT1H30M` → 5400. */
const secondsOf = (duration: string): number => {
  const [, hours, minutes, seconds] = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$/.exec(duration) ?? [];
  return Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
};

function mapSet(reading: Reading): void {
  const source = inside(reading.source, "PermissionSet");
  const item = parseItem(reading, PermissionSet, reading.document["PermissionSet"], source, unseen(reading, "a permission set"));
  if (!item) return;
  reading.observe({
    kind: "aws/permission-set",
    arn: item.PermissionSetArn,
    instance: instanceOf(reading, item.PermissionSetArn),
    name: item.Name,
    ...(item.SessionDuration !== undefined && { sessionSeconds: secondsOf(item.SessionDuration) }),
    managed: [],
    customer: [],
    unread: [],
    source,
  });
}

function mapManaged(reading: Reading): void {
  const what = "managed policies of a permission set";
  const set = required(reading, "permission-set-arn", what);
  const managed: { arn: string; source: typeof reading.source }[] = [];
  eachItem(reading, "AttachedManagedPolicies", SetManagedPolicy, unseen(reading, what), ({ Arn: arn }, source) =>
    managed.push({ arn, source }),
  );
  if (set !== undefined) reading.observe({ kind: "aws/part", part: "permission-set-managed", set, managed, source: reading.source });
}

function mapCustomer(reading: Reading): void {
  const what = "customer managed policies of a permission set";
  const set = required(reading, "permission-set-arn", what);
  const customer: { name: string; path: string; source: typeof reading.source }[] = [];
  eachItem(reading, "CustomerManagedPolicyReferences", SetPolicyReference, unseen(reading, what), (item, source) =>
    customer.push({ name: item.Name, path: item.Path ?? "/", source }),
  );
  if (set !== undefined) reading.observe({ kind: "aws/part", part: "permission-set-customer", set, customer, source: reading.source });
}

/** The inline policy is JSON text; a set without one answers with none, or with an empty text (SSO Admin API Reference, GetInlinePolicyForPermissionSet). */
function mapInline(reading: Reading): void {
  const set = required(reading, "permission-set-arn", "inline policy of a permission set");
  if (set === undefined) return;
  const given = reading.document["InlinePolicy"];
  const source = inside(reading.source, "InlinePolicy");
  if (given === undefined || given === "" || given === null)
    return reading.observe({ kind: "aws/part", part: "permission-set-inline", set, source: reading.source });
  const document = policyOrGap(reading, given, source, "identity", unseen(reading, `inline policy of ${set}`));
  if (document === undefined) return;
  const policy = { name: "inline", document, source };
  reading.observe({ kind: "aws/part", part: "permission-set-inline", set, policy, source });
}

function mapBoundary(reading: Reading): void {
  const what = "permissions boundary of a permission set";
  const set = required(reading, "permission-set-arn", what);
  const source = inside(reading.source, "PermissionsBoundary");
  const item = parseItem(reading, SetBoundary, reading.document["PermissionsBoundary"], source, unseen(reading, what));
  if (!item || set === undefined) return;
  const boundary =
    "ManagedPolicyArn" in item
      ? { arn: item.ManagedPolicyArn }
      : { name: item.CustomerManagedPolicyReference.Name, path: item.CustomerManagedPolicyReference.Path ?? "/" };
  reading.observe({ kind: "aws/part", part: "permission-set-boundary", set, boundary, source });
}

function mapProvisioned(reading: Reading): void {
  const what = "accounts that a permission set is provisioned in";
  const set = required(reading, "permission-set-arn", what);
  const accounts: string[] = [];
  eachItem(reading, "AccountIds", AccountId, unseen(reading, what), (item) => accounts.push(item));
  if (set !== undefined) reading.observe({ kind: "aws/part", part: "permission-set-accounts", set, accounts, source: reading.source });
}

function mapAssignments(reading: Reading): void {
  let [set, account] = [flag(reading, "permission-set-arn"), flag(reading, "account-id")];
  eachItem(reading, "AccountAssignments", AccountAssignment, unseen(reading, "an account assignment"), (item, source) => {
    set ??= item.PermissionSetArn;
    account ??= item.AccountId;
    const type = item.PrincipalType === "USER" ? "user" : "group";
    const principal = { type, id: item.PrincipalId } as const;
    reading.observe({
      kind: "aws/account-assignment",
      permissionSet: item.PermissionSetArn,
      account: item.AccountId,
      principal,
      source,
    });
  });
  if (set !== undefined && account !== undefined)
    return reading.observe({ kind: "aws/part", part: "assignments", set, account, source: reading.source });
  required(reading, set === undefined ? "permission-set-arn" : "account-id", "account assignments");
}

function mapUsers(reading: Reading): void {
  let store = flag(reading, "identity-store-id");
  eachItem(reading, "Users", StoreUser, unseen(reading, "a user of IAM Identity Center"), (item, source) => {
    store ??= item.IdentityStoreId;
    reading.observe({
      kind: "aws/identity-center-user",
      store: item.IdentityStoreId,
      id: item.UserId,
      userName: item.UserName,
      emails: (item.Emails ?? []).flatMap(({ Value }) => Value ?? []),
      isDisabled: item.UserStatus === "DISABLED",
      source,
    });
  });
  if (store !== undefined) reading.observe({ kind: "aws/part", part: "directory", store, of: "users", source: reading.source });
}

function mapGroups(reading: Reading): void {
  let store = flag(reading, "identity-store-id");
  eachItem(reading, "Groups", StoreGroup, unseen(reading, "a group of IAM Identity Center"), (item, source) => {
    store ??= item.IdentityStoreId;
    const name = item.DisplayName ?? item.GroupId;
    reading.observe({ kind: "aws/identity-center-group", store: item.IdentityStoreId, id: item.GroupId, name, source });
  });
  if (store !== undefined) reading.observe({ kind: "aws/part", part: "directory", store, of: "groups", source: reading.source });
}

function mapMemberships(reading: Reading): void {
  let group = flag(reading, "group-id");
  eachItem(reading, "GroupMemberships", StoreMembership, unseen(reading, "who is in a group of IAM Identity Center"), (item, source) => {
    group ??= item.GroupId;
    const { IdentityStoreId: store, GroupId, MemberId } = item;
    reading.observe({ kind: "aws/identity-center-membership", store, group: GroupId, user: MemberId.UserId, source });
  });
  if (group !== undefined) return reading.observe({ kind: "aws/part", part: "members", group, source: reading.source });
  required(reading, "group-id", "who is in a group of IAM Identity Center");
}

const shape = (service: "sso-admin" | "identitystore", operation: string, is: Shape["is"], map: Shape["map"]): Shape => ({
  name: `${service} ${operation}`,
  service,
  operations: [operation],
  is,
  topic: "aws/identity-center",
  subject: subjectOf,
  map,
});

/** An empty list looks like that of other services, and only the call tells it. */
const ofStore =
  (key: string): Shape["is"] =>
  (document) =>
    Array.isArray(document[key]) && (document[key] as readonly unknown[]).length > 0 && listOf(document, key, "IdentityStoreId");

const setsAreListed: Shape["is"] = ({ PermissionSets: list }) =>
  Array.isArray(list) && list.every((item) => typeof item === "string" && item.includes(":permissionSet/"));

export const identityCenterShapes: readonly Shape[] = [
  shape("sso-admin", "list-instances", (document) => listOf(document, "Instances", "InstanceArn", "IdentityStoreId"), mapInstances),
  shape("sso-admin", "list-permission-sets", setsAreListed, mapSets),
  shape("sso-admin", "describe-permission-set", ({ PermissionSet: set }) => isObject(set) && has(set, "PermissionSetArn", "Name"), mapSet),
  shape(
    "sso-admin",
    "list-managed-policies-in-permission-set",
    (document) => Array.isArray(document["AttachedManagedPolicies"]),
    mapManaged,
  ),
  shape(
    "sso-admin",
    "list-customer-managed-policy-references-in-permission-set",
    (document) => Array.isArray(document["CustomerManagedPolicyReferences"]),
    mapCustomer,
  ),
  shape("sso-admin", "get-inline-policy-for-permission-set", (document) => typeof document["InlinePolicy"] === "string", mapInline),
  shape(
    "sso-admin",
    "get-permissions-boundary-for-permission-set",
    ({ PermissionsBoundary: boundary }) =>
      isObject(boundary) && (has(boundary, "ManagedPolicyArn") || has(boundary, "CustomerManagedPolicyReference")),
    mapBoundary,
  ),
  shape(
    "sso-admin",
    "list-accounts-for-provisioned-permission-set",
    ({ AccountIds: list }) => Array.isArray(list) && list.every((id) => typeof id === "string" && /^\d{12}$/.test(id)),
    mapProvisioned,
  ),
  shape("sso-admin", "list-account-assignments", (document) => Array.isArray(document["AccountAssignments"]), mapAssignments),
  shape("identitystore", "list-users", ofStore("Users"), mapUsers),
  shape("identitystore", "list-groups", ofStore("Groups"), mapGroups),
  shape(
    "identitystore",
    "list-group-memberships",
    (document) => listOf(document, "GroupMemberships", "GroupId", "MemberId"),
    mapMemberships,
  ),
];
