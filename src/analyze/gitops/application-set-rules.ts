// Who decides what an ApplicationSet generates where its files alone do not say it: authors of pull requests, and of the files it generates from.
import type { ArgoApplicationSet, ArgoGenerator } from "../../model/observations/gitops.ts";
import { type Fact, fact, grant } from "../../model/rule.ts";
import { changeId, forkId } from "../pipeline/ids.ts";
import { viewPipeline } from "../pipeline/view.ts";
import { powerId, writerOf } from "./argo-ids.ts";
import type { Installation, Target } from "./argo.ts";
import { emit, emitGap, emitSource, type Emitter, idOf, labelOf, manifestsId, nature } from "./emit.ts";
import { githubRepository, revisionOf } from "./repositories.ts";
import { gitWriter } from "./sources.ts";

const PARAMETER = /\{\{/;

export function applicationSetRules(to: Emitter, argo: Installation, { object, unknown }: Installation["sets"][number]): void {
  const id = idOf("ApplicationSet", object);
  const label = labelOf("ApplicationSet", object);
  emit(to, {
    family: "gitops/write-object",
    needs: [fact("write", id)],
    gives: fact("control", manifestsId(id)),
    how: `who rewrites ${label} decides what its Applications apply`,
    grant: nature(id, `${label} says itself what it generates`, object.source),
  });
  for (const power of powersOf(argo, object)) {
    const how = `Applications of ${label} apply to whatever AppProject ${object.template.project} permits`;
    emit(to, {
      family: "gitops/apply",
      needs: [fact("control", manifestsId(id))],
      gives: fact("control", power),
      how,
      grant: nature(id, label, object.source),
    });
  }
  for (const generator of object.generators.flatMap(leaves)) {
    if (generator.type === "pull-request") pullRequestRules(to, object, generator);
    if (generator.type === "git") fileRules(to, object, generator);
  }
  if (unknown !== undefined) unknownRules(to, object, unknown);
}

const leaves = (generator: ArgoGenerator): readonly ArgoGenerator[] =>
  "generators" in generator ? generator.generators.flatMap(leaves) : [generator];

/** A project, or a cluster, that a parameter names may be any. */
function powersOf(argo: Installation, { template }: ArgoApplicationSet): string[] {
  const { project, destination } = template;
  const projects = argo.projects.filter(({ name }) => PARAMETER.test(project) || name === project);
  const isMeant = ({ server, name }: Target): boolean => {
    const written = destination.server ?? destination.name ?? "";
    return PARAMETER.test(written) || written === server || written === name;
  };
  return projects.flatMap((each) =>
    argo.targets
      .filter((target) => target.cluster !== undefined && isMeant(target))
      .map((target) => powerId(idOf("AppProject", each), target)),
  );
}

/**
 * A pull request's head is deployed as soon as it is open: its author decides what is applied, from a fork too. A label that it must have is set by
 * someone with triage access, which is no review.
 *
 * Source: Argo CD, "Pull Request Generator": "Know the security implications of PR generators"; parameters `branch`, `head_sha`.
 */
function pullRequestRules(to: Emitter, set: ArgoApplicationSet, { repository, labels }: ArgoGenerator & { type: "pull-request" }): void {
  const id = idOf("ApplicationSet", set);
  const label = labelOf("ApplicationSet", set);
  const isHead = set.template.sources.some(
    ({ repository: url, revision = "" }) =>
      PARAMETER.test(revision) && (PARAMETER.test(url) || githubRepository(url)?.toLowerCase() === repository?.toLowerCase()),
  );
  if (repository === undefined || !isHead) return;
  const found = viewPipeline(to.estate).repositories.find(({ facts }) => facts.name.toLowerCase() === repository.toLowerCase());
  if (!found) {
    emitSource(to, { id, label, source: set.source }, gitWriter(to.estate, `https://github.com/${repository}`, { type: "default" }), {
      content: { pullRequestsOf: repository },
      source: set.source,
    });
    return;
  }
  const { name } = found.facts;
  const because = labels.length > 0 ? `someone with triage access gives the pull request the label ${labels.join(", ")}` : undefined;
  const base = {
    family: "gitops/pull-request",
    gives: fact("control", manifestsId(id)),
    because,
    grant: grant(
      id,
      { pullRequestsOf: name, labels },
      {
        label: `pull request generator of ${label}`,
        change: `let ${label} deploy pull requests to the lowest environment only, in a project that permits nothing else`,
        source: set.source,
      },
    ),
  } as const;
  const authors: readonly (readonly [Fact, string])[] = [
    [fact("author", changeId(name)), `an open pull request of ${name} is deployed by ${label}`],
    ...(to.estate.entities.has(forkId(name))
      ? ([[fact("author", forkId(name)), `a pull request from a fork of ${name} is deployed by ${label}`]] as const)
      : []),
  ];
  for (const [need, how] of authors) emit(to, { ...base, needs: [need], how });
}

/** Files and folders of a repository become parameters: who writes them adds Applications and decides what the parameters say. */
function fileRules(to: Emitter, set: ArgoApplicationSet, { repository, revision }: ArgoGenerator & { type: "git" }): void {
  const told = { id: idOf("ApplicationSet", set), label: labelOf("ApplicationSet", set), source: set.source };
  const because = "what its parameters decide rests on files of the repository that were not read";
  emitSource(to, told, gitWriter(to.estate, repository, revisionOf(revision)), {
    content: { generatedFrom: repository, revision: revision ?? "HEAD" },
    source: set.source,
    because,
  });
}

/** What it may generate deploys from the template's source, and applies what the template's project permits. */
function unknownRules(to: Emitter, set: ArgoApplicationSet, why: string): void {
  const id = idOf("ApplicationSet", set);
  const label = labelOf("ApplicationSet", set);
  const gap = {
    topic: "gitops/application-set",
    subject: id,
    what: `what ${label} generates`,
    why,
    clauses: ["A1", "A6", "P1", "P2"],
    source: set.source,
  };
  const sources = set.template.sources.filter(({ repository, revision = "" }) => !PARAMETER.test(repository) && !PARAMETER.test(revision));
  const isPullRequests = set.generators.flatMap(leaves).some(({ type }) => type === "pull-request");
  const isKnown = sources.length === set.template.sources.length || isPullRequests;
  emitGap(to, gap, isKnown ? [] : [fact("control", manifestsId(id))], `${label} may deploy from a source that was not read`);
  for (const { source, ...content } of sources)
    emitSource(to, { id, label, source: set.source }, writerOf(to.estate, content), { content, source, because: `${label}: ${why}` });
}
