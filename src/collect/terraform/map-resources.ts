// Buckets, keys, secrets, queues, topics, repositories, functions, databases and instances, with the policies on them.
import { isObject, type Json } from "../../lib/json.ts";
import { parseArn } from "../../model/aws/arn.ts";
import { withoutSecrets } from "../../model/aws/variables.ts";
import type { AwsResource } from "../../model/observations/aws.ts";
import { arnIn, FORMS, iamArn, isNameOpen, nameOf, resourceArn } from "./names.ts";
import { accountOf, type Mapper, noAccount, policyIn, type Reading, referred, tagsOf, WHY_NOT } from "./reading.ts";
import { at, attribute, isSensitive, known, type TerraformResource, text } from "./resource.ts";

type Rest = Partial<Pick<AwsResource, "role" | "instanceProfile" | "immutableTags" | "endpoint" | "environment">>;

interface Standing {
  readonly arn: string;
  readonly account: string;
}

/** ARN and account, or a gap: about the account's resources of the service where the account is known, else about the resource. */
function standing(reading: Reading, resource = reading.resource): Standing | undefined {
  const account = accountOf(reading, resource);
  if (account === undefined) {
    noAccount(reading);
    return undefined;
  }
  const arn = resourceArn(reading, resource);
  if (arn !== undefined) return { arn, account };
  const service = FORMS[resource.type]?.service ?? resource.type;
  const why = "neither an ARN nor the provider says its region: plan with a provider that names it";
  reading.gap("aws/resource-list", `${account}:${service}`, `ARN of ${resource.address}`, why);
  return undefined;
}

function resource(
  reading: Reading,
  type: AwsResource["type"],
  nameAttribute: string | undefined,
  rest: (at: Standing) => Rest = () => ({}),
) {
  const where = standing(reading);
  if (!where) return undefined;
  const { resource: read } = reading;
  if (nameAttribute !== undefined && isNameOpen(read, nameAttribute))
    reading.gap("aws/resource-policy", where.arn, `name of ${read.address}`, WHY_NOT.unknown, at(read, nameAttribute));
  reading.whole({
    kind: "aws/resource",
    ...where,
    service: parseArn(where.arn)?.service ?? "",
    type,
    name: nameAttribute === undefined ? (known(read, "key_id") ?? known(read, "id") ?? read.address) : nameOf(read, nameAttribute),
    tags: tagsOf(reading, { topic: "aws/resource-policy", subject: where.arn }),
    ...rest(where),
    source: read.source,
  });
  return where;
}

/** A policy that an attribute holds. Absent: what `none` says, since for some resources another resource of Terraform may give it. */
function policyOn(reading: Reading, where: Standing, attributeName: string, none: "none" | "elsewhere"): void {
  const gap = { topic: "aws/resource-policy", subject: where.arn, what: `policy of ${where.arn}` } as const;
  // A new resource whose policy nobody wrote has none but what another resource gives it, and that one says so.
  const isComputed = reading.resource.hasConfiguration && reading.resource.references(attributeName) === undefined;
  if (isComputed && text(reading.resource, attributeName).is === "unknown") return noPolicy(reading, where);
  const policy = policyIn(reading, [attributeName], "resource", gap);
  if (policy && policy.document !== null) reading.whole({ kind: "aws/resource-policy", ...where, ...policy });
  // The provider reads the policy back, and an empty text says that there is none; null says that it did not look.
  if (!policy && (none === "none" || reading.resource.values[attributeName] === "")) noPolicy(reading, where);
}

const noPolicy = (reading: Reading, where: Standing): void =>
  reading.whole({ kind: "aws/resource-policy", ...where, document: null, source: reading.resource.source });

const plain =
  (type: AwsResource["type"], nameAttribute: string | undefined, policy?: string, rest?: (reading: Reading) => Rest): Mapper =>
  (reading) => {
    const where = resource(reading, type, nameAttribute, () => rest?.(reading) ?? {});
    if (where && policy !== undefined) policyOn(reading, where, policy, "elsewhere");
  };

