// The wire formats: what the AWS CLI prints, only the fields used (AWS CLI Command Reference, "Output" of each call).
import { z } from "zod";

const Text = z.string().min(1);
const Arn = z.string().regex(/^arn:[a-z-]+:[a-z0-9-]*:[a-z0-9-]*:[^:]*:.+$/s, "an ARN");
/** An object, or JSON text, or percent-encoded JSON text; policy.ts decodes it. */
const Document = z.union([z.record(z.string(), z.json()), Text]);

const TagList = z.array(z.object({ Key: z.string(), Value: z.string() }));

export const NamedDocument = z.object({ PolicyName: Text, PolicyDocument: Document });
export const Attached = z.object({ PolicyName: Text.optional(), PolicyArn: Arn });
const Boundary = z.object({ PermissionsBoundaryArn: Arn });

const Principal = z.object({ Path: z.string(), Arn: Arn, Tags: TagList.optional() });

/** `get-role`, `list-roles`: no policies. */
export const Role = Principal.extend({
  RoleName: Text,
  AssumeRolePolicyDocument: Document,
  MaxSessionDuration: z.int().positive().optional(),
  PermissionsBoundary: Boundary.optional(),
  CreateDate: z.string().optional(),
  /** Empty for a role that was not used in the tracking period (IAM User Guide, "View the last accessed information"): 400 days. */
  RoleLastUsed: z.object({ LastUsedDate: z.string().optional() }).optional(),
});
export const RoleDetail = Role.extend({
  RolePolicyList: z.array(z.unknown()),
  AttachedManagedPolicies: z.array(z.unknown()),
  InstanceProfileList: z.array(z.object({ Arn: Arn })),
});
export type RoleDetail = z.infer<typeof RoleDetail>;
export type Role = z.infer<typeof Role>;

export const User = Principal.extend({ UserName: Text, PermissionsBoundary: Boundary.optional() });
export const UserDetail = User.extend({
  /** Left out for a user without inline policies. */
  UserPolicyList: z.array(z.unknown()).optional(),
  AttachedManagedPolicies: z.array(z.unknown()),
  GroupList: z.array(Text),
});
export type User = z.infer<typeof User>;
export type UserDetail = z.infer<typeof UserDetail>;

export const Group = Principal.extend({ GroupName: Text });
export const GroupDetail = Group.extend({ GroupPolicyList: z.array(z.unknown()), AttachedManagedPolicies: z.array(z.unknown()) });
export type Group = z.infer<typeof Group>;
export type GroupDetail = z.infer<typeof GroupDetail>;

export const PolicyVersion = z.object({ VersionId: Text, Document: Document, IsDefaultVersion: z.boolean() });
export const ManagedPolicyDetail = z.object({
  PolicyName: Text.optional(),
  Arn: Arn,
  DefaultVersionId: Text,
  PolicyVersionList: z.array(z.object({ VersionId: Text, IsDefaultVersion: z.boolean().optional(), Document: z.unknown() })),
});
export type ManagedPolicyDetail = z.infer<typeof ManagedPolicyDetail>;
export const ManagedPolicySummary = z.object({ Arn: Arn, DefaultVersionId: Text });

/** A policy document with its ARN beside it, as data sets of managed policies keep them. */
export const DocumentWithArn = z.object({ arn: Arn, name: Text.optional(), document: z.unknown() });

export const OidcProviderEntry = z.object({ Arn: Arn });
export const OidcProvider = z.object({ Url: Text, ClientIDList: z.array(Text).optional() });

export const Organization = z.object({ Id: z.string().regex(/^o-[a-z0-9]+$/), MasterAccountId: z.string().regex(/^\d{12}$/) });
export const Account = z.object({ Id: z.string().regex(/^\d{12}$/), Name: Text.optional(), Status: Text.optional() });
export const Root = z.object({
  Id: z.string().regex(/^r-[a-z0-9]+$/),
  Name: Text,
  PolicyTypes: z.array(z.object({ Type: Text, Status: Text })).optional(),
});
export const OrganizationalUnit = z.object({ Id: z.string().regex(/^ou-[a-z0-9-]+$/), Name: Text });
export const Parent = z.object({ Id: Text, Type: z.enum(["ROOT", "ORGANIZATIONAL_UNIT"]) });
export const ControlPolicySummary = z.object({ Id: Text, Arn: Arn, Name: Text, Type: Text });
export const ControlPolicy = z.object({ PolicySummary: ControlPolicySummary, Content: Document });
export const PolicyTarget = z.object({ TargetId: Text });

