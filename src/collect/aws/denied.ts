// What a denied call leaves unseen: one gap, scoped as tightly as the call.
import type { Gap } from "../../model/gap.ts";
import type { Scope } from "../../model/manifest.ts";
import { accountOfArn, delegationOf, partitionOf } from "../../model/aws/arn.ts";
import { parseCall, type CliCall } from "./call.ts";
import { clusterArn } from "./map-eks.ts";
import { identityCenterSubject } from "./map-identity-center.ts";
import { queueArn } from "./map-resource-policy.ts";
import { isSharingList, sharedArn } from "./sharing/denied.ts";
import { awsGap, type AwsTopic } from "./topics.ts";

/** Answers that say there is none, each from the service's API reference of the call. */
const NONE: Readonly<Record<string, readonly string[]>> = {
  "get-bucket-policy": ["NoSuchBucketPolicy"],
  "get-public-access-block": ["NoSuchPublicAccessBlockConfiguration"],
  "get-bucket-encryption": ["ServerSideEncryptionConfigurationNotFoundError"],
  "get-bucket-replication": ["ReplicationConfigurationNotFoundError"],
  "get-repository-policy": ["RepositoryPolicyNotFoundException"],
  "get-policy": ["ResourceNotFoundException"],
  "get-resource-policy": ["ResourceNotFoundException"],
  "get-permissions-boundary-for-permission-set": ["ResourceNotFoundException"],
};

/**
 * The error's code: `An error occurred (CODE) when calling …` as the CLI prints it, or the first word. Only that place counts: the rest of the
 * message repeats names that others choose (attacker-controlled), such as a bucket called NoSuchBucketPolicy.
 */
const codeOf = (error: string): string =>
  /^\s*(?:aws: )?(?:\[ERROR\]: )?An error occurred \((\w+)\)/.exec(error)?.[1] ?? /^\s*(\w+)/.exec(error)?.[1] ?? "";

/** Whether the error says that there is none, rather than that it may not be seen. */
export function saysNone(call: CliCall, error: string): boolean {
  const isDelegation = call.service === "organizations" && call.operation === "describe-resource-policy";
  if (isDelegation && codeOf(error) === "ResourcePolicyNotFoundException") return true;
  if (call.service === "organizations") return codeOf(error) === "AWSOrganizationsNotInUseException";
  // iam get-policy shares its operation's name with Lambda's, and a policy that is attached cannot be missing.
  return call.service !== "iam" && (NONE[call.operation]?.includes(codeOf(error)) ?? false);
}

/** The resource of a call about one resource's policy. `*` stands for a region, account or suffix that the call does not name. */
export function resourceArn(call: CliCall, scope: Scope): string | undefined {
  const { flags } = call;
  const region = flags["region"];
  const partition = partitionOf(region);
  const place = `${region ?? "*"}:${scope.account ?? "*"}`;
  const named = (flag: string, arn: (name: string) => string): string | undefined => {
    const name = flags[flag];
    return name === undefined ? undefined : name.startsWith("arn:") ? name : arn(name);
  };
  switch (`${call.service} ${call.operation}`) {
    case "s3api get-bucket-policy":
      return named("bucket", (name) => `arn:${partition}:s3:::${name}`);
    case "kms get-key-policy":
      return named("key-id", (name) => `arn:${partition}:kms:${place}:key/${name}`);
    case "secretsmanager get-resource-policy":
      // Secrets Manager adds six random characters to the name (User Guide, "Secret ARN").
      return named("secret-id", (name) => `arn:${partition}:secretsmanager:${place}:secret:${name}-??????`);
    case "sqs get-queue-attributes":
      return named("queue-url", (url) => queueArn(url) ?? `arn:${partition}:sqs:${place}:${url.slice(url.lastIndexOf("/") + 1)}`);
    case "sns get-topic-attributes":
      return named("topic-arn", (name) => `arn:${partition}:sns:${place}:${name}`);
    case "ecr get-repository-policy":
      return named("repository-name", (name) => `arn:${partition}:ecr:${place}:repository/${name}`);
    case "lambda get-policy":
      return named("function-name", (name) => `arn:${partition}:lambda:${place}:function:${name}`);
    default:
      return undefined;
  }
}

const RESOURCE_LISTS = [
  "s3api list-buckets",
  "kms list-keys",
  "secretsmanager list-secrets",
  "sqs list-queues",
  "sns list-topics",
  "ecr describe-repositories",
  "lambda list-functions",
  "rds describe-db-instances",
  "rds describe-db-clusters",
  "ec2 describe-instances",
  "eks list-clusters",
];

