// The contexts of a Jenkins job: any branch, change requests of forks, named branches, and settings that hold the script themselves.
import type { JenkinsBranchSource } from "../../../model/observations/jenkins.ts";
import { becauseOf } from "../emit.ts";
import type { Context, Environment, Guard, Ref } from "../model/model.ts";
import { branchesIn, type Head } from "./conditions.ts";
import type { JobFacts } from "./facts.ts";
import * as ids from "./ids.ts";

export interface Run {
  readonly context: Context;
  readonly heads: readonly Head[];
  /** As the address of the build has it: `main`, `*`. Absent: the job has no branches. */
  readonly branch?: string;
  readonly except: readonly string[];
}

export interface Parts {
  readonly refs: readonly Ref[];
  readonly runs: readonly Run[];
  readonly forks?: { readonly because?: string | undefined };
  readonly inside: (run: Run, environment: Environment) => Context;
}

/** What a job builds, before it is known what each needs. */
interface Heads {
  readonly names: readonly string[];
  /** Branches that nobody has to review are built too. */
  readonly anyBranch: boolean;
  readonly anyBecause?: string | undefined;
  readonly requests: boolean;
  readonly forks: NonNullable<JenkinsBranchSource["forkRequests"]> | undefined;
}

const isLiteral = (name: string): boolean => !/[*?$]/.test(name);

