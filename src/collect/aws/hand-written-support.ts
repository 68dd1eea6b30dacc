// For tests: the estate of moto-acme-support.ts as a person would write it down who knows it, in the form in which the AWS CLI prints it.
import type { Json } from "../../lib/json.ts";
import { type Acme, acmeDocuments, MANAGEMENT, OTHER_REGION, REGION } from "./moto-acme-support.ts";
import type { Machine } from "./moto-networks-support.ts";
import { writtenNetworks } from "./hand-written-networks-support.ts";

/** A document, or an error's text. */
export type Written = readonly [call: string, answer: { readonly [key: string]: Json } | string];

export interface WrittenFolder {
  readonly scope: { readonly account: string; readonly organization?: string };
  readonly calls: readonly Written[];
}

const NONE = {
  bucketPolicy: "An error occurred (NoSuchBucketPolicy) when calling the GetBucketPolicy operation: The bucket policy does not exist",
  replication:
    "An error occurred (ReplicationConfigurationNotFoundError) when calling the GetBucketReplication operation: The replication configuration was not found",
  block:
    "An error occurred (NoSuchPublicAccessBlockConfiguration) when calling the GetPublicAccessBlock operation: The public access block configuration was not found",
};

/** What S3 does to every bucket (S3 User Guide, "Setting default server-side encryption behavior"). */
const OF_S3 = {
  ServerSideEncryptionConfiguration: {
    Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" }, BucketKeyEnabled: false }],
  },
};

export function handWritten(acme: Acme): Readonly<Record<string, WrittenFolder>> {
  const { development, production } = acme.accounts;
  return {
    organization: { scope: { account: MANAGEMENT, organization: "management" }, calls: organization(acme) },
    management: { scope: { account: MANAGEMENT }, calls: [...ofManagement(acme.accounts), ...others()] },
    development: { scope: { account: development }, calls: [...ofDevelopment(acme), ...writtenNetworks(acme, "development")] },
    production: { scope: { account: production }, calls: [...ofProduction(acme), ...writtenNetworks(acme, "production")] },
  };

  function others(): readonly Written[] {
    return [...[REGION, OTHER_REGION].flatMap((region) => nothingStored(region)), ...writtenNetworks(acme, "management")];
  }
}

