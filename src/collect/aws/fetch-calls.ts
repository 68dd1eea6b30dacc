// The one table of calls that a live collection asks. What is asked, how it is written down and the least IAM policy all come from it.
import { isObject, type JsonObject } from "../../lib/json.ts";
import { type AskedCall, call, each, type Following, type Input, itemsOf, type Service, text } from "./asked-call.ts";
import { patchStates, UPKEEP } from "./upkeep/fetch-calls.ts";
import { SHARING } from "./sharing/fetch-calls.ts";

export const IDENTITY: readonly AskedCall[] = [
  call("iam", "GetAccountAuthorizationDetails", { lists: ["UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"] }),
  // MaxSessionDuration stands only here (IAM API Reference, GetAccountAuthorizationDetails and ListRoles).
  call("iam", "ListRoles", { lists: ["Roles"] }),
  call("iam", "ListOpenIDConnectProviders", {
    lists: ["OpenIDConnectProviderList"],
    following: each("OpenIDConnectProviderList", "Arn", "OpenIDConnectProviderArn", [call("iam", "GetOpenIDConnectProvider")]),
  }),
];

export const BUCKETS: readonly AskedCall[] = [
  call("s3api", "ListBuckets", {
    lists: ["Buckets"],
    action: "s3:ListAllMyBuckets",
    following: each("Buckets", "Name", "Bucket", [
      call("s3api", "GetBucketPolicy", { action: "s3:GetBucketPolicy" }),
      call("s3api", "GetPublicAccessBlock", { action: "s3:GetBucketPublicAccessBlock" }),
      call("s3api", "GetBucketReplication", { action: "s3:GetReplicationConfiguration" }),
      call("s3api", "GetBucketEncryption", { action: "s3:GetEncryptionConfiguration" }),
    ]),
  }),
];

const RESOURCES: readonly AskedCall[] = [
  call("kms", "ListKeys", {
    lists: ["Keys"],
    following: () => [
      ...each("Keys", "KeyArn", "KeyId", [call("kms", "GetKeyPolicy")], { PolicyName: "default" })(),
      ...each("Keys", "KeyArn", "KeyId", [call("kms", "ListGrants", { lists: ["Grants"] })])(),
    ],
  }),
  call("secretsmanager", "ListSecrets", {
    lists: ["SecretList"],
    following: each("SecretList", "ARN", "SecretId", [call("secretsmanager", "GetResourcePolicy")]),
  }),
  // Without MaxResults the answer ends after 1000 queues and does not say so (Amazon SQS API Reference, ListQueues).
  call("sqs", "ListQueues", {
    input: { MaxResults: 1000 },
    lists: ["QueueUrls"],
    following: each("QueueUrls", "", "QueueUrl", [call("sqs", "GetQueueAttributes")], { AttributeNames: ["All"] }),
  }),
  call("sns", "ListTopics", { lists: ["Topics"], following: each("Topics", "TopicArn", "TopicArn", [call("sns", "GetTopicAttributes")]) }),
  call("ecr", "DescribeRepositories", {
    lists: ["repositories"],
    following: each("repositories", "repositoryName", "repositoryName", [call("ecr", "GetRepositoryPolicy")]),
  }),
  call("lambda", "ListFunctions", {
    lists: ["Functions"],
    following: each("Functions", "FunctionArn", "FunctionName", [call("lambda", "GetPolicy")]),
  }),
  call("rds", "DescribeDBInstances", { lists: ["DBInstances"] }),
  call("rds", "DescribeDBClusters", { lists: ["DBClusters"] }),
];

const ofCluster = (parameter: string, member: string, calls: readonly AskedCall[], list: string): (() => Following[]) => {
  const inputs = (answer: JsonObject, input: Input): Input[] =>
    itemsOf(answer, list)
      .flatMap((item) => text(isObject(item) ? item[member] : item))
      .map((value) => ({ clusterName: input["clusterName"] ?? null, [parameter]: value }));
  return () => [{ inputs, calls }];
};

// In mode CONFIG_MAP the cluster has no access entries, and asking is an error (Amazon EKS User Guide, "Access entries").
const withAccessEntries = (answer: JsonObject, input: Input): readonly Input[] => {
  const cluster = answer["cluster"];
  const access = isObject(cluster) ? cluster["accessConfig"] : undefined;
  const isConfigMap = isObject(access) && access["authenticationMode"] === "CONFIG_MAP";
  return isConfigMap ? [] : [{ clusterName: input["name"] ?? null }];
};

const ENTRIES = call("eks", "ListAccessEntries", {
  lists: ["accessEntries"],
  following: ofCluster(
    "principalArn",
    "",
    [call("eks", "DescribeAccessEntry"), call("eks", "ListAssociatedAccessPolicies", { lists: ["associatedAccessPolicies"] })],
    "accessEntries",
  ),
});

const PODS = call("eks", "ListPodIdentityAssociations", {
  lists: ["associations"],
  following: ofCluster("associationId", "associationId", [call("eks", "DescribePodIdentityAssociation")], "associations"),
});

