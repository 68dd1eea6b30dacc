// IAM resources → principals, policies and what attaches one to the other.
import type { AwsPrincipalName } from "../../model/observations/aws.ts";
import { isObject } from "../../lib/json.ts";
import { accountOfArn } from "../../model/aws/arn.ts";
import { arnIn, IDENTITY_TYPES, iamArn, identityNamed, isNameOpen, nameOf } from "./names.ts";
import { accountOf, type Mapper, noAccount, policyIn, type Reading, referred, tagsOf, WHY_NOT } from "./reading.ts";
import { at, attribute, blocks, known, type TerraformResource, text, texts } from "./resource.ts";

type Type = AwsPrincipalName["type"];

const policyArn = (reading: Reading, name: string): string | undefined =>
  arnIn(reading, name, { aws_iam_policy: (from, policy) => iamArn(from, policy, "policy") });

/** A boundary that is not known yet is one whose document stands nowhere: what it lets through is then not certain. */
function boundary(reading: Reading, arn: string): { readonly boundary?: string } {
  const found = text(reading.resource, "permissions_boundary");
  if (found.is === "absent") return {};
  const resolved = policyArn(reading, "permissions_boundary");
  if (resolved !== undefined) return { boundary: resolved };
  const unknown = `${arn}#permissions_boundary`;
  const why = found.is === "known" ? WHY_NOT.malformed : WHY_NOT[found.is];
  reading.gap("aws/managed-policy", unknown, `permissions boundary of ${arn}`, why, at(reading.resource, "permissions_boundary"));
  return { boundary: unknown };
}

function identified(reading: Reading, type: Type) {
  const account = accountOf(reading);
  const arn = iamArn(reading, reading.resource, type);
  if (account === undefined || arn === undefined) return noAccount(reading);
  if (isNameOpen(reading.resource) || text(reading.resource, "path").is === "unknown")
    reading.gap("aws/principal-policy", arn, `name of ${reading.resource.address}`, WHY_NOT.unknown, at(reading.resource, "name"));
  return {
    arn,
    account,
    name: nameOf(reading.resource),
    path: known(reading.resource, "path") ?? "/",
    tags: tagsOf(reading, { topic: "aws/principal-policy", subject: arn }),
    inline: [],
    managed: [],
    source: reading.resource.source,
  };
}

const role: Mapper = (reading) => {
  const { resource } = reading;
  const base = identified(reading, "role");
  if (!base) return;
  const gap = { topic: "aws/principal-policy", subject: base.arn, what: `trust policy of ${base.arn}` } as const;
  const trust = policyIn(reading, ["assume_role_policy"], "trust", gap);
  if (!trust) reading.gap(gap.topic, gap.subject, gap.what, WHY_NOT.absent, resource.source);
  const session = attribute(resource, "max_session_duration");
  const seconds = session.is === "known" ? Number(session.value) : Number.NaN;
  reading.part({
    part: "principal",
    principal: {
      kind: "aws/role",
      ...base,
      trust: { name: "trust policy", document: trust?.document ?? null, source: trust?.source ?? at(resource, "assume_role_policy") },
      ...boundary(reading, base.arn),
      ...(Number.isInteger(seconds) && seconds > 0 && { maxSessionSeconds: seconds }),
      instanceProfiles: [],
    },
  });
  ownPolicies(reading, { account: base.account, type: "role", name: base.name }, base.arn);
};

/** Policies that the role's own resource names: `inline_policy` and `managed_policy_arns`. The provider also fills them with what it read. */
function ownPolicies(reading: Reading, of: AwsPrincipalName, arn: string): void {
  const { resource } = reading;
  const unread = (name: string, why: string) =>
    reading.gap("aws/principal-policy", arn, `${name.replaceAll("_", " ")} of ${arn}`, why, at(resource, name));
  const managed = texts(resource, "managed_policy_arns");
  const source = at(resource, "managed_policy_arns");
  if (managed.is === "known") for (const policy of managed.value) reading.part({ part: "attached", of, policy }, source);
  else if (managed.is !== "absent" && !isComputed(resource, "managed_policy_arns")) unread("managed_policy_arns", WHY_NOT[managed.is]);
  for (let i = 0; i < blocks(resource, "inline_policy"); i++) {
    const name = known(resource, "inline_policy", i, "name");
    const gap = { topic: "aws/principal-policy", subject: arn, what: `inline policy ${name ?? i} of ${arn}` } as const;
    const policy = policyIn(reading, ["inline_policy", i, "policy"], "identity", gap);
    if (policy) reading.part({ part: "inline", of, policy: { name: name ?? `inline_policy ${i}`, ...policy } }, policy.source);
  }
  const open = attribute(resource, "inline_policy").is === "unknown" && blocks(resource, "inline_policy") === 0;
  if (open && !isComputed(resource, "inline_policy")) unread("inline_policy", WHY_NOT.unknown);
}

