// `bulkhead init`'s answer: a charter text from what was observed, each line with what it rests on, and questions where only people know.
import type { Observations } from "../model/observation.ts";
import { peopleText } from "./propose-people.ts";
import { RANKS } from "./order.ts";
import { Boundary, type Tier, TIERS } from "./schema.ts";
import { hostSightings, projectEnvironmentSightings, projectSightings } from "./sightings-automation.ts";
import { accountSightings, clusterSightings, githubEnvironmentSightings, repositorySightings, type Sighting } from "./sightings.ts";
import { comment, scalar, slug } from "./yaml-text.ts";

interface Draft {
  readonly accounts: Sighting[];
  readonly clusters: Sighting[];
  readonly namespaces: Sighting[];
  readonly repositories: Sighting[];
  readonly githubEnvironments: Sighting[];
  readonly projects: Sighting[];
  readonly projectEnvironments: Sighting[];
  readonly hosts: Sighting[];
}

type Member = keyof Draft;

interface Proposal {
  readonly environments: ReadonlyMap<Tier, Draft>;
  readonly shared: ReadonlyMap<string, Draft>;
  readonly questions: readonly string[];
}

/** Only proposes: the text says so, and a person decides by leaving a line or taking it out. It loads as it stands. */
export function proposeCharter(observations: Observations, organization: string): string {
  const { environments, shared, questions } = drafted(observations);
  const tiers = TIERS.filter((tier) => environments.has(tier)).toReversed();
  const name = slug(organization) || "organization";
  return `${[
    "# A charter proposed from what was read. Nothing in it is decided: what you leave standing is.",
    "# Each line says what it rests on. QUESTION marks what only people know.",
    "bulkhead: 1",
    "organization:",
    `  name: ${scalar(name)}`,
    ...(name === organization ? [] : [`  title: ${scalar(organization || name)}`]),
    "",
    "environments:",
    ...(tiers.length === 0 ? NOTHING_FOUND : tiers.flatMap((tier) => environmentText(tier, environments.get(tier) as Draft))),
    ...(questions.length === 0
      ? []
      : ["", "# QUESTION: to which environment or shared service do these belong?", ...questions.map((q) => comment(`- ${q}`))]),
    ...sharedText(shared, tiers),
    ...promotionText(tiers),
    ...peopleText(observations),
  ].join("\n")}\n`;
}

// A boundary that matches nothing is a gap when checked, so this placeholder never lets anything pass.
const NOTHING_FOUND = [
  "  # QUESTION: no environment could be told from what was read. Which are there, and what belongs to them?",
  "  - name: production",
  "    tier: production",
  '    purpose: "QUESTION: what is it for?"',
  '    owner: "QUESTION: who answers for it?"',
  "    data: personal",
  "    boundary:",
  '      entities: ["QUESTION: what belongs to it?"]',
];

function drafted(observations: Observations): Proposal {
  const environments = new Map<Tier, Draft>();
  const shared = new Map<string, Draft>();
  const questions: string[] = [];
  const place = (member: Member, sighting: Sighting, service: string): void => {
    const refusal = sighting.question ?? unwritable(member, sighting);
    if (refusal) return void questions.push(refusal);
    if (sighting.tier) draftOf(environments, sighting.tier)[member].push(sighting);
    else draftOf(shared, service)[member].push(sighting);
  };
  for (const account of accountSightings(observations)) place("accounts", account, "shared-accounts");
  for (const cluster of clusterSightings(observations)) {
    if (cluster.isWhole) place("clusters", cluster, "");
    else for (const namespace of cluster.namespaces) place("namespaces", namespace, "cluster-services");
    // A cluster whose name says nothing needs no answer where its namespaces give one.
    if (cluster.question && (cluster.namespaces.length === 0 || !cluster.question.endsWith("names no environment")))
      questions.push(cluster.question);
  }
  for (const each of githubEnvironmentSightings(observations)) place("githubEnvironments", each, "");
  for (const each of repositorySightings(observations)) place("repositories", each, "source-code");
  for (const each of projectEnvironmentSightings(observations)) place("projectEnvironments", each, "");
  for (const each of projectSightings(observations)) place("projects", each, "pipelines");
  for (const each of hostSightings(observations)) place("hosts", each, "");
  return { environments, shared, questions };
}

function draftOf<K>(drafts: Map<K, Draft>, key: K): Draft {
  const draft = drafts.get(key) ?? {
    accounts: [],
    clusters: [],
    namespaces: [],
    repositories: [],
    githubEnvironments: [],
    projects: [],
    projectEnvironments: [],
    hosts: [],
  };
  drafts.set(key, draft);
  return draft;
}

/**
 * A name from a file that a charter cannot hold, or that would mean more there: a namespace called `*` in an attacker-controlled manifest would
 * otherwise take a whole cluster. Asked about instead.
 */
function unwritable(member: Member, { name, scope, why }: Sighting): string | undefined {
  const boundary = Boundary.safeParse(boundaryOf(member, name, scope));
  return boundary.success && !/[*?]/.test(name + scope) ? undefined : `${why}; a charter cannot hold the name as it is`;
}

