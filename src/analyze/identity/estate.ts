// The AWS part of the estate, indexed for evaluation: identities with their policies, resources with theirs, accounts and organization.
import type { Charter, Person } from "../../charter/schema.ts";
import { globMatches } from "../../lib/glob.ts";
import type { Json } from "../../lib/json.ts";
import type { Gap } from "../../model/gap.ts";
import type { Observations, ObservationOf } from "../../model/observation.ts";
import type { AwsGroup, AwsRole, AwsUser, NamedPolicy } from "../../model/observations/aws.ts";
import type { Source } from "../../model/source.ts";
import { isDelegation } from "../../model/aws/arn.ts";
import { isReservedRole } from "../../model/aws/reserved-role.ts";
import type { ContextValue } from "./condition.ts";
import type { PlaneInput } from "../plane.ts";
import type { Caller } from "./context.ts";
import { readOrganization, type Organization } from "./control-policies.ts";
import type { AttachedPolicy, PolicyIndex } from "./evaluate.ts";
import { nameOfArn } from "./names.ts";
import { managedPolicyOfAws } from "./managed-policies.ts";
import { compilePolicy, type PolicyCache } from "./policy.ts";
import { indexPolicies } from "./policy-index.ts";
import { sharedStatements, withShared } from "./sharing-policies.ts";

export interface Identity extends Caller {
  readonly type: "role" | "user";
  readonly observed: AwsRole | AwsUser;
  readonly index: PolicyIndex;
  readonly boundary?: PolicyIndex | "unread";
  /** Attached policies whose document is not known. */
  readonly unread: readonly { readonly what: string; readonly source: Source }[];
  readonly groups: readonly AwsGroup[];
  /** People of the charter who hold it. */
  readonly people: readonly Person[];
  readonly source: Source;
}

export interface Role extends Identity {
  readonly type: "role";
  readonly observed: AwsRole;
  /** undefined: it was not read. */
  readonly trust: AttachedPolicy | undefined;
}

export type ResourceObservation = ObservationOf<"aws/resource">;

export interface AwsEstate {
  readonly cache: PolicyCache;
  readonly charter: Charter;
  readonly observations: Observations;
  readonly organization: Organization;
  readonly identities: readonly Identity[];
  readonly roles: readonly Role[];
  readonly byArn: ReadonlyMap<string, Identity>;
  /** By ARN, or as `ACCOUNT/NAME` of a role, as sessions name it. */
  readonly named: (name: string) => Identity | undefined;
  readonly inAccount: (account: string) => readonly Identity[];
  /** `ACCOUNT TYPE` of every resource that was listed. */
  readonly typesSeen: ReadonlySet<string>;
  readonly groups: readonly AwsGroup[];
  /** Every account that files or charter name. */
  readonly accounts: readonly string[];
  /** Accounts whose identities were read, or whose lack is a gap that gaps.ts takes. */
  readonly readAccounts: ReadonlySet<string>;
  readonly resources: readonly ResourceObservation[];
  /** undefined: the resource has none, or nobody asked; `unread`: it does not follow the grammar or is a gap. */
  readonly resourcePolicy: (arn: string) => AttachedPolicy | "unread" | undefined;
  /** The organization's delegation policy: whom it lets manage policies from other accounts. */
  readonly delegation: AttachedPolicy | "unread" | undefined;
  /** The document of a managed policy with where it stands, for guards and escalation. */
  readonly managedPolicy: (arn: string) => AttachedPolicy | undefined;
  /** A role that no file tells of, with the policies that the files know. */
  readonly asRole: (observed: AwsRole) => Role;
  /** Which accounts administer IAM Identity Center was asked, and not answered. */
  readonly isDelegationUnread: boolean;
  /** The user's policies once it is in the group too. */
  readonly withGroup: (user: Identity, group: AwsGroup) => PolicyIndex;
  readonly sourceOfAccount: (account: string) => Source;
  /** Why no allowed access of the account's identities is certain: control policies that were not read. */
  readonly unreadControl: (account: string) => readonly string[];
  /** Condition keys about time, decided by the time that the verdict is about. */
  readonly times: Readonly<Record<string, ContextValue>>;
}

/**
 * Keys that hold the time of the request, or of the session. A session can be fresh or not be one (long-term keys have no aws:TokenIssueTime, and
 * IAM takes sessions of GetSessionToken only with a second factor), so a past issue time is out of reach, and a later one is not certain.
 * Source: IAM User Guide, "AWS global condition context keys"; STS API reference, GetSessionToken.
 */
