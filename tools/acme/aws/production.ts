// Roles of the production account, with the flaws that stand in their trust policies.
import { ACCOUNTS, REGION, roleArn } from "../names.ts";
import { BREAK_GLASS_USERS } from "../people.ts";
import {
  METADATA,
  auditorSets,
  clusterRoles,
  collectorRole,
  organizationAccountAccessRole,
  organizationsServiceRole,
} from "./common-roles.ts";
import { ssoRole } from "./principals.ts";
import type { IamSpec, RoleSpec } from "./principals.ts";
import { allow, githubTrust, irsaTrust, podIdentityTrust, policy, principals, service } from "./trust.ts";
import type { Document } from "./trust.ts";

const ACCOUNT = "production" as const;
const CLUSTER = `arn:aws:eks:${REGION}:${ACCOUNTS.production}:cluster/production`;
const secret = (name: string): string => `arn:aws:secretsmanager:${REGION}:${ACCOUNTS.production}:secret:production/${name}-*`;

export const objects = (bucket: string): string => `arn:aws:s3:::${bucket}/*`;
export const bucketWrite = (bucket: string): object => allow(["s3:PutObject", "s3:DeleteObject"], objects(bucket));
export const bucketRead = (bucket: string): object => allow(["s3:GetObject", "s3:ListBucket"], [`arn:aws:s3:::${bucket}`, objects(bucket)]);

const deployers = (fixed: boolean): readonly RoleSpec[] => [
  {
    name: "deploy-production",
    // FLAW 1: every branch, tag and pull request of acme/shop has a subject that matches. Fixed: only jobs that the environment admits.
    trust: githubTrust(ACCOUNT, { repository: "shop", subject: fixed ? "environment:production" : "*" }),
    inline: { deploy: policy(allow("eks:DescribeCluster", CLUSTER)) },
    tags: { owner: "shop" },
  },
  {
    // Near-miss: the same repository, and a subject that only the protected environment can have.
    name: "deploy-shop-assets",
    trust: githubTrust(ACCOUNT, { repository: "shop", subject: "environment:production" }),
    inline: { assets: policy(bucketWrite("acme-production-shop-assets"), allow("cloudfront:CreateInvalidation", "*")) },
    tags: { owner: "shop" },
  },
  {
    name: "deploy-payments",
    trust: githubTrust(ACCOUNT, { repository: "payments", subject: "environment:production" }),
    inline: { deploy: policy(allow("eks:DescribeCluster", CLUSTER)) },
    tags: { owner: "payments" },
  },
  {
    // FLAW 7 stands in the settings of acme/website: this subject is as strong as the environment's protection, and there is none.
    name: "deploy-website",
    trust: githubTrust(ACCOUNT, { repository: "website", subject: "environment:production" }),
    inline: { website: policy(bucketWrite("acme-production-website"), allow("cloudfront:CreateInvalidation", "*")) },
    tags: { owner: "web" },
  },
  {
    name: "deploy-configuration",
    // FLAW 6: configuration goes to production from a push to main, and everyone may push past main's rules. Fixed: through the gate too.
    trust: githubTrust(ACCOUNT, {
      repository: "platform-infrastructure",
      subject: fixed ? "environment:production" : "ref:refs/heads/main",
    }),
    inline: { configuration: policy(bucketWrite("acme-production-configuration")) },
    tags: { owner: "platform" },
  },
  {
    name: "terraform-production",
    trust: githubTrust(ACCOUNT, { repository: "platform-infrastructure", subject: "environment:production" }),
    vendor: ["AdministratorAccess"],
    tags: { owner: "platform" },
  },
  {
    // Near-miss: a job on main may take it, and it reads settings only.
    name: "drift-report",
    trust: githubTrust(ACCOUNT, { repository: "platform-infrastructure", subject: "ref:refs/heads/main" }),
    customer: ["read-settings"],
    tags: { owner: "platform" },
  },
];

