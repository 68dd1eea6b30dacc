// Members, teams and everyone who has access to a repository.
import type { GithubPermission } from "../../model/observations/github.ts";
import type { Asked } from "./asked.ts";
import { Collaborator, CollaboratorPermission, DeployKey, Installation, Organization, Team, User } from "./schema.ts";

const isBot = (user: { readonly type?: string | undefined; readonly login: string }): boolean =>
  user.type === "Bot" || user.login.endsWith("[bot]");

export function organization(asked: Asked): void {
  const found = asked.whole(Organization);
  if (!found) return;
  asked.put({
    kind: "github/organization",
    organization: found.login,
    ...(found.id !== undefined && { id: found.id }),
    ...(found.default_repository_permission !== undefined && { defaultPermission: found.default_repository_permission }),
    source: asked.source,
  });
  if (found.default_repository_permission === undefined) {
    asked.gap(
      "github/organization",
      `github:${found.login}`,
      `base permission of ${found.login}`,
      "shown to owners only: collect with an owner's token",
    );
  }
}

/** The list says the role only when it was asked for (`?role=admin`). */
export function orgMembers(asked: Asked): void {
  const role = asked.query.get("role");
  for (const [user, source] of asked.items(User)) {
    asked.put({
      kind: "github/part",
      part: "member",
      organization: asked.organization ?? "",
      login: user.login,
      bot: isBot(user),
      ...(role === "admin" || role === "member" ? { role } : {}),
      source,
    });
    identify(asked, user, source);
  }
}

export function outsiders(asked: Asked): void {
  for (const [user, source] of asked.items(User)) identify(asked, user, source);
}

const identify = (asked: Asked, user: { readonly login: string; readonly id?: number | undefined }, source: Asked["source"]): void => {
  if (user.id !== undefined) asked.put({ kind: "github/part", part: "user-id", id: user.id, login: user.login, source });
};

export function teams(asked: Asked): void {
  for (const [team, source] of asked.items(Team)) {
    const parent = team.parent?.slug;
    asked.put({
      kind: "github/team",
      organization: asked.organization ?? "",
      slug: team.slug,
      ...(team.id !== undefined && { id: team.id }),
      ...(parent !== undefined && { parent }),
      source,
    });
  }
}

export function teamMembers(asked: Asked): void {
  const members = asked.items(User);
  for (const [user, source] of members) identify(asked, user, source);
  asked.put({
    kind: "github/part",
    part: "team-members",
    organization: asked.organization ?? "",
    slug: asked.part("team") ?? "",
    members: members.map(([user]) => user.login),
    source: asked.source,
  });
}

export function installations(asked: Asked): void {
  for (const [found, source] of asked.items(Installation)) {
    // A suspended installation can do nothing (GitHub Docs, "Suspending a GitHub App installation").
    if (found.suspended_at) continue;
    asked.put({ kind: "github/part", part: "app-id", id: found.app_id, app: found.app_slug, source });
    asked.put({
      kind: "github/app-installation",
      organization: asked.organization ?? "",
      app: found.app_slug,
      appId: found.app_id,
      repositories: found.repository_selection,
      permissions: found.permissions,
      source,
    });
  }
}

interface Permissions {
  readonly admin: boolean;
  readonly maintain?: boolean | undefined;
  readonly push: boolean;
  readonly triage?: boolean | undefined;
}

function permissionOf(permissions: Permissions): GithubPermission {
  if (permissions.admin) return "admin";
  if (permissions.maintain === true) return "maintain";
  if (permissions.push) return "write";
  return permissions.triage === true ? "triage" : "read";
}

const BASE_ROLES: ReadonlyMap<string | undefined, GithubPermission> = new Map([
  ["admin", "admin"],
  ["maintain", "maintain"],
  ["write", "write"],
  ["push", "write"],
  ["triage", "triage"],
  ["read", "read"],
  ["pull", "read"],
]);

/** A role name that is none of the five is a custom role, which adds to the base that the permissions show. */
const customRole = (role: string | undefined): { customRole?: string } =>
  role === undefined || BASE_ROLES.has(role) ? {} : { customRole: role };

const STRENGTH: readonly GithubPermission[] = ["read", "triage", "write", "maintain", "admin"];

const strongest = (a: GithubPermission, b: GithubPermission | undefined): GithubPermission =>
  b !== undefined && STRENGTH.indexOf(b) > STRENGTH.indexOf(a) ? b : a;

/**
 * "The `permissions` hash contains the base role permissions of the collaborator. The `role_name` is the highest role assigned after considering all
 * sources of grants" (REST API, "List repository collaborators"): the stronger of the two counts.
 */
export function collaborators(asked: Asked): void {
  for (const [user, source] of asked.items(Collaborator)) {
    identify(asked, user, source);
    asked.put({
      kind: "github/repository-access",
      repository: asked.repository ?? "",
      permission: strongest(permissionOf(user.permissions), BASE_ROLES.get(user.role_name)),
      to: { login: user.login, bot: isBot(user) },
      ...customRole(user.role_name),
      source,
    });
  }
}

/** `permission` knows only admin, write, read and none; `role_name` is what was given. */
export function collaborator(asked: Asked): void {
  const found = asked.whole(CollaboratorPermission);
  if (!found || found.permission === "none") return;
  const { user } = found;
  const base = BASE_ROLES.get(found.permission);
  if (base === undefined) {
    const why = `${JSON.stringify(found.permission)} is no permission that GitHub documents`;
    asked.gap("github/access", asked.subject, `permission of ${user.login} on ${asked.repository}`, why);
    return;
  }
  identify(asked, user, asked.source);
  asked.put({
    kind: "github/repository-access",
    repository: asked.repository ?? "",
    permission: strongest(base, BASE_ROLES.get(found.role_name)),
    to: { login: user.login, bot: isBot(user) },
    ...customRole(found.role_name),
    source: asked.source,
  });
}

export function repositoryTeams(asked: Asked): void {
  for (const [team, source] of asked.items(Team)) {
    const role = team.role_name ?? team.permission;
    const permission = team.permissions ? permissionOf(team.permissions) : BASE_ROLES.get(role);
    if (permission === undefined) {
      asked.gap(
        "github/access",
        asked.subject,
        `permission of team ${team.slug} on ${asked.repository}`,
        `${JSON.stringify(role)} is no permission that GitHub documents`,
        source,
      );
      continue;
    }
    asked.put({
      kind: "github/repository-access",
      repository: asked.repository ?? "",
      permission,
      to: { team: `${asked.organization}/${team.slug}` },
      ...customRole(role),
      source,
    });
  }
}

export function deployKeys(asked: Asked): void {
  for (const [key, source] of asked.items(DeployKey)) {
    if (key.enabled === false) continue;
    asked.put({
      kind: "github/repository-access",
      repository: asked.repository ?? "",
      permission: key.read_only ? "read" : "write",
      to: { deployKey: `${key.title} (${key.id})` },
      ...(key.last_used !== undefined && {
        used: { ...(key.last_used !== null && { last: key.last_used }), ...(key.created_at !== undefined && { created: key.created_at }) },
      }),
      source,
    });
  }
}
