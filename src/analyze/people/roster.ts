// The people of the charter with what directories and the personnel file say of them: from here on every question is asked of everyone, with all their accounts.
import type { Charter, Person } from "../../charter/schema.ts";
import type { Gap } from "../../model/gap.ts";
import type { Observations } from "../../model/observation.ts";
import type { IdentityEmployee, IdentityUser } from "../../model/observations/identity.ts";
import type { Source } from "../../model/source.ts";
import { directoryGroups } from "./groups.ts";
import { accountId, type Match, matchesOf } from "./match.ts";

/** A person, with the accounts and rows that are theirs. */
export interface Member {
  readonly person: Person;
  readonly employees: readonly IdentityEmployee[];
  readonly users: readonly IdentityUser[];
}

export interface Roster {
  /** The charter with everyone whom the personnel file knows, and with the accounts that are theirs by address. */
  readonly charter: Charter;
  readonly members: readonly Member[];
  readonly gaps: readonly Gap[];
}

const CLAUSES = ["A2", "A6"];

export function rosterOf(charter: Charter, observations: Observations): Roster {
  const matches = matchesOf(charter, observations);
  if (matches.every(({ employees, users }) => employees.length === 0 && users.length === 0))
    return { charter, members: charter.people.map((person) => ({ person, employees: [], users: [] })), gaps: [] };
  const gaps: Gap[] = [];
  const claims = claimsOf(charter);
  const joining: Joining = {
    observations,
    claims,
    groups: groupsBySomeone(charter, observations),
    gaps,
    taken: new Set(charter.people.map(({ id }) => id)),
  };
  const members = matches.flatMap((match) => membersOf(match, joining));
  gaps.push(...unmapped(matches));
  const order = new Map(charter.people.map(({ id }, index) => [id, index]));
  const sorted = members.toSorted((a, b) => (order.get(a.person.id) ?? order.size) - (order.get(b.person.id) ?? order.size));
  return { charter: { ...charter, people: sorted.map(({ person }) => person) }, members: sorted, gaps };
}

interface Joining {
  readonly observations: Observations;
  /** Whose an account is by the charter's own word: `github ann-acme` → person. */
  readonly claims: ReadonlyMap<string, string>;
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly gaps: Gap[];
  /** Ids of people. */
  readonly taken: Set<string>;
}