const workloads = (fixed: boolean): readonly RoleSpec[] => [
  {
    name: "shop-api",
    trust: irsaTrust(ACCOUNT, "production", "shop", "shop-api"),
    inline: { shop: policy(bucketRead("acme-production-shop-assets"), allow("sqs:SendMessage", queue("order-events"))) },
  },
  {
    name: "payments-api",
    trust: podIdentityTrust(),
    inline: {
      payments: policy(
        allow("kms:Decrypt", keyArn),
        bucketWrite("acme-production-invoices"),
        allow("sqs:ReceiveMessage", queue("order-events")),
      ),
    },
  },
  warehouseLoader(fixed),
  {
    // Near-miss: it trusts a role of development, and development's service control policy denies that role the call.
    name: "warehouse-import",
    trust: principals(roleArn("development", "batch-development")),
    inline: { warehouse: policy(bucketWrite("acme-production-warehouse")) },
    tags: { owner: "data" },
  },
  {
    name: "order-events",
    trust: service("lambda.amazonaws.com"),
    vendor: ["AWSLambdaBasicExecutionRole"],
    inline: {
      queue: policy(allow(["sqs:ReceiveMessage", "sqs:DeleteMessage"], queue("order-events")), bucketWrite("acme-production-warehouse")),
    },
  },
  {
    name: "image-resizer",
    trust: service("lambda.amazonaws.com"),
    vendor: ["AWSLambdaBasicExecutionRole"],
    inline: { assets: policy(bucketRead("acme-production-shop-assets"), bucketWrite("acme-production-shop-assets")) },
  },
  {
    name: "database-rotation",
    trust: service("lambda.amazonaws.com"),
    vendor: ["AWSLambdaBasicExecutionRole"],
    inline: {
      rotation: policy(
        allow(
          ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"],
          secret("*/database"),
        ),
      ),
    },
  },
  {
    name: "backup",
    trust: service("backup.amazonaws.com"),
    inline: { backup: policy(allow(["rds:CreateDBSnapshot", "rds:DescribeDBSnapshots", "s3:GetBucketVersioning"], "*")) },
  },
  {
    name: "flow-logs",
    trust: service("vpc-flow-logs.amazonaws.com"),
    inline: { logs: policy(allow(["logs:CreateLogStream", "logs:PutLogEvents"], "*")) },
  },
];

const keyArn = `arn:aws:kms:${REGION}:${ACCOUNTS.production}:key/5d1f7a52-8c1e-4b7a-9f0e-3a6b2c4d5e6f`;
const queue = (name: string): string => `arn:aws:sqs:${REGION}:${ACCOUNTS.production}:${name}`;

function warehouseLoader(fixed: boolean): RoleSpec {
  const own = irsaTrust(ACCOUNT, "production", "data", "warehouse-loader");
  // FLAW 2: the second hop of a chain that starts in the development cluster. The policy that stops development's roles from coming here
  // does not stop a role of the tooling account. Fixed: only production's own service account.
  const chained = principals(roleArn("tooling", "data-exchange"));
  const trust: Document = fixed ? own : policy(...own.Statement, ...chained.Statement);
  return {
    name: "warehouse-loader",
    trust,
    inline: { warehouse: policy(bucketRead("acme-production-warehouse"), bucketWrite("acme-production-warehouse")) },
    tags: { owner: "data" },
  };
}

const people: readonly RoleSpec[] = [
  ...auditorSets(ACCOUNT),
  ssoRole(ACCOUNT, "SupportReadOnly", {
    inline: { AwsSSOInlinePolicy: policy(allow(["cloudwatch:Describe*", "cloudwatch:Get*", "cloudwatch:List*", "health:Describe*"], "*")) },
  }),
  {
    // A door, not a flaw: two named users, each with a hardware key used within the hour, for sessions of one hour.
    name: "break-glass",
    trust: principals(Object.values(BREAK_GLASS_USERS), {
      Bool: { "aws:MultiFactorAuthPresent": "true" },
      NumericLessThan: { "aws:MultiFactorAuthAge": "3600" },
    }),
    vendor: ["AdministratorAccess"],
    tags: { purpose: "break-glass" },
    maxSessionSeconds: 3600,
    unused: true,
  },
];

export const productionIam = (fixed: boolean): IamSpec => ({
  account: ACCOUNT,
  roles: [
    ...deployers(fixed),
    ...workloads(fixed),
    ...clusterRoles("production"),
    ...people,
    collectorRole,
    organizationAccountAccessRole,
    organizationsServiceRole,
  ],
  users: [],
  policies: { "read-settings": METADATA },
});