export const Bucket = z.object({ Name: Text });
export const PublicAccessBlock = z.object({ PublicAccessBlockConfiguration: z.object({ RestrictPublicBuckets: z.boolean() }) });
export const KeyEntry = z.object({ KeyId: Text, KeyArn: Arn });
export const KeyMetadata = z.object({ KeyMetadata: z.object({ Arn: Arn, KeyId: Text }) });
export const SecretEntry = z.object({ ARN: Arn, Name: Text, Tags: TagList.optional(), KmsKeyId: Text.optional() });
export const SecretPolicy = z.object({ ARN: Arn, ResourcePolicy: Document.optional() });
export const SecretValue = z.object({ ARN: Arn, SecretString: z.string().optional(), SecretBinary: z.string().optional() });
export const QueueAttributes = z.object({ QueueArn: Arn.optional(), Policy: z.string().optional() });
export const TopicAttributes = z.object({ TopicArn: Arn, Policy: z.string().optional() });
export const TopicEntry = z.object({ TopicArn: Arn });
export const QueueUrls = z.object({ QueueUrls: z.array(Text) });
export const Repository = z.object({ repositoryArn: Arn, repositoryName: Text, imageTagMutability: Text.optional() });
export const RepositoryPolicy = z.object({ registryId: z.string().regex(/^\d{12}$/), repositoryName: Text, policyText: Document });
export const FunctionConfiguration = z.object({
  FunctionName: Text,
  FunctionArn: Arn,
  Role: Arn,
  Environment: z.object({ Variables: z.record(z.string(), z.string()).optional(), Error: z.unknown().optional() }).optional(),
});
export type FunctionConfiguration = z.infer<typeof FunctionConfiguration>;
export const DatabaseInstance = z.object({
  DBInstanceArn: Arn,
  DBInstanceIdentifier: Text,
  Endpoint: z.object({ Address: Text.optional() }).optional(),
  BackupRetentionPeriod: z.int().optional(),
  TagList: TagList.optional(),
});
export const DatabaseCluster = z.object({
  DBClusterArn: Arn,
  DBClusterIdentifier: Text,
  Endpoint: Text.optional(),
  BackupRetentionPeriod: z.int().optional(),
  TagList: TagList.optional(),
});
export const Reservation = z.object({ OwnerId: Text, Instances: z.array(z.unknown()) });
export const Instance = z.object({
  InstanceId: Text,
  IamInstanceProfile: z.object({ Arn: Arn }).optional(),
  Placement: z.object({ AvailabilityZone: Text }),
  Tags: TagList.optional(),
});

export const EksCluster = z.object({
  arn: Arn,
  name: Text,
  identity: z.object({ oidc: z.object({ issuer: Text }).optional() }).optional(),
  accessConfig: z.object({ authenticationMode: Text }).optional(),
});
export const AccessEntry = z.object({
  clusterName: Text,
  principalArn: Arn,
  accessEntryArn: Arn,
  kubernetesGroups: z.array(Text).optional(),
  username: Text.optional(),
});
export const AccessPolicies = z.object({
  clusterName: Text,
  principalArn: Arn,
  associatedAccessPolicies: z.array(
    z.object({ policyArn: Arn, accessScope: z.object({ type: z.enum(["cluster", "namespace"]), namespaces: z.array(Text).optional() }) }),
  ),
});
const PodIdentityPlace = z.object({ clusterName: Text, namespace: Text, serviceAccount: Text, associationArn: Arn });
export const PodIdentityEntry = PodIdentityPlace;
export const PodIdentity = PodIdentityPlace.extend({ roleArn: Arn, targetRoleArn: Arn.optional() });

export const SsoInstance = z.object({
  InstanceArn: Arn,
  IdentityStoreId: Text,
  OwnerAccountId: z
    .string()
    .regex(/^\d{12}$/)
    .optional(),
});
export const PermissionSet = z.object({
  Name: Text,
  PermissionSetArn: Arn,
  /** ISO 8601: `PT8H`. */
  SessionDuration: z
    .string()
    .regex(/^PT(?:\d+H)?(?:\d+M)?(?:\d+S)?$/)
    .optional(),
});
export const PermissionSetArn = Arn;
export const AccountId = z.string().regex(/^\d{12}$/);
export const SetManagedPolicy = z.object({ Arn: Arn });
export const SetPolicyReference = z.object({ Name: Text, Path: Text.optional() });
export const SetBoundary = z.union([
  z.object({ ManagedPolicyArn: Arn }),
  z.object({ CustomerManagedPolicyReference: z.object({ Name: Text, Path: Text.optional() }) }),
]);
export const AccountAssignment = z.object({
  AccountId: AccountId,
  PermissionSetArn: Arn,
  PrincipalType: z.enum(["USER", "GROUP"]),
  PrincipalId: Text,
});
export const StoreUser = z.object({
  UserId: Text,
  UserName: Text,
  IdentityStoreId: Text,
  Emails: z.array(z.object({ Value: Text.optional() })).optional(),
  UserStatus: Text.optional(),
});
export const StoreGroup = z.object({ GroupId: Text, DisplayName: Text.optional(), IdentityStoreId: Text });
export const StoreMembership = z.object({ GroupId: Text, IdentityStoreId: Text, MemberId: z.object({ UserId: Text }) });
export const DelegatedAdministrator = z.object({ Id: AccountId });
export const DelegationPolicy = z.object({ ResourcePolicySummary: z.object({ Arn: Arn }), Content: Document });
