// A Jenkins job as the pipeline model sees it, and the folders and controllers that hold credentials.
import type { JenkinsCredential, JenkinsLibrarySetting, JenkinsPipeline } from "../../../model/observations/jenkins.ts";
import type { PlaneInput } from "../../plane.ts";
import { becauseOf } from "../emit.ts";
import type { Context, Credential, Environment, Job, MovableInput, Project } from "../model/model.ts";
import { addressOf, proposedBy, repositoryAt } from "../model/repositories.ts";
import { runnersFor, runnersOf } from "./agents.ts";
import { evaluate } from "./conditions.ts";
import { type Parts, partsOf, type Run } from "./contexts.ts";
import { type ControllerFacts, factsOf, type JenkinsFacts, type JobFacts } from "./facts.ts";
import { holderProjects } from "./holders.ts";
import * as ids from "./ids.ts";
import { inputGuard, inputsBefore } from "./inputs.ts";
import { copiedFrom, startOf } from "./starts.ts";
import { deploysAt, isDeploying, taskIds, taskOf } from "./tasks.ts";
import { tokenOf } from "./tokens.ts";

type Stage = JenkinsPipeline["stages"][number];

/** Stages that stand in an environment: those of its name, and, of a job that stands in one as a whole, those that deploy. */
function stagesIn(facts: JobFacts, { name, isWhole }: JobFacts["environments"][number]): readonly number[] {
  const stages = facts.pipeline?.stages ?? [];
  const all = [...stages.keys()];
  if (!isWhole) return all.filter((at) => [...(stages[at]?.parents ?? []), stages[at]?.name].includes(name));
  const deploying = all.filter((at) => isDeploying(stages[at] as Stage));
  const unknown = all.filter((at) => stages[at]?.steps.some((step) => step.isUnknown === true));
  return deploying.length > 0 ? deploying : unknown.length > 0 ? unknown : all.slice(-1);
}

interface Placed {
  readonly environment: Environment;
  readonly stages: readonly number[];
}

function environmentsOf(facts: JobFacts): readonly Placed[] {
  const isInline = facts.job?.definition !== undefined && "inline" in facts.job.definition;
  return facts.environments.map((one): Placed => {
    const stages = stagesIn(facts, one);
    const all = facts.pipeline?.stages ?? [];
    const first = stages.find((at) => isDeploying(all[at] as Stage)) ?? stages[0];
    const inputs = first === undefined ? [] : inputsBefore(all, first, deploysAt(all[first] as Stage));
    const guard = inputGuard(facts, one.name, inputs, !isInline);
    const environment: Environment = {
      id: ids.environmentId(facts.id, one.name),
      name: one.name,
      label: one.isWhole ? `job ${facts.name}` : `stage ${one.name} of ${facts.name}`,
      ...(guard && { guard }),
      place: { project: facts.id, ...(!one.isWhole && { projectEnvironment: one.name }) },
      source: all[first ?? -1]?.source ?? one.source,
    };
    return { environment, stages };
  });
}

interface Runs {
  readonly id: string;
  readonly because?: string | undefined;
}

/** A stage runs in the contexts of the branches on which its conditions hold; the job as written is the one that branches hold. */
function contextsOf(parts: Parts, stage: Stage, at: number, placed: readonly Placed[]): readonly Runs[] {
  const own = placed.filter((one) => one.stages.includes(at));
  const of = (run: Run): readonly Runs[] => {
    const truths = run.heads.map((head) => evaluate(stage.condition, head));
    if (truths.every((truth) => truth === false)) return [];
    const because = truths.includes(true) ? undefined : `whether ${stage.name} runs on ${run.context.label} depends on its conditions`;
    return own.length === 0
      ? [{ id: run.context.id, because }]
      : own.map(({ environment }) => ({ id: parts.inside(run, environment).id, because }));
  };
  const isNamed = (run: Run): boolean => run.context.content !== "unreviewed" && run.context.content !== "fork";
  const named = parts.runs.filter(isNamed).flatMap(of);
  return named.length > 0 ? named : parts.runs.filter((run) => !isNamed(run)).flatMap(of);
}

