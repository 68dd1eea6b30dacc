// Disks, snapshots and images, and whom they are shared with, as EC2 and RDS print them.
import type { z } from "zod";
import { isObject } from "../../../lib/json.ts";
import { accountOfArn, parseArn, partitionOf } from "../../../model/aws/arn.ts";
import type { AwsResource } from "../../../model/observations/aws.ts";
import { inside, type Source } from "../../../model/source.ts";
import { tagsOf } from "../map-identity.ts";
import { argumentOf, eachItem, has, listOf, listSubject, parseItem, type Reading, type Shape, type Unseen } from "../shape.ts";
import { encryptedBy } from "./keys.ts";
import {
  AutomatedBackup,
  ClusterSnapshot,
  ClusterSnapshotAttributes,
  DatabaseSnapshot,
  Image,
  ImageAttribute,
  Snapshot,
  SnapshotAttribute,
  SnapshotAttributes,
  Volume,
} from "./schema.ts";

export const unseenSharing = (reading: Reading, service: string, what: string): Unseen => ({
  topic: "aws/sharing",
  subject: listSubject(reading, service),
  what,
});

export const sharingShape = (service: string, operation: string, is: Shape["is"], map: Shape["map"]): Shape => ({
  name: `${service} ${operation}`,
  service,
  operations: [operation],
  is,
  topic: "aws/sharing",
  subject: (reading) => listSubject(reading, service === "s3api" ? "s3" : service),
  map,
});

/** The region of EC2's answers, whose items do not all name it: of the call, of the item's key, or of a folder named after it. */
function regionOf(reading: Reading, key?: string): string | undefined {
  const folder = reading.file.path.split("/").find((part) => /^[a-z]{2}(-[a-z]+)+-\d$/.test(part));
  return reading.call?.flags["region"] ?? (key === undefined ? undefined : parseArn(key)?.region) ?? folder;
}

/**
 * A snapshot or an image: its ARN names no account (Service Authorization Reference, Amazon EC2, resource types), so the owner does. What others
 * own and share or publish is listed too, and is told by their own account's files.
 */
function ownArn(
  reading: Reading,
  item: { readonly OwnerId: string; readonly KmsKeyId?: string | undefined },
  path: string,
  source: Source,
): string | undefined {
  if (reading.account === undefined) {
    reading.gap("aws/scope", reading.file.path, `account of ${path}`, "the file does not say whose it is: give the input a scope", source);
    return undefined;
  }
  if (item.OwnerId !== reading.account) return undefined;
  const region = regionOf(reading, item.KmsKeyId);
  if (region === undefined) {
    const why = "neither the call nor the answer says in which region: keep the call with its --region in a manifest";
    reading.gap("aws/scope", `${item.OwnerId}:ec2`, `region of ${path}`, why, source);
    return undefined;
  }
  return `arn:${partitionOf(region)}:ec2:${region}::${path}`;
}

type Rest = Partial<AwsResource> & Pick<AwsResource, "arn" | "account" | "type" | "name" | "source">;

const observe = (reading: Reading, resource: Rest): void =>
  reading.observe({ kind: "aws/resource", tags: {}, service: parseArn(resource.arn)?.service ?? "", ...resource });

function volume(reading: Reading, item: z.infer<typeof Volume>, source: Source): void {
  if (reading.account === undefined)
    return reading.gap("aws/scope", reading.file.path, "account of a volume", "give the input a scope", source);
  const region = item.AvailabilityZone.replace(/[a-z]$/, "");
  const arn = `arn:${partitionOf(region)}:ec2:${region}:${reading.account}:volume/${item.VolumeId}`;
  const tags = tagsOf(item.Tags);
  observe(reading, {
    arn,
    account: reading.account,
    type: "volume",
    name: item.VolumeId,
    tags,
    ...encryptedBy(item.KmsKeyId, item.Encrypted),
    source,
  });
}

