// The GitLab collector: pipeline definitions and REST answers → observations.
import { isObject } from "../../lib/json.ts";
import type { GitlabObservation } from "../../model/observations/gitlab.ts";
import { inside, type Source } from "../../model/source.ts";
import type { Collector, CollectorContext, ObservationSink, ParsedFile } from "../collector.ts";
import { type Called, calledBy, fileAsked } from "./call.ts";
import { inputsOf, isDefinition, isHeader, withoutSecretsIn } from "./ci-file.ts";
import { denied } from "./denied.ts";
import { join } from "./join.ts";
import { type Shape, shapeByLook, SHAPES } from "./shapes.ts";
import { gitlabGap } from "./topics.ts";

export const collector: Collector = {
  system: "gitlab",
  reads: [
    "pipeline definitions (.gitlab-ci.yml and the files it includes)",
    ...SHAPES.map(
      ({ name, path, in: where }) =>
        `GET /${where === "both" ? "projects" : where}/ID/${path.source.replaceAll(/[\^$]|\(\?:\\\/(\w+)\)\?/g, "")} (${name})`,
    ),
  ],
  permissions: [
    "a project access token with role Maintainer and scope read_api: protection, variables and deploy keys are shown to Maintainers alone",
    "group variables: role Owner of the group, scope read_api; take value out of every variable (jq 'map(del(.value))') before it is stored",
  ],
  cannotSee: [
    "values of variables, which are never read (B5)",
    "included templates, components and remote files (A1, P1, P2)",
    "compliance pipelines and scan execution policies that an administrator adds to a project (P1)",
    "push rules, and settings of the instance above the groups (P2)",
  ],
  recognize,
  map,
  join: (observations, calls, sink) => join(observations, calls, sink),
  denied,
};

const isGitlab = (file: ParsedFile): boolean => file.scope === undefined || file.scope.system === "gitlab";

function shapeOf(document: unknown, called: Called | undefined): Shape | undefined {
  if (called === undefined) return shapeByLook(document);
  return SHAPES.find((shape) => (shape.in === "both" || shape.in === called.kind) && shape.path.test(called.rest));
}

function recognize(document: unknown, file: ParsedFile): string | undefined {
  if (!isGitlab(file)) return undefined;
  const called = calledBy(file.call);
  if (file.format === "yaml" || fileAsked(called) !== undefined) {
    if (isHeader(document)) return "header of a pipeline definition";
    return isDefinition(document) || (fileAsked(called) !== undefined && isObject(document)) ? "pipeline definition" : undefined;
  }
  if (file.call !== undefined && called === undefined) return undefined;
  const isAsked = called !== undefined || file.scope?.system === "gitlab";
  const shape = shapeOf(document, called);
  return shape !== undefined && (isAsked || shape.name === "project" || shape.name.startsWith("protected")) ? shape.name : undefined;
}

function map(document: unknown, index: number, file: ParsedFile, sink: ObservationSink, context: CollectorContext): void {
  const what = recognize(document, file);
  const source: Source = { file: file.path, ...(index > 0 && { document: index }), pointer: "" };
  if (what === "header of a pipeline definition") return;
  if (what === "pipeline definition") return mapDefinition(document, index, file, source, sink, context);
  const called = calledBy(file.call);
  const shape = shapeOf(document, called);
  if (shape !== undefined) mapAnswer(shape, document, called, file, source, sink);
}

const isNumber = (text: string): boolean => /^\d+$/.test(text);

/** Whose the answer is: the call says it, unless by number; then the scope. */
function ownerOf(shape: Shape, called: Called | undefined, file: ParsedFile): string | undefined {
  if (shape.name === "project" || shape.in === "runners") return "";
  return called !== undefined && !isNumber(called.of) ? called.of : file.scope?.project;
}

function ofGroup(read: GitlabObservation): GitlabObservation {
  if (read.kind === "gitlab/variable") return { ...read, scope: "group" };
  return read.kind === "gitlab/protected-environment" ? { ...read, ofGroup: true } : read;
}

