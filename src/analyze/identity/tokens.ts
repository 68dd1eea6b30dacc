// What a token says for the condition keys of its issuer, and which tokens exist beyond those that were read.
import type { IdentityToken } from "../../model/rule.ts";
import { FREE, fixed, RESIDUAL, type ContextValue } from "./condition.ts";
import type { Extra } from "./ask.ts";
import { FRESH, isLiteral } from "./patterns.ts";
import type { CompiledPolicy } from "./policy.ts";

export const GITHUB = "token.actions.githubusercontent.com";

export const issuerName = (url: string): string =>
  url
    .replace(/^https?:\/\//, "")
    .replace(/\/$/, "")
    .toLowerCase();

/** A claim that the holder words as they like, within the pattern. */
const worded = (pattern: string, except: readonly string[] = []): ContextValue =>
  isLiteral(pattern) ? fixed(pattern) : { kind: "chosen", pattern, except, optional: false };

/**
 * Claims stand under `ISSUER:CLAIM` (IAM User Guide, "Available keys for AWS OIDC federation"). The audience of a token is asked for by its
 * holder unless the token says otherwise.
 */
export function claimsOf(token: IdentityToken): Extra {
  const issuer = issuerName(token.issuer);
  const extra: Record<string, ContextValue> = { [`${issuer}:aud`]: { ...FREE, optional: false } as ContextValue };
  for (const [claim, { value, except }] of Object.entries(token.claims)) extra[`${issuer}:${claim.toLowerCase()}`] = worded(value, except);
  return extra;
}

/** Issuers from which anyone on the internet can have a token, with a subject of their own. */
export const PUBLIC_ISSUERS: ReadonlySet<string> = new Set([
  GITHUB,
  "gitlab.com",
  "app.terraform.io",
  "agent.buildkite.com",
  "accounts.google.com",
  "oidc.vercel.com",
  "api.bitbucket.org",
]);

const NAMES_AN_ORGANIZATION: Readonly<Record<string, RegExp>> = {
  [`${GITHUB}:sub`]: /^(?:repo:|repository_owner:|repository:)([A-Za-z0-9-]+)(?=[/@:]|$)/,
  [`${GITHUB}:repository`]: /^([A-Za-z0-9-]+)\//,
  [`${GITHUB}:repository_owner`]: /^([A-Za-z0-9-]+)$/,
};

/** Organizations that the trust policy names in full: their names are taken, so a stranger cannot have them. */
export function organizationsNamed(trust: CompiledPolicy): readonly string[] {
  const found = new Set<string>();
  for (const { conditions } of trust.statements) {
    for (const { key, values } of conditions) {
      const form = NAMES_AN_ORGANIZATION[key];
      for (const value of form ? values : []) {
        const organization = form?.exec(value)?.[1];
        if (organization !== undefined) found.add(organization);
      }
    }
  }
  return [...found];
}

/**
 * The token of a stranger's repository on GitHub. They choose organization and repository names among those not taken, their branches,
 * environments and the subject's template; numeric ids are given to them (GitHub Docs, "OpenID Connect reference").
 */
export function strangerToGithub(taken: readonly string[]): Extra {
  const repositories = taken.flatMap((name) => [`${name}/*`, `${name}@*`]);
  const subjects = [
    ...repositories.map((name) => `repo:${name}`),
    ...repositories.map((name) => `repository:${name}`),
    ...taken.flatMap((name) => [`repository_owner:${name}`, `repository_owner:${name}:*`]),
    ...["repository_id", "repository_owner_id", "enterprise", "enterprise_id", "actor_id", "job_workflow_ref", "workflow_ref"].map(
      (name) => `${name}:*`,
    ),
  ];
  return keyed(GITHUB, {
    sub: worded("*", subjects),
    aud: worded("*"),
    repository: worded("*", repositories),
    repository_owner: worded("*", taken),
    workflow_ref: worded("*", repositories),
    job_workflow_ref: RESIDUAL,
    repository_id: fixed(FRESH),
    repository_owner_id: fixed(FRESH),
    enterprise: fixed(FRESH),
    enterprise_id: fixed(FRESH),
    actor_id: fixed(FRESH),
    ...OWN_CHOICE,
  });
}

/** Claims that follow from what one does in one's own repository. */
const OWN_CHOICE: Readonly<Record<string, ContextValue>> = Object.fromEntries(
  ["ref", "ref_type", "environment", "event_name", "workflow", "head_ref", "base_ref", "runner_environment", "repository_visibility"].map(
    (claim) => [claim, worded("*")],
  ),
);

/** The token of a repository of this organization that was not read, also one that does not exist yet. */
export function unseenRepository(organization: string, known: readonly string[]): Extra {
  const except = known.flatMap((repository) => {
    const name = repository.slice(repository.indexOf("/") + 1);
    return [`repo:${repository}:*`, `repo:${organization}@*/${name}@*:*`];
  });
  return keyed(GITHUB, {
    sub: {
      kind: "chosen",
      pattern: `repo:${organization}*`,
      except: [...except, `repo:${organization}`, ...elsewhere(organization)],
      optional: false,
    },
    aud: worded("*"),
    repository: worded(`${organization}/*`, known),
    repository_owner: fixed(organization),
    repository_owner_id: RESIDUAL,
    repository_id: RESIDUAL,
    ...OWN_CHOICE,
  });
}

/** Longer names that begin the same belong to strangers. */
const elsewhere = (organization: string): readonly string[] =>
  [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-:"].map((next) => `repo:${organization}${next}*`);

export const GITLAB = "gitlab.com";

/** Groups and users of gitlab.com that the trust names in full: their paths are taken. */
export function groupsNamed(trust: CompiledPolicy): readonly string[] {
  const values = trust.statements
    .flatMap(({ conditions }) => conditions)
    .flatMap(({ key, values: all }) => (key === `${GITLAB}:sub` ? all : []));
  return [...new Set(values.flatMap((value) => /^project_path:([\w.-]+)\//.exec(value)?.[1] ?? []))];
}

/** Groups of which the trust does not name the project in full: other projects of the group may match it. */
export const isOpenGroup = (trust: CompiledPolicy, group: string): boolean =>
  trust.statements
    .flatMap(({ conditions }) => conditions)
    .some(
      ({ key, values }) =>
        key === `${GITLAB}:sub` && values.some((value) => value.startsWith(`project_path:${group}/`) && /^[^:]*:[^:]*[*?]/.test(value)),
    );

/**
 * The token of a stranger's project on gitlab.com: they choose the path among groups that are not taken, and the ref (GitLab Docs, "OpenID Connect (OIDC)
 * Authentication Using ID Tokens": project_path:GROUP/PROJECT:ref_type:TYPE:ref:NAME).
 */
export const strangerToGitlab = (taken: readonly string[]): Extra =>
  keyed(GITLAB, {
    sub: worded(
      "project_path:*",
      taken.map((group) => `project_path:${group}/*`),
    ),
    aud: worded("*"),
  });

/** The token of a project of this group that was not read, also one that does not exist yet. */
export const unseenProject = (group: string, known: readonly string[]): Extra =>
  keyed(GITLAB, {
    sub: worded(
      `project_path:${group}/*`,
      known.map((project) => `project_path:${project}:*`),
    ),
    aud: worded("*"),
  });

/** A token of which nothing is known but that its subject is no one's we know. */
export const unknownSubject = (issuer: string): Extra => keyed(issuer, { sub: fixed(FRESH), aud: worded("*") });

/** A token of an issuer of which no token was read: it may say anything. */
export const anySubject = (issuer: string): Extra => keyed(issuer, { sub: worded("*"), aud: worded("*") });

const keyed = (issuer: string, claims: Readonly<Record<string, ContextValue>>): Extra =>
  Object.fromEntries(Object.entries(claims).map(([claim, value]) => [`${issuer}:${claim}`, value]));
