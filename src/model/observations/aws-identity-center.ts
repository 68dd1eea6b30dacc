// What the AWS collector reads of IAM Identity Center: permission sets, who is assigned to them where, and the directory of users and groups.
import type { Source } from "../source.ts";
import type { NamedPolicy } from "./aws.ts";

interface Read {
  readonly source: Source;
}

export interface AwsIdentityCenter extends Read {
  readonly kind: "aws/identity-center";
  /** `arn:aws:sso:::instance/ssoins-…`. */
  readonly arn: string;
  /** `d-…`: the directory of its users and groups. */
  readonly store: string;
  /** The account that owns it: the management account for an organization's instance. Absent: the answer did not say. */
  readonly account?: string;
}

/** A customer managed policy as a permission set names it: one of this path and name in each account (`/` and no account id). */
export interface PolicyReference extends Read {
  readonly name: string;
  readonly path: string;
}

export interface AwsPermissionSet extends Read {
  readonly kind: "aws/permission-set";
  /** `arn:aws:sso:::permissionSet/ssoins-…/ps-…`. */
  readonly arn: string;
  readonly instance: string;
  readonly name: string;
  readonly sessionSeconds?: number;
  readonly managed: readonly { readonly arn: string; readonly source: Source }[];
  readonly customer: readonly PolicyReference[];
  readonly inline?: NamedPolicy;
  /** An ARN of AWS's own policy, or a reference as in `customer`. Absent: none. */
  readonly boundary?: { readonly arn: string } | { readonly name: string; readonly path: string } | "unread";
  /** What of it was not read: `managed policies`. */
  readonly unread: readonly string[];
}

export interface AwsAccountAssignment extends Read {
  readonly kind: "aws/account-assignment";
  readonly permissionSet: string;
  readonly account: string;
  readonly principal: { readonly type: "user" | "group"; readonly id: string };
}

export interface AwsIdentityCenterUser extends Read {
  readonly kind: "aws/identity-center-user";
  readonly store: string;
  readonly id: string;
  readonly userName: string;
  readonly emails: readonly string[];
  readonly isDisabled: boolean;
}

export interface AwsIdentityCenterGroup extends Read {
  readonly kind: "aws/identity-center-group";
  readonly store: string;
  readonly id: string;
  readonly name: string;
}

export interface AwsIdentityCenterMembership extends Read {
  readonly kind: "aws/identity-center-membership";
  readonly store: string;
  readonly group: string;
  readonly user: string;
}

/** A member account that may administer a service for the whole organization. */
export interface AwsDelegatedAdministrator extends Read {
  readonly kind: "aws/delegated-administrator";
  readonly account: string;
  /** `sso.amazonaws.com`. */
  readonly service: string;
}

export type AwsIdentityCenterObservation =
  | AwsIdentityCenter
  | AwsPermissionSet
  | AwsAccountAssignment
  | AwsIdentityCenterUser
  | AwsIdentityCenterGroup
  | AwsIdentityCenterMembership
  | AwsDelegatedAdministrator;

/** What one call tells of a permission set or of the directory; the join puts the pieces together. */
export type AwsIdentityCenterPiece =
  | { readonly part: "permission-sets"; readonly instance: string; readonly sets: readonly string[] }
  | { readonly part: "permission-set-managed"; readonly set: string; readonly managed: AwsPermissionSet["managed"] }
  | { readonly part: "permission-set-customer"; readonly set: string; readonly customer: readonly PolicyReference[] }
  /** Without a policy: asked, and there is none. */
  | { readonly part: "permission-set-inline"; readonly set: string; readonly policy?: NamedPolicy }
  | {
      readonly part: "permission-set-boundary";
      readonly set: string;
      readonly boundary: Exclude<AwsPermissionSet["boundary"], "unread" | undefined>;
    }
  | { readonly part: "permission-set-accounts"; readonly set: string; readonly accounts: readonly string[] }
  | { readonly part: "assignments"; readonly set: string; readonly account: string }
  | { readonly part: "directory"; readonly store: string; readonly of: "users" | "groups" }
  | { readonly part: "members"; readonly group: string }
  | { readonly part: "delegated-administrators"; readonly service: string };