/** Branches that stand apart from "any": those that settings, conditions or the repository name. */
function headsOf(facts: JobFacts): Heads {
  const { job, pipeline, repositories } = facts;
  const named = (pipeline?.stages ?? []).flatMap((stage) => branchesIn(stage.condition));
  const main = repositories.flatMap(({ known }) => known?.defaultBranch ?? []);
  if (job === undefined)
    return { names: [...new Set([...named, ...main])], anyBranch: true, anyBecause: facts.unknown, requests: true, forks: undefined };
  const { definition } = job;
  if (job.type === "pipeline" && definition !== undefined && "path" in definition) {
    const branches = definition.branches.map((one) => one.replace(/^(?:\*|origin|refs\/heads)\//, ""));
    const open = branches.filter((one) => !isLiteral(one));
    const because = open.some((one) => one.includes("$")) ? `which branch ${job.name} builds is a parameter` : undefined;
    return {
      names: branches.filter(isLiteral),
      anyBranch: open.length > 0 || branches.length === 0,
      anyBecause: because,
      requests: false,
      forks: undefined,
    };
  }
  const sources = job.sources ?? [];
  const includes = sources.flatMap((one) => one.include ?? []);
  const patterns = sources.some((one) => one.branches && (one.include === undefined || one.include.some((name) => !isLiteral(name))));
  const byRegex = sources.find((one) => one.branches && one.regex !== undefined);
  const literals = includes.filter(isLiteral);
  const isNarrow = sources.length > 0 && sources.every((one) => one.include !== undefined);
  const anyBranch = sources.length === 0 ? job.type !== "other" : patterns || byRegex !== undefined;
  return {
    names: [...new Set([...literals, ...(isNarrow ? [] : [...named, ...main])])],
    anyBranch,
    anyBecause: byRegex === undefined ? undefined : `which branches the expression ${byRegex.regex ?? ""} lets in is not evaluated`,
    requests: sources.some((one) => one.ownRequests),
    forks: sources.map((one) => one.forkRequests).find((one) => one !== undefined),
  };
}

function branchRef(facts: JobFacts, name: string): Ref {
  const [repository] = facts.repositories;
  const label = `branch ${name} of ${repository?.known?.name ?? facts.name}`;
  const movedBy = repository?.known?.branch(name);
  const where = repository === undefined ? `the repository of ${facts.name}` : repository.url;
  return {
    id: ids.refId(facts.id, name),
    name,
    label,
    ...(movedBy ? { movedBy } : { because: `who may push to branch ${name} of ${where} was not collected` }),
    source: facts.source,
  };
}

/** "Job/Configure" changes the settings in which the script stands, and nobody else can. */
function definitionRef(facts: JobFacts): Ref {
  const what = `the settings of ${facts.name}`;
  const who = facts.controller.access.holders("Job/Configure", facts.name);
  const guard: Guard = {
    id: ids.guardId(facts.id, "definition"),
    label: `permission to configure ${facts.name}`,
    content: { configure: who.map((actor) => actor.id) },
    passages: [
      {
        key: "configure",
        how: `who may configure ${facts.name} changes its script`,
        change: `let fewer people configure ${facts.name}`,
        requires: [{ kind: "one-of", what: `may configure ${facts.name}`, who }],
      },
    ],
    source: facts.source,
  };
  return { id: ids.definitionId(facts.id), name: "definition", label: what, guard, source: facts.source };
}

/** "Replay … with a modified script", with the rights of the build that is replayed (Handbook, "Replay"). Freestyle jobs have none. */
function replayed(facts: JobFacts): Context["runBy"] {
  if (facts.job?.type === "freestyle") return [];
  const who = facts.controller.access.holders("Run/Replay", facts.name);
  const change = `take Run/Replay on ${facts.name} away`;
  return [{ key: "replay", who, how: `replays a build of ${facts.name} with another script`, change }];
}

const isUnread = (facts: JobFacts): string | undefined =>
  facts.pipeline === undefined || facts.doubt !== undefined ? facts.doubt : undefined;

function namedRun(facts: JobFacts, ref: Ref, head: Head, id: string, branch?: string): Run {
  const doubt = isUnread(facts);
  const context: Context = {
    id,
    label: ref.label,
    content: ref.id,
    guards: [],
    place: { project: facts.id },
    because: ref.guard === undefined && facts.unknown !== undefined ? facts.unknown : undefined,
    ...(doubt !== undefined && { doubt }),
    runBy: replayed(facts) ?? [],
    source: ref.source,
  };
  return { context, heads: [head], ...(branch !== undefined && { branch }), except: [] };
}

export function partsOf(facts: JobFacts): Parts {
  const { job, id, source } = facts;
  const place = { project: id };
  const inside: Parts["inside"] = (run, environment) => ({
    id: ids.inEnvironmentId(run.context.id, environment.name),
    label: `${run.context.label} in ${environment.label}`,
    content: run.context.content,
    of: run.context.id,
    guards:
      environment.guard === undefined || run.context.content === "unreviewed" || run.context.content === "fork" ? [] : [environment.guard],
    environment: environment.id,
    place,
    because: run.context.because,
    source: environment.source,
  });
  if (job?.disabled === true) return { refs: [], runs: [], inside };
  const isInline = job?.definition !== undefined && "inline" in job.definition;
  if (isInline) {
    const ref = definitionRef(facts);
    return { refs: [ref], runs: [namedRun(facts, ref, { kind: "none" }, ids.definitionRunId(id))], inside };
  }
  const heads = headsOf(facts);
  const isBranched = job?.type !== "pipeline";
  const refs = heads.names.map((name) => branchRef(facts, name));
  const runs = refs.map((ref) =>
    namedRun(
      facts,
      ref,
      isBranched ? { kind: "branch", name: ref.name } : { kind: "none" },
      ids.runId(id, ref.name),
      isBranched ? ref.name : undefined,
    ),
  );
  const open: Run[] = [];
  if (heads.anyBranch || heads.requests)
    open.push({
      context: {
        id: ids.unreviewedRunId(id),
        label: `any branch of ${facts.repositories[0]?.known?.name ?? facts.name}`,
        content: "unreviewed",
        guards: [],
        place,
        because: heads.requests && job !== undefined ? undefined : heads.anyBecause,
        source,
      },
      heads: [
        ...(heads.anyBranch ? [{ kind: "any branch", except: heads.names } as const] : []),
        ...(heads.requests ? [{ kind: "change request" } as const] : []),
      ],
      ...(isBranched && { branch: "*" }),
      except: heads.names,
    });
  const forks = forkRun(facts, heads.forks);
  return { refs, runs: [...open, ...(forks === undefined ? [] : [forks.run]), ...runs], ...(forks && { forks: forks.said }), inside };
}

/**
 * "Trust: Nobody / Contributors / … / Everyone": a change request of somebody who is not trusted is built with the definition of the target branch
 * (GitHub Branch Source, "Discover pull requests from forks"). Its files are the fork's all the same: what a step of the definition runs of them, runs.
 */
function forkRun(
  facts: JobFacts,
  trust: Heads["forks"],
): { readonly run: Run; readonly said: { readonly because?: string | undefined } } | undefined {
  if (trust === undefined) return undefined;
  const runsFiles = (facts.pipeline?.stages ?? []).some((stage) => stage.steps.some((step) => step.text !== "" || step.isUnknown === true));
  if (trust !== "everyone" && facts.pipeline !== undefined && !runsFiles && facts.doubt === undefined) return undefined;
  const because =
    trust === "everyone"
      ? undefined
      : becauseOf("the definition is the target branch's, and whether its steps run files of the fork is not visible", facts.unknown);
  const context: Context = {
    id: ids.forkRunId(facts.id),
    label: `a change request from a fork of ${facts.repositories[0]?.known?.name ?? facts.name}`,
    content: "fork",
    guards: [],
    place: { project: facts.id },
    because,
    source: facts.source,
  };
  return { run: { context, heads: [{ kind: "change request" }], branch: "PR-*", except: [] }, said: { because } };
}