/**
 * Unknown as a whole and not written in the configuration: what the provider will read back after apply, which is what the other resources of the
 * plan attach. Only what somebody wrote can hold anything else.
 */
const isComputed = (resource: TerraformResource, name: string): boolean =>
  resource.hasConfiguration && isObject(resource.unknown) && resource.unknown[name] === true && resource.references(name) === undefined;

const user: Mapper = (reading) => {
  const base = identified(reading, "user");
  if (!base) return;
  reading.part({ part: "principal", principal: { kind: "aws/user", ...base, ...boundary(reading, base.arn), groups: [] } });
};

const group: Mapper = (reading) => {
  const base = identified(reading, "group");
  if (base) reading.part({ part: "principal", principal: { kind: "aws/group", ...base } });
};

const managedPolicy: Mapper = (reading) => {
  const arn = iamArn(reading, reading.resource, "policy");
  if (arn === undefined) return noAccount(reading);
  const gap = { topic: "aws/managed-policy", subject: arn, what: `managed policy ${arn}` } as const;
  const policy = policyIn(reading, ["policy"], "identity", gap);
  if (!policy) return reading.gap(gap.topic, gap.subject, gap.what, WHY_NOT.absent, reading.resource.source);
  if (policy.document === null) return;
  const account = accountOfArn(arn);
  reading.whole({ kind: "aws/managed-policy", arn, name: nameOf(reading.resource), ...(account !== undefined && { account }), ...policy });
};

/** Whom a piece is about; a gap where it is not known. */
function about(reading: Reading, type: Type, what: string): AwsPrincipalName | undefined {
  const of = identityNamed(reading, type);
  if (of) return of;
  const account = accountOf(reading);
  const { address } = reading.resource;
  if (account === undefined) noAccount(reading);
  // Whoever it is, it is an identity of this account, and the piece could give it anything.
  else reading.gap("aws/authorization-details", account, `${what} ${address}`, `which ${type} it is about is known only after apply`);
  return undefined;
}

const principalArn = (reading: Reading, of: AwsPrincipalName): string => {
  const resource = referred(reading, of.type, [`aws_iam_${of.type}`]);
  const partition = reading.placeOf(reading.resource).partition;
  return (resource && iamArn(reading, resource, of.type)) ?? `arn:${partition}:iam::${of.account}:${of.type}/${of.name}`;
};

const inline =
  (type: Type): Mapper =>
  (reading) => {
    const of = about(reading, type, "inline policy");
    if (!of) return;
    const name = nameOf(reading.resource);
    const subject = principalArn(reading, of);
    const gap = { topic: "aws/principal-policy", subject, what: `inline policy ${name} of ${type}/${of.name}` } as const;
    const policy = policyIn(reading, ["policy"], "identity", gap);
    if (policy) reading.part({ part: "inline", of, policy: { name, ...policy } }, policy.source);
    else reading.gap(gap.topic, gap.subject, gap.what, WHY_NOT.absent);
  };

function attach(reading: Reading, of: AwsPrincipalName): void {
  const policy = policyArn(reading, "policy_arn");
  if (policy !== undefined) return reading.part({ part: "attached", of, policy });
  const what = `attached policy of ${of.type}/${of.name}, by ${reading.resource.address}`;
  const found = attribute(reading.resource, "policy_arn");
  const why = found.is === "known" ? WHY_NOT.malformed : WHY_NOT[found.is];
  reading.gap("aws/principal-policy", principalArn(reading, of), what, why, at(reading.resource, "policy_arn"));
}

const attachment =
  (type: Type): Mapper =>
  (reading) => {
    const of = about(reading, type, "policy attachment");
    if (of) attach(reading, of);
  };

