// A project of CircleCI as the pipeline model sees it: every branch's own configuration runs, and contexts are what stands in an environment.
import type { Gap } from "../../../model/gap.ts";
import type { CircleConfig, CircleContext, CircleJob, CircleRestriction, CircleWorkflow } from "../../../model/observations/circleci.ts";
import { fact, type IdentityToken } from "../../../model/rule.ts";
import type { Source } from "../../../model/source.ts";
import type { PlaneInput } from "../../plane.ts";
import { contentOf } from "../content.ts";
import type { Context, Credential, Environment, Guard, Job, MovableInput, Project, Ref } from "../model/model.ts";
import type { Task } from "../model/task.ts";
import { viewPipeline } from "../view.ts";

export const TOPICS: readonly string[] = ["circleci/contexts", "circleci/repository", "circleci/settings"];

interface Facts {
  readonly id: string;
  readonly name: string;
  readonly repository: string;
  readonly config: CircleConfig;
  readonly source: Source;
}

const contextsGap = (organization: string): string => `circleci/contexts:${organization}`;
const organizationOf = (name: string): string => name.slice(0, name.indexOf("/"));

/** Branches that workflows name, and no patterns: the runs that stand apart. */
const namedBranches = (config: CircleConfig): readonly string[] => [
  ...new Set(
    config.workflows.flatMap((workflow) => workflow.jobs.flatMap((job) => (job.only ?? []).filter((name) => !name.startsWith("/")))),
  ),
];

interface Restricted {
  /** Branches to which an expression keeps it; undefined: any. */
  readonly branches?: readonly string[];
  /** Given: whether any branch may use it is not certain, and why. */
  readonly because?: string;
}

/**
 * "Expression restrictions" keep a context to pipelines for which they hold; security groups to what a member starts or approves; project restrictions to
 * projects. A restriction to a branch is the only one of them that says whose content gets the variables (CircleCI Docs, "Using contexts", Restrict a
 * context).
 */
function restrictedTo(restrictions: readonly CircleRestriction[]): Restricted {
  const expressions = restrictions.filter((one) => one.type === "expression");
  const groups = restrictions.filter((one) => one.type === "group" && one.name !== "All members");
  const branches = expressions.map((one) => /^\s*pipeline\.git\.branch\s*==\s*["']([^"']+)["']\s*$/.exec(one.value)?.[1]);
  if (branches.some((branch) => branch !== undefined)) return { branches: branches.filter((branch) => branch !== undefined) };
  if (expressions.length > 0) return { because: `whether ${expressions[0]?.value ?? ""} keeps unreviewed branches out is not decided` };
  return groups.length > 0
    ? { because: `members of group ${groups[0]?.name ?? groups[0]?.value ?? ""} alone may start it, and who they are was not collected` }
    : {};
}

function restrictionOf(input: PlaneInput, facts: Facts, name: string): Restricted {
  const { observations } = input;
  const organization = organizationOf(facts.name);
  const found = observations("circleci/context").find((one) => one.name === name && one.organization === organization);
  if (found === undefined || !observations("circleci/answered").some((one) => one.what === "restrictions" && one.of === found.id))
    return Object.hasOwn(input.charter.absent, "circleci/contexts") ? {} : { because: contextsGap(organization) };
  return restrictedTo(observations("circleci/restriction").filter((one) => one.context === found.id));
}

/**
 * "Build forked pull requests" runs what a fork brings; "Pass secrets to builds from forked pull requests" gives it the variables (CircleCI Docs, "Build
 * open source projects"). Of a private repository only its members make forks.
 */
function forkOf(
  input: PlaneInput,
  { id, name, repository, source }: Facts,
): { readonly run: Context; readonly getsSecrets: boolean } | undefined {
  const isPublic = viewPipeline(input).repositories.some(({ facts }) => facts.id === repository && facts.observed?.visibility === "public");
  const settings = input.observations("circleci/settings").find((one) => one.project === name);
  if (!isPublic || settings?.buildsForks === false) return undefined;
  const because = settings === undefined ? `circleci/settings:${name}` : undefined;
  const run: Context = {
    id: `${id}#run/fork`,
    label: `a pull request from a fork of ${name}`,
    content: "fork",
    guards: [],
    place: { project: id },
    because,
    source,
  };
  return { run, getsSecrets: settings?.forksGetSecrets !== false };
}

