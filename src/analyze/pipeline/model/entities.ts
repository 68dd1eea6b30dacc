// The pipeline model → entities and tokens: the first pass, for every forge.
import type { EntitySink } from "../../../model/rule.ts";
import { approvalEntities } from "../approvals.ts";
import { type Emit, make } from "../entities.ts";
import type { Guard, Project } from "./model.ts";
import { helperOf, isOpen, requirementId } from "./guards.ts";

export function modelEntities(project: Project, emit: Emit, token: EntitySink["token"]): void {
  const { id, label, source, place } = project;
  emit(make(id, "repository", label, source, place));
  emit(make(project.change, "change", `unreviewed change to ${label}`, source, place));
  if (project.fork) emit(make(project.fork.id, "change", `merge request from a fork of ${label}`, source, place));
  for (const account of project.accounts) emit(make(account.id, account.kind, account.label, account.source));
  for (const ref of project.refs) {
    emit(make(ref.id, "branch", ref.label, ref.source, place));
    if (ref.guard) guardEntities(ref.guard, emit);
  }
  for (const environment of project.environments) {
    emit(make(environment.id, "job", environment.label, environment.source, environment.place));
    if (environment.guard) guardEntities(environment.guard, emit);
  }
  for (const context of project.contexts) {
    const isUnreviewed = context.of === undefined && (context.content === "unreviewed" || context.content === "fork");
    emit(make(context.id, isUnreviewed ? "change" : "job", context.label, context.source, context.place));
    for (const guard of context.guards) guardEntities(guard, emit);
  }
  for (const credential of project.credentials) emit(make(credential.id, "secret", credential.label, credential.source, credential.place));
  for (const runner of project.runners) emit(make(runner.id, "runner", runner.label, runner.source, runner.place));
  for (const job of project.jobs) {
    emit(make(job.id, "job", `${job.label} of ${label}`, job.source, job.place));
    for (const input of job.inputs) if (input.kind !== "image") emit(make(input.id, "branch", input.written, input.source));
  }
  for (const each of project.tokens) token(each);
}

function guardEntities(guard: Guard, emit: Emit): void {
  emit(make(guard.id, "guard", guard.label, guard.source));
  for (const passage of guard.passages) {
    if (isOpen(passage)) continue;
    for (const [index, requirement] of passage.requires.entries()) {
      const helper = requirementId(guard, passage, index);
      if (requirement.kind === "one-of") emit(make(helperOf(helper), "guard", `${requirement.what} of ${guard.label}`, guard.source));
      else if (requirement.kind === "approvals") approvalEntities(helper, guard.label, guard.source, emit);
    }
  }
}
