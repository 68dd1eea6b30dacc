// Test support: a case's compact description of an estate, as the observations that the AWS collector would give.
import { Charter } from "../../charter/schema.ts";
import { asList, type Json, type JsonObject } from "../../lib/json.ts";
import type { Gap } from "../../model/gap.ts";
import type { Observation } from "../../model/observation.ts";
import type { AwsResource, NamedPolicy } from "../../model/observations/aws.ts";
import type { AwsCopy, AwsKeyGrant, AwsShare } from "../../model/observations/aws-sharing.ts";
import type { IdentityToken } from "../../model/rule.ts";
import { inside, type Source } from "../../model/source.ts";

/** A policy is written as its statements, or as a whole document where its version matters. */
type Policy = JsonObject | readonly JsonObject[];

interface PrincipalCase {
  readonly arn: string;
  readonly policy?: Policy;
  readonly managed?: readonly string[];
  readonly boundary?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface EstateCase {
  /** Id of the account; every other account of `members` is in its organization. */
  readonly management?: string;
  /** Account → ids above it, from the root down. */
  readonly members?: Readonly<Record<string, readonly string[]>>;
  readonly control?: readonly { readonly id: string; readonly type?: "rcp"; readonly on: readonly string[]; readonly policy?: Policy }[];
  readonly policyTypes?: readonly string[];
  /** Statements of the organization's delegation policy. */
  readonly delegation?: Policy;
  readonly roles?: readonly (PrincipalCase & {
    readonly trust: Policy | null;
    readonly maxSessionSeconds?: number;
    readonly profiles?: readonly string[];
  })[];
  readonly users?: readonly (PrincipalCase & { readonly groups?: readonly string[] })[];
  readonly groups?: readonly PrincipalCase[];
  readonly policies?: Readonly<Record<string, Policy>>;
  readonly resources?: readonly (Pick<AwsResource, "arn" | "type"> & Partial<AwsResource> & { readonly policy?: Policy })[];
  readonly providers?: Readonly<Record<string, readonly string[]>>;
  readonly clusters?: readonly { readonly arn: string; readonly mode?: string }[];
  readonly pods?: readonly {
    readonly cluster: string;
    readonly namespace: string;
    readonly serviceAccount: string;
    readonly role: string;
  }[];
  readonly repositories?: readonly string[];
  /** IAM Identity Center of the management account. Ids are names: set `ps-NAME`, user and group NAME. */
  readonly center?: {
    readonly sets?: readonly {
      readonly name: string;
      readonly managed?: readonly string[];
      readonly policy?: Policy;
      readonly boundary?: string;
      readonly unread?: readonly string[];
    }[];
    readonly users?: Readonly<Record<string, { readonly emails?: readonly string[]; readonly disabled?: boolean }>>;
    /** Group → its users. */
    readonly groups?: Readonly<Record<string, readonly string[]>>;
    /** `SET ACCOUNT user|group NAME`. */
    readonly assignments?: readonly string[];
    /** Accounts that administer it besides the management account. */
    readonly delegated?: readonly string[];
  };
  readonly tokens?: readonly { readonly issuer: string; readonly claims: IdentityToken["claims"]; readonly holder: string }[];
  readonly shares?: readonly (Pick<AwsShare, "arn" | "with" | "by"> & Partial<AwsShare>)[];
  readonly grants?: readonly (Pick<AwsKeyGrant, "key" | "grantee" | "operations"> & Partial<AwsKeyGrant>)[];
  readonly copies?: readonly (Pick<AwsCopy, "from" | "to" | "by"> & Partial<AwsCopy>)[];
  readonly gaps?: readonly { readonly topic: string; readonly subject: string; readonly what?: string }[];
  readonly charter?: Readonly<Record<string, unknown>>;
}

const file: Source = { file: "aws/case.json", pointer: "" };

const document = (policy: Policy): Json =>
  Array.isArray(policy) ? { Version: "2012-10-17", Statement: policy as readonly Json[] } : policy;

const part = (arn: string, index: number): string => arn.split(":")[index] ?? "";
const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf("/") + 1);
const pathOf = (arn: string): string => arn.slice(arn.indexOf("/"), arn.lastIndexOf("/") + 1);

