// One repository as the rules see it: facts, branches that stand apart, jobs and environments, worked out once.
import type { PlaneInput } from "../plane.ts";
import { type EnvironmentFacts, readEnvironments, type Referenced } from "./environments.ts";
import { type Pipeline, readPipeline, type RepositoryFacts } from "./facts.ts";
import { jobsOf, type PipelineJob } from "./jobs.ts";
import { type Protection, readProtection } from "./protection.ts";
import { type Run, runsOf } from "./triggers.ts";

export interface JobView {
  readonly job: PipelineJob;
  readonly runs: readonly Run[];
  /** Environments that the job surely can name. */
  readonly environments: readonly EnvironmentFacts[];
  /** False when the job may name others too. */
  readonly environmentsComplete: boolean;
}

export interface RepositoryView {
  readonly facts: RepositoryFacts;
  readonly protection: Protection;
  readonly environments: readonly EnvironmentFacts[];
  readonly jobs: readonly JobView[];
  readonly jobsById: ReadonlyMap<string, PipelineJob>;
}

export interface PipelineView {
  readonly pipeline: Pipeline;
  readonly repositories: readonly RepositoryView[];
  readonly repository: (name: string) => RepositoryView | undefined;
}

function referencedBy(jobs: readonly PipelineJob[]): readonly Referenced[] {
  return jobs.flatMap((job) => (job.environments?.values ?? []).map((name) => ({ name, source: job.job.source })));
}

function viewOf(pipeline: Pipeline, facts: RepositoryFacts): RepositoryView {
  const protection = readProtection(facts);
  const jobs = jobsOf(pipeline, facts);
  const environments = readEnvironments(pipeline, facts, referencedBy(jobs));
  const byName = new Map(environments.map((environment) => [environment.name.toLowerCase(), environment]));
  return {
    facts,
    protection,
    environments,
    jobs: jobs.map((job) => ({
      job,
      runs: runsOf(job, protection),
      environments: (job.environments?.values ?? []).flatMap((name) => byName.get(name.toLowerCase()) ?? []),
      environmentsComplete: job.environments?.complete ?? true,
    })),
    jobsById: new Map(jobs.map((job) => [job.id, job])),
  };
}

const views = new WeakMap<PlaneInput["observations"], { readonly input: PlaneInput; readonly view: PipelineView }>();

/** The same observations, charter and gaps give the same view, and both passes and every check ask for it. */
export function viewPipeline(input: PlaneInput): PipelineView {
  const known = views.get(input.observations);
  if (known && known.input.charter === input.charter && sameGaps(known.input.gaps, input.gaps)) return known.view;
  const pipeline = readPipeline(input);
  const repositories = pipeline.repositories.map((facts) => viewOf(pipeline, facts));
  const byName = new Map(repositories.map((view) => [view.facts.name, view]));
  const view: PipelineView = { pipeline, repositories, repository: (name) => byName.get(name) };
  views.set(input.observations, { input, view });
  return view;
}

const sameGaps = (a: PlaneInput["gaps"], b: PlaneInput["gaps"]): boolean => a.length === b.length && a.every((gap, i) => gap === b[i]);
