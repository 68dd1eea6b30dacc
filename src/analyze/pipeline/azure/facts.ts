// What was read of each project of Azure DevOps: the one place where this reader decides what is known and what is not.
import { type Gap, gapId } from "../../../model/gap.ts";
import type {
  AzureBranchPolicy,
  AzureCheckConfiguration,
  AzureConnection,
  AzureDefinition,
  AzureEnvironment,
  AzurePermission,
  AzurePipeline,
  AzureProject,
  AzureQueue,
  AzureRepository,
  AzureSettings,
  AzureVariableGroup,
  ResourceType,
} from "../../../model/observations/azure.ts";
import type { Source } from "../../../model/source.ts";
import type { PlaneInput } from "../../plane.ts";
import type { Actor } from "../actors.ts";
import { type Access, accessOf, buildService, buildServiceActor } from "./access.ts";
import { organizationId, projectId } from "./ids.ts";

/** Topics whose gaps this reader turns into may-rules. */
export const TOPICS: readonly string[] =
  "definition pipeline template repository branch-policy environment check permission queue access member settings deployment"
    .split(" ")
    .map((topic) => `azure/${topic}`);

export interface PipelineFacts {
  readonly name: string;
  readonly definition?: AzureDefinition;
  readonly pipeline?: AzurePipeline;
  /** Why its definition, or a part of it, is not known. */
  readonly doubt: string | undefined;
  readonly source: Source;
}

export interface ProjectFacts {
  readonly organization: string;
  readonly name: string;
  readonly id: string;
  readonly observed?: AzureProject;
  readonly access: Access;
  /** Identities with whose token runs write, as far as access control lists name them. */
  readonly services: readonly { readonly actor: Actor; readonly because?: string | undefined }[];
  readonly pipelines: readonly PipelineFacts[];
  readonly repositories: readonly AzureRepository[];
  readonly policies: readonly AzureBranchPolicy[];
  readonly environments: readonly AzureEnvironment[];
  readonly checks: (type: ResourceType, id: string) => readonly AzureCheckConfiguration[];
  readonly permission: (type: ResourceType, id: string) => AzurePermission | undefined;
  readonly connections: readonly AzureConnection[];
  readonly groups: readonly AzureVariableGroup[];
  readonly queues: readonly AzureQueue[];
  readonly settings?: AzureSettings;
  /** Why the answer to a question is not known; undefined: it was answered, or the charter says that there is nothing. */
  readonly unknown: (topic: string, about?: string) => string | undefined;
  readonly unasked: readonly Gap[];
  readonly source: Source;
}

const QUESTIONS: Readonly<
  Record<string, { readonly what: string; readonly words: string; readonly clauses: readonly string[]; readonly ofOrganization?: true }>
> = {
  "azure/definition": { what: "pipelines", words: "pipelines of", clauses: ["A1", "P1", "P2"] },
  "azure/repository": { what: "repositories", words: "repositories of", clauses: ["A1", "P2"] },
  "azure/branch-policy": { what: "branch policies", words: "branch policies of", clauses: ["A1", "A6", "P2"] },
  "azure/environment": { what: "environments", words: "environments of", clauses: ["A1", "P2"] },
  "azure/connection": { what: "service connections", words: "service connections of", clauses: ["A1", "B5"] },
  "azure/variable-group": { what: "variable groups", words: "variable groups of", clauses: ["A1", "B5"] },
  "azure/queue": { what: "agent queues", words: "agent queues of", clauses: ["A1"] },
  "azure/member": { what: "users", words: "users and groups of", clauses: ["A1", "A6"], ofOrganization: true },
};

