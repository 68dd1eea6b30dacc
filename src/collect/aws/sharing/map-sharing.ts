// What buckets replicate and how they encrypt, the grants of keys, and the shares of AWS Resource Access Manager.
import { parseArn, partitionOf } from "../../../model/aws/arn.ts";
import { inside, type Source } from "../../../model/source.ts";
import { observeBucket } from "../map-resources.ts";
import { argumentOf, eachItem, has, listOf, parseItem, type Reading, type Shape } from "../shape.ts";
import { encryptedBy } from "./keys.ts";
import { sharingShape, unseenSharing } from "./map-snapshots.ts";
import { Encryption, KeyGrant, Replication, ResourceShare, ShareAssociation, SharedResource, SharePrincipal } from "./schema.ts";

const bucketArn = (reading: Reading, name: string): string => `arn:${partitionOf(reading.call?.flags["region"])}:s3:::${name}`;

/** The answer names no bucket: only the call does. */
function bucketOf(reading: Reading, what: string): string | undefined {
  const name = argumentOf(reading, "bucket");
  if (name === undefined)
    reading.gap("aws/scope", reading.file.path, `${what} of a bucket`, "the file does not say which bucket: keep the call in a manifest");
  return name;
}

function replication(reading: Reading): void {
  const name = bucketOf(reading, "replication");
  if (name === undefined) return;
  const arn = bucketArn(reading, name);
  const gap = { topic: "aws/sharing", subject: arn, what: `replication of ${name}` } as const;
  const item = parseItem(reading, Replication, reading.document, reading.source, gap)?.ReplicationConfiguration;
  if (!item) return;
  const at = inside(reading.source, "ReplicationConfiguration");
  item.Rules.forEach((rule, i) => {
    if (rule.Status !== "Enabled") return;
    const key = rule.Destination.EncryptionConfiguration?.ReplicaKmsKeyID;
    const prefix = rule.Filter?.And?.Prefix ?? rule.Filter?.Prefix ?? rule.Prefix;
    reading.observe({
      kind: "aws/copy",
      from: arn,
      to: rule.Destination.Bucket,
      by: "replication",
      role: item.Role,
      ...(prefix !== undefined && prefix !== "" && { prefix }),
      ...(rule.SourceSelectionCriteria?.SseKmsEncryptedObjects?.Status === "Enabled" && { encryptedToo: true }),
      ...(key !== undefined && { key }),
      source: inside(at, "Rules", i),
    });
  });
  reading.observe({ kind: "aws/part", part: "sharing-read", arn, source: at });
}

function encryption(reading: Reading): void {
  const name = bucketOf(reading, "encryption");
  if (name === undefined) return;
  const gap = { topic: "aws/encryption", subject: bucketArn(reading, name), what: `encryption of ${name}` } as const;
  const item = parseItem(reading, Encryption, reading.document, reading.source, gap);
  const choice = item?.ServerSideEncryptionConfiguration.Rules[0]?.ApplyServerSideEncryptionByDefault;
  if (choice === undefined || !choice.SSEAlgorithm.startsWith("aws:kms")) return;
  observeBucket(reading, name, reading.source, { ...encryptedBy(choice.KMSMasterKeyID, true), keyIsDefault: true });
}

/** A key's ARN; of a key that is named by its id alone, what the call says besides. `*` stands for what nothing says. */
function keyArn(reading: Reading, key: string): string {
  if (key.startsWith("arn:")) return key;
  const region = reading.call?.flags["region"];
  return `arn:${partitionOf(region)}:kms:${region ?? "*"}:${reading.account ?? "*"}:key/${key}`;
}

function grants(reading: Reading): void {
  const named = argumentOf(reading, "key-id");
  const asked = named === undefined ? undefined : keyArn(reading, named);
  const unseen = { ...unseenSharing(reading, "kms", "a grant of a key"), ...(asked !== undefined && { subject: asked }) };
  const keys = new Set<string>(asked === undefined ? [] : [asked]);
  eachItem(reading, "Grants", KeyGrant, unseen, (item, source) => {
    const key = !item.KeyId.startsWith("arn:") && asked?.endsWith(`key/${item.KeyId}`) ? asked : keyArn(reading, item.KeyId);
    keys.add(key);
    const { EncryptionContextEquals: equals, EncryptionContextSubset: subset } = item.Constraints ?? {};
    const context = equals ?? subset;
    const grantee = item.GranteePrincipal ?? item.GranteeServicePrincipal;
    if (grantee === undefined) return reading.gap("aws/sharing", key, `grant ${item.GrantId}`, "it does not say to whom", source);
    if (key.includes("*"))
      return reading.gap(
        "aws/sharing",
        key,
        `grant ${item.GrantId}`,
        "it does not say of which region's key: keep the call in a manifest",
        source,
      );
    reading.observe({
      kind: "aws/key-grant",
      key,
      id: item.GrantId,
      ...(item.Name !== undefined && item.Name !== "" && { name: item.Name }),
      grantee,
      operations: item.Operations,
      ...(context && { context, exactly: equals !== undefined }),
      source,
    });
  });
  for (const arn of keys) reading.observe({ kind: "aws/part", part: "sharing-read", arn, source: reading.source });
}

