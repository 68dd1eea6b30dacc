// P2 by history: who approved each deployment to production, who started it, and who wrote what it brought since the one before.
import type { Estate } from "../../estate.ts";
import { whoIs } from "../../people/who.ts";
import { productionNames } from "../../reach/semantics.ts";
import { loginId } from "../ids.ts";
import { type Deployed, deployed } from "./deployed.ts";

/** A deployment that somebody approved. */
export interface ApprovedDeployment {
  readonly deployed: Deployed;
  /** The charter's environment. */
  readonly environment: string;
  /** Approvals by someone who wrote part of it or started it. */
  readonly own: readonly { readonly person: string; readonly name: string; readonly did: string }[];
  /** Why that cannot be told of the others. */
  readonly unknown: readonly string[];
}

export function approvedDeployments(estate: Estate): readonly ApprovedDeployment[] {
  const production = productionNames(estate.charter);
  const last = new Map<string, Deployed>();
  return deployed(estate).flatMap((one) => {
    const environment = estate.environmentOf(one.environment);
    if (environment === undefined || !production.has(environment)) return [];
    const before = last.get(`${one.project} ${one.environment}`);
    last.set(`${one.project} ${one.environment}`, one);
    const approvers = approversOf(estate, one);
    return approvers.length === 0 ? [] : [judge(estate, one, before, environment, approvers)];
  });
}

/** Entity ids of the accounts that approved it. */
function approversOf({ observations }: Estate, one: Deployed): readonly string[] {
  if (one.approvedBy !== undefined) return one.approvedBy;
  const name = one.environment.slice(one.environment.lastIndexOf("#environment/") + "#environment/".length);
  return observations("github/run-approval")
    .filter(
      ({ repository, run, state, environments }) =>
        repository === one.project &&
        run === one.run &&
        state === "approved" &&
        environments.some((each) => each.toLowerCase() === name.toLowerCase()),
    )
    .map(({ by }) => loginId(by));
}

interface Deed {
  /** Entity id of the account, or an address. */
  readonly by: string;
  readonly did: string;
}

function judge(
  estate: Estate,
  one: Deployed,
  before: Deployed | undefined,
  environment: string,
  approvers: readonly string[],
): ApprovedDeployment {
  const who = whoIs(estate);
  const { deeds, unknown } = deedsOf(estate, one, before);
  const person = (by: string) => (by.includes(":@") ? who.ofAccount(by) : who.ofAddress(by));
  const own = new Map<string, ApprovedDeployment["own"][number]>();
  for (const approver of approvers)
    for (const { by, did } of deeds) {
      const holder = person(approver);
      const isSame = approver.toLowerCase() === by.toLowerCase() || (holder !== undefined && holder === person(by));
      if (isSame) own.set(approver, { person: holder?.id ?? approver, name: holder?.name ?? shortOf(approver), did });
    }
  const stranger = deeds.find(({ by }) => person(by) === undefined && !own.has(by) && !isAutomation(estate, by));
  return {
    deployed: one,
    environment,
    own: [...own.values()],
    unknown: [
      ...unknown,
      ...(stranger ? [`who ${shortOf(stranger.by)} is, who ${stranger.did}, is not known, so an approver could be the same person`] : []),
    ],
  };
}

const shortOf = (id: string): string => id.replace(/^[a-z]+:/, "");

/** Accounts that the charter says no person holds, and those of apps. */
const isAutomation = ({ charter }: Estate, by: string): boolean =>
  /\[bot\](?:@|$)/.test(by) || charter.promotion.some(({ automations }) => automations.includes(by));

function deedsOf(
  { observations }: Estate,
  one: Deployed,
  before: Deployed | undefined,
): { readonly deeds: readonly Deed[]; readonly unknown: readonly string[] } {
  const run = observations("github/run").find(({ repository, id }) => repository === one.project && id === one.run);
  const starters = [
    ...(one.by === undefined ? [] : [one.by]),
    ...(run ? [run.actor, run.startedBy].flatMap((login) => (login === undefined ? [] : [loginId(login)])) : []),
  ];
  const started = starters.filter((by) => !by.endsWith("[bot]")).map((by): Deed => ({ by, did: "started the run" }));
  if (before === undefined || before.sha === one.sha) return { deeds: started, unknown: [] };
  const compared = comparisonOf(observations, one.project, before.sha, one.sha);
  const range = `${before.sha.slice(0, 7)} and ${one.sha.slice(0, 7)} of ${one.project}`;
  if (!compared) return { deeds: started, unknown: [`what changed between ${range} was not compared`] };
  // A way back brings nothing new.
  const written = compared.commits.flatMap(({ sha, authors }) => authors.map((by): Deed => ({ by, did: `wrote ${sha.slice(0, 7)}` })));
  return { deeds: [...started, ...written], unknown: compared.isPart ? [`not every change between ${range} was read`] : [] };
}

interface Compared {
  /** Entity ids of accounts, or addresses. */
  readonly commits: readonly { readonly sha: string; readonly authors: readonly string[] }[];
  readonly isPart: boolean;
}

function comparisonOf(observations: Estate["observations"], project: string, base: string, head: string): Compared | undefined {
  const isMeant = (one: { readonly base: string; readonly head: string }): boolean => one.base === base && one.head === head;
  const github = observations("github/comparison").find((one) => one.repository === project && isMeant(one));
  if (github)
    return {
      commits: github.commits.map(({ sha, authors }) => ({
        sha,
        authors: authors.map((author) => ("login" in author ? loginId(author.login) : author.email)),
      })),
      isPart: github.isPart === true,
    };
  const gitlab = observations("gitlab/comparison").find((one) => one.project === project && isMeant(one));
  return gitlab && { commits: gitlab.commits.map(({ sha, emails }) => ({ sha, authors: emails })), isPart: gitlab.isPart === true };
}
