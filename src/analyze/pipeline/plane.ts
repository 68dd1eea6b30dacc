// The pipeline plane: GitHub by rules of its own, every other forge by the pipeline model, as entities, tokens and rules.
import type { EntitySink, RuleSink } from "../../model/rule.ts";
import type { KnownEstate, Plane, PlaneInput } from "../plane.ts";
import { environmentRules } from "./deploy.ts";
import { onceEach, pipelineEntities } from "./entities.ts";
import { forkRules } from "./forks.ts";
import { jobRules } from "./job-rules.ts";
import { mergeRules } from "./merge.ts";
import { modelEntities } from "./model/entities.ts";
import { HANDLED, modelProjects } from "./model/projects.ts";
import { modelRules } from "./model/rules.ts";
import { organizationRules, ownerRules, pushRules } from "./push.ts";
import { runnerRules } from "./runners.ts";
import { report } from "./report.ts";
import { secretRules } from "./secrets.ts";
import { uncollectedWorkspaces } from "./terraform-cloud/project.ts";
import { tektonRules } from "./tekton/project.ts";
import { undeclaredSecrets } from "./undeclared-secrets.ts";
import { takeGaps, unreadRules, unreadSubjects } from "./unread.ts";
import { type PipelineView, type RepositoryView, viewPipeline } from "./view.ts";

function repositoryRules(view: PipelineView, repository: RepositoryView, sink: RuleSink): void {
  const { pipeline } = view;
  const { facts, protection } = repository;
  pushRules(pipeline, facts, sink);
  ownerRules(pipeline, facts, sink);
  forkRules(repository, sink);
  mergeRules(pipeline, facts, protection, sink);
  for (const environment of repository.environments) {
    const deployers = repository.jobs.filter((one) => one.environments.includes(environment)).map((one) => one.job.id);
    environmentRules(pipeline, facts, protection, environment, deployers, sink);
  }
  jobRules(view, repository, sink);
  secretRules(view, repository, sink);
  runnerRules(view, repository, sink);
  unreadRules(view, repository, sink);
}

function rules(estate: KnownEstate, sink: RuleSink): void {
  const view = viewPipeline(estate);
  for (const organization of new Set(view.repositories.map((repository) => repository.facts.organization)))
    organizationRules(view.pipeline, organization, sink);
  for (const repository of view.repositories) repositoryRules(view, repository, sink);
  unreadSubjects(view, estate.tokens, sink);
  takeGaps(view, sink);
  for (const project of modelProjects(estate)) {
    modelRules(estate, project, sink);
    for (const gap of project.gaps)
      if (HANDLED.has(gap.topic)) report(gap, sink);
      else sink.gap(gap);
  }
  for (const gap of estate.gaps) if (HANDLED.has(gap.topic)) sink.took(gap);
  for (const gap of uncollectedWorkspaces(estate)) sink.gap(gap);
  tektonRules(estate, sink);
  undeclaredSecrets(estate, sink);
}

function entities(input: PlaneInput, sink: EntitySink): void {
  pipelineEntities(viewPipeline(input), sink);
  const emit = onceEach(sink);
  for (const project of modelProjects(input)) modelEntities(project, emit, sink.token.bind(sink));
}

export const pipelinePlane: Plane = {
  name: "pipeline",
  entities,
  rules,
};
