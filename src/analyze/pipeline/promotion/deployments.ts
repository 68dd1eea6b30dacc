// Jobs that deploy, and whether each comes after a deployment below it: asked by checks, gives no rules.
import { TIERS } from "../../../charter/schema.ts";
import type { Source } from "../../../model/source.ts";
import type { Task } from "../model/task.ts";
import { viewPipeline } from "../view.ts";
import { deployOf } from "./actions.ts";
import { historyOf, historyWords } from "./history.ts";
import { targetsOf } from "./targets.ts";
import { type Asked, tasksOf } from "./tasks.ts";

export interface Stage {
  /** Entity id of the job. */
  readonly job: string;
  readonly label: string;
  /** Entity ids of the environments of the forge that it can name. */
  readonly forgeEnvironments: readonly string[];
  /** The charter's environments that these belong to. */
  readonly environments: readonly string[];
  /** False when the files do not hold every environment it can name, or its called workflow was not collected. */
  readonly complete: boolean;
  /** Given: the wait for it holds nothing back, and why. */
  readonly despite?: string | undefined;
  /** Given: whether the wait for it holds is not certain, and why. */
  readonly unsure?: string | undefined;
}

export interface Deployment extends Stage {
  readonly task: Task;
  /** `acme/shop`. */
  readonly repository: string;
  /** Path of the definition that a trigger starts. */
  readonly workflow: string;
  readonly events: readonly string[];
  /** Every job it waits for, directly or not, those of the workflow that starts this one included. */
  readonly before: readonly Stage[];
  readonly source: Source;
}

export type Answer = "yes" | "no" | "unknown";

export interface Told {
  readonly answer: Answer;
  readonly why: string;
  /** What would show it, where the files cannot. */
  readonly wouldShow?: string;
}

function stageOf(asked: Asked, task: Task, despite?: string, unsure?: string): Stage {
  const targets = targetsOf(asked, task);
  return {
    job: task.id,
    label: task.label,
    forgeEnvironments: task.environments,
    environments: [...new Set([...task.environments, ...targets.ids].flatMap((id) => asked.environmentOf(id) ?? []))],
    complete: task.environmentsComplete && task.unread === undefined && targets.complete,
    despite,
    unsure,
  };
}

/** Every job that names an environment, or whose commands tell what they change. */
export function deployments(asked: Asked): readonly Deployment[] {
  const tasks = tasksOf(asked);
  return tasks.all
    .filter((task) => task.environmentSource !== undefined || targetsOf(asked, task).ids.length > 0)
    .map((task) => ({
      ...stageOf(asked, task),
      task,
      repository: task.project,
      workflow: task.definition,
      events: task.events,
      before: tasks.before(task).map((one) => stageOf(asked, one.task, one.despite, one.unsure)),
      source: task.source,
    }));
}

export function lowerThan(asked: Asked, environment: string): ReadonlySet<string> {
  const { promotion, environments } = asked.charter;
  const declared = promotion.filter((one) => one.to === environment).map((one) => one.from);
  if (declared.length > 0) return new Set(declared);
  const rank = (name: string): number => TIERS.indexOf(environments.find((one) => one.name === name)?.tier ?? "preview");
  return new Set(environments.filter((one) => rank(one.name) < rank(environment)).map((one) => one.name));
}

/** A job may name an environment for its secrets alone: a scan, a plan, a smoke test. Without steps that were read it counts as deploying. */
export const mayDeploy = (task: Task): "yes" | "unknown" => (task.actions.length === 0 || deployOf(task) !== undefined ? "yes" : "unknown");

/** Events by which a person or another system starts a run: the order of runs then stands in no file. */
const OUTSIDE: ReadonlySet<string> = new Set([
  ...["workflow_dispatch", "repository_dispatch", "deployment", "deployment_status", "release", "issue_comment", "schedule"],
  ...["web", "api", "trigger", "manual"],
]);

/**
 * P1: whether the job starts only after the environment before it (as the charter's promotion says, else any lower one) was deployed to. A branch rule
 * may ask for deployments before a merge ("Require deployments to succeed before merging"). Where only people or other systems start it, the files say
 * nothing of the order.
 */
