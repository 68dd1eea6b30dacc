// The contexts of a project's pipelines: any branch, a fork's pull request, branches that stand apart, each with the resources that checks protect.
import { globMatches } from "../../../lib/glob.ts";
import type { AzureRepository } from "../../../model/observations/azure.ts";
import type { PlaneInput } from "../../plane.ts";
import { becauseOf } from "../emit.ts";
import type { Context, Environment, Guard, Mover, Ref } from "../model/model.ts";
import { type Repository, repositoryAt } from "../model/repositories.ts";
import { branchesIn, type Head } from "./conditions.ts";
import type { PipelineFacts, ProjectFacts } from "./facts.ts";
import { branchGuard, type Checked, policiesOf } from "./guards.ts";
import * as ids from "./ids.ts";

export interface Run {
  readonly pipeline: PipelineFacts;
  readonly context: Context;
  readonly head: Head;
  /** Whether secrets, service connections and protected resources are given to it. */
  readonly hasSecrets: boolean;
}

/** A resource of the project that pipelines are let to use one by one: an environment, a service connection, a variable group. */
export interface Resource {
  readonly type: "environment" | "endpoint" | "variablegroup";
  readonly id: string;
  readonly name: string;
  readonly checked: Checked;
  /** Why its checks are not known. */
  readonly unread?: string | undefined;
}

/** Where a pipeline's definition stands. */
export interface Home {
  readonly own?: AzureRepository;
  /** In another system, where the estate holds it. */
  readonly elsewhere?: Repository;
  readonly name: string;
}

export function homeOf(input: PlaneInput, facts: ProjectFacts, { definition, pipeline }: PipelineFacts): Home {
  const type = definition?.repository.type ?? (pipeline?.organization === "" ? "GitHub" : "TfsGit");
  const name = definition?.repository.name ?? pipeline?.repository ?? "";
  if (type === "TfsGit") {
    const own = facts.repositories.find((one) => one.name.toLowerCase() === name.toLowerCase());
    return { ...(own && { own }), name };
  }
  const elsewhere =
    repositoryAt(input, definition?.repository.url ?? `https://github.com/${name}`) ?? repositoryAt(input, `https://github.com/${name}`);
  return { ...(elsewhere && { elsewhere }), name };
}

/** Branches that stand apart: the default one, those with policies of their own, and those that conditions compare with. */
function branchesOf(facts: ProjectFacts, { definition, pipeline }: PipelineFacts, home: Home): readonly string[] {
  const main = home.own?.defaultBranch ?? home.elsewhere?.defaultBranch ?? definition?.repository.defaultBranch;
  const policed = facts.policies.flatMap((policy) =>
    policy.scopes.flatMap((scope) =>
      scope.ref !== undefined &&
      !scope.isPrefix &&
      (scope.repository === undefined || scope.repository.toLowerCase() === home.own?.id.toLowerCase()) &&
      home.own !== undefined
        ? [scope.ref]
        : [],
    ),
  );
  const conditions = (pipeline?.stages ?? []).flatMap((stage) => [
    ...branchesIn(stage.condition),
    ...stage.jobs.flatMap((job) => branchesIn(job.condition)),
  ]);
  return [...new Set([...(main === undefined ? [] : [main]), ...policed, ...conditions])].toSorted();
}

export function refOf(facts: ProjectFacts, home: Home, branch: string): Ref {
  const label = `branch ${branch} of ${home.name}`;
  const common = { id: ids.refId(facts.id, home.name, branch), name: branch, label };
  if (home.elsewhere !== undefined) return { ...common, movedBy: home.elsewhere.branch(branch), source: facts.source };
  if (home.own === undefined)
    return {
      ...common,
      because: facts.unknown("azure/repository") ?? `who may push to branch ${branch} of ${home.name} was not collected`,
      source: facts.source,
    };
  const guard = branchGuard(facts, home.own, branch);
  return {
    ...common,
    ...(guard && { guard }),
    because: guard === undefined ? facts.unknown("azure/branch-policy") : undefined,
    source: policiesOf(facts, home.own, branch)[0]?.source ?? home.own.source,
  };
}

export interface PipelineRuns {
  readonly home: Home;
  readonly refs: readonly Ref[];
  readonly runs: readonly Run[];
  readonly authoredBy: readonly Mover[];
}

