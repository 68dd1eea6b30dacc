// Once every file is mapped: definitions with what they include become pipelines, and lists that were asked for in part become gaps.
import { globMatches } from "../../lib/glob.ts";
import type { Observation } from "../../model/observation.ts";
import type { GitlabFile, GitlabProject } from "../../model/observations/gitlab.ts";
import type { ListedCall, ObservationSink } from "../collector.ts";
import { calledBy, fileAsked } from "./call.ts";
import type { Lookup } from "./resolve/config.ts";
import { joinParts } from "./join-parts.ts";
import { readPipeline } from "./resolve/pipeline.ts";
import { gitlabGap } from "./topics.ts";

/** Files of a project by path; a path with `*` or `**` means all that match (Docs, "include:local", wildcards). */
export function lookupIn(files: readonly GitlabFile[]): Lookup {
  const byProject = Map.groupBy(files, (file) => file.project);
  return (project, path) => {
    const own = byProject.get(project) ?? [];
    if (!path.includes("*")) return own.filter((file) => file.path === path);
    const deep = path.includes("**");
    const flat = path.replaceAll(/\*\*\/?/g, "*");
    return own.filter((file) => globMatches(flat, file.path) && (deep || file.path.split("/").length === path.split("/").length));
  };
}

const DEFAULT = ".gitlab-ci.yml";

const JOINED: ReadonlySet<string> = new Set(["gitlab/part", "gitlab/runner", "gitlab/deployment"]);

export function join(observations: readonly Observation[], calls: readonly ListedCall[], sink: ObservationSink): void {
  const files: GitlabFile[] = [];
  const projects = new Map<string, GitlabProject>();
  for (const observation of observations) {
    if (observation.kind === "gitlab/file") files.push(observation);
    else if (!JOINED.has(observation.kind)) sink.observation(observation);
    if (observation.kind === "gitlab/project") projects.set(observation.project, observation);
  }
  joinParts(observations, calls, sink);
  const lookup = lookupIn(files);
  const denied = new Set(calls.flatMap(({ call, status, scope }) => (status === "denied" ? [deniedFile(call, scope.project)] : [])));
  for (const name of new Set([...projects.keys(), ...files.map((file) => file.project)]))
    pipelineOf(name, projects.get(name), lookup, denied, sink);
}

function deniedFile(call: string, scoped: string | undefined): string | undefined {
  const called = calledBy(call);
  const path = fileAsked(called);
  const project = called === undefined || /^\d+$/.test(called.of) ? scoped : called.of;
  return path === undefined ? undefined : `gitlab:${project ?? ""}/${path}`;
}

function pipelineOf(
  name: string,
  project: GitlabProject | undefined,
  lookup: Lookup,
  denied: ReadonlySet<string | undefined>,
  sink: ObservationSink,
): void {
  const path = project?.definition ?? DEFAULT;
  const [file] = lookup(name, path);
  const subject = `gitlab:${name}/${path}`;
  const gap = (why: string, source: GitlabFile["source"] | undefined): void =>
    sink.gap(gitlabGap("gitlab/pipeline", subject, `${path} of ${name}`, why, source));
  if (file === undefined) {
    // The denied call has a gap of its own, with the reason; and of a project that only lends its files nobody asked for a pipeline.
    if (denied.has(subject) || project === undefined) return;
    const isElsewhere = /^https?:|@/.test(path);
    return gap(isElsewhere ? "the definition stands in another place" : "not collected", project?.source);
  }
  const { pipeline, problems } = readPipeline(lookup, file);
  if (pipeline) sink.observation(pipeline);
  for (const { what, source, isFatal } of problems)
    if (isFatal || pipeline !== undefined)
      sink.gap(gitlabGap(isFatal ? "gitlab/pipeline" : "gitlab/include", subject, `${path} of ${name}`, what, source));
}