export function lowerDeployedFirst(asked: Asked, deployment: Deployment, environment: string): Told {
  const lower = lowerThan(asked, environment);
  const { label } = deployment;
  if (lower.size === 0) return { answer: "yes", why: `no environment stands before ${environment}` };
  const stages = deployment.before.filter((stage) => stage.environments.some((one) => lower.has(one)));
  const holding = stages.filter((stage) => stage.despite === undefined);
  const first = holding.find((stage) => stage.unsure === undefined) ?? holding[0] ?? stages[0];
  if (first?.despite === undefined && first?.unsure !== undefined)
    return {
      answer: "unknown",
      why: `${label} waits for ${first.label}, which may be left out: ${first.unsure}`,
      wouldShow: `the history of deployments of ${deployment.repository}`,
    };
  if (first !== undefined) {
    if (first.despite === undefined) return { answer: "yes", why: `${label} waits for ${first.label}` };
    if (mayDeploy(deployment.task) === "unknown")
      return {
        answer: "unknown",
        why: `${label} runs whatever becomes of ${first.label} (${first.despite}), and whether it deploys is not visible in its steps`,
      };
    return { answer: "no", why: `${label} waits for ${first.label} but runs whether that succeeds or not: ${first.despite}` };
  }
  if (branchesAskFirst(asked, deployment, lower))
    return { answer: "yes", why: `the branches that ${label} runs on ask for a deployment below before a merge` };
  const names = [...lower].join(" or ");
  const unsure = notInFiles(deployment, environment, names);
  if (unsure === undefined) return { answer: "no", why: `${label} starts without a deployment to ${names}` };
  return byHistory(asked, deployment, environment, lower) ?? unsure;
}

/** What the files leave open, and what would show it; undefined: nothing. */
function notInFiles({ label, repository, before, events, task }: Deployment, environment: string, names: string): Told | undefined {
  const open = before.find((stage) => !stage.complete);
  if (open !== undefined)
    return {
      answer: "unknown",
      why: `what ${open.label} deploys to is not in the files`,
      wouldShow: `the file that ${open.label} calls, the values of its environment's name, or the history of deployments of ${repository}`,
    };
  if (mayDeploy(task) === "unknown")
    return {
      answer: "unknown",
      why: `${label} names an environment of ${environment}, and whether it deploys anything is not visible in its steps`,
      wouldShow: `what the steps of ${label} do`,
    };
  if (events.length === 0 || !events.every((event) => OUTSIDE.has(event))) return undefined;
  return {
    answer: "unknown",
    why: `${label} is started by ${events.join(" or ")}, so whether ${names} is deployed to first is in no file`,
    wouldShow: `the history of deployments of ${repository}`,
  };
}

/** Where the order stands in no file, what was done shows it, in the period that was collected. */
function byHistory(asked: Asked, { repository }: Deployment, environment: string, lower: ReadonlySet<string>): Told | undefined {
  const history = historyOf(asked, repository, environment, lower);
  if (history === undefined) return undefined;
  const { total, preceded, undecided } = history;
  const why = historyWords(history, repository, environment, [...lower].join(" or "));
  if (preceded === total) return { answer: "yes", why };
  if (preceded + undecided < total) return { answer: "no", why };
  return { answer: "unknown", why, wouldShow: `deployments of ${repository} before ${history.since ?? "the first that was read"}` };
}

/** What was done, whatever the files say: a sentence for each production environment into which deployments were collected. */
export function toldByHistory(asked: Asked, into: readonly { readonly deployment: Deployment; readonly environment: string }[]): string[] {
  const sentences = into.flatMap(({ deployment: { repository }, environment }) => {
    const lower = lowerThan(asked, environment);
    const history = lower.size === 0 ? undefined : historyOf(asked, repository, environment, lower);
    return history === undefined ? [] : [historyWords(history, repository, environment, [...lower].join(" or "))];
  });
  return [...new Set(sentences)].map((each) => `${each.slice(0, 1).toUpperCase()}${each.slice(1)}`);
}

function branchesAskFirst(asked: Asked, deployment: Deployment, lower: ReadonlySet<string>): boolean {
  if (deployment.task.system !== "github") return false;
  const repository = viewPipeline(asked).repository(deployment.repository);
  const view = repository?.jobs.find((one) => one.job.id === deployment.job);
  if (repository === undefined || view === undefined) return false;
  const named = (environments: readonly string[]): boolean =>
    repository.environments.some((one) => environments.includes(one.name) && lower.has(asked.environmentOf(one.id) ?? ""));
  const contexts = repository.protection.contexts.filter((context) => view.runs.some((run) => run.id === context.run));
  const merged = contexts.length > 0 && contexts.length === view.runs.length;
  return merged && contexts.every((context) => context.rules.some((rule) => named(rule.requiredDeployments ?? [])));
}

/** P3: whether a person can start the job directly, without a change that was merged. */
export const startedByHand = (deployment: Deployment): Answer =>
  deployment.events.some((event) => event === "workflow_dispatch" || event === "repository_dispatch" || event === "manual") ? "yes" : "no";