function timesFrom(asOf: string | undefined): Readonly<Record<string, ContextValue>> {
  if (asOf === undefined) return {};
  const now: ContextValue = { kind: "later", from: Date.parse(asOf), certain: true };
  return { "aws:currenttime": now, "aws:epochtime": now, "aws:tokenissuetime": { kind: "later", from: Date.parse(asOf), certain: false } };
}

export const rootOf = (account: string): string => `arn:aws:iam::${account}:root`;

const NOBODY: readonly Identity[] = [];

const built = new WeakMap<Observations, AwsEstate>();

/** Built once for both passes of the plane. */
export function awsEstate(input: PlaneInput): AwsEstate {
  let estate = built.get(input.observations);
  if (!estate) built.set(input.observations, (estate = build(input)));
  return estate;
}

function build({ observations, charter, gaps, asOf }: PlaneInput): AwsEstate {
  const cache: PolicyCache = new Map();
  const groups = unique(observations("aws/group"));
  const managedPolicy = managedPolicies(observations, cache);
  const roles = unique(observations("aws/role")).map((role) => roleOf(role, charter, managedPolicy, cache));
  const users = unique(observations("aws/user")).map((user) => userOf(user, groups, charter, managedPolicy, cache));
  const identities: readonly Identity[] = [...roles, ...users];
  const resources = unique(observations("aws/resource"));
  const byName = new Map<string, Identity>();
  for (const identity of identities) byName.set(identity.arn, identity);
  for (const role of roles) byName.set(`${role.account}/${role.name}`, role);
  const accounts = Map.groupBy(identities, (identity) => identity.account);
  const organization = readOrganization(observations, cache);
  const resourcePolicy = resourcePolicies(observations, gaps, cache);
  return {
    cache,
    charter,
    observations,
    organization,
    identities,
    roles,
    byArn: new Map(identities.map((identity) => [identity.arn, identity])),
    named: (name) => byName.get(name),
    inAccount: (account) => accounts.get(account) ?? NOBODY,
    typesSeen: new Set(resources.map(({ account, type }) => `${account} ${type}`)),
    groups,
    accounts: accountsOf(observations, charter, identities),
    readAccounts: readAccounts(identities, gaps),
    resources,
    resourcePolicy,
    delegation: delegationIn(observations, gaps, resourcePolicy),
    managedPolicy,
    asRole: (observed) => roleOf(observed, charter, managedPolicy, cache),
    isDelegationUnread: gaps.some(({ topic, subject }) => topic === "aws/identity-center" && subject === "sso.amazonaws.com"),
    withGroup: (user, group) => {
      const gathered: Gathered = { policies: [...user.index.policies], unread: [] };
      gather(group, `group/${group.name}`, managedPolicy, cache, gathered);
      return indexPolicies(gathered.policies);
    },
    sourceOfAccount: accountSources(observations, identities),
    unreadControl: unreadControl(organization, gaps),
    times: timesFrom(asOf),
  };
}

/** One thing read from two files is one thing; what was read first speaks. */
function unique<T extends { readonly arn: string }>(all: readonly T[]): readonly T[] {
  const seen = new Map<string, T>();
  for (const one of all) if (!seen.has(one.arn)) seen.set(one.arn, one);
  return [...seen.values()];
}

type Managed = (arn: string) => AttachedPolicy | undefined;

function managedPolicies(observations: Observations, cache: PolicyCache): Managed {
  const documents = new Map(observations("aws/managed-policy").map((policy) => [policy.arn, policy]));
  const known = new Map<string, AttachedPolicy | undefined>();
  return (arn) => {
    if (known.has(arn)) return known.get(arn);
    const observed = documents.get(arn);
    const document = observed?.document ?? managedPolicyOfAws(arn);
    const label = `policy ${arn.slice(arn.lastIndexOf("/") + 1)}`;
    const policy = document === undefined ? undefined : readable(document, arn, label, observed?.source ?? { file: "" }, cache);
    known.set(arn, policy);
    return policy;
  };
}

function readable(document: Json, owner: string, label: string, source: Source, cache: PolicyCache): AttachedPolicy | undefined {
  const compiled = document === null ? undefined : compilePolicy(document, cache);
  return compiled && compiled.problems.length === 0 ? { owner, label, source, compiled } : undefined;
}