/** AWS RAM API Reference, ResourceShareAssociation and Resource, `status`: what failed or ended shares nothing. */
const ENDED: ReadonlySet<string> = new Set(["FAILED", "DISASSOCIATED", "SUSPENDED", "DELETED", "UNAVAILABLE"]);

const lasts = (status: string | undefined): boolean => status === undefined || !ENDED.has(status);

/** `ACCOUNT REGION`: RAM is asked in each region (AWS RAM User Guide, "Regional resources"). */
const placeOf = (reading: Reading, share: string | undefined): string => {
  const arn = share === undefined ? undefined : parseArn(share);
  return `${arn?.account ?? reading.account ?? "*"} ${arn?.region ?? reading.call?.flags["region"] ?? "*"}`;
};

function wasRead(reading: Reading, of: "resources" | "principals", shares: readonly string[]): void {
  for (const place of new Set(shares.length > 0 ? shares.map((share) => placeOf(reading, share)) : [placeOf(reading, undefined)]))
    reading.observe({ kind: "aws/part", part: "ram-read", of, place, source: reading.source });
}

/** Of what others share with this account the owner's files tell. */
const isOthers = (reading: Reading): boolean => reading.call?.flags["resource-owner"] === "OTHER-ACCOUNTS";

const resource = (reading: Reading, share: string, arn: string, source: Source): void =>
  reading.observe({ kind: "aws/part", part: "ram-resource", share, arn, source });

const principal = (reading: Reading, share: string, who: string, source: Source): void =>
  reading.observe({ kind: "aws/part", part: "ram-principal", share, who, source });

function sharedResources(reading: Reading): void {
  if (isOthers(reading)) return;
  const shares: string[] = [];
  eachItem(reading, "resources", SharedResource, unseenSharing(reading, "ram", "a shared resource"), (item, source) => {
    shares.push(item.resourceShareArn);
    if (lasts(item.status)) resource(reading, item.resourceShareArn, item.arn, source);
  });
  wasRead(reading, "resources", shares);
}

function sharePrincipals(reading: Reading): void {
  if (isOthers(reading)) return;
  const shares: string[] = [];
  eachItem(reading, "principals", SharePrincipal, unseenSharing(reading, "ram", "whom a share is with"), (item, source) => {
    shares.push(item.resourceShareArn);
    principal(reading, item.resourceShareArn, item.id, source);
  });
  wasRead(reading, "principals", shares);
}

function associations(reading: Reading): void {
  const read = { RESOURCE: [] as string[], PRINCIPAL: [] as string[] };
  eachItem(reading, "resourceShareAssociations", ShareAssociation, unseenSharing(reading, "ram", "a share"), (item, source) => {
    read[item.associationType].push(item.resourceShareArn);
    if (!lasts(item.status)) return;
    if (item.associationType === "RESOURCE") resource(reading, item.resourceShareArn, item.associatedEntity, source);
    else principal(reading, item.resourceShareArn, item.associatedEntity, source);
  });
  const asked = reading.call?.flags["association-type"];
  if (asked !== "PRINCIPAL" && (asked !== undefined || read.RESOURCE.length > 0)) wasRead(reading, "resources", read.RESOURCE);
  if (asked !== "RESOURCE" && (asked !== undefined || read.PRINCIPAL.length > 0)) wasRead(reading, "principals", read.PRINCIPAL);
}

function shares(reading: Reading): void {
  if (isOthers(reading)) return;
  eachItem(reading, "resourceShares", ResourceShare, unseenSharing(reading, "ram", "a share"), (item, source) => {
    if (lasts(item.status)) reading.observe({ kind: "aws/part", part: "ram-share", share: item.resourceShareArn, source });
  });
}

export const sharingShapes: readonly Shape[] = [
  sharingShape("s3api", "get-bucket-replication", (document) => has(document, "ReplicationConfiguration"), replication),
  {
    ...sharingShape("s3api", "get-bucket-encryption", (document) => has(document, "ServerSideEncryptionConfiguration"), encryption),
    topic: "aws/encryption",
  },
  sharingShape("kms", "list-grants", (document) => listOf(document, "Grants", "GrantId", "KeyId"), grants),
  sharingShape("ram", "list-resources", (document) => listOf(document, "resources", "arn", "resourceShareArn"), sharedResources),
  sharingShape("ram", "list-principals", (document) => listOf(document, "principals", "id", "resourceShareArn"), sharePrincipals),
  sharingShape(
    "ram",
    "get-resource-share-associations",
    (document) => listOf(document, "resourceShareAssociations", "resourceShareArn", "associatedEntity"),
    associations,
  ),
  sharingShape("ram", "get-resource-shares", (document) => listOf(document, "resourceShares", "resourceShareArn"), shares),
];
