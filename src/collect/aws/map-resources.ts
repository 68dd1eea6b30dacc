// Resources as listed: buckets, keys, secrets, repositories, functions, databases, instances.
import { z } from "zod";
import { isObject } from "../../lib/json.ts";
import type { AwsResource } from "../../model/observations/aws.ts";
import { inside, type Source } from "../../model/source.ts";
import { accountOfArn, parseArn, partitionOf } from "../../model/aws/arn.ts";
import { tagsOf } from "./map-identity.ts";
import { queueArn } from "./map-resource-policy.ts";
import {
  Bucket,
  DatabaseCluster,
  DatabaseInstance,
  FunctionConfiguration,
  Instance,
  KeyEntry,
  KeyMetadata,
  PublicAccessBlock,
  QueueUrls,
  Repository,
  Reservation,
  SecretEntry,
  SecretValue,
  TopicEntry,
} from "./schema.ts";
import { argumentOf, eachItem, has, listOf, listSubject, parseItem, type Reading, type Shape } from "./shape.ts";
import { withoutSecrets } from "../../model/aws/variables.ts";

const unseen = (reading: Reading, service: string, what: string) =>
  ({ topic: "aws/resource-list", subject: listSubject(reading, service), what }) as const;

/** Emits a resource whose ARN names its account; without one it cannot be placed: a gap. */
function observeResource(
  reading: Reading,
  arn: string,
  type: AwsResource["type"],
  name: string,
  source: Source,
  rest: Partial<AwsResource> = {},
): void {
  const account = accountOfArn(arn);
  if (account === undefined) {
    const why = "the ARN has no twelve-digit account id; collect it again";
    return reading.gap("aws/scope", arn, `account of ${arn}`, why, source);
  }
  const service = parseArn(arn)?.service ?? "";
  reading.observe({ kind: "aws/resource", tags: {}, ...rest, arn, account, service, type, name, source });
}

// A bucket's ARN names no account (Amazon S3 User Guide, "Policy resources for Amazon S3"), so only the scope can.
export function observeBucket(reading: Reading, name: string, source: Source, rest: Partial<AwsResource> = {}): void {
  const arn = `arn:${partitionOf(reading.call?.flags["region"])}:s3:::${name}`;
  if (reading.account === undefined)
    return reading.gap("aws/scope", arn, `account of bucket ${name}`, "S3 does not print it: give the input a scope", source);
  reading.observe({ kind: "aws/resource", tags: {}, ...rest, arn, account: reading.account, service: "s3", type: "bucket", name, source });
}

function mapAccessBlock(reading: Reading): void {
  const name = argumentOf(reading, "bucket");
  if (name === undefined) {
    const why = "the file does not say which bucket: keep the call in a manifest";
    return reading.gap("aws/scope", reading.file.path, "public access block of a bucket", why);
  }
  const item = parseItem(
    reading,
    PublicAccessBlock,
    reading.document,
    reading.source,
    unseen(reading, "s3", `public access block of ${name}`),
  );
  if (item)
    observeBucket(reading, name, reading.source, { restrictsPublicPolicy: item.PublicAccessBlockConfiguration.RestrictPublicBuckets });
}

function observeFunction(reading: Reading, value: unknown, source: Source): void {
  const item = parseItem(reading, FunctionConfiguration, value, source, unseen(reading, "lambda", "a function"));
  if (!item) return;
  const variables = item.Environment?.Variables;
  if (item.Environment && !variables)
    reading.gap(
      "aws/resource-list",
      `${accountOfArn(item.FunctionArn)}:lambda`,
      `environment variables of ${item.FunctionArn}`,
      "Lambda could not decrypt them; collect with kms:Decrypt on the function's key",
      inside(source, "Environment"),
    );
  // `$LATEST` and numbered versions are printed with a qualifier; they are one function.
  const arn = item.FunctionArn.split(":").slice(0, 7).join(":");
  observeResource(reading, arn, "function", item.FunctionName, source, {
    role: item.Role,
    ...(variables && { environment: withoutSecrets(variables, reading.fingerprint) }),
  });
}