interface Gathered {
  readonly policies: AttachedPolicy[];
  readonly unread: { readonly what: string; readonly source: Source }[];
}

/** Inline and attached policies of a principal or group. An attachment, not the document, is where an AWS-owned policy stands. */
function gather(of: AwsRole | AwsUser | AwsGroup, label: string, managed: Managed, cache: PolicyCache, into: Gathered): void {
  for (const inline of of.inline) {
    const policy = readable(inline.document, of.arn, `policy ${inline.name} of ${label}`, inline.source, cache);
    if (policy) into.policies.push(policy);
    else into.unread.push({ what: `policy ${inline.name} of ${label}`, source: inline.source });
  }
  for (const attachment of of.managed) {
    const policy = managed(attachment.arn);
    if (policy) into.policies.push(policy.source.file === "" ? { ...policy, source: attachment.source } : policy);
    else into.unread.push({ what: `policy ${attachment.arn}`, source: attachment.source });
  }
}

function boundaryOf(observed: AwsRole | AwsUser, label: string, managed: Managed): { boundary?: PolicyIndex | "unread" } {
  if (observed.boundary === undefined) return {};
  const policy = managed(observed.boundary);
  if (!policy) return { boundary: "unread" };
  const guard = { id: `${observed.arn}#boundary`, label: `permissions boundary of ${label}` };
  return { boundary: indexPolicies([{ ...policy, guard }]) };
}

const peopleOf = (arn: string, charter: Charter): readonly Person[] =>
  charter.people.filter((person) => person.identities.aws.some((pattern) => globMatches(pattern, arn)));

function roleOf(observed: AwsRole, charter: Charter, managed: Managed, cache: PolicyCache): Role {
  const label = `role/${observed.name}`;
  const gathered: Gathered = { policies: [], unread: [] };
  gather(observed, label, managed, cache, gathered);
  const trust = trustOf(observed.trust, observed.arn, label, cache);
  return {
    ...base(observed, label, charter),
    ...gathered,
    ...boundaryOf(observed, label, managed),
    type: "role",
    observed,
    trust,
    index: indexPolicies(gathered.policies),
    groups: [],
    tagsOpen: trust === undefined || allowsAny(trust, "sts:tagsession"),
    isPerson: false,
    peopleOnly: isForPeopleOnly(observed, trust),
    serviceLinked: observed.path.startsWith("/aws-service-role/"),
  };
}

const trustOf = (trust: NamedPolicy, arn: string, label: string, cache: PolicyCache): AttachedPolicy | undefined =>
  readable(trust.document, arn, `trust policy of ${label}`, trust.source, cache);

const allowsAny = (policy: AttachedPolicy, action: string): boolean => indexPolicies([policy]).forAction(action).allows.length > 0;

/** Roles of IAM Identity Center, and roles that only SAML federation reaches: people sign in to them, nothing runs as them. */
function isForPeopleOnly(role: AwsRole, trust: AttachedPolicy | undefined): boolean {
  if (isReservedRole(role)) return true;
  const allows = trust?.compiled.statements.filter((statement) => statement.effect === "Allow") ?? [];
  const passive = new Set(["sts:assumerolewithsaml", "sts:tagsession", "sts:setsourceidentity"]);
  const saml = (action: string): boolean => action === "sts:assumerolewithsaml";
  return (
    allows.some(({ actions }) => actions.patterns.some(saml)) &&
    allows.every(({ actions }) => !actions.negated && actions.patterns.every((action) => passive.has(action)))
  );
}

function userOf(observed: AwsUser, groups: readonly AwsGroup[], charter: Charter, managed: Managed, cache: PolicyCache): Identity {
  const label = `user/${observed.name}`;
  const gathered: Gathered = { policies: [], unread: [] };
  gather(observed, label, managed, cache, gathered);
  const own = groups.filter((group) => group.account === observed.account && observed.groups.includes(group.name));
  for (const group of own) gather(group, `group/${group.name}`, managed, cache, gathered);
  for (const name of observed.groups) {
    if (!own.some((group) => group.name === name)) gathered.unread.push({ what: `group ${name} of ${label}`, source: observed.source });
  }
  const identity = base(observed, label, charter);
  const isPerson = identity.people.length > 0;
  return {
    ...identity,
    ...gathered,
    ...boundaryOf(observed, label, managed),
    type: "user",
    observed,
    index: indexPolicies(gathered.policies),
    groups: own,
    tagsOpen: false,
    isPerson,
    peopleOnly: isPerson,
    serviceLinked: false,
  };
}

