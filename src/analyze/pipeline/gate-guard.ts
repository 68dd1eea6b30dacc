// Whether collected facts prove the guard of a declared gate: the pure question behind the check for gates that are none.
import { FORGES } from "../../model/forge.ts";
import type { PlaneInput } from "../plane.ts";
import { type Actor, approvers, bypassActors, distinct, permitted, teamActors } from "./actors.ts";
import { type Gate, isAutomatic } from "./doors.ts";
import { type Admission, admissions, type EnvironmentFacts } from "./environments.ts";
import { loginId } from "./ids.ts";
import { modelGateProblems, type Problem } from "./model/gate-guard.ts";
import type { BranchContext } from "./protection.ts";
import { type JobView, type PipelineView, type RepositoryView, viewPipeline } from "./view.ts";

export interface GateGuard {
  readonly proven: boolean;
  /** The facts that would prove it were not collected: nothing shows that the gate is open either. */
  readonly unproven?: true;
  readonly why: readonly string[];
}

const seen = (text: string): Problem => ({ text, seen: true });
const unseen = (text: string): Problem => ({ text, seen: false });

/** Accounts of declared custodians: that they could pass the gate by is printed as an assumption. */
function custodianAccounts(input: PlaneInput): ReadonlySet<string> {
  const who = new Set(input.charter.custodians.map((custodian) => custodian.who));
  const people = input.charter.people.filter((person) => who.has(`person:${person.id}`));
  return new Set([...who, ...people.flatMap((person) => [...person.identities.github.map(loginId), ...person.identities.holds])]);
}

function bypassed(view: PipelineView, actors: readonly Actor[], what: string): Problem[] {
  const custodians = custodianAccounts(view.pipeline.input);
  const others = distinct(actors).filter((actor) => !custodians.has(actor.id));
  const certain = others.filter((actor) => actor.because === undefined);
  const unsure = others.find((actor) => actor.because !== undefined);
  return [
    ...(certain.length > 0 ? [seen(`${certain.map((actor) => actor.label).join(", ")} may bypass ${what}`)] : []),
    ...(unsure === undefined ? [] : [unseen(`who may bypass ${what} is not known: ${unsure.because}`)]),
  ];
}

/** The environment's own review: another than the starter approves, one approval and no more (Docs, "Deployments and environments"). */
function reviewProblems(view: PipelineView, repository: RepositoryView, environment: EnvironmentFacts, count: number): Problem[] {
  const { observed } = environment;
  const what = `environment ${environment.name} of ${repository.facts.name}`;
  if (observed === undefined)
    return [
      repository.facts.environmentsListed
        ? seen(`${what} is not in the settings, so it has no protection`)
        : unseen(`the settings of ${what} were not collected`),
    ];
  const { facts } = repository;
  const reviewers = observed.reviewers.flatMap((one) =>
    one.type === "User"
      ? [view.pipeline.directory.account(one.name, false, observed.source)]
      : teamActors(view.pipeline, facts.organization, one.name),
  );
  return [
    ...(observed.reviewers.length === 0 ? [seen(`${what} requires no reviewer`)] : []),
    ...(observed.reviewers.length > 0 && !observed.preventSelfReview
      ? [seen(`whoever starts a run may approve it themselves on ${what}`)]
      : []),
    ...(observed.reviewers.length > 0 && reviewers.length === 0 ? [unseen(`the reviewers of ${what} were not collected`)] : []),
    ...botReviewers(reviewers, what),
    ...(count > 1 ? [seen(`${what} asks for one approval, the charter for ${count}`)] : []),
    ...(observed.canAdminsBypass ? bypassed(view, permitted(view.pipeline, facts, "admin"), `the review of ${what}`) : []),
  ];
}

/** A bot that reviews approves whatever it is told to: by its own workflow, or by whoever holds its token. */
function botReviewers(reviewers: readonly Actor[], what: string): readonly Problem[] {
  const bots = reviewers.filter((actor) => actor.kind === "principal" && actor.because === undefined);
  return bots.length === 0 ? [] : [seen(`${bots.map((bot) => bot.label).join(", ")}, no person, may review ${what}`)];
}

function branchProblems(view: PipelineView, repository: RepositoryView, context: BranchContext, count: number): Problem[] {
  const { facts } = repository;
  const what = `the rules of branch ${context.name} of ${facts.name}`;
  if (context.unknown !== undefined) return [unseen(`${what} were not collected`)];
  const enough = context.gates.filter((gate) => (gate.rule.approvals ?? 0) >= count);
  if (enough.length === 0) return [seen(`${what} ask for fewer than ${count} approvals`)];
  const routes = enough.map(({ rule }): Problem[] => [
    ...bypassed(view, bypassActors(view.pipeline, facts, rule), what),
    ...(rule.dismissStale || rule.lastPushApproval ? [] : [seen(`${what} keep an approval when the author pushes again`)]),
    ...(context.isPattern && rule.restrictsCreation !== true ? [unseen(`whether a new branch passes ${what} is not known`)] : []),
    ...botProblems(view, repository, what),
  ]);
  return routes.find((problems) => problems.length === 0) ?? (routes[0] as Problem[]);
}

