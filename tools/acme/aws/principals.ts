// Roles, users and policies in the shape of `aws iam get-account-authorization-details`.
import { ACCOUNTS, REGION, ssoRoleName } from "../names.ts";
import type { AccountName } from "../names.ts";
import { awsDate, iamId } from "../pseudo.ts";
import { ssoTrust } from "./trust.ts";
import type { Document } from "./trust.ts";
import { VENDOR_POLICIES } from "./vendor-policies.ts";

export interface RoleSpec {
  readonly name: string;
  readonly trust: Document;
  readonly path?: string;
  /** Names of AWS's own managed policies. */
  readonly vendor?: readonly string[];
  /** Names of the account's managed policies. */
  readonly customer?: readonly string[];
  readonly inline?: Readonly<Record<string, Document>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly instanceProfile?: true;
  /** Never used, as break-glass should be. */
  readonly unused?: true;
  readonly maxSessionSeconds?: number;
}

export interface UserSpec {
  readonly name: string;
  readonly path: string;
  readonly inline: Readonly<Record<string, Document>>;
  readonly tags: Readonly<Record<string, string>>;
}

export interface IamSpec {
  readonly account: AccountName;
  readonly roles: readonly RoleSpec[];
  readonly users: readonly UserSpec[];
  readonly policies: Readonly<Record<string, Document>>;
}

export const ssoRole = (account: AccountName, permissionSet: string, rest: Pick<RoleSpec, "vendor" | "inline">): RoleSpec => ({
  name: ssoRoleName(account, permissionSet),
  path: `/aws-reserved/sso.amazonaws.com/${REGION}/`,
  trust: ssoTrust(account),
  ...rest,
});

const iamArn = (account: AccountName, type: string, path: string, name: string): string =>
  `arn:aws:iam::${ACCOUNTS[account]}:${type}${path}${name}`;

const inlineList = (inline: Readonly<Record<string, Document>> = {}): readonly object[] =>
  Object.entries(inline).map(([PolicyName, PolicyDocument]) => ({ PolicyName, PolicyDocument }));

const tagList = (tags: Readonly<Record<string, string>> = {}): readonly object[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

const vendorArn = (name: string): string => `arn:aws:iam::aws:policy/${vendor(name).path}${name}`;

function vendor(name: string): { readonly path: string; readonly document: Document } {
  const found = VENDOR_POLICIES[name];
  if (!found) throw new Error(`no document for the managed policy ${name}`);
  return found;
}

function roleDetail(account: AccountName, spec: RoleSpec): object {
  const label = `${account}/role/${spec.name}`;
  const path = spec.path ?? "/";
  const profile = {
    Path: "/",
    InstanceProfileName: spec.name,
    InstanceProfileId: iamId("AIPA", label),
    Arn: iamArn(account, "instance-profile", "/", spec.name),
    CreateDate: awsDate(label),
  };
  return {
    Path: path,
    RoleName: spec.name,
    RoleId: iamId("AROA", label),
    Arn: iamArn(account, "role", path, spec.name),
    CreateDate: awsDate(label),
    AssumeRolePolicyDocument: spec.trust,
    InstanceProfileList: spec.instanceProfile ? [{ ...profile, Roles: [] }] : [],
    RolePolicyList: inlineList(spec.inline),
    AttachedManagedPolicies: [
      ...(spec.vendor ?? []).map((name) => ({ PolicyName: name, PolicyArn: vendorArn(name) })),
      ...(spec.customer ?? []).map((name) => ({ PolicyName: name, PolicyArn: iamArn(account, "policy", "/", name) })),
    ],
    Tags: tagList(spec.tags),
    RoleLastUsed: spec.unused ? {} : { LastUsedDate: "2026-11-19T16:20:11+00:00", Region: REGION },
  };
}

const userDetail = (account: AccountName, spec: UserSpec): object => ({
  Path: spec.path,
  UserName: spec.name,
  UserId: iamId("AIDA", `${account}/user/${spec.name}`),
  Arn: iamArn(account, "user", spec.path, spec.name),
  CreateDate: awsDate(`${account}/user/${spec.name}`),
  UserPolicyList: inlineList(spec.inline),
  GroupList: [],
  AttachedManagedPolicies: [],
  Tags: tagList(spec.tags),
});

const policyDetail = (arn: string, path: string, name: string, document: Document, attachments: number): object => ({
  PolicyName: name,
  PolicyId: iamId("ANPA", arn),
  Arn: arn,
  Path: path,
  DefaultVersionId: "v1",
  AttachmentCount: attachments,
  PermissionsBoundaryUsageCount: 0,
  IsAttachable: true,
  CreateDate: awsDate(arn),
  UpdateDate: awsDate(arn),
  PolicyVersionList: [{ Document: document, VersionId: "v1", IsDefaultVersion: true, CreateDate: awsDate(arn) }],
});

/** The whole answer for one account. AWS lists its own managed policies where they are attached, with their documents. */
export function authorizationDetails(spec: IamSpec): object {
  const uses = (key: "vendor" | "customer", name: string): number => spec.roles.filter((role) => role[key]?.includes(name)).length;
  const attached = Object.keys(VENDOR_POLICIES).filter((name) => uses("vendor", name) > 0);
  return {
    UserDetailList: spec.users.map((user) => userDetail(spec.account, user)),
    GroupDetailList: [],
    RoleDetailList: spec.roles.map((role) => roleDetail(spec.account, role)),
    Policies: [
      ...Object.entries(spec.policies).map(([name, document]) =>
        policyDetail(iamArn(spec.account, "policy", "/", name), "/", name, document, uses("customer", name)),
      ),
      ...attached.map((name) => policyDetail(vendorArn(name), `/${vendor(name).path}`, name, vendor(name).document, uses("vendor", name))),
    ],
  };
}

/** `aws iam get-role`: the only answer that tells how long a session may last. */
export function getRole(account: AccountName, spec: RoleSpec): object {
  const { InstanceProfileList, RolePolicyList, AttachedManagedPolicies, ...detail } = roleDetail(account, spec) as Record<string, unknown>;
  void [InstanceProfileList, RolePolicyList, AttachedManagedPolicies];
  return { Role: { ...detail, MaxSessionDuration: spec.maxSessionSeconds ?? 3600 } };
}
