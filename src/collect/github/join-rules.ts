// Branch rules from rulesets: those of the organization come to each repository they are for, actors get names, listed ones must have been read.
import { globMatches } from "../../lib/glob.ts";
import type { GithubBranchRule, GithubBypassActor, GithubRepositoryChoice } from "../../model/observations/github.ts";
import type { Joining } from "./join.ts";

export function joinRules(joining: Joining): void {
  const naming = actorNames(joining);
  const kept = new Set<string>();
  const keep = (rule: GithubBranchRule): void => {
    const key = rule.ruleset === undefined ? undefined : `${rule.repository} ${rule.ruleset}`;
    if (key !== undefined && kept.has(key)) return;
    if (key !== undefined) kept.add(key);
    joining.keep({ ...rule, bypass: rule.bypass.map(naming) });
  };
  for (const rule of joining.of("github/branch-rule")) keep(rule);
  const repositories = [...new Map(joining.of("github/repository").map((each) => [each.repository, each])).values()];
  for (const { organization, repositories: choice, rule } of joining.parts("organization-ruleset")) {
    for (const repository of repositories) {
      if (!repository.repository.startsWith(`${organization}/`)) continue;
      const applies = appliesTo(choice, repository.repository, repository.id);
      if (applies === true) keep({ ...rule, repository: repository.repository });
      if (applies === "unknown") {
        const what = `whether ruleset ${rule.ruleset} of ${organization} is for ${repository.repository}`;
        joining.gap(
          "github/ruleset",
          `github:${repository.repository}`,
          what,
          "it chooses repositories by property, which was not read",
          rule.source,
        );
      }
    }
  }
  effective(joining, keep);
  unread(joining);
}

/** Rules that hold on a branch come from a ruleset that may be for more: they count where the ruleset itself was not read. */
function effective(joining: Joining, keep: (rule: GithubBranchRule) => void): void {
  const read = new Set(joining.parts("ruleset-read").map((part) => part.id));
  const found = joining.parts("effective-rule").filter(({ rule }) => rule.ruleset === undefined || !read.has(rule.ruleset));
  for (const same of Map.groupBy(found, ({ rule }) => `${rule.repository} ${rule.ruleset}`).values()) {
    const rule = same[0]?.rule;
    if (!rule) continue;
    joining.gap(
      "github/ruleset-bypass",
      `github:${rule.repository}#ruleset/${rule.ruleset}`,
      `who may bypass ruleset ${rule.ruleset} of ${rule.repository}`,
      `not collected: ask GET /repos/ORG/REPO/rulesets/${rule.ruleset}`,
      rule.source,
    );
    keep({ ...rule, include: [...new Set(same.flatMap((each) => each.rule.include))] });
  }
}

function appliesTo(choice: GithubRepositoryChoice, repository: string, id: number | undefined): boolean | "unknown" {
  if (choice === "by-property") return "unknown";
  if ("ids" in choice) return id === undefined ? "unknown" : choice.ids.includes(id);
  const name = repository.slice(repository.indexOf("/") + 1);
  const matches = (patterns: readonly string[]): boolean => patterns.some((pattern) => pattern === "~ALL" || globMatches(pattern, name));
  return matches(choice.include) && !matches(choice.exclude);
}

/** Rulesets that a list names and no file tells. */
function unread(joining: Joining): void {
  const read = new Set(joining.parts("ruleset-read").map((part) => part.id));
  for (const { repository, organization, id, name, source } of joining.parts("ruleset-listed")) {
    if (read.has(id)) continue;
    const of = repository ?? organization ?? "";
    joining.gap(
      "github/ruleset",
      `github:${of}`,
      `ruleset ${name} of ${of}`,
      `not collected: ask GET /repos/ORG/REPO/rulesets/${id}`,
      source,
    );
  }
}

/** Actors that rulesets give by number, by the names that other answers tell. */
function actorNames(joining: Joining): (actor: GithubBypassActor) => GithubBypassActor {
  const users = new Map(joining.parts("user-id").map(({ id, login }) => [id, login]));
  const apps = new Map(joining.parts("app-id").map(({ id, app }) => [id, app]));
  const teams = new Map(
    joining.of("github/team").flatMap((team) => (team.id === undefined ? [] : [[team.id, `${team.organization}/${team.slug}`] as const])),
  );
  return (actor) => {
    if (!("actor" in actor)) return actor;
    const name = { user: users, team: teams, app: apps }[actor.actor].get(actor.id);
    if (name === undefined) return actor;
    const named = actor.actor === "user" ? { login: name } : actor.actor === "team" ? { team: name } : { app: name };
    return actor.pullRequestsOnly ? { ...named, pullRequestsOnly: true } : named;
  };
}
