// What the AWS collector reads: documents stay documents, the identity plane compiles them.
import type { Json, JsonObject } from "../../lib/json.ts";
import type { Source } from "../source.ts";
import type { AwsIdentityCenterObservation, AwsIdentityCenterPiece } from "./aws-identity-center.ts";
import type { AwsNetworkObservation } from "./aws-network.ts";
import type { AwsSharingObservation, AwsSharingPart } from "./aws-sharing.ts";
import type { AwsUpkeepObservation } from "./aws-upkeep.ts";

interface Read {
  readonly source: Source;
}

/**
 * A policy as a document, with where it stands. `document` is the decoded policy; the collector decodes percent-encoding and nested JSON, and
 * lets through only what keeps to the policy grammar. `null`: it could not be read, and a gap `aws/principal-policy` says so.
 */
export interface NamedPolicy extends Read {
  readonly name: string;
  readonly document: Json;
}

export interface AwsOrganization extends Read {
  readonly kind: "aws/organization";
  readonly id: string;
  readonly managementAccount: string;
}

export interface AwsOrganizationalUnit extends Read {
  readonly kind: "aws/organizational-unit";
  /** `r-…` for a root, `ou-…` otherwise. */
  readonly id: string;
  readonly name: string;
  readonly parent?: string;
  /** For a root: the policy types that are switched on. A type that is off has no effect, whatever is attached. Absent: not read. */
  readonly enabledPolicyTypes?: readonly string[];
}

export interface AwsAccount extends Read {
  readonly kind: "aws/account";
  readonly account: string;
  readonly name?: string;
  readonly status?: string;
  /** The root or unit it stands in, when known. */
  readonly parent?: string;
}

export interface AwsControlPolicy extends Read {
  readonly kind: "aws/control-policy";
  readonly type: "SERVICE_CONTROL_POLICY" | "RESOURCE_CONTROL_POLICY";
  /** `p-…`. */
  readonly id: string;
  readonly arn?: string;
  readonly name: string;
  /** Absent when only the summary was read: a gap. */
  readonly document?: Json;
}

export interface AwsControlPolicyAttachment extends Read {
  readonly kind: "aws/control-policy-attachment";
  readonly policy: string;
  /** Account id, unit id or root id. */
  readonly target: string;
}

interface AwsPrincipal extends Read {
  readonly arn: string;
  readonly account: string;
  readonly name: string;
  readonly path: string;
  readonly inline: readonly NamedPolicy[];
  /** ARNs of attached managed policies, each with where the attachment stands. */
  readonly managed: readonly { readonly arn: string; readonly source: Source }[];
  readonly tags: Readonly<Record<string, string>>;
}

export interface AwsRole extends AwsPrincipal {
  readonly kind: "aws/role";
  readonly trust: NamedPolicy;
  readonly boundary?: string;
  readonly maxSessionSeconds?: number;
  readonly instanceProfiles: readonly string[];
  /** Absent: the answer does not say. Without `last` it was not used since anyone kept count. */
  readonly used?: { readonly last?: string; readonly created?: string };
}

export interface AwsUser extends AwsPrincipal {
  readonly kind: "aws/user";
  readonly groups: readonly string[];
  readonly boundary?: string;
}

export interface AwsGroup extends AwsPrincipal {
  readonly kind: "aws/group";
}

export interface AwsManagedPolicy extends Read {
  readonly kind: "aws/managed-policy";
  readonly arn: string;
  readonly name: string;
  /** Absent for a policy of AWS's own. */
  readonly account?: string;
  readonly document: Json;
}

export const AWS_RESOURCE_TYPES = [
  "bucket",
  "key",
  "secret",
  "queue",
  "topic",
  "repository",
  "function",
  "cluster",
  "database",
  "instance",
  "parameter",
  "volume",
  "snapshot",
  "machine-image",
  // Whatever AWS RAM shares that no other type covers.
  "shared",
  // What runs as a role that was passed to it.
  "stack",
  "stack-set",
  "build-project",
  "notebook",
  "dev-endpoint",
  "app-service",
  "code-interpreter",
  "launch-template",
] as const;

/** A resource as listed, or as named by its policy. */
export interface AwsResource extends Read {
  readonly kind: "aws/resource";
  readonly arn: string;
  readonly account: string;
  /** Service prefix as in the ARN: `s3`. */
  readonly service: string;
  readonly type: (typeof AWS_RESOURCE_TYPES)[number];
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Role that the resource's code runs as (a function's execution role, an instance's). */
  readonly role?: string;
  /** ARN of an instance's profile; `role` is the profile's role when a file tells it. */
  readonly instanceProfile?: string;
  /** S3: RestrictPublicBuckets, so a public policy admits only the account itself and AWS services. */
  readonly restrictsPublicPolicy?: boolean;
  /** ARN of the customer managed KMS key that encrypts it, when the key is known: reading it then needs the key too. */
  readonly kmsKey?: string;
  /** It is encrypted, and the key was not read: `kmsKey` is absent. */
  readonly keyUnread?: boolean;
  /** S3: `kmsKey` is the bucket's default, so what was written before, or with another choice, does not need it. */
  readonly keyIsDefault?: boolean;
  /** RDS: an automated snapshot cannot be shared (RDS User Guide, "Sharing a DB snapshot"). */
  readonly unshareable?: boolean;
  /** ECR: IMMUTABLE tags. */
  readonly immutableTags?: boolean;
  /** RDS: for how many days automated backups are kept; 0: there are none. */
  readonly backupDays?: number;
  /** Host name of a database's endpoint. */
  readonly endpoint?: string;
  /**
   * Configuration that names other things: environment variables of a function. Values that look secret are replaced by
   * `{fingerprint}`; of a URL with a password, `{fingerprint, redacted}` keeps the URL without the password.
   */
  readonly environment?: JsonObject;
}

