// The Tekton collector: pipelines of a repository, and the repositories that Pipelines as Code serves in a cluster → observations.
import { isObject, type Json, type JsonObject } from "../../lib/json.ts";
import { scriptWithoutSecrets } from "../../lib/secret-text.ts";
import type { Gap } from "../../model/gap.ts";
import type { TektonReference, TektonTask } from "../../model/observations/tekton.ts";
import { inside, type Source } from "../../model/source.ts";
import type { Collector, ObservationSink, ParsedFile } from "../collector.ts";
import { type PipelineTask, type Reference, Repository, Runnable } from "./schema.ts";

const CLAUSES = { "tekton/pipeline": ["A1", "P1", "P2"], "tekton/repository": ["A1", "P2"], "tekton/scope": [] } as const;

const gapOf = (topic: keyof typeof CLAUSES, subject: string, what: string, why: string, source?: Source): Gap => ({
  topic,
  subject,
  what,
  why,
  clauses: CLAUSES[topic],
  ...(source && { source }),
});

export const collector: Collector = {
  system: "tekton",
  reads: [
    "Pipeline, PipelineRun, Task and TaskRun of a repository (tekton.dev), with the annotations of Pipelines as Code",
    "Repository objects of a cluster (pipelinesascode.tekton.dev): in which namespace a repository's pipelines run",
  ],
  permissions: ["to read the repository; list repositories.pipelinesascode.tekton.dev in the cluster"],
  cannotSee: [
    "tasks that are fetched from a hub, a bundle or another repository (A1, P2)",
    "who may start a run by a comment (/ok-to-test) on a fork's pull request (A1)",
    "EventListeners and their triggers (P1)",
  ],
  recognize(document, file) {
    if (isRepository(document)) return file.scope?.cluster === undefined ? undefined : "Repository of Pipelines as Code";
    return isRunnable(document) && file.scope?.cluster === undefined ? "Tekton pipeline" : undefined;
  },
  map(document, index, file, sink, { fingerprint }) {
    const source: Source = { file: file.path, ...(index > 0 && { document: index }), pointer: "" };
    if (isRepository(document)) for (const { item, at } of itemsOf(document, source)) repository(item, file, at, sink);
    else if (isRunnable(document)) pipeline(document, file, source, sink, fingerprint);
  },
  denied: (call, error, scope) => [gapOf("tekton/repository", scope.cluster ?? call, call, error)],
};

const groupOf = (document: JsonObject): string => String(document["apiVersion"] ?? "").split("/")[0] ?? "";

const isRunnable = (document: unknown): document is JsonObject =>
  isObject(document) &&
  groupOf(document) === "tekton.dev" &&
  /^(?:Cluster)?(?:Pipeline|PipelineRun|Task|TaskRun)$/.test(String(document["kind"]));

const isRepository = (document: unknown): document is JsonObject =>
  isObject(document) && groupOf(document) === "pipelinesascode.tekton.dev" && /^Repository(?:List)?$/.test(String(document["kind"]));

function itemsOf(document: JsonObject, source: Source): readonly { readonly item: unknown; readonly at: Source }[] {
  const items: unknown = document["items"];
  return Array.isArray(items)
    ? items.map((item: unknown, index) => ({ item, at: inside(source, "items", index) }))
    : [{ item: document, at: source }];
}

function repository(item: unknown, file: ParsedFile, source: Source, sink: ObservationSink): void {
  const cluster = file.scope?.cluster ?? "";
  const parsed = Repository.safeParse(item);
  if (!parsed.success)
    return sink.gap(
      gapOf("tekton/repository", cluster, `a Repository of cluster ${cluster}`, parsed.error.issues[0]?.message ?? "another form", source),
    );
  const { metadata, spec } = parsed.data;
  const fromDefaultBranch = spec.settings?.pipelinerun_provenance === "default_branch";
  sink.observation({
    kind: "tekton/repository",
    cluster,
    namespace: metadata.namespace,
    name: metadata.name,
    url: spec.url,
    fromDefaultBranch,
    source,
  });
}

/** Whose a file is: by the call that it answers, else by the scope. */
function repositoryOf(file: ParsedFile): string | undefined {
  const github = /^GET (?:https?:\/\/[^/]+)?\/repos\/([^/]+\/[^/]+)\/contents\//.exec(file.call ?? "")?.[1];
  if (github !== undefined) return `github:${github}`;
  if (file.scope?.system === "gitlab") return file.scope.project === undefined ? undefined : `gitlab:${file.scope.project}`;
  const name = file.scope?.repository ?? file.scope?.project;
  return name === undefined ? undefined : `github:${name}`;
}

/** `[push, pull_request]`, as Pipelines as Code writes lists in annotations. */
const listed = (text: string | undefined): readonly string[] =>
  (text ?? "")
    .replace(/^\s*\[|\]\s*$/g, "")
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "");

const isCommit = (text: unknown): boolean => typeof text === "string" && /^[0-9a-f]{40}$/i.test(text);

