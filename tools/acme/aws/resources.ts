// What each account holds besides identities: buckets, keys, secrets, queues, databases, functions, registries, with their policies.
import { ACCOUNTS, DATABASE_HOST, REGION, roleArn } from "../names.ts";
import type { AccountName } from "../names.ts";
import type { Folder } from "../folder.ts";
import { databasePlace, functionPlace } from "../network/write.ts";
import { awsDate, hex, uuid } from "../pseudo.ts";
import { writeGrants, writeReplication, writeSharing } from "./sharing.ts";
import { policy } from "./trust.ts";
import type { Document } from "./trust.ts";

interface Holdings {
  readonly buckets: readonly string[];
  readonly keys: readonly string[];
  readonly secrets: readonly string[];
  readonly queues: readonly string[];
  readonly topics: readonly string[];
  readonly functions: readonly { readonly name: string; readonly role: string; readonly variables: Readonly<Record<string, string>> }[];
}

const HOLDINGS: Readonly<Record<AccountName, Holdings>> = {
  production: {
    buckets: [
      "acme-production-shop-assets",
      "acme-production-website",
      "acme-production-configuration",
      "acme-production-invoices",
      "acme-production-warehouse",
      "acme-production-terraform-state",
    ],
    keys: ["acme-production-data", "acme-production-secrets"],
    secrets: [
      "production/shop/database",
      "production/payments/database",
      "production/payments/provider",
      "production/data/warehouse",
      "production/support/helpdesk",
    ],
    queues: ["order-events"],
    topics: ["alarms"],
    functions: [
      { name: "order-events", role: "order-events", variables: { WAREHOUSE_BUCKET: "acme-production-warehouse" } },
      { name: "image-resizer", role: "image-resizer", variables: { ASSETS_BUCKET: "acme-production-shop-assets" } },
      { name: "database-rotation", role: "database-rotation", variables: { ROTATION_DAYS: "30" } },
    ],
  },
  development: {
    buckets: [
      "acme-development-shop-assets",
      "acme-development-website",
      "acme-development-invoices",
      "acme-development-warehouse",
      "acme-development-seed",
      "acme-development-terraform-state",
    ],
    keys: ["acme-development-data"],
    secrets: ["development/shop/database", "development/payments/database", "development/payments/provider", "development/data/warehouse"],
    queues: ["order-events"],
    topics: ["alarms"],
    functions: [
      { name: "batch-export", role: "batch-development", variables: { WAREHOUSE_BUCKET: "acme-development-warehouse" } },
      { name: "preview-cleaner", role: "preview-cleaner", variables: { KEEP_DAYS: "7" } },
      { name: "seed-data", role: "seed-data", variables: { SEED_BUCKET: "acme-development-seed" } },
    ],
  },
  tooling: {
    buckets: ["acme-log-archive", "acme-reference-data"],
    keys: ["acme-log-archive"],
    secrets: [],
    queues: ["scan-results"],
    topics: ["alarms"],
    functions: [
      { name: "log-archive", role: "log-archive", variables: { ARCHIVE_BUCKET: "acme-log-archive" } },
      { name: "image-scanner", role: "image-scanner", variables: { SEVERITY: "HIGH" } },
    ],
  },
};

const arn = (account: AccountName, service: string, name: string): string => `arn:aws:${service}:${REGION}:${ACCOUNTS[account]}:${name}`;
const rootOf = (account: AccountName): string => `arn:aws:iam::${ACCOUNTS[account]}:root`;