const CLUSTERS: readonly AskedCall[] = [
  call("eks", "ListClusters", {
    lists: ["clusters"],
    isLead: true,
    following: () => [
      ...each("clusters", "", "name", [
        call("eks", "DescribeCluster", { following: () => [{ inputs: withAccessEntries, calls: [ENTRIES] }] }),
      ])(),
      ...each("clusters", "", "clusterName", [PODS])(),
    ],
  }),
];

/** `ec2 describe-…` calls that print one list and lead no further. */
const NETWORK_LISTS: Readonly<Record<string, string>> = {
  DescribeVpcs: "Vpcs",
  DescribeSubnets: "Subnets",
  DescribeRouteTables: "RouteTables",
  DescribeNetworkInterfaces: "NetworkInterfaces",
  DescribeVpcEndpoints: "VpcEndpoints",
  DescribeVpcEndpointServiceConfigurations: "ServiceConfigurations",
  DescribePrefixLists: "PrefixLists",
  DescribeSecurityGroups: "SecurityGroups",
  DescribeNetworkAcls: "NetworkAcls",
  DescribeInternetGateways: "InternetGateways",
  DescribeEgressOnlyInternetGateways: "EgressOnlyInternetGateways",
  DescribeNatGateways: "NatGateways",
  DescribeVpcPeeringConnections: "VpcPeeringConnections",
  DescribeVpnGateways: "VpnGateways",
  DescribeVpnConnections: "VpnConnections",
  DescribeTransitGateways: "TransitGateways",
  DescribeTransitGatewayAttachments: "TransitGatewayAttachments",
  DescribeTransitGatewayVpcAttachments: "TransitGatewayVpcAttachments",
};

const TABLE = "TransitGatewayRouteTableId";
// Both states: every route (Amazon EC2 API Reference, SearchTransitGatewayRoutes; the call refuses to go without a filter).
const EVERY_ROUTE = [{ Name: "state", Values: ["active", "blackhole"] }];

const NETWORK: readonly AskedCall[] = [
  call("ec2", "DescribeInstances", { lists: ["Reservations"], following: patchStates }),
  ...Object.entries(NETWORK_LISTS).map(([operation, list]) => call("ec2", operation, { lists: [list] })),
  call("ec2", "DescribeManagedPrefixLists", {
    lists: ["PrefixLists"],
    following: each("PrefixLists", "PrefixListId", "PrefixListId", [call("ec2", "GetManagedPrefixListEntries", { lists: ["Entries"] })]),
  }),
  call("ec2", "DescribeTransitGatewayRouteTables", {
    lists: ["TransitGatewayRouteTables"],
    following: () => [
      ...each("TransitGatewayRouteTables", TABLE, TABLE, [call("ec2", "SearchTransitGatewayRoutes", { lists: ["Routes"] })], {
        Filters: EVERY_ROUTE,
      })(),
      ...each("TransitGatewayRouteTables", TABLE, TABLE, [
        call("ec2", "GetTransitGatewayRouteTableAssociations", { lists: ["Associations"] }),
        call("ec2", "GetTransitGatewayRouteTablePropagations", { lists: ["TransitGatewayRouteTablePropagations"] }),
      ])(),
    ],
  }),
  call("elbv2", "DescribeLoadBalancers", {
    lists: ["LoadBalancers"],
    following: each("LoadBalancers", "LoadBalancerArn", "LoadBalancerArn", [call("elbv2", "DescribeListeners", { lists: ["Listeners"] })]),
  }),
  call("elbv2", "DescribeTargetGroups", {
    lists: ["TargetGroups"],
    following: each("TargetGroups", "TargetGroupArn", "TargetGroupArn", [
      call("elbv2", "DescribeTargetGroupAttributes", { lists: ["Attributes"] }),
      call("elbv2", "DescribeTargetHealth", { lists: ["TargetHealthDescriptions"] }),
    ]),
  }),
];

/** Asked in every region. */
export const REGIONAL: readonly AskedCall[] = [...RESOURCES, ...CLUSTERS, ...NETWORK, ...SHARING, ...UPKEEP];

export const REGIONS = call("ec2", "DescribeRegions", { lists: ["Regions"], isLead: true });

export const ORGANIZATION_ITSELF = call("organizations", "DescribeOrganization");

export const MEMBERS = call("organizations", "ListAccounts", { lists: ["Accounts"] });

const UNITS: AskedCall = call("organizations", "ListOrganizationalUnitsForParent", {
  lists: ["OrganizationalUnits"],
  following: () => each("OrganizationalUnits", "Id", "ParentId", BELOW)(),
});
const BELOW: readonly AskedCall[] = [UNITS, call("organizations", "ListAccountsForParent", { lists: ["Accounts"] })];

const policies = (type: string): AskedCall =>
  call("organizations", "ListPolicies", {
    input: { Filter: type },
    lists: ["Policies"],
    following: each("Policies", "Id", "PolicyId", [
      call("organizations", "DescribePolicy"),
      call("organizations", "ListTargetsForPolicy", { lists: ["Targets"] }),
    ]),
  });

