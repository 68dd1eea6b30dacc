// For tests: an organization of three accounts in two regions, made in an emulator through the SDK. estate-files-support.ts holds the same by hand.
import * as iam from "@aws-sdk/client-iam";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import * as organizations from "@aws-sdk/client-organizations";
import { CreateBucketCommand, PutBucketPolicyCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateSecretCommand, PutResourcePolicyCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { Json } from "../../lib/json.ts";
import { EMPTY_ZIP, MANAGEMENT, REGION, ROLE } from "./moto-estate-support.ts";
import { fillNetworks, type Networks } from "./moto-networks-support.ts";
import type { Moto } from "./moto-support.ts";

export const OTHER_REGION = "us-east-1";

export interface Accounts {
  readonly development: string;
  readonly production: string;
}

const allow = (rest: Readonly<Record<string, Json>>): Json => ({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...rest }] });
const service = (name: string): Json => allow({ Principal: { Service: `${name}.amazonaws.com` }, Action: "sts:AssumeRole" });

/** Every policy of the estate. Development may take production's deployer; a control policy keeps it from the warehouse. */
export const acmeDocuments = ({ development, production }: Accounts) => {
  const role = (account: string, name: string): string => `arn:aws:iam::${account}:role/${name}`;
  return {
    byEc2: service("ec2"),
    byLambda: service("lambda"),
    byEks: service("eks"),
    byDevelopment: allow({ Principal: { AWS: `arn:aws:iam::${development}:root` }, Action: "sts:AssumeRole" }),
    byEtl: allow({ Principal: { AWS: role(development, "etl") }, Action: "sts:AssumeRole" }),
    takesDeploy: allow({ Action: "sts:AssumeRole", Resource: role(production, "deploy") }),
    takesWarehouse: allow({
      Action: ["sts:AssumeRole", "s3:GetObject"],
      Resource: [role(production, "warehouse"), "arn:aws:s3:::acme-exports/*"],
    }),
    deploys: allow({ Action: ["eks:*", "lambda:UpdateFunctionCode", "s3:PutObject"], Resource: "*" }),
    reads: allow({ Action: "secretsmanager:GetSecretValue", Resource: "*" }),
    audits: allow({ Action: "iam:Get*", Resource: "*" }),
    images: allow({ Action: ["ecr:PutImage", "ecr:BatchGetImage"], Resource: "*" }),
    bucket: allow({ Principal: { AWS: role(development, "etl") }, Action: "s3:GetObject", Resource: "arn:aws:s3:::acme-exports/*" }),
    key: allow({ Principal: { AWS: `arn:aws:iam::${production}:root` }, Action: "kms:*", Resource: "*" }),
    secret: allow({ Principal: { AWS: role(development, "builder") }, Action: "secretsmanager:GetSecretValue", Resource: "*" }),
    wall: {
      Version: "2012-10-17",
      Statement: [{ Effect: "Deny", Action: "sts:AssumeRole", Resource: role(production, "warehouse") }],
    } as Json,
  };
};
export type AcmeDocuments = ReturnType<typeof acmeDocuments>;

/** What the emulator made up, and files written by hand must name. */
export interface Acme {
  readonly accounts: Accounts;
  readonly organization: string;
  readonly root: string;
  readonly units: { readonly below: string; readonly above: string };
  readonly wall: string;
  readonly key: string;
  readonly secrets: { readonly shop: string; readonly replica: string };
  readonly networks: Networks;
}

export type Open = (region: string) => object;

export async function fillAcme(moto: Moto): Promise<Acme> {
  const made = await fillUnits(moto);
  const { accounts } = made;
  const documents = acmeDocuments(accounts);
  const development = await openAs(moto, accounts.development);
  const production = await openAs(moto, accounts.production);
  await role(new iam.IAMClient(opening(moto)(REGION)), "audit", documents.byEc2, ["reads", documents.audits]);
  await fillDevelopment(new iam.IAMClient(development(REGION)), documents);
  await fillProduction(new iam.IAMClient(production(REGION)), documents, accounts);
  await fillFunction(new LambdaClient(development(REGION)), accounts);
  const stores = await fillStores(production, documents);
  const networks = await fillNetworks({ accounts, development, production, management: opening(moto) });
  return { ...made, ...stores, networks };
}

/** The role that the collection takes in an account, with no more than the policy. */
export async function addCollector(open: Open, policy: Json): Promise<void> {
  const client = new iam.IAMClient(open(REGION));
  const trust = allow({ Principal: { AWS: `arn:aws:iam::${MANAGEMENT}:root` }, Action: "sts:AssumeRole" });
  await role(client, ROLE, trust, ["collects", policy]);
}

/** A person of the management account with no more than the policy: their access key. */
export async function addAuditor(moto: Moto, policy: Json): Promise<{ readonly accessKeyId: string; readonly secretAccessKey: string }> {
  const client = new iam.IAMClient(opening(moto)(REGION));
  const UserName = "auditor";
  await client.send(new iam.CreateUserCommand({ UserName }));
  await client.send(new iam.PutUserPolicyCommand({ UserName, PolicyName: "collects", PolicyDocument: JSON.stringify(policy) }));
  const { AccessKey } = await client.send(new iam.CreateAccessKeyCommand({ UserName }));
  return { accessKeyId: `${AccessKey?.AccessKeyId}`, secretAccessKey: `${AccessKey?.SecretAccessKey}` };
}

const opening =
  (moto: Moto, credentials?: object): Open =>
  (region) => ({ region, ...(credentials && { credentials }), ...moto.settings("", region) });

