// GitHub's REST answers: the members that its documentation shows for each object, less the many links that nothing reads.
import { ORG } from "../names.ts";
import { BOT, PEOPLE, login } from "../people.ts";
import { number, zuluDate } from "../pseudo.ts";

const API = "https://api.github.com";

/** Node ids are opaque; this is their form. */
export const nodeId = (prefix: string, id: number): string => `${prefix}_${Buffer.from(`acme${id}`).toString("base64url")}`;

export const ORG_ID = 9_182_736;

export function user(name: string, isOwner = false): Record<string, unknown> {
  const id = number(`user/${name}`, 8);
  return {
    login: name,
    id,
    node_id: nodeId("U", id),
    url: `${API}/users/${name}`,
    html_url: `https://github.com/${name}`,
    type: "User",
    user_view_type: "public",
    site_admin: false,
    ...(isOwner && {}),
  };
}

export const owner = {
  login: ORG,
  id: ORG_ID,
  node_id: nodeId("O", ORG_ID),
  url: `${API}/users/${ORG}`,
  html_url: `https://github.com/${ORG}`,
  type: "Organization",
  site_admin: false,
};

export function team(slug: string): Record<string, unknown> {
  const id = number(`team/${slug}`, 7);
  return {
    name: slug[0]?.toUpperCase() + slug.slice(1),
    id,
    node_id: nodeId("T", id),
    slug,
    description: "",
    privacy: "closed",
    notification_setting: "notifications_enabled",
    url: `${API}/organizations/${ORG_ID}/team/${id}`,
    html_url: `https://github.com/orgs/${ORG}/teams/${slug}`,
    permission: "pull",
    parent: null,
  };
}

export function repository(name: string): Record<string, unknown> {
  const id = number(`repository/${name}`, 9);
  return {
    id,
    node_id: nodeId("R", id),
    name,
    full_name: `${ORG}/${name}`,
    private: true,
    owner,
    html_url: `https://github.com/${ORG}/${name}`,
    url: `${API}/repos/${ORG}/${name}`,
    fork: false,
  };
}

export const secretName = (label: string, name: string): object => ({
  name,
  created_at: zuluDate(`${label}/${name}/created`),
  updated_at: zuluDate(`${label}/${name}`),
});

/** What an organization lets its teams and people do to a repository, from least to most. */
export const ROLES = ["read", "triage", "write", "maintain", "admin"] as const;
export type Role = (typeof ROLES)[number];

export function permissions(role: Role): object {
  const rank = ROLES.indexOf(role);
  return { admin: rank >= 4, maintain: rank >= 3, push: rank >= 2, triage: rank >= 1, pull: true };
}

export const FORGE_OWNER = "ines";

export const logins = (): readonly string[] => [...PEOPLE.map((person) => login(person.id)), BOT];
