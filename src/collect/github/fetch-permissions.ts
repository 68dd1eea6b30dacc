// The least that a token has to be allowed for a live collection, as `--print-permissions` prints it.

interface Permission {
  readonly of: "repository" | "organization";
  readonly name: string;
  readonly level: "read" | "write";
  readonly shows: string;
  /** Without it the collection goes on, and what it shows is a gap: only some need it. */
  readonly isOptional?: true;
}

/** Source: GitHub Docs, "Permissions required for fine-grained personal access tokens" and "Permissions required for GitHub Apps". */
export const PERMISSIONS: readonly Permission[] = [
  { of: "repository", name: "Metadata", level: "read", shows: "repositories, collaborators, rulesets" },
  { of: "repository", name: "Contents", level: "read", shows: "branches, workflow and action files, what a deployment brought" },
  {
    of: "repository",
    name: "Actions",
    level: "read",
    shows: "environments with their protection, runs and their approvals, the form of OIDC subjects",
  },
  { of: "repository", name: "Administration", level: "read", shows: "branch protection, teams, deploy keys, settings of Actions, runners" },
  { of: "repository", name: "Environments", level: "read", shows: "names of environments' secrets, and their variables" },
  { of: "repository", name: "Secrets", level: "read", shows: "names of secrets; no permission shows a value" },
  { of: "repository", name: "Variables", level: "read", shows: "variables" },
  { of: "repository", name: "Deployments", level: "read", shows: "deployments and what became of each (--since)" },
  { of: "repository", name: "Pull requests", level: "read", shows: "merged pull requests and their reviews (--since)" },
  { of: "organization", name: "Members", level: "read", shows: "members, owners, teams, outside collaborators" },
  {
    of: "organization",
    name: "Administration",
    level: "read",
    shows: "base permission, installed apps, settings of Actions, the form of OIDC subjects",
  },
  { of: "organization", name: "Secrets", level: "read", shows: "names of the organization's secrets, and for whom they are" },
  { of: "organization", name: "Variables", level: "read", shows: "the organization's variables" },
  { of: "organization", name: "Self-hosted runners", level: "read", shows: "runners, their groups, and for whom they are" },
  {
    of: "repository",
    name: "Administration",
    level: "write",
    shows: "who may bypass a ruleset: GitHub shows it to those alone who may edit the ruleset",
    isOptional: true,
  },
  {
    of: "organization",
    name: "Administration",
    level: "write",
    shows: "rulesets of the organization, with who may bypass them",
    isOptional: true,
  },
];

/** Source: the description of each operation in GitHub's OpenAPI document, "personal access tokens (classic) need the … scope". */
export const CLASSIC_SCOPES: readonly (readonly [scope: string, shows: string])[] = [
  ["repo", "everything of private repositories; it may write too, since classic scopes have no reading half"],
  ["read:org", "members, teams"],
  ["admin:org", "secrets by name, variables, runners, settings and rulesets of the organization; it may write too"],
];

export function permissionsText(): string {
  const rows = (isOptional: boolean): readonly string[] =>
    PERMISSIONS.filter((each) => (each.isOptional === true) === isOptional).map(
      ({ of, name, level, shows }) => `  ${of.padEnd(13)}${name.padEnd(22)}${level.padEnd(7)}${shows}`,
    );
  return [
    "A GitHub App's installation, or a fine-grained token of an owner of the organization, for all its repositories:",
    "",
    ...rows(false),
    "",
    "To see more; without these a collection goes on, and what they show is a gap:",
    "",
    ...rows(true),
    "",
    "A classic token has no reading half. It needs, for the same:",
    "",
    ...CLASSIC_SCOPES.map(([scope, shows]) => `  ${scope.padEnd(13)}${shows}`),
    "",
    "Nothing is written, whatever the token may do. Only an owner is shown the base permission, secrets and installed apps.",
    "",
  ].join("\n");
}
