// What was read of each Jenkins job: the one place where this reader decides what is known and what is not.
import { globMatches } from "../../../lib/glob.ts";
import { type Gap, gapId } from "../../../model/gap.ts";
import type {
  JenkinsAgent,
  JenkinsController,
  JenkinsCredential,
  JenkinsJob,
  JenkinsLibrarySetting,
  JenkinsPipeline,
} from "../../../model/observations/jenkins.ts";
import type { Source } from "../../../model/source.ts";
import type { PlaneInput } from "../../plane.ts";
import { addressOf, type Repository, repositoryAt } from "../model/repositories.ts";
import { type Access, accessOf } from "./access.ts";
import { projectId } from "./ids.ts";

/** Topics whose gaps this reader turns into may-rules, or tells with the jobs that hold them. */
export const TOPICS: readonly string[] = "definition part step job authorization agent library"
  .split(" ")
  .map((topic) => `jenkins/${topic}`);

export interface ControllerFacts {
  readonly name: string;
  readonly id: string;
  readonly observed: Partial<JenkinsController>;
  readonly access: Access;
  readonly agents: readonly JenkinsAgent[];
  readonly credentials: readonly JenkinsCredential[];
  readonly libraries: readonly JenkinsLibrarySetting[];
  readonly unasked: readonly Gap[];
  readonly source: Source;
}

export interface JobFacts {
  readonly controller: ControllerFacts;
  /** Full name: `acme/shop`. */
  readonly name: string;
  readonly id: string;
  readonly job?: JenkinsJob;
  readonly pipeline?: JenkinsPipeline;
  /** The repositories that it builds, with their addresses. */
  readonly repositories: readonly { readonly url: string; readonly known?: Repository }[];
  /** Why what it builds is not known. */
  readonly unknown: string | undefined;
  /** Why its definition, or a part of it, is not known. */
  readonly doubt: string | undefined;
  /** Names of stages that the charter calls environments; the job's own name, where it stands in one as a whole. */
  readonly environments: readonly { readonly name: string; readonly isWhole: boolean; readonly source: Source }[];
  readonly unasked: readonly Gap[];
  readonly source: Source;
}

export interface JenkinsFacts {
  readonly controllers: readonly ControllerFacts[];
  readonly jobs: readonly JobFacts[];
}

const isAbsent = (input: PlaneInput, topic: string): boolean => Object.hasOwn(input.charter.absent, topic);

/** A question about the controller: answered, denied, or never asked. */
function unknownOf(input: PlaneInput, id: string, topic: string, what: string): string | undefined {
  if (isAbsent(input, topic)) return undefined;
  const gap = input.gaps.find((one) => one.topic === topic && one.subject === id);
  if (gap !== undefined) return gapId(gap);
  const isAnswered = input
    .observations("jenkins/answered")
    .some((one) => one.what === what && one.of === "" && `jenkins:${one.controller}` === id);
  return isAnswered ? undefined : `${topic}:${id}`;
}

const QUESTIONS = [
  ["jenkins/authorization", "authorization", "who may do what on", ["A1", "A6", "P2"]],
  ["jenkins/agent", "agents", "agents of", ["A1"]],
  ["jenkins/credential", "credentials", "credentials of", ["A1", "B5"]],
] as const;

function controllerFacts(input: PlaneInput, name: string, source: Source): ControllerFacts {
  const id = projectId(name, "");
  const own = <T extends { readonly controller: string }>(all: readonly T[]): readonly T[] => all.filter((one) => one.controller === name);
  const told = own(input.observations("jenkins/controller"));
  const observed: Partial<JenkinsController> = Object.assign({}, ...told) as Partial<JenkinsController>;
  const unasked = QUESTIONS.filter(
    ([topic, what]) =>
      unknownOf(input, id, topic, what) !== undefined && !input.gaps.some((gap) => gap.topic === topic && gap.subject === id),
  ).map(([topic, , words, clauses]): Gap => ({ topic, subject: id, what: `${words} ${name}`, why: "not collected", clauses, source }));
  return {
    name,
    id,
    observed,
    access: accessOf(input, name, unknownOf(input, id, "jenkins/authorization", "authorization")),
    agents: own(input.observations("jenkins/agent")),
    credentials: own(input.observations("jenkins/credential")),
    libraries: own(input.observations("jenkins/library")),
    unasked,
    source: told[0]?.source ?? source,
  };
}