function botProblems(view: PipelineView, repository: RepositoryView, what: string): Problem[] {
  const bot = approvers(view.pipeline, repository.facts).find((actor) => actor.id.endsWith("#bot/github-actions"));
  if (bot === undefined) return [];
  return bot.because === undefined
    ? [seen(`a workflow on any branch may give the approval that ${what} ask for`)]
    : [unseen(`whether a workflow may give the approval that ${what} ask for was not collected`)];
}

/** Review at the branch: every run that may deploy runs what was approved there. */
function branchRoute(
  view: PipelineView,
  repository: RepositoryView,
  admitted: readonly Admission[],
  what: string,
  count: number,
): Problem[] {
  if (admitted.length === 0) return [unseen(`what may deploy to ${what} is not known`)];
  return admitted.flatMap((one): Problem[] => {
    const context = repository.protection.contexts.find((branch) => branch.run === one.run);
    if (context !== undefined) return branchProblems(view, repository, context, count);
    return [
      one.because === undefined
        ? seen(`${one.what} may deploy to ${what}`)
        : unseen(`whether ${one.what} may deploy to ${what} is not known: ${one.because}`),
    ];
  });
}

function conclude(routes: readonly (readonly Problem[])[]): GateGuard {
  if (routes.some((problems) => problems.length === 0)) return { proven: true, why: [] };
  const why = [...new Set(routes.flat().map((problem) => problem.text))];
  const open = routes.some((problems) => problems.every((problem) => !problem.seen));
  return open ? { proven: false, unproven: true, why } : { proven: false, why };
}

function guardOfEnvironment(view: PipelineView, repository: RepositoryView, environment: EnvironmentFacts, count: number): GateGuard {
  const admitted = admissions(repository.facts, repository.protection, environment);
  const what = `environment ${environment.name} of ${repository.facts.name}`;
  return conclude([reviewProblems(view, repository, environment, count), branchRoute(view, repository, admitted, what, count)]);
}

function guardOfJob(view: PipelineView, repository: RepositoryView, job: JobView, count: number): GateGuard {
  if (job.environments.length > 0) {
    const each = job.environments.map((environment) => guardOfEnvironment(view, repository, environment, count));
    const failed = each.filter((one) => !one.proven);
    if (failed.length === 0 && job.environmentsComplete) return { proven: true, why: [] };
    const why = failed.flatMap((one) => one.why);
    const decided = failed.some((one) => one.unproven === undefined);
    return decided
      ? { proven: false, why }
      : { proven: false, unproven: true, why: [...why, `which environments ${job.job.label} names is not in the files`] };
  }
  const admitted = job.runs.map((run) => ({
    run: run.id,
    what: run.branch === undefined ? `any branch of ${repository.facts.name}` : `branch ${run.branch}`,
  }));
  return conclude([branchRoute(view, repository, admitted, `job ${job.job.label}`, count)]);
}

/**
 * A declared gate counts only when collected facts prove its guard: as many approvals as the charter asks for, by others than the author, with nobody
 * but declared custodians able to pass by. Whoever administers the repository can edit the guard; that is a matter of the single-person statement.
 */
export function gateGuard(estate: PlaneInput, door: Gate): GateGuard {
  if (isAutomatic(estate, door)) return { proven: true, why: [] };
  const view = viewPipeline(estate);
  const count = Math.max(1, ...estate.charter.promotion.filter((one) => one.to === door.to).map((one) => one.approvals));
  for (const repository of view.repositories) {
    const environment = repository.environments.find((one) => one.id.toLowerCase() === door.deployer.toLowerCase());
    if (environment !== undefined) return guardOfEnvironment(view, repository, environment, count);
    const job = repository.jobs.find((one) => one.job.id === door.deployer);
    if (job !== undefined) return guardOfJob(view, repository, job, count);
  }
  const ofModel = modelGateProblems(estate, door.deployer, count);
  if (ofModel !== undefined) return conclude([ofModel]);
  const isForge = FORGES.some((forge) => door.deployer.startsWith(`${forge}:`));
  return {
    proven: false,
    unproven: true,
    why: [isForge ? `${door.deployer} was not collected` : `${door.deployer} is no environment or job of a forge`],
  };
}
