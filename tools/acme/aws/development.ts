// Roles of the development account, which holds the test environment's deployer too.
import { ACCOUNTS, REGION, roleArn, ssoRoleArn } from "../names.ts";
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
import { bucketRead, bucketWrite } from "./production.ts";
import { allow, githubTrust, irsaTrust, podIdentityTrust, policy, principals, service } from "./trust.ts";

const ACCOUNT = "development" as const;
const CLUSTER = `arn:aws:eks:${REGION}:${ACCOUNTS.development}:cluster/development`;

const describeCluster = policy(allow("eks:DescribeCluster", CLUSTER));

const deployers: readonly RoleSpec[] = [
  {
    // Any branch may deploy to development: that is what development is for.
    name: "deploy-development",
    trust: githubTrust(
      ACCOUNT,
      { repository: "shop", subject: "environment:development" },
      { repository: "payments", subject: "environment:development" },
      { repository: "website", subject: "environment:development" },
    ),
    inline: { deploy: describeCluster, website: policy(bucketWrite("acme-development-website")) },
  },
  {
    name: "deploy-test",
    trust: githubTrust(
      ACCOUNT,
      { repository: "shop", subject: "environment:test" },
      { repository: "payments", subject: "environment:test" },
      { repository: "website", subject: "environment:test" },
    ),
    inline: { deploy: describeCluster },
  },
  {
    name: "terraform-development",
    trust: githubTrust(ACCOUNT, { repository: "platform-infrastructure", subject: "environment:non-production" }),
    vendor: ["AdministratorAccess"],
    tags: { owner: "platform" },
  },
  {
    name: "drift-report",
    trust: githubTrust(ACCOUNT, { repository: "platform-infrastructure", subject: "ref:refs/heads/main" }),
    customer: ["read-settings"],
  },
];

const workloads: readonly RoleSpec[] = [
  {
    name: "shop-api",
    trust: irsaTrust(ACCOUNT, "development", "shop-dev", "shop-api"),
    inline: { shop: policy(bucketRead("acme-development-shop-assets"), bucketWrite("acme-development-shop-assets")) },
  },
  { name: "payments-api", trust: podIdentityTrust(), inline: { payments: policy(bucketWrite("acme-development-invoices")) } },
  {
    name: "etl-development",
    trust: irsaTrust(ACCOUNT, "development", "data-dev", "etl"),
    inline: {
      warehouse: policy(bucketRead("acme-development-warehouse"), bucketWrite("acme-development-warehouse")),
      // The first hop of flaw 2. By itself it is harmless: the tooling role reads reference data.
      exchange: policy(allow("sts:AssumeRole", roleArn("tooling", "data-exchange"))),
    },
  },
  {
    // Near-miss: it asks for a role of production that trusts it; the service control policy of its account denies the call.
    name: "batch-development",
    trust: policy(...service("lambda.amazonaws.com").Statement, ...principals(ssoRoleArn(ACCOUNT, "Developer")).Statement),
    vendor: ["AWSLambdaBasicExecutionRole"],
    inline: {
      import: policy(allow("sts:AssumeRole", roleArn("production", "warehouse-import")), bucketRead("acme-development-warehouse")),
    },
  },
  {
    // Near-miss: production has a role of this name too, and trusts none of these.
    name: "warehouse-loader",
    trust: principals(`arn:aws:iam::${ACCOUNTS.development}:root`),
    inline: { warehouse: policy(bucketRead("acme-development-warehouse"), bucketWrite("acme-development-warehouse")) },
  },
  {
    name: "reporting",
    trust: irsaTrust(ACCOUNT, "development", "data-dev", "reporting"),

    inline: { reports: policy(bucketWrite("acme-development-warehouse")) },
  },
  {
    name: "preview-cleaner",
    trust: service("lambda.amazonaws.com"),
    vendor: ["AWSLambdaBasicExecutionRole"],
    inline: {
      previews: policy(
        allow(["s3:DeleteObject", "s3:ListBucket"], ["arn:aws:s3:::acme-development-website", "arn:aws:s3:::acme-development-website/*"]),
      ),
    },
  },
  {
    name: "seed-data",
    trust: service("lambda.amazonaws.com"),
    vendor: ["AWSLambdaBasicExecutionRole"],
    inline: { seed: policy(bucketRead("acme-development-seed"), bucketWrite("acme-development-warehouse")) },
  },
];

const people: readonly RoleSpec[] = [
  ssoRole(ACCOUNT, "Developer", { vendor: ["PowerUserAccess"] }),
  ssoRole(ACCOUNT, "PlatformAdministrator", { vendor: ["AdministratorAccess"] }),
  ...auditorSets(ACCOUNT),
];

export const developmentIam: IamSpec = {
  account: ACCOUNT,
  roles: [
    ...deployers,
    ...workloads,
    ...clusterRoles("development"),
    ...people,
    collectorRole,
    organizationAccountAccessRole,
    organizationsServiceRole,
  ],
  users: [
    {
      name: "smtp-development",
      path: "/mail/",
      inline: { send: policy(allow("ses:SendRawEmail", `arn:aws:ses:${REGION}:${ACCOUNTS.development}:identity/dev.acme.example`)) },
      tags: { owner: "shop" },
    },
  ],
  policies: { "read-settings": METADATA },
};
