// What a request says for each condition key: fixed by who calls and what is called, chosen by the caller, or left open.
import { ABSENT, FREE, RESIDUAL, fixed, type Context, type ContextValue } from "./condition.ts";
import { FRESH } from "./patterns.ts";

export interface Caller {
  /** `root`: whoever administers the account. `stranger`: any AWS identity of an account that is not ours. */
  readonly type: "role" | "user" | "root" | "service" | "federated" | "stranger" | "anonymous";
  readonly arn: string;
  /** Name of the session, where it is known: `assumed-role/NAME/SESSION`, `federated-user/NAME`. Otherwise whoever takes a role chooses it. */
  readonly session?: string;
  readonly account: string;
  readonly name: string;
  readonly label: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The caller may bring session tags: the role's trust allows sts:TagSession. */
  readonly tagsOpen: boolean;
  /** A person's IAM user: can bring a second factor. */
  readonly isPerson: boolean;
  readonly peopleOnly: boolean;
  readonly serviceLinked: boolean;
}

/** The organization as seen by condition keys. `unknown`: the account's place was not read. */
export interface OrganizationFacts {
  readonly idOf: (account: string) => string | "unknown" | undefined;
  /** `o-…/r-…/ou-…/`. */
  readonly pathOf: (account: string) => string | "unknown" | undefined;
}

export interface Requested {
  readonly action: string;
  readonly resource: string;
  readonly account: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly extra?: Readonly<Record<string, ContextValue>>;
}

/** Keys whose value the caller writes into the request (Service Authorization Reference; IAM User Guide, "AWS global condition context keys"). */
const CHOSEN = new Set([
  "sts:externalid",
  "sts:rolesessionname",
  "sts:sourceidentity",
  "sts:transitivetagkeys",
  "sts:durationseconds",
  "aws:tagkeys",
  "aws:securetransport",
  "aws:useragent",
  "aws:referer",
  "iam:passedtoservice",
  "iam:policyarn",
  "iam:associatedresourcearn",
  "s3:prefix",
  "s3:delimiter",
  "s3:max-keys",
  "s3:authtype",
  "s3:signatureversion",
  "s3:tlsversion",
  "kms:viaservice",
  "kms:granteeprincipal",
  "kms:grantoperations",
  "kms:grantconstrainttype",
  "kms:bypasspolicylockoutsafetycheck",
  "secretsmanager:versionstage",
  "secretsmanager:versionid",
  "ssm:recursive",
  "ssm:overwrite",
  "sns:endpoint",
  "sns:protocol",
]);

const CHOSEN_PREFIXES = ["aws:requesttag/", "s3:x-amz-", "s3:requestobjecttag", "kms:encryptioncontext", "lambda:", "ecs:"] as const;

/** Set only when an AWS service calls on a resource's behalf, so a caller's own request never has them. */
const SERVICE_ONLY = new Set(["aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths", "aws:principalservicename"]);

export function contextOf(caller: Caller, requested: Requested, organization: OrganizationFacts): Context {
  const given = givenBy(caller, requested, organization);
  return (key) => given(key) ?? (CHOSEN.has(key) || CHOSEN_PREFIXES.some((prefix) => key.startsWith(prefix)) ? FREE : RESIDUAL);
}

/** Only what follows from who calls and what is called, or was said besides; undefined: nothing is known of the key. */
export function givenBy(caller: Caller, requested: Requested, organization: OrganizationFacts): (key: string) => ContextValue | undefined {
  return (key) => requested.extra?.[key] ?? ofCaller(key, caller, organization) ?? ofResource(key, requested, organization);
}

const known = (value: string | "unknown" | undefined): ContextValue =>
  value === "unknown" ? RESIDUAL : value === undefined ? ABSENT : fixed(value);

const TYPES: Readonly<Record<Caller["type"], ContextValue>> = {
  role: fixed("AssumedRole"),
  user: fixed("User"),
  root: fixed("Account"),
  service: ABSENT,
  federated: ABSENT,
  stranger: FREE,
  anonymous: fixed("Anonymous"),
};

