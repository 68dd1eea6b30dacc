// A project of Azure DevOps as the pipeline model sees it.
import type { AzureJob, AzureStage } from "../../../model/observations/azure.ts";
import type { PlaneInput } from "../../plane.ts";
import { distinct } from "../actors.ts";
import { becauseOf } from "../emit.ts";
import type { Context, Job, Mover, MovableInput, Project, Ref, Runner } from "../model/model.ts";
import { proposedBy, repositoryAt } from "../model/repositories.ts";
import type { Wait } from "../model/task.ts";
import { holds } from "./conditions.ts";
import { inEnvironment, isTriggered, type PipelineRuns, refOf, type Run, runsOf } from "./contexts.ts";
import { type PipelineFacts, type ProjectFacts, projectsOf } from "./facts.ts";
import { administrators, contributors } from "./guards.ts";
import * as ids from "./ids.ts";
import { environmentsOf, heldBy, type NamedEnvironment } from "./resources.ts";
import { type Around, environmentNames, type Place, placesOf, taskOf } from "./tasks.ts";

const UNRESOLVED = "which environments the job names depends on values that the files do not hold";
const HOLDS = "whether agents of a self-hosted pool keep anything between jobs is not collected";

interface Built {
  readonly facts: PipelineFacts;
  readonly runs: PipelineRuns;
  readonly places: readonly Place[];
}

/** Branches of every repository that stand apart, whether or not a pipeline is built from it: templates are taken from them too. */
function allRefs(facts: ProjectFacts, built: readonly Built[]): readonly Ref[] {
  const refs = new Map<string, Ref>();
  for (const one of built) for (const ref of one.runs.refs) refs.set(ref.id, ref);
  for (const own of facts.repositories) {
    const policed = facts.policies.flatMap((policy) =>
      policy.scopes.flatMap((scope) => (scope.ref !== undefined && !scope.isPrefix && scope.repository === own.id ? [scope.ref] : [])),
    );
    for (const branch of [...(own.defaultBranch === undefined ? [] : [own.defaultBranch]), ...policed]) {
      const ref = refOf(facts, { own, name: own.name }, branch);
      if (!refs.has(ref.id)) refs.set(ref.id, ref);
    }
  }
  return [...refs.values()];
}

interface Runs {
  readonly id: string;
  readonly because?: string | undefined;
}

function contextsOf(
  facts: ProjectFacts,
  environments: readonly NamedEnvironment[],
  { stage, job }: Place,
  runs: readonly Run[],
): readonly Runs[] {
  const names = environmentNames(job);
  const of = (run: Run): readonly Runs[] => {
    const truths = [holds(stage.condition, run.head, job.variables), holds(job.condition, run.head, job.variables)];
    if (truths.includes(false)) return [];
    const open = becauseOf(
      stage.because,
      job.because,
      truths.includes(undefined) && `whether ${job.name} runs on ${run.context.label} depends on its conditions`,
    );
    if (names === undefined) return [{ id: run.context.id, because: open }];
    const inside = (one: NamedEnvironment, because: string | undefined): readonly Runs[] => {
      const context = inEnvironment(facts, run, one.resource, one.environment);
      return context === undefined ? [] : [{ id: context.id, because }];
    };
    const known = environments.filter((one) => names.values.includes(one.environment.name));
    const placed = known.flatMap((one) => inside(one, open));
    if (names.complete) return placed;
    const others = environments.filter((one) => !known.includes(one)).flatMap((one) => inside(one, becauseOf(open, UNRESOLVED)));
    return [...placed, ...others];
  };
  // The job as written is the one that branches which stand apart hold.
  const apart = runs.filter((run) => "branch" in run.head).flatMap(of);
  return apart.length > 0 ? apart : runs.filter((run) => !("branch" in run.head)).flatMap(of);
}

const isPinned = (ref: string): boolean => /^[\da-f]{40}$/i.test(ref);

