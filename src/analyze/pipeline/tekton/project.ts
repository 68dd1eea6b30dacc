// A repository whose pipelines Tekton runs (Pipelines as Code), as the pipeline model sees it: the change brings its own definition.
import type { TektonPipeline, TektonReference, TektonRepository, TektonTask } from "../../../model/observations/tekton.ts";
import { fact, grant, type RuleSink } from "../../../model/rule.ts";
import { githubRepository } from "../../gitops/repositories.ts";
import type { KnownEstate, PlaneInput } from "../../plane.ts";
import { contentOf } from "../content.ts";
import { partId } from "../../kubernetes/ids.ts";
import { ruleOf } from "../emit.ts";
import type { Context, Job, MovableInput, Project } from "../model/model.ts";

export const TOPICS: readonly string[] = ["tekton/repository-content"];

const nameOf = (repository: string): string => repository.slice(repository.indexOf(":") + 1);
const projectId = (repository: string): string => `tekton:${nameOf(repository)}`;

const servedBy = (input: PlaneInput, repository: string): readonly TektonRepository[] =>
  input.observations("tekton/repository").filter((one) => {
    const name = githubRepository(one.url) ?? /^https?:\/\/[^/]+\/(.+?)(?:\.git)?\/?$/.exec(one.url)?.[1];
    return name?.toLowerCase() === nameOf(repository).toLowerCase();
  });

function inputsOf(pipeline: TektonPipeline, task: TektonTask): readonly MovableInput[] {
  const definition = ({ written, source }: TektonReference): MovableInput => ({
    id: `tekton:reference/${written}`,
    kind: "definition",
    written,
    movedBy: [],
    source,
  });
  const images = task.images
    .filter((image) => !image.includes("@sha256:") && !image.includes("$("))
    .map((image): MovableInput => ({
      id: `image:${/:[^/]+$/.test(image) ? image : `${image}:latest`}`,
      kind: "image",
      written: image,
      movedBy: [],
      source: task.source,
    }));
  const fetched = pipeline.fetched.filter(
    (one) => one.isMovable && (task.reference === undefined || one.written.includes(task.reference.written)),
  );
  return [...(task.reference?.isMovable ? [definition(task.reference)] : []), ...fetched.map(definition), ...images];
}

const taskId = (pipeline: TektonPipeline, name: string): string =>
  `${projectId(pipeline.repository)}/${pipeline.path}#job/${pipeline.name}/${name}`;

function jobOf(pipeline: TektonPipeline, task: TektonTask, contexts: readonly Context[]): Job {
  const id = taskId(pipeline, task.name);
  const label = `${pipeline.name} / ${task.name}`;
  const known = new Set(pipeline.tasks.map((one) => one.name));
  const fetched = task.reference === undefined ? undefined : `the task ${task.reference.written}`;
  return {
    id,
    label,
    place: { project: projectId(pipeline.repository) },
    contexts: contexts.map((context) => ({ id: context.id })),
    inputs: inputsOf(pipeline, task),
    runners: [],
    task: {
      id,
      label,
      name: task.name,
      system: "tekton",
      project: nameOf(pipeline.repository),
      definition: pipeline.path,
      events: pipeline.events.length > 0 ? pipeline.events : ["api"],
      environments: [],
      environmentsComplete: true,
      waits: task.after.filter((one) => known.has(one)).map((one) => ({ on: taskId(pipeline, one) })),
      actions: task.scripts.map((text) => ({ text, with: {}, source: task.source })),
      isManual: false,
      mayFail: false,
      artifactsOut: [],
      takesArtifactsOf: [],
      ...(task.images[0] !== undefined && { image: task.images[0] }),
      usesCache: false,
      isOnOwnMachine: true,
      ...(fetched !== undefined && { unread: fetched }),
      isCalledOnly: false,
      source: task.source,
    },
    source: task.source,
  };
}

