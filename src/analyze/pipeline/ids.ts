// The canonical ids of what GitHub holds: every file of this plane, and the other planes through their rules, name things this way.

export const organizationId = (organization: string): string => `github:${organization}`;
export const repositoryId = (repository: string): string => `github:${repository}`;
export const loginId = (login: string): string => `github:@${login}`;
export const appId = (slug: string): string => `github:@${slug.endsWith("[bot]") ? slug : `${slug}[bot]`}`;
export const deployKeyId = (repository: string, key: string): string => `github:${repository}#deploy-key/${key}`;
export const branchId = (repository: string, branch: string): string => `github:${repository}#branch/${branch}`;
export const changeId = (repository: string): string => `github:${repository}#change`;
export const forkId = (repository: string): string => `github:${repository}#fork`;
export const unreviewedRunId = (repository: string): string => `github:${repository}#run/unreviewed`;
export const forkRunId = (repository: string): string => `github:${repository}#run/fork`;

/** A protected branch may be called `fork`: its run must not be mistaken for a fork's. */
export const branchRunId = (repository: string, branch: string): string =>
  `github:${repository}#run/${branch === "unreviewed" || branch === "fork" ? `refs/heads/${branch}` : branch}`;

export const environmentId = (repository: string, environment: string): string => `github:${repository}#environment/${environment}`;
export const jobId = (repository: string, path: string, job: string): string => `github:${repository}/${path}#job/${job}`;
export const guardId = (repository: string, of: string): string => `github:${repository}#guard/${of}`;
export const cacheId = (repository: string): string => `github:${repository}#cache`;

/** The identity of the automatic token: one account to GitHub, but what it may do ends at its repository. */
export const actionsBotId = (repository: string): string => `github:${repository}#bot/github-actions`;

/** What a job obtains an OpenID Connect token through when the format of the repository's subjects is not known. */
export const uncertainTokenId = (holder: string): string => `${holder}/token-of-unknown-format`;

export const runnerId = (scope: string, name: string): string => `github:${scope}#runner/${name}`;
export const actionId = (repository: string, ref: string): string => `github:${repository}@${ref}`;
export const imageId = (reference: string): string => `image:${reference}`;
export const doorId = (name: string): string => `door:${name}`;

export function secretId(secret: {
  readonly name: string;
  readonly repository?: string;
  readonly environment?: string;
  readonly organization?: string;
}): string {
  if (secret.repository === undefined) return `github:${secret.organization ?? ""}#secret/${secret.name}`;
  const scope = secret.environment === undefined ? "" : `environment/${secret.environment}/`;
  return `github:${secret.repository}#${scope}secret/${secret.name}`;
}

/** `acme/shop` of any id below `github:acme/shop`; undefined for an organization, a login, or another system's id. */
export const repositoryOfId = (id: string): string | undefined => /^github:([^@#/]+\/[^#/@]+)(?:[#/@]|$)/.exec(id)?.[1];

export const organizationOf = (repository: string): string => repository.slice(0, repository.indexOf("/"));
