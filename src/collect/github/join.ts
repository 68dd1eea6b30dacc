// Joins what single answers say of one thing, and tells what is then still missing.
import type { Gap } from "../../model/gap.ts";
import type { Observation } from "../../model/observation.ts";
import type {
  GithubActionsSettings,
  GithubEnvironment,
  GithubObservation,
  GithubPart,
  GithubSecret,
  GithubTeam,
  GithubVariable,
} from "../../model/observations/github.ts";
import type { ListedCall, ObservationSink } from "../collector.ts";
import { joinComparisons, joinDeployments, missFiles } from "./join-history.ts";
import { joinPages } from "./join-pages.ts";
import { joinRules } from "./join-rules.ts";
import { githubGap, type Topic } from "./topics.ts";

export interface Joining {
  readonly parts: <P extends GithubPart["part"]>(part: P) => readonly Extract<GithubPart, { part: P }>[];
  readonly of: <K extends GithubObservation["kind"]>(kind: K) => readonly Extract<GithubObservation, { kind: K }>[];
  readonly keep: (observation: Observation) => void;
  readonly gap: (topic: Topic, subject: string, what: string, why: string, source?: Gap["source"]) => void;
}

/** Kinds that are joined below; every other observation is kept as it is. */
const JOINED: ReadonlySet<string> = new Set([
  "github/part",
  "github/environment",
  "github/team",
  "github/actions-settings",
  "github/organization-actions-settings",
  "github/repository",
  "github/secret",
  "github/variable",
  "github/branch-rule",
  "github/deployment",
]);

export function join(observations: readonly Observation[], calls: readonly ListedCall[], sink: ObservationSink): void {
  const all = observations.filter((each): each is GithubObservation => each.kind.startsWith("github/"));
  const parts = all.filter((each): each is GithubPart => each.kind === "github/part");
  const joining: Joining = {
    parts: <P extends GithubPart["part"]>(part: P) => parts.filter((each): each is Extract<GithubPart, { part: P }> => each.part === part),
    of: <K extends GithubObservation["kind"]>(kind: K) =>
      all.filter((each): each is Extract<GithubObservation, { kind: K }> => each.kind === kind),
    keep: (observation) => sink.observation(observation),
    gap: (topic, subject, what, why, source) => sink.gap(githubGap(topic, subject, what, why, source)),
  };
  for (const each of all) if (!JOINED.has(each.kind)) sink.observation(each);
  joinRepositories(joining);
  joinPages(joining);
  joinPeople(joining);
  joinEnvironments(joining);
  joinSettings(joining);
  joinSelected(joining);
  joinRunners(joining);
  joinRules(joining);
  joinDeployments(joining);
  joinComparisons(joining);
  missFiles(joining, calls);
}

/** The list of an organization and the repository's own answer tell the same; the own answer tells more and stands first. */
function joinRepositories(joining: Joining): void {
  const byName = Map.groupBy(joining.of("github/repository"), (repository) => repository.repository.toLowerCase());
  for (const found of byName.values()) {
    const best = found.find((each) => each.allowForking !== undefined && each.source.pointer === "") ?? found[0];
    if (best) joining.keep(best);
  }
  for (const { repository, source } of joining.parts("repository-listed")) {
    if (!byName.has(repository.toLowerCase()))
      joining.gap(
        "github/repository",
        `github:${repository}`,
        `repository ${repository}`,
        "the organization lists it, and nothing of it was collected",
        source,
      );
  }
}

function joinPeople(joining: Joining): void {
  const byMember = Map.groupBy(joining.parts("member"), (member) => `${member.organization}/${member.login.toLowerCase()}`);
  const adminsAsked = new Set(
    joining
      .parts("page")
      .flatMap((page) => (page.what === "members" && page.asked.split(" ").includes("role=admin") ? [page.subject] : [])),
  );
  const unsaid = new Set<string>();
  for (const found of byMember.values()) {
    const first = found[0];
    if (!first) continue;
    const role = found.some((each) => each.role === "admin")
      ? "admin"
      : (found.find((each) => each.role !== undefined)?.role ?? (adminsAsked.has(`github:${first.organization}`) ? "member" : undefined));
    const { organization, login, bot, source } = first;
    if (role === undefined && !unsaid.has(organization) && unsaid.add(organization))
      joining.gap(
        "github/member",
        `github:${organization}`,
        `owners of ${organization}`,
        "not collected: ask GET /orgs/ORG/members?role=admin",
        source,
      );
    joining.keep({ kind: "github/member", organization, login, role: role ?? "member", bot, source });
  }
  const members = joining.parts("team-members");
  const kept = new Set<string>();
  for (const team of joining.of("github/team")) {
    const key = `${team.organization}/${team.slug}`;
    if (kept.has(key)) continue;
    kept.add(key);
    const own = members.filter((each) => each.organization === team.organization && each.slug === team.slug);
    if (own.length === 0)
      joining.gap(
        "github/team",
        `github:${team.organization}#team/${team.slug}`,
        `members of team ${key}`,
        "not collected: ask GET /orgs/ORG/teams/SLUG/members",
        team.source,
      );
    joining.keep(own.length === 0 ? team : ({ ...team, members: [...new Set(own.flatMap((each) => each.members))] } satisfies GithubTeam));
  }
}

