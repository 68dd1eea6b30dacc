// Whether collected facts prove the guard of a declared gate whose deployer is an environment or a job of the pipeline model.
import type { PlaneInput } from "../../plane.ts";
import type { Environment, Passage, Project, Requirement } from "./model.ts";
import { modelProjects } from "./projects.ts";

export interface Problem {
  readonly text: string;
  /** False: only that something was not collected. */
  readonly seen: boolean;
}

type Approval = Extract<Requirement, { kind: "approvals" }>;

/** Undefined: no environment or job of this id was read. Empty: proven. */
export function modelGateProblems(input: PlaneInput, deployer: string, count: number): readonly Problem[] | undefined {
  for (const project of modelProjects(input)) {
    const environment = project.environments.find((one) => one.id === deployer);
    if (environment !== undefined) return environmentProblems(project, environment, count);
    const job = project.jobs.find((one) => one.id === deployer);
    if (job === undefined) continue;
    const named = project.environments.filter((one) => job.task.environments.includes(one.id));
    if (named.length === 0)
      return [{ text: `job ${job.label} names no environment, so nothing asks before it`, seen: job.task.environmentsComplete }];
    const open = job.task.environmentsComplete ? [] : [{ text: `which environments ${job.label} names is not in the files`, seen: false }];
    return [...named.flatMap((one) => environmentProblems(project, one, count)), ...open];
  }
  return undefined;
}

/** Every way past the guard must ask for the approvals, of others than the one who started the deployment. */
function environmentProblems(project: Project, environment: Environment, count: number): readonly Problem[] {
  const { guard, label } = environment;
  if (guard === undefined) {
    const unread = project.contexts.find((context) => context.environment === environment.id)?.because;
    return [
      {
        text: unread === undefined ? `${label} is not protected` : `the protection of ${label} was not collected`,
        seen: unread === undefined,
      },
    ];
  }
  return guard.passages.flatMap((passage) => passageProblems(passage, label, count));
}

function passageProblems(passage: Passage, label: string, count: number): readonly Problem[] {
  const seen = passage.because === undefined;
  if (passage.byContent) return [{ text: `who may change the definition of ${label} takes the approval out of it`, seen }];
  const approvals = passage.requires.filter((one): one is Approval => one.kind === "approvals");
  const asked = approvals.reduce((sum, one) => sum + one.count, 0);
  const text = (words: string): Problem => ({ text: seen ? words : `${words}, unless ${passage.because ?? ""} says otherwise`, seen });
  const elsewhere = passage.requires.find((one) => one.kind === "facts");
  if (asked < count && elsewhere) return [{ text: `${label} asks ${elsewhere.what}, which is guarded elsewhere`, seen: false }];
  if (asked < count) return [text(asked === 0 ? `${label} asks for no approval` : `${label} asks for ${asked} of ${count} approvals`)];
  return approvals.flatMap((one): readonly Problem[] => {
    const bots = one.of.filter((actor) => actor.kind === "principal" && actor.because === undefined);
    const unsure = one.of.find((actor) => actor.because !== undefined);
    return [
      ...(one.authors === undefined ? [text(`whoever starts a deployment to ${label} may approve it themselves`)] : []),
      ...(bots.length > 0 ? [text(`${bots.map((bot) => bot.label).join(", ")}, no person, may approve on ${label}`)] : []),
      ...(unsure === undefined ? [] : [{ text: `who may approve on ${label} is not known: ${unsure.because ?? ""}`, seen: false }]),
      ...(one.of.length === 0 ? [{ text: `who may approve on ${label} was not collected`, seen: false }] : []),
    ];
  });
}