const base = (observed: AwsRole | AwsUser, label: string, charter: Charter) => ({
  arn: observed.arn,
  account: observed.account,
  name: observed.name,
  label,
  tags: observed.tags,
  people: peopleOf(observed.arn, charter),
  source: observed.source,
});

function accountsOf(observations: Observations, charter: Charter, identities: readonly Identity[]): readonly string[] {
  const accounts = new Set<string>();
  for (const organization of observations("aws/organization")) accounts.add(organization.managementAccount);
  for (const account of observations("aws/account")) accounts.add(account.account);
  for (const boundary of [...charter.environments, ...charter.shared])
    for (const account of boundary.boundary.aws?.accounts ?? []) accounts.add(account);
  for (const { account } of identities) accounts.add(account);
  for (const kind of ["aws/resource", "aws/oidc-provider", "aws/eks-cluster"] as const) {
    for (const { account } of observations(kind)) accounts.add(account);
  }
  return [...accounts].filter((account) => account !== "").sort();
}

function readAccounts(identities: readonly Identity[], gaps: readonly Gap[]): ReadonlySet<string> {
  const accounts = new Set(identities.map((identity) => identity.account));
  for (const gap of gaps) if (gap.topic === "aws/authorization-details") accounts.add(gap.subject);
  return accounts;
}

function resourcePolicies(observations: Observations, gaps: readonly Gap[], cache: PolicyCache): AwsEstate["resourcePolicy"] {
  const policies = new Map<string, AttachedPolicy | "unread">();
  for (const gap of gaps) if (gap.topic === "aws/resource-policy") policies.set(gap.subject, "unread");
  const documents = new Map<string, Json>();
  for (const observed of observations("aws/resource-policy")) {
    if (observed.document === null) continue;
    const label = `policy of ${nameOfArn(observed.arn)}`;
    policies.set(observed.arn, readable(observed.document, observed.arn, label, observed.source, cache) ?? "unread");
    documents.set(observed.arn, observed.document);
  }
  for (const [arn, shared] of sharedStatements(observations)) {
    const policy = policies.get(arn);
    // A policy that was not read could deny what is shared, and is uncertain as a whole.
    if (policy === "unread") continue;
    const own = policy === undefined ? undefined : { policy, document: documents.get(arn) ?? null };
    policies.set(arn, withShared(arn, own, shared, cache));
  }
  return (arn) => policies.get(arn);
}

function delegationIn(
  observations: Observations,
  gaps: readonly Gap[],
  resourcePolicy: AwsEstate["resourcePolicy"],
): AwsEstate["delegation"] {
  const read = observations("aws/resource-policy").find(({ arn }) => isDelegation(arn));
  if (read) return resourcePolicy(read.arn);
  return gaps.some(({ topic, subject }) => topic === "aws/resource-policy" && isDelegation(subject)) ? "unread" : undefined;
}

function accountSources(observations: Observations, identities: readonly Identity[]): AwsEstate["sourceOfAccount"] {
  const sources = new Map<string, Source>();
  for (const identity of identities) if (!sources.has(identity.account)) sources.set(identity.account, identity.source);
  for (const account of observations("aws/account")) sources.set(account.account, account.source);
  return (account) => sources.get(account) ?? { file: "bulkhead.yaml", pointer: "/environments" };
}

/**
 * A control policy can only take permissions away, so a gap about one leaves every access of the accounts below it undecided and adds none. A
 * gap that names a unit, an account or a policy concerns the accounts below it; any other concerns all.
 */
function unreadControl(organization: Organization, gaps: readonly Gap[]): AwsEstate["unreadControl"] {
  const about = gaps.filter((gap) => gap.topic === "aws/control-policy" || gap.topic === "aws/organization");
  const known = new Map<string, readonly string[]>();
  const reasons = (account: string): readonly string[] => {
    if (account === organization.managementAccount) return [];
    const found = organization.chainOf(account).unread.map((what) => `${what}, and could deny it`);
    for (const gap of about) {
      const scoped = /^(?:ou-|p-|\d{12}$)/.test(gap.subject);
      if (!scoped || organization.holds(account, gap.subject)) found.push(`${gap.what} was not read, and could deny it`);
    }
    return found;
  };
  return (account) => {
    let found = known.get(account);
    if (!found) known.set(account, (found = reasons(account)));
    return found;
  };
}