export async function openAs(moto: Moto, account: string): Promise<Open> {
  const sts = new STSClient(opening(moto)(REGION));
  const RoleArn = `arn:aws:iam::${account}:role/${ROLE}`;
  const taken = (await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "fill" }))).Credentials;
  return opening(moto, {
    accessKeyId: `${taken?.AccessKeyId}`,
    secretAccessKey: `${taken?.SecretAccessKey}`,
    sessionToken: `${taken?.SessionToken}`,
  });
}

async function fillUnits(moto: Moto) {
  const client = new organizations.OrganizationsClient(opening(moto)("us-east-1"));
  const { Organization } = await client.send(new organizations.CreateOrganizationCommand({ FeatureSet: "ALL" }));
  const root = `${(await client.send(new organizations.ListRootsCommand({}))).Roots?.[0]?.Id}`;
  await client.send(new organizations.EnablePolicyTypeCommand({ RootId: root, PolicyType: "SERVICE_CONTROL_POLICY" }));
  const below = await placed("development", "non-production");
  const above = await placed("production", "production");
  const accounts: Accounts = { development: below.account, production: above.account };
  const Content = JSON.stringify(acmeDocuments(accounts).wall);
  const policy = { Content, Description: "", Name: "wall", Type: "SERVICE_CONTROL_POLICY" } as const;
  const wall = `${(await client.send(new organizations.CreatePolicyCommand(policy))).Policy?.PolicySummary?.Id}`;
  await client.send(new organizations.AttachPolicyCommand({ PolicyId: wall, TargetId: below.unit }));
  return { organization: `${Organization?.Id}`, root, units: { below: below.unit, above: above.unit }, wall, accounts };

  async function placed(name: string, unitName: string): Promise<{ account: string; unit: string }> {
    const made = await client.send(new organizations.CreateOrganizationalUnitCommand({ ParentId: root, Name: unitName }));
    const unit = `${made.OrganizationalUnit?.Id}`;
    const created = await client.send(new organizations.CreateAccountCommand({ AccountName: name, Email: `${name}@acme.example` }));
    const account = `${created.CreateAccountStatus?.AccountId}`;
    await client.send(new organizations.MoveAccountCommand({ AccountId: account, SourceParentId: root, DestinationParentId: unit }));
    return { account, unit };
  }
}

async function role(client: iam.IAMClient, RoleName: string, trust: Json, inline?: readonly [name: string, document: Json]): Promise<void> {
  await client.send(new iam.CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) }));
  if (inline)
    await client.send(new iam.PutRolePolicyCommand({ RoleName, PolicyName: inline[0], PolicyDocument: JSON.stringify(inline[1]) }));
}

async function fillDevelopment(client: iam.IAMClient, documents: AcmeDocuments): Promise<void> {
  await role(client, "builder", documents.byEc2, ["deploys", documents.takesDeploy]);
  await client.send(new iam.CreateInstanceProfileCommand({ InstanceProfileName: "builder" }));
  await client.send(new iam.AddRoleToInstanceProfileCommand({ InstanceProfileName: "builder", RoleName: "builder" }));
  await role(client, "etl", documents.byLambda, ["loads", documents.takesWarehouse]);
  await client.send(new iam.CreateGroupCommand({ GroupName: "developers" }));
  const PolicyDocument = JSON.stringify(documents.takesDeploy);
  await client.send(new iam.PutGroupPolicyCommand({ GroupName: "developers", PolicyName: "deploys", PolicyDocument }));
  await client.send(new iam.CreateUserCommand({ UserName: "alice" }));
  await client.send(new iam.AddUserToGroupCommand({ GroupName: "developers", UserName: "alice" }));
}

async function fillProduction(client: iam.IAMClient, documents: AcmeDocuments, { production }: Accounts): Promise<void> {
  await client.send(new iam.CreatePolicyCommand({ PolicyName: "images", PolicyDocument: JSON.stringify(documents.images) }));
  await role(client, "deploy", documents.byDevelopment, ["deploys", documents.deploys]);
  await client.send(new iam.AttachRolePolicyCommand({ RoleName: "deploy", PolicyArn: `arn:aws:iam::${production}:policy/images` }));
  await role(client, "warehouse", documents.byEtl, ["reads", documents.reads]);
  await role(client, "cluster", documents.byEks);
}

async function fillFunction(client: LambdaClient, { development }: Accounts): Promise<void> {
  const Role = `arn:aws:iam::${development}:role/etl`;
  const Code = { ZipFile: EMPTY_ZIP };
  await client.send(new CreateFunctionCommand({ FunctionName: "etl", Role, Code, Runtime: "nodejs22.x", Handler: "index.handler" }));
}

async function fillStores(open: Open, documents: AcmeDocuments) {
  const s3 = new S3Client(open(REGION));
  const CreateBucketConfiguration = { LocationConstraint: REGION } as const;
  for (const Bucket of ["acme-exports", "acme-plain"]) await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  await s3.send(new PutBucketPolicyCommand({ Bucket: "acme-exports", Policy: JSON.stringify(documents.bucket) }));
  const made = await new KMSClient(open(REGION)).send(new CreateKeyCommand({ Policy: JSON.stringify(documents.key) }));
  const shop = await new SecretsManagerClient(open(REGION)).send(new CreateSecretCommand({ Name: "shop/db", SecretString: "s" }));
  const there = new SecretsManagerClient(open(OTHER_REGION));
  const replica = await there.send(new CreateSecretCommand({ Name: "replica/db", SecretString: "s" }));
  const ResourcePolicy = JSON.stringify(documents.secret);
  await there.send(new PutResourcePolicyCommand({ SecretId: `${replica.ARN}`, ResourcePolicy }));
  return { key: `${made.KeyMetadata?.Arn}`, secrets: { shop: `${shop.ARN}`, replica: `${replica.ARN}` } };
}

export { MANAGEMENT, REGION, ROLE };
