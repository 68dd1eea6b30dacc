// Who can do what to a repository: direct grants, teams with their descendants, the organization's default, its owners.
import type { GithubMember, GithubPermission, GithubRepositoryAccess, GithubTeam } from "../../model/observations/github.ts";
import type { Source } from "../../model/source.ts";
import type { PlaneInput } from "../plane.ts";
import { appId, deployKeyId, loginId, organizationOf } from "./ids.ts";

/** One reason why an account has a permission: what someone would change to take it away. */
export interface Reason {
  readonly permission: GithubPermission;
  /** `team/platform`, `the default permission of acme`. */
  readonly through: string;
  readonly source: Source;
  /** A custom role: what it adds to its base is not collected. */
  readonly customRole?: string;
}

export interface Account {
  readonly id: string;
  readonly kind: "account" | "principal";
  readonly label: string;
  readonly source: Source;
}

export interface Holder extends Account {
  /** The strongest first. */
  readonly reasons: readonly Reason[];
}

export interface Access {
  /** False when nobody's access to the repository was read. */
  readonly known: boolean;
  readonly holders: readonly Holder[];
  /** Teams with a permission whose members were not all read. */
  readonly unreadTeams: readonly (Reason & { readonly team: string })[];
  /** Members who have the organization's default permission, where that was not read. */
  readonly defaultUnread: readonly Account[];
}

const RANK: Readonly<Record<GithubPermission, number>> = { read: 0, triage: 1, write: 2, maintain: 3, admin: 4 };

export const atLeast = (permission: GithubPermission, least: GithubPermission): boolean => RANK[permission] >= RANK[least];

/** Holders who have at least this permission. */
export const holding = (access: Access, least: GithubPermission): readonly Holder[] =>
  access.holders.filter((holder) => holder.reasons.some((reason) => atLeast(reason.permission, least)));

/** Everyone in the organizations that were read: members, teams, owners, and the spelling of each login. */
export interface Directory {
  readonly members: ReadonlyMap<string, readonly GithubMember[]>;
  readonly account: (login: string, bot: boolean, source: Source) => Account;
  readonly team: (organization: string, team: string) => { readonly members: readonly Account[]; readonly complete: boolean };
  /** Every login that the estate or the charter names: who an unread list could hold. */
  readonly everyone: readonly Account[];
}

const slugOf = (team: string): string => team.slice(team.lastIndexOf("/") + 1);

/**
 * GitHub compares logins without regard to case, ids do: an observed login takes the charter's spelling, so that one person's account is one entity.
 */
function spelling(input: PlaneInput): (login: string) => string {
  const declared = new Map(input.charter.people.flatMap((person) => person.identities.github.map((login) => [login.toLowerCase(), login])));
  return (login) => declared.get(login.toLowerCase()) ?? login;
}

/** The team and its descendants: "Child teams inherit the parent's access permissions" (GitHub Docs, "About teams", nested teams). */
function descendants(teams: readonly GithubTeam[], slug: string): readonly GithubTeam[] {
  const found = new Set<GithubTeam>(teams.filter((team) => team.slug === slug));
  for (const parent of found)
    for (const team of teams) if (team.parent !== undefined && slugOf(team.parent) === parent.slug) found.add(team);
  return [...found];
}

