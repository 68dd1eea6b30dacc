// For tests: a small organization, made in an emulator through the SDK, and the same organization as files that a person would write with the CLI.
import { CreateRepositoryCommand, ECRClient, SetRepositoryPolicyCommand } from "@aws-sdk/client-ecr";
import * as ec2 from "@aws-sdk/client-ec2";
import * as iam from "@aws-sdk/client-iam";
import { CreateGrantCommand, CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { AddPermissionCommand, CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import * as identitystore from "@aws-sdk/client-identitystore";
import * as organizations from "@aws-sdk/client-organizations";
import { CreateResourceShareCommand, RAMClient } from "@aws-sdk/client-ram";
import * as rds from "@aws-sdk/client-rds";
import * as s3api from "@aws-sdk/client-s3";
import { CreateSecretCommand, PutResourcePolicyCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { CreateTopicCommand, SetTopicAttributesCommand, SNSClient } from "@aws-sdk/client-sns";
import { CreateQueueCommand, SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import * as sso from "@aws-sdk/client-sso-admin";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { Json } from "../../lib/json.ts";
import type { Moto } from "./moto-support.ts";

/** The account that the emulator takes for its own. */
export const MANAGEMENT = "123456789012";
export const REGION = "eu-west-1";
export const ROLE = "bulkhead-collector";
/** Values that no collected file may hold. */
export const SECRETS = { value: "correct-horse-battery", variable: "wJalrXUtnFEMI-staple" } as const;

const allow = (rest: Readonly<Record<string, Json>>): Json => ({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...rest }] });

const PROVIDER = "token.actions.githubusercontent.com";
const ISSUER = (account: string): string => `arn:aws:iam::${account}:oidc-provider/${PROVIDER}`;

export const documents = (account: string) => ({
  trust: allow({
    Principal: { Federated: ISSUER(account) },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: { StringLike: { [`${PROVIDER}:sub`]: "repo:acme/shop:*" } },
  }),
  inline: allow({ Action: "s3:*", Resource: "arn:aws:s3:::acme-exports/*" }),
  managed: allow({ Action: ["ecr:*"], Resource: "*" }),
  user: allow({ Action: "iam:PassRole", Resource: `arn:aws:iam::${account}:role/deploy` }),
  group: allow({ Action: "sns:Publish", Resource: "*" }),
  bucket: allow({ Principal: { AWS: `arn:aws:iam::${MANAGEMENT}:root` }, Action: "s3:GetObject", Resource: "arn:aws:s3:::acme-exports/*" }),
  key: allow({ Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: "kms:*", Resource: "*" }),
  secret: allow({ Principal: { AWS: `arn:aws:iam::${MANAGEMENT}:root` }, Action: "secretsmanager:GetSecretValue", Resource: "*" }),
  queue: allow({ Principal: "*", Action: "sqs:SendMessage", Resource: `arn:aws:sqs:${REGION}:${account}:orders` }),
  topic: allow({ Principal: "*", Action: "sns:Publish", Resource: `arn:aws:sns:${REGION}:${account}:alarms` }),
  repository: allow({ Principal: { AWS: `arn:aws:iam::${MANAGEMENT}:root` }, Action: ["ecr:BatchGetImage"] }),
  wall: { Version: "2012-10-17", Statement: [{ Effect: "Deny", Action: "iam:CreateUser", Resource: "*" }] },
});

/** What the emulator made up, and hand-written files must name. */
export interface Made {
  readonly organization: string;
  readonly root: string;
  readonly unit: string;
  readonly wall: string;
  readonly account: string;
  readonly key: string;
  /** Of IAM Identity Center: ARN of the set `deploy`, which the group `deployers` has in the management account, and the id of its one user. */
  readonly set: string;
  readonly person: string;
  readonly secrets: readonly string[];
  readonly snapshot: string;
  readonly image: string;
}

export async function fill(moto: Moto): Promise<Made> {
  const from = await fillOrganization(moto);
  const sts = new STSClient({ region: REGION, ...moto.settings("sts", REGION) });
  const RoleArn = `arn:aws:iam::${from.account}:role/${ROLE}`;
  const taken = (await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "fill" }))).Credentials;
  const credentials = {
    accessKeyId: `${taken?.AccessKeyId}`,
    secretAccessKey: `${taken?.SecretAccessKey}`,
    sessionToken: `${taken?.SessionToken}`,
  };
  const settings = (service: string) => ({ region: REGION, credentials, ...moto.settings(service, REGION) });
  await fillIdentities(new iam.IAMClient(settings("iam")), from.account);
  const center = await fillIdentityCenter(moto, from.account);
  return { ...from, ...center, ...(await fillResources(settings, from.account)) };
}

