// Shares of resources and grants of keys as the policy statements that they amount to, so that one evaluator decides about both.
import { asList, isObject, type Json, type JsonObject } from "../../lib/json.ts";
import type { Observations, ObservationOf } from "../../model/observation.ts";
import { grant, type Grant } from "../../model/rule.ts";
import type { Source } from "../../model/source.ts";
import type { AttachedPolicy, ToldStatement } from "./evaluate.ts";
import { nameOfArn } from "./names.ts";
import { compilePolicy, type PolicyCache } from "./policy.ts";

/** A statement that nobody wrote as one, with where its setting stands. */
export interface SharedStatement {
  readonly json: JsonObject;
  readonly told: ToldStatement;
}

/**
 * What a share lets its receiver do. Whoever may create a volume of a snapshot or copy it has its data (Amazon EBS User Guide, "Share an Amazon EBS
 * snapshot with other AWS accounts"; EC2 User Guide, "Share an AMI with specific AWS accounts"; RDS User Guide, "Sharing a DB snapshot"). A cluster
 * that AWS RAM shares can be cloned (Aurora User Guide, "Cross-account cloning"), a parameter read (Systems Manager User Guide, "Working with shared
 * parameters").
 */
const ACTIONS: Readonly<Record<Exclude<ObservationOf<"aws/share">["by"], "ram">, readonly string[]>> = {
  "create-volume": ["ec2:CreateVolume", "ec2:CopySnapshot", "ebs:ListSnapshotBlocks", "ebs:GetSnapshotBlock"],
  launch: ["ec2:RunInstances", "ec2:CopyImage"],
  restore: ["rds:RestoreDBInstanceFromDBSnapshot", "rds:CopyDBSnapshot", "rds:RestoreDBClusterFromSnapshot", "rds:CopyDBClusterSnapshot"],
};

const RAM_ACTIONS: Readonly<Record<string, readonly string[]>> = {
  "rds:cluster": ["rds:RestoreDBClusterToPointInTime"],
  "ssm:parameter": ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParameterHistory"],
};

const SETTING = {
  "create-volume": "createVolumePermission",
  launch: "launchPermission",
  restore: "attribute restore",
  ram: "AWS RAM share",
};

/** `rds:cluster`, from an ARN. */
export const kindOfArn = (arn: string): string => {
  const [, , service = "", , , resource = ""] = arn.split(":");
  return `${service}:${resource.split("/")[0]}`;
};

/** Services whose shared resources hold no data of the one who shares: networks, licences, capacity (AWS RAM User Guide, "Shareable AWS resources"). */
const HOLD_NO_DATA: ReadonlySet<string> = new Set([
  ...["ec2", "network-firewall", "networkmanager", "route53resolver", "route53profiles", "vpc-lattice", "outposts"],
  ...["license-manager", "resource-groups", "service-catalog", "servicecatalog", "migrationhub-refactor-spaces"],
]);

export const holdsNoData = (arn: string): boolean => HOLD_NO_DATA.has(arn.split(":")[2] ?? "");

export const actionsOf = (share: ObservationOf<"aws/share">): readonly string[] =>
  share.by === "ram" ? (RAM_ACTIONS[kindOfArn(share.arn)] ?? []) : ACTIONS[share.by];

/** `account 222222222222`, `everyone`, `unit ou-ab12-11111111`. */
export function receiverWords(receiver: string): string {
  if (receiver === "everyone") return "everyone";
  if (/^\d{12}$/.test(receiver)) return `account ${receiver}`;
  const unit = /:(ou|organization)\/o-[^/]+(?:\/(.+))?$/.exec(receiver);
  if (unit) return unit[1] === "ou" ? `unit ${unit[2]}` : "every account of the organization";
  return receiver.split(":").slice(5).join(":") || receiver;
}

/** Accounts that are known to belong to an organization or a unit. */
type Members = (id: string) => readonly string[];

/**
 * An account by its id; an organization and a unit by what the caller's account belongs to, with the accounts that are known to belong, so that each
 * is asked about as a whole too.
 */
function principalOf(receiver: string, members: Members): JsonObject {
  if (receiver === "everyone") return { Principal: "*" };
  const organization = /^arn:[^:]+:organizations::\d{12}:organization\/(o-[a-z0-9]+)$/.exec(receiver);
  if (organization)
    return {
      Principal: { AWS: ["*", ...members(String(organization[1]))] },
      Condition: { StringEquals: { "aws:PrincipalOrgID": String(organization[1]) } },
    };
  const unit = /^arn:[^:]+:organizations::\d{12}:ou\/(o-[a-z0-9]+)\/(ou-[a-z0-9-]+)$/.exec(receiver);
  if (unit) {
    const path = `${unit[1]}/*/${unit[2]}/*`;
    return {
      Principal: { AWS: ["*", ...members(String(unit[2]))] },
      Condition: { "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": path } },
    };
  }
  return /^(\d{12}$|arn:)/.test(receiver) ? { Principal: { AWS: receiver } } : { Principal: { Service: receiver } };
}

