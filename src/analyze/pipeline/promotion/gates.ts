// P2: gates that are only for show, and gates that stand after what they should hold back.
import type { Task } from "../model/task.ts";
import { deployOf } from "./actions.ts";
import { type Approvals, approvalsOf } from "./approvals.ts";
import { modelProjects } from "../model/projects.ts";
import type { Deployment } from "./deployments.ts";
import { type Asked, tasksOf } from "./tasks.ts";

export interface Decoration {
  readonly verdict: "violated" | "unknown";
  readonly why: string;
  /** Entity id of the job that is called a gate, or stands after the deployment. */
  readonly job: string;
  readonly change: string;
  readonly source: Task["source"];
}

/** What people call a gate: `approve`, `sign-off`, `manual-gate`, `confirm production`. A quality gate is a test, and asks nobody by its nature. */
const CALLED_A_GATE =
  /\b(?:approv(?:e|al|ed|als)|sign[-_ ]?off|(?:manual|release|deploy(?:ment)?|prod(?:uction)?|human)[-_ ]?gate|confirm(?:ation)?|go[-_ ]?no[-_ ]?go)\b/i;

/** Actions that ask in an issue, a chat or a comment: part of the workflow that they hold back. */
const ASKING = /^(?:trstringer\/manual-approval|lee-dohm\/team-approval|\S*manual-approval)/i;

const isAskedOnForge = (approvals: readonly Approvals[]): boolean => approvals.some((one) => one.count > 0 || one.decidedBy.length > 0);

/** Whether somebody who did not write the change looks at it before it can run there. */
const isReviewed = (approvals: readonly Approvals[]): boolean =>
  isAskedOnForge(approvals) || approvals.some((one) => (one.onBranch ?? 0) > 0);

/**
 * A job is a gate when the forge asks somebody: reviewers of an environment, approval rules of a protected one. A job that is only called so runs and
 * passes by itself; a click (`when: manual`) is made by whoever may run the job, its author too.
 */
export function decorations(asked: Asked, deployment: Deployment): readonly Decoration[] {
  const tasks = tasksOf(asked);
  const approvals = approvalsOf(asked, deployment);
  return [
    ...(isReviewed(approvals)
      ? []
      : calledGates(
          asked,
          deployment,
          tasks.before(deployment.task).map((one) => one.task),
        )),
    ...clicks(deployment, approvals),
    ...byApps(deployment, approvals),
    ...inContent(asked, deployment, approvals),
    ...tooLate(deployment),
    ...afterwards(asked, deployment, approvals),
  ];
}

function calledGates(asked: Asked, deployment: Deployment, before: readonly Task[]): readonly Decoration[] {
  const named = before.filter((task) => task.environmentSource === undefined || !isAskedOnForge(approvalsOfTask(asked, task)));
  return named.flatMap((task): readonly Decoration[] => {
    const asking = task.actions.find((action) => ASKING.test(action.uses ?? ""));
    const change = `ask for reviewers on the environment of ${deployment.label}, who may not be the one who started the run`;
    const common = { job: task.id, change, source: task.source };
    if (asking !== undefined)
      return [
        {
          ...common,
          verdict: "unknown",
          why: `${task.label} asks by ${asking.uses ?? ""}, which the workflow that it holds back can leave out`,
        },
      ];
    if (!CALLED_A_GATE.test(task.name) || deployOf(task) !== undefined) return [];
    return [{ ...common, verdict: "violated", why: `${task.label} is called a gate of ${deployment.label}, and asks nobody` }];
  });
}

const approvalsOfTask = (asked: Asked, task: Task): readonly Approvals[] =>
  approvalsOf(asked, { task, job: task.id, repository: task.project, forgeEnvironments: task.environments } as Deployment);