/** A commit stands still; a branch does not, and a tag is moved by who may push it. */
const isPinned = (version: string): boolean => /^[\da-f]{40}$/i.test(version);

const inFolder = (name: string, of: string | undefined): boolean =>
  of === undefined || of === "" || name.startsWith(`${of}/`) || name === of;

function librariesOf(input: PlaneInput, facts: JobFacts): readonly MovableInput[] {
  const settings = facts.controller.libraries.filter((one) => inFolder(facts.name, one.of));
  const implicit = settings.filter((one) => one.implicit).map((one) => ({ name: one.name, source: one.source }));
  const written = facts.pipeline?.libraries ?? [];
  return [...written, ...implicit].flatMap((one): readonly MovableInput[] => {
    const setting: JenkinsLibrarySetting | undefined = settings.find((each) => each.name === one.name);
    const version = ("version" in one ? one.version : undefined) ?? setting?.version ?? "its default version";
    if (isPinned(version)) return [];
    const repository = setting?.url === undefined ? undefined : repositoryAt(input, setting.url);
    return [
      {
        id: ids.libraryId(facts.controller.name, one.name, version),
        kind: "definition",
        written: `library ${one.name}@${version}`,
        movedBy: repository?.branch(version) ?? [],
        source: one.source,
      },
    ];
  });
}

function inputsOf(input: PlaneInput, facts: JobFacts, stage: Stage, libraries: readonly MovableInput[]): readonly MovableInput[] {
  const own = new Set(facts.repositories.map(({ url }) => addressOf(url)?.path.toLowerCase()));
  const runsFiles = stage.steps.some((step) => step.text !== "");
  const images = stage.images
    .filter(({ name }) => !name.includes("$") && !name.includes("@sha256:"))
    .map(({ name, source }): MovableInput => {
      const whole = /:[^/]+$/.test(name) ? name : `${name}:latest`;
      return { id: `image:${whole}`, kind: "image", written: name, movedBy: [], source };
    });
  const checkouts = stage.checkouts
    .filter(({ url, ref }) => runsFiles && !own.has(addressOf(url)?.path.toLowerCase()) && !isPinned(ref ?? ""))
    .map(({ url, ref, source }): MovableInput => {
      const repository = repositoryAt(input, url);
      const branch = ref ?? repository?.defaultBranch ?? "its default branch";
      const place = addressOf(url);
      const name = place === undefined ? url : `${place.host}/${place.path}`;
      return {
        id: `jenkins:checkout/${name}@${branch}`,
        kind: "definition",
        written: `${name} at ${branch}`,
        movedBy: repository?.branch(branch) ?? [],
        source,
      };
    });
  return [...libraries, ...images, ...checkouts];
}

const isGiven = (facts: JobFacts, credential: JenkinsCredential): boolean => !credential.isSystem && inFolder(facts.name, credential.of);

/** "Credentials … are available to any Pipeline of the folder or below" (Handbook, "Using credentials"): by folder, and by nothing narrower. */
function credentialsOf(facts: JobFacts, contexts: readonly Context[], jobs: readonly Job[]): readonly Credential[] {
  const stages = facts.pipeline?.stages ?? [];
  return facts.controller.credentials
    .filter((credential) => isGiven(facts, credential) && credential.token === undefined)
    .map((credential) => {
      const owner = ids.projectId(facts.controller.name, credential.of ?? "");
      const users = jobs.filter((_, at) => stages[at]?.credentials.some(({ id }) => id === credential.id || id === "*"));
      return {
        id: ids.credentialId(owner, credential.id),
        name: credential.id,
        label: `credential ${credential.id} of ${credential.of ?? facts.controller.name}`,
        owner,
        place: credential.of === undefined ? {} : { project: owner },
        given: [...contexts.map(({ id, because }) => ({ to: id, because })), ...users.map(({ id }) => ({ to: id }))],
        source: credential.source,
      };
    });
}