function joinEnvironments(joining: Joining): void {
  const seen = new Set<string>();
  for (const environment of joining.of("github/environment")) {
    const key = `${environment.repository}#environment/${environment.name}`;
    // "Environment names are not case sensitive" (GitHub Docs, "Managing environments for deployment").
    if (seen.has(key.toLowerCase())) continue;
    seen.add(key.toLowerCase());
    const isOf = (part: { readonly repository: string; readonly environment: string }): boolean =>
      part.repository.toLowerCase() === environment.repository.toLowerCase() &&
      part.environment.toLowerCase() === environment.name.toLowerCase();
    const policies = joining.parts("branch-policies").filter(isOf);
    const custom = joining.parts("custom-rules").filter(isOf);
    const apps = custom.flatMap((part) => part.apps);
    const isCustom = typeof environment.branches === "object";
    if (isCustom && policies.length === 0) {
      joining.gap(
        "github/environment-branch-policies",
        `github:${key}`,
        `branches that environment ${environment.name} of ${environment.repository} admits`,
        "not collected: ask GET /repos/ORG/REPO/environments/NAME/deployment-branch-policies",
        environment.source,
      );
    }
    const branches: GithubEnvironment["branches"] =
      isCustom && policies.length > 0
        ? { patterns: policies.flatMap((part) => part.patterns), tagPatterns: policies.flatMap((part) => part.tagPatterns) }
        : environment.branches;
    joining.keep({ ...environment, branches, ...(custom.length > 0 && { customRules: apps, hasCustomRules: apps.length > 0 }) });
  }
}

/** Three answers say the Actions settings of a repository: they are one observation. */
function joinSettings(joining: Joining): void {
  for (const found of Map.groupBy(joining.of("github/actions-settings"), (each) => each.repository).values()) {
    joining.keep(Object.assign({}, ...found.toReversed()) as GithubActionsSettings);
  }
  for (const found of Map.groupBy(joining.of("github/organization-actions-settings"), (each) => each.organization).values()) {
    joining.keep(Object.assign({}, ...found.toReversed()) as Observation);
  }
}

/** Repositories that an organization's secret, variable or runner group was opened to, by what; a long list stands in several answers. */
function selectedOf(joining: Joining): ReadonlyMap<string, readonly string[]> {
  const selected = new Map<string, readonly string[]>();
  for (const { of, repositories } of joining.parts("selected-repositories"))
    selected.set(of, [...new Set([...(selected.get(of) ?? []), ...repositories])]);
  return selected;
}

type Named = GithubSecret | GithubVariable;

function joinSelected(joining: Joining): void {
  const all: readonly Named[] = [...joining.of("github/secret"), ...joining.of("github/variable")];
  const selected = selectedOf(joining);
  for (const named of all) if (named.organization === undefined) joining.keep(named);
  const shared = all.filter((named) => named.organization !== undefined);
  for (const found of Map.groupBy(shared, (named) => `${named.kind} ${named.organization} ${named.name.toUpperCase()}`).values()) {
    const first = found[0];
    if (first) joining.keep(sharedOf(joining, first, found, selected));
  }
}

/** The organization's own list tells who may use it; those of single repositories tell only of themselves. */
function sharedOf(joining: Joining, first: Named, found: readonly Named[], selected: ReadonlyMap<string, readonly string[]>): Named {
  const own = found.find((named) => typeof named.visibility !== "object");
  if (own === undefined) {
    const repositories = found.flatMap(({ visibility }) => (typeof visibility === "object" ? visibility.repositories : []));
    return { ...first, visibility: { repositories: [...new Set(repositories)] } };
  }
  if (own.visibility !== undefined) return own;
  const noun = own.kind === "github/secret" ? "secret" : "variable";
  const repositories = selected.get(`${own.organization}/${noun}/${own.name}`);
  if (repositories !== undefined) return { ...own, visibility: { repositories } };
  joining.gap(
    own.kind,
    `github:${own.organization}#${noun}/${own.name}`,
    `repositories that may use ${noun} ${own.name} of ${own.organization}`,
    `not collected: ask GET /orgs/ORG/actions/${noun}s/NAME/repositories`,
    own.source,
  );
  return own;
}

function joinRunners(joining: Joining): void {
  const groups = joining.parts("runner-group");
  const names = new Map(groups.map((part) => [`${part.group.organization}/${part.id}`, part.group.name]));
  const selected = selectedOf(joining);
  for (const { id, selected: isSelected, group } of groups) {
    const repositories = selected.get(`${group.organization}/runner-group/${id}`);
    if (isSelected && repositories === undefined) {
      joining.gap(
        "github/runner-group",
        `github:${group.organization}`,
        `repositories that may use runner group ${group.name} of ${group.organization}`,
        "not collected: ask GET /orgs/ORG/actions/runner-groups/ID/repositories",
        group.source,
      );
    }
    joining.keep(isSelected && repositories !== undefined ? { ...group, visibility: { repositories } } : group);
  }
  const seen = new Set<string>();
  for (const { groupId, runner } of joining
    .parts("runner")
    .toSorted((a, b) => Number(b.groupId !== undefined) - Number(a.groupId !== undefined))) {
    const key = `${runner.scope}/${runner.name}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const group = groupId === undefined ? undefined : names.get(`${runner.scope}/${groupId}`);
    joining.keep(group === undefined ? runner : { ...runner, group });
  }
}