/**
 * AWS gives a key a policy that lets its account delegate by IAM when none is written (KMS Developer Guide, "Default key policy"); the provider
 * tells it once the key exists.
 */
const key: Mapper = (reading) => {
  const where = resource(reading, "key", undefined);
  if (!where) return;
  const { resource: read } = reading;
  const isWritten = !read.hasConfiguration || read.references("policy") !== undefined;
  if (text(read, "policy").is !== "unknown" || isWritten) return policyOn(reading, where, "policy", "elsewhere");
  const root = `arn:${reading.placeOf(read).partition}:iam::${where.account}:root`;
  const document: Json = {
    Version: "2012-10-17",
    Statement: [{ Sid: "Enable IAM User Permissions", Effect: "Allow", Principal: { AWS: root }, Action: "kms:*", Resource: "*" }],
  };
  reading.whole({ kind: "aws/resource-policy", ...where, document, source: read.source });
};

/** A policy in a resource of its own: which resource it is on, by `name`, and how to find that one's ARN. */
const policyResource =
  (name: string, types: readonly string[], toArn?: (reading: Reading, written: string) => string | undefined, use = "policy"): Mapper =>
  (reading) => {
    const of = referred(reading, name, types);
    const written = known(reading.resource, name);
    const named = written === undefined ? undefined : parseArn(written) ? written : toArn?.(reading, written);
    const arn = named ?? (of && resourceArn(reading, of));
    const account = (of && accountOf(reading, of)) ?? accountOf(reading);
    if (account === undefined) return noAccount(reading);
    if (arn === undefined) {
      // Which resource it is on is not known, so it may be on any of this service.
      const service = FORMS[types[0] as string]?.service ?? "s3";
      const why = `which ${service} resource it is on is known only after apply`;
      return reading.gap(
        "aws/resource-list",
        `${account}:${service}`,
        `policy ${reading.resource.address}`,
        why,
        at(reading.resource, name),
      );
    }
    policyOn(reading, { arn, account }, use, "none");
  };

const bucketArn = (reading: Reading, name: string): string => `arn:${reading.placeOf(reading.resource).partition}:s3:::${name}`;

const publicAccess: Mapper = (reading) => {
  const of = referred(reading, "bucket", ["aws_s3_bucket"]);
  const written = known(reading.resource, "bucket");
  const bucket = written !== undefined ? bucketArn(reading, written) : of && resourceArn(reading, of);
  const restricts = attribute(reading.resource, "restrict_public_buckets");
  // Not known to restrict is not restricting: it can only take away.
  if (bucket !== undefined)
    reading.part({ part: "public-access", bucket, restricts: restricts.is === "known" && String(restricts.value) === "true" });
};

/** A queue's URL names region, account and queue (SQS Developer Guide, "Queue and message identifiers"). */
function queueArn(reading: Reading, url: string): string | undefined {
  const match = /^https:\/\/sqs\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/(\d{12})\/([^/]+)$/.exec(url);
  return match ? `arn:${reading.placeOf(reading.resource).partition}:sqs:${match[1]}:${match[2]}:${match[3]}` : undefined;
}

const regional =
  (service: string, prefix: string) =>
  (reading: Reading, name: string): string | undefined => {
    const { account, region: usual, partition } = reading.placeOf(reading.resource);
    const region = known(reading.resource, "region") ?? usual;
    return account === undefined || region === undefined ? undefined : `arn:${partition}:${service}:${region}:${account}:${prefix}${name}`;
  };

const roleIn = (reading: Reading, name: string): string | undefined =>
  arnIn(reading, name, { aws_iam_role: (from, role) => iamArn(from, role, "role") });

