// What exists in the pipeline, each thing with its place: the first pass of the plane.
import type { Entity, EntityKind, Place } from "../../model/entity.ts";
import type { EntitySink } from "../../model/rule.ts";
import type { Source } from "../../model/source.ts";
import { approvers, authors, bypassActors, listedActors, permitted } from "./actors.ts";
import { approvalEntities } from "./approvals.ts";
import { gatesOf } from "./doors.ts";
import { hasForks } from "./forks.ts";
import { runsWorkflows } from "./facts.ts";
import * as ids from "./ids.ts";
import { inputsOf } from "./inputs.ts";
import { hasCache } from "./job-rules.ts";
import { collectedRunners, uncollectedRunner } from "./runners.ts";
import { repositoryTokens } from "./tokens.ts";
import type { PipelineView, RepositoryView } from "./view.ts";

/** Gives each entity once, in whatever order the rest of the plane meets it. */
export type Emit = (entity: Entity) => void;

export function onceEach(sink: EntitySink): Emit {
  const seen = new Set<string>();
  return (entity) => {
    if (seen.has(entity.id)) return;
    seen.add(entity.id);
    sink.entity(entity);
  };
}

export const make = (id: string, kind: EntityKind, label: string, source: Source, place: Place = {}): Entity => ({
  id,
  kind,
  label,
  place,
  source,
});

export function pipelineEntities(view: PipelineView, sink: EntitySink): void {
  const emit = onceEach(sink);
  for (const organization of new Set(view.repositories.map((repository) => repository.facts.organization))) {
    const settings = view.pipeline.input.observations("github/organization").find((one) => one.organization === organization);
    const first = view.repositories.find((repository) => repository.facts.organization === organization);
    const source = settings?.source ?? (first as RepositoryView).facts.source;
    // As a cloud account does, it holds everything below it and stands in no environment itself.
    emit(make(ids.organizationId(organization), "cloud-account", organization, source));
  }
  for (const account of view.pipeline.directory.everyone) emit(make(account.id, account.kind, account.label, account.source));
  for (const repository of view.repositories) repositoryEntities(view, repository, emit);
  for (const secret of view.pipeline.input.observations("github/secret"))
    if (secret.repository === undefined) emit(make(ids.secretId(secret), "secret", `secret ${secret.name}`, secret.source));
  for (const runner of collectedRunners(view)) {
    const scope = runner.observed?.scope;
    emit(make(runner.id, "runner", runner.label, runner.source, scope?.includes("/") ? { repository: scope } : {}));
  }
  for (const door of gatesOf(view.pipeline.input))
    emit(make(ids.doorId(door.name), "guard", `door ${door.name}`, { file: "bulkhead.yaml", pointer: "/doors" }));
  const token = sink.token.bind(sink);
  const uncertain = (holder: string, because: string): void =>
    emit(make(ids.uncertainTokenId(holder), "guard", `tokens of ${holder} (${because})`, { file: "bulkhead.yaml" }));
  for (const repository of view.repositories) repositoryTokens(view, repository, { token, uncertain });
}

function repositoryEntities(view: PipelineView, repository: RepositoryView, emit: Emit): void {
  const { facts } = repository;
  const { name, source } = facts;
  const place = { repository: name };
  emit(make(facts.id, "repository", name, source, place));
  emit(make(ids.changeId(name), "change", `unreviewed change to ${name}`, source, place));
  if (hasForks(repository)) emit(make(ids.forkId(name), "change", `pull request from a fork of ${name}`, source, place));
  runEntities(repository, emit);
  for (const actor of [
    ...approvers(view.pipeline, facts),
    ...authors(view.pipeline, facts),
    ...permitted(view.pipeline, facts, "write"),
    ...permitted(view.pipeline, facts, "admin"),
  ])
    emit(make(actor.id, actor.kind, actor.label, actor.source, actor.id.startsWith(facts.id) ? place : {}));
  for (const context of repository.protection.contexts) branchEntities(view, repository, context, emit);
  for (const environment of repository.environments) environmentEntities(repository, environment, emit);
  for (const secret of facts.secrets) {
    const of = secret.environment === undefined ? place : { ...place, githubEnvironment: environmentName(repository, secret.environment) };
    emit(make(ids.secretId(secret), "secret", `secret ${secret.name}`, secret.source, of));
  }
  jobEntities(view, repository, emit);
}

