// What several files say of one thing, and what is then still missing.
import { describe, expect, test } from "vitest";
import { read, readAll, type Answer } from "./fixtures/read.ts";

const ACCOUNT = "111122223333";
const statement = { Effect: "Allow", Action: "s3:*", Resource: "*" };
const policy = { Version: "2012-10-17", Statement: [statement] };
const trust = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
};
const text = (value: unknown) => JSON.stringify(value);
const gapsOf = (result: ReturnType<typeof readAll>) => result.gaps.map((gap) => `${gap.topic} ${gap.subject}`);

const getRole: Answer = {
  scope: ACCOUNT,
  document: { Role: { RoleName: "web", Path: "/", Arn: `arn:aws:iam::${ACCOUNT}:role/web`, AssumeRolePolicyDocument: trust } },
};
const piece = (call: string, document: unknown): Answer => ({ scope: ACCOUNT, call: `aws iam ${call} --role-name web`, document });
const pieces: readonly Answer[] = [
  getRole,
  piece("list-attached-role-policies", { AttachedPolicies: [{ PolicyName: "more", PolicyArn: `arn:aws:iam::${ACCOUNT}:policy/more` }] }),
  piece("list-role-policies", { PolicyNames: ["inline"] }),
  piece("get-role-policy", { RoleName: "web", PolicyName: "inline", PolicyDocument: policy }),
  {
    call: `aws iam get-policy-version --policy-arn arn:aws:iam::${ACCOUNT}:policy/more --version-id v1`,
    document: { PolicyVersion: { VersionId: "v1", IsDefaultVersion: true, Document: policy } },
  },
];

describe("a role in pieces", () => {
  test("is one role with all its policies", () => {
    const result = readAll(pieces);
    expect(result.observations.find((item) => item.kind === "aws/role")).toMatchObject({
      name: "web",
      inline: [{ name: "inline", document: policy, source: { pointer: "/PolicyDocument" } }],
      managed: [{ arn: `arn:aws:iam::${ACCOUNT}:policy/more`, source: { pointer: "/AttachedPolicies/0" } }],
    });
    expect(gapsOf(result)).toEqual([`aws/control-policy ${ACCOUNT}`]);
    expect(result.observations.some((item) => item.kind === "aws/part")).toBe(false);
  });

  test.each([1, 2, 3, 4])("taking out piece %i leaves a gap", (index) => {
    const result = readAll(pieces.filter((_, i) => i !== index));
    expect(gapsOf(result).filter((gap) => !gap.startsWith("aws/control-policy"))).toHaveLength(1);
  });

  test("adds nothing to the authorization details", () => {
    const details = {
      UserDetailList: [],
      GroupDetailList: [],
      Policies: [],
      RoleDetailList: [{ ...getRoleItem(), RolePolicyList: [], AttachedManagedPolicies: [], InstanceProfileList: [] }],
    };
    const result = readAll([{ document: details }, getRole]);
    expect(result.observations.filter((item) => item.kind === "aws/role")).toHaveLength(1);
    expect(gapsOf(result)).toEqual([`aws/control-policy ${ACCOUNT}`]);
  });

  const whole = (item: object) => ({
    document: {
      UserDetailList: [],
      Policies: [],
      GroupDetailList: [],
      RoleDetailList: [{ ...item, RolePolicyList: [], AttachedManagedPolicies: [], InstanceProfileList: [] }],
    },
  });
  const withSession = { ...getRole, document: { Role: { ...getRoleItem(), MaxSessionDuration: 3600 } } };

  test("tells a role that was read whole its longest session", () => {
    const result = readAll([whole(getRoleItem()), withSession]);
    expect(result.observations.find((item) => item.kind === "aws/role")).toMatchObject({ name: "web", maxSessionSeconds: 3600 });
  });

  test("tells it nothing, but a gap, when the two trust policies differ", () => {
    const other = { ...getRoleItem(), AssumeRolePolicyDocument: { ...trust, Statement: [{ ...trust.Statement[0], Effect: "Deny" }] } };
    const result = readAll([whole(other), withSession]);
    expect(result.observations.find((item) => item.kind === "aws/role")).not.toHaveProperty("maxSessionSeconds");
    expect(gapsOf(result)).toContain(`aws/principal-policy arn:aws:iam::${ACCOUNT}:role/web`);
  });
});