function snapshot(reading: Reading, item: z.infer<typeof Snapshot>, source: Source): void {
  const arn = ownArn(reading, item, `snapshot/${item.SnapshotId}`, source);
  if (arn === undefined) return;
  const { OwnerId: account, SnapshotId: name } = item;
  observe(reading, {
    arn,
    account,
    type: "snapshot",
    name,
    tags: tagsOf(item.Tags),
    ...encryptedBy(item.KmsKeyId, item.Encrypted),
    source,
  });
  // A copy has a volume id that means nothing (Amazon EC2 API Reference, Snapshot, VolumeId).
  if (item.VolumeId === undefined || item.VolumeId === "vol-ffffffff") return;
  const { partition, region } = parseArn(arn) ?? {};
  reading.observe({
    kind: "aws/copy",
    from: `arn:${partition}:ec2:${region}:${account}:volume/${item.VolumeId}`,
    to: arn,
    by: "snapshot",
    source,
  });
}

function image(reading: Reading, item: z.infer<typeof Image>, source: Source): void {
  const arn = ownArn(reading, item, `image/${item.ImageId}`, source);
  if (arn === undefined) return;
  const { OwnerId: account, ImageId: name } = item;
  observe(reading, { arn, account, type: "machine-image", name, tags: tagsOf(item.Tags), source });
  const place = arn.slice(0, arn.indexOf("::") + 2);
  (item.BlockDeviceMappings ?? []).forEach(({ Ebs }, i) => {
    if (Ebs?.SnapshotId === undefined) return;
    const at = inside(source, "BlockDeviceMappings", i);
    reading.observe({ kind: "aws/copy", from: `${place}snapshot/${Ebs.SnapshotId}`, to: arn, by: "snapshot", source: at });
  });
  if (item.Public === true) reading.observe({ kind: "aws/share", arn, with: "everyone", by: "launch", source: inside(source, "Public") });
}

type SharedWithPart = { readonly who: string | undefined; readonly source: Source };

function sharedWith(
  reading: Reading,
  part: {
    readonly type: "snapshot" | "machine-image";
    readonly service: "ec2" | "rds";
    readonly name: string;
    readonly by: "create-volume" | "launch" | "restore";
  },
  all: readonly SharedWithPart[],
  source: Source,
): void {
  const region = regionOf(reading);
  reading.observe({
    kind: "aws/part",
    part: "shared-with",
    ...part,
    ...(reading.account !== undefined && { account: reading.account }),
    ...(region !== undefined && { region }),
    with: all.flatMap(({ who, source: at }) => (who === undefined ? [] : [{ who, source: at }])),
    source,
  });
}

function snapshotAttribute(reading: Reading): void {
  const unseen = { ...unseenSharing(reading, "ec2", "createVolumePermission of a snapshot"), ...ofName(reading, "snapshot-id") };
  const item = parseItem(reading, SnapshotAttribute, reading.document, reading.source, unseen);
  if (!item) return;
  const at = inside(reading.source, "CreateVolumePermissions");
  const all = item.CreateVolumePermissions.map((each, i) => ({ who: each.UserId ?? groupOf(each.Group), source: inside(at, i) }));
  sharedWith(reading, { type: "snapshot", service: "ec2", name: item.SnapshotId, by: "create-volume" }, all, at);
}

function imageAttribute(reading: Reading): void {
  const unseen = { ...unseenSharing(reading, "ec2", "launchPermission of an image"), ...ofName(reading, "image-id") };
  const item = parseItem(reading, ImageAttribute, reading.document, reading.source, unseen);
  if (!item) return;
  const at = inside(reading.source, "LaunchPermissions");
  const all = item.LaunchPermissions.map((each, i) => ({
    who: each.UserId ?? each.OrganizationArn ?? each.OrganizationalUnitArn ?? groupOf(each.Group),
    source: inside(at, i),
  }));
  sharedWith(reading, { type: "machine-image", service: "ec2", name: item.ImageId, by: "launch" }, all, at);
}

/** Only the group `all` exists (Amazon EC2 API Reference, CreateVolumePermission, LaunchPermission). Another would be someone: everyone, then. */
const groupOf = (group: string | undefined): string | undefined => (group === undefined ? undefined : "everyone");

const ofName = (reading: Reading, flag: string): { readonly subject?: string } => {
  const name = argumentOf(reading, flag);
  return name === undefined ? {} : { subject: `${reading.account ?? "*"}:${name}` };
};