function tokensOf(facts: JobFacts, parts: Parts, jobs: readonly Job[]): Project["tokens"] {
  const stages = facts.pipeline?.stages ?? [];
  return facts.controller.credentials
    .filter((credential) => isGiven(facts, credential) && credential.token !== undefined)
    .flatMap((credential) =>
      parts.runs.flatMap((run) => [
        ...tokenOf(facts, credential, run, run.context.id, `a build of ${run.context.label}`),
        ...jobs
          .filter(
            (job, at) =>
              stages[at]?.credentials.some(({ id }) => id === credential.id) &&
              job.contexts.some(({ id }) => id === run.context.id || id.startsWith(`${run.context.id}/`)),
          )
          .flatMap((job) => tokenOf(facts, credential, run, job.id, `stage ${job.label}`)),
      ]),
    );
}

function jobsOf(input: PlaneInput, all: JenkinsFacts, facts: JobFacts, parts: Parts, placed: readonly Placed[]): readonly Job[] {
  const { pipeline } = facts;
  if (pipeline === undefined) return [];
  const names = taskIds(facts, pipeline);
  const started = startOf(all.jobs, facts);
  const libraries = librariesOf(input, facts);
  return pipeline.stages.map((stage, at): Job => {
    const own = placed.filter((one) => one.stages.includes(at));
    const [only] = own.length === 1 ? own : [];
    const environments = own.map(({ environment }) => environment.id);
    const task = taskOf(facts, pipeline, at, names, parts.runs, started, { environments, ...(own.length > 0 && { source: stage.source }) });
    const copied = copiedFrom(all.jobs, facts, stage.copiesFrom);
    return {
      id: task.id,
      label: task.label,
      place: {
        project: facts.id,
        ...(only?.environment.place.projectEnvironment !== undefined && { projectEnvironment: only.environment.name }),
      },
      contexts: contextsOf(parts, stage, at, placed),
      inputs: inputsOf(input, facts, stage, libraries),
      runners: runnersFor(facts.controller, stage),
      task: { ...task, takesArtifactsOf: [...task.takesArtifactsOf, ...copied] },
      source: stage.source,
    };
  });
}

function projectOf(input: PlaneInput, all: JenkinsFacts, facts: JobFacts): Project {
  const { controller, id, name } = facts;
  const parts = partsOf(facts);
  const placed = environmentsOf(facts);
  const inside = parts.runs.flatMap((run) => placed.map(({ environment }) => parts.inside(run, environment)));
  const contexts = [...parts.runs.map((run) => run.context), ...inside];
  const jobs = jobsOf(input, all, facts, parts, placed);
  return {
    system: "jenkins",
    id,
    label: `${controller.name}/${name}`,
    place: { project: id },
    above: [controller.id],
    change: ids.changeId(id),
    ...(parts.forks && { fork: { id: ids.forkId(id), because: becauseOf(parts.forks.because) } }),
    authors: [],
    authoredBy: facts.repositories.flatMap(({ known }) =>
      (known?.authors ?? []).map((one) => proposedBy(one, `${controller.name}/${name}`)),
    ),
    administrators: controller.access.holders("Job/Configure", name),
    refs: parts.refs,
    environments: placed.map(({ environment }) => environment),
    contexts,
    credentials: credentialsOf(facts, contexts, jobs),
    jobs,
    runners: runnersOf(controller, parts.runs),
    tokens: tokensOf(facts, parts, jobs),
    accounts: accountsOf(controller),
    gaps: facts.unasked,
    source: facts.source,
  };
}

const accountsOf = (controller: ControllerFacts): Project["accounts"] => controller.access.everyone;

export function jenkinsProjects(input: PlaneInput): readonly Project[] {
  const all = factsOf(input);
  return [...holderProjects(all), ...all.jobs.map((facts) => projectOf(input, all, facts))];
}