/** "The YAML file of the branch that is built is what runs": whoever pushes a branch, and queues or has its push or pull request build it, decides. */
export function runsOf(input: PlaneInput, facts: ProjectFacts, pipeline: PipelineFacts): PipelineRuns {
  const { definition, name, doubt, source } = pipeline;
  const home = homeOf(input, facts, pipeline);
  const place = { project: facts.id };
  if (definition?.disabled === true || home.own?.disabled === true) return { home, refs: [], runs: [], authoredBy: [] };
  const branches = branchesOf(facts, pipeline, home);
  const refs = branches.map((branch) => refOf(facts, home, branch));
  const isClassic = definition !== undefined && definition.path === undefined;
  const run = (content: string, label: string, of: string, head: Head, more: Partial<Context> = {}): Run => ({
    pipeline,
    head,
    hasSecrets: true,
    context: {
      id: ids.runId(facts.id, name, content),
      label,
      content: of,
      guards: [],
      place,
      source,
      actsAs: facts.services.map(({ actor, because }) => ({ id: actor.id, because })),
      ...more,
    },
  });
  // A classic pipeline's steps stand in its settings: a branch brings the files that they run, and no steps of its own.
  const open = run("unreviewed", `any branch in pipeline ${name}`, "unreviewed", { except: branches }, isClassic ? { because: doubt } : {});
  const apart = refs.map((ref) =>
    run(
      /^(?:unreviewed|fork)$/.test(ref.name) ? `refs/heads/${ref.name}` : ref.name,
      `${ref.label} in pipeline ${name}`,
      ref.id,
      { branch: ref.name },
      doubt === undefined ? {} : { doubt },
    ),
  );
  return { home, refs, runs: [open, ...forkRun(facts, pipeline, run), ...apart], authoredBy: home.elsewhere?.authors ?? [] };
}

/**
 * "Build pull requests from forks", and "Make secrets available to builds of forks" (Azure Pipelines, "Build GitHub repositories", Contributions from
 * forks). The organization or project may cut both off.
 */
function forkRun(
  facts: ProjectFacts,
  { definition, name }: PipelineFacts,
  run: (content: string, label: string, of: string, head: Head, more?: Partial<Context>) => Run,
): readonly Run[] {
  if (definition === undefined || !/^(?:GitHub|Bitbucket)/i.test(definition.repository.type)) return [];
  if (facts.settings?.forksBuilt === false) return [];
  const { forks } = definition;
  if (forks !== "unknown" && !forks.enabled) return [];
  const because = forks === "unknown" ? `whether pipeline ${name} builds forks was not collected` : undefined;
  const built = run("fork", `a pull request from a fork in pipeline ${name}`, "fork", { except: [] }, { because });
  return [{ ...built, hasSecrets: (forks === "unknown" || forks.secrets) && facts.settings?.forksWithoutSecrets !== true }];
}

/** Whether a pipeline may use a resource: false, or with what uncertainty. */
export function mayUse(facts: ProjectFacts, run: Run, resource: Pick<Resource, "type" | "id" | "name">): string | false | undefined {
  if (!run.hasSecrets) return false;
  const permission = facts.permission(resource.type, resource.id);
  if (permission?.all === true) return undefined;
  const { definition, name } = run.pipeline;
  if (permission === undefined) return `which pipelines may use ${resource.name} was not collected`;
  if (definition === undefined)
    return `the number of pipeline ${name}, by which ${resource.name} names those that may use it, was not collected`;
  return permission.pipelines.includes(definition.id) ? undefined : false;
}

export const branchOf = (run: Run): string | undefined => ("branch" in run.head ? run.head.branch : undefined);

const guardsOf = (resource: Resource, run: Run, combined: Guard | undefined): readonly Guard[] => [
  ...(combined ? [combined] : resource.checked.guards),
  ...resource.checked.onBranch(branchOf(run)),
];

/** A run in an environment: past its checks; undefined where the pipeline may not use it. */
export function inEnvironment(facts: ProjectFacts, run: Run, resource: Resource, environment: Environment): Context | undefined {
  const because = mayUse(facts, run, resource);
  if (because === false) return undefined;
  return {
    id: ids.inEnvironmentId(run.context.id, environment.name),
    label: `${run.context.label} in environment ${environment.name}`,
    content: run.context.content,
    of: run.context.id,
    guards: guardsOf(resource, run, environment.guard),
    environment: environment.id,
    place: { project: facts.id },
    because: becauseOf(run.context.because, because, resource.checked.guards.length === 0 ? resource.unread : undefined),
    source: environment.source,
  };
}

/** A run that uses a service connection or a variable group. Without checks it is the run itself. */
export function withResource(facts: ProjectFacts, run: Run, resource: Resource): Context | undefined {
  const because = mayUse(facts, run, resource);
  if (because === false) return undefined;
  return {
    id: ids.withResourceId(run.context.id, resource.type === "endpoint" ? "connection" : "group", resource.name),
    label: `${run.context.label} with ${resource.name}`,
    content: run.context.content,
    of: run.context.id,
    guards: guardsOf(resource, run, undefined),
    place: { project: facts.id },
    because: becauseOf(run.context.because, because, resource.checked.guards.length === 0 ? resource.unread : undefined),
    source: run.context.source,
  };
}

export const isTriggered = (
  branches: { readonly include: readonly string[]; readonly exclude: readonly string[] } | undefined,
  branch: string,
): boolean =>
  branches === undefined ||
  (branches.include.some((one) => globMatches(one, branch)) && !branches.exclude.some((one) => globMatches(one, branch)));
