// At most ten questions that turn a proposed charter into one that a small company can stand behind, each with the answer that is taken if nobody says otherwise.
import { accountSightings, clusterSightings, repositorySightings } from "../../charter/sightings.ts";
import { TIERS } from "../../charter/schema.ts";
import { slug } from "../../charter/yaml-text.ts";
import type { Observations } from "../../model/observation.ts";

export interface Question {
  readonly id: string;
  readonly asks: string;
  readonly kind: "text" | "one" | "many";
  readonly options?: readonly { readonly value: string; readonly label: string }[];
  readonly usual: string | readonly string[];
  /** What the usual answer rests on. */
  readonly because: string;
}

export type Answers = Readonly<Record<string, string | readonly string[]>>;

export const MOST_QUESTIONS = 10;
/** Things without an environment that are asked about one by one; the rest stays a question in the charter. */
const MOST_PLACED = 3;

export interface Known {
  readonly observations: Observations;
  /** Names of the proposed environments, the highest first. */
  readonly environments: readonly { readonly name: string; readonly tier: string }[];
  readonly people: readonly { readonly id: string; readonly groups: readonly string[] }[];
  readonly organization: string;
  /** The plan of the GitHub organization, where an answer told it. */
  readonly githubPlan: string | undefined;
}

const option = (value: string, label = value) => ({ value, label });

export function questionsFor(known: Known): readonly Question[] {
  return [organization(known), ...ownership(known), ...promotion(known), ...custodians(known), ...plan(known), ...placements(known)].slice(
    0,
    MOST_QUESTIONS,
  );
}

const organization = ({ organization: name }: Known): Question => ({
  id: "organization",
  asks: "What is the organization's short name?",
  kind: "text",
  usual: name,
  because: "the name of the folder or of the GitHub organization",
});

const isProduction = ({ tier }: { readonly tier: string }): boolean => tier === "production" || tier === "disaster-recovery";

export const groupsOf = ({ people }: Pick<Known, "people">): readonly string[] => {
  const counts = new Map<string, number>();
  for (const { groups } of people) for (const group of groups) counts.set(group, (counts.get(group) ?? 0) + 1);
  return [...counts].toSorted(([a, i], [b, j]) => j - i || (a < b ? -1 : 1)).map(([group]) => group);
};

/** Whoever is called like operations owns production, else the largest team, else the first person. */
function likelyOwner(known: Known): { readonly owner: string; readonly because: string } {
  const groups = groupsOf(known);
  const operators = groups.find((name) => /\b(?:ops|operations|operators|platform|sre|infra\w*|production)\b/.test(name));
  if (operators !== undefined) return { owner: `group:${operators}`, because: "the team's name" };
  if (groups[0] !== undefined) return { owner: `group:${groups[0]}`, because: "the largest team" };
  const [person] = known.people;
  return person
    ? { owner: `person:${person.id}`, because: "the first person that was read" }
    : { owner: "operations", because: "nobody was read" };
}

const DATA = [
  option("personal", "personal data"),
  option("confidential", "confidential data"),
  option("internal", "internal data"),
  option("masked", "masked data"),
  option("synthetic", "made-up data"),
  option("none", "no data"),
];

function ownership(known: Known): readonly Question[] {
  const production = known.environments.find(isProduction);
  const lower = known.environments.filter((each) => !isProduction(each));
  const { owner, because } = likelyOwner(known);
  return [
    ...(production
      ? ([
          { id: "owner", asks: `Who answers for ${production.name}? (group:NAME or person:ID)`, kind: "text", usual: owner, because },
          {
            id: "production-data",
            asks: `What is the most sensitive data in ${production.name}?`,
            kind: "one",
            options: DATA,
            usual: "personal",
            because: "most services hold some",
          },
        ] as const)
      : []),
    ...(lower.length > 0
      ? ([
          {
            id: "lower-data",
            asks: `And below it, in ${lower.map(({ name }) => name).join(", ")}?`,
            kind: "one",
            options: DATA,
            usual: "synthetic",
            because: "production's data belongs into no lower environment",
          },
        ] as const)
      : []),
  ];
}

function promotion(known: Known): readonly Question[] {
  if (known.environments.length < 2) return [];
  const groups = groupsOf(known);
  const everyone = [...groups.map((name) => option(`group:${name}`)), ...known.people.slice(0, 20).map(({ id }) => option(`person:${id}`))];
  const { owner } = likelyOwner(known);
  return [
    {
      id: "approvals",
      asks: "How many others must approve a change before production?",
      kind: "one",
      options: [option("1", "one"), option("2", "two"), option("0", "none")],
      usual: "1",
      because: "the least that another looks at it",
    },
    ...(everyone.length > 0
      ? ([
          {
            id: "approvers",
            asks: "Who may approve?",
            kind: "many",
            options: everyone,
            usual: everyone.some(({ value }) => value === owner) ? [owner] : [],
            because: "who answers for production",
          },
        ] as const)
      : []),
  ];
}

/** Owners of a forge's organization pass every rule of it: that is declared, or found. */
function custodians({ observations, people }: Known): readonly Question[] {
  const owners = observations("github/member").filter(({ role, bot }) => role === "admin" && !bot);
  const ids = owners.flatMap(({ login }) => people.find(({ id }) => id === slug(login))?.id ?? []);
  if (ids.length === 0) return [];
  return [
    {
      id: "custodians",
      asks: "Who keeps the keys to everything? (at most three)",
      kind: "many",
      options: ids.map((id) => option(id)),
      usual: ids.slice(0, 3),
      because: "owners of the GitHub organization",
    },
  ];
}

export const GITHUB_PLANS = ["free", "team", "enterprise"] as const;

function plan({ observations, githubPlan }: Known): readonly Question[] {
  const isPrivate = observations("github/repository").some(({ visibility }) => visibility !== "public");
  if (!isPrivate || githubPlan !== undefined) return [];
  return [
    {
      id: "github-plan",
      asks: "Which plan has the GitHub organization?",
      kind: "one",
      options: [option("free", "Free"), option("team", "Team"), option("enterprise", "Enterprise")],
      usual: "team",
      because: "required reviewers for private repositories come with Enterprise alone",
    },
  ];
}

/** The things whose names say no environment: accounts first, since most stands in them. */
function placements({ observations, environments }: Known): readonly Question[] {
  const options = [
    ...environments.map(({ name }) => option(name)),
    option("shared", "all of them use it"),
    option("leave", "decide later"),
  ];
  const open = [
    ...accountSightings(observations).map((each) => ({ ...each, id: `account:${each.name}`, what: `AWS account ${each.name}` })),
    ...clusterSightings(observations)
      .filter((each) => each.namespaces.every((namespace) => namespace.tier === undefined))
      .map((each) => ({ ...each, id: `cluster:${each.name}`, what: `cluster ${each.name}` })),
  ].filter(({ tier, question }) => tier === undefined && question !== undefined);
  const tiers = new Set(environments.map(({ tier }) => tier));
  if (![...tiers].some((tier) => (TIERS as readonly string[]).includes(tier))) return [];
  return open
    .slice(0, MOST_PLACED)
    .map(({ id, what, why }) => ({ id, asks: `Which environment is ${what}?`, kind: "one", options, usual: "leave", because: why }));
}

/** How many repositories the charter would share by default: said beside the questions. */
export const sharedRepositories = (observations: Observations): number =>
  repositorySightings(observations).filter(({ tier }) => tier === undefined).length;
