// A GitLab project as the pipeline model sees it.
import type { GitlabJob, GitlabPipeline } from "../../../model/observations/gitlab.ts";
import type { PlaneInput } from "../../plane.ts";
import { distinct } from "../actors.ts";
import { becauseOf } from "../emit.ts";
import type { Context, Credential, Job, MovableInput, Project, Runner } from "../model/model.ts";
import { hasForks, type Parts, partsOf, type Run } from "./contexts.ts";
import { environmentNames, inScope } from "./environments.ts";
import { DEVELOPER, MAINTAINER, type ProjectFacts, projectsOf, withLevel } from "./facts.ts";
import * as ids from "./ids.ts";
import { type Outcome, outcomeOf } from "./runs.ts";
import { taskOf } from "./tasks.ts";

const UNRESOLVED = "which environments the job names depends on values that the files do not hold";

interface Placed {
  readonly id: string;
  readonly because?: string | undefined;
}

/** What a job comes to on any of the pipelines that the run's content can start: the surest answer counts. */
function best(pipeline: GitlabPipeline, job: GitlabJob, run: Run): Outcome | undefined {
  const outcomes = run.starts.map((start) => outcomeOf(pipeline, job, start)).filter((outcome) => outcome.runs !== false);
  return outcomes.find((outcome) => outcome.runs === true) ?? outcomes[0];
}

function contextsOf(parts: Parts, job: GitlabJob, run: Run, outcome: Outcome): readonly Placed[] {
  const open = outcome.runs === undefined ? `whether ${job.name} runs on ${run.context.label} depends on its rules` : undefined;
  const names = environmentNames(job);
  if (names === undefined) return [{ id: run.context.id, because: open }];
  const known = parts.environments.filter((environment) => names.values.includes(environment.name));
  const placed: Placed[] = known.map((environment) => ({ id: parts.inside(run, environment).id, because: open }));
  if (names.complete) return placed;
  const possible = parts.environments.filter(
    (one) => !known.includes(one) && (names.pattern === undefined || inScope(names.pattern, one.name)),
  );
  const others = possible.map((environment) => ({ id: parts.inside(run, environment).id, because: becauseOf(open, UNRESOLVED) }));
  return [...placed, ...others, { id: run.context.id, because: open }];
}

/** Variables of the project and of its groups: protected ones go to protected refs alone, scoped ones into their environments alone. */
function credentialsOf(facts: ProjectFacts, parts: Parts, jobs: readonly Job[]): readonly Credential[] {
  return facts.variables.map((variable): Credential => {
    const given: Placed[] = parts.runs.flatMap((run) => {
      if (variable.protected && !run.isProtected && run.because === undefined) return [];
      const because = variable.protected && !run.isProtected ? run.because : undefined;
      if (variable.environments === "*") return [{ id: run.context.id, because }];
      return parts.environments
        .filter((environment) => inScope(variable.environments, environment.name))
        .map((environment) => ({ id: parts.inside(run, environment).id, because }));
    });
    const inside = variable.environments === "*" ? parts.contexts.filter((context) => given.some((one) => one.id === context.of)) : [];
    const to = [...given, ...inside.map((context) => ({ id: context.id, because: given.find((one) => one.id === context.of)?.because }))];
    const holders = jobs.flatMap((job) =>
      job.contexts.some((context) => to.some((one) => one.id === context.id)) ? [{ id: job.id }] : [],
    );
    const environment = variable.scope === "project" && variable.environments !== "*" ? { projectEnvironment: variable.environments } : {};
    return {
      id: ids.variableId(variable.of, variable.key, variable.environments),
      name: variable.key,
      label: `variable ${variable.key} of ${variable.of}${variable.environments === "*" ? "" : ` for ${variable.environments}`}`,
      owner: ids.projectId(variable.of),
      place: variable.scope === "project" ? { project: facts.id, ...environment } : {},
      given: [...to, ...holders].map((one) => ({ to: one.id, because: "because" in one ? one.because : undefined })),
      source: variable.source,
    };
  });
}

function inputsOf(input: PlaneInput, pipeline: GitlabPipeline, job: GitlabJob): readonly MovableInput[] {
  const found: MovableInput[] = [];
  for (const include of pipeline.includes) {
    if (!include.movable || include.kind === "template") continue;
    const id = include.project === undefined ? `gitlab:include/${include.name}` : ids.includeId(include.project, include.ref);
    found.push({
      id,
      kind: "definition",
      written: include.name,
      movedBy: include.project === undefined ? [] : moversOf(input, include.project, include.ref),
      source: include.source,
    });
  }
  for (const image of [job.image, ...job.services]) {
    if (image === undefined || image.includes("$") || image.includes("@sha256:")) continue;
    const written = /:[^/]+$/.test(image) ? image : `${image}:latest`;
    found.push({ id: `image:${written}`, kind: "image", written: image, movedBy: [], source: job.source });
  }
  return found;
}

/** Who moves a branch or tag of another project that is part of the estate. */
function moversOf(input: PlaneInput, project: string, ref: string | undefined): MovableInput["movedBy"] {
  const facts = projectsOf(input).find((one) => one.name === project);
  if (facts === undefined) return [];
  const name = ref ?? facts.defaultBranch;
  const isProtected = name !== undefined && (facts.branches.some((branch) => branch.name === name) || name === facts.defaultBranch);
  return isProtected
    ? [{ capability: "write", entity: ids.refId(project, "branch", name) }]
    : [{ capability: "author", entity: ids.projectId(project) }];
}