function principal(of: PrincipalCase, at: Source) {
  const inline: NamedPolicy[] = of.policy ? [{ name: "inline", document: document(of.policy), source: inside(at, "inline") }] : [];
  return {
    arn: of.arn,
    account: part(of.arn, 4),
    name: nameOf(of.arn),
    path: pathOf(of.arn),
    inline,
    managed: asList(of.managed).map((arn, i) => ({ arn, source: inside(at, "managed", i) })),
    tags: of.tags ?? {},
    source: at,
    ...(of.boundary !== undefined && { boundary: of.boundary }),
  };
}

export function observationsOf(estate: EstateCase): Observation[] {
  return [...organization(estate), ...principals(estate), ...resources(estate), ...others(estate), ...identityCenter(estate)];
}

function* organization(estate: EstateCase): Iterable<Observation> {
  if (estate.management === undefined) return;
  yield { kind: "aws/organization", id: "o-acme", managementAccount: estate.management, source: file };
  const units = new Map<string, string | undefined>();
  for (const [account, path] of Object.entries(estate.members ?? {})) {
    path.forEach((id, i) => units.set(id, path[i - 1]));
    const parent = path.at(-1);
    yield { kind: "aws/account", account, source: file, ...(parent !== undefined && { parent }) };
  }
  for (const [id, parent] of units) {
    const enabled = parent === undefined && estate.policyTypes ? { enabledPolicyTypes: estate.policyTypes } : {};
    yield { kind: "aws/organizational-unit", id, name: id, source: file, ...(parent !== undefined && { parent }), ...enabled };
  }
  if (estate.delegation) {
    const arn = `arn:aws:organizations::${estate.management}:resourcepolicy/o-acme/rp-1`;
    yield { kind: "aws/resource-policy", arn, account: estate.management, document: document(estate.delegation), source: file };
  }
  for (const { id, type, on, policy } of estate.control ?? []) {
    const kind = type === "rcp" ? "RESOURCE_CONTROL_POLICY" : "SERVICE_CONTROL_POLICY";
    const arn = `arn:aws:organizations::${estate.management}:policy/o-acme/${kind.toLowerCase()}/${id}`;
    yield { kind: "aws/control-policy", type: kind, id, arn, name: id, source: file, ...(policy && { document: document(policy) }) };
    for (const target of on) yield { kind: "aws/control-policy-attachment", policy: id, target, source: file };
  }
}

function* principals(estate: EstateCase): Iterable<Observation> {
  for (const [i, role] of (estate.roles ?? []).entries()) {
    const at = inside(file, "roles", i);
    const trust = { name: "trust policy", document: role.trust === null ? null : document(role.trust), source: inside(at, "trust") };
    const seconds = role.maxSessionSeconds === undefined ? {} : { maxSessionSeconds: role.maxSessionSeconds };
    yield { kind: "aws/role", ...principal(role, at), trust, instanceProfiles: role.profiles ?? [], ...seconds };
  }
  for (const [i, user] of (estate.users ?? []).entries()) {
    yield { kind: "aws/user", ...principal(user, inside(file, "users", i)), groups: user.groups ?? [] };
  }
  for (const [i, group] of (estate.groups ?? []).entries()) yield { kind: "aws/group", ...principal(group, inside(file, "groups", i)) };
  for (const [arn, policy] of Object.entries(estate.policies ?? {})) {
    yield { kind: "aws/managed-policy", arn, name: nameOf(arn), document: document(policy), source: inside(file, "policies", arn) };
  }
}

function* resources(estate: EstateCase): Iterable<Observation> {
  for (const { policy, ...resource } of estate.resources ?? []) {
    const { arn } = resource;
    yield {
      kind: "aws/resource",
      account: part(arn, 4) || "111122223333",
      service: part(arn, 2),
      name: nameOf(arn.split(":").at(-1) ?? arn),
      tags: {},
      source: file,
      ...resource,
    };
    if (policy) yield { kind: "aws/resource-policy", arn, document: document(policy), source: inside(file, "resources", arn) };
  }
}

