// What a job takes in that nobody of its project reviews, and the credentials it takes from a wider place than its environment.
import type { Source } from "../../../model/source.ts";
import { runsOfTask } from "../../ansible/runs.ts";
import { secretId } from "../ids.ts";
import { inputsOf } from "../inputs.ts";
import { secretsReceived } from "../jobs.ts";
import type { Context } from "../model/model.ts";
import { modelProjects } from "../model/projects.ts";
import { viewPipeline } from "../view.ts";
import type { Deployment } from "./deployments.ts";
import type { Asked } from "./tasks.ts";

export interface TakenIn {
  readonly kind: "action" | "workflow" | "definition" | "image" | "cache" | "role" | "collection";
  /** As the file writes it. */
  readonly written: string;
  readonly change: string;
  readonly source: Source;
}

const pinOf = (kind: TakenIn["kind"]): string =>
  kind === "image" ? "its digest" : kind === "collection" ? "an exact version, or a full commit SHA" : "a full commit SHA";

/** Actions, workflows, templates and images by a name that can be moved; caches, which earlier runs write. */
export function takenIn(asked: Asked, deployment: Deployment): readonly TakenIn[] {
  const ofForge = deployment.task.system === "github" ? onGithub(asked, deployment) : onModel(asked, deployment);
  const found = [...ofForge, ...fetchedByAnsible(asked, deployment)];
  const movable = found.map(({ kind, written, source }): TakenIn => ({
    kind,
    written,
    source,
    change: `pin ${written} to ${pinOf(kind)}`,
  }));
  if (!deployment.task.usesCache) return movable;
  const cache = {
    kind: "cache",
    written: "a cache",
    change: `restore no cache in ${deployment.label}`,
    source: deployment.source,
  } as const;
  return [...movable, cache];
}

type Bare = Omit<TakenIn, "change">;

/** Roles and collections of the projects whose playbooks it runs. */
function fetchedByAnsible(asked: Asked, { task }: Deployment): readonly Bare[] {
  const projects = new Set(runsOfTask(asked, task).runs.map((run) => run.project));
  return asked
    .observations("ansible/requirement")
    .filter((one) => one.isMovable && projects.has(one.project))
    .map((one) => ({ kind: one.what, written: one.version === undefined ? one.name : `${one.name} ${one.version}`, source: one.source }));
}

function onGithub(asked: Asked, deployment: Deployment): readonly Bare[] {
  const view = viewPipeline(asked);
  const repository = view.repository(deployment.repository);
  const job = repository?.jobsById.get(deployment.job);
  return repository && job ? inputsOf(view.pipeline, job, repository.jobsById) : [];
}

const onModel = (asked: Asked, deployment: Deployment): readonly Bare[] =>
  modelProjects(asked).flatMap((project) => project.jobs.find((job) => job.id === deployment.job)?.inputs ?? []);

export interface WideCredential {
  /** Entity id. */
  readonly id: string;
  readonly name: string;
  /** `repository acme/shop`, `organization acme`, `every environment of acme/shop`. */
  readonly of: string;
  /** The environment has one of the same name, which its jobs receive; the wider one is there all the same. */
  readonly hasTwin: boolean;
  readonly source: Source;
}

/** Secrets that a job uses and that jobs outside its environment receive too. */
export function wideCredentials(asked: Asked, deployment: Deployment): readonly WideCredential[] {
  return deployment.task.system === "github" ? wideOnGithub(asked, deployment) : wideOnModel(asked, deployment);
}

function wideOnGithub(asked: Asked, deployment: Deployment): readonly WideCredential[] {
  const repository = viewPipeline(asked).repository(deployment.repository);
  const view = repository?.jobs.find((one) => one.job.id === deployment.job);
  if (repository === undefined || view === undefined) return [];
  const names = secretsReceived(view.job);
  const { facts } = repository;
  const environments = view.environments.map((one) => one.name.toLowerCase());
  const own = new Set(
    facts.secrets
      .filter((secret) => environments.includes(secret.environment?.toLowerCase() ?? ""))
      .map((secret) => secret.name.toUpperCase()),
  );
  const wide = [
    ...facts.secrets.filter((secret) => secret.environment === undefined),
    ...asked.observations("github/secret").filter((secret) => secret.organization === facts.organization),
  ];
  return wide
    .filter((secret) => names.has("*") || names.has(secret.name.toUpperCase()))
    .map((secret) => ({
      id: secretId(secret),
      name: secret.name,
      of: secret.organization === undefined ? `repository ${facts.name}` : `organization ${secret.organization}`,
      hasTwin: own.has(secret.name.toUpperCase()),
      source: secret.source,
    }));
}

/** A credential that other contexts receive than those of the job's environments, in this project or in another that has it too. */
function wideOnModel(asked: Asked, deployment: Deployment): readonly WideCredential[] {
  const all = modelProjects(asked);
  return all.flatMap((project) => {
    if (!project.jobs.some((job) => job.id === deployment.job)) return [];
    const isInside = (context: Context): boolean =>
      deployment.forgeEnvironments.includes(context.environment ?? "") ||
      deployment.environments.includes(asked.environmentOf(context.id) ?? "");
    const received = project.credentials.filter((credential) => credential.given.some(({ to }) => to === deployment.job));
    // What only holds credentials (a folder) has no jobs that could receive them.
    const others = all.filter(({ jobs }) => jobs.length > 0);
    const outside = new Set(others.flatMap(({ contexts }) => contexts.flatMap((context) => (isInside(context) ? [] : [context.id]))));
    const isGivenOutside = (id: string): boolean =>
      all.some(({ credentials }) => credentials.some((one) => one.id === id && one.given.some(({ to }) => outside.has(to))));
    return received
      .filter((credential) => isGivenOutside(credential.id))
      .map((credential) => ({
        id: credential.id,
        name: credential.name,
        of: `every environment of ${credential.owner.slice(credential.owner.indexOf(":") + 1)}`,
        hasTwin: received.some((one) => one !== credential && one.name === credential.name),
        source: credential.source,
      }));
  });
}
