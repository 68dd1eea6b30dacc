// What the charter's boundaries name and nothing was collected of: a declared account, cluster or repository that was not read proves nothing.
import type { Boundary, Charter } from "../charter/schema.ts";
import type { Entity } from "../model/entity.ts";
import type { Gap } from "../model/gap.ts";
import type { Observations } from "../model/observation.ts";
import { projectId as azureId } from "./pipeline/azure/ids.ts";
import { projectId as jenkinsId } from "./pipeline/jenkins/ids.ts";

const CLAUSES = ["A1", "A2", "A6", "D3"];

/**
 * One gap for each account, cluster, repository and project that an environment or a shared service takes whole or in part, when the files tell nothing of what
 * decides there: identities of an account, objects of a cluster, the repository itself. A gap about the same thing that is known already is enough.
 * `placed` are the accounts that belong to an environment by their organizational unit.
 */
export function uncollected(charter: Charter, observations: Observations, gaps: readonly Gap[], placed: readonly Entity[]): Gap[] {
  const boundaries: Boundary[] = [...charter.environments, ...charter.shared].map(({ boundary }) => boundary);
  const accounts = new Set([
    ...boundaries.flatMap((each) => each.aws?.accounts ?? []),
    ...placed.flatMap(({ place }) => place.awsAccount ?? []),
  ]);
  const clusters = new Set(boundaries.flatMap((each) => (each.kubernetes ?? []).map(({ cluster }) => cluster)));
  const repositories = new Set(
    boundaries
      .flatMap((each) => [...(each.github?.repositories ?? []), ...(each.github?.environments ?? []).map(({ repository }) => repository)])
      .filter((name) => !name.includes("*")),
  );
  const projects = new Set(
    boundaries
      .flatMap((each) => [...(each.pipelines?.projects ?? []), ...(each.pipelines?.environments ?? []).map(({ project }) => project)])
      .filter((id) => !id.includes("*")),
  );
  // A closed account holds nothing that runs (AWS Organizations User Guide, "Close a member account": SUSPENDED, PENDING_CLOSURE).
  const closed = new Set(
    observations("aws/account").flatMap(({ account, status }) => (status !== undefined && status !== "ACTIVE" ? [account] : [])),
  );
  const read = whatWasRead(observations);
  const isTold = (topics: RegExp, subject: string): boolean => gaps.some((gap) => topics.test(gap.topic) && gap.subject.includes(subject));
  const missing = (topic: string, what: string, names: Iterable<string>, isRead: (name: string) => boolean, told: RegExp): Gap[] =>
    [...names]
      .filter((name) => !isRead(name) && !isTold(told, name))
      .map((name) => ({
        topic,
        subject: name,
        what: `${what} ${name}`,
        why: "the charter names it, and nothing of it was collected",
        clauses: CLAUSES,
      }));
  return [
    ...missing("aws/account", "account", accounts, (name) => closed.has(name) || read.accounts.has(name), /^aws\/authorization-details$/),
    ...missing("kubernetes/cluster", "cluster", clusters, (name) => read.clusters.has(name), /^kubernetes\//),
    ...missing(
      "github/uncollected",
      "repository",
      repositories,
      (name) => read.repositories.has(name.toLowerCase()),
      /^github\/repository$/,
    ),
    ...[...Map.groupBy(projects, (id) => id.slice(0, id.indexOf(":")))].flatMap(([system, ids]) =>
      missing(`${system}/uncollected`, "project", ids, (id) => read.projects.has(id), new RegExp(`^${system}/(?:project|job)$`)),
    ),
  ].filter((gap) => !Object.hasOwn(charter.absent, gap.topic));
}

/** Jobs with the folders and controllers that hold them: a folder that has a job which was read is one that is there. */
const jenkinsJobs = (observations: Observations): readonly string[] =>
  [
    ...observations("jenkins/job").map(({ controller, name }) => jenkinsId(controller, name)),
    ...observations("jenkins/controller").map(({ controller }) => jenkinsId(controller, "")),
    ...observations("jenkins/pipeline").flatMap(({ project }) => (project === undefined ? [] : [`jenkins:${project}`])),
  ].flatMap((id) => {
    const parts = id.split("/");
    return parts.map((_, at) => parts.slice(0, at + 1).join("/"));
  });

function whatWasRead(observations: Observations) {
  const kubernetes = (
    ["namespace", "service-account", "role", "role-binding", "secret", "config-map", "workload", "other"] as const
  ).flatMap((kind) => observations(`kubernetes/${kind}`));
  return {
    accounts: new Set([...observations("aws/role"), ...observations("aws/user")].map(({ account }) => account)),
    clusters: new Set(kubernetes.map(({ cluster }) => cluster)),
    projects: new Set([
      ...[...observations("gitlab/project"), ...observations("gitlab/pipeline")].map(({ project }) => `gitlab:${project}`),
      ...observations("atlantis/repository").map(({ repository }) => `atlantis:${repository.slice(repository.indexOf(":") + 1)}`),
      ...observations("circleci/config").map(({ repository }) => `circleci:${repository.slice(repository.indexOf(":") + 1)}`),
      ...observations("tekton/pipeline").map(({ repository }) => `tekton:${repository.slice(repository.indexOf(":") + 1)}`),
      ...observations("terraform-cloud/workspace").map(({ organization, name }) => `terraform-cloud:${organization}/${name}`),
      ...observations("atlantis/server").flatMap(({ repos }) => repos.map(({ id }) => `atlantis:${id.slice(id.indexOf("/") + 1)}`)),
      ...jenkinsJobs(observations),
      ...[
        ...observations("azure/project"),
        ...observations("azure/definition"),
        ...observations("azure/environment"),
        ...observations("azure/pipeline"),
      ].map(({ organization, project }) => azureId(organization, project)),
    ]),
    repositories: new Set(
      [...observations("github/repository"), ...observations("github/workflow")].map(({ repository }) => repository.toLowerCase()),
    ),
  };
}
