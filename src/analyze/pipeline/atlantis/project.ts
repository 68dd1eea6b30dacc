// A repository that Atlantis serves, as the pipeline model sees it: pull requests that are planned and applied before they are merged.
import type { Gap } from "../../../model/gap.ts";
import type { AtlantisProject, AtlantisRepository, AtlantisServer, AtlantisWorkflow } from "../../../model/observations/atlantis.ts";
import { fact } from "../../../model/rule.ts";
import type { Source } from "../../../model/source.ts";
import type { PlaneInput } from "../../plane.ts";
import type { Actor } from "../actors.ts";
import { contentOf } from "../content.ts";
import type { Context, Environment, Guard, Job, Passage, Project, Requirement } from "../model/model.ts";
import type { Task } from "../model/task.ts";
import { reviewersOf } from "../reviewers.ts";
import { type Settings, settingsFor } from "./settings.ts";

export const TOPICS: readonly string[] = [
  "atlantis/settings",
  "atlantis/uncollected-repository",
  "atlantis/plan-credentials",
  "atlantis/repository",
];

interface Served {
  readonly id: string;
  readonly name: string;
  readonly repository: string;
  readonly observed?: AtlantisRepository;
  readonly server?: AtlantisServer;
  readonly settings?: Settings;
  readonly source: Source;
}

const nameOf = (repository: string): string => repository.slice(repository.indexOf(":") + 1);

/** Repositories with an atlantis.yaml, those that the server names in full, and those that the charter places. */
function servedBy({ observations, charter }: PlaneInput): readonly Served[] {
  const repositories = new Map<string, { readonly source: Source; readonly observed?: AtlantisRepository }>();
  const servers = observations("atlantis/server");
  for (const observed of observations("atlantis/repository")) repositories.set(observed.repository, { source: observed.source, observed });
  for (const { repos } of servers)
    for (const { id, source } of repos) {
      const named = /^(github|gitlab)\.com\/(.+)$/.exec(id);
      if (named && !repositories.has(`${named[1]}:${named[2]}`)) repositories.set(`${named[1]}:${named[2]}`, { source });
    }
  const placed = charter.environments.flatMap(({ boundary }) => [
    ...(boundary.pipelines?.projects ?? []),
    ...(boundary.pipelines?.environments ?? []).map(({ project }) => project),
  ]);
  for (const project of placed) {
    const name = project.slice("atlantis:".length);
    if (
      !project.startsWith("atlantis:") ||
      project.includes("*") ||
      [...repositories.keys()].some((repository) => nameOf(repository) === name)
    )
      continue;
    repositories.set(`github:${name}`, { source: { file: "bulkhead.yaml", pointer: "/environments" } });
  }
  return [...repositories].map(([repository, { source, observed }]) => {
    // Where several servers may serve it, what the weakest asks is what is asked.
    const [server] = servers.toSorted(
      (a, b) => settingsFor(a, repository).applyRequirements.length - settingsFor(b, repository).applyRequirements.length,
    );
    const name = nameOf(repository);
    return {
      id: `atlantis:${name}`,
      name,
      repository,
      ...(observed && { observed }),
      ...(server && { server, settings: settingsFor(server, repository) }),
      source,
    };
  });
}

const environmentName = ({ name, dir, workspace }: AtlantisProject): string =>
  name ?? (workspace === "default" ? dir : `${dir}/${workspace}`);

/** What a phase asks, as a guard with one way for each base branch, and the ways past it that the change itself can open. */
function guardOf(
  input: PlaneInput,
  served: Served,
  project: AtlantisProject | undefined,
  phase: "plan" | "apply",
  environment: string,
): Guard {
  const { settings, repository } = served;
  const key = `${phase}Requirements` as const;
  const mayOverride = settings?.allowedOverrides.includes(`${phase}_requirements`) === true;
  const own = mayOverride ? project?.[key] : undefined;
  const asked = own ?? settings?.[key] ?? [];
  const what = `${phase} of ${environment} by Atlantis`;
  const change = `set ${phase}_requirements: [approved, mergeable] for ${served.name} in the server's repos.yaml, for pull requests into /^main$/ alone`;
  const passages: Passage[] = waysOf(input, served, asked, what, change);
  if (mayOverride && asked.length > 0)
    passages.push({
      key: "override",
      how: `the change sets ${phase}_requirements: [] in its own ${served.observed?.path ?? "atlantis.yaml"}`,
      change: `take ${phase}_requirements out of allowed_overrides for ${served.name} in the server's repos.yaml`,
      requires: [],
    });
  if (settings?.allowedOverrides.includes("workflow") === true && settings.allowCustomWorkflows)
    passages.push({
      key: "workflow",
      how: `the change brings a workflow of its own, which the server runs at plan already`,
      change: `set allow_custom_workflows: false for ${served.name} in the server's repos.yaml`,
      requires:
        phase === "plan" ? [] : (waysOf(input, served, settings.planRequirements, `plan of ${environment}`, change)[0]?.requires ?? []),
    });
  const unread = settings === undefined ? `atlantis/settings:${repository}` : undefined;
  return {
    id: `${served.id}#guard/${phase}/${environment}`,
    label: `what Atlantis asks before ${phase} of ${environment}`,
    content: [settings === undefined ? null : { ...settings, source: undefined }, project?.[key] ?? null],
    passages: unread === undefined ? passages : passages.map((one) => ({ ...one, because: unread })),
    source: settings?.source ?? project?.source ?? served.source,
  };
}

