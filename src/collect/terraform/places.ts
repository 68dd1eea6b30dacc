// In which account and region the resources of each provider configuration stand, by what the file itself says.
import { isObject } from "../../lib/json.ts";
import { accountOfArn, isAccount, parseArn } from "../../model/aws/arn.ts";
import type { Contents } from "./read.ts";
import { known, type TerraformResource } from "./resource.ts";

export interface Place {
  readonly account?: string;
  readonly region?: string;
  readonly partition: string;
}

/** Attributes that hold the ARN of the resource itself, or of something that AWS lets stand in the same account only. */
const OWN_ARNS: Readonly<Record<string, readonly string[]>> = {
  // A policy is attached to identities of its own account (IAM User Guide, "Managed policies and inline policies").
  aws_iam_role_policy_attachment: ["policy_arn"],
  aws_iam_user_policy_attachment: ["policy_arn"],
  aws_iam_group_policy_attachment: ["policy_arn"],
  aws_iam_policy_attachment: ["policy_arn"],
  aws_secretsmanager_secret_policy: ["secret_arn"],
  aws_sns_topic_policy: ["arn"],
};

/** Of these, `arn` names another thing: an AWS-owned policy, a caller, or something elsewhere that is only looked at. */
const FOREIGN: ReadonlySet<string> = new Set(["aws_s3_bucket_object", "aws_s3_object", "aws_organizations_account"]);

/**
 * One account for each provider configuration: its credentials are of one account. Where the ARNs of one configuration name several (a role in another
 * account is no resource of this one, so that is an inconsistency), none is taken.
 */
export function placesOf(contents: Contents, scopeAccount: string | undefined): (resource: TerraformResource) => Place {
  const seen = new Map<string, { accounts: Set<string>; regions: Set<string>; partitions: Set<string> }>();
  const of = (provider: string) => {
    let found = seen.get(provider);
    if (!found) seen.set(provider, (found = { accounts: new Set(), regions: new Set(), partitions: new Set() }));
    return found;
  };
  const before = contents.changes.flatMap((change) => change.before ?? []);
  for (const resource of [...contents.prior, ...contents.resources, ...before]) {
    if (!resource.type.startsWith("aws_")) continue;
    const told = of(resource.provider);
    for (const arn of ownArns(resource)) {
      const parts = parseArn(arn);
      if (!parts) continue;
      told.partitions.add(parts.partition);
      if (isAccount(parts.account)) told.accounts.add(parts.account);
      if (parts.region !== "") told.regions.add(parts.region);
    }
    const caller = resource.type === "aws_caller_identity" ? known(resource, "account_id") : undefined;
    if (isAccount(caller)) told.accounts.add(caller);
    const region = resource.type === "aws_region" ? known(resource, "name") : undefined;
    if (region !== undefined) told.regions.add(region);
  }
  return (resource) => {
    const told = of(resource.provider);
    const configured = contents.configuration.provider(resource.provider);
    const account = only(told.accounts) ?? assumedAccount(configured) ?? (told.accounts.size === 0 ? scopeAccount : undefined);
    const region = constant(configured, "region") ?? only(told.regions);
    return {
      ...(account !== undefined && { account }),
      ...(region !== undefined && { region }),
      partition: only(told.partitions) ?? "aws",
    };
  };
}

const only = (set: ReadonlySet<string>): string | undefined => (set.size === 1 ? [...set][0] : undefined);

function ownArns(resource: TerraformResource): readonly string[] {
  if (resource.mode === "data" || FOREIGN.has(resource.type)) return [];
  return (OWN_ARNS[resource.type] ?? ["arn"]).flatMap((name) => known(resource, name) ?? []);
}

/** A constant of a provider configuration's expressions. */
export const constant = (expressions: unknown, name: string): string | undefined => {
  const found = isObject(expressions) ? expressions[name] : undefined;
  const value = isObject(found) ? found["constant_value"] : undefined;
  return typeof value === "string" ? value : undefined;
};

/** What a provider adds to the tags of everything; undefined when it adds something that the configuration does not say. */
export function defaultTags(expressions: unknown): Readonly<Record<string, string>> | undefined {
  const blocks = isObject(expressions) ? expressions["default_tags"] : undefined;
  if (blocks === undefined) return {};
  const block: unknown = Array.isArray(blocks) && blocks.length === 1 ? blocks[0] : undefined;
  const tags = isObject(block) && isObject(block["tags"]) ? block["tags"]["constant_value"] : undefined;
  if (!isObject(tags)) return undefined;
  return Object.fromEntries(Object.entries(tags).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

/** `allowed_account_ids = ["…"]` and `assume_role { role_arn = "…" }` say which account the provider works in. */
export function assumedAccount(expressions: unknown): string | undefined {
  const allowed = isObject(expressions) ? expressions["allowed_account_ids"] : undefined;
  const accounts = isObject(allowed) ? allowed["constant_value"] : undefined;
  if (Array.isArray(accounts) && accounts.length === 1 && isAccount(accounts[0] as string)) return String(accounts[0]);
  const assumed = isObject(expressions) ? expressions["assume_role"] : undefined;
  const block: unknown = Array.isArray(assumed) && assumed.length === 1 ? assumed[0] : undefined;
  const arn = constant(block, "role_arn");
  return arn === undefined ? undefined : accountOfArn(arn);
}