const HOLDS = "which executor a runner has, and whether jobs on it leave anything behind, is not collected";

function runnersOf(input: PlaneInput, facts: ProjectFacts, parts: Parts): readonly Runner[] {
  return input
    .observations("gitlab/runner")
    .filter(
      (runner) =>
        runner.project === facts.name && !(runner.type === "instance_type" && (facts.observed?.host ?? "gitlab.com") === "gitlab.com"),
    )
    .map((runner) => ({
      id: ids.runnerId(facts.name, runner.type, runner.id),
      label: `runner ${runner.description}`,
      place: runner.type === "project_type" ? { project: facts.id } : {},
      open: parts.runs
        .filter((run) => run.isProtected || runner.protectedOnly !== true)
        .map((run) => ({ id: run.context.id, because: HOLDS })),
      source: runner.source,
    }));
}

function runnersFor(input: PlaneInput, facts: ProjectFacts, job: GitlabJob): Job["runners"] {
  return input
    .observations("gitlab/runner")
    .filter(
      (runner) =>
        runner.project === facts.name &&
        !(runner.type === "instance_type" && (facts.observed?.host ?? "gitlab.com") === "gitlab.com") &&
        (job.tags.length === 0 ? runner.untagged !== false : job.tags.every((tag) => runner.tags.includes(tag))),
    )
    .map((runner) => ({ id: ids.runnerId(facts.name, runner.type, runner.id), because: HOLDS }));
}

/** Only on refs that stand apart, and only when they surely run there: an unreviewed branch has tokens of its own, whatever the job says. */
function jobTokens(
  parts: Parts,
  job: GitlabJob,
  id: string,
  label: string,
  on: readonly { readonly run: Run; readonly outcome: Outcome }[],
) {
  const audiences = Object.values(job.idTokens).flatMap((list) => (list.length > 0 ? list : ["$"]));
  const names = environmentNames(job);
  const environments = names === undefined ? [undefined] : parts.environments.filter((one) => names.values.includes(one.name));
  return on
    .filter(({ run, outcome }) => outcome.runs === true && run.context.content !== "unreviewed")
    .flatMap(({ run }) => environments.flatMap((environment) => parts.tokensFor(run, id, label, audiences, environment)));
}

interface WrittenJob extends Job {
  readonly tokens: Project["tokens"];
}

function jobsOf(input: PlaneInput, facts: ProjectFacts, parts: Parts): readonly WrittenJob[] {
  const { pipeline } = facts;
  if (pipeline === undefined) return [];
  return pipeline.jobs.map((job): WrittenJob => {
    const outcomes = parts.runs.flatMap((run) => {
      const outcome = best(pipeline, job, run);
      return outcome === undefined ? [] : [{ run, outcome }];
    });
    // The job as written is the one that refs hold: what an unreviewed branch makes of it has that branch's rights, not those of a ref.
    const onRefs = outcomes.filter(({ run }) => run.context.content !== "unreviewed" && run.context.content !== "fork");
    const contexts = (onRefs.length > 0 ? onRefs : outcomes).flatMap(({ run, outcome }) => contextsOf(parts, job, run, outcome));
    const names = environmentNames(job);
    const only = names?.complete === true && names.values.length === 1 ? { projectEnvironment: names.values[0] as string } : {};
    const task = taskOf(
      facts,
      pipeline,
      job,
      parts.environments,
      outcomes.map(({ outcome }) => outcome),
    );
    return {
      id: task.id,
      label: task.label,
      place: { project: facts.id, ...only },
      contexts,
      inputs: inputsOf(input, pipeline, job),
      runners: runnersFor(input, facts, job),
      task,
      tokens: jobTokens(parts, job, task.id, task.label, outcomes),
      source: job.source,
    };
  });
}

/** What an unread definition, or a part of one, could do: run what others bring, with the trust of any ref. */
function withDoubts(facts: ProjectFacts, parts: Parts): readonly Context[] {
  const gap = facts.unknown("gitlab/pipeline") ?? facts.unknown("gitlab/include");
  const trusted = new Set(
    parts.runs.filter((run) => run.context.content !== "unreviewed" && run.context.content !== "fork").map((run) => run.context.id),
  );
  return gap === undefined
    ? parts.contexts
    : parts.contexts.map((context) => (trusted.has(context.id) ? { ...context, doubt: gap } : context));
}

function projectOf(input: PlaneInput, facts: ProjectFacts): Project {
  const parts = partsOf(input, facts);
  const jobs = jobsOf(input, facts, parts);
  const authors = distinct([...withLevel(facts, DEVELOPER), ...facts.keys]);
  return {
    system: "gitlab",
    id: facts.id,
    label: facts.name,
    place: { project: facts.id },
    above: [],
    change: ids.changeId(facts.name),
    ...(hasForks(facts) && { fork: { id: ids.forkId(facts.name) } }),
    authors: facts.observed?.archived === true ? [] : authors,
    administrators: withLevel(facts, MAINTAINER),
    refs: parts.refs,
    environments: parts.environments,
    contexts: withDoubts(facts, parts),
    credentials: credentialsOf(facts, parts, jobs),
    jobs,
    runners: runnersOf(input, facts, parts),
    tokens: [...parts.tokens, ...jobs.flatMap((job) => job.tokens)],
    accounts: distinct([...facts.everyone, ...authors]),
    gaps: facts.unasked,
    source: facts.source,
  };
}

export const gitlabProjects = (input: PlaneInput): readonly Project[] => projectsOf(input).map((facts) => projectOf(input, facts));