/** `ci/acme/shop` of every job that the files or the charter name. */
function jobNames(input: PlaneInput): ReadonlyMap<string, { readonly controller: string; readonly name: string; readonly source: Source }> {
  const names = new Map<string, { controller: string; name: string; source: Source }>();
  const add = (id: string, source: Source): void => {
    const path = id.slice("jenkins:".length);
    const at = path.indexOf("/");
    if (at > 0 && !names.has(id)) names.set(id, { controller: path.slice(0, at), name: decoded(path.slice(at + 1)), source });
  };
  for (const job of input.observations("jenkins/job")) if (job.type !== "folder") add(projectId(job.controller, job.name), job.source);
  for (const { project, source } of input.observations("jenkins/pipeline")) if (project !== undefined) add(`jenkins:${project}`, source);
  const declared: Source = { file: "bulkhead.yaml", pointer: "/environments" };
  const folders = new Set(
    input.observations("jenkins/job").flatMap((job) => (job.type === "folder" ? [projectId(job.controller, job.name)] : [])),
  );
  const holdsJobs = (id: string): boolean => [...names.keys()].some((one) => one.startsWith(`${id}/`));
  for (const { boundary } of input.charter.environments)
    for (const id of [...(boundary.pipelines?.projects ?? []), ...(boundary.pipelines?.environments ?? []).map(({ project }) => project)])
      if (id.startsWith("jenkins:") && !id.includes("*") && !folders.has(id) && !holdsJobs(id)) add(id, declared);
  return names;
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

const pathOf = (job: JenkinsJob | undefined): string =>
  job?.definition !== undefined && "path" in job.definition ? job.definition.path : "config.xml";

function pipelineOf(input: PlaneInput, id: string, job: JenkinsJob | undefined, urls: readonly string[]): JenkinsPipeline | undefined {
  const all = input.observations("jenkins/pipeline");
  const own = all.filter((one) => one.project !== undefined && `jenkins:${one.project}` === id);
  const paths = new Set(urls.flatMap((url) => addressOf(url)?.path.toLowerCase() ?? []));
  return (
    own.find((one) => one.path === pathOf(job)) ??
    own[0] ??
    all.find((one) => one.path === pathOf(job) && paths.has(one.repository?.toLowerCase() ?? ""))
  );
}

function jobFacts(input: PlaneInput, controller: ControllerFacts, id: string, name: string, source: Source): JobFacts {
  const job = input.observations("jenkins/job").find((one) => projectId(one.controller, one.name) === id);
  const definition = job?.definition;
  const urls = [
    ...(definition !== undefined && "path" in definition && definition.url !== undefined ? [definition.url] : []),
    ...(job?.sources ?? []).flatMap(({ url }) => url ?? []),
  ];
  const pipeline = pipelineOf(input, id, job, urls);
  const gapOf = (...topics: readonly string[]): Gap | undefined =>
    input.gaps.find((gap) => topics.includes(gap.topic) && (gap.subject === id || gap.subject.startsWith(`${id}/`)));
  const unread = gapOf("jenkins/job");
  const missing: Gap | undefined =
    job === undefined && unread === undefined && !isAbsent(input, "jenkins/job")
      ? { topic: "jenkins/job", subject: id, what: `settings of ${name}`, why: "not collected", clauses: ["A1", "P1", "P2"], source }
      : undefined;
  const gap = unread ?? missing;
  const doubt = gapOf("jenkins/definition", "jenkins/part");
  return {
    controller,
    name,
    id,
    ...(job && { job }),
    ...(pipeline && { pipeline }),
    repositories: urls.map((url) => {
      const known = repositoryAt(input, url);
      return { url, ...(known && { known }) };
    }),
    unknown: job === undefined && gap !== undefined ? gapId(gap) : undefined,
    doubt: doubt === undefined ? undefined : gapId(doubt),
    environments: environmentsOf(input, id, name),
    unasked: missing === undefined ? [] : [missing],
    source: pipeline?.source ?? job?.source ?? source,
  };
}

/** The charter names stages of the job, or places the job as a whole. */
function environmentsOf(input: PlaneInput, id: string, name: string): JobFacts["environments"] {
  const source: Source = { file: "bulkhead.yaml", pointer: "/environments" };
  return input.charter.environments.flatMap(({ boundary }) => {
    const stages = (boundary.pipelines?.environments ?? []).filter((one) => one.project === id);
    const isWhole = (boundary.pipelines?.projects ?? []).some((pattern) => globMatches(pattern, id));
    const whole = { name: name.slice(name.lastIndexOf("/") + 1), isWhole: true, source };
    return [...stages.map((one) => ({ name: one.name, isWhole: false, source })), ...(isWhole ? [whole] : [])];
  });
}

const known = new WeakMap<PlaneInput, JenkinsFacts>();

export function factsOf(input: PlaneInput): JenkinsFacts {
  const found = known.get(input) ?? readFacts(input);
  known.set(input, found);
  return found;
}

function readFacts(input: PlaneInput): JenkinsFacts {
  const names = [...jobNames(input)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const sources = new Map<string, Source>(names.map(([, { controller, source }]) => [controller, source]));
  for (const one of input.observations("jenkins/controller")) sources.set(one.controller, one.source);
  for (const one of input.observations("jenkins/job")) if (!sources.has(one.controller)) sources.set(one.controller, one.source);
  const controllers = new Map(
    [...sources].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, source]) => [name, controllerFacts(input, name, source)]),
  );
  const jobs = names.flatMap(([id, { controller, name, source }]) => {
    const facts = controllers.get(controller);
    return facts === undefined ? [] : [jobFacts(input, facts, id, name, source)];
  });
  return { controllers: [...controllers.values()], jobs };
}
