// A workspace of HCP Terraform as the pipeline model sees it: whose configuration is planned, and who confirms that it is applied.
import type { Gap } from "../../../model/gap.ts";
import { fact, type IdentityToken } from "../../../model/rule.ts";
import type { PlaneInput } from "../../plane.ts";
import { distinct } from "../actors.ts";
import { contentOf } from "../content.ts";
import type { Context, Environment, Guard, Job, Passage, Project, Ref, Requirement } from "../model/model.ts";
import type { Task, Wait } from "../model/task.ts";
import { factsOf, workspaceId, type WorkspaceFacts } from "./facts.ts";

export { TOPICS } from "./facts.ts";

interface Parts {
  readonly refs: readonly Ref[];
  readonly contexts: readonly Context[];
  readonly environments: readonly Environment[];
  readonly authoredBy: NonNullable<Project["authoredBy"]>;
  readonly change: string;
  readonly apply?: Context;
  readonly gaps: readonly Gap[];
}

/**
 * "When auto-apply is off, a user with permission to apply runs confirms" (HCP Terraform, "Run modes and options"; "Permissions", Apply): nothing asks
 * that this is another than the one who wrote the change or started the run.
 */
function confirmGuard(facts: WorkspaceFacts, merged: Requirement | undefined): Guard {
  const { id, name, observed, appliers } = facts;
  const confirm: Requirement = { kind: "one-of", what: `may apply runs of ${name}`, who: appliers };
  const passage: Passage = {
    key: observed.autoApply ? "automatic" : "confirm",
    how: observed.autoApply
      ? `runs of ${name} are applied by themselves`
      : `who may apply runs of ${name} confirms, the author of the change too`,
    change: observed.vcs
      ? `require an approval by another on the branch that ${name} is applied from`
      : `connect ${name} to a repository whose branch requires an approval by another`,
    requires: [...(merged ? [merged] : []), ...(observed.autoApply && observed.vcs ? [] : [confirm])],
  };
  return {
    id: `${id}#guard/apply`,
    label: `confirmation of runs of ${name}`,
    content: { autoApply: observed.autoApply, vcs: observed.vcs ?? null },
    passages: [passage],
    source: observed.source,
  };
}

function environmentOf({ id, observed }: WorkspaceFacts, guard: Guard): Environment {
  return {
    id: `${id}#environment/${observed.name}`,
    name: observed.name,
    label: `workspace ${observed.name} of ${observed.organization}`,
    guard,
    place: { project: id },
    source: observed.source,
  };
}

/** The branch of another forge as this system sees it: it takes what the rules there let pass. */
function refOf({ id, observed }: WorkspaceFacts, what: string, branch: string, merged: Requirement): Ref {
  const { vcs, source } = observed;
  const change = `require an approval by another on ${what}`;
  const guard: Guard = {
    id: `${id}#guard/${branch}`,
    label: `rules of ${what}`,
    content: vcs ?? null,
    passages: [{ key: "merge", how: `${what} takes the change`, change, requires: [merged] }],
    source,
  };
  return { id: `${id}#branch/${branch}`, name: branch, label: what, guard, source };
}