function namesOf(
  input: PlaneInput,
): ReadonlyMap<string, { readonly organization: string; readonly project: string; readonly source: Source }> {
  const names = new Map<string, { organization: string; project: string; source: Source }>();
  const add = (organization: string, project: string, source: Source): void => {
    if (organization !== "" && project !== "")
      names.set(projectId(organization, project), names.get(projectId(organization, project)) ?? { organization, project, source });
  };
  const { observations } = input;
  for (const one of observations("azure/project")) add(one.organization, one.project, one.source);
  for (const one of observations("azure/definition")) add(one.organization, one.project, one.source);
  for (const one of observations("azure/pipeline")) add(one.organization, one.project, one.source);
  for (const one of observations("azure/environment")) add(one.organization, one.project, one.source);
  const source: Source = { file: "bulkhead.yaml", pointer: "/environments" };
  for (const { boundary } of input.charter.environments)
    for (const id of [...(boundary.pipelines?.projects ?? []), ...(boundary.pipelines?.environments ?? []).map(({ project }) => project)]) {
      const [, organization, project] = /^azure:([^/*]+)\/([^/*]+)$/.exec(id) ?? [];
      if (organization !== undefined && project !== undefined) add(decodeURIComponent(organization), decodeURIComponent(project), source);
    }
  return names;
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** Pipelines by their settings; a definition that no settings name stands for itself. */
function pipelinesOf(input: PlaneInput, organization: string, project: string, gaps: readonly Gap[], id: string): readonly PipelineFacts[] {
  const all = input.observations("azure/pipeline");
  const definitions = input.observations("azure/definition").filter((one) => one.organization === organization && one.project === project);
  const doubtOf = (repository: string, path: string): string | undefined => {
    const gap = gaps.find(
      (one) =>
        /^azure\/(?:pipeline|template)$/.test(one.topic) &&
        (same(one.subject, `${id}/${repository}/${path}`) || same(one.subject, `azure:/${repository}/${path}`)),
    );
    return gap && gapId(gap);
  };
  const named = definitions.map((definition): PipelineFacts => {
    const { repository, path = "" } = definition;
    const pipeline = all.find(
      (one) => same(one.repository, repository.name) && one.path === path && (one.project === "" || one.project === project),
    );
    const classic = definition.path === undefined ? `the steps of ${definition.name}, a classic pipeline, are in no file` : undefined;
    return {
      name: definition.name,
      definition,
      ...(pipeline && { pipeline }),
      doubt: classic ?? doubtOf(repository.name, path),
      source: pipeline?.source ?? definition.source,
    };
  });
  const own = all.filter(
    (one) => one.organization === organization && one.project === project && !named.some((each) => each.pipeline === one),
  );
  return [
    ...named,
    ...own.map((pipeline): PipelineFacts => ({
      name: pipeline.path,
      pipeline,
      doubt: doubtOf(pipeline.repository, pipeline.path),
      source: pipeline.source,
    })),
  ].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function factsOf(input: PlaneInput, organization: string, project: string, source: Source): ProjectFacts {
  const { observations, charter } = input;
  const id = projectId(organization, project);
  const own = <T extends { readonly organization: string; readonly project: string }>(all: readonly T[]): readonly T[] =>
    all.filter((one) => one.organization === organization && one.project === project);
  const above = organizationId(organization);
  const gaps = input.gaps.filter(
    (gap) =>
      gap.topic.startsWith("azure/") &&
      (gap.subject === id ||
        gap.subject.startsWith(`${id}/`) ||
        gap.subject.startsWith(`${id}#`) ||
        gap.subject === above ||
        gap.subject.startsWith(`${above}#`) ||
        gap.subject.startsWith("azure:/")),
  );
  const answers = new Set(observations("azure/answered").map((one) => `${one.what} ${one.of}`));
  const unknown = (topic: string, about?: string): string | undefined => {
    if (Object.hasOwn(charter.absent, topic)) return undefined;
    const question = QUESTIONS[topic];
    const subject = question?.ofOrganization === true ? above : id;
    const gap = gaps.find(
      (one) => one.topic === topic && (one.subject === subject || (about !== undefined && one.subject === `${subject}#${about}`)),
    );
    if (gap !== undefined) return gapId(gap);
    const of = question?.ofOrganization === true ? organization : `${organization}/${project}`;
    if (question !== undefined) return answers.has(`${question.what} ${of}`) ? undefined : `${topic}:${subject}`;
    if (topic === "azure/check") return answers.has(`checks ${of}#${about ?? ""}`) ? undefined : `${topic}:${id}#${about ?? ""}`;
    return undefined;
  };
  const checks = own(observations("azure/check"));
  const permissions = own(observations("azure/permission"));
  const settings = own(observations("azure/settings"))[0];
  const observed = own(observations("azure/project"))[0];
  const asked = (what: string): boolean => answers.has(what.replace("memberships#", `memberships ${organization}#`));
  const [environments, connections, groups] = [
    own(observations("azure/environment")),
    own(observations("azure/connection")),
    own(observations("azure/variable-group")),
  ];
  const told = { environments, connections, groups, permissions };
  const unaskedResources = unaskedOfResources(input, { id, project, gaps, unknown }, told);
  return {
    organization,
    name: project,
    id,
    ...(observed && { observed }),
    access: accessOf(input, organization, unknown("azure/member"), asked),
    services: servicesOf(input, organization, observed?.id),
    pipelines: pipelinesOf(input, organization, project, gaps, id),
    repositories: own(observations("azure/repository")),
    policies: own(observations("azure/branch-policy")),
    environments,
    checks: (type, of) => checks.filter((one) => one.resource.type === type && same(one.resource.id, of) && !one.disabled),
    permission: (type, of) => permissions.find((one) => one.resource.type === type && same(one.resource.id, of)),
    connections,
    groups,
    queues: own(observations("azure/queue")),
    ...(settings && { settings }),
    unknown,
    unasked: [...unaskedOf(id, project, above, organization, source, unknown, gaps), ...unaskedResources],
    source: observed?.source ?? source,
  };
}

/**
 * "Limit job authorization scope to current project": a run has the token of its project's build service, else that of the whole organization's
 * ("Access repositories, artifacts, and other resources", Job authorization scope).
 */
function servicesOf(input: PlaneInput, organization: string, project: string | undefined): ProjectFacts["services"] {
  const found = new Map<string, { readonly actor: Actor; readonly because?: string | undefined }>();
  for (const one of input.observations("azure/access")) {
    const of = one.organization === organization ? buildService(one.descriptor) : undefined;
    if (of === undefined || found.has(of)) continue;
    const because =
      of === project?.toLowerCase() ? undefined : "whether runs have the token of the organization's build service was not collected";
    found.set(of, { actor: buildServiceActor(organization, of, one.source), because });
  }
  return [...found.values()];
}

interface Told {
  readonly environments: readonly AzureEnvironment[];
  readonly connections: readonly AzureConnection[];
  readonly groups: readonly AzureVariableGroup[];
  readonly permissions: readonly AzurePermission[];
}

/** Checks and pipeline permissions are asked of each resource: nobody may have asked. */
function unaskedOfResources(
  { charter }: PlaneInput,
  {
    id,
    project,
    gaps,
    unknown,
  }: { readonly id: string; readonly project: string; readonly gaps: readonly Gap[]; readonly unknown: ProjectFacts["unknown"] },
  { environments, connections, groups, permissions }: Told,
): readonly Gap[] {
  const resources = [
    ...environments.map((one) => ({ type: "environment", number: String(one.id), name: `environment ${one.name}`, source: one.source })),
    ...connections.map((one) => ({ type: "endpoint", number: one.id, name: `service connection ${one.name}`, source: one.source })),
    ...groups
      .filter((one) => one.secrets.length > 0)
      .map((one) => ({ type: "variablegroup", number: String(one.id), name: `variable group ${one.name}`, source: one.source })),
  ];
  return resources.flatMap(({ type, number, name, source }): readonly Gap[] => {
    const common = { subject: `${id}#${type}/${number}`, why: "not collected", source };
    const isTold = (topic: string): boolean =>
      Object.hasOwn(charter.absent, topic) || gaps.some((gap) => gap.topic === topic && gap.subject === common.subject);
    const hasChecks = unknown("azure/check", `${type}/${number}`) === undefined || isTold("azure/check");
    const hasPermission =
      permissions.some((one) => one.resource.type === type && same(one.resource.id, number)) || isTold("azure/permission");
    return [
      ...(hasChecks ? [] : [{ ...common, topic: "azure/check", what: `checks on ${name} of ${project}`, clauses: ["A1", "A6", "P2"] }]),
      ...(hasPermission
        ? []
        : [{ ...common, topic: "azure/permission", what: `which pipelines may use ${name} of ${project}`, clauses: ["A1", "P2"] }]),
    ];
  });
}

function unaskedOf(
  id: string,
  project: string,
  above: string,
  organization: string,
  source: Source,
  unknown: ProjectFacts["unknown"],
  gaps: readonly Gap[],
): readonly Gap[] {
  return Object.entries(QUESTIONS)
    .filter(([topic]) => unknown(topic) !== undefined && !gaps.some((gap) => gap.topic === topic))
    .map(([topic, { words, clauses, ofOrganization }]) => ({
      topic,
      subject: ofOrganization === true ? above : id,
      what: `${words} ${ofOrganization === true ? organization : project}`,
      why: "not collected",
      clauses,
      source,
    }));
}

const known = new WeakMap<PlaneInput, readonly ProjectFacts[]>();

export function projectsOf(input: PlaneInput): readonly ProjectFacts[] {
  const found =
    known.get(input) ??
    [...namesOf(input)]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { organization, project, source }]) => factsOf(input, organization, project, source));
  known.set(input, found);
  return found;
}