function* others(estate: EstateCase): Iterable<Observation> {
  for (const [arn, audiences] of Object.entries(estate.providers ?? {})) {
    yield { kind: "aws/oidc-provider", arn, account: part(arn, 4), url: arn.slice(arn.indexOf("/") + 1), audiences, source: file };
  }
  for (const { arn, mode } of estate.clusters ?? []) {
    const authenticationMode = mode === undefined ? {} : { authenticationMode: mode };
    yield { kind: "aws/eks-cluster", arn, account: part(arn, 4), name: nameOf(arn), source: file, ...authenticationMode };
  }
  for (const pod of estate.pods ?? []) yield { kind: "aws/pod-identity", ...pod, source: file };
  for (const share of estate.shares ?? []) yield { kind: "aws/share", source: file, ...share };
  for (const given of estate.grants ?? []) yield { kind: "aws/key-grant", id: "0123456789abcdef", source: file, ...given };
  for (const copy of estate.copies ?? []) yield { kind: "aws/copy", source: file, ...copy };
  for (const repository of estate.repositories ?? []) {
    yield { kind: "github/repository", repository, defaultBranch: "main", visibility: "private", archived: false, source: file };
  }
}

const INSTANCE = "arn:aws:sso:::instance/ssoins-acme";
const setArn = (name: string): string => `arn:aws:sso:::permissionSet/ssoins-acme/ps-${name}`;

function* identityCenter({ center, management }: EstateCase): Iterable<Observation> {
  if (!center) return;
  const store = "d-acme";
  const owner = management === undefined ? {} : { account: management };
  yield { kind: "aws/identity-center", arn: INSTANCE, store, source: file, ...owner };
  for (const { name, managed, policy, boundary, unread } of center.sets ?? []) {
    yield {
      kind: "aws/permission-set",
      arn: setArn(name),
      instance: INSTANCE,
      name,
      managed: asList(managed).map((arn) => ({ arn, source: file })),
      customer: [],
      unread: unread ?? [],
      source: file,
      ...(policy && { inline: { name: "inline", document: document(policy), source: file } }),
      ...(boundary !== undefined && { boundary: { arn: boundary } }),
    };
  }
  for (const [name, { emails, disabled }] of Object.entries(center.users ?? {})) {
    const user = { store, id: name, userName: name, emails: emails ?? [], isDisabled: disabled ?? false };
    yield { kind: "aws/identity-center-user", ...user, source: file };
  }
  for (const [name, users] of Object.entries(center.groups ?? {})) {
    yield { kind: "aws/identity-center-group", store, id: name, name, source: file };
    for (const user of users) yield { kind: "aws/identity-center-membership", store, group: name, user, source: file };
  }
  for (const [i, assignment] of (center.assignments ?? []).entries()) {
    const [set = "", account = "", type, id = ""] = assignment.split(" ");
    const principal = { type: type === "group" ? "group" : "user", id } as const;
    const source = inside(file, "center", "assignments", i);
    yield { kind: "aws/account-assignment", permissionSet: setArn(set), account, principal, source };
  }
  for (const account of center.delegated ?? []) {
    yield { kind: "aws/delegated-administrator", account, service: "sso.amazonaws.com", source: file };
  }
}

export const gapsOf = (estate: EstateCase): Gap[] =>
  (estate.gaps ?? []).map((gap) => ({ what: `${gap.topic} of ${gap.subject}`, ...gap, why: "AccessDenied", clauses: ["A1"] }));

export function tokensOf(estate: EstateCase): IdentityToken[] {
  return (estate.tokens ?? []).map(({ issuer, claims, holder }) => {
    const [capability, ...entity] = holder.split(" ");
    return { issuer, claims, holder: { capability: capability as "control", entity: entity.join(" ") }, how: "a job", source: file };
  });
}

export const charterOf = (estate: EstateCase): Charter =>
  Charter.parse({
    bulkhead: 1,
    organization: { name: "acme" },
    environments: [environment("production", "111122223333"), environment("development", "222222222222")],
    ...estate.charter,
  });

const environment = (name: string, account: string) => ({
  name,
  tier: name,
  purpose: name,
  owner: "platform",
  data: "none",
  boundary: { aws: { accounts: [account] } },
});
