// The people of a proposed charter: GitHub's members as placeholders, and the accounts whose owners only people know.
import type { Observations } from "../model/observation.ts";
import { quoted } from "./problem.ts";
import { comment, scalar, slug } from "./yaml-text.ts";

interface Member {
  readonly login: string;
  readonly why: string;
}

export function peopleText(observations: Observations): readonly string[] {
  const members = membersOf(observations);
  const groups = groupsOf(observations);
  const ids = new Set<string>();
  return [
    "",
    ...(members.length > 0
      ? ["people:"]
      : ["# QUESTION: which people are there? No members of a GitHub organization were read.", "people: []"]),
    ...members.flatMap(({ login, why }) => {
      const own = groups.get(login.toLowerCase()) ?? [];
      return [
        `  - id: ${scalar(freeId(login, ids))} ${comment(why)}`,
        `    name: ${scalar(`QUESTION: who is ${login}?`)}`,
        ...(own.length > 0 ? [`    groups: [${own.map(scalar).join(", ")}] # from GitHub teams`] : []),
        `    identities: { github: [${scalar(login)}] }`,
      ];
    }),
    ...ownersText(observations),
    ...custodiansText(observations),
  ];
}

// Members, and collaborators from outside; each login once, whatever its letter case.
function membersOf(observations: Observations): readonly Member[] {
  const found = new Map<string, Member>();
  const add = (login: string, why: string): void => {
    if (login !== "" && !found.has(login.toLowerCase())) found.set(login.toLowerCase(), { login, why });
  };
  for (const { login, bot, organization } of observations("github/member")) if (!bot) add(login, `member of ${quoted(organization)}`);
  for (const { to, repository } of observations("github/repository-access"))
    if ("login" in to && !to.bot) add(to.login, `collaborator of ${quoted(repository)}, in no list of members`);
  return [...found.values()];
}

function groupsOf(observations: Observations): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { slug: team, members } of observations("github/team"))
    for (const login of members ?? []) {
      const own = found.get(login.toLowerCase()) ?? [];
      const name = slug(team);
      if (name !== "" && !own.includes(name)) own.push(name);
      found.set(login.toLowerCase(), own);
    }
  return found;
}

function freeId(login: string, taken: Set<string>): string {
  const base = slug(login) || "person";
  let id = base;
  for (let n = 2; taken.has(id); n++) id = `${base}-${n}`;
  taken.add(id);
  return id;
}

// Bots, IAM users and Kubernetes users belong to somebody, and no system says to whom.
function ownersText(observations: Observations): readonly string[] {
  const bots = [
    ...observations("github/member")
      .filter(({ bot }) => bot)
      .map(({ login }) => login),
    ...observations("github/repository-access").flatMap(({ to }) => ("login" in to && to.bot ? [to.login] : [])),
  ];
  const users = observations("kubernetes/role-binding")
    .flatMap(({ subjects }) => subjects)
    .filter(({ type, name }) => type === "User" && !name.startsWith("system:"));
  const lines = [
    ...bots.map((login) => `bot ${quoted(login)}: whoever holds its token lists it under  identities.holds`),
    ...observations("aws/user").map(({ arn }) => `IAM user ${quoted(arn)}: if a person uses it, it stands under  identities.aws`),
    ...observations("aws/identity-center-user").map(
      ({ userName }) => `user ${quoted(userName)} of IAM Identity Center: it stands under  identities.identityCenter  of its person`,
    ),
    ...users.map(({ name }) => `Kubernetes user ${quoted(name)}: it stands under  identities.kubernetes  of its person`),
  ];
  return lines.length === 0 ? [] : ["# QUESTION: whose are these?", ...[...new Set(lines)].map((line) => comment(`- ${line}`))];
}

function custodiansText(observations: Observations): readonly string[] {
  const owners = observations("github/member").filter(({ role, bot }) => role === "admin" && !bot);
  const managers = observations("aws/organization").map(({ managementAccount }) => `root user of management account ${managementAccount}`);
  const lines = [...owners.map(({ login, organization }) => `${quoted(login)}, owner of ${quoted(organization)} on GitHub`), ...managers];
  return lines.length === 0
    ? []
    : [
        "",
        "# QUESTION: who are the custodians, and what holds them in check? Candidates:",
        ...[...new Set(lines)].map((line) => comment(`- ${line}`)),
      ];
}
