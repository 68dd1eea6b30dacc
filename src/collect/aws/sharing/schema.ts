// The wire formats of what is shared, replicated and copied, only the fields used (AWS CLI Command Reference, "Output" of each call).
import { z } from "zod";

const Text = z.string().min(1);
const Arn = z.string().regex(/^arn:[a-z-]+:[a-z0-9-]*:[a-z0-9-]*:[^:]*:.+$/s, "an ARN");
const Account = z.string().regex(/^\d{12}$/, "an account id");

const TagList = z.array(z.object({ Key: z.string(), Value: z.string() }));

export const Volume = z.object({
  VolumeId: Text,
  AvailabilityZone: Text,
  Encrypted: z.boolean().optional(),
  KmsKeyId: Arn.optional(),
  Tags: TagList.optional(),
});

export const Snapshot = z.object({
  SnapshotId: Text,
  OwnerId: Account,
  VolumeId: Text.optional(),
  Encrypted: z.boolean().optional(),
  KmsKeyId: Arn.optional(),
  Tags: TagList.optional(),
});

const VolumePermission = z.object({ UserId: Account.optional(), Group: Text.optional() });
export const SnapshotAttribute = z.object({ SnapshotId: Text, CreateVolumePermissions: z.array(VolumePermission) });

export const Image = z.object({
  ImageId: Text,
  OwnerId: Account,
  Public: z.boolean().optional(),
  Name: Text.optional(),
  BlockDeviceMappings: z.array(z.object({ Ebs: z.object({ SnapshotId: Text.optional() }).optional() })).optional(),
  Tags: TagList.optional(),
});

const LaunchPermission = z.object({
  UserId: Account.optional(),
  Group: Text.optional(),
  OrganizationArn: Arn.optional(),
  OrganizationalUnitArn: Arn.optional(),
});
export const ImageAttribute = z.object({ ImageId: Text, LaunchPermissions: z.array(LaunchPermission) });

const DatabaseSnapshotParts = {
  SnapshotType: Text,
  KmsKeyId: Text.optional(),
  TagList: TagList.optional(),
};
export const DatabaseSnapshot = z.object({
  DBSnapshotIdentifier: Text,
  DBSnapshotArn: Arn,
  DBInstanceIdentifier: Text,
  Encrypted: z.boolean().optional(),
  SourceDBSnapshotIdentifier: z.string().optional(),
  ...DatabaseSnapshotParts,
});
export const ClusterSnapshot = z.object({
  DBClusterSnapshotIdentifier: Text,
  DBClusterSnapshotArn: Arn,
  DBClusterIdentifier: Text,
  StorageEncrypted: z.boolean().optional(),
  SourceDBClusterSnapshotArn: z.string().optional(),
  ...DatabaseSnapshotParts,
});
export const AutomatedBackup = z.object({
  DBInstanceArn: Arn.optional(),
  DBInstanceAutomatedBackupsReplications: z.array(z.object({ DBInstanceAutomatedBackupsArn: Arn })).optional(),
});

const Attribute = z.object({ AttributeName: Text, AttributeValues: z.array(Text).optional() });
export const SnapshotAttributes = z.object({
  DBSnapshotAttributesResult: z.object({ DBSnapshotIdentifier: Text, DBSnapshotAttributes: z.array(Attribute) }),
});
export const ClusterSnapshotAttributes = z.object({
  DBClusterSnapshotAttributesResult: z.object({ DBClusterSnapshotIdentifier: Text, DBClusterSnapshotAttributes: z.array(Attribute) }),
});

/** `Filter` may be left out: then the rule is about all of the bucket. */
const ReplicationRule = z.object({
  Status: z.enum(["Enabled", "Disabled"]),
  Prefix: z.string().optional(),
  Filter: z
    .object({ Prefix: z.string().optional(), Tag: z.unknown(), And: z.object({ Prefix: z.string().optional() }).optional() })
    .partial()
    .optional(),
  Destination: z.object({ Bucket: Arn, EncryptionConfiguration: z.object({ ReplicaKmsKeyID: Text.optional() }).optional() }),
  SourceSelectionCriteria: z.object({ SseKmsEncryptedObjects: z.object({ Status: Text }).optional() }).optional(),
});
export const Replication = z.object({ ReplicationConfiguration: z.object({ Role: z.string(), Rules: z.array(ReplicationRule) }) });

export const Encryption = z.object({
  ServerSideEncryptionConfiguration: z.object({
    Rules: z.array(
      z.object({
        ApplyServerSideEncryptionByDefault: z.object({ SSEAlgorithm: Text, KMSMasterKeyID: Text.optional() }).optional(),
      }),
    ),
  }),
});

const Context = z.record(z.string(), z.string());
export const KeyGrant = z.object({
  /** An ARN, or the id alone. */
  KeyId: Text,
  GrantId: Text,
  Name: z.string().optional(),
  GranteePrincipal: Text.optional(),
  GranteeServicePrincipal: Text.optional(),
  Operations: z.array(Text),
  Constraints: z.object({ EncryptionContextSubset: Context.optional(), EncryptionContextEquals: Context.optional() }).optional(),
});

export const ResourceShare = z.object({ resourceShareArn: Arn, status: Text.optional() });
export const SharedResource = z.object({ arn: Arn, resourceShareArn: Arn, status: Text.optional() });
export const SharePrincipal = z.object({ id: Text, resourceShareArn: Arn });
export const ShareAssociation = z.object({
  resourceShareArn: Arn,
  associatedEntity: Text,
  associationType: z.enum(["PRINCIPAL", "RESOURCE"]),
  status: Text.optional(),
});
