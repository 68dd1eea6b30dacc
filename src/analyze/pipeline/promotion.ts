// How a change reaches an environment by the workflow files: what is deployed first, who approves, who starts it. Asked by checks, gives no rules.
import { TIERS } from "../../charter/schema.ts";
import type { Source } from "../../model/source.ts";
import type { KnownEstate } from "../plane.ts";
import { distinct, teamActors } from "./actors.ts";
import { admissions, type EnvironmentFacts } from "./environments.ts";
import type { PipelineJob } from "./jobs.ts";
import { type JobView, type PipelineView, type RepositoryView, viewPipeline } from "./view.ts";

/** What the helpers need of an estate. */
export type Asked = Pick<KnownEstate, "observations" | "charter" | "gaps" | "environmentOf">;

export interface Stage {
  /** Entity id of the job. */
  readonly job: string;
  readonly label: string;
  /** Entity ids of the GitHub environments it can name. */
  readonly githubEnvironments: readonly string[];
  /** The charter's environments that these belong to. */
  readonly environments: readonly string[];
  /** False when the files do not hold every environment it can name, or its called workflow was not collected. */
  readonly complete: boolean;
}

export interface Deployment extends Stage {
  readonly repository: string;
  /** Path of the workflow that a trigger starts. */
  readonly workflow: string;
  readonly events: readonly string[];
  /** Every job it waits for, directly or not, those of the workflow that starts this one included. */
  readonly before: readonly Stage[];
  readonly source: Source;
}

export type Answer = "yes" | "no" | "unknown";

const stageOf = (asked: Asked, view: JobView): Stage => ({
  job: view.job.id,
  label: view.job.label,
  githubEnvironments: view.environments.map((one) => one.id),
  environments: [...new Set(view.environments.flatMap((one) => asked.environmentOf(one.id) ?? []))],
  complete: view.environmentsComplete && view.job.unread === undefined,
});

/** Jobs below a called one carry its id and a slash: waiting for the caller is waiting for them. */
function waitedFor(repository: RepositoryView, job: PipelineJob): readonly JobView[] {
  const found = new Map<string, JobView>();
  const queue = [...job.needs];
  for (const id of queue)
    for (const view of repository.jobs) {
      if ((view.job.id !== id && !view.job.id.startsWith(`${id}/`)) || found.has(view.job.id)) continue;
      found.set(view.job.id, view);
      queue.push(...view.job.needs);
    }
  return [...found.values()];
}

/** "workflow_run … occurs when a workflow run is requested or completed": jobs of the workflows that start this one, if it asks for their success. */
function startedBy(repository: RepositoryView, job: PipelineJob): readonly JobView[] {
  const trigger = job.triggers.find((one) => one.event === "workflow_run");
  if (trigger === undefined || job.triggers.length !== 1) return [];
  if (!/workflow_run\.conclusion\s*==\s*'success'/.test(job.job.condition ?? "")) return [];
  return repository.jobs.filter((view) => trigger.workflows?.includes(view.job.workflow.name ?? view.job.workflow.path) === true);
}

/** Every job that names an environment. */
export function deployments(asked: Asked): readonly Deployment[] {
  return viewPipeline(asked).repositories.flatMap((repository) =>
    repository.jobs
      .filter((view) => view.job.environments !== undefined)
      .map((view) => ({
        ...stageOf(asked, view),
        repository: repository.facts.name,
        workflow: view.job.workflow.path,
        events: view.job.triggers.map((trigger) => trigger.event),
        before: [...waitedFor(repository, view.job), ...startedBy(repository, view.job)].map((one) => stageOf(asked, one)),
        source: view.job.job.source,
      })),
  );
}

function lowerThan(asked: Asked, environment: string): ReadonlySet<string> {
  const { promotion, environments } = asked.charter;
  const declared = promotion.filter((one) => one.to === environment).map((one) => one.from);
  if (declared.length > 0) return new Set(declared);
  const rank = (name: string): number => TIERS.indexOf(environments.find((one) => one.name === name)?.tier ?? "preview");
  return new Set(environments.filter((one) => rank(one.name) < rank(environment)).map((one) => one.name));
}