/** Asked in the management account or a delegated administrator's, after the organization itself. */
export const ORGANIZATION: readonly AskedCall[] = [
  MEMBERS,
  call("organizations", "ListRoots", { lists: ["Roots"], following: each("Roots", "Id", "ParentId", BELOW) }),
  policies("SERVICE_CONTROL_POLICY"),
  policies("RESOURCE_CONTROL_POLICY"),
  call("organizations", "DescribeResourcePolicy"),
  call("organizations", "ListDelegatedAdministrators", {
    input: { ServicePrincipal: "sso.amazonaws.com" },
    lists: ["DelegatedAdministrators"],
  }),
];

/** For each item of the list, what the call itself was asked about (`kept`) goes along as the member that the next call names. */
const along = (list: string, member: string, parameter: string, kept: readonly string[], calls: readonly AskedCall[]): Following => ({
  inputs: (answer, input) =>
    itemsOf(answer, list)
      .flatMap((item) => text(isObject(item) ? item[member] : item))
      .map((value) => ({ ...Object.fromEntries(kept.map((key) => [key, input[key] ?? null])), [parameter]: value })),
  calls,
});

const SET = ["InstanceArn", "PermissionSetArn"];

const PERMISSION_SETS = call("sso-admin", "ListPermissionSets", {
  lists: ["PermissionSets"],
  following: () => [
    along(
      "PermissionSets",
      "",
      "PermissionSetArn",
      ["InstanceArn"],
      [
        call("sso-admin", "DescribePermissionSet"),
        call("sso-admin", "ListManagedPoliciesInPermissionSet", { lists: ["AttachedManagedPolicies"] }),
        call("sso-admin", "ListCustomerManagedPolicyReferencesInPermissionSet", { lists: ["CustomerManagedPolicyReferences"] }),
        call("sso-admin", "GetInlinePolicyForPermissionSet"),
        call("sso-admin", "GetPermissionsBoundaryForPermissionSet"),
        call("sso-admin", "ListAccountsForProvisionedPermissionSet", {
          lists: ["AccountIds"],
          following: () => [
            along("AccountIds", "", "AccountId", SET, [call("sso-admin", "ListAccountAssignments", { lists: ["AccountAssignments"] })]),
          ],
        }),
      ],
    ),
  ],
});

const DIRECTORY: readonly AskedCall[] = [
  call("identitystore", "ListUsers", { lists: ["Users"] }),
  call("identitystore", "ListGroups", {
    lists: ["Groups"],
    following: () => [
      along(
        "Groups",
        "GroupId",
        "GroupId",
        ["IdentityStoreId"],
        [call("identitystore", "ListGroupMemberships", { lists: ["GroupMemberships"] })],
      ),
    ],
  }),
];

/**
 * Asked in every region as the organization is: an instance lives in one region, and only its owner and delegated administrators see its permission
 * sets (IAM Identity Center User Guide, "Organization and account instances").
 */
export const IDENTITY_CENTER: readonly AskedCall[] = [
  call("sso-admin", "ListInstances", {
    lists: ["Instances"],
    following: () => [
      ...each("Instances", "InstanceArn", "InstanceArn", [PERMISSION_SETS])(),
      ...each("Instances", "IdentityStoreId", "IdentityStoreId", DIRECTORY)(),
    ],
  }),
];

/** Every call that can be asked, those that follow from others included. */
export function allCalls(): readonly AskedCall[] {
  const found = new Set<AskedCall>();
  const visit = (asked: AskedCall): void => {
    if (found.has(asked)) return;
    found.add(asked);
    for (const { calls } of asked.following()) calls.forEach(visit);
  };
  [...IDENTITY, ...BUCKETS, ...REGIONAL, REGIONS, ORGANIZATION_ITSELF, ...ORGANIZATION, ...IDENTITY_CENTER].forEach(visit);
  return [...found];
}

// Where the service's prefix in a policy is not the CLI's name (Service Authorization Reference).
const PREFIXES: Readonly<Partial<Record<Service, string>>> = { elbv2: "elasticloadbalancing", "sso-admin": "sso", configservice: "config" };

/** The IAM actions that the calls need, and no other: what the collector says it needs, and what `--print-policy` prints. */
export const leastPermissions = (): readonly string[] => [
  ...new Set(allCalls().map(({ service, operation, action }) => action ?? `${PREFIXES[service] ?? service}:${operation}`)),
];

export interface IamPolicy {
  readonly Version: "2012-10-17";
  readonly Statement: readonly {
    readonly Sid: string;
    readonly Effect: "Allow";
    readonly Action: string | readonly string[];
    readonly Resource: string;
  }[];
}

/** The least policy of whoever reads; with a role, that whoever starts may take it in any account. */
export function leastPolicy(role?: string): IamPolicy {
  const reads = { Sid: "BulkheadReads", Effect: "Allow", Action: leastPermissions().toSorted(), Resource: "*" } as const;
  const takes = { Sid: "BulkheadTakesRole", Effect: "Allow", Action: "sts:AssumeRole", Resource: `arn:aws:iam::*:role/${role}` } as const;
  return { Version: "2012-10-17", Statement: role === undefined ? [reads] : [reads, takes] };
}
