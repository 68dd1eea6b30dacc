// Who asks and what is asked for, out of a request: a caller, a resource with its account, and what the request says for each condition key.
import { fail, ok, type Result } from "../../../lib/result.ts";
import { caller as callerAs } from "../ask.ts";
import { ABSENT, fixed, RESIDUAL, type Context, type ContextValue } from "../condition.ts";
import { givenBy, type Caller, type OrganizationFacts } from "../context.ts";
import type { EvaluationRequest } from "./schema.ts";

export interface Parties {
  readonly caller: Caller;
  readonly resource: {
    readonly arn: string;
    readonly account: string;
    readonly tags?: Readonly<Record<string, string>>;
    readonly key?: string;
  };
  readonly organization: OrganizationFacts & { readonly managementAccount?: string };
}

/** Where the request is not one, and what to write instead. */
export interface RequestProblem {
  readonly pointer: string;
  readonly message: string;
  readonly remedy: string;
}

export function partiesOf(request: EvaluationRequest): Result<Parties, RequestProblem> {
  const resource = typeof request.resource === "string" ? { arn: request.resource } : request.resource;
  const principal = typeof request.principal === "string" ? { arn: request.principal } : request.principal;
  const own = accountIn(principal.arn);
  const account = ("account" in resource ? resource.account : undefined) ?? accountIn(resource.arn);
  if (account === undefined)
    return fail({
      pointer: "/resource",
      message: `${resource.arn} does not say whose it is`,
      remedy: 'Write the resource as { "arn": …, "account": "111122223333" }.',
    });
  const caller = callerOf(principal, own, account);
  if (!caller)
    return fail({
      pointer: "/principal",
      message: `${principal.arn} is no principal`,
      remedy: "Write the ARN of a role, session, user or provider, a service such as lambda.amazonaws.com, or * for an anonymous caller.",
    });
  return ok({ caller, resource: { ...resource, account } as Parties["resource"], organization: organizationOf(request) });
}

const accountIn = (arn: string): string | undefined => /^arn:[^:]+:[^:]*:[^:]*:(\d{12}):/.exec(arn)?.[1] ?? /^(\d{12})$/.exec(arn)?.[1];

/** Providers that trust policies name without an ARN (IAM User Guide, "AWS JSON policy elements: Principal", OIDC federated principals). */
const NAMED_PROVIDERS = new Set(["accounts.google.com", "graph.facebook.com", "www.amazon.com", "cognito-identity.amazonaws.com"]);

type Named = Exclude<EvaluationRequest["principal"], string>;

function callerOf(named: Named, own: string | undefined, resourceAccount: string): Caller | undefined {
  const { arn } = named;
  const behind = named.account ?? own ?? resourceAccount;
  if (arn === "*") return callerAs("anonymous", "*", "anonymous");
  if (NAMED_PROVIDERS.has(arn) || /^arn:[^:]+:iam::\d{12}:(?:saml|oidc)-provider\/./.test(arn)) return callerAs("federated", arn, behind);
  if (/^[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?$/.test(arn)) return callerAs("service", arn, named.account ?? resourceAccount);
  if (own === undefined) return undefined;
  if (/^\d{12}$/.test(arn) || /^arn:[^:]+:iam::\d{12}:root$/.test(arn))
    return { ...callerAs("root", `arn:aws:iam::${own}:root`, own), tagsOpen: false };
  return identityOf(named, own);
}

function identityOf(named: Named, account: string): Caller | undefined {
  const session = /^arn:([^:]+):sts::\d{12}:assumed-role\/([^/]+)\/(.+)$/.exec(named.arn);
  const federated = /^arn:([^:]+):sts::\d{12}:federated-user\/(.+)$/.exec(named.arn);
  const plain = /^arn:[^:]+:iam::\d{12}:(role|user)\/(?:.*\/)?([^/]+)$/.exec(named.arn);
  const base = { account, tags: named.tags ?? {}, tagsOpen: false, isPerson: false, peopleOnly: false };
  if (session) {
    const arn = `arn:${session[1]}:iam::${account}:role/${session[2]}`;
    return {
      ...base,
      type: "role",
      arn,
      name: session[2] as string,
      session: session[3] as string,
      label: `session ${session[3]} of role/${session[2]}`,
      serviceLinked: false,
    };
  }
  if (federated) {
    const name = federated[2] as string;
    return {
      ...base,
      type: "user",
      arn: named.arn,
      name,
      session: `federated-user/${name}`,
      label: `federated user ${name}`,
      serviceLinked: false,
    };
  }
  if (!plain) return undefined;
  return {
    ...base,
    type: plain[1] as "role" | "user",
    arn: named.arn,
    name: plain[2] as string,
    label: `${plain[1]}/${plain[2]}`,
    serviceLinked: named.arn.includes(":role/aws-service-role/"),
    ...(named.session !== undefined && { session: named.session }),
  };
}

function organizationOf({ organization }: EvaluationRequest): Parties["organization"] {
  if (!organization) return { idOf: () => "unknown", pathOf: () => "unknown" };
  const { id, managementAccount, accounts } = organization;
  const isMember = (account: string): boolean => account === managementAccount || accounts[account] !== undefined;
  return {
    managementAccount,
    idOf: (account) => (isMember(account) ? id : undefined),
    pathOf: (account) => (!isMember(account) ? undefined : accounts[account] ? `${id}/${accounts[account].join("/")}/` : "unknown"),
  };
}

/** What the request says; a key of which it says nothing is residual, or absent where the context is complete. */
export function contextOfRequest(request: EvaluationRequest, { caller, resource, organization }: Parties, action: string): Context {
  const extra: Record<string, ContextValue> = {};
  for (const [key, value] of Object.entries(request.context ?? {})) {
    const values = Array.isArray(value) ? value : [value];
    extra[key.toLowerCase()] = value === null ? ABSENT : fixed(...values.map(String));
  }
  const { arn, account, tags } = resource;
  const given = givenBy(caller, { action, resource: arn, account, extra, ...(tags && { tags }) }, organization);
  const otherwise = request.contextIsComplete === true ? ABSENT : RESIDUAL;
  return (key) => {
    const value = given(key);
    return value === undefined || value.kind === "residual" || value.kind === "chosen" ? otherwise : value;
  };
}