/** The two policies that AWS attaches to everything when a type of policies comes into use (Organizations User Guide). */
function organization({ organization: id, root, units, wall, accounts }: Acme): readonly Written[] {
  const arn = (rest: string): string => `arn:aws:organizations::${MANAGEMENT}:${rest}`;
  const account = (Id: string, Name: string) => ({ Id, Arn: arn(`account/${id}/${Id}`), Name, Status: "ACTIVE", JoinedMethod: "CREATED" });
  const unit = (Id: string, Name: string) => ({ Id, Arn: arn(`ou/${id}/${Id}`), Name });
  const below = { Id: accounts.development, Name: "development" };
  const above = { Id: accounts.production, Name: "production" };
  const everything = [
    [root, "ROOT"],
    [MANAGEMENT, "ACCOUNT"],
    [units.below, "ORGANIZATIONAL_UNIT"],
    [accounts.development, "ACCOUNT"],
    [units.above, "ORGANIZATIONAL_UNIT"],
    [accounts.production, "ACCOUNT"],
  ] as const;
  const policy = (Id: string, Name: string, Type: string) => ({ Id, Arn: arn(`policy/${id}/${Type.toLowerCase()}/${Id}`), Name, Type });
  const [scp, rcp] = ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"];
  const full = policy("p-FullAWSAccess", "FullAWSAccess", scp as string);
  const own = policy(wall, "wall", scp as string);
  const open = policy("p-RCPFullAWSAccess", "RCPFullAWSAccess", rcp as string);
  const content = (Statement: Json): string => JSON.stringify({ Version: "2012-10-17", Statement });
  const described = (PolicySummary: Json, Content: string) => ({ Policy: { PolicySummary, Content } });
  const targets = (list: readonly (readonly [string, string])[]) => ({ Targets: list.map(([TargetId, Type]) => ({ TargetId, Type })) });
  return [
    ["aws organizations describe-organization", { Organization: { Id: id, FeatureSet: "ALL", MasterAccountId: MANAGEMENT } }],
    [
      "aws organizations list-accounts",
      { Accounts: [account(MANAGEMENT, "master"), account(below.Id, below.Name), account(above.Id, above.Name)] },
    ],
    ["aws organizations list-roots", { Roots: [{ Id: root, Name: "Root", PolicyTypes: [{ Type: scp as string, Status: "ENABLED" }] }] }],
    [
      `aws organizations list-organizational-units-for-parent --parent-id ${root}`,
      { OrganizationalUnits: [unit(units.below, "non-production"), unit(units.above, "production")] },
    ],
    [`aws organizations list-organizational-units-for-parent --parent-id ${units.below}`, { OrganizationalUnits: [] }],
    [`aws organizations list-organizational-units-for-parent --parent-id ${units.above}`, { OrganizationalUnits: [] }],
    [`aws organizations list-accounts-for-parent --parent-id ${root}`, { Accounts: [account(MANAGEMENT, "master")] }],
    [`aws organizations list-accounts-for-parent --parent-id ${units.below}`, { Accounts: [account(below.Id, below.Name)] }],
    [`aws organizations list-accounts-for-parent --parent-id ${units.above}`, { Accounts: [account(above.Id, above.Name)] }],
    [`aws organizations list-policies --filter ${scp}`, { Policies: [full, own] }],
    [`aws organizations list-policies --filter ${rcp}`, { Policies: [open] }],
    [`aws organizations describe-policy --policy-id ${full.Id}`, described(full, content({ Effect: "Allow", Action: "*", Resource: "*" }))],
    [`aws organizations describe-policy --policy-id ${wall}`, described(own, JSON.stringify(acmeDocuments(accounts).wall))],
    [
      `aws organizations describe-policy --policy-id ${open.Id}`,
      described(open, content({ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" })),
    ],
    [`aws organizations list-targets-for-policy --policy-id ${full.Id}`, targets(everything)],
    [`aws organizations list-targets-for-policy --policy-id ${wall}`, targets([[units.below, "ORGANIZATIONAL_UNIT"]])],
    [`aws organizations list-targets-for-policy --policy-id ${open.Id}`, targets(everything)],
    ["aws organizations describe-resource-policy", DELEGATION],
    ["aws organizations list-delegated-administrators --service-principal sso.amazonaws.com", { DelegatedAdministrators: [] }],
    ...[REGION, OTHER_REGION].map((region): Written => [`aws sso-admin list-instances --region ${region}`, { Instances: [] }]),
  ];
}

/** A delegation policy that lets an account of nobody's look at policies. */
export const DELEGATION = {
  ResourcePolicy: {
    ResourcePolicySummary: { Id: "rp-11112222", Arn: `arn:aws:organizations::${MANAGEMENT}:resourcepolicy/o-acme/rp-11112222` },
    Content: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Principal: { AWS: "arn:aws:iam::444455556666:root" }, Action: "organizations:DescribePolicy", Resource: "*" },
      ],
    }),
  },
};

interface Role {
  readonly name: string;
  readonly trust: Json;
  readonly inline?: readonly [name: string, document: Json];
  readonly attached?: string;
  readonly profile?: string;
}

function identities(account: string, roles: readonly Role[], rest: readonly Written[]): readonly Written[] {
  const arn = (kind: string, name: string): string => `arn:aws:iam::${account}:${kind}/${name}`;
  const RoleDetailList = roles.map(({ name, trust, inline, attached, profile }) => ({
    Path: "/",
    RoleName: name,
    RoleId: `AROA${name.toUpperCase()}`,
    Arn: arn("role", name),
    CreateDate: "2026-11-24T08:00:00+00:00",
    AssumeRolePolicyDocument: trust,
    InstanceProfileList:
      profile === undefined ? [] : [{ InstanceProfileName: profile, Arn: arn("instance-profile", profile), Roles: [] as Json }],
    RolePolicyList: inline === undefined ? [] : [{ PolicyName: inline[0], PolicyDocument: inline[1] }],
    AttachedManagedPolicies: attached === undefined ? [] : [{ PolicyName: attached, PolicyArn: arn("policy", attached) }],
    Tags: [],
    RoleLastUsed: {},
  }));
  const details = { UserDetailList: [], GroupDetailList: [], RoleDetailList, Policies: [], ...Object.fromEntries(rest) } as Record<
    string,
    Json
  >;
  return [
    ["aws iam get-account-authorization-details", details],
    ["aws iam list-open-id-connect-providers", { OpenIDConnectProviderList: [] }],
  ];
}