function getRoleItem(): object {
  return (getRole.document as { Role: object }).Role;
}

describe("managed policies", () => {
  test("a boundary whose document is not in the files is a gap", () => {
    const arn = `arn:aws:iam::${ACCOUNT}:policy/boundary`;
    const role = { ...getRoleItem(), PermissionsBoundary: { PermissionsBoundaryArn: arn } };
    const files = [{ ...getRole, document: { Role: role } }, ...pieces.slice(1)];
    expect(gapsOf(readAll(files))).toContain(`aws/managed-policy ${arn}`);
  });

  test("one that is attached and not in the files is a gap, AWS's own too", () => {
    const group = { GroupName: "g", Path: "/", Arn: `arn:aws:iam::${ACCOUNT}:group/g`, GroupPolicyList: [] };
    const arn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    const document = {
      UserDetailList: [],
      RoleDetailList: [],
      Policies: [],
      GroupDetailList: [{ ...group, AttachedManagedPolicies: [{ PolicyName: "ReadOnlyAccess", PolicyArn: arn }] }],
    };
    expect(gapsOf(readAll([{ document }]))).toEqual([`aws/managed-policy ${arn}`]);
    expect(gapsOf(readAll([{ document }, { document: { arn, document: policy } }]))).toEqual([]);
  });

  test("two files that differ are a gap, two that agree are one policy", () => {
    const record = (action: string) => ({
      document: { arn: "arn:aws:iam::aws:policy/X", document: { Statement: [{ ...statement, Action: action }] } },
    });
    expect(gapsOf(readAll([record("s3:*"), record("ec2:*")]))).toEqual(["aws/managed-policy arn:aws:iam::aws:policy/X"]);
    expect(readAll([record("s3:*"), record("s3:*")])).toMatchObject({ observations: [{}], gaps: [] });
  });
});

const organizationArn = (rest: string) => `arn:aws:organizations::222222222222:${rest}`;
const summaryOf = (id: string) => ({
  Id: id,
  Arn: organizationArn(`policy/o-example/service_control_policy/${id}`),
  Name: id,
  Type: "SERVICE_CONTROL_POLICY",
});
const organization = (call: string, document: unknown): Answer => ({ call: `aws organizations ${call}`, document });
const organizationFiles: readonly Answer[] = [
  organization("describe-organization", {
    Organization: { Id: "o-example", Arn: organizationArn("organization/o-example"), MasterAccountId: "222222222222" },
  }),
  organization("list-roots", {
    Roots: [
      {
        Id: "r-ab12",
        Arn: organizationArn("root/o-example/r-ab12"),
        Name: "Root",
        PolicyTypes: [{ Type: "SERVICE_CONTROL_POLICY", Status: "ENABLED" }],
      },
    ],
  }),
  organization("list-organizational-units-for-parent --parent-id r-ab12", {
    OrganizationalUnits: [{ Id: "ou-ab12-prod", Arn: organizationArn("ou/o-example/ou-ab12-prod"), Name: "Production" }],
  }),
  organization("list-accounts", {
    Accounts: [{ Id: ACCOUNT, Arn: organizationArn(`account/o-example/${ACCOUNT}`), Name: "production", Status: "ACTIVE" }],
  }),
  organization(`list-parents --child-id ${ACCOUNT}`, { Parents: [{ Id: "ou-ab12-prod", Type: "ORGANIZATIONAL_UNIT" }] }),
  organization("list-policies --filter SERVICE_CONTROL_POLICY", { Policies: [summaryOf("p-FullAWSAccess"), summaryOf("p-guard")] }),
  organization("describe-policy --policy-id p-guard", {
    Policy: {
      PolicySummary: summaryOf("p-guard"),
      Content: text({ Version: "2012-10-17", Statement: [{ ...statement, Effect: "Deny" }] }),
    },
  }),
  organization("list-targets-for-policy --policy-id p-FullAWSAccess", { Targets: [{ TargetId: "r-ab12", Type: "ROOT" }] }),
  organization("list-targets-for-policy --policy-id p-guard", { Targets: [{ TargetId: "ou-ab12-prod", Type: "ORGANIZATIONAL_UNIT" }] }),
];