/** A manual snapshot; one that AWS makes on its own, or AWS Backup, is shared by first copying it (RDS User Guide, "Sharing a DB snapshot"). */
const isManual = (type: string): boolean => type === "manual" || type === "shared" || type === "public";

function databaseSnapshot(reading: Reading, item: z.infer<typeof DatabaseSnapshot>, source: Source): void {
  const { DBSnapshotArn: arn, DBSnapshotIdentifier: name, DBInstanceIdentifier: database } = item;
  const key = encryptedBy(item.KmsKeyId, item.Encrypted);
  rdsSnapshot(
    reading,
    { arn, name, tags: tagsOf(item.TagList), ...key, source },
    item.SnapshotType,
    `db:${database}`,
    item.SourceDBSnapshotIdentifier,
  );
}

function clusterSnapshot(reading: Reading, item: z.infer<typeof ClusterSnapshot>, source: Source): void {
  const { DBClusterSnapshotArn: arn, DBClusterSnapshotIdentifier: name, DBClusterIdentifier: cluster } = item;
  const key = encryptedBy(item.KmsKeyId, item.StorageEncrypted);
  rdsSnapshot(
    reading,
    { arn, name, tags: tagsOf(item.TagList), ...key, source },
    item.SnapshotType,
    `cluster:${cluster}`,
    item.SourceDBClusterSnapshotArn,
  );
}

function rdsSnapshot(
  reading: Reading,
  resource: Partial<AwsResource> & Pick<AwsResource, "arn" | "name" | "source">,
  type: string,
  made: string,
  copied: string | undefined,
): void {
  const { arn, source } = resource;
  const account = accountOfArn(arn);
  if (account === undefined) return reading.gap("aws/scope", arn, `account of ${arn}`, "the ARN has no twelve-digit account id", source);
  // What others share with the account is listed on demand, and is told by their own account's files.
  if (reading.account !== undefined && account !== reading.account) return;
  observe(reading, { ...resource, account, type: "snapshot", ...(!isManual(type) && { unshareable: true }) });
  const { partition, region } = parseArn(arn) ?? {};
  const from = copied?.startsWith("arn:") === true ? copied : `arn:${partition}:rds:${region}:${account}:${made}`;
  reading.observe({ kind: "aws/copy", from, to: arn, by: "snapshot", source });
}

interface RestoreAttribute {
  readonly AttributeName: string;
  readonly AttributeValues?: readonly string[] | undefined;
}

/** The attribute `restore` lists accounts, or `all` (Amazon RDS API Reference, DBSnapshotAttribute). */
function restoreAttribute(reading: Reading, name: string, attributes: readonly RestoreAttribute[], at: Source): void {
  const all = attributes.flatMap(({ AttributeName, AttributeValues }, i) =>
    AttributeName === "restore"
      ? (AttributeValues ?? []).map((value, k) => ({
          who: value === "all" ? "everyone" : value,
          source: inside(at, i, "AttributeValues", k),
        }))
      : [],
  );
  sharedWith(reading, { type: "snapshot", service: "rds", name, by: "restore" }, all, at);
}

function databaseAttributes(reading: Reading): void {
  const unseen = { ...unseenSharing(reading, "rds", "attributes of a snapshot"), ...ofName(reading, "db-snapshot-identifier") };
  const result = parseItem(reading, SnapshotAttributes, reading.document, reading.source, unseen)?.DBSnapshotAttributesResult;
  const at = inside(reading.source, "DBSnapshotAttributesResult", "DBSnapshotAttributes");
  if (result) restoreAttribute(reading, result.DBSnapshotIdentifier, result.DBSnapshotAttributes, at);
}

function clusterAttributes(reading: Reading): void {
  const unseen = { ...unseenSharing(reading, "rds", "attributes of a snapshot"), ...ofName(reading, "db-cluster-snapshot-identifier") };
  const result = parseItem(reading, ClusterSnapshotAttributes, reading.document, reading.source, unseen)?.DBClusterSnapshotAttributesResult;
  const at = inside(reading.source, "DBClusterSnapshotAttributesResult", "DBClusterSnapshotAttributes");
  if (result) restoreAttribute(reading, result.DBClusterSnapshotIdentifier, result.DBClusterSnapshotAttributes, at);
}

