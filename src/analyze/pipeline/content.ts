// Who decides what a branch of a repository or project holds, as a fact of the forge that owns it: for systems that take their content from one.
import { type Fact, fact } from "../../model/rule.ts";
import type { PlaneInput } from "../plane.ts";
import { projectsOf } from "./gitlab/facts.ts";
import { projectId, refId } from "./gitlab/ids.ts";
import { branchId, repositoryId } from "./ids.ts";
import { viewPipeline } from "./view.ts";

export interface Content {
  /** Absent: the repository is no part of what was collected. */
  readonly need?: Fact;
  /** `branch main of acme/infra`. */
  readonly what: string;
  readonly because?: string;
}

const TAGS = "which rules keep tags from being made or moved was not read";

/** `*`: any content that somebody may push. Without a branch the default one. */
export function contentOf(input: PlaneInput, repository: string, branch: string | undefined): Content {
  const name = repository.slice(repository.indexOf(":") + 1);
  if (repository.startsWith("github:")) return onGithub(input, name, branch);
  if (repository.startsWith("gitlab:")) return onGitlab(input, name, branch);
  return { what: `branch ${branch ?? "(default)"} of ${name}` };
}

const anyOf = (name: string): string => `any branch of ${name}`;
const isTag = (text: string): boolean => /^(?:refs\/tags\/.+|v?\d+(?:\.\d+)+[\w.+-]*)$/.test(text);

function onGithub(input: PlaneInput, name: string, branch: string | undefined): Content {
  const view = viewPipeline(input);
  const found = view.repositories.find(({ facts }) => facts.name.toLowerCase() === name.toLowerCase());
  if (found === undefined) return { what: branch === "*" ? anyOf(name) : `branch ${branch ?? "(default)"} of ${name}` };
  const { facts, protection } = found;
  const author = fact("author", repositoryId(facts.name));
  if (branch === "*") return { need: author, what: anyOf(facts.name) };
  if (branch !== undefined && isTag(branch)) return { need: author, what: `tag ${branch} of ${facts.name}`, because: TAGS };
  const named = branch ?? facts.defaultBranch;
  if (named === undefined)
    return {
      need: author,
      what: `the default branch of ${facts.name}`,
      because: `which branch is the default one of ${facts.name} was not collected`,
    };
  const context = protection.contexts.find((one) => one.name === named);
  // A branch with rules, or that is tracked, is an entity; any other takes whatever somebody pushes.
  return {
    need: context === undefined ? author : fact("write", context.id ?? branchId(facts.name, named)),
    what: `branch ${named} of ${facts.name}`,
  };
}

function onGitlab(input: PlaneInput, name: string, branch: string | undefined): Content {
  const facts = projectsOf(input).find((one) => one.name === name);
  const named = branch ?? facts?.defaultBranch;
  if (facts === undefined) return { what: branch === "*" ? anyOf(name) : `branch ${branch ?? "(default)"} of ${name}` };
  const author = fact("author", projectId(name));
  if (named === undefined || named === "*") return { need: author, what: anyOf(name) };
  const isApart = facts.branches.some((one) => one.name === named) || named === facts.defaultBranch;
  return { need: isApart ? fact("write", refId(name, "branch", named)) : author, what: `branch ${named} of ${name}` };
}
