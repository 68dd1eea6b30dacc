// A seeded AWS organization at scale: accounts in units with control policies, roles with trust and policies, resources with theirs.
import type { JsonObject } from "../src/lib/json.ts";
import type { Observation } from "../src/model/observation.ts";
import { Charter } from "../src/charter/schema.ts";

/** Mulberry32: the same seed gives the same organization on every machine. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const source = { file: "aws/organization.json", pointer: "" };
const document = (...statements: readonly JsonObject[]): JsonObject => ({ Version: "2012-10-17", Statement: [...statements] });
const allow = (action: string | string[], resource: string | string[], more: JsonObject = {}): JsonObject => ({
  Effect: "Allow",
  Action: action,
  Resource: resource,
  ...more,
});
const trusts = (principal: JsonObject, more: JsonObject = {}): JsonObject => ({
  Effect: "Allow",
  Principal: principal,
  Action: "sts:AssumeRole",
  ...more,
});

export interface Size {
  readonly accounts: number;
  readonly roles: number;
  readonly resources: number;
  readonly seed: number;
}

export interface Generated {
  readonly observations: Observation[];
  readonly charter: Charter;
}

const MANAGEMENT = "999999999999";
const accountId = (i: number): string => String(100_000_000_000 + i * 7_919);

export function generateOrganization(size: Size): Generated {
  const next = random(size.seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
  const accounts = Array.from({ length: size.accounts }, (_, i) => accountId(i));
  const observations: Observation[] = [...organization(accounts)];
  for (let i = 0; i < size.roles; i++) observations.push(role(i, accounts, size, next, pick));
  for (const account of accounts) observations.push(...managed(account));
  for (let i = 0; i < size.resources; i++) observations.push(...resource(i, accounts, size, next, pick));
  const charter = Charter.parse({
    bulkhead: 1,
    organization: { name: "acme" },
    environments: [
      environment("production", accounts.slice(0, accounts.length >> 1)),
      environment("development", accounts.slice(accounts.length >> 1)),
    ],
  });
  return { observations, charter };
}

const environment = (name: string, accounts: readonly string[]) => ({
  name,
  tier: name,
  purpose: name,
  owner: "platform",
  data: "none",
  boundary: { aws: { accounts: [...accounts] } },
});

function* organization(accounts: readonly string[]): Iterable<Observation> {
  yield { kind: "aws/organization", id: "o-acme", managementAccount: MANAGEMENT, source };
  yield { kind: "aws/organizational-unit", id: "r-acme", name: "root", source };
  const units = ["ou-production", "ou-development", "ou-sandbox", "ou-security"];
  for (const id of units) yield { kind: "aws/organizational-unit", id, name: id, parent: "r-acme", source };
  const policy = (id: string, ...statements: JsonObject[]): Observation => ({
    kind: "aws/control-policy",
    type: "SERVICE_CONTROL_POLICY",
    id,
    name: id,
    document: document(...statements),
    source,
  });
  yield policy("p-base", { Effect: "Deny", Action: ["organizations:LeaveOrganization", "account:CloseAccount"], Resource: "*" });
  yield policy("p-regions", {
    Effect: "Deny",
    NotAction: ["iam:*", "sts:*", "s3:*"],
    Resource: "*",
    Condition: { StringNotEquals: { "aws:RequestedRegion": ["eu-west-1", "eu-central-1"] } },
  });
  yield policy("p-users", { Effect: "Deny", Action: ["iam:CreateUser", "iam:CreateAccessKey"], Resource: "*" });
  yield policy("p-perimeter", {
    Effect: "Deny",
    Action: "sts:AssumeRole",
    Resource: "*",
    Condition: { StringNotEquals: { "aws:ResourceOrgID": "o-acme" } },
  });
  const attach = (id: string, target: string): Observation => ({ kind: "aws/control-policy-attachment", policy: id, target, source });
  for (const target of ["r-acme", ...units, ...accounts]) yield attach("p-FullAWSAccess", target);
  for (const id of ["p-base", "p-perimeter"]) yield attach(id, "r-acme");
  for (const unit of units.slice(0, 2)) yield attach("p-regions", unit);
  for (const [i, account] of accounts.entries()) {
    yield { kind: "aws/account", account, name: `account-${i}`, parent: units[i % units.length] as string, source };
    if (i % 3 === 0) yield attach("p-users", account);
  }
}

const POOL = ["reader", "writer", "deployer", "operator", "auditor", "boundary"] as const;

function* managed(account: string): Iterable<Observation> {
  const arn = (name: string): string => `arn:aws:iam::${account}:policy/${name}`;
  const policies: Readonly<Record<(typeof POOL)[number], JsonObject>> = {
    reader: document(
      allow(["s3:Get*", "s3:List*", "dynamodb:GetItem", "dynamodb:Query"], "*", {
        Condition: { StringEquals: { "aws:ResourceTag/class": "shared" } },
      }),
    ),
    writer: document(allow(["sqs:SendMessage", "sns:Publish"], `arn:aws:sqs:eu-west-1:${account}:app-1*`)),
    deployer: document(
      allow(["ecs:UpdateService", "ecs:RegisterTaskDefinition"], "*"),
      allow("iam:PassRole", `arn:aws:iam::${account}:role/task-*`, {
        Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
      }),
    ),
    operator: document(
      allow(["ssm:StartSession", "ec2:RebootInstances"], "*", {
        Condition: { StringEquals: { "aws:ResourceTag/team": "${aws:PrincipalTag/team}" } },
      }),
    ),
    auditor: document(allow(["iam:Get*", "iam:List*", "s3:GetBucketPolicy", "kms:DescribeKey"], "*")),
    boundary: document(allow("*", "*"), { Effect: "Deny", Action: ["iam:*", "organizations:*"], Resource: "*" }),
  };
  for (const name of POOL) yield { kind: "aws/managed-policy", arn: arn(name), name, account, document: policies[name], source };
}

type Pick = <T>(from: readonly T[]) => T;

const roleArn = (i: number, size: Size, accounts: readonly string[]): string =>
  `arn:aws:iam::${accounts[i % accounts.length]}:role/${i % 40 === 0 ? "admin" : i % 5 === 0 ? "task" : "app"}-${i % size.roles}`;

function role(i: number, accounts: readonly string[], size: Size, next: () => number, pick: Pick): Observation {
  const account = accounts[i % accounts.length] as string;
  const arn = roleArn(i, size, accounts);
  const name = arn.slice(arn.lastIndexOf("/") + 1);
  const other = roleArn(Math.floor(next() * size.roles), size, accounts);
  const choice = next();
  const trust =
    choice < 0.6
      ? trusts({ Service: pick(["ec2.amazonaws.com", "lambda.amazonaws.com", "ecs-tasks.amazonaws.com"]) })
      : choice < 0.7
        ? trusts({ AWS: `arn:aws:iam::${account}:root` })
        : choice < 0.9
          ? trusts({ AWS: other })
          : trusts({ AWS: `arn:aws:iam::${pick(accounts)}:root` }, { Condition: { StringEquals: { "aws:PrincipalOrgID": "o-acme" } } });
  const app = Math.floor(next() * 2_000);
  const ownResource = (i % accounts.length) + accounts.length * Math.floor((next() * size.resources) / accounts.length);
  const statements = [
    allow(["s3:GetObject", "s3:PutObject"], `arn:aws:s3:::app-${app}-*`),
    allow("s3:GetObject", `arn:aws:s3:::${resourceName(ownResource)}/reports/*`),
    allow("secretsmanager:GetSecretValue", `arn:aws:secretsmanager:eu-west-1:${account}:secret:app-${app}-*`),
    allow(["sqs:SendMessage", "sqs:ReceiveMessage"], `arn:aws:sqs:eu-west-1:${account}:app-${app}-*`),
    ...(next() < 0.2 ? [allow("kms:Decrypt", `arn:aws:kms:eu-west-1:${account}:key/*`)] : []),
    ...(next() < 0.2 ? [allow("sts:AssumeRole", next() < 0.5 ? other : "arn:aws:iam::*:role/app-1*")] : []),
  ];
  return {
    kind: "aws/role",
    arn,
    account,
    name,
    path: "/",
    trust: { name: "trust policy", document: document(trust), source },
    inline: [{ name: "own", document: name.startsWith("admin") ? document(allow("*", "*")) : document(...statements), source }],
    managed: Array.from({ length: Math.floor(next() * 3) }, () => ({
      arn: `arn:aws:iam::${account}:policy/${pick(POOL.slice(0, 5))}`,
      source,
    })),
    tags: next() < 0.5 ? { team: pick(["shop", "pay", "data"]) } : {},
    instanceProfiles: next() < 0.2 ? [`arn:aws:iam::${account}:instance-profile/${name}`] : [],
    ...(next() < 0.1 && { boundary: `arn:aws:iam::${account}:policy/boundary` }),
    source,
  };
}

const resourceName = (i: number): string => `app-${(i * 7_919) % 2_000}-${i}`;

const TYPES = ["bucket", "bucket", "secret", "queue", "topic", "key", "parameter", "function", "instance", "database"] as const;

function* resource(i: number, accounts: readonly string[], size: Size, next: () => number, pick: Pick): Iterable<Observation> {
  const account = accounts[i % accounts.length] as string;
  const type = TYPES[i % TYPES.length] as (typeof TYPES)[number];
  const name = resourceName(i);
  const arns: Readonly<Record<(typeof TYPES)[number], string>> = {
    bucket: `arn:aws:s3:::${name}`,
    secret: `arn:aws:secretsmanager:eu-west-1:${account}:secret:${name}-AbCdEf`,
    queue: `arn:aws:sqs:eu-west-1:${account}:${name}`,
    topic: `arn:aws:sns:eu-west-1:${account}:${name}`,
    key: `arn:aws:kms:eu-west-1:${account}:key/${name}`,
    parameter: `arn:aws:ssm:eu-west-1:${account}:parameter/${name}`,
    function: `arn:aws:lambda:eu-west-1:${account}:function:${name}`,
    instance: `arn:aws:ec2:eu-west-1:${account}:instance/i-${i}`,
    database: `arn:aws:dynamodb:eu-west-1:${account}:table/${name}`,
  };
  const arn = arns[type];
  const runs =
    type === "function" || type === "instance" ? { role: roleArn(i - (i % accounts.length) + (i % accounts.length), size, accounts) } : {};
  const tags = next() < 0.02 ? { class: "shared" } : { team: pick(["shop", "pay", "data"]) };
  yield { kind: "aws/resource", arn, account, service: arn.split(":")[2] as string, type, name, tags, ...runs, source };
  if (type === "key") {
    yield {
      kind: "aws/resource-policy",
      arn,
      document: document(allow("kms:*", "*", { Principal: { AWS: `arn:aws:iam::${account}:root` } })),
      source,
    };
  } else if (next() < 0.3 && ["bucket", "queue", "topic", "secret"].includes(type)) {
    const service = arn.split(":")[2] as string;
    const who = next() < 0.7 ? roleArn(Math.floor(next() * size.roles), size, accounts) : `arn:aws:iam::${pick(accounts)}:root`;
    const everyone = next() < 0.05;
    const action = { s3: ["s3:GetObject", "s3:PutObject"], sqs: ["sqs:SendMessage"], sns: ["sns:Publish"] }[service] ?? [
      "secretsmanager:GetSecretValue",
    ];
    yield {
      kind: "aws/resource-policy",
      arn,
      document: document(
        allow(
          action,
          type === "bucket" ? `${arn}/*` : arn,
          everyone ? { Principal: "*", Condition: { StringEquals: { "aws:PrincipalOrgID": "o-acme" } } } : { Principal: { AWS: who } },
        ),
      ),
      source,
    };
  }
}
