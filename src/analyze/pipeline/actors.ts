// The accounts that a list of users, teams, apps and roles stands for, with those it could also stand for where a list was not read.
import { gapId } from "../../model/gap.ts";
import { type Fact, fact } from "../../model/rule.ts";
import type { GithubBranchRule } from "../../model/observations/github.ts";
import type { Source } from "../../model/source.ts";
import { type Account, atLeast, holding } from "./access.ts";
import type { Pipeline, RepositoryFacts } from "./facts.ts";
import { actionsBotId, appId } from "./ids.ts";

export interface Actor extends Account {
  /** Given: the account may or may not be on the list, and why. */
  readonly because?: string;
}

export const actsAs = (actor: { readonly id: string }): Fact => fact("act-as", actor.id);

const unsure = (accounts: readonly Account[], because: string): Actor[] => accounts.map((account) => ({ ...account, because }));

/** One entry an account: certain beats uncertain. */
export function distinct(actors: readonly Actor[]): readonly Actor[] {
  const byId = new Map<string, Actor>();
  for (const actor of actors) {
    const known = byId.get(actor.id);
    if (known === undefined || (known.because !== undefined && actor.because === undefined)) byId.set(actor.id, actor);
  }
  return [...byId.values()];
}

export function teamActors(pipeline: Pipeline, organization: string, team: string): readonly Actor[] {
  const read = pipeline.directory.team(organization, team);
  return read.complete
    ? read.members
    : [...read.members, ...unsure(pipeline.directory.everyone, `the members of team/${team} were not collected`)];
}

/** An app acts as its bot; the app of the automatic token acts as the repository's own. */
const appActor = (repository: RepositoryFacts, app: string, source: Source): Actor =>
  app === "github-actions"
    ? { id: actionsBotId(repository.name), kind: "principal", label: `GitHub Actions of ${repository.name}`, source }
    : { id: appId(app), kind: "principal", label: `app ${app}`, source };

/** Apps that the organization installed with a permission; "selected" repositories are known to the app alone. */
export function installedApps(pipeline: Pipeline, repository: RepositoryFacts, permission: string): readonly Actor[] {
  return pipeline.input
    .observations("github/app-installation")
    .filter((app) => app.organization === repository.organization && /^(write|admin)$/.test(app.permissions[permission] ?? ""))
    .map((app) => ({
      ...appActor(repository, app.app, app.source),
      ...(app.repositories === "selected" && { because: `which repositories app ${app.app} was installed on was not collected` }),
    }));
}

const isDeployKey = (actor: Account): boolean => actor.id.includes("#deploy-key/");

const accessGap = (repository: RepositoryFacts): string => `github/access:${repository.id}`;

/** "Custom repository roles … add permissions to a base role" (GitHub Docs): editing rules or settings may be among them. */
const customRoles = (repository: RepositoryFacts): readonly Actor[] =>
  repository.access.holders.flatMap((holder) => {
    const role = holder.reasons.find((reason) => reason.customRole !== undefined)?.customRole;
    return role === undefined ? [] : unsure([holder], `what role ${role} adds to its base is not collected`);
  });

/** Everyone with at least this permission, whichever way they have it. */
export function permitted(pipeline: Pipeline, repository: RepositoryFacts, least: "write" | "maintain" | "admin"): readonly Actor[] {
  const { access } = repository;
  const everyone = pipeline.directory.everyone;
  const denied = repository.gaps("github/access")[0];
  const apps = installedApps(pipeline, repository, least === "admin" ? "administration" : "contents");
  return distinct([
    ...holding(access, least),
    ...(least === "maintain" ? [] : apps),
    ...(access.known || repository.isAbsent("github/access") ? [] : unsure(everyone, accessGap(repository))),
    ...(denied === undefined ? [] : unsure(everyone, gapId(denied))),
    ...access.unreadTeams
      .filter((team) => atLeast(team.permission, least))
      .flatMap((team) => unsure(everyone, `the members of team/${team.team} were not collected`)),
    ...(least === "admin" ? customRoles(repository) : []),
    ...(least === "write" ? unsure(access.defaultUnread, `github/organization:github:${repository.organization}`) : []),
  ]);
}