async function fillIdentityCenter(moto: Moto, account: string) {
  const admin = new sso.SSOAdminClient({ region: REGION, ...moto.settings("sso-admin", REGION) });
  const store = new identitystore.IdentitystoreClient({ region: REGION, ...moto.settings("identitystore", REGION) });
  const [instance] = (await admin.send(new sso.ListInstancesCommand({}))).Instances ?? [];
  const [InstanceArn, IdentityStoreId] = [`${instance?.InstanceArn}`, `${instance?.IdentityStoreId}`];
  const made = await admin.send(new sso.CreatePermissionSetCommand({ InstanceArn, Name: "deploy", SessionDuration: "PT2H" }));
  const PermissionSetArn = `${made.PermissionSet?.PermissionSetArn}`;
  const InlinePolicy = JSON.stringify(documents(account).inline);
  await admin.send(new sso.PutInlinePolicyToPermissionSetCommand({ InstanceArn, PermissionSetArn, InlinePolicy }));
  const ManagedPolicyArn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
  await admin.send(new sso.AttachManagedPolicyToPermissionSetCommand({ InstanceArn, PermissionSetArn, ManagedPolicyArn }));
  const alice = { IdentityStoreId, UserName: "alice", DisplayName: "Alice", Name: { GivenName: "Alice", FamilyName: "A" } };
  const { UserId } = await store.send(new identitystore.CreateUserCommand(alice));
  const { GroupId } = await store.send(new identitystore.CreateGroupCommand({ IdentityStoreId, DisplayName: "deployers" }));
  await store.send(new identitystore.CreateGroupMembershipCommand({ IdentityStoreId, GroupId, MemberId: { UserId: `${UserId}` } }));
  // The emulator provisions sets in the caller's account, whatever it is asked.
  const target = { InstanceArn, PermissionSetArn, TargetId: MANAGEMENT, TargetType: "AWS_ACCOUNT" } as const;
  await admin.send(new sso.CreateAccountAssignmentCommand({ ...target, PrincipalType: "GROUP", PrincipalId: GroupId }));
  await admin.send(new sso.ProvisionPermissionSetCommand(target));
  return { set: PermissionSetArn, person: `${UserId}` };
}

async function fillOrganization(moto: Moto) {
  const client = new organizations.OrganizationsClient({ region: "us-east-1", ...moto.settings("organizations", "us-east-1") });
  const { Organization } = await client.send(new organizations.CreateOrganizationCommand({ FeatureSet: "ALL" }));
  const root = `${(await client.send(new organizations.ListRootsCommand({}))).Roots?.[0]?.Id}`;
  await client.send(new organizations.EnablePolicyTypeCommand({ RootId: root, PolicyType: "SERVICE_CONTROL_POLICY" }));
  const made = await client.send(new organizations.CreateOrganizationalUnitCommand({ ParentId: root, Name: "production" }));
  const unit = `${made.OrganizationalUnit?.Id}`;
  const created = await client.send(new organizations.CreateAccountCommand({ AccountName: "acme-production", Email: "aws@acme.example" }));
  const account = `${created.CreateAccountStatus?.AccountId}`;
  await client.send(new organizations.MoveAccountCommand({ AccountId: account, SourceParentId: root, DestinationParentId: unit }));
  const Content = JSON.stringify(documents(account).wall);
  const policy = { Content, Description: "", Name: "wall", Type: "SERVICE_CONTROL_POLICY" } as const;
  const wall = `${(await client.send(new organizations.CreatePolicyCommand(policy))).Policy?.PolicySummary?.Id}`;
  await client.send(new organizations.AttachPolicyCommand({ PolicyId: wall, TargetId: unit }));
  return { organization: `${Organization?.Id}`, root, unit, wall, account };
}