/** Organizations makes it in each account that it creates, for the management account (Organizations User Guide). */
const OF_ORGANIZATION: Role = {
  name: "OrganizationAccountAccessRole",
  trust: {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { AWS: `arn:aws:iam::${MANAGEMENT}:root` }, Action: "sts:AssumeRole" }],
  },
};

const buckets = (names: readonly string[]): Written => ["aws s3api list-buckets", { Buckets: names.map((Name) => ({ Name })) }];

/** What a region without such resources prints. */
const nothingStored = (region: string, but: readonly string[] = []): readonly Written[] =>
  (
    [
      ["kms list-keys", { Keys: [] }],
      ["secretsmanager list-secrets", { SecretList: [] }],
      ["sqs list-queues", { QueueUrls: [] }],
      ["sns list-topics", { Topics: [] }],
      ["ecr describe-repositories", { repositories: [] }],
      ["lambda list-functions", { Functions: [] }],
      ["rds describe-db-instances", { DBInstances: [] }],
      ["rds describe-db-clusters", { DBClusters: [] }],
      ["ec2 describe-volumes", { Volumes: [] }],
      ["ec2 describe-snapshots --owner-ids self", { Snapshots: [] }],
      ["ec2 describe-images --owners self", { Images: [] }],
      ["rds describe-db-snapshots", { DBSnapshots: [] }],
      ["rds describe-db-cluster-snapshots", { DBClusterSnapshots: [] }],
      ["rds describe-db-instance-automated-backups", { DBInstanceAutomatedBackups: [] }],
      ["cloudtrail describe-trails", { trailList: [] }],
      ["guardduty list-detectors", { DetectorIds: [] }],
      ["configservice describe-configuration-recorders", { ConfigurationRecorders: [] }],
      ["configservice describe-configuration-recorder-status", { ConfigurationRecordersStatus: [] }],
      ["backup list-protected-resources", { Results: [] }],
      ["ram get-resource-share-associations --association-type RESOURCE", { resourceShareAssociations: [] }],
      ["ram get-resource-share-associations --association-type PRINCIPAL", { resourceShareAssociations: [] }],
    ] as const
  )
    .filter(([call]) => !but.includes(call))
    .map(([call, answer]) => [`aws ${call} --region ${region}`, answer]);

/** What AWS makes along with an instance and a database. */
const MADE_UNASKED = ["ec2 describe-volumes", "rds describe-db-snapshots"];

const disk = ({ volume: VolumeId, instance: InstanceId }: Machine): Written => [
  `aws ec2 describe-volumes --region ${REGION}`,
  { Volumes: [{ VolumeId, AvailabilityZone: `${REGION}a`, Encrypted: false, Attachments: [{ InstanceId, State: "attached" }] }] },
];

/** Patch Manager does not know the machine. */
const unpatched = ({ instance }: Machine): Written => [
  `aws ssm describe-instance-patch-states --instance-ids ${instance} --region ${REGION}`,
  { InstancePatchStates: [] },
];

const nightly = (account: string, DBSnapshotIdentifier: string): Json => ({
  DBSnapshotIdentifier,
  DBSnapshotArn: `arn:aws:rds:${REGION}:${account}:snapshot:${DBSnapshotIdentifier}`,
  DBInstanceIdentifier: "shop",
  SnapshotType: "automated",
  Encrypted: true,
});

const ofManagement = (accounts: Acme["accounts"]): readonly Written[] => [
  ...identities(
    MANAGEMENT,
    [{ name: "audit", trust: acmeDocuments(accounts).byEc2, inline: ["reads", acmeDocuments(accounts).audits] }],
    [],
  ),
  buckets([]),
];

