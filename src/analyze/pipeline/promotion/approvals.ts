// P2: who approves before a job runs, an environment at a time.
import type { Fact } from "../../../model/rule.ts";
import { distinct, teamActors } from "../actors.ts";
import { admissions, type EnvironmentFacts } from "../environments.ts";
import { modelProjects } from "../model/projects.ts";
import type { Environment } from "../model/model.ts";
import { type PipelineView, type RepositoryView, viewPipeline } from "../view.ts";
import type { Deployment } from "./deployments.ts";
import type { Asked } from "./tasks.ts";

export interface Approvals {
  /** Entity id of the environment of the forge. */
  readonly forgeEnvironment: string;
  readonly name: string;
  /** Labels of the accounts that may approve the deployment. Empty: no review is required. */
  readonly reviewers: readonly string[];
  /** How many of them must. */
  readonly count: number;
  readonly preventsSelfReview: boolean;
  /** The least number of approvals on any branch that may deploy; absent: an unreviewed branch may, or it is not asked of branches. */
  readonly onBranch?: number;
  /** Apps that decide in place of people. */
  readonly decidedBy: readonly string[];
  /** False when settings or members were not collected. */
  readonly known: boolean;
}

export function approvalsOf(asked: Asked, deployment: Deployment): readonly Approvals[] {
  return deployment.task.system === "github" ? onGithub(asked, deployment) : onModel(asked, deployment);
}

function onGithub(asked: Asked, deployment: Deployment): readonly Approvals[] {
  const view = viewPipeline(asked);
  const repository = view.repository(deployment.repository);
  const job = repository?.jobs.find((one) => one.job.id === deployment.job);
  return repository && job ? job.environments.map((environment) => approvalsOn(view, repository, environment)) : [];
}

function onModel(asked: Asked, deployment: Deployment): readonly Approvals[] {
  const project = modelProjects(asked).find((one) => one.jobs.some((job) => job.id === deployment.job));
  if (project === undefined) return [];
  const isUnread = asked.gaps.some(
    ({ topic, subject }) => PROTECTION.test(topic) && (subject === project.id || subject.startsWith(`${project.id}#`)),
  );
  return project.environments
    .filter((one) => deployment.forgeEnvironments.includes(one.id))
    .map((one) => {
      const approvals = ofModel(asked, one);
      return isUnread ? { ...approvals, known: false } : approvals;
    });
}

/** Gaps about what an environment asks before it lets a deployment in. */
const PROTECTION = /^[a-z-]+\/(?:protected-environment|check|checks)$/;

/** The weakest way past the guard counts: approvals that one of several ways does not ask for are not asked for. */
function ofModel(asked: Asked, { id, name, guard, decidedBy = [] }: Environment): Approvals {
  const asking = (guard?.passages ?? []).filter((passage) => passage.byContent !== true);
  const ways = asking.map((passage) => ({
    passage,
    approvals: passage.requires.filter((requirement) => requirement.kind === "approvals"),
  }));
  const certain = ways.filter(({ passage }) => passage.because === undefined);
  const weakest = certain.toSorted((a, b) => a.approvals.length - b.approvals.length)[0];
  const approvals = weakest?.approvals ?? [];
  const elsewhere = (weakest?.passage.requires ?? []).flatMap((one) => (one.kind === "facts" ? [onBranchOf(asked, one.facts)] : []));
  const onBranch = elsewhere.length > 0 && elsewhere.every((count) => count !== undefined) ? Math.max(...elsewhere) : undefined;
  return {
    forgeEnvironment: id,
    name,
    reviewers: [...new Set(approvals.flatMap((one) => one.of.map((actor) => actor.label)))].toSorted(),
    count: approvals.reduce((sum, one) => sum + one.count, 0),
    preventsSelfReview: approvals.length > 0 && approvals.every((one) => one.authors !== undefined),
    ...(onBranch !== undefined && { onBranch }),
    decidedBy,
    known:
      ways.length === certain.length &&
      (elsewhere.length === 0 || onBranch !== undefined) &&
      approvals.every((one) => one.because === undefined && one.of.every((actor) => actor.because === undefined)),
  };
}

/** The approvals that a branch of GitHub asks for, where what the guard asks is that the branch takes the change; undefined: not known. */
function onBranchOf(asked: Asked, facts: readonly Fact[]): number | undefined {
  const counts = facts.map(({ capability, entity }) => {
    if (capability === "author") return 0;
    const contexts = viewPipeline(asked).repositories.flatMap(({ protection }) => protection.contexts);
    const context = contexts.find((one) => one.id === entity);
    return context && Math.max(0, ...context.gates.map((gate) => gate.rule.approvals ?? 0));
  });
  return counts.length > 0 && counts.every((count) => count !== undefined) ? Math.max(...counts) : undefined;
}

export function approvalsOn(view: PipelineView, repository: RepositoryView, environment: EnvironmentFacts): Approvals {
  const { observed } = environment;
  const reviewers = distinct(
    (observed?.reviewers ?? []).flatMap((reviewer) =>
      reviewer.type === "User"
        ? [view.pipeline.directory.account(reviewer.name, false, environment.source)]
        : teamActors(view.pipeline, repository.facts.organization, reviewer.name),
    ),
  );
  const admitted = admissions(repository.facts, repository.protection, environment);
  const contexts = admitted.map((one) => repository.protection.contexts.find((context) => context.run === one.run));
  const counts = contexts.map((context) => Math.max(0, ...(context?.gates ?? []).map((gate) => gate.rule.approvals ?? 0)));
  const reviewedOnly = contexts.length > 0 && contexts.every((context) => context !== undefined);
  return {
    forgeEnvironment: environment.id,
    name: environment.name,
    reviewers: reviewers.map((one) => one.label).toSorted(),
    count: observed !== undefined && observed.reviewers.length > 0 ? 1 : 0,
    preventsSelfReview: observed?.preventSelfReview ?? false,
    ...(reviewedOnly && { onBranch: Math.min(...counts) }),
    decidedBy: observed?.hasCustomRules === true ? (observed.customRules ?? ["an app"]) : [],
    known:
      (observed !== undefined || repository.facts.environmentsListed) &&
      admitted.every((one) => one.because === undefined) &&
      reviewers.every((one) => one.because === undefined),
  };
}
