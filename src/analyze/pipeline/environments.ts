// The environments of a repository, and which runs each of them admits.
import { gapId } from "../../model/gap.ts";
import type { GithubEnvironment } from "../../model/observations/github.ts";
import type { Source } from "../../model/source.ts";
import { type Pipeline, type RepositoryFacts, runsWorkflows } from "./facts.ts";
import { environmentId, guardId, unreviewedRunId } from "./ids.ts";
import { isPattern } from "./patterns.ts";
import { admittedBy, leavesUnreviewed, type Protection } from "./protection.ts";

export interface EnvironmentFacts {
  readonly name: string;
  readonly id: string;
  readonly guard: string;
  readonly observed?: GithubEnvironment;
  readonly source: Source;
}

export interface Referenced {
  readonly name: string;
  readonly source: Source;
}

/**
 * Those that were collected and those that something refers to. "Environment names are not case sensitive" (GitHub Docs, "Managing environments for
 * deployment"), so `Production` in a workflow is the `production` of the settings.
 */
export function readEnvironments(
  pipeline: Pipeline,
  repository: RepositoryFacts,
  referenced: readonly Referenced[],
): readonly EnvironmentFacts[] {
  const found = new Map<string, EnvironmentFacts>();
  const add = (name: string, source: Source, observed?: GithubEnvironment): void => {
    const key = name.toLowerCase();
    if (found.has(key)) return;
    const ids = { id: environmentId(repository.name, name), guard: guardId(repository.name, `environment/${name}`) };
    found.set(key, { name, ...ids, ...(observed && { observed }), source });
  };
  for (const one of repository.environments) add(one.name, one.source, one);
  for (const one of referenced) add(one.name, one.source);
  const declared: Source = { file: "bulkhead.yaml", pointer: "/environments" };
  for (const environment of pipeline.input.charter.environments)
    for (const one of environment.boundary.github?.environments ?? [])
      if (one.repository === repository.name && !one.name.includes("*")) add(one.name, declared);
  const prefix = environmentId(repository.name, "");
  for (const door of pipeline.input.charter.doors)
    if (door.kind === "gate" && door.deployer.startsWith(prefix))
      add(door.deployer.slice(prefix.length), { file: "bulkhead.yaml", pointer: "/doors" });
  for (const gap of repository.gaps("github/environment"))
    if (gap.subject.startsWith(prefix) && !gap.subject.includes("/secret/"))
      add(gap.subject.slice(prefix.length), gap.source ?? repository.source);
  return [...found.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

export interface Admission {
  /** Entity id of the run context. */
  readonly run: string;
  readonly because?: string | undefined;
  /** What the context is, for people. */
  readonly what: string;
}

const RULESETS_AND_ENVIRONMENTS =
  "GitHub documents branch protection rules, not rulesets, as what makes a branch protected for environments";
const TAG_RULES = "rulesets for tags are not collected";

/** Which runs may use the environment, before any reviewer is asked. */
export function admissions(repository: RepositoryFacts, protection: Protection, environment: EnvironmentFacts): readonly Admission[] {
  if (!runsWorkflows(repository)) return [];
  const unreviewed = (because?: string): Admission => ({
    run: unreviewedRunId(repository.name),
    because,
    what: `any branch of ${repository.name}`,
  });
  const every = (because?: string): readonly Admission[] =>
    protection.contexts.map((context) => ({ run: context.run, because, what: `branch ${context.name} of ${repository.name}` }));
  const { observed } = environment;
  const gap = repository.gaps("github/environment", environment.id)[0];
  if (observed === undefined) {
    const because = gap !== undefined ? gapId(gap) : repository.environmentsListed ? undefined : `github/environment:${environment.id}`;
    return [unreviewed(because), ...every(because)];
  }
  const partly = gap !== undefined && gap.subject.endsWith(`#environment/${environment.name}`) ? [unreviewed(gapId(gap))] : [];
  if (observed.branches === "any") return [unreviewed(), ...every()];
  if (observed.branches === "protected") return [...protectedOnly(repository, protection, unreviewed, every), ...partly];
  return [...byPatterns(repository, protection, environment, observed.branches, unreviewed, every), ...partly];
}

type Unreviewed = (because?: string) => Admission;
type Every = (because?: string) => readonly Admission[];

/**
 * "Protected branches only: Only branches with branch protection rules enabled can deploy to the environment. If no branch protection rules are
 * defined for any branch in the repository, then all branches can deploy" (GitHub Docs, "Deployments and environments").
 */
function protectedOnly(repository: RepositoryFacts, protection: Protection, unreviewed: Unreviewed, every: Every): readonly Admission[] {
  const classic = repository.rules.some((rule) => rule.active && rule.origin === "branch-protection");
  const isProtected = (name: string): boolean => repository.branches.some((branch) => branch.name === name && branch.protected);
  const admitted = protection.contexts.filter((context) => context.rules.length > 0 || isProtected(context.name));
  const runs = admitted.map((context) => ({ run: context.run, what: `protected branch ${context.name} of ${repository.name}` }));
  if (classic || protection.contexts.some((context) => isProtected(context.name))) return runs;
  const gap = [...repository.gaps("github/branch-protection"), ...repository.gaps("github/ruleset")][0];
  if (gap !== undefined) return [unreviewed(gapId(gap)), ...every(gapId(gap))];
  if (admitted.length > 0) return [unreviewed(RULESETS_AND_ENVIRONMENTS), ...runs];
  const asked = repository.branches.length > 0 || repository.rules.length > 0 || repository.isAbsent("github/branch-protection");
  const because = asked ? undefined : `github/branch-protection:${repository.id}`;
  return [unreviewed(because), ...every(because)];
}

interface RefPatterns {
  readonly patterns?: readonly string[];
  readonly tagPatterns?: readonly string[];
}

/**
 * "The deployment branch or tag rule is matched against the GITHUB_REF of the workflow run"; `refs/pull/…/merge` admits pull requests. A pattern that
 * no branch rule covers in full is met by a branch that anyone with write access names so.
 */
function byPatterns(
  repository: RepositoryFacts,
  protection: Protection,
  environment: EnvironmentFacts,
  branches: RefPatterns,
  unreviewed: Unreviewed,
  every: Every,
): readonly Admission[] {
  const gap = repository.gaps("github/environment-branch-policies", environment.id)[0];
  if (branches.patterns === undefined || gap !== undefined) {
    const because = gap === undefined ? `github/environment-branch-policies:${environment.id}` : gapId(gap);
    return [unreviewed(because), ...every(because)];
  }
  const admitted = new Map<string, Admission>();
  for (const pattern of branches.patterns) {
    for (const context of admittedBy(protection, pattern))
      admitted.set(context.run, { run: context.run, what: `branch ${context.name} of ${repository.name}` });
    const pull = pattern.startsWith("refs/pull/");
    if (pull || (isPattern(pattern) && leavesUnreviewed(protection, pattern)))
      admitted.set("", {
        ...unreviewed(),
        what: `${pull ? "any pull request" : `any branch named like ${pattern}`} of ${repository.name}`,
      });
  }
  const tags = branches.tagPatterns ?? [];
  if (tags.length > 0 && !admitted.has(""))
    admitted.set("", { ...unreviewed(TAG_RULES), what: `any tag named like ${tags.join(", ")} of ${repository.name}` });
  return [...admitted.values()];
}

/** Whether the settings hold anything back at all. */
export const isProtected = (environment: EnvironmentFacts): boolean => {
  const { observed } = environment;
  return observed !== undefined && (observed.reviewers.length > 0 || observed.branches !== "any" || observed.hasCustomRules);
};