function ofDevelopment({ accounts, networks }: Acme): readonly Written[] {
  const documents = acmeDocuments(accounts);
  const arn = (kind: string, name: string): string => `arn:aws:iam::${accounts.development}:${kind}/${name}`;
  const users = [{ Path: "/", UserName: "alice", UserId: "AIDAALICE", Arn: arn("user", "alice"), GroupList: ["developers"] }];
  const policies = [{ PolicyName: "deploys", PolicyDocument: documents.takesDeploy }];
  const groups = [{ Path: "/", GroupName: "developers", GroupId: "AGPADEV", Arn: arn("group", "developers"), GroupPolicyList: policies }];
  const functions = {
    FunctionName: "etl",
    FunctionArn: `arn:aws:lambda:${REGION}:${accounts.development}:function:etl`,
    Role: arn("role", "etl"),
  };
  const roles: readonly Role[] = [
    OF_ORGANIZATION,
    { name: "builder", trust: documents.byEc2, inline: ["deploys", documents.takesDeploy], profile: "builder" },
    { name: "etl", trust: documents.byLambda, inline: ["loads", documents.takesWarehouse] },
  ];
  return [
    ...identities(accounts.development, roles, [
      ["UserDetailList", users.map((user) => ({ ...user, AttachedManagedPolicies: [], Tags: [] })) as never],
      ["GroupDetailList", groups.map((group) => ({ ...group, AttachedManagedPolicies: [] })) as never],
    ]),
    buckets([]),
    ...nothingStored(REGION, ["lambda list-functions", "ec2 describe-volumes"]),
    disk(networks.builder),
    unpatched(networks.builder),
    [`aws lambda list-functions --region ${REGION}`, { Functions: [functions] }],
    [
      `aws lambda get-policy --function-name ${functions.FunctionArn} --region ${REGION}`,
      "An error occurred (ResourceNotFoundException) when calling the GetPolicy operation: The resource you requested does not exist.",
    ],
    ...nothingStored(OTHER_REGION),
  ];
}

function ofProduction({ accounts, key, secrets, networks }: Acme): readonly Written[] {
  const documents = acmeDocuments(accounts);
  const images = `arn:aws:iam::${accounts.production}:policy/images`;
  const versions = [{ Document: documents.images, VersionId: "v1", IsDefaultVersion: true }];
  const roles: readonly Role[] = [
    OF_ORGANIZATION,
    { name: "deploy", trust: documents.byDevelopment, inline: ["deploys", documents.deploys], attached: "images" },
    { name: "warehouse", trust: documents.byEtl, inline: ["reads", documents.reads] },
    { name: "cluster", trust: documents.byEks },
  ];
  const policy = (document: Json): string => JSON.stringify(document);
  const secret = (region: string, ARN: string, Name: string, own: object): readonly Written[] => [
    [`aws secretsmanager list-secrets --region ${region}`, { SecretList: [{ ARN, Name }] }],
    [`aws secretsmanager get-resource-policy --secret-id ${ARN} --region ${region}`, { ARN, Name, ...own }],
  ];
  return [
    ...identities(accounts.production, roles, [
      ["Policies", [{ PolicyName: "images", Arn: images, Path: "/", DefaultVersionId: "v1", PolicyVersionList: versions }] as never],
    ]),
    buckets(["acme-exports", "acme-plain"]),
    ["aws s3api get-bucket-policy --bucket acme-exports", { Policy: policy(documents.bucket) }],
    ["aws s3api get-bucket-policy --bucket acme-plain", NONE.bucketPolicy],
    ["aws s3api get-public-access-block --bucket acme-exports", NONE.block],
    ["aws s3api get-public-access-block --bucket acme-plain", NONE.block],
    ...["acme-exports", "acme-plain"].flatMap((bucket): readonly Written[] => [
      [`aws s3api get-bucket-replication --bucket ${bucket}`, NONE.replication],
      [`aws s3api get-bucket-encryption --bucket ${bucket}`, OF_S3],
    ]),
    ...nothingStored(REGION, ["kms list-keys", "secretsmanager list-secrets", "rds describe-db-instances", ...MADE_UNASKED]),
    disk(networks.shop),
    unpatched(networks.shop),
    [`aws rds describe-db-snapshots --region ${REGION}`, { DBSnapshots: [nightly(accounts.production, networks.nightly)] }],
    [`aws kms list-keys --region ${REGION}`, { Keys: [{ KeyId: key.slice(key.lastIndexOf("/") + 1), KeyArn: key }] }],
    [`aws kms get-key-policy --key-id ${key} --policy-name default --region ${REGION}`, { Policy: policy(documents.key) }],
    [`aws kms list-grants --key-id ${key} --region ${REGION}`, { Grants: [] }],
    ...secret(REGION, secrets.shop, "shop/db", {}),
    ...nothingStored(OTHER_REGION, ["secretsmanager list-secrets"]),
    ...secret(OTHER_REGION, secrets.replica, "replica/db", { ResourcePolicy: policy(documents.secret) }),
  ];
}