function find(asked: Asked, deployment: Deployment): { view: PipelineView; repository: RepositoryView; job: JobView } | undefined {
  const view = viewPipeline(asked);
  const repository = view.repository(deployment.repository);
  const job = repository?.jobs.find((one) => one.job.id === deployment.job);
  return repository && job && { view, repository, job };
}

/**
 * P1: whether the job starts only after the environment before it (as the charter's promotion says, else any lower one) was deployed to. A job waits
 * for its needs to succeed unless its condition says otherwise ("always()", "failure()", "!cancelled()"; GitHub Docs, "Workflow syntax", needs); a
 * branch rule may ask for deployments before a merge ("Require deployments to succeed before merging").
 */
export function lowerDeployedFirst(
  asked: Asked,
  deployment: Deployment,
  environment: string,
): { readonly answer: Answer; readonly why: string } {
  const lower = lowerThan(asked, environment);
  const label = deployment.label;
  if (lower.size === 0) return { answer: "yes", why: `no environment stands before ${environment}` };
  const at = find(asked, deployment);
  if (at === undefined) return { answer: "unknown", why: `${label} was not found` };
  const first = deployment.before.find((stage) => stage.environments.some((one) => lower.has(one)));
  if (first !== undefined) {
    const forced = /always\(\)|failure\(\)|cancelled\(\)/.exec(at.job.job.job.condition ?? "")?.[0];
    if (forced === undefined) return { answer: "yes", why: `${label} waits for ${first.label}` };
    return { answer: "no", why: `${label} waits for ${first.label} but runs whether that succeeds or not: its condition has ${forced}` };
  }
  const named = (environments: readonly string[]): boolean =>
    at.repository.environments.some((one) => environments.includes(one.name) && lower.has(asked.environmentOf(one.id) ?? ""));
  const contexts = at.repository.protection.contexts.filter((context) => at.job.runs.some((run) => run.id === context.run));
  const merged = contexts.length > 0 && contexts.length === at.job.runs.length;
  if (merged && contexts.every((context) => context.rules.some((rule) => named(rule.requiredDeployments ?? []))))
    return { answer: "yes", why: `the branches that ${label} runs on ask for a deployment below before a merge` };
  const open = deployment.before.find((stage) => !stage.complete);
  if (open !== undefined) return { answer: "unknown", why: `what ${open.label} deploys to is not in the files` };
  return { answer: "no", why: `${label} starts without a deployment to ${[...lower].join(" or ")}` };
}

export interface Approvals {
  readonly githubEnvironment: string;
  /** Labels of the accounts that may approve the deployment. Empty: no review is required. */
  readonly reviewers: readonly string[];
  readonly preventsSelfReview: boolean;
  /** The least number of approvals on any branch that may deploy; absent: an unreviewed branch may. */
  readonly onBranch?: number;
  /** False when settings or members were not collected. */
  readonly known: boolean;
}

/** P2: who approves before the job runs, an environment at a time. */
export function approvalsOf(asked: Asked, deployment: Deployment): readonly Approvals[] {
  const at = find(asked, deployment);
  if (at === undefined) return [];
  return at.job.environments.map((environment) => approvalsOn(at.view, at.repository, environment));
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
    githubEnvironment: environment.id,
    reviewers: reviewers.map((one) => one.label).toSorted(),
    preventsSelfReview: observed?.preventSelfReview ?? false,
    ...(reviewedOnly && { onBranch: Math.min(...counts) }),
    known:
      (observed !== undefined || repository.facts.environmentsListed) &&
      admitted.every((one) => one.because === undefined) &&
      reviewers.every((one) => one.because === undefined),
  };
}

/** P3: whether a person can start the job directly, without a change that was merged. */
export const startedByHand = (deployment: Deployment): Answer =>
  deployment.events.some((event) => event === "workflow_dispatch" || event === "repository_dispatch") ? "yes" : "no";