/** Runs start from the branch; of every pull request a plan is made, with the workspace's variables and a token for the phase plan. */
function fromRepository(input: PlaneInput, facts: WorkspaceFacts): Parts {
  const { id, name, observed } = facts;
  const vcs = observed.vcs as NonNullable<typeof observed.vcs>;
  const { source } = observed;
  const repository = vcs.repository ?? `unknown:${vcs.identifier}`;
  const content = contentOf(input, repository, vcs.tags === undefined ? vcs.branch : "*");
  const any = contentOf(input, repository, "*");
  const topic = "terraform-cloud/repository";
  const because = `${topic}:${repository}`;
  const gap: Gap = {
    topic,
    subject: repository,
    what: `who decides what ${content.what} holds`,
    why: `the repository of workspace ${name} was not collected`,
    clauses: ["A1", "A6", "P2"],
    source,
  };
  const merged: Requirement = {
    kind: "facts",
    what: `that ${content.what} takes the change`,
    facts: content.need === undefined ? [] : [content.need],
    because: content.need === undefined ? because : content.because,
  };
  const branch = vcs.tags === undefined ? (vcs.branch ?? "default branch") : "tags";
  const ref = refOf(facts, content.what, branch, merged);
  const place = { project: id };
  const run: Context = { id: `${id}#run/${branch}`, label: content.what, content: ref.id, guards: [], place: {}, source };
  const guard = confirmGuard(facts, merged);
  const environment = environmentOf(facts, guard);
  const apply: Context = {
    id: `${run.id}/environment/${observed.name}`,
    label: `an apply of ${name}`,
    content: ref.id,
    of: run.id,
    guards: [guard],
    environment: environment.id,
    place,
    source,
  };
  const plan: Context = {
    id: `${id}#run/unreviewed`,
    label: `a plan of a pull request of ${vcs.identifier} in ${name}`,
    content: "unreviewed",
    guards: [],
    place: {},
    source,
  };
  return {
    refs: [ref],
    contexts: [...(observed.speculative ? [plan] : []), run, apply],
    environments: [environment],
    authoredBy:
      any.need === undefined
        ? []
        : [
            {
              fact: fact(any.need.capability, any.need.entity),
              how: `who may push to ${vcs.identifier} opens a pull request, of which ${name} makes a plan`,
            },
          ],
    change: vcs.repository === undefined ? `${id}#change` : `${vcs.repository}#change`,
    apply,
    gaps: content.need === undefined ? [gap] : [],
  };
}

/** Without a repository, who may plan uploads what they like, from their machine or by the API. */
function uploaded(facts: WorkspaceFacts): Parts {
  const { id, name, observed } = facts;
  const place = { project: id };
  const run: Context = {
    id: `${id}#run/unreviewed`,
    label: `a configuration that somebody uploads to ${name}`,
    content: "unreviewed",
    guards: [],
    place: {},
    source: observed.source,
  };
  const guard = confirmGuard(facts, undefined);
  const environment = environmentOf(facts, guard);
  const apply: Context = {
    ...run,
    id: `${run.id}/environment/${observed.name}`,
    label: `an apply of ${name}`,
    of: run.id,
    guards: [guard],
    environment: environment.id,
    place,
  };
  return { refs: [], contexts: [run, apply], environments: [environment], authoredBy: [], change: `${id}#change`, apply, gaps: [] };
}

/**
 * "sub: organization:ORG:project:PROJECT:workspace:WORKSPACE:run_phase:PHASE" (HCP Terraform, "Workload Identity", Token Specification). The audience is
 * what variables of the workspace say.
 */
function tokenOf({ observed, projectName }: WorkspaceFacts, holder: string, phase: "plan" | "apply", how: string): IdentityToken {
  const project = projectName ?? "*";
  const { organization, name, source } = observed;
  return {
    issuer: "app.terraform.io",
    claims: {
      sub: { value: `organization:${organization}:project:${project}:workspace:${name}:run_phase:${phase}` },
      aud: { value: "*" },
      terraform_organization_name: { value: organization },
      terraform_project_name: { value: project },
      terraform_workspace_name: { value: name },
      terraform_workspace_id: { value: observed.id },
      terraform_full_workspace: { value: `organization:${organization}:project:${project}:workspace:${name}` },
      terraform_run_phase: { value: phase },
    },
    holder: fact("act-as", holder),
    how,
    source,
  };
}