const environmentName = (repository: RepositoryView, name: string): string =>
  repository.environments.find((one) => one.name.toLowerCase() === name.toLowerCase())?.name ?? name;

/**
 * The run of unreviewed content is itself of kind change: like the change it stands outside every wall, whichever environment its repository serves.
 * The run of a branch belongs to the repository's environment.
 */
function runEntities(repository: RepositoryView, emit: Emit): void {
  const { facts, protection } = repository;
  const { name, source } = facts;
  if (!runsWorkflows(facts)) return;
  const place = { repository: name };
  emit(make(ids.unreviewedRunId(name), "change", `a job on any branch of ${name}`, source, place));
  if (hasForks(repository)) emit(make(ids.forkRunId(name), "change", `a job of a fork's pull request to ${name}`, source, place));
  emit(make(ids.actionsBotId(name), "principal", `github-actions[bot] of ${name}`, source, place));
  if (hasCache(repository)) emit(make(ids.cacheId(name), "resource", `cache of ${name}`, source, place));
  for (const context of protection.contexts)
    emit(make(context.run, "job", `a job on branch ${context.name} of ${name}`, context.source, place));
}

function branchEntities(
  view: PipelineView,
  repository: RepositoryView,
  context: RepositoryView["protection"]["contexts"][number],
  emit: Emit,
): void {
  const { name } = repository.facts;
  emit(make(context.id, "branch", `branch ${context.name} of ${name}`, context.source, { repository: name }));
  if (context.gates.length === 0) return;
  const label = `rules of branch ${context.name} of ${name}`;
  emit(make(context.guard, "guard", label, context.source));
  for (const gate of context.gates) {
    const { source } = gate.rule;
    emit(make(gate.id, "guard", label, source));
    if (gate.rule.pushRestrictedTo) emit(make(`${gate.id}/pusher`, "guard", `pushers of branch ${context.name} of ${name}`, source));
    if ((gate.rule.approvals ?? 0) > 0) approvalEntities(gate.id, `branch ${context.name} of ${name}`, source, emit);
    const listed = (gate.rule.pushRestrictedTo ?? []).flatMap((one) => listedActors(view.pipeline, repository.facts, one, source));
    for (const actor of [...bypassActors(view.pipeline, repository.facts, gate.rule), ...listed])
      emit(make(actor.id, actor.kind, actor.label, actor.source, actor.id.startsWith(repository.facts.id) ? { repository: name } : {}));
  }
}

function environmentEntities(repository: RepositoryView, environment: RepositoryView["environments"][number], emit: Emit): void {
  const { name } = repository.facts;
  const label = `environment ${environment.name} of ${name}`;
  emit(make(environment.id, "job", label, environment.source, { repository: name, githubEnvironment: environment.name }));
  emit(make(environment.guard, "guard", `protection of ${label}`, environment.source));
  if ((environment.observed?.reviewers.length ?? 0) > 0) approvalEntities(environment.guard, label, environment.source, emit);
}

function jobEntities(view: PipelineView, repository: RepositoryView, emit: Emit): void {
  const { name, organization } = repository.facts;
  for (const one of repository.jobs) {
    const { job } = one;
    const only = one.environmentsComplete && one.environments.length === 1 ? one.environments[0]?.name : undefined;
    const place = { repository: name, ...(only !== undefined && { githubEnvironment: only }) };
    emit(make(job.id, "job", `${job.label} of ${name}`, job.job.source, place));
    const runner = uncollectedRunner(view, repository, one);
    if (runner) emit(make(runner.id, "runner", `${runner.label} of ${organization}`, runner.source));
    for (const input of inputsOf(view.pipeline, job, repository.jobsById)) {
      // A reference is no source of the wall: that its owner is honest is an assumption, unless its repository is part of the estate.
      if (input.kind !== "image") emit(make(input.id, "branch", input.id.slice("github:".length), input.source));
    }
  }
}
