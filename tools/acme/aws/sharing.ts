// What each account shares, grants and copies, as the calls that ask for it answer: nothing leaves its account but by the roles beside this.
import type { Folder } from "../folder.ts";
import { ACCOUNTS, REGION, type AccountName } from "../names.ts";
import { awsDate, hex } from "../pseudo.ts";

const HERE = `--region ${REGION}`;

const rds = (account: AccountName, kind: string, name: string): string => `arn:aws:rds:${REGION}:${ACCOUNTS[account]}:${kind}:${name}`;

/** No bucket replicates: S3 says so with an error. */
export function writeReplication(folder: Folder, buckets: readonly string[]): void {
  const none =
    "An error occurred (ReplicationConfigurationNotFoundError) when calling the GetBucketReplication operation: The replication configuration was not found";
  for (const bucket of buckets) folder.denied(`aws s3api get-bucket-replication --bucket ${bucket}`, none);
}

interface Key {
  readonly alias: string;
  readonly id: string;
  readonly arn: string;
}

/** Near-miss: RDS holds a grant of production's key for as long as the database is encrypted with it, and no one else can use that grant. */
export function writeGrants(folder: Folder, account: AccountName, keys: readonly Key[]): void {
  for (const key of keys) {
    const root = `arn:aws:iam::${ACCOUNTS[account]}:root`;
    const ofDatabase = {
      KeyId: key.arn,
      GrantId: hex(`grant/${key.alias}`, 64),
      Name: "",
      CreationDate: awsDate(`grant/${key.alias}`),
      GranteePrincipal: `rds.${REGION}.amazonaws.com`,
      RetiringPrincipal: `rds.${REGION}.amazonaws.com`,
      IssuingAccount: root,
      Operations: ["Decrypt", "Encrypt", "GenerateDataKey", "ReEncryptFrom", "ReEncryptTo", "CreateGrant", "RetireGrant", "DescribeKey"],
      Constraints: { EncryptionContextSubset: { "aws:rds:db-id": `db-${hex(`db/${account}`, 26).toUpperCase()}` } },
    };
    const Grants = key.alias.endsWith("-data") ? [ofDatabase] : [];
    folder.answer(`aws kms list-grants --key-id ${key.id} ${HERE}`, `kms/${key.id}/list-grants.json`, { Grants });
  }
}

/** A nightly snapshot of each database, which cannot be shared, and in production one that was made by hand before an upgrade and is shared with nobody. */
function databaseSnapshots(account: AccountName): readonly object[] {
  if (account === "tooling") return [];
  const one = (name: string, type: string) => ({
    DBSnapshotIdentifier: name,
    DBInstanceIdentifier: `acme-${account}`,
    SnapshotCreateTime: awsDate(`${account}/${name}`),
    Engine: "postgres",
    AllocatedStorage: 200,
    Status: "available",
    EngineVersion: "17.5",
    SnapshotType: type,
    Encrypted: true,
    DBSnapshotArn: rds(account, "snapshot", name),
    IAMDatabaseAuthenticationEnabled: false,
    TagList: [],
  });
  const nightly = one(`rds:acme-${account}-2026-11-19-03-10`, "automated");
  return account === "production" ? [nightly, one("before-17-5", "manual")] : [nightly];
}

export function writeSharing(folder: Folder, account: AccountName): void {
  folder.answer(`aws ec2 describe-snapshots --owner-ids self ${HERE}`, "ec2/describe-snapshots.json", { Snapshots: [] });
  folder.answer(`aws ec2 describe-images --owners self ${HERE}`, "ec2/describe-images.json", { Images: [] });
  folder.answer(`aws rds describe-db-snapshots ${HERE}`, "rds/describe-db-snapshots.json", { DBSnapshots: databaseSnapshots(account) });
  if (account === "production") {
    const DBSnapshotIdentifier = "before-17-5";
    folder.answer(
      `aws rds describe-db-snapshot-attributes --db-snapshot-identifier ${DBSnapshotIdentifier} ${HERE}`,
      `rds/${DBSnapshotIdentifier}/describe-db-snapshot-attributes.json`,
      { DBSnapshotAttributesResult: { DBSnapshotIdentifier, DBSnapshotAttributes: [{ AttributeName: "restore", AttributeValues: [] }] } },
    );
  }
  for (const type of ["RESOURCE", "PRINCIPAL"]) {
    const call = `aws ram get-resource-share-associations --association-type ${type} ${HERE}`;
    folder.answer(call, `ram/get-resource-share-associations-${type.toLowerCase()}.json`, { resourceShareAssociations: [] });
  }
}
