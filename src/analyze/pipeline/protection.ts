// Which branches stand apart from the unreviewed ones, and what each of their rules asks of a push.
import { gapId } from "../../model/gap.ts";
import type { GithubBranchRule } from "../../model/observations/github.ts";
import type { Source } from "../../model/source.ts";
import { hashOf } from "../../lib/hash.ts";
import type { RepositoryFacts } from "./facts.ts";
import { branchId, branchRunId, guardId } from "./ids.ts";
import { branchPattern, covered, isPattern, nameMatches, patternsMeet } from "./patterns.ts";

/** A rule that holds pushes back, with the gate that stands for it. */
export interface Gate {
  readonly rule: GithubBranchRule;
  readonly id: string;
}

/** A branch with a name of its own, or the branches that one rule's pattern covers. */
export interface BranchContext {
  readonly name: string;
  readonly isPattern: boolean;
  readonly isDefault: boolean;
  readonly id: string;
  readonly run: string;
  /** Stands for all gates together. */
  readonly guard: string;
  readonly gates: readonly Gate[];
  /** Every active rule that covers the branch, gate or not: GitHub calls such a branch protected. */
  readonly rules: readonly GithubBranchRule[];
  /** Why the protection is not fully known. */
  readonly unknown?: string;
  readonly source: Source;
}

export interface Protection {
  readonly contexts: readonly BranchContext[];
  /** Rules that cover every branch, new ones too. */
  readonly coversAll: readonly GithubBranchRule[];
}

const expand = (pattern: string, defaultBranch: string | undefined): string =>
  pattern === "~DEFAULT_BRANCH" ? (defaultBranch ?? "~DEFAULT_BRANCH") : branchPattern(pattern);

const included = (rule: GithubBranchRule, defaultBranch: string | undefined): string[] =>
  rule.include.map((pattern) => expand(pattern, defaultBranch));

const excluded = (rule: GithubBranchRule, defaultBranch: string | undefined): string[] =>
  rule.exclude.map((pattern) => expand(pattern, defaultBranch));

/** Only active rules hold: "disabled" and "evaluate" do not (GitHub Docs, "About rulesets", enforcement statuses). */
function rulesOf(repository: RepositoryFacts, name: string, pattern: boolean): readonly GithubBranchRule[] {
  const { defaultBranch } = repository;
  return repository.rules.filter((rule) => {
    const into = included(rule, defaultBranch);
    const out = excluded(rule, defaultBranch);
    if (!rule.active) return false;
    if (!pattern) return into.some((one) => nameMatches(one, name)) && !out.some((one) => nameMatches(one, name));
    return covered(name, into) && !out.some((one) => patternsMeet(one, name));
  });
}

/**
 * A rule holds a push back when it asks for an approval or names who alone may push. A pull request without approvals, or status checks alone, do
 * not: "Any person or integration with write permissions to a repository can set the state of any status check" (GitHub Docs, "About protected
 * branches", Require status checks).
 */
export const holdsBack = (rule: GithubBranchRule): boolean =>
  (rule.approvals ?? 0) > 0 || rule.pushRestrictedTo !== undefined || rule.locked === true;

/** The gate's id must not change when a file is reordered, so a further rule is told apart by its content. */
function gatesOf(repository: RepositoryFacts, name: string, rules: readonly GithubBranchRule[]): readonly Gate[] {
  const holding = rules.filter(holdsBack);
  const one = guardId(repository.name, `branch/${name}`);
  const gates = holding.map((rule) => {
    const { source: _, ...content } = rule;
    return { rule, id: holding.length === 1 ? one : `${one}/${rule.ruleset ?? hashOf(content).slice(0, 8)}` };
  });
  return gates.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/**
 * "No data" is not "no protection": a branch counts as unprotected only when its protection was asked about and answered. What was answered for
 * one of the two (classic protection, rulesets) counts, unless a gap says that the other was denied.
 */
function unknownOf(repository: RepositoryFacts, name: string, rules: readonly GithubBranchRule[]): string | undefined {
  const id = branchId(repository.name, name);
  const gap = [...repository.gaps("github/branch-protection", id), ...repository.gaps("github/ruleset", id)][0];
  if (gap !== undefined) return gapId(gap);
  if (rules.length > 0) return undefined;
  const asked = repository.branches.filter((branch) => branch.name === name);
  if (asked.some((branch) => branch.protected)) return `what protects ${name} was not collected`;
  const answered = asked.length > 0 || repository.rulesetsListed || repository.isAbsent("github/branch-protection");
  return answered ? undefined : `github/branch-protection:${id}`;
}

function contextOf(repository: RepositoryFacts, name: string): BranchContext {
  const pattern = isPattern(name);
  const rules = rulesOf(repository, name, pattern);
  const unknown = unknownOf(repository, name, rules);
  const asked = repository.branches.find((branch) => branch.name === name);
  return {
    name,
    isPattern: pattern,
    isDefault: name === repository.defaultBranch,
    id: branchId(repository.name, name),
    run: branchRunId(repository.name, name),
    guard: guardId(repository.name, `branch/${name}`),
    gates: gatesOf(repository, name, rules),
    rules,
    ...(unknown !== undefined && { unknown }),
    source: rules[0]?.source ?? asked?.source ?? repository.source,
  };
}

/** Branch names that an environment's policy writes in full: whoever may push there decides what the environment runs. */
const namedByEnvironments = (repository: RepositoryFacts): string[] =>
  repository.environments.flatMap((environment) =>
    typeof environment.branches === "string"
      ? []
      : (environment.branches.patterns ?? []).map(branchPattern).filter((one) => !isPattern(one)),
  );

export function readProtection(repository: RepositoryFacts): Protection {
  const { defaultBranch } = repository;
  const active = repository.rules.filter((rule) => rule.active);
  const coversAll = active.filter((rule) => covered("~ALL", included(rule, defaultBranch)) && rule.exclude.length === 0);
  const names = new Set<string>(defaultBranch === undefined ? [] : [defaultBranch]);
  for (const rule of active) for (const name of included(rule, defaultBranch)) if (!coversAll.includes(rule)) names.add(name);
  for (const branch of repository.branches) if (branch.protected) names.add(branch.name);
  for (const name of [...namedByEnvironments(repository), ...repository.deployedBranches]) names.add(name);
  names.delete("~DEFAULT_BRANCH");
  names.delete("~ALL");
  return { contexts: [...names].toSorted().map((name) => contextOf(repository, name)), coversAll };
}

/** Whether a name that the pattern matches is left to unreviewed branches. */
export const leavesUnreviewed = (protection: Protection, pattern: string): boolean =>
  !covered(
    pattern,
    protection.contexts.map((context) => context.name),
  );

/** Contexts whose branches the pattern admits. */
export const admittedBy = (protection: Protection, pattern: string): readonly BranchContext[] =>
  protection.contexts.filter((context) => (context.isPattern ? patternsMeet(pattern, context.name) : nameMatches(pattern, context.name)));