function ofCaller(key: string, caller: Caller, organization: OrganizationFacts): ContextValue | undefined {
  if (SERVICE_ONLY.has(key) && caller.type !== "service") return ABSENT;
  if (caller.type === "service") return key === "aws:principalisawsservice" ? fixed("true") : undefined;
  if (caller.type === "anonymous" && key !== "aws:principaltype" && /^aws:(?:principal|username|userid|multifactor|federated)/.test(key))
    return ABSENT;
  if (caller.type === "federated") return key.startsWith("aws:principal") ? ABSENT : undefined;
  if (key.startsWith("aws:principaltag/")) return ofTag(key.slice("aws:principaltag/".length), caller);
  switch (key) {
    case "aws:principalarn":
      return caller.type === "stranger"
        ? { kind: "chosen", pattern: `arn:aws:iam::${FRESH}:*`, except: [], optional: false }
        : fixed(caller.arn);
    case "aws:principalaccount":
    case "kms:calleraccount":
      return fixed(caller.account);
    case "aws:principalorgid":
      return caller.type === "stranger" ? fixed(FRESH) : known(organization.idOf(caller.account));
    case "aws:principalorgpaths":
      return caller.type === "stranger" ? fixed(FRESH) : known(organization.pathOf(caller.account));
    case "aws:principaltype":
      return caller.session?.startsWith("federated-user/") ? fixed("FederatedUser") : TYPES[caller.type];
    case "aws:username":
      if (caller.session !== undefined) return ABSENT;
      return caller.type === "user" ? fixed(caller.name) : caller.type === "stranger" ? FREE : ABSENT;
    case "aws:principalisawsservice":
      return fixed("false");
    case "aws:multifactorauthpresent":
    case "aws:multifactorauthage":
      return caller.isPerson || caller.type === "stranger" ? FREE : RESIDUAL;
    case "aws:federatedprovider":
      return caller.type === "user" ? ABSENT : undefined;
    default:
      return undefined;
  }
}

/** A tag the session brings replaces the role's own (IAM User Guide, "Pass session tags in AWS STS"). Tag keys are compared without case. */
function ofTag(key: string, caller: Caller): ContextValue {
  if (caller.tagsOpen || caller.type === "stranger") return FREE;
  return tagNamed(caller.tags, key);
}

/** After `aws` or the service's prefix. */
const RESOURCE_TAG = ":resourcetag/";

/** Tag keys are compared without case. */
function tagNamed(tags: Readonly<Record<string, string>>, key: string): ContextValue {
  for (const name in tags) if (name === key || name.toLowerCase() === key) return fixed(tags[name] as string);
  return ABSENT;
}

/** What the resource says for a key, whoever asks. */
export function ofResource(key: string, requested: Requested, organization: OrganizationFacts): ContextValue | undefined {
  const tag = key.indexOf(RESOURCE_TAG);
  if (tag > 0) return requested.tags ? tagNamed(requested.tags, key.slice(tag + RESOURCE_TAG.length)) : RESIDUAL;
  switch (key) {
    case "aws:resourceaccount":
    case "s3:resourceaccount":
      return fixed(requested.account);
    case "aws:resourceorgid":
      return known(organization.idOf(requested.account));
    case "aws:resourceorgpaths":
      return known(organization.pathOf(requested.account));
    case "aws:requestedregion":
      return regionOf(requested);
    default:
      return undefined;
  }
}

/** IAM answers in us-east-1 only; for STS the caller picks the endpoint; a bucket's region is not in its ARN. */
function regionOf(requested: Requested): ContextValue {
  if (requested.action.startsWith("iam:")) return fixed("us-east-1");
  if (requested.action.startsWith("sts:")) return FREE;
  const region = requested.resource.split(":")[3];
  return region === undefined || region === "" ? RESIDUAL : region === "*" ? FREE : fixed(region);
}