/**
 * "approved": one other than the author. "mergeable": what the forge's rules of the base branch ask, if the base branch is one of a few; a pull request
 * into a branch that its author makes is always mergeable ("limit the base branch so to not bypass the branch protection"). "undiverged" asks nobody.
 * "Once the apply requirement is satisfied, anyone that can comment on the pull request can run" it (Atlantis, "Command Requirements").
 */
function waysOf(input: PlaneInput, served: Served, asked: readonly string[], what: string, change: string): Passage[] {
  const requires: Requirement[] = [];
  const reviewers = reviewersOf(input, served.repository);
  if (asked.includes("approved"))
    requires.push({
      kind: "approvals",
      count: 1,
      of: reviewers?.of ?? everyoneOf(input, `atlantis/uncollected-repository:${served.repository}`),
      authors: reviewers?.authors ?? everyoneOf(input, `atlantis/uncollected-repository:${served.repository}`),
    });
  const how =
    asked.length > 0
      ? `${what} asks that the pull request is ${asked.join(" and ")}`
      : what.startsWith("plan")
        ? `${what} asks for nothing: every pull request is planned`
        : `${what} asks for nothing: the author of a pull request comments "atlantis apply"`;
  const bases = asked.includes("mergeable") ? served.settings?.bases : undefined;
  if (bases === undefined) return [{ key: "comment", how, change, requires }];
  return bases.map((base): Passage => {
    const content = contentOf(input, served.repository, base);
    const merges: Requirement =
      content.need === undefined
        ? {
            kind: "facts",
            what: `that ${content.what} takes the change`,
            facts: [],
            because: `atlantis/uncollected-repository:${served.repository}`,
          }
        : { kind: "facts", what: `that ${content.what} takes the change`, facts: [content.need], because: content.because };
    return { key: `into-${base}`, how, change, requires: [...requires, merges] };
  });
}

const everyoneOf = ({ charter }: PlaneInput, because: string): readonly Actor[] =>
  charter.people.flatMap((person) =>
    person.identities.github.map((login): Actor => ({
      id: `github:@${login}`,
      kind: "account",
      label: `@${login}`,
      source: { file: "bulkhead.yaml", pointer: "/people" },
      because,
    })),
  );

const OF_EACH = "whether the server has credentials of its own for each project is in no file of Atlantis";

const PLAN_TOPIC = "atlantis/plan-credentials";

interface Parts {
  readonly environment: Environment;
  readonly contexts: readonly Context[];
  readonly job: Job;
}

/**
 * A plan runs what the change says (an external data source, a provider), so whoever may plan has what the plan is given: "an attacker submitting a pull
 * request that contains a malicious Terraform file that uses a malicious provider or an external data source" (Atlantis, "Security", Exploits). Whether
 * those credentials change anything is in no file of Atlantis.
 */
function partsOf(input: PlaneInput, served: Served, base: Context, name: string, project: AtlantisProject | undefined): Parts {
  const source = project?.source ?? served.source;
  const apply = guardOf(input, served, project, "apply", name);
  const plan = guardOf(input, served, project, "plan", name);
  const environment: Environment = {
    id: `${served.id}#environment/${name}`,
    name,
    label: `${name} of ${served.name}`,
    guard: apply,
    place: { project: served.id, projectEnvironment: name },
    source,
  };
  const context = (phase: "plan" | "apply", guard: Guard, because?: string): Context => ({
    id: phase === "apply" ? `${base.id}/environment/${name}` : `${served.id}#plan/${name}`,
    label: `${phase} of ${name} by Atlantis for ${served.name}`,
    content: "unreviewed",
    of: base.id,
    guards: [guard],
    environment: environment.id,
    place: { project: served.id },
    because,
    source,
  });
  const isPlanHarmless = Object.hasOwn(input.charter.absent, PLAN_TOPIC);
  const contexts = [context("apply", apply), ...(isPlanHarmless ? [] : [context("plan", plan, `${PLAN_TOPIC}:${served.id}`)])];
  return { environment, contexts, job: jobOf(served, name, project, environment, contexts[0] as Context) };
}

