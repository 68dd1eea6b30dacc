// The contexts of a GitLab project: unreviewed branches, a fork's merge request, protected branches and tags, each with and without an environment.
import { globMatches } from "../../../lib/glob.ts";
import type { Place } from "../../../model/entity.ts";
import type { IdentityToken } from "../../../model/rule.ts";
import type { PlaneInput } from "../../plane.ts";
import type { Context, Environment, Guard, Ref } from "../model/model.ts";
import { allEnvironments, tierOf } from "./environments.ts";
import type { ProjectFacts } from "./facts.ts";
import { branchGuard, environmentGuard, tagGuard, tierGuard } from "./guards.ts";
import * as ids from "./ids.ts";
import { namedLike, type Start } from "./runs.ts";
import { type Issued, tokenInNewEnvironment, tokenOf, tokensOfJob } from "./tokens.ts";

export interface Run {
  readonly context: Context;
  /** The pipelines that its content can start. */
  readonly starts: readonly Start[];
  /** Whether GitLab treats it as protected: it then gets protected variables. */
  readonly isProtected: boolean;
  /** Given: whether it is protected is not certain. */
  readonly because?: string | undefined;
  readonly issued: readonly Omit<Issued, "holder" | "environment">[];
}

export interface Parts {
  readonly refs: readonly Ref[];
  readonly runs: readonly Run[];
  readonly environments: readonly Environment[];
  /** Contexts of a run inside an environment, by run and environment. */
  readonly inside: (run: Run, environment: Environment) => Context;
  readonly contexts: readonly Context[];
  readonly tokens: readonly IdentityToken[];
  /** Tokens of a job as written, on a run whose content is a ref's. */
  readonly tokensFor: (
    run: Run,
    holder: string,
    label: string,
    audiences: readonly string[],
    environment?: Environment,
  ) => readonly IdentityToken[];
}

interface NamedRef extends Ref {
  readonly kind: "branch" | "tag";
  readonly isProtected: boolean;
}

/** Protected branches and tags, and the default branch, protected or not. */
function refsOf(facts: ProjectFacts): readonly NamedRef[] {
  const { name: project, defaultBranch } = facts;
  const refs: NamedRef[] = facts.branches.map((branch) => ({
    id: ids.refId(project, "branch", branch.name),
    name: branch.name,
    kind: "branch" as const,
    isProtected: true,
    label: `branch ${branch.name} of ${project}`,
    guard: branchGuard(facts, branch),
    source: branch.source,
  }));
  for (const tag of facts.tags)
    refs.push({
      id: ids.refId(project, "tag", tag.name),
      name: tag.name,
      kind: "tag",
      isProtected: true,
      label: `tag ${tag.name} of ${project}`,
      guard: tagGuard(facts, tag),
      source: tag.source,
    });
  if (defaultBranch !== undefined && !facts.branches.some((branch) => globMatches(branch.name, defaultBranch)))
    refs.push({
      id: ids.refId(project, "branch", defaultBranch),
      name: defaultBranch,
      kind: "branch",
      isProtected: false,
      label: `branch ${defaultBranch} of ${project}`,
      because: facts.unknown("gitlab/protected-branch"),
      source: facts.source,
    });
  return refs;
}

function unreviewedRun(facts: ProjectFacts, refs: readonly NamedRef[], place: Place): Run {
  const { name, source, defaultBranch } = facts;
  const apart = (kind: NamedRef["kind"]): readonly string[] => refs.filter((ref) => ref.kind === kind).map((ref) => ref.name);
  const literal = (kind: NamedRef["kind"]): readonly string[] => apart(kind).filter((one) => !one.includes("*"));
  const issued = (kind: "branch" | "tag") => ({
    kind,
    ref: "*",
    without: apart(kind),
    isProtected: false,
    how: `a job on any ${kind} of ${name}`,
    source,
  });
  const common = { isProtected: false, defaultBranch };
  return {
    context: { id: ids.unreviewedRunId(name), label: `any branch of ${name}`, content: "unreviewed", guards: [], place, source },
    starts: [
      { ...common, kind: "branch", name: { isSet: true, except: literal("branch") } },
      { ...common, kind: "merge request", name: { isSet: true, except: literal("branch") } },
      { ...common, kind: "tag", name: { isSet: true, except: literal("tag") } },
    ],
    isProtected: false,
    issued: [issued("branch"), issued("tag")],
  };
}

