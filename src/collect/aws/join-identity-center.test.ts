// IAM Identity Center from its calls: what is then still missing.
import { describe, expect, test } from "vitest";
import { readAll, type Answer } from "./fixtures/read.ts";

const ACCOUNT = "111122223333";
const INSTANCE = "arn:aws:sso:::instance/ssoins-1111222233334444";
const SET = "arn:aws:sso:::permissionSet/ssoins-1111222233334444/ps-1111222233334444";
const STORE = "d-1111222233";
const GROUP = "11112222-3333-4444-5555-666677778888";
const policy = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }] };

const ofInstance = (operation: string, document: unknown): Answer => ({
  call: `aws sso-admin ${operation} --instance-arn ${INSTANCE}`,
  document,
});
const ofSet = (operation: string, document: unknown, more = ""): Answer => ({
  call: `aws sso-admin ${operation} --instance-arn ${INSTANCE} --permission-set-arn ${SET}${more}`,
  document,
});
const ofStore = (operation: string, document: unknown, more = ""): Answer => ({
  call: `aws identitystore ${operation} --identity-store-id ${STORE}${more}`,
  document,
});

const pieces: readonly Answer[] = [
  {
    call: "aws sso-admin list-instances",
    document: { Instances: [{ InstanceArn: INSTANCE, IdentityStoreId: STORE, OwnerAccountId: ACCOUNT }] },
  },
  ofInstance("list-permission-sets", { PermissionSets: [SET] }),
  ofSet("describe-permission-set", { PermissionSet: { Name: "deploy", PermissionSetArn: SET, SessionDuration: "PT8H" } }),
  ofSet("list-managed-policies-in-permission-set", {
    AttachedManagedPolicies: [{ Name: "x", Arn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }],
  }),
  ofSet("list-customer-managed-policy-references-in-permission-set", { CustomerManagedPolicyReferences: [{ Name: "more" }] }),
  ofSet("get-inline-policy-for-permission-set", { InlinePolicy: JSON.stringify(policy) }),
  ofSet("list-accounts-for-provisioned-permission-set", { AccountIds: [ACCOUNT] }),
  ofSet(
    "list-account-assignments",
    { AccountAssignments: [{ AccountId: ACCOUNT, PermissionSetArn: SET, PrincipalType: "GROUP", PrincipalId: GROUP }] },
    ` --account-id ${ACCOUNT}`,
  ),
  ofStore("list-users", { Users: [{ UserName: "alice", UserId: "u-1", IdentityStoreId: STORE }] }),
  ofStore(
    "list-group-memberships",
    { GroupMemberships: [{ IdentityStoreId: STORE, MembershipId: "m-1", GroupId: GROUP, MemberId: { UserId: "u-1" } }] },
    ` --group-id ${GROUP}`,
  ),
  {
    call: "aws organizations list-delegated-administrators --service-principal sso.amazonaws.com",
    document: { DelegatedAdministrators: [{ Id: "222222222222" }] },
  },
];

const told = (answers: readonly Answer[], calls: Parameters<typeof readAll>[1] = []): readonly string[] =>
  readAll(answers, calls).gaps.flatMap(({ topic, subject }) => (topic === "aws/identity-center" ? [subject] : []));

const boundaryCall = `aws sso-admin get-permissions-boundary-for-permission-set --instance-arn ${INSTANCE} --permission-set-arn ${SET}`;

describe("a permission set in pieces", () => {
  test("is one set with all its policies, and no piece is left", () => {
    const { observations } = readAll(pieces);
    expect(observations.find((item) => item.kind === "aws/permission-set")).toMatchObject({
      name: "deploy",
      sessionSeconds: 28_800,
      managed: [{ arn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }],
      customer: [{ name: "more", path: "/" }],
      inline: { document: policy },
      unread: [],
    });
    expect(observations.some((item) => item.kind === "aws/part")).toBe(false);
    expect(told(pieces)).toEqual([]);
  });

  test.each([
    [1, INSTANCE],
    [2, SET],
    [3, `${SET}#policies`],
    [4, `${SET}#policies`],
    [5, `${SET}#policies`],
    [6, SET],
    [7, `${SET}#${ACCOUNT}`],
    [8, STORE],
    [9, GROUP],
    [10, "sso.amazonaws.com"],
  ])("taking out piece %i leaves a gap about %s", (index, subject) => {
    expect(told(pieces.filter((_, i) => i !== index))).toEqual([subject]);
  });

  test("a piece that was denied has one gap, not two", () => {
    const call = `aws sso-admin list-permission-sets --instance-arn ${INSTANCE}`;
    const scope = { system: "aws", account: ACCOUNT } as const;
    expect(told(pieces.slice(0, 1).concat(pieces.slice(8)), [{ call, status: "denied", error: "AccessDenied", scope }])).toEqual([]);
  });

  test("a role of the set in an account that the list leaves out asks for its assignments too", () => {
    const document = {
      Role: {
        RoleName: "AWSReservedSSO_deploy_0123456789abcdef",
        Path: "/aws-reserved/sso.amazonaws.com/",
        Arn: "arn:aws:iam::222222222222:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_deploy_0123456789abcdef",
        AssumeRolePolicyDocument: {
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
        },
      },
    };
    expect(told([...pieces, { document }])).toEqual([`${SET}#222222222222`]);
  });

  test.each([
    ["that nobody asked for is unread", [], "unread"],
    ["that is not there is none", ["An error occurred (ResourceNotFoundException) when calling the X operation: none"], undefined],
    ["that was denied is unread", ["An error occurred (AccessDeniedException) when calling the X operation: no"], "unread"],
  ] as const)("a boundary %s", (_, errors, expected) => {
    const scope = { system: "aws", account: ACCOUNT } as const;
    const calls = errors.map((error) => ({ call: boundaryCall, status: "denied" as const, error, scope }));
    const set = readAll(pieces, calls).observations.find((item) => item.kind === "aws/permission-set");
    expect(set).toBeDefined();
    expect(set && "boundary" in set ? set.boundary : undefined).toBe(expected);
  });

  test("without any of them there is nothing to miss", () => expect(told([])).toEqual([]));
});
