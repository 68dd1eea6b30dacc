// Who may approve a pull request of a repository, and who may be its author, for systems that ask the forge for approvals.
import type { PlaneInput } from "../plane.ts";
import { type Actor, approvers, authors, distinct } from "./actors.ts";
import { DEVELOPER, projectsOf, withLevel } from "./gitlab/facts.ts";
import { viewPipeline } from "./view.ts";

export interface Reviewers {
  readonly of: readonly Actor[];
  readonly authors: readonly Actor[];
}

/**
 * On GitHub "any user with read permissions" approves (Atlantis, "Command Requirements", Approved); on GitLab whoever the project lets. Undefined: the
 * repository was not collected.
 */
export function reviewersOf(input: PlaneInput, repository: string): Reviewers | undefined {
  const name = repository.slice(repository.indexOf(":") + 1);
  if (repository.startsWith("github:")) {
    const { pipeline, repositories } = viewPipeline(input);
    const facts = repositories.find((one) => one.facts.name.toLowerCase() === name.toLowerCase())?.facts;
    if (facts === undefined) return undefined;
    const readers = facts.access.holders.filter((holder) => !holder.id.includes("#deploy-key/"));
    return { of: distinct([...approvers(pipeline, facts), ...readers]), authors: authors(pipeline, facts) };
  }
  const facts = projectsOf(input).find((one) => one.name === name);
  return facts && { of: withLevel(facts, DEVELOPER), authors: withLevel(facts, DEVELOPER) };
}