/**
 * Who may approve a pull request so that it counts: "approved by the required number of reviewers with write permissions" (GitHub Docs, "About
 * protected branches"). Keys review nothing. The automatic token's bot counts when the setting "Allow GitHub Actions to create and approve pull
 * requests" is on, since a workflow of any branch can give its own token pull-requests: write.
 */
export function approvers(pipeline: Pipeline, repository: RepositoryFacts): readonly Actor[] {
  const bot = appActor(repository, "github-actions", repository.source);
  const allowed = repository.canApprovePullRequests;
  return distinct([
    ...permitted(pipeline, repository, "write").filter((actor) => !isDeployKey(actor)),
    ...installedApps(pipeline, repository, "pull_requests"),
    ...(allowed === true ? [bot] : []),
    ...(allowed === undefined ? [{ ...bot, because: `github/actions-settings:${repository.id}` }] : []),
  ]);
}

/**
 * Who may be a pull request's author beside the approver: whoever has write access and, where forks are possible, any account at all. GitHub never
 * counts an author's own approval ("Pull request authors cannot approve their own pull requests", Docs, "Approving a pull request with required
 * reviews"), so a second account of the same person is the way past it.
 */
export function authors(pipeline: Pipeline, repository: RepositoryFacts): readonly Actor[] {
  const writers = approvers(pipeline, repository);
  const open = repository.observed?.visibility === "public" || repository.observed === undefined;
  const readers = repository.observed?.allowForking === false ? [] : repository.access.holders.filter((holder) => !isDeployKey(holder));
  return distinct([...writers, ...readers, ...(open ? pipeline.directory.everyone : [])]);
}

type Listed = { readonly login: string } | { readonly team: string } | { readonly app: string };

export function listedActors(pipeline: Pipeline, repository: RepositoryFacts, listed: Listed, source: Source): readonly Actor[] {
  if ("login" in listed) return [pipeline.directory.account(listed.login, false, source)];
  if ("team" in listed) return teamActors(pipeline, repository.organization, listed.team);
  return [appActor(repository, listed.app, source)];
}

const KNOWN_ROLES: ReadonlySet<string> = new Set(["write", "maintain", "admin"]);

export function bypassActors(pipeline: Pipeline, repository: RepositoryFacts, rule: GithubBranchRule): readonly Actor[] {
  const writers = permitted(pipeline, repository, "write");
  const actors = rule.bypass.flatMap((one): readonly Actor[] => {
    if ("admins" in one) return permitted(pipeline, repository, "admin");
    if ("login" in one || "team" in one || "app" in one) return listedActors(pipeline, repository, one, rule.source);
    if ("organizationAdmins" in one) {
      const members = pipeline.directory.members.get(repository.organization);
      if (members === undefined) return unsure(pipeline.directory.everyone, `github/member:github:${repository.organization}`);
      return members
        .filter((member) => member.role === "admin")
        .map((member) => pipeline.directory.account(member.login, member.bot, member.source));
    }
    if ("deployKeys" in one) return writers.filter(isDeployKey);
    if ("role" in one && KNOWN_ROLES.has(one.role))
      return permitted(pipeline, repository, one.role as "write" | "maintain" | "admin").filter((actor) => !isDeployKey(actor));
    const name = "role" in one ? `role ${one.role}` : `${one.actor} ${one.id}`;
    return unsure([...writers, ...pipeline.directory.everyone], `who ${name} is, which may bypass the rule, was not collected`);
  });
  const hidden = rule.bypassUnknown ? unsure(pipeline.directory.everyone, `github/ruleset-bypass:${repository.id}`) : [];
  return distinct([...actors, ...hidden]);
}