function boundaryOf(member: Member, name: string, scope: string): unknown {
  switch (member) {
    case "accounts":
      return { aws: { accounts: [name] } };
    case "clusters":
      return { kubernetes: [{ cluster: name }] };
    case "namespaces":
      return { kubernetes: [{ cluster: scope, namespaces: [name] }] };
    case "repositories":
      return { github: { repositories: [name] } };
    case "githubEnvironments":
      return { github: { environments: [{ repository: scope, name }] } };
    case "projects":
      return { pipelines: { projects: [name] } };
    case "projectEnvironments":
      return { pipelines: { environments: [{ project: scope, name }] } };
    case "hosts":
      return { hosts: [name] };
  }
}

const ASSUMED_DATA: Readonly<Record<Tier, string>> = {
  preview: "synthetic",
  development: "synthetic",
  sandbox: "synthetic",
  test: "synthetic",
  staging: "masked",
  production: "personal",
  "disaster-recovery": "personal",
};

const environmentText = (tier: Tier, draft: Draft): readonly string[] => [
  `  - name: ${tier}`,
  `    tier: ${tier}`,
  `    purpose: "QUESTION: what is ${tier} for?"`,
  `    owner: "QUESTION: who answers for ${tier}?"`,
  `    data: ${ASSUMED_DATA[tier]} # QUESTION: what is the most sensitive data it may hold? This is assumed.`,
  "    boundary:",
  ...boundaryText(draft),
];

function boundaryText(draft: Draft): readonly string[] {
  const line = (indent: number, value: string, { why }: Sighting): string => `${" ".repeat(indent)}- ${value} ${comment(why)}`;
  const byCluster = Map.groupBy(draft.namespaces, ({ scope }) => scope);
  const hasGithub = draft.repositories.length + draft.githubEnvironments.length > 0;
  return [
    ...(draft.accounts.length > 0 ? ["      aws:", "        accounts:"] : []),
    ...draft.accounts.map((each) => line(10, scalar(each.name), each)),
    ...(draft.clusters.length + byCluster.size > 0 ? ["      kubernetes:"] : []),
    ...draft.clusters.map((each) => line(8, `cluster: ${scalar(each.name)}`, each)),
    ...[...byCluster].flatMap(([cluster, namespaces]) => [
      `        - cluster: ${scalar(cluster)}`,
      "          namespaces:",
      ...namespaces.map((each) => line(12, scalar(each.name), each)),
    ]),
    ...(hasGithub ? ["      github:"] : []),
    ...(draft.repositories.length > 0 ? ["        repositories:"] : []),
    ...draft.repositories.map((each) => line(10, scalar(each.name), each)),
    ...(draft.githubEnvironments.length > 0 ? ["        environments:"] : []),
    ...draft.githubEnvironments.map((each) => line(10, `{ repository: ${scalar(each.scope)}, name: ${scalar(each.name)} }`, each)),
    ...(draft.projects.length + draft.projectEnvironments.length > 0 ? ["      pipelines:"] : []),
    ...(draft.projects.length > 0 ? ["        projects:"] : []),
    ...draft.projects.map((each) => line(10, scalar(each.name), each)),
    ...(draft.projectEnvironments.length > 0 ? ["        environments:"] : []),
    ...draft.projectEnvironments.map((each) => line(10, `{ project: ${scalar(each.scope)}, name: ${scalar(each.name)} }`, each)),
    ...(draft.hosts.length > 0 ? ["      hosts:"] : []),
    ...draft.hosts.map((each) => line(8, scalar(each.name), each)),
  ];
}

function sharedText(shared: ReadonlyMap<string, Draft>, tiers: readonly Tier[]): readonly string[] {
  if (shared.size === 0) return [];
  const serves = tiers.length > 0 ? tiers : ["production"];
  return [
    "",
    "# QUESTION: do these really serve every environment? What only one uses belongs into its boundary.",
    "shared:",
    ...[...shared].flatMap(([name, draft]) => [
      `  - name: ${name}`,
      `    purpose: "QUESTION: what is ${name} for?"`,
      `    serves: [${serves.join(", ")}]`,
      "    boundary:",
      ...boundaryText(draft),
    ]),
  ];
}

// Approvals are the organization's policy, so the stages are written as comments.
function promotionText(tiers: readonly Tier[]): readonly string[] {
  const stages = tiers.toReversed().filter((tier) => tier !== "preview" && tier !== "sandbox");
  const pairs = stages.slice(1).flatMap((to, i) => {
    const from = stages[i] as Tier;
    return RANKS[from] < RANKS[to]
      ? [`  - { from: ${from}, to: ${to}, approvals: ${RANKS[to] >= RANKS.production ? 1 : 0}, approvers: [] }`]
      : [];
  });
  return pairs.length === 0
    ? []
    : ["", "# QUESTION: is this the way up, and who approves each stage?", "# promotion:", ...pairs.map((pair) => `# ${pair}`)];
}
