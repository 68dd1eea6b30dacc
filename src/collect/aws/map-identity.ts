// Identities and their policies: `get-account-authorization-details`, and the fields that its items share with the smaller calls.
import { inside, type Source } from "../../model/source.ts";
import type { AwsGroup, AwsRole, AwsUser, NamedPolicy } from "../../model/observations/aws.ts";
import { accountOfArn } from "../../model/aws/arn.ts";
import {
  Attached,
  GroupDetail,
  ManagedPolicyDetail,
  NamedDocument,
  RoleDetail,
  UserDetail,
  type Group,
  type Role,
  type User,
} from "./schema.ts";
import { eachItem, has, parseItem, policyOrGap, type Reading, type Shape } from "./shape.ts";

type Managed = AwsRole["managed"];

/** The tags of a list, as a record. */
export const tagsOf = (tags: readonly { readonly Key: string; readonly Value: string }[] | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries((tags ?? []).map((tag) => [tag.Key, tag.Value]));

/** The account an item's ARN names. Without one the item cannot be placed: a gap. */
export function placed(reading: Reading, arn: string, source: Source): string | undefined {
  const account = accountOfArn(arn);
  if (account === undefined)
    reading.gap("aws/scope", arn, `account of ${arn}`, "the ARN has no twelve-digit account id; collect it again", inside(source, "Arn"));
  return account;
}

/** Inline policies, each with a source at its document. */
export function inlinePolicies(
  reading: Reading,
  list: readonly unknown[] | undefined,
  arn: string,
  source: Source,
): readonly NamedPolicy[] {
  const policies: NamedPolicy[] = [];
  (list ?? []).forEach((value, i) => {
    const at = inside(source, i);
    const gap = { topic: "aws/principal-policy", subject: arn, what: `inline policy of ${arn}` } as const;
    const item = parseItem(reading, NamedDocument, value, at, gap);
    if (!item) return;
    const place = inside(at, "PolicyDocument");
    const what = `inline policy ${item.PolicyName} of ${arn}`;
    const document = policyOrGap(reading, item.PolicyDocument, place, "identity", { ...gap, what });
    if (document !== undefined) policies.push({ name: item.PolicyName, document, source: place });
  });
  return policies;
}

/** ARNs of attached managed policies, each with where the attachment stands. */
export function attachments(reading: Reading, list: readonly unknown[], owner: string, source: Source): Managed {
  return list.flatMap((value, i) => {
    const at = inside(source, i);
    const gap = { topic: "aws/principal-policy", subject: owner, what: `attached policy of ${owner}` } as const;
    const item = parseItem(reading, Attached, value, at, gap);
    return item ? [{ arn: item.PolicyArn, source: at }] : [];
  });
}

const identified = (
  item: { Arn: string; Path: string; Tags?: { Key: string; Value: string }[] | undefined },
  account: string,
  source: Source,
) => ({
  arn: item.Arn,
  account,
  path: item.Path,
  tags: tagsOf(item.Tags),
  source,
});

type Policies = { readonly inline: readonly NamedPolicy[]; readonly managed: Managed };
const NONE: Policies = { inline: [], managed: [] };

export function roleOf(
  reading: Reading,
  item: Role,
  source: Source,
  policies: Policies = NONE,
  profiles: readonly string[] = [],
): AwsRole | undefined {
  const account = placed(reading, item.Arn, source);
  if (account === undefined) return undefined;
  const at = inside(source, "AssumeRolePolicyDocument");
  const gap = { topic: "aws/principal-policy", subject: item.Arn, what: `trust policy of ${item.Arn}` } as const;
  const trust = policyOrGap(reading, item.AssumeRolePolicyDocument, at, "trust", gap) ?? null;
  return {
    kind: "aws/role",
    ...identified(item, account, source),
    name: item.RoleName,
    ...policies,
    trust: { name: "trust policy", document: trust, source: at },
    ...(item.PermissionsBoundary && { boundary: item.PermissionsBoundary.PermissionsBoundaryArn }),
    ...(item.MaxSessionDuration !== undefined && { maxSessionSeconds: item.MaxSessionDuration }),
    instanceProfiles: profiles,
    ...(item.RoleLastUsed && {
      used: {
        ...(item.RoleLastUsed.LastUsedDate !== undefined && { last: item.RoleLastUsed.LastUsedDate }),
        ...(item.CreateDate !== undefined && { created: item.CreateDate }),
      },
    }),
  };
}

export function userOf(
  reading: Reading,
  item: User,
  source: Source,
  policies: Policies = NONE,
  groups: readonly string[] = [],
): AwsUser | undefined {
  const account = placed(reading, item.Arn, source);
  if (account === undefined) return undefined;
  return {
    kind: "aws/user",
    ...identified(item, account, source),
    name: item.UserName,
    ...policies,
    groups,
    ...(item.PermissionsBoundary && { boundary: item.PermissionsBoundary.PermissionsBoundaryArn }),
  };
}

export function groupOf(reading: Reading, item: Group, source: Source, policies: Policies = NONE): AwsGroup | undefined {
  const account = placed(reading, item.Arn, source);
  return account === undefined ? undefined : { kind: "aws/group", ...identified(item, account, source), name: item.GroupName, ...policies };
}

/** Emits a managed policy's document, when it keeps to the grammar. */
export function observeManagedPolicy(reading: Reading, arn: string, name: string, document: unknown, source: Source): void {
  const gap = { topic: "aws/managed-policy", subject: arn, what: `managed policy ${arn}` } as const;
  const decoded = policyOrGap(reading, document, source, "identity", gap);
  if (decoded === undefined) return;
  const account = accountOfArn(arn);
  reading.observe({ kind: "aws/managed-policy", arn, name, ...(account !== undefined && { account }), document: decoded, source });
}

// The default version is in effect (IAM User Guide, "Versioning IAM policies"). It is taken only where the list and DefaultVersionId agree.
function mapManagedPolicy(reading: Reading, item: ManagedPolicyDetail, source: Source): void {
  const refuse = (why: string) =>
    reading.gap("aws/managed-policy", item.Arn, `managed policy ${item.Arn}`, why, inside(source, "PolicyVersionList"));
  const index = item.PolicyVersionList.findIndex((version) => version.VersionId === item.DefaultVersionId);
  const version = item.PolicyVersionList[index];
  if (!version) return refuse(`its default version ${item.DefaultVersionId} is not in the file; collect it again`);
  if (version.IsDefaultVersion === undefined)
    return refuse("IsDefaultVersion is missing, so the version in effect is not certain; collect it again");
  if (!version.IsDefaultVersion || item.PolicyVersionList.some((other) => other !== version && other.IsDefaultVersion === true))
    return refuse(`IsDefaultVersion and DefaultVersionId name different versions; collect it again`);
  // The ARN ends in the name (IAM User Guide, "IAM ARNs"), which an answer may leave out (IAM API Reference, ManagedPolicyDetail).
  const name = item.PolicyName ?? item.Arn.slice(item.Arn.lastIndexOf("/") + 1);
  observeManagedPolicy(reading, item.Arn, name, version.Document, inside(source, "PolicyVersionList", index, "Document"));
}

const detailAccount = (reading: Reading): string => {
  if (reading.account !== undefined) return reading.account;
  for (const key of ["RoleDetailList", "UserDetailList", "GroupDetailList", "Policies"]) {
    const list = reading.document[key];
    if (!Array.isArray(list)) continue;
    for (const item of list) {
      const arn = (item as { Arn?: unknown } | null)?.Arn;
      const account = typeof arn === "string" ? accountOfArn(arn) : undefined;
      if (account !== undefined) return account;
    }
  }
  return reading.file.path;
};

function mapAuthorizationDetails(reading: Reading): void {
  const subject = detailAccount(reading);
  const unseen = (what: string) => ({ topic: "aws/authorization-details", subject, what: `${what} of account ${subject}` }) as const;
  let foreign: string | undefined;
  const ours = <T extends { readonly account: string; readonly arn: string }>(item: T | undefined): item is T => {
    if (item && reading.account !== undefined && item.account !== reading.account) foreign ??= item.arn;
    return item !== undefined;
  };
  eachItem(reading, "UserDetailList", UserDetail, unseen("a user"), (item, source) => {
    const inline = inlinePolicies(reading, item.UserPolicyList, item.Arn, inside(source, "UserPolicyList"));
    const managed = attachments(reading, item.AttachedManagedPolicies, item.Arn, inside(source, "AttachedManagedPolicies"));
    const user = userOf(reading, item, source, { inline, managed }, item.GroupList);
    if (ours(user)) reading.observe(user);
  });
  eachItem(reading, "GroupDetailList", GroupDetail, unseen("a group"), (item, source) => {
    const inline = inlinePolicies(reading, item.GroupPolicyList, item.Arn, inside(source, "GroupPolicyList"));
    const managed = attachments(reading, item.AttachedManagedPolicies, item.Arn, inside(source, "AttachedManagedPolicies"));
    const group = groupOf(reading, item, source, { inline, managed });
    if (ours(group)) reading.observe(group);
  });
  eachItem(reading, "RoleDetailList", RoleDetail, unseen("a role"), (item, source) => {
    const inline = inlinePolicies(reading, item.RolePolicyList, item.Arn, inside(source, "RolePolicyList"));
    const managed = attachments(reading, item.AttachedManagedPolicies, item.Arn, inside(source, "AttachedManagedPolicies"));
    const role = roleOf(
      reading,
      item,
      source,
      { inline, managed },
      item.InstanceProfileList.map((profile) => profile.Arn),
    );
    if (ours(role)) reading.observe(role);
  });
  eachItem(reading, "Policies", ManagedPolicyDetail, unseen("a managed policy"), (item, source) => mapManagedPolicy(reading, item, source));
  if (foreign !== undefined) {
    const why = `the file holds ${foreign}, which is of another account than its scope ${reading.account}; correct the scope`;
    reading.gap("aws/authorization-details", subject, `identities of account ${subject}`, why);
  }
}

export const identityShapes: readonly Shape[] = [
  {
    name: "iam get-account-authorization-details",
    service: "iam",
    operations: ["get-account-authorization-details"],
    is: (document) => ["RoleDetailList", "UserDetailList", "GroupDetailList"].some((key) => has(document, key)),
    topic: "aws/authorization-details",
    subject: detailAccount,
    map: mapAuthorizationDetails,
  },
];