/** Automated backups are kept in another region under an ARN of their own (RDS User Guide, "Replicating automated backups to another Region"). */
function automatedBackup(reading: Reading, item: z.infer<typeof AutomatedBackup>, source: Source): void {
  (item.DBInstanceAutomatedBackupsReplications ?? []).forEach(({ DBInstanceAutomatedBackupsArn: arn }, i) => {
    const account = accountOfArn(arn);
    const at = inside(source, "DBInstanceAutomatedBackupsReplications", i);
    if (account === undefined) return reading.gap("aws/scope", arn, `account of ${arn}`, "the ARN has no twelve-digit account id", at);
    if (item.DBInstanceArn === undefined)
      return reading.gap("aws/sharing", `${account}:rds`, `whose automated backups ${arn} are`, "the answer has no DBInstanceArn", at);
    observe(reading, { arn, account, type: "snapshot", name: arn.slice(arn.lastIndexOf(":") + 1), unshareable: true, source: at });
    reading.observe({ kind: "aws/copy", from: item.DBInstanceArn, to: arn, by: "backup", source: at });
  });
}

const listing = (service: string, operation: string, key: string, members: readonly string[], map: Shape["map"]): Shape =>
  sharingShape(service, operation, (document) => listOf(document, key, ...members), map);

export const snapshotShapes: readonly Shape[] = [
  listing("ec2", "describe-volumes", "Volumes", ["VolumeId"], (reading) =>
    eachItem(reading, "Volumes", Volume, unseenSharing(reading, "ec2", "a volume"), (item, source) => volume(reading, item, source)),
  ),
  listing("ec2", "describe-snapshots", "Snapshots", ["SnapshotId", "OwnerId"], (reading) =>
    eachItem(reading, "Snapshots", Snapshot, unseenSharing(reading, "ec2", "a snapshot"), (item, source) =>
      snapshot(reading, item, source),
    ),
  ),
  sharingShape(
    "ec2",
    "describe-snapshot-attribute",
    (document) => has(document, "SnapshotId", "CreateVolumePermissions"),
    snapshotAttribute,
  ),
  listing("ec2", "describe-images", "Images", ["ImageId", "OwnerId"], (reading) =>
    eachItem(reading, "Images", Image, unseenSharing(reading, "ec2", "an image"), (item, source) => image(reading, item, source)),
  ),
  sharingShape("ec2", "describe-image-attribute", (document) => has(document, "ImageId", "LaunchPermissions"), imageAttribute),
  listing("rds", "describe-db-snapshots", "DBSnapshots", ["DBSnapshotIdentifier"], (reading) =>
    eachItem(reading, "DBSnapshots", DatabaseSnapshot, unseenSharing(reading, "rds", "a snapshot"), (item, source) =>
      databaseSnapshot(reading, item, source),
    ),
  ),
  sharingShape(
    "rds",
    "describe-db-snapshot-attributes",
    (document) => isObject(document["DBSnapshotAttributesResult"]),
    databaseAttributes,
  ),
  listing("rds", "describe-db-cluster-snapshots", "DBClusterSnapshots", ["DBClusterSnapshotIdentifier"], (reading) =>
    eachItem(reading, "DBClusterSnapshots", ClusterSnapshot, unseenSharing(reading, "rds", "a snapshot"), (item, source) =>
      clusterSnapshot(reading, item, source),
    ),
  ),
  sharingShape(
    "rds",
    "describe-db-cluster-snapshot-attributes",
    (document) => isObject(document["DBClusterSnapshotAttributesResult"]),
    clusterAttributes,
  ),
  listing("rds", "describe-db-instance-automated-backups", "DBInstanceAutomatedBackups", ["DbiResourceId"], (reading) =>
    eachItem(reading, "DBInstanceAutomatedBackups", AutomatedBackup, unseenSharing(reading, "rds", "automated backups"), (item, source) =>
      automatedBackup(reading, item, source),
    ),
  ),
];
