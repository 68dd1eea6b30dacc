// Roles of the management account, which holds the image registry and the log archive that all environments share.
import { ACCOUNTS, REGION, roleArn } from "../names.ts";
import { METADATA, auditorSets, organizationsServiceRole } from "./common-roles.ts";
import { ssoRole } from "./principals.ts";
import type { IamSpec, RoleSpec, UserSpec } from "./principals.ts";
import { bucketRead, bucketWrite } from "./production.ts";
import { allow, githubTrust, policy, principals, service } from "./trust.ts";
import type { Document } from "./trust.ts";

const ACCOUNT = "tooling" as const;
const registry = `arn:aws:ecr:${REGION}:${ACCOUNTS.tooling}:repository/*`;

const PUSH = [
  "ecr:BatchCheckLayerAvailability",
  "ecr:CompleteLayerUpload",
  "ecr:InitiateLayerUpload",
  "ecr:PutImage",
  "ecr:UploadLayerPart",
];

const roles = (fixed: boolean): readonly RoleSpec[] => [
  {
    // Near-miss: lower and higher environments pull what it pushes. Tags cannot be overwritten, and production names digests.
    name: "image-push",
    trust: githubTrust(
      ACCOUNT,
      { repository: "shop", subject: "ref:refs/heads/main" },
      { repository: "payments", subject: "ref:refs/heads/main" },
      { repository: "website", subject: "ref:refs/heads/main" },
    ),
    inline: { push: policy(allow("ecr:GetAuthorizationToken", "*"), allow(PUSH, registry)) },
  },
  {
    name: "data-exchange",
    trust: principals(roleArn("development", "etl-development")),
    inline: dataExchange(fixed),
    tags: { owner: "data" },
  },
  {
    name: "bulkhead-collector",
    trust: githubTrust(ACCOUNT, { repository: "platform-infrastructure", subject: "ref:refs/heads/main" }),
    customer: ["read-settings"],
    inline: {
      collect: policy(
        allow("sts:AssumeRole", [roleArn("production", "bulkhead-collector"), roleArn("development", "bulkhead-collector")]),
        allow(["organizations:Describe*", "organizations:List*"], "*"),
      ),
    },
  },
  {
    name: "log-archive",
    trust: service("lambda.amazonaws.com"),
    vendor: ["AWSLambdaBasicExecutionRole"],
    inline: { archive: policy(bucketWrite("acme-log-archive")) },
  },
  {
    name: "image-scanner",
    trust: service("lambda.amazonaws.com"),
    vendor: ["AWSLambdaBasicExecutionRole", "AmazonEC2ContainerRegistryReadOnly"],
  },
];

function dataExchange(fixed: boolean): Readonly<Record<string, Document>> {
  const reference = policy(bucketRead("acme-reference-data"));
  // FLAW 2: the tooling role carries whoever holds it on into production. Fixed: it only reads reference data.
  return fixed ? { reference } : { reference, warehouse: policy(allow("sts:AssumeRole", roleArn("production", "warehouse-loader"))) };
}

function organizationAudit(fixed: boolean): RoleSpec {
  const read = allow(["organizations:Describe*", "organizations:List*"], "*");
  // FLAW 9: an auditor who can take the service control policy off the unit that it holds back. Fixed: an auditor who reads.
  const detach = allow(["organizations:AttachPolicy", "organizations:DetachPolicy"], "*");
  return ssoRole(ACCOUNT, "OrganizationAudit", { inline: { AwsSSOInlinePolicy: fixed ? policy(read) : policy(read, detach) } });
}

const emergency = (name: string): UserSpec => ({
  name,
  path: "/emergency/",
  inline: {
    "break-glass": policy(
      allow("sts:AssumeRole", roleArn("production", "break-glass"), { Bool: { "aws:MultiFactorAuthPresent": "true" } }),
    ),
  },
  tags: { purpose: "break-glass" },
});

export const toolingIam = (fixed: boolean): IamSpec => ({
  account: ACCOUNT,
  roles: [
    ...roles(fixed),
    ssoRole(ACCOUNT, "AWSAdministratorAccess", { vendor: ["AdministratorAccess"] }),
    organizationAudit(fixed),
    ...auditorSets(ACCOUNT).slice(0, 1),
    organizationsServiceRole,
  ],
  users: [emergency("emergency-1"), emergency("emergency-2")],
  policies: { "read-settings": METADATA },
});