interface Parts {
  readonly refs: readonly Ref[];
  readonly runs: readonly Context[];
  readonly environments: readonly Environment[];
  readonly inside: readonly Context[];
  /** What a fork brings runs, with the variables or without. */
  readonly fork?: { readonly run: Context; readonly getsSecrets: boolean };
}

function partsOf(input: PlaneInput, facts: Facts): Parts {
  const { id, name, config, source } = facts;
  const unreviewed: Context = {
    id: `${id}#run/unreviewed`,
    label: `any branch of ${name}`,
    content: "unreviewed",
    guards: [],
    place: { project: id },
    source,
  };
  const declared = input.charter.environments.flatMap(({ boundary }) =>
    (boundary.pipelines?.environments ?? []).filter((one) => one.project === id && !one.name.includes("*")).map((one) => one.name),
  );
  const used = config.workflows.flatMap((workflow) => workflow.jobs.flatMap((job) => job.contexts)).filter((one) => !one.includes("<<"));
  const names = [...new Set([...used, ...declared])];
  const restricted = new Map(names.map((each) => [each, restrictionOf(input, facts, each)]));
  const branches = [...new Set([...namedBranches(config), ...[...restricted.values()].flatMap((one) => one.branches ?? [])])];
  const refs = branches.map((branch): Ref => refOf(input, facts, branch));
  const refRuns = refs.map((ref): Context => ({
    id: `${id}#run/${ref.name}`,
    label: `branch ${ref.name} of ${name}`,
    content: ref.id,
    guards: [],
    place: { project: id },
    source: ref.source,
  }));
  const environments = names.map((each): Environment => ({
    id: `${id}#environment/${each}`,
    name: each,
    label: `context ${each} of ${name}`,
    place: { project: id, projectEnvironment: each },
    source,
  }));
  const inside = environments.flatMap((environment) => {
    const { branches: only, because } = restricted.get(environment.name) ?? {};
    const open = openGuard(facts, environment);
    return [unreviewed, ...refRuns]
      .filter((run) => only === undefined || only.some((branch) => run.id === `${id}#run/${branch}`))
      .map((run): Context => ({
        ...run,
        id: `${run.id}/environment/${environment.name}`,
        label: `${run.label} with context ${environment.name}`,
        of: run.id,
        guards: run === unreviewed ? [open] : [],
        environment: environment.id,
        because: run === unreviewed || run.content !== "unreviewed" ? because : undefined,
      }));
  });
  const fork = forkOf(input, facts);
  return { refs, runs: [unreviewed, ...refRuns], environments, inside, ...(fork && { fork }) };
}

/** Nothing keeps a branch from a context but its restrictions: where there is none, that is what to add. */
const openGuard = ({ id, name, source }: Facts, environment: Environment): Guard => ({
  id: `${id}#guard/${environment.name}`,
  label: `restrictions of context ${environment.name}`,
  content: environment.name,
  passages: [
    {
      key: "open",
      how: `context ${environment.name} is given to any branch of ${name}`,
      change: `restrict context ${environment.name} to reviewed branches: pipeline.git.branch == "main"`,
      requires: [],
    },
  ],
  source,
});

function refOf(input: PlaneInput, { id, repository, source }: Facts, branch: string): Ref {
  const content = contentOf(input, repository, branch);
  const because = content.need === undefined ? `circleci/repository:${repository}` : content.because;
  const change = `require an approval by another on ${content.what}`;
  const guard: Guard = {
    id: `${id}#guard/${branch}`,
    label: `rules of ${content.what}`,
    content: branch,
    passages: [
      {
        key: "merge",
        how: `${content.what} takes the change`,
        change,
        requires: [
          {
            kind: "facts",
            what: `that ${content.what} takes the change`,
            facts: content.need === undefined ? [] : [content.need],
            because,
          },
        ],
      },
    ],
    source,
  };
  return { id: `${id}#branch/${branch}`, name: branch, label: content.what, guard, source };
}