/** `aws_iam_policy_attachment`: one policy, and all whom it is attached to. */
const attachmentToMany: Mapper = (reading) => {
  for (const type of ["role", "user", "group"] as const) {
    const names = texts(reading.resource, `${type}s`);
    if (names.is === "absent") continue;
    const account = accountOf(reading);
    if (account === undefined) return noAccount(reading);
    if (names.is === "known") for (const name of names.value) attach(reading, { account, type, name });
    else {
      const what = `${type}s of ${reading.resource.address}`;
      reading.gap("aws/authorization-details", account, what, WHY_NOT[names.is], at(reading.resource, `${type}s`));
    }
  }
};

/** `aws_iam_policy_attachments_exclusive` and its like say which policies are all there are. */
const exclusive =
  (type: Type): Mapper =>
  (reading) => {
    const of = identityNamed(reading, type, known(reading.resource, `${type}_name`));
    if (!of) return noAccount(reading);
    const policies = texts(reading.resource, "policy_arns");
    if (policies.is === "known") for (const policy of policies.value) reading.part({ part: "attached", of, policy });
    else if (policies.is !== "absent")
      reading.gap("aws/principal-policy", principalArn(reading, of), `attached policies of ${type}/${of.name}`, WHY_NOT[policies.is]);
  };

/** `aws_iam_user_group_membership` (one user, some groups) and `aws_iam_group_membership` (one group, all its users). */
const membership =
  (one: "user" | "group"): Mapper =>
  (reading) => {
    const many = one === "user" ? "groups" : "users";
    const of = about(reading, one, "membership");
    if (!of) return;
    const names = texts(reading.resource, many);
    if (names.is === "known")
      for (const name of names.value) {
        const [member, team] = one === "user" ? [of.name, name] : [name, of.name];
        reading.part({ part: "member", of: { account: of.account, type: "user", name: member }, group: team });
      }
    else if (names.is !== "absent")
      reading.gap(
        "aws/principal-policy",
        principalArn(reading, of),
        `${many} of ${one}/${of.name}`,
        WHY_NOT[names.is],
        at(reading.resource, many),
      );
  };

const instanceProfile: Mapper = (reading) => {
  const arn = iamArn(reading, reading.resource, "instance-profile");
  if (arn === undefined) return noAccount(reading);
  if (attribute(reading.resource, "role").is === "absent") return;
  const of = about(reading, "role", "instance profile");
  if (of) reading.part({ part: "profile", of, profile: arn });
};

const oidcProvider: Mapper = (reading) => {
  const { resource } = reading;
  const account = accountOf(reading);
  const url = known(resource, "url")?.replace(/^https:\/\//, "");
  if (account === undefined) return noAccount(reading);
  const arn =
    known(resource, "arn") ?? `arn:${reading.placeOf(resource).partition}:iam::${account}:oidc-provider/${url ?? resource.address}`;
  const audiences = texts(resource, "client_id_list");
  if (url === undefined)
    return reading.gap("aws/oidc-provider", arn, `issuer of ${resource.address}`, WHY_NOT.unknown, at(resource, "url"));
  if (audiences.is !== "known")
    return reading.gap("aws/oidc-provider", arn, `audiences of ${arn}`, WHY_NOT[audiences.is], at(resource, "client_id_list"));
  reading.whole({ kind: "aws/oidc-provider", arn, account, url, audiences: audiences.value, source: resource.source });
};

export const identityMappers: Readonly<Record<string, Mapper>> = {
  aws_iam_role: role,
  aws_iam_user: user,
  aws_iam_group: group,
  aws_iam_policy: managedPolicy,
  aws_iam_policy_attachment: attachmentToMany,
  aws_iam_user_group_membership: membership("user"),
  aws_iam_group_membership: membership("group"),
  aws_iam_instance_profile: instanceProfile,
  aws_iam_openid_connect_provider: oidcProvider,
  ...Object.fromEntries(
    Object.values(IDENTITY_TYPES).flatMap((type) => [
      [`aws_iam_${type}_policy`, inline(type)],
      [`aws_iam_${type}_policy_attachment`, attachment(type)],
      [`aws_iam_${type}_policy_attachments_exclusive`, exclusive(type)],
    ]),
  ),
};
