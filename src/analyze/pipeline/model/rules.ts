// The one set of rules over the pipeline model: who decides what runs, in which context, with which credentials. Every forge's reader feeds it.
import { type Fact, fact, type Grant, grant, type RuleSink } from "../../../model/rule.ts";
import type { PlaneInput } from "../../plane.ts";
import { actsAs } from "../actors.ts";
import { passage } from "../doors.ts";
import { becauseOf, missing, nature, ruleOf } from "../emit.ts";
import { guardRules } from "./guards.ts";
import type { Context, Guard, Job, Project, Ref } from "./model.ts";

export function modelRules(input: PlaneInput, project: Project, sink: RuleSink): void {
  people(project, sink);
  const guards = new Map<string, Guard>();
  for (const { guard } of [...project.refs, ...project.environments]) if (guard) guards.set(guard.id, guard);
  for (const context of project.contexts) for (const guard of context.guards) guards.set(guard.id, guard);
  for (const guard of guards.values()) guardRules(project, guard, sink);
  for (const ref of project.refs) refRules(project, ref, sink);
  for (const context of project.contexts) contextRules(input, project, context, sink);
  credentialRules(project, sink);
  for (const job of project.jobs) jobRules(project, job, sink);
  runnerRules(project, sink);
}

/** Who can put an unreviewed change into the project, and who can edit every guard of it. */
function people(project: Project, sink: RuleSink): void {
  const { id, label, source } = project;
  const rule = (needs: readonly Fact[], gives: Fact, how: string, because?: string, content: unknown = how): void =>
    sink.rule(
      ruleOf({
        family: gives.capability === "control" ? "pipeline/administer" : "pipeline/push",
        needs,
        gives,
        because,
        how,
        grants: [grant(id, content, { label: how, change: `take it away: ${how}`, source, removable: needs[0]?.capability === "act-as" })],
        source,
      }),
    );
  // A change to another forge's repository comes by what that forge says of it, where it was read.
  if (project.change.startsWith(`${id}#`) || (project.authoredBy ?? []).length === 0)
    rule([fact("author", project.change)], fact("author", id), `someone who may write to ${label} pushes a branch`);
  for (const { fact: by, how, because } of project.authoredBy ?? []) rule([by], fact("author", id), how, because);
  for (const actor of project.authors) rule([actsAs(actor)], fact("author", id), `${actor.label} may push to ${label}`, actor.because);
  for (const actor of project.administrators)
    rule([actsAs(actor)], fact("control", id), `${actor.label} administers ${label}`, actor.because);
  for (const above of project.above) rule([fact("control", above)], fact("control", id), `who administers ${above} administers ${label}`);
}

function refRules(project: Project, ref: Ref, sink: RuleSink): void {
  const author = fact("author", project.id);
  const common = { family: "pipeline/change-branch", gives: fact("write", ref.id), source: ref.source };
  const { guard } = ref;
  if (ref.movedBy !== undefined) {
    const how = (entity: string): string => `${ref.label} is ${entity}`;
    for (const { capability, entity, because } of ref.movedBy)
      sink.rule(
        ruleOf({
          ...common,
          needs: [fact(capability, entity)],
          because,
          how: how(entity),
          grants: [nature(ref.id, how(entity), ref.source)],
        }),
      );
    return;
  }
  if (guard === undefined) {
    const change = `protect ${ref.label}, and require an approval by another`;
    const how = `${ref.label} takes any push`;
    sink.rule(ruleOf({ ...common, needs: [author], because: ref.because, how, grants: [missing(ref.id, how, change, ref.source)] }));
    return;
  }
  const grants = [nature(guard.id, `what passes the ${guard.label} is merged`, guard.source)];
  sink.rule(
    ruleOf({ ...common, needs: [author, fact("approve", guard.id)], how: `a change that passes the ${guard.label} is merged`, grants }),
  );
  const edit = grant(
    guard.id,
    { content: guard.content, part: "edit" },
    {
      label: guard.label,
      change: `let fewer people administer ${project.label}`,
      source: guard.source,
    },
  );
  sink.rule(
    ruleOf({ ...common, needs: [author, fact("defeat", guard.id)], how: `without its rules, ${ref.label} takes any push`, grants: [edit] }),
  );
  if (ref.because !== undefined)
    sink.rule(
      ruleOf({
        ...common,
        needs: [author],
        because: ref.because,
        how: `${ref.label} may take a push that nobody approved`,
        grants: [edit],
      }),
    );
}