/** Who moves the branch of another repository from which templates are taken. */
function moversOf(input: PlaneInput, facts: ProjectFacts, name: string, type: string, branch: string | undefined): readonly Mover[] {
  if (type !== "git")
    return type.startsWith("github") ? (repositoryAt(input, `https://github.com/${name}`)?.branch(branch ?? "main") ?? []) : [];
  const [project, repository] = name.includes("/")
    ? [name.slice(0, name.indexOf("/")), name.slice(name.indexOf("/") + 1)]
    : [facts.name, name];
  const other = projectsOf(input).find(
    (one) => one.organization === facts.organization && one.name.toLowerCase() === project.toLowerCase(),
  );
  const own = other?.repositories.find((one) => one.name.toLowerCase() === repository.toLowerCase());
  if (other === undefined || own === undefined) return [];
  const at = branch ?? own.defaultBranch ?? "main";
  const isApart =
    at === own.defaultBranch ||
    other.policies.some((policy) => policy.scopes.some((scope) => scope.ref === at && scope.repository === own.id));
  return [isApart ? { capability: "write", entity: ids.refId(other.id, own.name, at) } : { capability: "author", entity: other.id }];
}

function inputsOf(input: PlaneInput, facts: ProjectFacts, built: Built, job: AzureJob): readonly MovableInput[] {
  const templates = (built.facts.pipeline?.includes ?? []).flatMap((include): readonly MovableInput[] => {
    const { repository, type = "git", ref, name, source } = include;
    if (include.what !== "template" || repository === undefined || isPinned(ref ?? "")) return [];
    const branch = ref?.replace(/^refs\/(?:heads|tags)\//, "");
    const written = `${name} of ${repository} at ${branch ?? "its default branch"}`;
    return [
      {
        id: ids.templateId(repository, branch ?? "HEAD"),
        kind: "definition",
        written,
        movedBy: moversOf(input, facts, repository, type, branch),
        source,
      },
    ];
  });
  const images = job.images
    .filter(({ name }) => !name.includes("$") && !name.includes("@sha256:"))
    .map(({ name, source }): MovableInput => ({
      id: `image:${/:[^/]+$/.test(name) ? name : `${name}:latest`}`,
      kind: "image",
      written: name,
      movedBy: [],
      source,
    }));
  const distinctTemplates = [...new Map(templates.map((one) => [one.id, one])).values()];
  return [...distinctTemplates, ...images];
}

function runnersOf(facts: ProjectFacts, runs: readonly Run[]): readonly Runner[] {
  return facts.queues
    .filter((queue) => !queue.isHosted)
    .map((queue) => ({
      id: ids.poolId(facts.organization, queue.name),
      label: `agent pool ${queue.name}`,
      place: {},
      open: runs.flatMap((run) => {
        const permission = facts.permission("queue", String(queue.id));
        const allowed = permission === undefined || permission.all || permission.pipelines.includes(run.pipeline.definition?.id ?? -1);
        return allowed
          ? [
              {
                id: run.context.id,
                because: becauseOf(HOLDS, permission === undefined && `which pipelines may use pool ${queue.name} was not collected`),
              },
            ]
          : [];
      }),
      source: queue.source,
    }));
}

const runnersFor = (facts: ProjectFacts, { pool }: AzureJob): Job["runners"] =>
  facts.queues
    .filter((queue) => !queue.isHosted && pool !== undefined && queue.name === pool.name)
    .map((queue) => ({ id: ids.poolId(facts.organization, queue.name), because: HOLDS }));

const last = (name: string): string => name.slice(name.lastIndexOf("/") + 1).toLowerCase();

/** The pipeline that another one takes from, by its name, with or without its folder. */
const named = (built: readonly Built[], name: string): Built | undefined => {
  const wanted = name.replaceAll("\\", "/").replace(/^\//, "");
  return built.find((one) => one.facts.name === wanted) ?? built.find((one) => last(one.facts.name) === last(wanted));
};

/** "trigger: none" and no schedule: people start it, or the end of another pipeline does ("Pipeline triggers", on success of its run). */
function startOf(built: readonly Built[], own: Built): Pick<Around, "events" | "started"> {
  const { pipeline } = own.facts;
  if (pipeline === undefined) return { events: [], started: [] };
  const starting = pipeline.sources.filter((one) => one.starts);
  const branch = own.runs.refs[0]?.name ?? "main";
  const isPushed = isTriggered(pipeline.trigger, branch) || pipeline.trigger?.include.length !== 0;
  const events = [...(isPushed ? ["push"] : []), ...(pipeline.schedules ? ["schedule"] : []), ...(starting.length > 0 ? ["pipeline"] : [])];
  const started =
    isPushed || pipeline.schedules
      ? []
      : starting.flatMap((one): readonly Wait[] => (named(built, one.pipeline)?.places ?? []).map(({ id }) => ({ on: id })));
  return { events: events.length === 0 ? ["manual"] : events, started };
}

function jobsOf(
  input: PlaneInput,
  facts: ProjectFacts,
  built: readonly Built[],
  environments: readonly NamedEnvironment[],
): readonly (Job & { readonly written: AzureJob; readonly stage: AzureStage })[] {
  return built.flatMap((own) => {
    const { pipeline } = own.facts;
    if (pipeline === undefined) return [];
    const published = (alias: string): readonly string[] => {
      const source = pipeline.sources.find((one) => one.alias === alias);
      return (source === undefined ? [] : (named(built, source.pipeline)?.places ?? []))
        .filter((one) => one.job.artifacts.length > 0)
        .map((one) => one.id);
    };
    const around: Around = {
      project: facts.id.slice("azure:".length),
      pipeline,
      places: own.places,
      ...startOf(built, own),
      published,
      environments: environments.map(({ environment }) => environment),
    };
    return own.places.map((place) => {
      const task = taskOf(around, place);
      const names = environmentNames(place.job);
      const only = names?.complete === true && names.values.length === 1 ? { projectEnvironment: names.values[0] as string } : {};
      return {
        id: task.id,
        label: task.label,
        place: { project: facts.id, ...only },
        contexts: contextsOf(facts, environments, place, own.runs.runs),
        inputs: inputsOf(input, facts, own, place.job),
        runners: runnersFor(facts, place.job),
        task,
        written: place.job,
        stage: place.stage,
        source: place.job.source,
      };
    });
  });
}

function projectOf(input: PlaneInput, facts: ProjectFacts): Project {
  const built = facts.pipelines.map((one): Built => ({
    facts: one,
    runs: runsOf(input, facts, one),
    places: one.pipeline === undefined ? [] : placesOf(facts.id, one.pipeline),
  }));
  const runs = built.flatMap((one) => one.runs.runs);
  const environments = environmentsOf(
    input,
    facts,
    built.flatMap((one) => one.places),
  );
  const inside = runs.flatMap((run) => environments.flatMap((one) => inEnvironment(facts, run, one.resource, one.environment) ?? []));
  const jobs = jobsOf(input, facts, built, environments);
  const using = (name: string, kind: "connection" | "group"): readonly Job[] =>
    jobs.filter(({ written }) => (kind === "group" ? written.groups.includes(name) : written.connections.some((one) => one.name === name)));
  const held = heldBy(facts, runs, using);
  const contexts: readonly Context[] = [...runs.map((run) => run.context), ...inside, ...held.contexts];
  const hasForks = runs.some((run) => run.context.content === "fork");
  const authors = contributors(facts);
  return {
    system: "azure",
    id: facts.id,
    label: `${facts.organization}/${facts.name}`,
    place: { project: facts.id },
    above: [],
    change: ids.changeId(facts.id),
    ...(hasForks && { fork: { id: ids.forkId(facts.id) } }),
    authors,
    authoredBy: [...new Map(built.flatMap((one) => one.runs.authoredBy).map((one) => [one.entity, proposedBy(one, facts.name)])).values()],
    administrators: administrators(facts),
    refs: allRefs(facts, built),
    environments: environments.map(({ environment }) => environment),
    contexts,
    credentials: held.credentials,
    jobs: jobs.map(({ written: _, stage: __, ...job }) => job),
    runners: runnersOf(facts, runs),
    tokens: held.tokens,
    accounts: distinct([...facts.access.everyone, ...facts.services.map((one) => one.actor), ...authors, ...accountsIn(environments)]),
    gaps: facts.unasked,
    source: facts.source,
  };
}

/** Approvers whom no list of users holds are accounts all the same. */
const accountsIn = (environments: readonly NamedEnvironment[]): Project["accounts"] =>
  environments.flatMap(({ environment, resource }) =>
    [...(environment.guard ? [environment.guard] : []), ...resource.checked.guards].flatMap((guard) =>
      guard.passages.flatMap((passage) => passage.requires.flatMap((one) => (one.kind === "approvals" ? [...one.of] : []))),
    ),
  );

export const azureProjects = (input: PlaneInput): readonly Project[] => projectsOf(input).map((facts) => projectOf(input, facts));