function variables(reading: Reading, where: Standing): Rest {
  const found = attribute(reading.resource, "environment", 0, "variables");
  if (found.is === "absent") return {};
  if (found.is !== "known" || !isObject(found.value)) {
    const what = `environment variables of ${where.arn}`;
    const why = found.is === "known" ? WHY_NOT.malformed : WHY_NOT[found.is];
    reading.gap("aws/resource-list", `${where.account}:lambda`, what, why, at(reading.resource, "environment"));
    return {};
  }
  const entries = Object.entries(found.value);
  const open = entries.filter((entry): entry is [string, string] => typeof entry[1] === "string");
  const hidden = entries.filter(([, value]) => isSensitive(value));
  const fingerprints = hidden.flatMap(([name, value]) => {
    const mark = isObject(value) ? value["fingerprint"] : undefined;
    return mark === undefined ? [] : [[name, { fingerprint: mark }] as const];
  });
  return { environment: { ...withoutSecrets(Object.fromEntries(open), reading.fingerprint), ...Object.fromEntries(fingerprints) } };
}

const lambda: Mapper = (reading) => {
  const role = roleIn(reading, "role");
  const where = resource(reading, "function", "function_name", (at) => ({
    ...(role !== undefined && { role }),
    ...variables(reading, at),
  }));
  if (where && role === undefined)
    reading.gap("aws/resource-list", `${where.account}:lambda`, `role of ${where.arn}`, WHY_NOT.unknown, at(reading.resource, "role"));
};

/** `aws_lambda_permission` is one statement of a function's policy (Lambda API reference, AddPermission). */
const permission: Mapper = (reading) => {
  const { resource: read } = reading;
  const of = referred(reading, "function_name", ["aws_lambda_function"]);
  const written = known(read, "function_name");
  const named = written === undefined ? undefined : parseArn(written) ? written : regional("lambda", "function:")(reading, written);
  const arn = (named ?? (of && resourceArn(reading, of)))?.split(":").slice(0, 7).join(":");
  const account = (of && accountOf(reading, of)) ?? accountOf(reading);
  if (account === undefined) return noAccount(reading);
  const what = `permission ${read.address}`;
  if (arn === undefined) return reading.gap("aws/resource-list", `${account}:lambda`, what, "which function it is on is not known");
  const conditions = ["source_arn", "source_account", "principal_org_id", "event_source_token"].map((name) => text(read, name));
  const [principal, action] = [text(read, "principal"), text(read, "action")];
  const unclear = [principal, action, ...conditions].find((each) => each.is !== "known" && each.is !== "absent");
  if (principal.is !== "known" || action.is !== "known" || unclear)
    return reading.gap("aws/resource-policy", arn, what, unclear && unclear.is !== "known" ? WHY_NOT[unclear.is] : WHY_NOT.absent);
  reading.part({
    part: "statement",
    arn,
    account,
    id: statementId(read),
    statement: statementOf(read, arn, principal.value, action.value),
  });
};

const statementId = (read: TerraformResource): string => known(read, "statement_id") ?? read.address;

function statementOf(read: TerraformResource, arn: string, principal: string, action: string): Json {
  const isAccountOrArn = /^\d{12}$/.test(principal) || principal.startsWith("arn:");
  const sourceArn = known(read, "source_arn");
  const sourceAccount = known(read, "source_account");
  const organization = known(read, "principal_org_id");
  const token = known(read, "event_source_token");
  const condition: Record<string, Json> = {
    ...(sourceArn !== undefined && { ArnLike: { "AWS:SourceArn": sourceArn } }),
    ...((sourceAccount !== undefined || organization !== undefined || token !== undefined) && {
      StringEquals: {
        ...(sourceAccount !== undefined && { "AWS:SourceAccount": sourceAccount }),
        ...(organization !== undefined && { "aws:PrincipalOrgID": organization }),
        ...(token !== undefined && { "lambda:EventSourceToken": token }),
      },
    }),
  };
  return {
    Sid: statementId(read),
    Effect: "Allow",
    Principal: principal === "*" ? "*" : isAccountOrArn ? { AWS: principal } : { Service: principal },
    Action: action,
    Resource: arn,
    ...(Object.keys(condition).length > 0 && { Condition: condition }),
  };
}

