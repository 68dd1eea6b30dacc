// The least that a token has to be allowed for a live collection, as `--print-permissions` prints it.

interface Permission {
  readonly role: "Reporter" | "Maintainer" | "Owner";
  readonly of: "project" | "group";
  readonly shows: string;
}

/** Source: GitLab Docs, "Roles and permissions", and the page of each resource in "REST API resources". */
export const PERMISSIONS: readonly Permission[] = [
  {
    of: "project",
    role: "Reporter",
    shows: "the project, its members, definition, environments, deployments, merge requests and their approvals",
  },
  {
    of: "project",
    role: "Maintainer",
    shows: "protected branches, tags and environments, approval rules and settings, variables without values, deploy keys, runners",
  },
  { of: "group", role: "Owner", shows: "variables of the group without values; without it they are a gap" },
];

export function permissionsText(): string {
  return [
    "An access token of the group (or of a project, or of a user) with the one scope read_api, and:",
    "",
    ...PERMISSIONS.map(({ of, role, shows }) => `  ${`${role} of the ${of}`.padEnd(24)}${shows}`),
    "",
    "read_api reads everything that the role may see; it writes nothing. GitLab shows a Maintainer the values of variables: they are taken out",
    "before anything is written, so keep the token as you keep those.",
    "",
  ].join("\n");
}