/** A policy on a resource. `document: null`: asked, and there is none (NoSuchBucketPolicy). */
export interface AwsResourcePolicy extends Read {
  readonly kind: "aws/resource-policy";
  readonly arn: string;
  readonly account?: string;
  readonly document: Json;
}

/** Keyed fingerprint of a stored secret's value, when the collection made one. */
export interface AwsSecretFingerprint extends Read {
  readonly kind: "aws/secret-fingerprint";
  readonly arn: string;
  readonly fingerprint: string;
  /** For a secret that is a JSON object: member → fingerprint of its text. */
  readonly members?: Readonly<Record<string, string>>;
}

export interface AwsOidcProvider extends Read {
  readonly kind: "aws/oidc-provider";
  readonly arn: string;
  readonly account: string;
  /** Without scheme. */
  readonly url: string;
  readonly audiences: readonly string[];
}

export interface AwsEksCluster extends Read {
  readonly kind: "aws/eks-cluster";
  readonly arn: string;
  readonly account: string;
  readonly name: string;
  /** OIDC issuer without scheme: `oidc.eks.eu-west-1.amazonaws.com/id/…`. */
  readonly issuer?: string;
  /** `API`, `API_AND_CONFIG_MAP`, `CONFIG_MAP`. */
  readonly authenticationMode?: string;
}

export interface AwsEksAccessEntry extends Read {
  readonly kind: "aws/eks-access-entry";
  /** ARN of the cluster. */
  readonly cluster: string;
  readonly principal: string;
  readonly username?: string;
  readonly groups: readonly string[];
  readonly policies: readonly { readonly arn: string; readonly namespaces?: readonly string[] }[];
}

export interface AwsPodIdentity extends Read {
  readonly kind: "aws/pod-identity";
  /** ARN of the cluster. */
  readonly cluster: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly role: string;
  /** A role in another account that `role` goes on to assume. */
  readonly targetRole?: string;
}

/** A principal by type and name, as the calls about one principal name it. */
export interface AwsPrincipalName {
  readonly account: string;
  readonly type: "role" | "user" | "group";
  readonly name: string;
}

/**
 * A piece of something that one file alone does not tell (`get-role` prints no policies). The collector joins the pieces once every file is
 * mapped; planes never see one.
 */
export type AwsPart = Read & { readonly kind: "aws/part" } & (
    | AwsIdentityCenterPiece
    | { readonly part: "principal"; readonly principal: AwsRole | AwsUser | AwsGroup }
    | { readonly part: "inline-policy-names"; readonly of: AwsPrincipalName; readonly names: readonly string[] }
    | { readonly part: "inline-policy"; readonly of: AwsPrincipalName; readonly policy: NamedPolicy }
    | { readonly part: "attached-policies"; readonly of: AwsPrincipalName; readonly managed: AwsPrincipal["managed"] }
    | { readonly part: "groups"; readonly of: AwsPrincipalName; readonly groups: readonly string[] }
    | { readonly part: "unit-parent"; readonly child: string; readonly parent: string }
    | { readonly part: "policies-listed"; readonly type: string }
    | { readonly part: "targets-of-policy"; readonly policy: string }
    | { readonly part: "policies-of-target"; readonly target: string; readonly type: string }
    | {
        readonly part: "named-resource-policy";
        readonly service: "kms" | "ecr";
        readonly account?: string;
        readonly name: string;
        readonly document: Json;
      }
    /** A policy that was read and not understood; its gap is already told. */
    | { readonly part: "refused-policy"; readonly arn: string }
    | { readonly part: "oidc-provider"; readonly arn: string }
    | { readonly part: "access-entries"; readonly account?: string; readonly cluster: string; readonly principals: readonly string[] }
    | {
        readonly part: "access-policies";
        readonly account?: string;
        readonly cluster: string;
        readonly principal: string;
        readonly policies: AwsEksAccessEntry["policies"];
      }
    | { readonly part: "pod-identities"; readonly account?: string; readonly cluster: string }
    | { readonly part: "pod-identity"; readonly cluster: string; readonly namespace: string; readonly serviceAccount: string }
    | AwsSharingPart
    | { readonly part: "trail"; readonly arn: string; readonly isLogging?: boolean; readonly logsWrites?: boolean }
  );

export type AwsObservation =
  | AwsOrganization
  | AwsOrganizationalUnit
  | AwsAccount
  | AwsControlPolicy
  | AwsControlPolicyAttachment
  | AwsRole
  | AwsUser
  | AwsGroup
  | AwsManagedPolicy
  | AwsResource
  | AwsResourcePolicy
  | AwsSecretFingerprint
  | AwsOidcProvider
  | AwsEksCluster
  | AwsEksAccessEntry
  | AwsPodIdentity
  | AwsNetworkObservation
  | AwsIdentityCenterObservation
  | AwsSharingObservation
  | AwsUpkeepObservation
  | AwsPart;