/** The value goes no further than this function. */
const secretVersion: Mapper = (reading) => {
  const of = referred(reading, "secret_id", ["aws_secretsmanager_secret"]);
  const written = known(reading.resource, "secret_id");
  const arn = written !== undefined && parseArn(written) ? written : of && resourceArn(reading, of);
  const value = attribute(reading.resource, "secret_string");
  if (arn === undefined || value.is === "absent") return;
  const hidden = reading.resource.values["secret_string"];
  const mark = isObject(hidden) && isSensitive(hidden) ? hidden["fingerprint"] : undefined;
  const fingerprint =
    value.is === "known" && typeof value.value === "string"
      ? reading.fingerprint(value.value)
      : typeof mark === "string"
        ? mark
        : undefined;
  if (fingerprint !== undefined)
    reading.whole({ kind: "aws/secret-fingerprint", arn, fingerprint, source: at(reading.resource, "secret_string") });
};

const instanceProfile = (reading: Reading): Rest => {
  const of = referred(reading, "iam_instance_profile", ["aws_iam_instance_profile"]);
  const written = known(reading.resource, "iam_instance_profile");
  const { account, partition } = reading.placeOf(reading.resource);
  const named = written === undefined || account === undefined ? undefined : `arn:${partition}:iam::${account}:instance-profile/${written}`;
  const arn = (of && iamArn(reading, of, "instance-profile")) ?? named;
  return arn === undefined ? {} : { instanceProfile: arn };
};

const endpointOf =
  (name: string) =>
  (reading: Reading): Rest => {
    const host = known(reading.resource, name);
    return host === undefined ? {} : { endpoint: host };
  };

const registry = (reading: Reading): Rest => {
  const tags = known(reading.resource, "image_tag_mutability");
  return tags === undefined ? {} : { immutableTags: tags === "IMMUTABLE" };
};

export const resourceMappers: Readonly<Record<string, Mapper>> = {
  aws_s3_bucket: plain("bucket", "bucket", "policy"),
  aws_s3_bucket_policy: policyResource("bucket", ["aws_s3_bucket"], bucketArn),
  aws_s3_bucket_public_access_block: publicAccess,
  aws_kms_key: key,
  aws_kms_key_policy: policyResource("key_id", ["aws_kms_key"], regional("kms", "key/")),
  aws_secretsmanager_secret: plain("secret", "name", "policy"),
  aws_secretsmanager_secret_policy: policyResource("secret_arn", ["aws_secretsmanager_secret"]),
  aws_secretsmanager_secret_version: secretVersion,
  aws_sqs_queue: plain("queue", "name", "policy"),
  aws_sqs_queue_policy: policyResource("queue_url", ["aws_sqs_queue"], queueArn),
  aws_sns_topic: plain("topic", "name", "policy"),
  aws_sns_topic_policy: policyResource("arn", ["aws_sns_topic"]),
  aws_ecr_repository: plain("repository", "name", undefined, registry),
  aws_ecr_repository_policy: policyResource("repository", ["aws_ecr_repository"], regional("ecr", "repository/")),
  aws_lambda_function: lambda,
  aws_lambda_permission: permission,
  aws_db_instance: plain("database", "identifier", undefined, endpointOf("address")),
  aws_rds_cluster: plain("database", "cluster_identifier", undefined, endpointOf("endpoint")),
  aws_instance: plain("instance", undefined, undefined, instanceProfile),
  aws_ssm_parameter: plain("parameter", "name"),
};

/** Attributes that let someone in, on types that this collector does not interpret. */
const POLICY_ATTRIBUTES = ["policy", "access_policies", "resource_policy", "policy_document", "policy_text", "assume_role_policy"];

/** A type without a map of its own: no entity, but a policy on it is not passed over. */
export const unmapped: Mapper = (reading) => {
  const name = POLICY_ATTRIBUTES.find((each) => text(reading.resource, each).is !== "absent");
  if (name === undefined) return;
  const account = accountOf(reading);
  if (account === undefined) return noAccount(reading);
  const service = reading.resource.type.split("_")[1] ?? "other";
  const what = `${name} of ${reading.resource.address}`;
  const why = `resources of type ${reading.resource.type} are not interpreted`;
  reading.gap("aws/resource-list", `${account}:${service}`, what, why, at(reading.resource, name));
};