describe("an organization", () => {
  test("is joined without a gap when every call was answered", () => {
    const result = readAll(organizationFiles);
    expect(result.gaps).toEqual([]);
    expect(result.observations).toContainEqual(
      expect.objectContaining({ kind: "aws/account", account: ACCOUNT, name: "production", parent: "ou-ab12-prod" }),
    );
    expect(result.observations).toContainEqual(
      expect.objectContaining({
        kind: "aws/control-policy",
        id: "p-FullAWSAccess",
        document: { Version: "2012-10-17", Statement: [statement].map((s) => ({ ...s, Action: "*" })) },
      }),
    );
    expect(result.observations).toContainEqual(
      expect.objectContaining({ kind: "aws/control-policy-attachment", policy: "p-guard", target: "ou-ab12-prod" }),
    );
    expect(result.observations).toContainEqual(
      expect.objectContaining({ kind: "aws/organizational-unit", id: "r-ab12", enabledPolicyTypes: ["SERVICE_CONTROL_POLICY"] }),
    );
  });

  test.each([
    [1, "aws/control-policy r-ab12", false],
    [4, `aws/organization ${ACCOUNT}`, true],
    [5, `aws/control-policy ${ACCOUNT}`, true],
    [6, "aws/control-policy p-guard", true],
    [7, `aws/control-policy ${ACCOUNT}`, true],
    [8, "aws/control-policy ou-ab12-prod", true],
  ])("taking out call %i leaves a gap on what it concerns", (index, gap, isThere) => {
    const found = gapsOf(readAll(organizationFiles.filter((_, i) => i !== index)));
    expect(found.length).toBeGreaterThan(0);
    expect(found.includes(gap)).toBe(isThere);
  });

  test("resource control policies that are switched on and not read are a gap", () => {
    const roots = structuredClone(organizationFiles[1]) as { document: { Roots: { PolicyTypes: object[] }[] } };
    roots.document.Roots[0]!.PolicyTypes.push({ Type: "RESOURCE_CONTROL_POLICY", Status: "ENABLED" });
    const files = organizationFiles.with(1, roots);
    expect(gapsOf(readAll(files))).toContain(`aws/control-policy ${ACCOUNT}`);
  });

  test("a type that is switched off holds nobody back, so where it is attached does not matter", () => {
    const roots = structuredClone(organizationFiles[1]) as { document: { Roots: { PolicyTypes: { Status: string }[] }[] } };
    roots.document.Roots[0]!.PolicyTypes[0]!.Status = "PENDING_DISABLE";
    const files = organizationFiles.with(1, roots).slice(0, 7);
    expect(readAll(files).observations).toContainEqual(expect.objectContaining({ id: "r-ab12", enabledPolicyTypes: [] }));
    expect(gapsOf(readAll(files))).toEqual([]);
  });

  test("control policies do not hold back the management account, so none is missed there", () => {
    const management: Answer = organization("list-accounts-for-parent --parent-id r-ab12", {
      Accounts: [{ Id: "222222222222", Arn: organizationArn("account/o-example/222222222222") }],
    });
    const found = gapsOf(readAll([...organizationFiles.slice(0, 5), management]));
    expect(found).toContain(`aws/control-policy ${ACCOUNT}`);
    expect(found).not.toContain("aws/control-policy 222222222222");
  });

  test("an account that stands alone needs none", () => {
    const calls = [
      {
        call: "aws organizations describe-organization",
        status: "denied",
        error: "AWSOrganizationsNotInUseException",
        scope: { system: "aws", account: ACCOUNT },
      },
    ] as const;
    expect(gapsOf(readAll(pieces, calls))).toEqual([]);
  });
});

