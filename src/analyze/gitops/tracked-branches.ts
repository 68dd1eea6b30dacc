// Branches that something is deployed from, for the plane that owns their rules.
import { once } from "../kubernetes/once.ts";
import { installationsOf } from "./argo.ts";
import { fluxRevision, githubRepository, type Revision, revisionOf } from "./repositories.ts";

/** By repository, in lower case: whoever may write one of them deploys. */
export const trackedBranches = once((input): ReadonlyMap<string, ReadonlySet<string>> => {
  const { observations } = input;
  const found = new Map<string, Set<string>>();
  const add = (url: string | undefined, revision: Revision): void => {
    const repository = url === undefined ? undefined : githubRepository(url)?.toLowerCase();
    if (repository === undefined || revision.type !== "branch" || /[{}]/.test(revision.name)) return;
    const branches = found.get(repository) ?? new Set();
    found.set(repository, branches.add(revision.name));
  };
  const installations = installationsOf(input);
  const deployments = [
    ...installations.flatMap(({ applications }) => applications.map(({ object }) => object)),
    ...installations.flatMap(({ sets }) => sets.map(({ object }) => object.template)),
  ];
  for (const { sources, hydrator } of deployments) {
    for (const source of sources) add(source.repository, revisionOf(source.revision));
    if (!hydrator) continue;
    add(hydrator.dry.repository, revisionOf(hydrator.dry.revision));
    add(hydrator.dry.repository, { type: "branch", name: hydrator.applied });
  }
  for (const { generators } of observations("gitops/argo-application-set"))
    for (const each of generators) if (each.type === "git") add(each.repository, revisionOf(each.revision));
  for (const { objectKind, url, reference } of observations("gitops/flux-source"))
    if (objectKind === "GitRepository") add(url, fluxRevision(reference));
  for (const { git } of observations("gitops/kargo-warehouse"))
    for (const { repository, branch } of git) if (branch !== undefined) add(repository, { type: "branch", name: branch });
  return found;
});