function membersOf({ people, employees, users, addresses }: Match, joining: Joining): readonly Member[] {
  const [person, another] = people;
  if (person && another) {
    const [shared] = [...users, ...employees];
    const names = people.map(({ id }) => id).join(" and ");
    joining.gaps.push(gapOf(`person:${person.id}`, `which accounts are ${names}'s`, "they share an address or a number", shared?.source));
    return people.map((each) => ({ person: each, employees: [], users: [] }));
  }
  const [employee] = employees;
  if (!person && !employee) return [];
  const known = person ?? newcomer(employee as IdentityEmployee, joining.taken);
  return [{ person: joined(known, { employees, users, addresses }, joining), employees, users }];
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");

/** Someone whom only the personnel file knows. */
function newcomer({ id, addresses, name }: IdentityEmployee, taken: Set<string>): Person {
  const [local = ""] = (addresses[0] ?? "").split("@");
  const base = id === undefined ? slug(local) || "person" : `employee-${slug(id)}`;
  let own = base;
  for (let i = 2; taken.has(own); i++) own = `${base}-${i}`;
  taken.add(own);
  return {
    id: own,
    name: name ?? addresses[0] ?? own,
    groups: [],
    identities: { github: [], aws: [], identityCenter: [], kubernetes: [], holds: [] },
  };
}

function joined(person: Person, match: Omit<Match, "people">, joining: Joining): Person {
  const { employees, users, addresses } = match;
  const { observations } = joining;
  const said = [...employees, ...users];
  const first = (key: "employer" | "team" | "country"): string | undefined =>
    person[key] ?? said.find((each) => each[key] !== undefined)?.[key];
  const [employer, team, country] = [first("employer"), first("team"), first("country")];
  const has = (address: string): boolean => addresses.has(address.toLowerCase());
  const own = (system: "github" | "gitlab" | "kubernetes" | "aws", declared: readonly string[], found: readonly string[]): string[] => [
    ...declared,
    ...new Set(
      found.filter((each) => !declared.some((one) => one.toLowerCase() === each.toLowerCase()) && isFree(person, system, each, joining)),
    ),
  ];
  const links = observations("identity/link").filter(({ address }) => has(address));
  const gitlab = observations("gitlab/member").filter((member) => (member.addresses ?? []).some(has));
  const { identities } = person;
  const accounts = new Set(users.filter(({ isActive }) => isActive !== false).map(accountId));
  const groups = [...accounts].flatMap((id) => joining.groups.get(id) ?? []);
  return {
    ...person,
    ...(employer !== undefined && { employer }),
    ...(team !== undefined && { team }),
    ...(country !== undefined && { country }),
    groups: [...new Set([...person.groups, ...groups])],
    identities: {
      ...identities,
      github: own("github", identities.github, [
        ...said.flatMap(({ accounts: { github } }) => github),
        ...links.map(({ account }) => account),
      ]),
      gitlab: own("gitlab", identities.gitlab ?? [], [
        ...said.flatMap((each) => each.accounts.gitlab),
        ...gitlab.map(({ username }) => username),
      ]),
      identityCenter: [...new Set([...identities.identityCenter, ...addresses])],
      kubernetes: own(
        "kubernetes",
        identities.kubernetes,
        usersOfClusters(observations).filter((name) => has(withoutPrefix(name))),
      ),
      aws: own(
        "aws",
        identities.aws,
        observations("aws/user").flatMap(({ name, arn }) => (has(name) ? [arn] : [])),
      ),
    },
  };
}

/** `oidc:ann@acme.example`: the API server may put a prefix before what the provider asserts (Kubernetes, "Authenticating", --oidc-username-prefix). */
const withoutPrefix = (user: string): string => user.replace(/^[^@]*[:#/](?=[^:#/]*@)/, "");

const clusterUsers = new WeakMap<Observations, readonly string[]>();

/** User names that some binding of some cluster names. */
function usersOfClusters(observations: Observations): readonly string[] {
  const known = clusterUsers.get(observations);
  if (known) return known;
  const subjects = observations("kubernetes/role-binding").flatMap((binding) => binding.subjects);
  const names = [...new Set(subjects.flatMap((subject) => (subject.type === "User" && subject.name.includes("@") ? [subject.name] : [])))];
  clusterUsers.set(observations, names);
  return names;
}

/** The charter's word stands: a login that it gives to one person is not another's because a directory says so, and the two are told. */
function isFree({ id, name }: Person, system: string, account: string, { claims, gaps }: Joining): boolean {
  const holder = claims.get(`${system} ${account.toLowerCase()}`);
  if (holder === undefined || holder === id) return true;
  gaps.push(
    gapOf(
      `${system}:${account}`,
      `whose ${account} of ${system} is`,
      `the charter says ${holder}'s, and what was collected says ${name}'s`,
    ),
  );
  return false;
}

function claimsOf({ people }: Charter): ReadonlyMap<string, string> {
  const claim = (system: string, accounts: readonly string[], id: string) =>
    accounts.map((account) => [`${system} ${account.toLowerCase()}`, id] as const);
  return new Map(
    people.flatMap(({ id, identities }) => [
      ...claim("github", identities.github, id),
      ...claim("gitlab", identities.gitlab ?? [], id),
      ...claim("kubernetes", identities.kubernetes, id),
      ...claim(
        "aws",
        identities.aws.filter((arn) => arn.includes(":user/")),
        id,
      ),
    ]),
  );
}

/**
 * By account, the names of its groups. The charter decides who is in a group that bears the name of one of its own; a group of which some members were
 * not read stays undecided, for whoever asks about it.
 */
function groupsBySomeone(charter: Charter, observations: Observations): ReadonlyMap<string, readonly string[]> {
  const declared = new Set(charter.people.flatMap(({ groups }) => groups));
  const found = new Map<string, string[]>();
  for (const { names, accounts, isComplete } of directoryGroups(observations)) {
    if (!isComplete) continue;
    for (const name of names) if (!declared.has(name)) for (const id of accounts) found.set(id, [...(found.get(id) ?? []), name]);
  }
  return found;
}

/** How many are named; the rest is counted. */
const NAMED = 5;

/**
 * An account that someone may sign in with, and that is nobody's: what it can do is nobody's either, so it is not known that no one person can change
 * production alone. One that is disabled is no way in.
 */
function unmapped(matches: readonly Match[]): readonly Gap[] {
  const open = matches
    .filter(({ people, employees }) => people.length === 0 && employees.length === 0)
    .flatMap(({ users }) => users.filter(({ isActive }) => isActive !== false));
  return [...Map.groupBy(open, ({ directory }) => directory)].map(([directory, users]) => {
    const names = [...new Set(users.map(({ userName }) => userName))].toSorted();
    const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : "";
    return gapOf(
      `identity:${directory}`,
      `who signs in as ${names.slice(0, NAMED).join(", ")}${more} of ${directory}`,
      "neither the charter nor a personnel file has a person of that address or number",
      users[0]?.source,
    );
  });
}

const gapOf = (subject: string, what: string, why: string, source?: Source): Gap => ({
  topic: "identity/unmapped",
  subject,
  what,
  why,
  clauses: CLAUSES,
  ...(source && { source }),
});