describe("resources", () => {
  const buckets: Answer = { scope: ACCOUNT, document: { Buckets: [{ Name: "acme-exports", CreationDate: "2026" }] } };
  const denied = (call: string, error: string) =>
    ({ call: `aws s3api ${call} --bucket acme-exports`, status: "denied", error, scope: { system: "aws", account: ACCOUNT } }) as const;
  const notReplicated = denied("get-bucket-replication", "ReplicationConfigurationNotFoundError");
  const asked = (error: string) => [denied("get-bucket-policy", error), notReplicated];

  test("a bucket whose policy nobody asked for is a gap", () => {
    expect(gapsOf(readAll([buckets], [notReplicated]))).toEqual(["aws/resource-policy arn:aws:s3:::acme-exports"]);
  });

  test("a bucket without a policy is none, and a denied one is told once, by the denied call", () => {
    expect(gapsOf(readAll([buckets], asked("NoSuchBucketPolicy")))).toEqual([]);
    expect(gapsOf(readAll([buckets], asked("AccessDenied")))).toEqual([]);
  });

  test("lists and details of one resource are one resource", () => {
    const block: Answer = {
      scope: ACCOUNT,
      call: "aws s3api get-public-access-block --bucket acme-exports",
      document: { PublicAccessBlockConfiguration: { RestrictPublicBuckets: true } },
    };
    const result = readAll([buckets, block], asked("NoSuchBucketPolicy"));
    expect(result.observations).toMatchObject([{ kind: "aws/resource", name: "acme-exports", restrictsPublicPolicy: true }]);
  });

  test("a repository policy that names no region is on the one repository of that name", () => {
    const answer: Answer = {
      document: {
        registryId: ACCOUNT,
        repositoryName: "web",
        policyText: text({ Statement: [{ Effect: "Allow", Principal: "*", Action: "ecr:BatchGetImage" }] }),
      },
    };
    const repository = (region: string) => ({ repositoryArn: `arn:aws:ecr:${region}:${ACCOUNT}:repository/web`, repositoryName: "web" });
    const one = readAll([answer, { document: { repositories: [repository("eu-west-1")] } }]);
    expect(one.observations).toContainEqual(
      expect.objectContaining({ kind: "aws/resource-policy", arn: repository("eu-west-1").repositoryArn }),
    );
    expect(one.gaps).toEqual([]);
    expect(gapsOf(readAll([answer, { document: { repositories: [repository("eu-west-1"), repository("us-east-1")] } }]))).toContain(
      "aws/scope answer.json",
    );
  });

  test("an instance acts as the role of its profile", () => {
    const profile = `arn:aws:iam::${ACCOUNT}:instance-profile/web`;
    const instance: Answer = {
      document: {
        Reservations: [
          {
            OwnerId: ACCOUNT,
            Instances: [{ InstanceId: "i-1", Placement: { AvailabilityZone: "eu-west-1a" }, IamInstanceProfile: { Arn: profile } }],
          },
        ],
      },
    };
    const role = { ...getRoleItem(), RolePolicyList: [], AttachedManagedPolicies: [], InstanceProfileList: [{ Arn: profile }] };
    const details: Answer = { document: { UserDetailList: [], GroupDetailList: [], Policies: [], RoleDetailList: [role] } };
    expect(readAll([instance, details]).observations).toContainEqual(
      expect.objectContaining({ kind: "aws/resource", role: `arn:aws:iam::${ACCOUNT}:role/web` }),
    );
    expect(gapsOf(readAll([instance]))).toEqual([`aws/authorization-details ${ACCOUNT}`]);
  });

  test("a policy that was refused is told once", () => {
    const answer: Answer = { scope: ACCOUNT, call: "aws s3api get-bucket-policy --bucket acme-exports", document: { Policy: "{" } };
    expect(gapsOf(readAll([buckets, answer], [notReplicated]))).toEqual(["aws/resource-policy arn:aws:s3:::acme-exports"]);
  });
});