const contentOf = (project: Project, { content, of }: Context): Fact => {
  if (of !== undefined) return fact("control", of);
  if (content === "unreviewed") return fact("author", project.id);
  return content === "fork" ? fact("author", project.fork?.id ?? project.change) : fact("write", content);
};

/** What would close the way into a context: its guard, or one that is missing; nothing closes a run of what its content says. */
function grantOf(context: Context, guard: Guard | undefined, how: string): Grant {
  const { id, label, environment, source } = context;
  if (environment === undefined && guard === undefined) return nature(id, how, source);
  if (guard === undefined)
    return missing(
      environment ?? id,
      `nothing guards ${label}`,
      "protect the environment: name who may deploy, and require approvals by others",
      source,
    );
  const change = guard.passages[0]?.change ?? `let fewer people edit the ${guard.label}`;
  return grant(guard.id, { content: guard.content, into: context.content }, { label: guard.label, change, source: guard.source });
}

/**
 * The definition of the content that runs decides what runs: whoever decides the content decides the context. Into an environment it comes past the
 * environment's guard, or without it once that is taken away.
 */
function contextRules(input: PlaneInput, project: Project, context: Context, sink: RuleSink): void {
  const from = contentOf(project, context);
  const deployers = [context.id, ...(context.environment === undefined ? [] : [context.environment])];
  const door = passage(input, deployers);
  const family = context.environment === undefined ? "pipeline/run" : "pipeline/environment";
  const gives = fact("control", context.id);
  const { guards, source } = context;
  const common = { family, gives, because: context.because, source };
  const way = (needs: readonly Fact[], how: string, guard?: Guard): void =>
    sink.rule(
      ruleOf({
        ...common,
        needs: [from, ...needs, ...door],
        how,
        grants: [grantOf(context, guard ?? guards[0], how)],
      }),
    );
  way(
    guards.map((guard) => fact("approve", guard.id)),
    guards.length > 0
      ? `${context.label} runs once the ${guards.map((guard) => guard.label).join(" and the ")} ${guards.length > 1 ? "are" : "is"} passed`
      : `${context.label} runs as its content says`,
  );
  if (context.doubt !== undefined)
    sink.rule(
      ruleOf({
        ...common,
        family: "pipeline/unread",
        needs: [fact("author", project.id)],
        because: context.doubt,
        how: `a definition of ${project.label} that was not read may run what others bring, as ${context.label}`,
        grants: [nature(context.id, `a definition of ${project.label} was not read`, source)],
      }),
    );
  for (const one of context.runBy ?? []) runByRules(context, one, sink);
  for (const { id, because } of context.actsAs ?? [])
    sink.rule(
      ruleOf({
        family: "pipeline/run",
        needs: [gives],
        gives: fact("act-as", id),
        because,
        how: `${context.label} has the token of ${id.slice(id.lastIndexOf("/") + 1)}`,
        grants: [nature(context.id, "runs have a token of their own", source)],
        source,
      }),
    );
  for (const guard of guards) {
    const others = guards.filter((one) => one !== guard).map((one) => fact("approve", one.id));
    way([...others, fact("defeat", guard.id)], `without the ${guard.label}, ${context.label} runs`, guard);
  }
  if (context.environment !== undefined)
    sink.rule(
      ruleOf({
        family: "pipeline/environment",
        needs: [gives],
        gives: fact("control", context.environment),
        how: `${context.label} deploys to it`,
        grants: [grantOf(context, guards[0], context.label)],
        source,
      }),
    );
}

