// The managed policies of AWS that the example's roles have attached, as the AWS Managed Policy Reference Guide documents them.
import { allow, policy } from "./trust.ts";
import type { Document } from "./trust.ts";

const ECR_READ = [
  "ecr:GetAuthorizationToken",
  "ecr:BatchCheckLayerAvailability",
  "ecr:GetDownloadUrlForLayer",
  "ecr:GetRepositoryPolicy",
  "ecr:DescribeRepositories",
  "ecr:ListImages",
  "ecr:DescribeImages",
  "ecr:BatchGetImage",
  "ecr:GetLifecyclePolicy",
  "ecr:GetLifecyclePolicyPreview",
  "ecr:ListTagsForResource",
  "ecr:DescribeImageScanFindings",
];

const EKS_CLUSTER = [
  "autoscaling:DescribeAutoScalingGroups",
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
  "ec2:DescribeInstances",
  "ec2:DescribeRouteTables",
  "ec2:DescribeSecurityGroups",
  "ec2:DescribeSubnets",
  "ec2:DescribeVolumes",
  "ec2:DescribeVpcs",
  "ec2:DetachVolume",
  "ec2:ModifyInstanceAttribute",
  "ec2:ModifyVolume",
  "ec2:RevokeSecurityGroupIngress",
  "elasticloadbalancing:AddTags",
  "elasticloadbalancing:CreateListener",
  "elasticloadbalancing:CreateLoadBalancer",
  "elasticloadbalancing:CreateTargetGroup",
  "elasticloadbalancing:DeleteListener",
  "elasticloadbalancing:DeleteLoadBalancer",
  "elasticloadbalancing:DeleteTargetGroup",
  "elasticloadbalancing:DescribeListeners",
  "elasticloadbalancing:DescribeTargetGroups",
  "elasticloadbalancing:RegisterTargets",
  "kms:DescribeKey",
];

const EKS_NODE = [
  "ec2:DescribeInstances",
  "ec2:DescribeInstanceTypes",
  "ec2:DescribeRouteTables",
  "ec2:DescribeSecurityGroups",
  "ec2:DescribeSubnets",
  "ec2:DescribeVolumes",
  "ec2:DescribeVolumesModifications",
  "ec2:DescribeVpcs",
  "eks:DescribeCluster",
  "eks-auth:AssumeRoleForPodIdentity",
];

const EKS_CNI = [
  "ec2:AssignPrivateIpAddresses",
  "ec2:AttachNetworkInterface",
  "ec2:CreateNetworkInterface",
  "ec2:DeleteNetworkInterface",
  "ec2:DescribeInstances",
  "ec2:DescribeTags",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeInstanceTypes",
  "ec2:DescribeSubnets",
  "ec2:DetachNetworkInterface",
  "ec2:ModifyNetworkInterfaceAttribute",
  "ec2:UnassignPrivateIpAddresses",
];

const LAMBDA_LOGS = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"];

const ORGANIZATIONS_SERVICE = "arn:aws:iam::*:role/aws-service-role/organizations.amazonaws.com/*";

const POWER_USER_EXTRAS = [
  "account:GetAccountInformation",
  "account:ListRegions",
  "iam:CreateServiceLinkedRole",
  "iam:DeleteServiceLinkedRole",
  "iam:ListRoles",
  "organizations:DescribeOrganization",
];

/** Name → path below `arn:aws:iam::aws:policy/` and document. */
export const VENDOR_POLICIES: Readonly<Record<string, { readonly path: string; readonly document: Document }>> = {
  AdministratorAccess: { path: "", document: policy(allow("*", "*")) },
  PowerUserAccess: {
    path: "",
    document: policy(
      { Effect: "Allow", NotAction: ["iam:*", "organizations:*", "account:*"], Resource: "*" },
      allow(POWER_USER_EXTRAS, "*"),
    ),
  },
  AmazonEKSClusterPolicy: {
    path: "",
    document: policy(
      allow(EKS_CLUSTER, "*"),
      allow("iam:CreateServiceLinkedRole", "*", { StringEquals: { "iam:AWSServiceName": "elasticloadbalancing.amazonaws.com" } }),
    ),
  },
  AmazonEKSWorkerNodePolicy: { path: "", document: policy(allow(EKS_NODE, "*")) },
  AmazonEKS_CNI_Policy: {
    path: "",
    document: policy(allow(EKS_CNI, "*"), allow("ec2:CreateTags", "arn:aws:ec2:*:*:network-interface/*")),
  },
  AmazonEC2ContainerRegistryReadOnly: { path: "", document: policy(allow(ECR_READ, "*")) },
  AWSLambdaBasicExecutionRole: { path: "service-role/", document: policy(allow(LAMBDA_LOGS, "*")) },
  AWSOrganizationsServiceTrustPolicy: {
    path: "aws-service-role/",
    document: policy(
      { Sid: "AllowDeletionOfServiceLinkedRoleForOrganizations", ...allow("iam:DeleteRole", ORGANIZATIONS_SERVICE) },
      { Sid: "AllowCreationOfServiceLinkedRoles", ...allow("iam:CreateServiceLinkedRole", "*") },
    ),
  },
};