const UPKEEP_TOPICS: Readonly<Record<string, AwsTopic>> = {
  cloudtrail: "aws/monitoring",
  guardduty: "aws/monitoring",
  configservice: "aws/monitoring",
  backup: "aws/backup",
  ssm: "aws/patch-state",
};

const CONTROL = ["list-policies", "describe-policy", "list-policies-for-target", "list-targets-for-policy"];

function organizationGap(call: CliCall, scope: Scope): { readonly topic: AwsTopic; readonly subject: string } {
  const { flags } = call;
  const whole = scope.organization ?? scope.account ?? "organization";
  if (CONTROL.includes(call.operation)) return { topic: "aws/control-policy", subject: flags["target-id"] ?? flags["policy-id"] ?? whole };
  return { topic: "aws/organization", subject: flags["parent-id"] ?? flags["child-id"] ?? flags["organizational-unit-id"] ?? whole };
}

function iamGap(call: CliCall, account: string): { readonly topic: AwsTopic; readonly subject: string } | undefined {
  const { operation, flags } = call;
  if (operation.includes("open-id-connect-provider"))
    return { topic: "aws/oidc-provider", subject: flags["open-id-connect-provider-arn"] ?? account };
  if ((operation === "get-policy-version" || operation === "get-policy") && flags["policy-arn"])
    return { topic: "aws/managed-policy", subject: flags["policy-arn"] };
  const ofIdentities = /^(get-account-authorization-details|list-policies|(get|list)-.*(role|user|group).*)$/.test(operation);
  return ofIdentities ? { topic: "aws/authorization-details", subject: account } : undefined;
}

function place(call: CliCall, scope: Scope): { readonly topic: AwsTopic; readonly subject: string } | undefined {
  const account = scope.account ?? "*";
  if (call.service === "sso-admin" || call.service === "identitystore" || call.operation === "list-delegated-administrators")
    return { topic: "aws/identity-center", subject: identityCenterSubject(call, scope.organization ?? account) };
  if (call.service === "organizations" && call.operation === "describe-resource-policy")
    return { topic: "aws/resource-policy", subject: delegationOf(scope.account) };
  if (call.service === "organizations") return organizationGap(call, scope);
  if (call.service === "iam") return iamGap(call, account);
  const arn = resourceArn(call, scope);
  if (arn !== undefined) return { topic: "aws/resource-policy", subject: arn };
  const shared = sharedArn(call, scope);
  if (shared !== undefined) return { topic: "aws/sharing", subject: shared };
  const upkeep = call.service === "ssm" && call.operation !== "describe-instance-patch-states" ? undefined : UPKEEP_TOPICS[call.service];
  if (upkeep !== undefined) return { topic: upkeep, subject: `${account}:${call.service}` };
  if (isSharingList(call)) return { topic: "aws/sharing", subject: `${account}:${call.service}` };
  if (call.operation === "get-bucket-encryption" && call.flags["bucket"] !== undefined)
    return { topic: "aws/encryption", subject: `arn:${partitionOf(call.flags["region"])}:s3:::${call.flags["bucket"]}` };
  if (RESOURCE_LISTS.includes(`${call.service} ${call.operation}`))
    return { topic: "aws/resource-list", subject: `${account}:${call.service === "s3api" ? "s3" : call.service}` };
  if (call.service === "ec2" || call.service === "elbv2") return { topic: "aws/network", subject: `${account}:ec2` };
  if (call.service !== "eks") return undefined;
  const name = call.flags["cluster-name"] ?? call.flags["name"];
  if (name === undefined) return undefined;
  return { topic: "aws/eks-access", subject: name.startsWith("arn:") ? name : clusterArn(scope.account, name, call.flags["region"]) };
}

export function denied(call: string, error: string, scope: Scope): readonly Gap[] {
  const parsed = parseCall(call);
  if (parsed && saysNone(parsed, error)) return [];
  const at = (parsed && place(parsed, scope)) ?? { topic: "aws/other", subject: `${scope.account ?? "*"}:${call}` };
  const about = accountOfArn(at.subject) ?? scope.account;
  const what = parsed ? `${parsed.service} ${parsed.operation} of ${at.subject}` : call;
  return [awsGap(at.topic, at.subject, what, about === undefined ? `${error} (account not known)` : error)];
}
