// What AWS's own managed policies allow, for files that name them without their document.
import type { Json } from "../../lib/json.ts";

/**
 * Documents from the AWS Managed Policy Reference Guide (one page a policy), cut to the actions that this plane asks about: reads and writes
 * of modeled resources, identities and policies. A policy that is not here and not in the files counts as not read.
 */
const STATEMENTS: Readonly<Record<string, readonly Json[]>> = {
  AdministratorAccess: [{ Effect: "Allow", Action: "*", Resource: "*" }],
  PowerUserAccess: [
    { Effect: "Allow", NotAction: ["iam:*", "organizations:*", "account:*"], Resource: "*" },
    {
      Effect: "Allow",
      Action: [
        "account:GetAccountInformation",
        "account:GetPrimaryEmail",
        "account:ListRegions",
        "iam:CreateServiceLinkedRole",
        "iam:DeleteServiceLinkedRole",
        "iam:ListRoles",
        "organizations:DescribeEffectivePolicy",
        "organizations:DescribeOrganization",
      ],
      Resource: "*",
    },
  ],
  IAMFullAccess: [
    {
      Effect: "Allow",
      Action: ["iam:*", "organizations:Describe*", "organizations:List*"],
      Resource: "*",
    },
  ],
  // Reads of content among the modeled resources. It holds neither secretsmanager:GetSecretValue nor kms:Decrypt.
  ReadOnlyAccess: [
    {
      Effect: "Allow",
      Action: [
        "dynamodb:BatchGet*",
        "dynamodb:Describe*",
        "dynamodb:Get*",
        "dynamodb:List*",
        "dynamodb:Query",
        "dynamodb:Scan",
        "ec2:Describe*",
        "ec2:Get*",
        "ecr:BatchCheck*",
        "ecr:BatchGet*",
        "ecr:Describe*",
        "ecr:Get*",
        "ecr:List*",
        "eks:Describe*",
        "eks:List*",
        "iam:Get*",
        "iam:List*",
        "kms:Describe*",
        "kms:Get*",
        "kms:List*",
        "lambda:Get*",
        "lambda:List*",
        "rds:Describe*",
        "rds:Download*",
        "rds:List*",
        "s3:Get*",
        "s3:List*",
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetResourcePolicy",
        "secretsmanager:List*",
        "sns:Get*",
        "sns:List*",
        "sqs:Get*",
        "sqs:List*",
        "sqs:Receive*",
        "ssm:Describe*",
        "ssm:Get*",
        "ssm:List*",
      ],
      Resource: "*",
    },
  ],
  // Configuration only, no content of modeled resources.
  SecurityAudit: [
    {
      Effect: "Allow",
      Action: [
        "ec2:Describe*",
        "ecr:DescribeRepositories",
        "ecr:GetRepositoryPolicy",
        "eks:DescribeCluster",
        "eks:ListClusters",
        "iam:Get*",
        "iam:List*",
        "kms:Describe*",
        "kms:Get*",
        "kms:List*",
        "lambda:GetPolicy",
        "lambda:List*",
        "rds:Describe*",
        "s3:GetBucket*",
        "s3:ListAllMyBuckets",
        "secretsmanager:GetResourcePolicy",
        "secretsmanager:ListSecrets",
        "sns:GetTopicAttributes",
        "sqs:GetQueueAttributes",
        "ssm:DescribeParameters",
      ],
      Resource: "*",
    },
  ],
  ViewOnlyAccess: [
    {
      Effect: "Allow",
      Action: [
        "dynamodb:ListTables",
        "ec2:Describe*",
        "iam:Get*",
        "iam:List*",
        "kms:ListAliases",
        "kms:ListKeys",
        "lambda:List*",
        "rds:Describe*",
        "s3:ListAllMyBuckets",
        "s3:ListBucket",
        "sns:List*",
        "sqs:ListQueues",
      ],
      Resource: "*",
    },
  ],
  AmazonEKSWorkerNodePolicy: [
    { Effect: "Allow", Action: ["ec2:Describe*", "eks:DescribeCluster", "eks-auth:AssumeRoleForPodIdentity"], Resource: "*" },
  ],
  AmazonEKSWorkerNodeMinimalPolicy: [{ Effect: "Allow", Action: ["ec2:Describe*", "eks-auth:AssumeRoleForPodIdentity"], Resource: "*" }],
  AmazonEKSClusterPolicy: [
    {
      Effect: "Allow",
      Action: [
        "autoscaling:UpdateAutoScalingGroup",
        "ec2:AttachVolume",
        "ec2:AuthorizeSecurityGroupIngress",
        "ec2:CreateRoute",
        "ec2:CreateSecurityGroup",
        "ec2:CreateTags",
        "ec2:CreateVolume",
        "ec2:DeleteRoute",
        "ec2:DeleteSecurityGroup",
        "ec2:DeleteVolume",
        "ec2:Describe*",
        "ec2:DetachVolume",
        "ec2:ModifyInstanceAttribute",
        "ec2:ModifyVolume",
        "ec2:RevokeSecurityGroupIngress",
        "elasticloadbalancing:*",
        "kms:DescribeKey",
      ],
      Resource: "*",
    },
  ],
  AmazonEKS_CNI_Policy: [
    {
      Effect: "Allow",
      Action: [
        "ec2:AssignPrivateIpAddresses",
        "ec2:AttachNetworkInterface",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:Describe*",
        "ec2:DetachNetworkInterface",
        "ec2:ModifyNetworkInterfaceAttribute",
        "ec2:UnassignPrivateIpAddresses",
      ],
      Resource: "*",
    },
    { Effect: "Allow", Action: ["ec2:CreateTags"], Resource: ["arn:aws:ec2:*:*:network-interface/*"] },
  ],
  AmazonEC2ContainerRegistryReadOnly: [
    {
      Effect: "Allow",
      Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:Describe*", "ecr:Get*", "ecr:List*"],
      Resource: "*",
    },
  ],
  AmazonEC2ContainerRegistryPullOnly: [
    {
      Effect: "Allow",
      Action: ["ecr:BatchGetImage", "ecr:BatchImportUpstreamImage", "ecr:GetAuthorizationToken", "ecr:GetDownloadUrlForLayer"],
      Resource: "*",
    },
  ],
};

/** Control policies that AWS attaches by itself (Organizations User Guide, "SCP evaluation"; "RCP evaluation"). */
const FULL_ACCESS: Readonly<Record<string, Json>> = {
  "p-FullAWSAccess": { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] },
  "p-RCPFullAWSAccess": { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }] },
};

export const fullAccessPolicy = (id: string): Json | undefined => FULL_ACCESS[id];

/** The document of one of AWS's own policies, by its ARN. */
export function managedPolicyOfAws(arn: string): Json | undefined {
  const name = /^arn:[^:]+:iam::aws:policy\/(?:[^/]+\/)*([^/]+)$/.exec(arn)?.[1];
  const statements = name === undefined ? undefined : STATEMENTS[name];
  return statements && { Version: "2012-10-17", Statement: statements };
}
