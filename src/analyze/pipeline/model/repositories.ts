// The repository that a build server builds from, by its address, where the estate holds it: who proposes changes there, and what moves a branch of it.
import { fact } from "../../../model/rule.ts";
import type { PlaneInput } from "../../plane.ts";
import { contentOf } from "../content.ts";
import { projectsOf as gitlabProjects } from "../gitlab/facts.ts";
import { viewPipeline } from "../view.ts";
import type { Mover, Project } from "./model.ts";

export interface Repository {
  /** `acme/shop`. */
  readonly name: string;
  readonly defaultBranch: string | undefined;
  readonly authors: readonly Mover[];
  readonly branch: (name: string) => readonly Mover[];
}

/** `https://github.com/acme/shop.git`, `git@github.com:acme/shop` → host and path. */
export function addressOf(url: string): { readonly host: string; readonly path: string } | undefined {
  const found = /^(?:[a-z+]{2,8}:\/\/(?:[^@/\s]{0,200}@)?|[^@\s/]{1,200}@)([\w.-]+)(?::\d+)?[/:](.+)$/i.exec(url.trim());
  if (found === null) return undefined;
  return { host: (found[1] ?? "").toLowerCase(), path: (found[2] ?? "").replace(/\/+$/, "").replace(/\.git$/, "") };
}

function moversOf(input: PlaneInput, id: string, branch: string | undefined): readonly Mover[] {
  const { need, because } = contentOf(input, id, branch);
  return need === undefined || !isMoving(need.capability) ? [] : [{ capability: need.capability, entity: need.entity, because }];
}

const isMoving = (capability: string): capability is Mover["capability"] =>
  capability === "author" || capability === "write" || capability === "control";

/** Undefined: the estate does not hold it. */
export function repositoryAt(input: PlaneInput, url: string): Repository | undefined {
  const address = addressOf(url);
  if (address === undefined) return undefined;
  const { host, path } = address;
  const github =
    host === "github.com"
      ? viewPipeline(input).repositories.find((one) => one.facts.name.toLowerCase() === path.toLowerCase())?.facts
      : undefined;
  const gitlab = gitlabProjects(input).find((one) => one.name === path && (one.observed?.host ?? "gitlab.com") === host);
  const found =
    github === undefined ? gitlab && { id: `gitlab:${gitlab.name}`, facts: gitlab } : { id: `github:${github.name}`, facts: github };
  if (found === undefined) return undefined;
  return {
    name: found.facts.name,
    defaultBranch: found.facts.defaultBranch,
    authors: moversOf(input, found.id, "*"),
    branch: (name) => moversOf(input, found.id, name),
  };
}

/** Who proposes changes to a repository proposes them to what is built from it. */
export const proposedBy = ({ capability, entity }: Mover, label: string): NonNullable<Project["authoredBy"]>[number] => ({
  fact: fact(capability, entity),
  how: `a change to ${entity} is one of what ${label} builds`,
});