/** Each variable goes to the runs that may use its context; the project's own to every run of it. */
function credentialsOf(input: PlaneInput, facts: Facts, parts: Parts): readonly Credential[] {
  const { observations } = input;
  const organization = organizationOf(facts.name);
  const contexts = observations("circleci/context").filter((one) => one.organization === organization);
  const ofContexts = contexts.flatMap((context: CircleContext) => {
    const given = parts.inside
      .filter((one) => one.environment === `${facts.id}#environment/${context.name}`)
      .map((one) => ({ to: one.id, because: one.because }));
    return observations("circleci/variable")
      .filter((one) => one.of === context.id && given.length > 0)
      .map((one): Credential => ({
        id: `circleci:${organization}#context/${context.name}/secret/${one.name}`,
        name: one.name,
        label: `variable ${one.name} of context ${context.name}`,
        owner: `circleci:${organization}`,
        place: {},
        given,
        source: one.source,
      }));
  });
  const own = observations("circleci/variable")
    .filter((one) => one.of === facts.name)
    .map((one): Credential => ({
      id: `${facts.id}#secret/${one.name}`,
      name: one.name,
      label: `variable ${one.name} of ${facts.name}`,
      owner: facts.id,
      place: { project: facts.id },
      given: [...parts.runs, ...parts.inside, ...(parts.fork?.getsSecrets === true ? [parts.fork.run] : [])].map((context) => ({
        to: context.id,
      })),
      source: one.source,
    }));
  return [...ofContexts, ...own];
}

function inputsOf(config: CircleConfig, job: CircleJob): readonly MovableInput[] {
  const orbs = config.orbs
    .filter((orb) => orb.isMovable && job.uses.some((use) => use.startsWith(`${orb.name}/`)))
    .map((orb): MovableInput => ({
      id: `circleci:orb/${orb.written}`,
      kind: "definition",
      written: orb.written,
      movedBy: [],
      source: orb.source,
    }));
  const images = job.images
    .filter((image) => !image.includes("@sha256:") && !/<<|\$/.test(image))
    .map((image): MovableInput => ({
      id: `image:${/:[^/]+$/.test(image) ? image : `${image}:latest`}`,
      kind: "image",
      written: image,
      movedBy: [],
      source: job.source,
    }));
  return [...orbs, ...images];
}

const taskId = ({ id, config }: Facts, workflow: CircleWorkflow, name: string): string =>
  `${id}/${config.path}#job/${workflow.name}/${name}`;

/** A click on an approval job is made by anyone who may write to the project, its author too ("Using workflows", Holding a workflow for a manual approval). */
function taskOf(facts: Facts, workflow: CircleWorkflow, job: CircleJob, environments: readonly Environment[]): Task {
  const byName = new Map(workflow.jobs.map((one) => [one.name, one]));
  const named = environments.filter((one) => job.contexts.includes(one.name));
  return {
    id: taskId(facts, workflow, job.name),
    label: `${workflow.name} / ${job.name}`,
    name: job.name,
    system: "circleci",
    project: facts.name,
    definition: facts.config.path,
    events: workflow.isScheduled ? ["schedule"] : ["push"],
    environments: named.map((one) => one.id),
    environmentsComplete: !job.contexts.some((one) => one.includes("<<")),
    ...(job.contexts.length > 0 && { environmentSource: job.source }),
    waits: job.requires.filter((one) => byName.has(one)).map((one) => ({ on: taskId(facts, workflow, one) })),
    actions: [
      ...job.steps.map((text) => ({ text, with: {}, source: job.source })),
      ...job.uses.map((uses) => ({ text: "", uses: `${uses}@`, with: {}, source: job.source })),
    ],
    isManual: job.requires.some((one) => byName.get(one)?.isApproval === true),
    mayFail: false,
    artifactsOut: job.persists,
    takesArtifactsOf: job.attaches
      ? job.requires.filter((one) => (byName.get(one)?.persists.length ?? 0) > 0).map((one) => taskId(facts, workflow, one))
      : [],
    ...(job.images[0] !== undefined && { image: job.images[0] }),
    usesCache: job.usesCache,
    isOnOwnMachine: job.resourceClass?.includes("/") === true,
    isCalledOnly: false,
    source: job.source,
  };
}

/** As written, a job runs where its filters let it; a branch that changes the filters runs with that branch's own rights. */
function jobOf(facts: Facts, workflow: CircleWorkflow, job: CircleJob, parts: Parts): Job {
  const task = taskOf(facts, workflow, job, parts.environments);
  const literal = job.only?.filter((name) => !name.startsWith("/"));
  const runs =
    literal !== undefined && literal.length === job.only?.length
      ? parts.runs.filter((run) => literal.some((name) => run.id === `${facts.id}#run/${name}`))
      : parts.runs;
  const contexts = runs.flatMap((run) =>
    task.environments.length === 0
      ? [run]
      : parts.inside.filter((one) => one.of === run.id && one.environment !== undefined && task.environments.includes(one.environment)),
  );
  return {
    id: task.id,
    label: task.label,
    place: { project: facts.id },
    contexts: contexts.map((one) => ({ id: one.id, because: one.because })),
    inputs: inputsOf(facts.config, job),
    runners: [],
    task,
    source: job.source,
  };
}