function mapAnswer(
  shape: Shape,
  document: unknown,
  called: Called | undefined,
  file: ParsedFile,
  source: Source,
  sink: ObservationSink,
): void {
  const of = ownerOf(shape, called, file);
  if (of === undefined) {
    const why = "nothing says which project it is from: give the input a scope with project: GROUP/PROJECT, or a manifest";
    return sink.gap(gitlabGap("gitlab/scope", file.path, `${shape.name} in ${file.path}`, why, source));
  }
  const subject = `gitlab:${of}`;
  const bad = (why: string, at: Source): void => sink.gap(gitlabGap(shape.topic, subject, `${shape.name} of ${of || file.path}`, why, at));
  if (shape.isList !== Array.isArray(document)) return bad("the answer has not the form that GitLab documents", source);
  const items = Array.isArray(document) ? document : [document];
  for (const [index, item] of items.entries()) {
    const at = shape.isList ? inside(source, index) : source;
    const read = shape.read(item, of, at, called);
    if (typeof read === "string") bad(read, at);
    else sink.observation(called?.kind === "groups" ? ofGroup(read) : read);
  }
  if (!shape.isList) return;
  tellPage(shape, items, of, called, source, sink);
}

/** What tells one question from another, besides whose it is. */
const questionOf = ({ rest, query }: Called): string =>
  [rest, ...[...query].filter(([name]) => name !== "page" && name !== "per_page").map(([name, value]) => `${name}=${value}`)]
    .toSorted()
    .join(" ");

function tellPage(
  shape: Shape,
  items: readonly unknown[],
  of: string,
  called: Called | undefined,
  source: Source,
  sink: ObservationSink,
): void {
  const changes = /^deployments\/(\d+)\/merge_requests$/.exec(called?.rest ?? "")?.[1];
  if (changes !== undefined) {
    const mergeRequests = items.flatMap((item) => (isObject(item) && typeof item["iid"] === "number" ? [item["iid"]] : []));
    sink.observation({ kind: "gitlab/deployment-changes", project: of, deployment: Number(changes), mergeRequests, source });
  }
  const times = items.flatMap((item) => (isObject(item) && typeof item["created_at"] === "string" ? [item["created_at"]] : []));
  const oldest = times.toSorted((a, b) => Date.parse(a) - Date.parse(b))[0];
  if (shape.name === "deployments" && oldest !== undefined)
    sink.observation({ kind: "gitlab/part", part: "oldest", project: of, at: oldest, source });
  if (called === undefined) return sink.observation({ kind: "gitlab/answered", what: shape.name, of, source });
  // A full page without a next one may be the first of many (Docs, "REST API", Pagination: 20 items unless asked, 100 at most).
  const perPage = Number(called.query.get("per_page") ?? 20);
  sink.observation({
    kind: "gitlab/part",
    part: "page",
    what: shape.name,
    topic: shape.topic,
    of,
    asked: questionOf(called),
    page: Number(called.query.get("page") ?? 1),
    isFull: items.length >= perPage && perPage > 0,
    source,
  });
}

function mapDefinition(
  document: unknown,
  index: number,
  file: ParsedFile,
  source: Source,
  sink: ObservationSink,
  { fingerprint }: CollectorContext,
): void {
  const called = calledBy(file.call);
  const project = called !== undefined && !isNumber(called.of) ? called.of : file.scope?.project;
  if (project === undefined) {
    const why = "nothing says which project it is from: give the input a scope with project: GROUP/PROJECT";
    return sink.gap(gitlabGap("gitlab/scope", file.path, `the pipeline definition ${file.path}`, why, source));
  }
  const path = fileAsked(called) ?? pathInProject(file.path, project);
  const subject = `gitlab:${project}/${path}`;
  if (!isObject(document)) return sink.gap(gitlabGap("gitlab/pipeline", subject, `${path} of ${project}`, "it is no map", source));
  const header = index > 0 ? file.documents[index - 1] : undefined;
  sink.observation({
    kind: "gitlab/file",
    project,
    path,
    content: withoutSecretsIn(document, fingerprint),
    inputs: inputsOf(header),
    source,
  });
}

/** Below the folder that is named like the project, else as it stands. */
function pathInProject(path: string, project: string): string {
  const folder = `${project}/`;
  const at = path.lastIndexOf(folder);
  if (at >= 0) return path.slice(at + folder.length);
  const own = path.lastIndexOf(".gitlab-ci.yml");
  return own >= 0 && path.endsWith(".gitlab-ci.yml") ? path.slice(path.lastIndexOf("/") + 1) : path;
}