function mapReservations(reading: Reading): void {
  eachItem(reading, "Reservations", Reservation, unseen(reading, "ec2", "an instance"), (reservation, at) => {
    reservation.Instances.forEach((value, i) => {
      const source = inside(at, "Instances", i);
      const item = parseItem(reading, Instance, value, source, unseen(reading, "ec2", "an instance"));
      if (!item) return;
      const region = /^[a-z]{2}(?:-[a-z]+)+-\d/.exec(item.Placement.AvailabilityZone)?.[0] ?? "";
      const arn = `arn:${partitionOf(region)}:ec2:${region}:${reservation.OwnerId}:instance/${item.InstanceId}`;
      observeResource(reading, arn, "instance", item.InstanceId, source, {
        tags: tagsOf(item.Tags),
        ...(item.IamInstanceProfile && { instanceProfile: item.IamInstanceProfile.Arn }),
      });
    });
  });
}

/** Fingerprints of a JSON secret's members: the password inside is what two environments would share. */
function memberFingerprints(value: string, fingerprint: (secret: string) => string): Readonly<Record<string, string>> | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    return undefined;
  }
  if (!isObject(parsed)) return undefined;
  return Object.fromEntries(
    Object.entries(parsed).flatMap(([key, member]) => (typeof member === "string" ? [[key, fingerprint(member)]] : [])),
  );
}

// The value goes no further than this function.
function mapSecretValue(reading: Reading): void {
  const item = parseItem(
    reading,
    SecretValue,
    reading.document,
    reading.source,
    unseen(reading, "secretsmanager", "fingerprint of a secret"),
  );
  const value = item?.SecretString ?? item?.SecretBinary;
  if (!item || value === undefined) return;
  const members = memberFingerprints(value, reading.fingerprint);
  const fingerprint = reading.fingerprint(value);
  reading.observe({ kind: "aws/secret-fingerprint", arn: item.ARN, fingerprint, ...(members && { members }), source: reading.source });
}

function secretResource(reading: Reading, value: unknown, source: Source): void {
  const item = parseItem(reading, SecretEntry, value, source, unseen(reading, "secretsmanager", "a secret"));
  if (!item) return;
  const kmsKey = keyOf(item.KmsKeyId, item.ARN);
  observeResource(reading, item.ARN, "secret", item.Name, source, { tags: tagsOf(item.Tags), ...(kmsKey !== undefined && { kmsKey }) });
}

/** Printed as an ARN or as the key's id; an alias does not say which key it is (Secrets Manager API Reference, SecretListEntry, KmsKeyId). */
function keyOf(id: string | undefined, secret: string): string | undefined {
  if (id === undefined || id.includes("alias/")) return undefined;
  const { partition, region } = parseArn(secret) ?? {};
  return id.startsWith("arn:") ? id : `arn:${partition}:kms:${region}:${accountOfArn(secret)}:key/${id}`;
}

function mapQueueUrls(reading: Reading): void {
  const item = parseItem(reading, QueueUrls, reading.document, reading.source, unseen(reading, "sqs", "a queue"));
  item?.QueueUrls.forEach((url, i) => {
    const source = inside(reading.source, "QueueUrls", i);
    const arn = queueArn(url);
    if (arn === undefined)
      return reading.gap("aws/resource-list", listSubject(reading, "sqs"), "a queue", `${url} is not the URL of a queue`, source);
    observeResource(reading, arn, "queue", arn.slice(arn.lastIndexOf(":") + 1), source);
  });
}

const shape = (service: string, operations: readonly string[], is: Shape["is"], map: Shape["map"]): Shape => ({
  name: `${service} ${operations[0]}`,
  service,
  operations,
  is,
  topic: "aws/resource-list",
  subject: (reading) => listSubject(reading, service === "s3api" ? "s3" : service),
  map,
});

/** A call that prints a list of resources under one key. */
const listing = <S extends z.ZodType>(
  service: string,
  operations: readonly string[],
  key: string,
  members: readonly string[],
  schema: S,
  take: (reading: Reading, item: z.infer<S>, source: Source) => void,
): Shape =>
  shape(
    service,
    operations,
    (document) => listOf(document, key, ...members),
    (reading) =>
      eachItem(reading, key, schema, unseen(reading, service === "s3api" ? "s3" : service, `an item of ${key}`), (item, source) =>
        take(reading, item, source),
      ),
  );