function ofShare(share: ObservationOf<"aws/share">, members: Members): SharedStatement | undefined {
  const actions = actionsOf(share);
  if (actions.length === 0) return undefined;
  const json = { Effect: "Allow", ...principalOf(share.with, members), Action: [...actions], Resource: "*" };
  return {
    json,
    told: { family: "aws/shared-data", content: contentOf(share), ...wordsOf(share, nameOfArn(share.arn)), source: share.source },
  };
}

const contentOf = ({ with: receiver, by, share }: ObservationOf<"aws/share">): Json => ({ sharedWith: receiver, by, share: share ?? null });

const wordsOf = ({ with: receiver, by }: ObservationOf<"aws/share">, what: string) => ({
  label: `${SETTING[by]} of ${what}`,
  change: `stop sharing ${what} with ${receiverWords(receiver)}`,
});

/** What someone would take back: the same grant wherever a share is told. */
export const shareGrant = (share: ObservationOf<"aws/share">): Grant =>
  grant(share.arn, contentOf(share), { ...wordsOf(share, nameOfArn(share.arn)), source: share.source });

/**
 * A grant lets its grantee use the key as a statement of the key policy would, within an encryption context that the request names itself (KMS
 * Developer Guide, "Grants in AWS KMS", "Grant constraints").
 */
function ofGrant(given: ObservationOf<"aws/key-grant">): SharedStatement {
  const isArn = given.grantee.startsWith("arn:");
  const context = Object.entries(given.context ?? {}).map(([key, value]) => [`kms:EncryptionContext:${key}`, value] as const);
  return {
    json: {
      Effect: "Allow",
      Principal: isArn ? { AWS: given.grantee } : { Service: given.grantee },
      Action: given.operations.map((operation) => `kms:${operation}`),
      Resource: "*",
      ...(context.length > 0 && { Condition: { StringEquals: Object.fromEntries(context) } }),
    },
    told: { family: "aws/key-grant", content: keyContent(given), ...keyWords(given), source: given.source },
  };
}

const keyContent = ({ id }: ObservationOf<"aws/key-grant">): Json => ({ grant: id });

function keyWords({ key, id, name }: ObservationOf<"aws/key-grant">) {
  const label = `grant ${name ?? id.slice(0, 12)} of ${nameOfArn(key)}`;
  return { label, change: `revoke ${label}` };
}

export const keyGrant = (given: ObservationOf<"aws/key-grant">): Grant =>
  grant(given.key, keyContent(given), { ...keyWords(given), source: given.source });

function membersOf(observations: Observations): Members {
  const parents = new Map(observations("aws/organizational-unit").map(({ id, parent }) => [id, parent]));
  const accounts = observations("aws/account");
  const isBelow = (parent: string | undefined, id: string): boolean => {
    for (let at = parent, steps = 0; at !== undefined && steps < 10; at = parents.get(at), steps++) if (at === id) return true;
    return false;
  };
  return (id) => accounts.filter(({ parent }) => id.startsWith("o-") || isBelow(parent, id)).map(({ account }) => account);
}

/** By the ARN of what is shared. */
export function sharedStatements(observations: Observations): ReadonlyMap<string, readonly SharedStatement[]> {
  const found = new Map<string, SharedStatement[]>();
  const members = membersOf(observations);
  const add = (arn: string, statement: SharedStatement | undefined): void => {
    if (statement) found.set(arn, [...(found.get(arn) ?? []), statement]);
  };
  for (const share of observations("aws/share")) add(share.arn, ofShare(share, members));
  for (const given of observations("aws/key-grant")) if (given.operations.length > 0) add(given.key, ofGrant(given));
  return found;
}

/** The resource's policy with the statements that its shares amount to after its own, which keep their places. */
export function withShared(
  arn: string,
  own: { readonly policy: AttachedPolicy; readonly document: Json } | undefined,
  shared: readonly SharedStatement[],
  cache: PolicyCache,
): AttachedPolicy {
  const document = own && isObject(own.document) ? own.document : { Version: "2012-10-17" };
  const written = asList(document["Statement"]);
  const compiled = compilePolicy({ ...document, Statement: [...written, ...shared.map(({ json }) => json)] }, cache);
  const told = new Map(shared.map((statement, i) => [written.length + i, statement.told]));
  const source: Source = own?.policy.source ?? shared[0]?.told.source ?? { file: "" };
  return { owner: arn, label: own?.policy.label ?? `sharing of ${nameOfArn(arn)}`, source, compiled, told };
}
