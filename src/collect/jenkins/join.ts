// Once every file is mapped: lists that name what no other answer tells become gaps, and jobs without a definition too.
import type { Observation } from "../../model/observation.ts";
import type { JenkinsJob, JenkinsListed, JenkinsPipeline } from "../../model/observations/jenkins.ts";
import type { ListedCall, ObservationSink } from "../collector.ts";
import { fileShown, idOf } from "./call.ts";
import { jenkinsGap } from "./topics.ts";

export function join(observations: readonly Observation[], calls: readonly ListedCall[], sink: ObservationSink): void {
  const listed: JenkinsListed[] = [];
  const jobs: JenkinsJob[] = [];
  const pipelines: JenkinsPipeline[] = [];
  for (const one of observations) {
    if (one.kind === "jenkins/listed") listed.push(one);
    else sink.observation(one);
    if (one.kind === "jenkins/job") jobs.push(one);
    if (one.kind === "jenkins/pipeline") pipelines.push(one);
  }
  missingJobs(listed, jobs, sink);
  missingRoles(listed, observations, sink);
  const denied = new Set(
    calls.flatMap(({ call, status, scope }) =>
      status === "denied" && fileShown(call) !== undefined ? [idOf(scope.organization ?? "", scope.project ?? "")] : [],
    ),
  );
  for (const one of pipelines) if (one.project === undefined) missingJob(one, jobs, sink);
  for (const job of jobs) if (!denied.has(idOf(job.controller, job.name))) missingDefinition(job, pipelines, sink);
}

function missingJobs(listed: readonly JenkinsListed[], jobs: readonly JenkinsJob[], sink: ObservationSink): void {
  const known = new Set(jobs.map(({ controller, name }) => idOf(controller, name)));
  for (const { what, controller, names, source } of listed)
    for (const name of what === "job" ? names : [])
      if (!known.has(idOf(controller, name)))
        sink.gap(jenkinsGap("jenkins/job", idOf(controller, name), `settings of ${name}`, "its config.xml was not collected", source));
}

/** Who has a role is no use without what the role permits. Once each is told, it is known who may do what. */
function missingRoles(listed: readonly JenkinsListed[], observations: readonly Observation[], sink: ObservationSink): void {
  for (const [controller, lists] of Map.groupBy(
    listed.filter((one) => one.what !== "job"),
    (one) => one.controller,
  )) {
    const told = new Set(observations.flatMap((one) => (one.kind === "jenkins/grant" && one.controller === controller ? [one.role] : [])));
    const missing = lists.flatMap(({ names, source }) => names.filter((name) => !told.has(name)).map((name) => ({ name, source })));
    for (const { name, source } of missing)
      sink.gap(
        jenkinsGap(
          "jenkins/authorization",
          idOf(controller, ""),
          `role ${name} of ${controller}`,
          "what it permits was not collected",
          source,
        ),
      );
    const [first] = lists;
    if (first !== undefined && missing.length === 0 && new Set(lists.map((one) => one.what)).size === 2)
      sink.observation({ kind: "jenkins/answered", controller, what: "authorization", of: "", source: first.source });
  }
}

/** `https://github.com/acme/shop.git`, `git@github.com:acme/shop` → `acme/shop`. */
export const repositoryIn = (url: string): string =>
  url
    .trim()
    .replace(/\.git\/?$/, "")
    .replace(/^(?:[a-z+]+:\/\/(?:[^@/\s]*@)?[^/\s]+\/|[^@\s]+@[^:\s]+:)/i, "");

const urlsOf = ({ definition, sources }: JenkinsJob): readonly string[] => [
  ...(definition !== undefined && "path" in definition && definition.url !== undefined ? [definition.url] : []),
  ...(sources ?? []).flatMap(({ url }) => url ?? []),
];

export function definitionOf(job: JenkinsJob, pipelines: readonly JenkinsPipeline[]): JenkinsPipeline | undefined {
  const { definition } = job;
  const project = idOf(job.controller, job.name).slice("jenkins:".length);
  const path = definition !== undefined && "path" in definition ? definition.path : "config.xml";
  const own = pipelines.filter((one) => one.project === project);
  const repositories = urlsOf(job).map((url) => repositoryIn(url).toLowerCase());
  return (
    own.find((one) => one.path === path) ??
    own[0] ??
    pipelines.find((one) => one.path === path && one.repository !== undefined && repositories.includes(one.repository.toLowerCase()))
  );
}

/** A Jenkinsfile of a repository that no job which was read builds: some controller may. */
function missingJob(pipeline: JenkinsPipeline, jobs: readonly JenkinsJob[], sink: ObservationSink): void {
  const { repository = "", path, source } = pipeline;
  if (jobs.some((job) => definitionOf(job, [pipeline]) === pipeline)) return;
  const what = `${path} of ${repository}`;
  sink.gap(jenkinsGap("jenkins/scope", `jenkins:${repository}/${path}`, what, "no job of Jenkins that builds it was collected", source));
}

function missingDefinition(job: JenkinsJob, pipelines: readonly JenkinsPipeline[], sink: ObservationSink): void {
  const { definition, type, controller, name, source } = job;
  if ((type !== "multibranch" && type !== "pipeline") || definition === undefined || !("path" in definition)) return;
  if (definitionOf(job, pipelines) !== undefined) return;
  const subject = `${idOf(controller, name)}/${definition.path}`;
  sink.gap(jenkinsGap("jenkins/definition", subject, `${definition.path} of ${name}`, "not collected", source));
}