function jobOf(served: Served, name: string, project: AtlantisProject | undefined, environment: Environment, context: Context): Job {
  const id = `${served.id}/${served.observed?.path ?? "atlantis.yaml"}#job/apply ${name}`;
  const source = project?.source ?? served.source;
  const label = `apply ${name}`;
  const workflow = workflowOf(served, project);
  const task: Task = {
    id,
    label,
    name: label,
    system: "atlantis",
    project: served.name,
    definition: served.observed?.path ?? "atlantis.yaml",
    events: ["issue_comment"],
    environments: [environment.id],
    environmentsComplete: true,
    environmentSource: source,
    // "depends_on": the projects named are applied first (Atlantis, "Repo Level atlantis.yaml Config", Project).
    waits: (project?.dependsOn ?? []).map((other) => ({
      on: `${served.id}/${served.observed?.path ?? "atlantis.yaml"}#job/apply ${other}`,
    })),
    actions: (workflow?.apply ?? [{ name: "apply" }]).map((step) => ({
      text: step.text ?? (step.name === "apply" ? "terraform apply" : ""),
      with: {},
      source,
    })),
    isManual: false,
    mayFail: false,
    artifactsOut: [],
    takesArtifactsOf: [],
    usesCache: false,
    isOnOwnMachine: true,
    isCalledOnly: false,
    source,
  };
  return {
    id,
    label,
    place: { project: served.id },
    contexts: [{ id: context.id }],
    inputs: [],
    runners: [],
    task,
    source,
  };
}

function workflowOf({ observed, server, settings }: Served, project: AtlantisProject | undefined): AtlantisWorkflow | undefined {
  const mayChoose = settings?.allowedOverrides.includes("workflow") === true;
  const name = (mayChoose ? project?.workflow : undefined) ?? settings?.workflow ?? "default";
  const own = mayChoose && settings.allowCustomWorkflows ? observed?.workflows : undefined;
  return (
    (own && Object.hasOwn(own, name) ? own[name] : undefined) ??
    (server && Object.hasOwn(server.workflows, name) ? server.workflows[name] : undefined)
  );
}

function projectOf(input: PlaneInput, served: Served): Project {
  const { id, name, repository, source } = served;
  const content = contentOf(input, repository, "*");
  const change = `${repository}#change`;
  const base: Context = {
    id: `${id}#run/unreviewed`,
    label: `a pull request of ${name}`,
    content: "unreviewed",
    guards: [],
    place: { project: id },
    source,
  };
  const named = new Map((served.observed?.projects ?? []).map((project) => [environmentName(project), project] as const));
  const declared = input.charter.environments.flatMap(({ boundary }) =>
    (boundary.pipelines?.environments ?? []).filter((one) => one.project === id && !one.name.includes("*")).map((one) => one.name),
  );
  const names = [...new Set([...named.keys(), ...declared])];
  const parts = names.map((each) => partsOf(input, served, base, each, named.get(each)));
  const contexts = [base, ...parts.flatMap((part) => part.contexts)];
  const everyone = content.need === undefined ? everyoneOf(input, `atlantis/uncollected-repository:${repository}`) : [];
  return {
    system: "atlantis",
    id,
    label: name,
    place: { project: id },
    above: [],
    change,
    authors: everyone,
    authoredBy:
      content.need === undefined
        ? []
        : [
            {
              fact: fact(content.need.capability, content.need.entity),
              how: `who may push to ${name} opens a pull request, which Atlantis plans`,
            },
          ],
    administrators: [],
    refs: [],
    environments: parts.map((part) => part.environment),
    contexts,
    credentials: [
      {
        id: `${id}#secret/server`,
        name: "server",
        label: `what the Atlantis server that serves ${name} has`,
        owner: id,
        place: { project: id },
        given: parts.flatMap((part) => part.contexts.map((context) => ({ to: context.id, because: OF_EACH }))),
        source,
      },
    ],
    jobs: parts.map((part) => part.job),
    runners: [],
    tokens: [],
    accounts: everyone,
    gaps: gapsOf(input, served, content.need === undefined, parts.length),
    source,
  };
}

function gapsOf(
  input: PlaneInput,
  { id, name, repository, settings, source }: Served,
  isUncollected: boolean,
  environments: number,
): readonly Gap[] {
  const gap = (topic: string, subject: string, what: string, why: string, clauses: readonly string[]): Gap[] =>
    Object.hasOwn(input.charter.absent, topic) ? [] : [{ topic, subject, what, why, clauses, source }];
  return [
    ...(settings === undefined
      ? gap(
          "atlantis/settings",
          repository,
          `what Atlantis asks before it applies a change of ${name}`,
          "the server's repos.yaml was not collected",
          ["A1", "A6", "P2"],
        )
      : []),
    ...(isUncollected
      ? gap(
          "atlantis/uncollected-repository",
          repository,
          `who may open and approve pull requests of ${name}`,
          "the repository was not collected",
          ["A1", "A6", "P2"],
        )
      : []),
    ...(environments > 0
      ? gap(PLAN_TOPIC, id, `whether what Atlantis plans with for ${name} can change anything`, "no file of Atlantis says it", [
          "A1",
          "A6",
          "P2",
        ])
      : gap(
          "atlantis/repository",
          repository,
          `which environments ${name} applies to`,
          "no atlantis.yaml was collected, and the charter names none",
          ["A1", "P1", "P2"],
        )),
  ];
}

export const atlantisProjects = (input: PlaneInput): readonly Project[] => servedBy(input).map((served) => projectOf(input, served));