function clicks({ task, label }: Deployment, approvals: readonly Approvals[]): readonly Decoration[] {
  if (!task.isManual || approvals.some((one) => one.count > 0) || approvals.length === 0) return [];
  const open = approvals.find((one) => !one.known);
  const common = { job: task.id, change: `protect the environment of ${label}, and require approvals by others`, source: task.source };
  if (open !== undefined)
    return [
      {
        ...common,
        verdict: "unknown",
        why: `${label} waits for a click, and whose approval environment ${open.name} asks for was not read`,
      },
    ];
  return [
    { ...common, verdict: "violated", why: `${label} waits for a click, which whoever may run it makes, the author of the change too` },
  ];
}

/** "Custom deployment protection rules": an app says yes or no by its own logic (GitHub Docs). */
function byApps({ task, label }: Deployment, approvals: readonly Approvals[]): readonly Decoration[] {
  return approvals
    .filter((one) => one.decidedBy.length > 0 && one.count === 0)
    .map((one) => ({
      verdict: "unknown",
      why: `${label} waits for ${one.decidedBy.join(", ")}, which decides in place of people by rules that are not in the settings`,
      job: task.id,
      change: `require reviewers on environment ${one.name} beside the app`,
      source: task.source,
    }));
}

/** An approval that the definition asks for is taken out by whoever changes the definition, where nobody reviews that. */
function inContent(
  asked: Asked,
  { job, label, task, forgeEnvironments }: Deployment,
  approvals: readonly Approvals[],
): readonly Decoration[] {
  const project = modelProjects(asked).find((one) => one.jobs.some((each) => each.id === job));
  const environment = project?.environments.find(
    (one) => forgeEnvironments.includes(one.id) && one.guard?.passages.some((passage) => passage.byContent === true),
  );
  if (project === undefined || environment === undefined || !isAskedOnForge(approvals)) return [];
  const contexts =
    project.jobs.find((each) => each.id === job)?.contexts.map(({ id }) => project.contexts.find((one) => one.id === id)) ?? [];
  const open = project.refs.find(
    (ref) => contexts.some((context) => context?.content === ref.id) && ref.guard === undefined && ref.movedBy === undefined,
  );
  if (open === undefined) return [];
  const common = {
    job: task.id,
    change: `keep the definition of ${label} where others than those it asks for review changes`,
    source: task.source,
  };
  const why = `the approval that ${label} asks for stands in its own definition, and ${open.label}`;
  return [
    open.because === undefined
      ? { ...common, verdict: "violated", why: `${why} takes any push` }
      : { ...common, verdict: "unknown", why: `${why} may take a push that nobody reviewed: ${open.because}` },
  ];
}

/** Whoever is asked after the deployment can only undo it. */
const tooLate = ({ task, label }: Deployment): readonly Decoration[] =>
  task.asksAfter === undefined
    ? []
    : [
        {
          verdict: "violated",
          why: `${label} asks for an approval after it has deployed`,
          job: task.id,
          change: `ask before the step of ${label} that deploys`,
          source: task.asksAfter,
        },
      ];

/** Named as a word of its own, so that `preprod` and `nonprod` are no production. */
const PRODUCTION = /(?<![\w-])(?:prod|production|prd|live)(?![\w])/i;

/** Jobs that deploy before the gated one, in no environment: the review then stands after what it should hold back. */
function afterwards(asked: Asked, deployment: Deployment, approvals: readonly Approvals[]): readonly Decoration[] {
  if (!isAskedOnForge(approvals)) return [];
  const before = tasksOf(asked).before(deployment.task);
  return before.flatMap(({ task }): readonly Decoration[] => {
    const found = task.environmentSource === undefined ? deployOf(task) : undefined;
    if (found === undefined || deployOf(deployment.task) !== undefined) return [];
    const text = [task.name, ...task.actions.flatMap((action) => [action.text, ...Object.values(action.with)])].join("\n");
    const isProduction = PRODUCTION.test(text);
    const where = isProduction ? "to production" : "somewhere that the files do not name";
    return [
      {
        verdict: isProduction ? "violated" : "unknown",
        why: `${task.label} deploys ${where} (${found.words}) before the review that environment ${approvals[0]?.name ?? ""} asks for on ${deployment.label}`,
        job: task.id,
        change: `name the environment on ${task.label}, which deploys, and not on ${deployment.label} after it`,
        source: task.source,
      },
    ];
  });
}
