// The repository that a build server builds from, where the estate holds it: who proposes changes there, and what moves a branch of it.
import type { PlaneInput } from "../../plane.ts";
import { projectsOf as gitlabProjects } from "../gitlab/facts.ts";
import { projectId as gitlabId, refId as gitlabRef } from "../gitlab/ids.ts";
import { repositoryId } from "../ids.ts";
import { viewPipeline } from "../view.ts";
import { fact } from "../../../model/rule.ts";
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

/** Undefined: the estate does not hold it. */
export function repositoryAt(input: PlaneInput, url: string): Repository | undefined {
  const address = addressOf(url);
  if (address === undefined) return undefined;
  return (address.host === "github.com" ? onGithub(input, address.path) : undefined) ?? onGitlab(input, address.host, address.path);
}

function onGithub(input: PlaneInput, path: string): Repository | undefined {
  const view = viewPipeline(input).repositories.find((one) => one.facts.name.toLowerCase() === path.toLowerCase());
  if (view === undefined) return undefined;
  const { facts, protection } = view;
  const authors: readonly Mover[] = [{ capability: "author", entity: repositoryId(facts.name) }];
  return {
    name: facts.name,
    defaultBranch: facts.defaultBranch,
    authors,
    branch: (name) => {
      const context = protection.contexts.find((one) => one.name === name);
      return context === undefined ? authors : [{ capability: "write", entity: context.id }];
    },
  };
}

function onGitlab(input: PlaneInput, host: string, path: string): Repository | undefined {
  const facts = gitlabProjects(input).find((one) => one.name === path && (one.observed?.host ?? "gitlab.com") === host);
  if (facts === undefined) return undefined;
  const authors: readonly Mover[] = [{ capability: "author", entity: gitlabId(facts.name) }];
  return {
    name: facts.name,
    defaultBranch: facts.defaultBranch,
    authors,
    branch: (name) =>
      facts.branches.some((one) => one.name === name) || name === facts.defaultBranch
        ? [{ capability: "write", entity: gitlabRef(facts.name, "branch", name) }]
        : authors,
  };
}

/** Who proposes changes to a repository proposes them to what is built from it. */
export const proposedBy = ({ capability, entity }: Mover, label: string): NonNullable<Project["authoredBy"]>[number] => ({
  fact: fact(capability, entity),
  how: `a change to ${entity} is one of what ${label} builds`,
});