/** "Run pipelines in the parent project for merge requests from forks": a member starts one, with the variables of the project. */
function forkRun(facts: ProjectFacts, place: Place): readonly Run[] {
  const { name, observed, source, defaultBranch } = facts;
  if (!hasForks(facts)) return [];
  const because = `a member of ${name} runs the fork's merge request pipeline in ${name}`;
  const asked = observed?.runsForksHere === undefined ? "whether pipelines of forks may run here was not collected" : because;
  return [
    {
      context: {
        id: ids.forkRunId(name),
        label: `a merge request from a fork of ${name}`,
        content: "fork",
        guards: [],
        place,
        because: asked,
        source,
      },
      starts: [{ kind: "merge request", name: { isSet: true }, isProtected: false, defaultBranch }],
      isProtected: false,
      issued: [],
    },
  ];
}

export const hasForks = (facts: ProjectFacts): boolean => facts.observed?.visibility === "public" && facts.observed.runsForksHere !== false;

function refRun(facts: ProjectFacts, ref: NamedRef, refs: readonly NamedRef[], place: Place): Run {
  const others = refs.filter((one) => one.kind === ref.kind && one !== ref).map((one) => one.name);
  const how = `a job on ${ref.label}`;
  return {
    context: { id: ids.runId(facts.name, ref.kind, ref.name), label: ref.label, content: ref.id, guards: [], place, source: ref.source },
    starts: [{ kind: ref.kind, name: namedLike(ref.name, others), isProtected: ref.isProtected, defaultBranch: facts.defaultBranch }],
    isProtected: ref.isProtected,
    because: ref.because,
    issued: [{ kind: ref.kind, ref: ref.name, without: [], isProtected: ref.isProtected, how, source: ref.source }],
  };
}

function environmentsOf(input: PlaneInput, facts: ProjectFacts): readonly Environment[] {
  return [...allEnvironments(input, facts)].map(([name, source]) => {
    const protection = facts.protectedEnvironments.find((one) => one.name === name);
    const tier = facts.protectedTiers.find((one) => one.name === tierOf(facts, name));
    const guard = protection ? environmentGuard(facts, protection) : tier && tierGuard(facts, tier, name);
    return {
      id: ids.environmentId(facts.name, name),
      name,
      label: `environment ${name} of ${facts.name}`,
      ...(guard && { guard }),
      place: { project: facts.id, projectEnvironment: name },
      source,
    };
  });
}

export function partsOf(input: PlaneInput, facts: ProjectFacts): Parts {
  const place: Place = { project: facts.id };
  const refs = refsOf(facts);
  const isArchived = facts.observed?.archived === true;
  const runs = isArchived
    ? []
    : [unreviewedRun(facts, refs, place), ...forkRun(facts, place), ...refs.map((ref) => refRun(facts, ref, refs, place))];
  const environments = environmentsOf(input, facts);
  const unread = facts.unknown("gitlab/protected-environment");
  const guardsOf = ({ guard }: Environment): readonly Guard[] => (guard ? [guard] : []);
  const inside = (run: Run, environment: Environment): Context => ({
    id: ids.inEnvironmentId(run.context.id, environment.name),
    label: `${run.context.label} in environment ${environment.name}`,
    content: run.context.content,
    of: run.context.id,
    guards: guardsOf(environment),
    environment: environment.id,
    // The content is the project's own: what stands in the environment is the environment, and the jobs that name it.
    place: { project: facts.id },
    because: environment.guard === undefined ? unread : undefined,
    source: environment.source,
  });
  const contexts = runs.flatMap((run) => [run.context, ...environments.map((environment) => inside(run, environment))]);
  const tokens = runs.flatMap((run) => tokensOf(facts, run, environments, inside));
  const tokensFor: Parts["tokensFor"] = (run, holder, label, audiences, environment) =>
    run.issued.flatMap((issued) => {
      const named = environment && { name: environment.name, isProtected: environment.guard !== undefined };
      return tokensOfJob(facts, { ...issued, holder, environment: named, how: `job ${label} of ${facts.name}` }, audiences);
    });
  return { refs, runs, environments, inside, contexts, tokens, tokensFor };
}

function tokensOf(facts: ProjectFacts, run: Run, environments: readonly Environment[], inside: Parts["inside"]): readonly IdentityToken[] {
  const taken = environments.map((environment) => environment.name);
  return run.issued.flatMap((issued) => [
    tokenOf(facts, { ...issued, holder: run.context.id }),
    tokenInNewEnvironment(facts, { ...issued, holder: run.context.id }, taken),
    ...environments.map((environment) =>
      tokenOf(facts, {
        ...issued,
        holder: inside(run, environment).id,
        environment: { name: environment.name, isProtected: environment.guard !== undefined },
        how: `${issued.how} in environment ${environment.name}`,
      }),
    ),
  ]);
}