export function readDirectory(input: PlaneInput): Directory {
  const spelled = spelling(input);
  const members = Map.groupBy(input.observations("github/member"), (member) => member.organization);
  const teams = Map.groupBy(input.observations("github/team"), (team) => team.organization);
  const bots = new Set(input.observations("github/member").flatMap((member) => (member.bot ? [member.login.toLowerCase()] : [])));
  const everyone = new Map<string, Account>();
  const account = (login: string, bot: boolean, source: Source): Account => {
    const isBot = bot || bots.has(login.toLowerCase()) || login.endsWith("[bot]");
    const name = spelled(login);
    const made: Account = { id: loginId(name), kind: isBot ? "principal" : "account", label: `@${name}`, source };
    const known = everyone.get(made.id);
    if (known !== undefined && (known.kind === "principal" || made.kind === "account")) return known;
    everyone.set(made.id, made);
    return made;
  };
  for (const member of input.observations("github/member")) account(member.login, member.bot, member.source);
  for (const access of input.observations("github/repository-access"))
    if ("login" in access.to) account(access.to.login, access.to.bot, access.source);
  for (const team of input.observations("github/team")) for (const login of team.members ?? []) account(login, false, team.source);
  for (const person of input.charter.people)
    for (const login of person.identities.github) account(login, false, { file: "bulkhead.yaml", pointer: "/people" });
  return {
    members,
    account,
    everyone: [...everyone.values()],
    team: (organization, team) => {
      const found = descendants(teams.get(organization) ?? [], slugOf(team));
      return {
        members: found.flatMap((one) => (one.members ?? []).map((login) => account(login, false, one.source))),
        complete: found.length > 0 && found.every((one) => one.members !== undefined),
      };
    },
  };
}

interface Draft {
  readonly account: Account;
  readonly reasons: Reason[];
}

function accountOf(access: GithubRepositoryAccess, directory: Directory): Account | undefined {
  const { to, repository, source } = access;
  if ("login" in to) return directory.account(to.login, to.bot, source);
  if ("deployKey" in to)
    return { id: deployKeyId(repository, to.deployKey), kind: "principal", label: `deploy key ${to.deployKey}`, source };
  if ("app" in to) return { id: appId(to.app), kind: "principal", label: `app ${to.app}`, source };
  return undefined;
}

/** Source: GitHub Docs, "Repository roles for an organization"; "Setting base permissions for an organization": owners have admin everywhere. */
export function readAccess(
  input: PlaneInput,
  directory: Directory,
  repository: string,
  granted: readonly GithubRepositoryAccess[],
): Access {
  const organization = organizationOf(repository);
  const drafts = new Map<string, Draft>();
  const unreadTeams: (Reason & { team: string })[] = [];
  const add = (account: Account, reason: Reason): void => {
    const draft = drafts.get(account.id) ?? { account, reasons: [] };
    draft.reasons.push(reason);
    drafts.set(account.id, draft);
  };
  for (const access of granted) {
    const { permission, source } = access;
    const role = access.customRole === undefined ? {} : { customRole: access.customRole };
    const account = accountOf(access, directory);
    if (account !== undefined) add(account, { permission, through: account.label, source, ...role });
    if (!("team" in access.to)) continue;
    const through = `team/${slugOf(access.to.team)}`;
    const team = directory.team(organization, access.to.team);
    for (const member of team.members) add(member, { permission, through, source, ...role });
    if (!team.complete) unreadTeams.push({ permission, through, source, team: slugOf(access.to.team) });
  }
  const members = directory.members.get(organization) ?? [];
  const settings = input.observations("github/organization").find((one) => one.organization === organization);
  for (const member of members) {
    const account = directory.account(member.login, member.bot, member.source);
    if (member.role === "admin") add(account, { permission: "admin", through: `ownership of ${organization}`, source: member.source });
    const base = settings?.defaultPermission;
    if (settings && base !== undefined && base !== "none")
      add(account, { permission: base, through: `the default permission of ${organization}`, source: settings.source });
  }
  const strongest = (a: Reason, b: Reason): number => RANK[b.permission] - RANK[a.permission];
  return {
    known: granted.length > 0,
    holders: [...drafts.values()].map(({ account, reasons }) => ({ ...account, reasons: reasons.toSorted(strongest) })),
    unreadTeams,
    defaultUnread:
      settings?.defaultPermission === undefined
        ? members.filter((member) => member.role === "member").map((member) => directory.account(member.login, member.bot, member.source))
        : [],
  };
}