/** "sub: org/ORG_ID/project/PROJECT_ID/user/USER_ID", the audience the organization's id (CircleCI Docs, "Using OpenID Connect tokens in jobs"). */
function tokensOf(input: PlaneInput, facts: Facts, parts: Parts): readonly IdentityToken[] {
  const observed = input.observations("circleci/project").find((one) => one.project === facts.name);
  if (observed?.organizationId === undefined || observed.id === undefined) return [];
  const { organizationId, id, source } = observed;
  return [...parts.runs, ...parts.inside].map((context) => ({
    issuer: `oidc.circleci.com/org/${organizationId}`,
    claims: {
      sub: { value: `org/${organizationId}/project/${id}/user/*` },
      aud: { value: organizationId },
      "oidc.circleci.com/project-id": { value: id },
    },
    holder: fact("act-as", context.id),
    how: `a job of ${context.label}`,
    source,
  }));
}

function projectOf(input: PlaneInput, facts: Facts): Project {
  const { id, name, repository, config, source } = facts;
  const content = contentOf(input, repository, "*");
  const parts = partsOf(input, facts);
  const jobs = config.workflows.flatMap((workflow) => workflow.jobs.map((job) => jobOf(facts, workflow, job, parts)));
  const because = config.isSetup ? "what a setup workflow makes stands in no file" : undefined;
  return {
    system: "circleci",
    id,
    label: name,
    place: { project: id },
    above: [],
    change: `${repository}#change`,
    authors: [],
    authoredBy:
      content.need === undefined ? [] : [{ fact: content.need, how: `who may push to ${name} brings the configuration that runs` }],
    administrators: [],
    refs: parts.refs,
    environments: parts.environments,
    ...(parts.fork && { fork: { id: `${id}#fork` } }),
    contexts: [...parts.runs, ...parts.inside, ...(parts.fork ? [parts.fork.run] : [])].map((context) =>
      context.content !== "unreviewed" && context.content !== "fork" && because !== undefined ? { ...context, doubt: because } : context,
    ),
    credentials: credentialsOf(input, facts, parts),
    jobs,
    runners: [],
    tokens: tokensOf(input, facts, parts),
    accounts: [],
    gaps: gapsOf(input, facts, content.need === undefined, parts.environments.length > 0),
    source,
  };
}

function gapsOf(
  input: PlaneInput,
  { name, repository, config, source }: Facts,
  isUncollected: boolean,
  usesContexts: boolean,
): readonly Gap[] {
  const { observations, charter } = input;
  const organization = organizationOf(name);
  const gap = (topic: string, subject: string, what: string, why: string, clauses: readonly string[]): Gap[] =>
    Object.hasOwn(charter.absent, topic) ? [] : [{ topic, subject, what, why, clauses, source }];
  const isAnswered = observations("circleci/answered").some((one) => one.what === "contexts" && one.of === organization);
  const isRead = observations("circleci/answered").some((one) => one.what === "project variables" && one.of === name);
  return [
    ...(usesContexts && !isAnswered
      ? gap("circleci/contexts", organization, `contexts of ${organization}, and who may use them`, "not collected", ["A1", "B5", "P2"])
      : []),
    ...(observations("circleci/project").some((one) => one.project === name)
      ? []
      : gap("circleci/project", name, `ids of ${name}, which stand in the subjects of its tokens`, "not collected", ["A1"])),
    ...(isRead ? [] : gap("circleci/variables", name, `variables of ${name}`, "not collected", ["A1", "B5"])),
    ...(isUncollected
      ? gap("circleci/repository", repository, `who may push to ${name}`, "the repository was not collected", ["A1", "A6", "P2"])
      : []),
    ...(config.isSetup
      ? gap("circleci/setup", name, `what the setup workflow of ${name} makes`, "it is made while it runs", ["A1", "P1", "P2"])
      : []),
  ];
}

export const circleciProjects = (input: PlaneInput): readonly Project[] =>
  input.observations("circleci/config").map((config) => {
    const name = config.repository.slice(config.repository.indexOf(":") + 1);
    return projectOf(input, { id: `circleci:${name}`, name, repository: config.repository, config, source: config.source });
  });