/** Whoever starts a run of their own content with the context's rights decides the context. */
function runByRules(context: Context, { key, who, how, change }: NonNullable<Context["runBy"]>[number], sink: RuleSink): void {
  for (const actor of who)
    sink.rule(
      ruleOf({
        family: "pipeline/run",
        needs: [actsAs(actor)],
        gives: fact("control", context.id),
        because: becauseOf(context.because, actor.because),
        how: `${actor.label} ${how}`,
        grants: [grant(context.id, { key, actor: actor.id }, { label: `${actor.label} ${how}`, change, source: context.source })],
        source: context.source,
      }),
    );
}

function credentialRules(project: Project, sink: RuleSink): void {
  const labels = new Map([...project.contexts, ...project.jobs].map((one) => [one.id, one.label]));
  for (const credential of project.credentials)
    for (const { to, because } of credential.given)
      sink.rule(
        ruleOf({
          family: "pipeline/credential",
          needs: [fact("control", to)],
          gives: fact("read", credential.id),
          because,
          how: `${labels.get(to) ?? to} receives ${credential.label}`,
          grants: [nature(credential.id, `${credential.label} is given to ${labels.get(to) ?? to}`, credential.source)],
          source: credential.source,
        }),
      );
}

/** A job as written runs in its contexts; what it takes in by a name that can be moved decides it too, past every reviewer of the project. */
function jobRules(project: Project, job: Job, sink: RuleSink): void {
  const gives = fact("control", job.id);
  for (const context of job.contexts) {
    const label = project.contexts.find((one) => one.id === context.id)?.label ?? context.id;
    sink.rule(
      ruleOf({
        family: "pipeline/job",
        needs: [fact("control", context.id)],
        gives,
        because: context.because,
        how: `job ${job.label} runs as ${label} has it`,
        grants: [nature(job.id, `${job.label} comes with what it runs on`, job.source)],
        source: job.source,
      }),
    );
  }
  for (const input of job.inputs) {
    const pin = input.kind === "image" ? "its digest" : "a full commit SHA";
    const grants = [
      grant(
        job.id,
        { input: input.id },
        {
          label: `${input.written} in ${job.label} of ${project.label}`,
          change: `pin ${input.written} to ${pin}`,
          source: input.source,
        },
      ),
    ];
    const how = `job ${job.label} uses ${input.written}, which can be moved`;
    sink.rule(ruleOf({ family: "pipeline/unreviewed-input", needs: [fact("write", input.id)], gives, how, grants, source: input.source }));
    for (const { capability, entity, because } of input.movedBy)
      sink.rule(
        ruleOf({
          family: "pipeline/unreviewed-input",
          needs: [fact(capability, entity)],
          because,
          gives: fact("write", input.id),
          how: `${input.written} is part of ${entity}`,
          grants: [nature(input.id, `${input.written} is part of ${entity}`, input.source)],
          source: input.source,
        }),
      );
  }
}

/** A machine that keeps what one job leaves serves the next job with it. */
function runnerRules(project: Project, sink: RuleSink): void {
  const rule = (needs: Fact, gives: Fact, how: string, because: string | undefined, owner: string, source: Job["source"]): void =>
    sink.rule(
      ruleOf({
        family: "pipeline/runner",
        needs: [needs],
        gives,
        because,
        how,
        grants: [
          grant(
            owner,
            { runner: how },
            { label: how, change: "give each environment runners of its own, and keep nothing between jobs", source },
          ),
        ],
        source,
      }),
    );
  const labels = new Map(project.contexts.map((one) => [one.id, one.label]));
  for (const runner of project.runners)
    for (const { id, because } of runner.open)
      rule(
        fact("control", id),
        fact("control", runner.id),
        `${labels.get(id) ?? id} can ask for ${runner.label}`,
        becauseOf(because),
        runner.id,
        runner.source,
      );
  for (const job of project.jobs)
    for (const { id, because } of job.runners) {
      const runner = project.runners.find((one) => one.id === id);
      const label = runner?.label ?? id;
      rule(
        fact("control", id),
        fact("control", job.id),
        `job ${job.label} runs on ${label}, where earlier jobs leave what they like`,
        because,
        job.id,
        job.source,
      );
      rule(
        fact("control", job.id),
        fact("control", id),
        `job ${job.label} runs on ${label} and can stay there`,
        because,
        job.id,
        job.source,
      );
    }
}
