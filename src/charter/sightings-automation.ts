// What observations let one guess about environments of other forges and of automation: projects, their environments, and hosts of inventories.
import type { Observations } from "../model/observation.ts";
import { classify } from "./classify.ts";
import { quoted } from "./problem.ts";
import { type Sighting, sighting } from "./sightings.ts";

const nameOf = (id: string): string => id.slice(id.indexOf(":") + 1);

interface Named {
  readonly project: string;
  readonly name: string;
}

function environmentsOf(observations: Observations): readonly Named[] {
  return [
    ...observations("gitlab/environment").map(({ project, name }) => ({ project: `gitlab:${project}`, name })),
    ...observations("gitlab/protected-environment").flatMap(({ project, name, ofGroup }) =>
      ofGroup ? [] : [{ project: `gitlab:${project}`, name }],
    ),
    ...observations("atlantis/repository").flatMap(({ repository, projects }) =>
      projects.map(({ name, dir, workspace }) => ({
        project: `atlantis:${nameOf(repository)}`,
        name: name ?? (workspace === "default" ? dir : `${dir}/${workspace}`),
      })),
    ),
    ...observations("circleci/config").flatMap(({ repository, workflows }) =>
      workflows.flatMap(({ jobs }) =>
        jobs.flatMap(({ contexts }) => contexts.map((name) => ({ project: `circleci:${nameOf(repository)}`, name }))),
      ),
    ),
  ];
}

const once = (sightings: readonly Sighting[]): readonly Sighting[] => [
  ...new Map(sightings.map((each) => [`${each.scope}\n${each.name}`, each])).values(),
];

/** Environments of projects by their names. A context of CircleCI that names none is for whoever uses it, and is left out. */
export const projectEnvironmentSightings = (observations: Observations): readonly Sighting[] =>
  once(
    environmentsOf(observations)
      .map(({ project, name }) => sighting(name, project, classify({ name }), false, `environment ${quoted(name)} of ${quoted(project)}`))
      .filter(({ scope, tier }) => tier !== undefined || !scope.startsWith("circleci:")),
  );

/** Projects by their names. One without a tier works for every environment, and is proposed as shared; a workspace is asked about. */
export function projectSightings(observations: Observations): readonly Sighting[] {
  const projects = [
    ...observations("gitlab/project").map(({ project }) => `gitlab:${project}`),
    ...observations("gitlab/pipeline").map(({ project }) => `gitlab:${project}`),
    ...observations("atlantis/repository").map(({ repository }) => `atlantis:${nameOf(repository)}`),
    ...observations("circleci/config").map(({ repository }) => `circleci:${nameOf(repository)}`),
    ...observations("tekton/pipeline").map(({ repository }) => `tekton:${nameOf(repository)}`),
  ];
  const workspaces = observations("terraform-cloud/workspace").map(({ organization, name }) => `terraform-cloud:${organization}/${name}`);
  const said = (id: string) => classify({ name: id.slice(id.lastIndexOf("/") + 1) });
  return once([
    ...projects.map((id) => sighting(id, "", said(id), true, `project ${quoted(id)}`)),
    ...workspaces.map((id) => sighting(id, "", said(id), false, `workspace ${quoted(id)}`)),
  ]);
}

/** Hosts by their own names, and where those say nothing by where their inventory stands. One that stands in two inventories is taken once. */
export function hostSightings(observations: Observations): readonly Sighting[] {
  const found = new Map<string, Sighting>();
  for (const { path, hosts } of observations("ansible/inventory"))
    for (const { name } of hosts) {
      const own = sighting(name, "", classify({ name }), false, `host ${quoted(name)}`);
      const folder = path
        .split("/")
        .toReversed()
        .find((part) => classify({ name: part }).kind !== "none");
      const byFolder =
        folder === undefined
          ? own
          : sighting(name, "", classify({ name: folder }), false, `host ${quoted(name)} of inventory ${quoted(path)}`);
      const better = own.tier === undefined && byFolder.tier !== undefined ? byFolder : own;
      if (found.get(name)?.tier === undefined) found.set(name, better);
    }
  return [...found.values()];
}