function jobOf(input: PlaneInput, facts: WorkspaceFacts, parts: Parts): Job {
  const { id, name, observed } = facts;
  const { source } = observed;
  const jobId = `${id}#job/apply`;
  const waits = input
    .observations("terraform-cloud/run-trigger")
    .filter((one) => one.workspace === observed.id)
    .flatMap((one): readonly Wait[] => {
      const before = input.observations("terraform-cloud/workspace").find((each) => each.id === one.after);
      const despite = observed.vcs ? `a push to ${observed.vcs.identifier} starts it as well` : undefined;
      return before === undefined ? [] : [{ on: `${workspaceId(before)}#job/apply`, despite }];
    });
  const task: Task = {
    id: jobId,
    label: `apply of ${observed.name}`,
    name: `apply of ${observed.name}`,
    system: "terraform-cloud",
    project: name,
    definition: observed.vcs?.identifier ?? observed.name,
    events: observed.vcs ? ["push"] : waits.length > 0 ? ["run_trigger"] : ["api"],
    environments: parts.environments.map((one) => one.id),
    environmentsComplete: true,
    environmentSource: source,
    waits,
    actions: [{ text: "terraform apply", with: {}, source }],
    isManual: false,
    mayFail: false,
    artifactsOut: [],
    takesArtifactsOf: [],
    usesCache: false,
    isOnOwnMachine: observed.execution === "agent",
    isCalledOnly: false,
    source,
  };
  return {
    id: jobId,
    label: task.label,
    place: { project: id },
    contexts: parts.apply ? [{ id: parts.apply.id }] : [],
    inputs: [],
    runners: [],
    task,
    source,
  };
}

function projectOf(input: PlaneInput, facts: WorkspaceFacts): Project {
  const { id, name, observed, planners, administrators, appliers } = facts;
  const parts = observed.vcs ? fromRepository(input, facts) : uploaded(facts);
  const runs = observed.execution === "local" ? { ...parts, contexts: [], environments: [], refs: [] } : parts;
  const people = distinct([...planners, ...appliers, ...administrators]).filter((actor) => !actor.id.startsWith("person:"));
  const phase = (context: Context): "plan" | "apply" => (context.environment === undefined ? "plan" : "apply");
  return {
    system: "terraform-cloud",
    id,
    label: name,
    // The configuration is its repository's; what stands in an environment is what is applied, and with what.
    place: {},
    above: [],
    change: parts.change,
    authors: observed.vcs ? [] : planners,
    authoredBy: runs.authoredBy,
    administrators,
    refs: runs.refs,
    environments: runs.environments,
    contexts: runs.contexts,
    credentials: facts.variables.map(({ isShared: _, ...variable }) => ({
      ...variable,
      place: variable.owner === id ? { project: id } : {},
      given: runs.contexts.map((context) => ({ to: context.id })),
    })),
    jobs: observed.execution === "local" ? [] : [jobOf(input, facts, parts)],
    runners: [],
    tokens: runs.contexts.map((context) => tokenOf(facts, context.id, phase(context), `${context.label}, as ${phase(context)} of ${name}`)),
    accounts: people,
    gaps: [...facts.gaps, ...parts.gaps],
    source: observed.source,
  };
}

export const terraformCloudProjects = (input: PlaneInput): readonly Project[] =>
  input.observations("terraform-cloud/workspace").map((observed) => projectOf(input, factsOf(input, observed)));

/** Workspaces that configuration says it is applied in, and of which nothing was read: who applies there, with which approval, is not known. */
export function uncollectedWorkspaces(input: PlaneInput): readonly Gap[] {
  const read = new Set(input.observations("terraform-cloud/workspace").map(({ organization, name }) => `${organization}/${name}`));
  const organizations = new Set(input.observations("terraform-cloud/workspace").map(({ organization }) => organization));
  const missing = input
    .observations("terraform-cloud/named")
    .filter(({ organization, workspace }) =>
      workspace === undefined ? !organizations.has(organization) : !read.has(`${organization}/${workspace}`),
    );
  return [...new Map(missing.map((one) => [`${one.organization}/${one.workspace ?? ""}`, one])).values()].map(
    ({ organization, workspace, source }) => ({
      topic: "terraform-cloud/workspaces",
      subject: workspace === undefined ? organization : `${organization}/${workspace}`,
      what:
        workspace === undefined
          ? `workspaces of ${organization} on HCP Terraform`
          : `workspace ${organization}/${workspace} of HCP Terraform`,
      why: "the configuration is applied there, and nothing of it was collected",
      clauses: ["A1", "A6", "P2"],
      source,
    }),
  );
}