/** Every bucket refuses plain HTTP; the log archive takes the other accounts' deliveries. */
function bucketPolicy(bucket: string): Document {
  const both = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
  const tls = {
    Sid: "TlsOnly",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: both,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
  const deliver = {
    Sid: "LogDelivery",
    Effect: "Allow",
    Principal: { Service: "delivery.logs.amazonaws.com" },
    Action: "s3:PutObject",
    Resource: `arn:aws:s3:::${bucket}/AWSLogs/*`,
    Condition: { StringEquals: { "s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceAccount": Object.values(ACCOUNTS) } },
  };
  return bucket === "acme-log-archive" ? policy(tls, deliver) : policy(tls);
}

function writeBuckets(folder: Folder, account: AccountName): void {
  const { buckets } = HOLDINGS[account];
  folder.answer("aws s3api list-buckets", "s3/list-buckets.json", {
    Buckets: buckets.map((Name) => ({ Name, CreationDate: awsDate(Name) })),
    Owner: { ID: hex(`${account}/owner`, 64) },
  });
  for (const bucket of buckets) {
    const Policy = JSON.stringify(bucketPolicy(bucket));
    folder.answer(`aws s3api get-bucket-policy --bucket ${bucket}`, `s3/${bucket}/get-bucket-policy.json`, { Policy });
  }
  writeReplication(folder, buckets);
}

/** The id that the roles' policies name. */
export const keyId = (alias: string): string =>
  alias === "acme-production-data" ? "5d1f7a52-8c1e-4b7a-9f0e-3a6b2c4d5e6f" : uuid(`key/${alias}`);

function writeKeys(folder: Folder, account: AccountName): void {
  const keys = HOLDINGS[account].keys.map((alias) => ({ alias, id: keyId(alias), arn: arn(account, "kms", `key/${keyId(alias)}`) }));
  folder.answer("aws kms list-keys", "kms/list-keys.json", { Keys: keys.map((key) => ({ KeyId: key.id, KeyArn: key.arn })) });
  const delegated = policy({
    Sid: "Enable IAM User Permissions",
    Effect: "Allow",
    Principal: { AWS: rootOf(account) },
    Action: "kms:*",
    Resource: "*",
  });
  for (const key of keys) {
    folder.answer(`aws kms get-key-policy --key-id ${key.id} --policy-name default`, `kms/${key.id}/get-key-policy.json`, {
      Policy: JSON.stringify({ ...delegated, Id: "key-default-1" }, null, 2),
      PolicyName: "default",
    });
  }
  writeGrants(folder, account, keys);
}

function writeSecrets(folder: Folder, account: AccountName): void {
  const secrets = HOLDINGS[account].secrets.map((name) => ({
    name,
    arn: arn(account, "secretsmanager", `secret:${name}-${hex(`${account}/${name}`, 6)}`),
  }));
  folder.answer("aws secretsmanager list-secrets", "secretsmanager/list-secrets.json", {
    SecretList: secrets.map((secret) => ({
      ARN: secret.arn,
      Name: secret.name,
      LastChangedDate: awsDate(secret.name),
      Tags: [{ Key: "environment", Value: account }],
      SecretVersionsToStages: { [uuid(secret.name)]: ["AWSCURRENT"] },
      CreatedDate: awsDate(`${secret.name}/created`),
    })),
  });
  for (const secret of secrets) {
    folder.answer(
      `aws secretsmanager get-resource-policy --secret-id ${secret.arn}`,
      `secretsmanager/${secret.name.replaceAll("/", "-")}/get-resource-policy.json`,
      { ARN: secret.arn, Name: secret.name },
    );
  }
}

function writeMessages(folder: Folder, account: AccountName): void {
  const { queues, topics } = HOLDINGS[account];
  const url = (queue: string): string => `https://sqs.${REGION}.amazonaws.com/${ACCOUNTS[account]}/${queue}`;
  folder.answer("aws sqs list-queues", "sqs/list-queues.json", { QueueUrls: queues.map(url) });
  for (const queue of queues) {
    const own = policy({
      Sid: "own",
      Effect: "Allow",
      Principal: { AWS: rootOf(account) },
      Action: "sqs:*",
      Resource: arn(account, "sqs", queue),
    });
    folder.answer(
      `aws sqs get-queue-attributes --queue-url ${url(queue)} --attribute-names All`,
      `sqs/${queue}/get-queue-attributes.json`,
      {
        Attributes: { QueueArn: arn(account, "sqs", queue), VisibilityTimeout: "30", Policy: JSON.stringify(own) },
      },
    );
  }
  folder.answer("aws sns list-topics", "sns/list-topics.json", {
    Topics: topics.map((topic) => ({ TopicArn: arn(account, "sns", topic) })),
  });
  for (const topic of topics) {
    const TopicArn = arn(account, "sns", topic);
    const alarms = policy({
      Sid: "alarms",
      Effect: "Allow",
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Action: "sns:Publish",
      Resource: TopicArn,
    });
    folder.answer(`aws sns get-topic-attributes --topic-arn ${TopicArn}`, `sns/${topic}/get-topic-attributes.json`, {
      Attributes: { TopicArn, Owner: ACCOUNTS[account], Policy: JSON.stringify(alarms), SubscriptionsConfirmed: "1" },
    });
  }
}

function writeFunctions(folder: Folder, account: AccountName): void {
  const { functions } = HOLDINGS[account];
  folder.answer("aws lambda list-functions", "lambda/list-functions.json", {
    Functions: functions.map((spec) => ({
      FunctionName: spec.name,
      FunctionArn: arn(account, "lambda", `function:${spec.name}`),
      Runtime: "nodejs24.x",
      Role: roleArn(account, spec.role),
      Handler: "index.handler",
      CodeSize: 48_213,
      Timeout: 60,
      MemorySize: 256,
      LastModified: awsDate(`${account}/${spec.name}`),
      Environment: { Variables: spec.variables },
      ...functionPlace(account, spec.name),
      PackageType: "Zip",
    })),
  });
  for (const spec of functions) {
    const FunctionArn = arn(account, "lambda", `function:${spec.name}`);
    const Policy = JSON.stringify(
      policy({
        Sid: "schedule",
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "lambda:InvokeFunction",
        Resource: FunctionArn,
        Condition: { ArnLike: { "AWS:SourceArn": arn(account, "events", `rule/${spec.name}`) } },
      }),
    );
    folder.answer(`aws lambda get-policy --function-name ${spec.name}`, `lambda/${spec.name}/get-policy.json`, {
      Policy,
      RevisionId: uuid(`${account}/${spec.name}`),
    });
  }
}

function writeDatabases(folder: Folder, account: AccountName): void {
  const database = (cluster: "production" | "development"): object => ({
    DBInstanceIdentifier: `acme-${cluster}`,
    DBInstanceClass: cluster === "production" ? "db.r7g.large" : "db.t4g.medium",
    Engine: "postgres",
    EngineVersion: "17.5",
    DBInstanceStatus: "available",
    MasterUsername: "acme",
    Endpoint: { Address: DATABASE_HOST[cluster], Port: 5432 },
    AllocatedStorage: 200,
    BackupRetentionPeriod: cluster === "production" ? 35 : 7,
    PubliclyAccessible: false,
    StorageEncrypted: true,
    ...databasePlace(cluster),
    MultiAZ: cluster === "production",
    DBInstanceArn: arn(account, "rds", `db:acme-${cluster}`),
    IAMDatabaseAuthenticationEnabled: false,
    TagList: [{ Key: "environment", Value: cluster }],
  });
  folder.answer("aws rds describe-db-instances", "rds/describe-db-instances.json", {
    DBInstances: account === "tooling" ? [] : [database(account)],
  });
}

const IMAGES = ["shop", "payments", "website", "data", "support", "mirror"] as const;

function writeRegistry(folder: Folder, account: AccountName): void {
  const names = account === "tooling" ? IMAGES : [];
  folder.answer("aws ecr describe-repositories", "ecr/describe-repositories.json", {
    repositories: names.map((name) => ({
      repositoryArn: arn(account, "ecr", `repository/${name}`),
      registryId: ACCOUNTS[account],
      repositoryName: name,
      repositoryUri: `${ACCOUNTS[account]}.dkr.ecr.${REGION}.amazonaws.com/${name}`,
      createdAt: awsDate(`ecr/${name}`),
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfiguration: { encryptionType: "AES256" },
    })),
  });
  for (const name of names) {
    const pull = {
      Sid: "pull",
      Effect: "Allow",
      Principal: { AWS: [rootOf("production"), rootOf("development")] },
      Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    };
    folder.answer(`aws ecr get-repository-policy --repository-name ${name}`, `ecr/${name}/get-repository-policy.json`, {
      registryId: ACCOUNTS[account],
      repositoryName: name,
      policyText: JSON.stringify(policy(pull), null, 2),
    });
  }
}

export function writeResources(folder: Folder, account: AccountName): void {
  writeBuckets(folder, account);
  writeKeys(folder, account);
  writeSecrets(folder, account);
  writeMessages(folder, account);
  writeFunctions(folder, account);
  writeDatabases(folder, account);
  writeRegistry(folder, account);
  writeSharing(folder, account);
}
