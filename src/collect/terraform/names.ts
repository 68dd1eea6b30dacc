// What a resource of Terraform is called in AWS: its ARN as written, or as AWS will make it.
import { parseArn } from "../../model/aws/arn.ts";
import type { AwsPrincipalName } from "../../model/observations/aws.ts";
import { accountOf, type Reading, referred } from "./reading.ts";
import { attribute, known, type TerraformResource, text } from "./resource.ts";

/**
 * The name, or one that stands for it until apply gives it: what is known of its beginning, then the address. No policy of the plan can say a name
 * that nobody knows yet, and a pattern that will match the prefix matches it already.
 */
export function nameOf(resource: TerraformResource, attributeName = "name"): string {
  const name = known(resource, attributeName);
  return name ?? `${known(resource, `${attributeName}_prefix`) ?? ""}${resource.address}`;
}

/** Whether the name is one that somebody wrote and that is known only after apply: then it may be any name. A provider's own is random. */
export function isNameOpen(resource: TerraformResource, attributeName = "name"): boolean {
  if (text(resource, attributeName).is !== "unknown") return false;
  if (!resource.hasConfiguration) return attribute(resource, `${attributeName}_prefix`).is === "unknown";
  return resource.references(attributeName) !== undefined;
}

export const IDENTITY_TYPES = { aws_iam_role: "role", aws_iam_user: "user", aws_iam_group: "group" } as const;

/** `arn:aws:iam::ACCOUNT:role/PATH/NAME` (IAM User Guide, "IAM ARNs"). */
export function iamArn(reading: Reading, resource: TerraformResource, type: string): string | undefined {
  const own = known(resource, "arn");
  if (own !== undefined) return own;
  const account = accountOf(reading, resource);
  if (account === undefined) return undefined;
  return `arn:${reading.placeOf(resource).partition}:iam::${account}:${type}${known(resource, "path") ?? "/"}${nameOf(resource)}`;
}

/** The identity that an attachment names by `role`, `user` or `group`. */
export function identityNamed(reading: Reading, type: AwsPrincipalName["type"], value?: string): AwsPrincipalName | undefined {
  const of = value === undefined ? referred(reading, type, [`aws_iam_${type}`]) : undefined;
  const account = (of && accountOf(reading, of)) ?? accountOf(reading);
  const written = value ?? known(reading.resource, type);
  // Some old configurations gave an ARN where a name is meant; the name is its last part.
  const name = written !== undefined ? written.slice(written.lastIndexOf("/") + 1) : of && nameOf(of);
  return account === undefined || name === undefined ? undefined : { account, type, name };
}

/** The ARN that an attribute holds, or that of the resource it refers to. */
export function arnIn(
  reading: Reading,
  name: string,
  types: Readonly<Record<string, (reading: Reading, resource: TerraformResource) => string | undefined>>,
): string | undefined {
  const written = known(reading.resource, name);
  if (written !== undefined && parseArn(written)) return written;
  const of = written === undefined ? referred(reading, name, Object.keys(types)) : undefined;
  return of && types[of.type]?.(reading, of);
}

interface Form {
  readonly service: string;
  /** Before the name in the ARN's last part. */
  readonly resource: string;
  /** Attribute of the name; undefined: AWS makes it up. */
  readonly name?: string;
  /** The region is part of the ARN. */
  readonly regional: boolean;
}

/** How AWS forms the ARN of each (Service Authorization Reference, "Resource types" of each service). */
export const FORMS: Readonly<Record<string, Form>> = {
  aws_kms_key: { service: "kms", resource: "key/", regional: true },
  aws_secretsmanager_secret: { service: "secretsmanager", resource: "secret:", name: "name", regional: true },
  aws_sqs_queue: { service: "sqs", resource: "", name: "name", regional: true },
  aws_sns_topic: { service: "sns", resource: "", name: "name", regional: true },
  aws_ecr_repository: { service: "ecr", resource: "repository/", name: "name", regional: true },
  aws_lambda_function: { service: "lambda", resource: "function:", name: "function_name", regional: true },
  aws_db_instance: { service: "rds", resource: "db:", name: "identifier", regional: true },
  aws_rds_cluster: { service: "rds", resource: "cluster:", name: "cluster_identifier", regional: true },
  aws_eks_cluster: { service: "eks", resource: "cluster/", name: "name", regional: true },
  aws_instance: { service: "ec2", resource: "instance/", regional: true },
  aws_ssm_parameter: { service: "ssm", resource: "parameter/", name: "name", regional: true },
};

export function resourceArn(reading: Reading, resource: TerraformResource): string | undefined {
  const own = known(resource, "arn");
  if (own !== undefined && parseArn(own)) return own;
  if (resource.type === "aws_s3_bucket") return `arn:${reading.placeOf(resource).partition}:s3:::${nameOf(resource, "bucket")}`;
  const form = FORMS[resource.type];
  const { account, partition, region: usual } = reading.placeOf(resource);
  const region = known(resource, "region") ?? usual;
  if (!form || account === undefined || region === undefined) return undefined;
  const named = form.name === undefined ? resource.address : nameOf(resource, form.name);
  const name = form.service === "ssm" ? named.replace(/^\//, "") : named;
  // Secrets Manager adds six characters of its own (User Guide, "Secret ARN").
  const suffix = form.service === "secretsmanager" ? "-??????" : "";
  return `arn:${partition}:${form.service}:${region}:${account}:${form.resource}${name}${suffix}`;
}