/**
 * A bundle by digest and a Git revision that is a commit are fixed; a hub's task by an exact version is what its catalog holds (Tekton, "Remote resolution").
 * A task by its name alone stands in the cluster.
 */
function referenceOf(reference: Reference, source: Source): TektonReference {
  const param = (name: string): Json | undefined => reference.params?.find((one) => one.name === name)?.value;
  if (reference.bundle !== undefined) return { written: reference.bundle, isMovable: !reference.bundle.includes("@sha256:"), source };
  if (reference.resolver === undefined) return { written: reference.name ?? "", isMovable: false, source };
  const name = param("name") ?? param("pathInRepo") ?? param("url") ?? "";
  const at = param("revision") ?? param("version") ?? param("bundle");
  const written = [reference.resolver, name, at].filter((one) => typeof one === "string" && one !== "").join(" ");
  const isFixed =
    reference.resolver === "cluster" ||
    isCommit(param("revision")) ||
    String(param("bundle") ?? "").includes("@sha256:") ||
    (reference.resolver === "hub" && /^\d+\.\d+/.test(String(param("version") ?? "")));
  return { written, isMovable: !isFixed, source };
}

type Steps = NonNullable<NonNullable<Runnable["spec"]["taskSpec"]>["steps"]>;

/** Results of another task are waited for as runAfter is (Tekton, "Pipelines", Using execution results). */
function taskOf(task: PipelineTask, source: Source, fingerprint: (secret: string) => string): TektonTask {
  const results = [...JSON.stringify(task).matchAll(/\$\(tasks\.([\w-]+)\.results/g)].map((match) => match[1] as string);
  return {
    name: task.name,
    after: [...new Set([...(task.runAfter ?? []), ...results])],
    ...stepsOf(task.taskSpec?.steps ?? [], fingerprint),
    ...(task.taskRef && { reference: referenceOf(task.taskRef, inside(source, "taskRef")) }),
    source,
  };
}

const stepsOf = (steps: Steps, fingerprint: (secret: string) => string): Pick<TektonTask, "images" | "scripts"> => ({
  images: steps.flatMap((step) => step.image ?? []),
  scripts: steps
    .map((step) => scriptWithoutSecrets(step.script ?? [...(step.command ?? []), ...(step.args ?? [])].join(" "), fingerprint))
    .filter((text) => text !== ""),
});

function pipeline(
  document: JsonObject,
  file: ParsedFile,
  source: Source,
  sink: ObservationSink,
  fingerprint: (secret: string) => string,
): void {
  const of = repositoryOf(file);
  if (of === undefined) {
    const why = "nothing says which repository it is from: give the input a scope with repository: ORG/REPO";
    return sink.gap(gapOf("tekton/scope", file.path, `the pipeline ${file.path}`, why, source));
  }
  const parsed = Runnable.safeParse(document);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return sink.gap(
      gapOf("tekton/pipeline", of, `${file.path} of ${of}`, `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "another form"}`, source),
    );
  }
  const { kind, metadata, spec } = parsed.data;
  const at = inside(source, "spec");
  const inPipeline = spec.pipelineSpec ?? spec;
  const where = spec.pipelineSpec ? inside(at, "pipelineSpec") : at;
  const tasks = (inPipeline.tasks ?? []).map((task, index) => taskOf(task, inside(where, "tasks", index), fingerprint));
  // "finally" runs when all tasks are done, however they went.
  const last = (inPipeline.finally ?? []).map((task, index) => taskOf(task, inside(where, "finally", index), fingerprint));
  const steps = spec.steps ?? spec.taskSpec?.steps;
  const name = metadata.name ?? metadata.generateName ?? file.path;
  const alone = steps === undefined ? [] : [{ name, after: [], ...stepsOf(steps, fingerprint), source: at }];
  const annotations = metadata.annotations ?? {};
  const fetched = Object.entries(annotations)
    .filter(([key]) => /^pipelinesascode\.tekton\.dev\/(?:task|pipeline)(?:-\d+)?$/.test(key))
    .flatMap(([key, text]) =>
      listed(text).map((written) => ({
        written,
        isMovable: !/:\d+\.\d+|\/[0-9a-f]{40}\//.test(written),
        source: inside(source, "metadata", "annotations", key),
      })),
    );
  const ref = spec.pipelineRef ?? spec.taskRef;
  const account = spec.taskRunTemplate?.serviceAccountName ?? spec.serviceAccountName;
  sink.observation({
    kind: "tekton/pipeline",
    repository: of,
    path: file.path.includes(".tekton/") ? file.path.slice(file.path.lastIndexOf(".tekton/")) : file.path,
    objectKind: kind,
    name,
    tasks: [...tasks, ...last, ...alone],
    ...(account !== undefined && { serviceAccount: account }),
    events: listed(annotations["pipelinesascode.tekton.dev/on-event"]),
    branches: listed(annotations["pipelinesascode.tekton.dev/on-target-branch"]),
    fetched: [...fetched, ...(ref === undefined ? [] : [referenceOf(ref, at)]).filter((one) => one.isMovable)],
    source,
  });
}