async function fillIdentities(client: iam.IAMClient, account: string): Promise<void> {
  const { trust, inline, managed, user, group } = documents(account);
  await client.send(
    new iam.CreateOpenIDConnectProviderCommand({
      Url: `https://${PROVIDER}`,
      ClientIDList: ["sts.amazonaws.com"],
      ThumbprintList: ["0".repeat(40)],
    }),
  );
  await client.send(new iam.CreatePolicyCommand({ PolicyName: "images", PolicyDocument: JSON.stringify(managed) }));
  const PolicyArn = `arn:aws:iam::${account}:policy/images`;
  const Tags = [{ Key: "environment", Value: "production" }];
  await client.send(
    new iam.CreateRoleCommand({
      RoleName: "deploy",
      AssumeRolePolicyDocument: JSON.stringify(trust),
      MaxSessionDuration: 7200,
      PermissionsBoundary: PolicyArn,
      Tags,
    }),
  );
  await client.send(new iam.PutRolePolicyCommand({ RoleName: "deploy", PolicyName: "exports", PolicyDocument: JSON.stringify(inline) }));
  await client.send(new iam.AttachRolePolicyCommand({ RoleName: "deploy", PolicyArn }));
  await client.send(new iam.CreateGroupCommand({ GroupName: "developers" }));
  await client.send(
    new iam.PutGroupPolicyCommand({ GroupName: "developers", PolicyName: "alarms", PolicyDocument: JSON.stringify(group) }),
  );
  await client.send(new iam.CreateUserCommand({ UserName: "alice" }));
  await client.send(new iam.AddUserToGroupCommand({ GroupName: "developers", UserName: "alice" }));
  await client.send(new iam.PutUserPolicyCommand({ UserName: "alice", PolicyName: "pass", PolicyDocument: JSON.stringify(user) }));
  // More than one page of roles.
  for (let i = 0; i < 120; i++)
    await client.send(new iam.CreateRoleCommand({ RoleName: `spare-${i}`, AssumeRolePolicyDocument: JSON.stringify(trust) }));
}

type Settings = (service: string) => object;

async function fillResources(settings: Settings, account: string) {
  const { bucket, key, secret, queue, topic, repository } = documents(account);
  const s3 = new s3api.S3Client(settings("s3api"));
  const CreateBucketConfiguration = { LocationConstraint: REGION } as const;
  for (const Bucket of ["acme-exports", "acme-plain"]) await s3.send(new s3api.CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  await s3.send(new s3api.PutBucketPolicyCommand({ Bucket: "acme-exports", Policy: JSON.stringify(bucket) }));
  const PublicAccessBlockConfiguration = {
    RestrictPublicBuckets: true,
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
  };
  await s3.send(new s3api.PutPublicAccessBlockCommand({ Bucket: "acme-exports", PublicAccessBlockConfiguration }));
  const made = await new KMSClient(settings("kms")).send(new CreateKeyCommand({ Policy: JSON.stringify(key) }));
  const vault = new SecretsManagerClient(settings("secretsmanager"));
  const shared = await vault.send(new CreateSecretCommand({ Name: "shared/db", SecretString: SECRETS.value }));
  const own = await vault.send(new CreateSecretCommand({ Name: "own/db", SecretString: SECRETS.value }));
  await vault.send(new PutResourcePolicyCommand({ SecretId: `${shared.ARN}`, ResourcePolicy: JSON.stringify(secret) }));
  const sqs = new SQSClient(settings("sqs"));
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "orders" }));
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy: JSON.stringify(queue) } }));
  const sns = new SNSClient(settings("sns"));
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "alarms" }));
  await sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: "Policy", AttributeValue: JSON.stringify(topic) }));
  const ecr = new ECRClient(settings("ecr"));
  await ecr.send(new CreateRepositoryCommand({ repositoryName: "shop/web", imageTagMutability: "IMMUTABLE" }));
  await ecr.send(new SetRepositoryPolicyCommand({ repositoryName: "shop/web", policyText: JSON.stringify(repository) }));
  await ecr.send(new CreateRepositoryCommand({ repositoryName: "bare" }));
  await fillFunction(new LambdaClient(settings("lambda")), account);
  await fillTunnel(new ec2.EC2Client(settings("ec2")));
  const secrets = [`${shared.ARN}`, `${own.ARN}`];
  return { key: `${made.KeyMetadata?.Arn}`, secrets, ...(await fillShares(settings, account, `${made.KeyMetadata?.Arn}`)) };
}

