// A5: what someone who moved still has in production through a group of the team that they left.
import type { Estate } from "../estate.ts";
import { groupId as centerGroupId } from "../identity/identity-center.ts";
import { rootOf } from "../identity/estate.ts";
import { clusterId, namespaceId } from "../kubernetes/ids.ts";
import { environmentId, repositoryId } from "../pipeline/ids.ts";
import { productionNames } from "../reach/semantics.ts";
import type { Source } from "../../model/source.ts";
import type { Member } from "./roster.ts";

export interface Kept {
  readonly team: string;
  readonly since?: string;
  /** Entity id of the group. */
  readonly group: string;
  readonly words: string;
  /** The charter's environment. */
  readonly environment: string;
  readonly source: Source;
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");

/** `acme/payments` or `payments`. */
const teamName = (team: string): string => slug(team.slice(team.lastIndexOf("/") + 1));

/** Groups of the team that was left, where some production is granted to the group itself. A move that is still to come is none. */
export function keptOf(estate: Estate, member: Member): readonly Kept[] {
  const day = estate.asOf?.slice(0, 10);
  const moves = member.employees.flatMap((row) => row.moves.filter(({ on }) => on === undefined || day === undefined || on <= day));
  const present = new Set(member.employees.flatMap(({ team }) => (team === undefined ? [] : [slug(team)])));
  return moves.flatMap(({ from, on }) => {
    if (from === undefined || present.has(slug(from))) return [];
    const team = slug(from);
    const found = [
      ...declared(estate, member, team),
      ...onGithub(estate, member, team),
      ...inCenter(estate, member, team),
      ...inClusters(estate, member, team),
    ];
    return found.map((kept) => ({ ...kept, team: from, ...(on !== undefined && { since: on }) }));
  });
}

type Found = Omit<Kept, "team" | "since">;

/** By the charter's own access rules. */
function declared({ charter }: Estate, { person }: Member, team: string): readonly Found[] {
  const production = productionNames(charter);
  return person.groups
    .filter((group) => slug(group) === team)
    .flatMap((group) =>
      charter.access
        .filter(({ who }) => who === `group:${group}`)
        .flatMap(({ may, in: environments }) =>
          environments
            .filter((name) => production.has(name))
            .map((environment) => ({
              group: `group:${group}`,
              words: `group ${group} of the charter, which may ${may} in ${environment}`,
              environment,
              source: { file: "bulkhead.yaml", pointer: "/people" },
            })),
        ),
    );
}

function onGithub(estate: Estate, { person }: Member, team: string): readonly Found[] {
  const { observations, environmentOf } = estate;
  const production = productionNames(estate.charter);
  const logins = new Set(person.identities.github.map((login) => login.toLowerCase()));
  const own = observations("github/team").filter(
    (one) => teamName(one.slug) === team && (one.members ?? []).some((login) => logins.has(login.toLowerCase())),
  );
  return own.flatMap((one) => {
    const writes = observations("github/repository-access").filter(
      ({ to, permission }) => "team" in to && teamName(to.team) === team && permission !== "read" && permission !== "triage",
    );
    const reviews = observations("github/environment").filter(({ reviewers }) =>
      reviewers.some(({ type, name }) => type === "Team" && teamName(name) === team),
    );
    const environments = observations("github/environment").map((each) => ({
      ...each,
      belongs: environmentOf(environmentId(each.repository, each.name)) ?? "",
    }));
    const group = `${repositoryId(one.organization)}#team/${one.slug}`;
    const common = { group, source: one.source };
    return environments
      .filter(({ belongs }) => production.has(belongs))
      .flatMap(({ repository, name, belongs }): readonly Found[] => {
        if (reviews.some((each) => each.repository === repository && each.name === name))
          return [
            {
              ...common,
              words: `team ${one.slug} of ${one.organization}, which approves what ${repository} deploys to ${name}`,
              environment: belongs,
            },
          ];
        if (writes.some((each) => each.repository === repository))
          return [{ ...common, words: `team ${one.slug} of ${one.organization}, which writes to ${repository}`, environment: belongs }];
        return [];
      });
  });
}

function inCenter(estate: Estate, { person }: Member, team: string): readonly Found[] {
  const { observations, environmentOf } = estate;
  const production = productionNames(estate.charter);
  const names = new Set(person.identities.identityCenter.map((name) => name.toLowerCase()));
  const users = new Set(
    observations("aws/identity-center-user")
      .filter(({ userName, emails, isDisabled }) => !isDisabled && [userName, ...emails].some((name) => names.has(name.toLowerCase())))
      .map(({ id }) => id),
  );
  const sets = new Map(observations("aws/permission-set").map(({ arn, name }) => [arn, name]));
  return observations("aws/identity-center-group")
    .filter((group) => slug(group.name) === team)
    .filter((group) => observations("aws/identity-center-membership").some((one) => one.group === group.id && users.has(one.user)))
    .flatMap((group) =>
      observations("aws/account-assignment")
        .filter(({ principal }) => principal.type === "group" && principal.id === group.id)
        .flatMap(({ account, permissionSet, source }) => {
          const environment = environmentOf(rootOf(account));
          if (environment === undefined || !production.has(environment)) return [];
          const set = sets.get(permissionSet) ?? permissionSet;
          const words = `group ${group.name} of IAM Identity Center, which has ${set} in account ${account}`;
          return [{ group: centerGroupId(group.id), words, environment, source }];
        }),
    );
}

function inClusters(estate: Estate, { person }: Member, team: string): readonly Found[] {
  const { observations, environmentOf } = estate;
  const production = productionNames(estate.charter);
  const own = new Set(person.groups.filter((group) => slug(group) === team));
  if (own.size === 0) return [];
  return observations("kubernetes/role-binding").flatMap(({ cluster, namespace, name, subjects, source }) => {
    const environment = environmentOf(namespace === undefined ? clusterId(cluster) : namespaceId(cluster, namespace));
    const group = subjects.find((subject) => subject.type === "Group" && own.has(subject.name));
    if (environment === undefined || !production.has(environment) || !group) return [];
    const id = `k8s:${cluster}/-/Group.rbac.authorization.k8s.io/${group.name}`;
    return [{ group: id, words: `group ${group.name}, which binding ${name} of cluster ${cluster} lets in`, environment, source }];
  });
}
