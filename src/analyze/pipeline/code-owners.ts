// Whose approval a branch rule means that asks for one of a code owner: an attacker chooses which files a change touches, so the laxest owner counts.
import type { GithubBranchRule, GithubCodeOwner } from "../../model/observations/github.ts";
import { type Actor, listedActors } from "./actors.ts";
import type { Pipeline, RepositoryFacts } from "./facts.ts";

export interface Eligible {
  readonly approvers: readonly Actor[];
  /** Makes every rule of the gate uncertain. */
  readonly because?: string;
}

const NOT_READ = "who owns the code (CODEOWNERS) is not collected, and an approval by an owner is required";
const ANY_FILE = "a change of a file that nobody owns takes anyone's approval";
const ONE_OF_THEM = "one of the approvals has to be an owner's (CODEOWNERS)";
const BY_ADDRESS = "an owner of code is named by an address, and whose it is was not collected";

/** A new file in the folder of workflows: runs like any other once it is merged. */
const NEW_WORKFLOW = ".github/workflows/new-workflow.yml";
const ANYWHERE = "unowned-folder/unowned-file.unowned";

/**
 * "When you require reviews from code owners, […] any pull request that affects code with a code owner must be approved by that code owner" (GitHub
 * Docs, "About protected branches"). Where some file of a workflow has no owner, the rule holds nothing back that a workflow could do. "The people you
 * choose as code owners must have write permissions" ("About code owners").
 */
export function eligibleApprovers(
  pipeline: Pipeline,
  repository: RepositoryFacts,
  rule: GithubBranchRule,
  all: readonly Actor[],
): Eligible {
  if (!rule.codeOwners) return { approvers: all };
  const { codeOwners } = repository;
  if (codeOwners === undefined) return { approvers: all, because: NOT_READ };
  const paths = [...repository.workflows.map(({ path }) => path), NEW_WORKFLOW];
  const owners = paths.map((path) => ownersOf(codeOwners.entries, path));
  if (owners.some((each) => each.length === 0)) return { approvers: all };
  if ((rule.approvals ?? 0) > 1) return { approvers: all, because: ONE_OF_THEM };
  const named = [...new Set(owners.flat())];
  if (named.some((owner) => !owner.startsWith("@"))) return { approvers: all, because: BY_ADDRESS };
  const actors = named.flatMap((owner) => {
    const name = owner.slice(1);
    return listedActors(pipeline, repository, name.includes("/") ? { team: name } : { login: name }, codeOwners.source);
  });
  const isOwner = new Map(actors.map((actor) => [actor.id, actor]));
  const others = ownersOf(codeOwners.entries, ANYWHERE).length === 0 ? ANY_FILE : undefined;
  return {
    approvers: all.flatMap((actor): readonly Actor[] => {
      const owner = isOwner.get(actor.id);
      if (owner) return [owner.because === undefined ? actor : { ...actor, because: owner.because }];
      return others === undefined ? [] : [{ ...actor, because: others }];
    }),
  };
}

/** "The last matching pattern takes the most precedence." */
export const ownersOf = (entries: readonly GithubCodeOwner[], path: string): readonly string[] =>
  entries.findLast(({ pattern }) => matches(pattern, path))?.owners ?? [];

/**
 * "Follows most of the same rules used in gitignore files": a pattern with a slash that is not its last character stands at the root, `*` stops at a
 * slash, `**` does not; a folder owns what is in it, but `docs/*` only the files right there.
 */
export function matches(pattern: string, path: string): boolean {
  const isFolder = pattern.endsWith("/");
  const bare = pattern.replace(/^\/|\/$/g, "");
  const isAnchored = pattern.startsWith("/") || bare.includes("/");
  const body = bare
    .split(/(\*\*\/|\/\*\*$|\*\*|\*|\?)/)
    .map((part) => WILD[part] ?? RegExp.escape(part))
    .join("");
  const isShallow = /(?:^|\/)\*$/.test(bare) && bare !== "*";
  const below = isFolder ? "/.+" : isShallow ? "" : "(?:/.*)?";
  return new RegExp(`^${isAnchored ? "" : "(?:.*/)?"}${body}${below}$`).test(path);
}

const WILD: Readonly<Record<string, string>> = { "**/": "(?:.*/)?", "/**": "/.*", "**": ".*", "*": "[^/]*", "?": "[^/]" };