/**
 * "The PipelineRun definition is taken from the branch where the event was triggered", unless the Repository says pipelinerun_provenance: default_branch
 * (Pipelines as Code, "Repository CR", PipelineRun definition provenance).
 */
function projectOf(input: PlaneInput, repository: string, pipelines: readonly TektonPipeline[]): Project {
  const id = projectId(repository);
  const name = nameOf(repository);
  const source = pipelines[0]?.source ?? servedBy(input, repository)[0]?.source ?? { file: "" };
  const content = contentOf(input, repository, "*");
  const served = servedBy(input, repository);
  const isFixed = served.length > 0 && served.every((one) => one.fromDefaultBranch);
  const unreviewed: Context = {
    id: `${id}#run/unreviewed`,
    label: `any branch of ${name}`,
    content: "unreviewed",
    guards: [],
    place: { project: id },
    source,
  };
  const main = contentOf(input, repository, undefined);
  const topic = "tekton/repository-content";
  return {
    system: "tekton",
    id,
    label: name,
    place: { project: id },
    above: [],
    change: `${repository}#change`,
    authors: [],
    authoredBy: isFixed
      ? main.need === undefined
        ? []
        : [{ fact: main.need, how: `who may change ${main.what} decides what Tekton runs` }]
      : content.need === undefined
        ? []
        : [{ fact: content.need, how: `who may push to ${name} brings the pipelines that Tekton runs` }],
    administrators: [],
    refs: [],
    environments: [],
    contexts: [unreviewed],
    credentials: [],
    jobs: pipelines.flatMap((pipeline) =>
      pipeline.tasks.map((task) => jobOf(pipeline, task, pipeline.events.length > 0 ? [unreviewed] : [])),
    ),
    runners: [],
    tokens: [],
    accounts: [],
    gaps:
      content.need === undefined && !Object.hasOwn(input.charter.absent, topic)
        ? [
            {
              topic,
              subject: repository,
              what: `who may push to ${name}`,
              why: "the repository was not collected",
              clauses: ["A1", "A6", "P2"],
              source,
            },
          ]
        : [],
    source,
  };
}

export function tektonProjects(input: PlaneInput): readonly Project[] {
  const byRepository = Map.groupBy(input.observations("tekton/pipeline"), (one) => one.repository);
  for (const one of input.observations("tekton/repository")) {
    const github = githubRepository(one.url);
    if (github !== undefined && ![...byRepository.keys()].some((each) => nameOf(each).toLowerCase() === github.toLowerCase()))
      byRepository.set(`github:${github}`, []);
  }
  return [...byRepository].map(([repository, pipelines]) => projectOf(input, repository, pipelines));
}

/**
 * A PipelineRun becomes pods of its namespace, with the images, secrets and service account that it names ("serviceAccountName", Tekton, "PipelineRuns"):
 * whoever decides the definition creates what they like there.
 */
export function tektonRules(estate: KnownEstate, sink: RuleSink): void {
  for (const project of tektonProjects(estate)) {
    const repository = project.change.slice(0, -"#change".length);
    for (const { cluster, namespace, name, url, fromDefaultBranch, source } of servedBy(estate, repository)) {
      const owner = `k8s:${cluster}/${namespace}/Repository.pipelinesascode.tekton.dev/${name}`;
      const change = `let Repository ${name} in ${namespace} take definitions from the default branch (pipelinerun_provenance: default_branch), or run it in a namespace below`;
      sink.rule(
        ruleOf({
          family: "tekton/run",
          needs: [fact("control", `${project.id}#run/unreviewed`)],
          gives: fact("write", partId(cluster, namespace, "workloads")),
          how: `pipelines of ${project.label} run in namespace ${namespace} of ${cluster}, with what they name there`,
          grants: [grant(owner, { url, fromDefaultBranch }, { label: `Repository ${name} in ${namespace}`, change, source })],
          source,
        }),
      );
    }
  }
}