describe("access to a cluster", () => {
  const arn = `arn:aws:eks:eu-west-1:${ACCOUNT}:cluster/production`;
  const principal = `arn:aws:iam::${ACCOUNT}:role/web`;
  const eks = (call: string, document: unknown): Answer => ({
    scope: ACCOUNT,
    call: `aws eks ${call} --cluster-name production`,
    document,
  });
  const entryArn = `arn:aws:eks:eu-west-1:${ACCOUNT}:access-entry/production/role/${ACCOUNT}/web/1`;
  const associationArn = `arn:aws:eks:eu-west-1:${ACCOUNT}:podidentityassociation/production/a-1`;
  const pod = { clusterName: "production", namespace: "shop", serviceAccount: "web", associationArn };
  const files: readonly Answer[] = [
    { document: { cluster: { name: "production", arn, accessConfig: { authenticationMode: "API" } } } },
    eks("list-access-entries", { accessEntries: [principal] }),
    eks("describe-access-entry", {
      accessEntry: { clusterName: "production", principalArn: principal, accessEntryArn: entryArn, kubernetesGroups: ["deployers"] },
    }),
    eks("list-associated-access-policies", {
      clusterName: "production",
      principalArn: principal,
      associatedAccessPolicies: [
        {
          policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy",
          accessScope: { type: "namespace", namespaces: ["shop"] },
        },
      ],
    }),
    eks("list-pod-identity-associations", { associations: [pod] }),
    eks("describe-pod-identity-association", { association: { ...pod, roleArn: principal } }),
  ];

  test("an entry has its groups and its policies", () => {
    const result = readAll(files);
    expect(result.gaps).toEqual([]);
    expect(result.observations).toContainEqual(
      expect.objectContaining({
        kind: "aws/eks-access-entry",
        cluster: arn,
        groups: ["deployers"],
        policies: [{ arn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy", namespaces: ["shop"] }],
      }),
    );
  });

  test.each([1, 2, 3, 5])("taking out call %i is a gap on the cluster", (index) => {
    expect(gapsOf(readAll(files.filter((_, i) => i !== index)))).toEqual([`aws/eks-access ${arn}`]);
  });

  test("a cluster in mode CONFIG_MAP has no access entries to miss", () => {
    const cluster: Answer = { document: { cluster: { name: "production", arn, accessConfig: { authenticationMode: "CONFIG_MAP" } } } };
    expect(gapsOf(readAll([cluster, ...files.slice(4)]))).toEqual([]);
    expect(gapsOf(readAll([files[0] as Answer, ...files.slice(4)]))).toEqual([`aws/eks-access ${arn}`]);
  });

  test("without both calls on pod identities they are a gap", () => {
    expect(gapsOf(readAll(files.slice(0, 4)))).toEqual([`aws/eks-access ${arn}`]);
  });
});

test("an identity provider whose audiences nobody read is a gap", () => {
  const arn = `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`;
  const listed: Answer = { document: { OpenIDConnectProviderList: [{ Arn: arn }] } };
  const got: Answer = {
    call: `aws iam get-open-id-connect-provider --open-id-connect-provider-arn ${arn}`,
    document: { Url: "token.actions.githubusercontent.com", ClientIDList: ["sts.amazonaws.com"], ThumbprintList: [] },
  };
  expect(gapsOf(readAll([listed]))).toEqual([`aws/oidc-provider ${arn}`]);
  expect(gapsOf(readAll([listed, got]))).toEqual([]);
  expect(read(got).observations).toMatchObject([{ arn, account: ACCOUNT }]);
});