/** Everything that is shared is shared with the management account. */
async function fillShares(settings: Settings, account: string, KeyId: string) {
  const s3 = new s3api.S3Client(settings("s3api"));
  const Bucket = "acme-exports";
  const VersioningConfiguration = { Status: "Enabled" } as const;
  for (const each of [Bucket, "acme-plain"]) await s3.send(new s3api.PutBucketVersioningCommand({ Bucket: each, VersioningConfiguration }));
  const Rules = [{ ID: "all", Status: "Enabled", Priority: 1, Filter: { Prefix: "" }, Destination: { Bucket: "arn:aws:s3:::acme-plain" } }];
  const ReplicationConfiguration = { Role: `arn:aws:iam::${account}:role/deploy`, Rules: Rules as s3api.ReplicationRule[] };
  await s3.send(new s3api.PutBucketReplicationCommand({ Bucket, ReplicationConfiguration }));
  const encryption = { SSEAlgorithm: "aws:kms", KMSMasterKeyID: KeyId } as const;
  const ServerSideEncryptionConfiguration = { Rules: [{ ApplyServerSideEncryptionByDefault: encryption }] };
  await s3.send(new s3api.PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
  const GranteePrincipal = `arn:aws:iam::${MANAGEMENT}:role/reader`;
  await new KMSClient(settings("kms")).send(new CreateGrantCommand({ KeyId, GranteePrincipal, Operations: ["Decrypt"], Name: "reader" }));
  const compute = new ec2.EC2Client(settings("ec2"));
  const { VolumeId } = await compute.send(new ec2.CreateVolumeCommand({ AvailabilityZone: `${REGION}a`, Size: 1 }));
  const snapshot = `${(await compute.send(new ec2.CreateSnapshotCommand({ VolumeId }))).SnapshotId}`;
  const permission = { OperationType: "add" as const, UserIds: [MANAGEMENT] };
  const volumes = { SnapshotId: snapshot, Attribute: "createVolumePermission" as const, ...permission };
  await compute.send(new ec2.ModifySnapshotAttributeCommand(volumes));
  const disk = { DeviceName: "/dev/sda1", Ebs: { SnapshotId: snapshot } };
  const image = `${(await compute.send(new ec2.RegisterImageCommand({ Name: "golden", BlockDeviceMappings: [disk] }))).ImageId}`;
  await compute.send(new ec2.ModifyImageAttributeCommand({ ImageId: image, Attribute: "launchPermission", ...permission }));
  await fillDatabase(new rds.RDSClient(settings("rds")));
  const arn = `arn:aws:rds:${REGION}:${account}:cluster:orders`;
  const share = { name: "orders", principals: [MANAGEMENT], resourceArns: [arn], allowExternalPrincipals: true };
  await new RAMClient(settings("ram")).send(new CreateResourceShareCommand(share));
  return { snapshot, image };
}

async function fillDatabase(client: rds.RDSClient): Promise<void> {
  const DBInstanceIdentifier = "orders";
  await client.send(new rds.CreateDBInstanceCommand({ DBInstanceIdentifier, Engine: "postgres", DBInstanceClass: "db.t4g.micro" }));
  const DBSnapshotIdentifier = "orders-2026";
  await client.send(new rds.CreateDBSnapshotCommand({ DBInstanceIdentifier, DBSnapshotIdentifier }));
  const restore = { AttributeName: "restore", ValuesToAdd: [MANAGEMENT] };
  await client.send(new rds.ModifyDBSnapshotAttributeCommand({ DBSnapshotIdentifier, ...restore }));
}

/** The smallest zip archive: an empty one (APPNOTE.TXT, 4.3.16). */
export const EMPTY_ZIP = new Uint8Array([0x50, 0x4b, 5, 6, ...Array.from<number>({ length: 18 }).fill(0)]);

async function fillFunction(client: LambdaClient, account: string): Promise<void> {
  const Variables = { DB_PASSWORD: SECRETS.variable, STAGE: "production" };
  const Role = `arn:aws:iam::${account}:role/deploy`;
  const Code = { ZipFile: EMPTY_ZIP };
  await client.send(
    new CreateFunctionCommand({
      FunctionName: "thumbs",
      Role,
      Code,
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Environment: { Variables },
    }),
  );
  const permission = { StatementId: "s3", Action: "lambda:InvokeFunction", Principal: "s3.amazonaws.com", FunctionName: "thumbs" } as const;
  await client.send(new AddPermissionCommand(permission));
}

async function fillTunnel(client: ec2.EC2Client): Promise<void> {
  const { CustomerGateway } = await client.send(
    new ec2.CreateCustomerGatewayCommand({ Type: "ipsec.1", PublicIp: "192.0.2.1", BgpAsn: 65000 }),
  );
  const { VpnGateway } = await client.send(new ec2.CreateVpnGatewayCommand({ Type: "ipsec.1" }));
  const { CustomerGatewayId } = CustomerGateway ?? {};
  const { VpnGatewayId } = VpnGateway ?? {};
  await client.send(new ec2.CreateVpnConnectionCommand({ Type: "ipsec.1", CustomerGatewayId, VpnGatewayId }));
}
