// Roles that every account of the example has: of the clusters, of AWS itself, of the collection, and of people's read access.
import { ACCOUNTS, roleArn } from "../names.ts";
import type { AccountName, ClusterName } from "../names.ts";
import { ssoRole } from "./principals.ts";
import type { RoleSpec } from "./principals.ts";
import { allow, irsaTrust, policy, principals, service } from "./trust.ts";
import type { Document } from "./trust.ts";

/** Reads settings and policies, never content: what a plan, a drift report and this collection need. */
export const METADATA: Document = policy(
  allow(
    [
      "ec2:Describe*",
      "ecr:DescribeRepositories",
      "ecr:GetRepositoryPolicy",
      "eks:Describe*",
      "eks:List*",
      "iam:GenerateCredentialReport",
      "iam:GetAccountAuthorizationDetails",
      "iam:GetRole",
      "iam:GetOpenIDConnectProvider",
      "iam:List*",
      "kms:DescribeKey",
      "kms:GetKeyPolicy",

      "kms:ListKeys",
      "lambda:GetPolicy",
      "lambda:ListFunctions",
      "rds:DescribeDBInstances",
      "s3:GetBucketPolicy",
      "s3:ListAllMyBuckets",
      "secretsmanager:GetResourcePolicy",
      "secretsmanager:ListSecrets",
      "sns:GetTopicAttributes",
      "sns:ListTopics",
      "sqs:GetQueueAttributes",
      "sqs:ListQueues",
    ],
    "*",
  ),
);

export const organizationsServiceRole: RoleSpec = {
  name: "AWSServiceRoleForOrganizations",
  path: "/aws-service-role/organizations.amazonaws.com/",
  trust: service("organizations.amazonaws.com"),
  vendor: ["AWSOrganizationsServiceTrustPolicy"],
};

/** AWS Organizations makes it in each account that it creates; whoever administers the management account can use it. */
export const organizationAccountAccessRole: RoleSpec = {
  name: "OrganizationAccountAccessRole",
  trust: principals(`arn:aws:iam::${ACCOUNTS.tooling}:root`),
  vendor: ["AdministratorAccess"],
  unused: true,
};

export const collectorRole: RoleSpec = {
  name: "bulkhead-collector",
  trust: principals(roleArn("tooling", "bulkhead-collector")),
  customer: ["read-settings"],
};

const readOnlySet = (account: AccountName): RoleSpec => ssoRole(account, "ReadOnly", { inline: { AwsSSOInlinePolicy: METADATA } });

const securityAuditSet = (account: AccountName): RoleSpec =>
  ssoRole(account, "SecurityAudit", {
    inline: {
      AwsSSOInlinePolicy: policy(
        ...METADATA.Statement,
        allow(["cloudtrail:LookupEvents", "guardduty:Get*", "guardduty:List*", "access-analyzer:Get*", "access-analyzer:List*"], "*"),
      ),
    },
  });

export const auditorSets = (account: AccountName): readonly RoleSpec[] => [readOnlySet(account), securityAuditSet(account)];

const autoscalerPolicy = (cluster: ClusterName): Document =>
  policy(
    allow(
      [
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeScalingActivities",
        "ec2:DescribeInstanceTypes",
        "eks:DescribeNodegroup",
      ],
      "*",
    ),
    allow(["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"], "*", {
      StringEquals: { [`aws:ResourceTag/k8s.io/cluster-autoscaler/${cluster}`]: "owned" },
    }),
  );

const loadBalancerPolicy: Document = policy(
  allow(["ec2:DescribeSubnets", "ec2:DescribeVpcs", "ec2:DescribeSecurityGroups", "elasticloadbalancing:Describe*"], "*"),
  allow(["elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateTargetGroup", "elasticloadbalancing:CreateListener"], "*"),
  allow(["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"], "*"),
);

/** The roles that a cluster, its nodes and its controllers need. */
export function clusterRoles(cluster: ClusterName): readonly RoleSpec[] {
  const secrets = `arn:aws:secretsmanager:eu-west-1:${ACCOUNTS[cluster]}:secret:${cluster}/*`;
  return [
    { name: `eks-${cluster}-cluster`, trust: service("eks.amazonaws.com"), vendor: ["AmazonEKSClusterPolicy"] },
    {
      name: `eks-${cluster}-node`,
      trust: service("ec2.amazonaws.com"),
      vendor: ["AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryReadOnly"],
      instanceProfile: true,
    },
    {
      name: `eks-${cluster}-autoscaler`,
      trust: irsaTrust(cluster, cluster, "kube-system", "cluster-autoscaler"),
      inline: { autoscaling: autoscalerPolicy(cluster) },
    },
    {
      name: `eks-${cluster}-load-balancers`,
      trust: irsaTrust(cluster, cluster, "kube-system", "aws-load-balancer-controller"),
      inline: { "load-balancers": loadBalancerPolicy },
    },
    {
      name: `eks-${cluster}-external-secrets`,
      trust: irsaTrust(cluster, cluster, "external-secrets", "external-secrets"),
      inline: { secrets: policy(allow(["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], secrets)) },
    },
  ];
}