export const resourceShapes: readonly Shape[] = [
  listing("s3api", ["list-buckets"], "Buckets", ["Name", "CreationDate"], Bucket, (reading, item, source) =>
    observeBucket(reading, item.Name, source),
  ),
  shape("s3api", ["get-public-access-block"], (document) => has(document, "PublicAccessBlockConfiguration"), mapAccessBlock),
  listing("kms", ["list-keys"], "Keys", ["KeyArn"], KeyEntry, (reading, item, source) =>
    observeResource(reading, item.KeyArn, "key", item.KeyId, source),
  ),
  shape(
    "kms",
    ["describe-key"],
    (document) => has(document, "KeyMetadata"),
    (reading) => {
      const item = parseItem(reading, KeyMetadata, reading.document, reading.source, unseen(reading, "kms", "a key"));
      if (item) observeResource(reading, item.KeyMetadata.Arn, "key", item.KeyMetadata.KeyId, inside(reading.source, "KeyMetadata"));
    },
  ),
  listing("secretsmanager", ["list-secrets"], "SecretList", ["ARN"], z.unknown(), secretResource),
  shape(
    "secretsmanager",
    ["get-secret-value"],
    (document) => has(document, "ARN") && (has(document, "SecretString") || has(document, "SecretBinary")),
    mapSecretValue,
  ),
  shape(
    "secretsmanager",
    ["describe-secret"],
    (document) => has(document, "ARN", "Name") && (has(document, "VersionIdsToStages") || has(document, "LastChangedDate")),
    (reading) => secretResource(reading, reading.document, reading.source),
  ),
  shape("sqs", ["list-queues"], (document) => Array.isArray(document["QueueUrls"]), mapQueueUrls),
  listing("sns", ["list-topics"], "Topics", ["TopicArn"], TopicEntry, (reading, item, source) =>
    observeResource(reading, item.TopicArn, "topic", item.TopicArn.slice(item.TopicArn.lastIndexOf(":") + 1), source),
  ),
  listing("ecr", ["describe-repositories"], "repositories", ["repositoryArn"], Repository, (reading, item, source) =>
    observeResource(reading, item.repositoryArn, "repository", item.repositoryName, source, {
      // With an exclusion filter some tags stay mutable (Amazon ECR API Reference, Repository), so only IMMUTABLE counts.
      ...(item.imageTagMutability !== undefined && { immutableTags: item.imageTagMutability === "IMMUTABLE" }),
    }),
  ),
  listing("lambda", ["list-functions"], "Functions", ["FunctionArn"], z.unknown(), observeFunction),
  shape(
    "lambda",
    ["get-function-configuration"],
    (document) => has(document, "FunctionArn", "FunctionName"),
    (reading) => observeFunction(reading, reading.document, reading.source),
  ),
  shape(
    "lambda",
    ["get-function"],
    (document) => isObject(document["Configuration"]) && has(document["Configuration"], "FunctionArn"),
    (reading) => observeFunction(reading, reading.document["Configuration"], inside(reading.source, "Configuration")),
  ),
  listing("rds", ["describe-db-instances"], "DBInstances", ["DBInstanceIdentifier"], DatabaseInstance, (reading, item, source) =>
    observeResource(reading, item.DBInstanceArn, "database", item.DBInstanceIdentifier, source, {
      tags: tagsOf(item.TagList),
      ...(item.Endpoint?.Address !== undefined && { endpoint: item.Endpoint.Address }),
      ...(item.BackupRetentionPeriod !== undefined && { backupDays: item.BackupRetentionPeriod }),
    }),
  ),
  listing("rds", ["describe-db-clusters"], "DBClusters", ["DBClusterIdentifier"], DatabaseCluster, (reading, item, source) =>
    observeResource(reading, item.DBClusterArn, "database", item.DBClusterIdentifier, source, {
      tags: tagsOf(item.TagList),
      ...(item.Endpoint !== undefined && { endpoint: item.Endpoint }),
      ...(item.BackupRetentionPeriod !== undefined && { backupDays: item.BackupRetentionPeriod }),
    }),
  ),
  shape("ec2", ["describe-instances"], (document) => listOf(document, "Reservations", "Instances"), mapReservations),
];
