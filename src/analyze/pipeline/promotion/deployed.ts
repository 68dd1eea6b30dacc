// Deployments that succeeded, whichever forge made them, in the order in which they were made.
import type { Source } from "../../../model/source.ts";
import { environmentId as azureEnvironmentId, projectId as azureProjectId } from "../azure/ids.ts";
import { environmentId as gitlabEnvironmentId } from "../gitlab/ids.ts";
import { environmentId as githubEnvironmentId, loginId } from "../ids.ts";
import type { Asked } from "./tasks.ts";

/** A deployment that succeeded. */
export interface Deployed {
  readonly system: "github" | "gitlab" | "azure";
  readonly project: string;
  readonly id: number;
  /** Entity id. */
  readonly environment: string;
  readonly sha: string;
  readonly at: number;
  /** When it was there. */
  readonly done: number;
  /** Who started it, by entity id. */
  readonly by?: string;
  /** The run of a workflow that made it (GitHub). */
  readonly run?: number;
  /** Who approved it, by entity id; absent: another answer says so (GitHub). */
  readonly approvedBy?: readonly string[];
  readonly source: Source;
}

const known = new WeakMap<object, readonly Deployed[]>();

/** Every deployment that succeeded, the earliest first. */
export function deployed(asked: Pick<Asked, "observations">): readonly Deployed[] {
  const found = known.get(asked.observations) ?? readDeployed(asked);
  known.set(asked.observations, found);
  return found;
}

/**
 * GitHub: a deployment with a status of success, from when it has it; one that a later one took the place of ("inactive") was a success before (REST
 * API, "Deployment statuses"). GitLab and Azure DevOps say it of each deployment.
 */
function readDeployed({ observations }: Pick<Asked, "observations">): readonly Deployed[] {
  const statuses = Map.groupBy(observations("github/deployment-status"), (one) => `${one.repository} ${one.deployment}`);
  const github = observations("github/deployment").flatMap((one): readonly Deployed[] => {
    const own = statuses.get(`${one.repository} ${one.id}`) ?? [];
    const at = Date.parse(one.at);
    const successes = own.filter(({ state }) => state === "success").map((status) => Date.parse(status.at));
    if (successes.length === 0 && !own.some(({ state }) => state === "inactive")) return [];
    const run = own.find((status) => status.run !== undefined)?.run;
    return [
      {
        system: "github",
        project: one.repository,
        id: one.id,
        environment: githubEnvironmentId(one.repository, one.environment),
        sha: one.sha,
        at,
        done: successes.length === 0 ? at : Math.min(...successes),
        ...(one.by !== undefined && { by: loginId(one.by) }),
        ...(run !== undefined && { run }),
        source: one.source,
      },
    ];
  });
  const gitlab = observations("gitlab/deployment").flatMap((one): readonly Deployed[] => {
    if (one.status !== "success" || one.at === undefined) return [];
    const at = Date.parse(one.at);
    return [
      {
        system: "gitlab",
        project: one.project,
        id: one.id,
        environment: gitlabEnvironmentId(one.project, one.environment),
        sha: one.sha,
        at,
        done: one.doneAt === undefined ? at : Date.parse(one.doneAt),
        ...(one.by !== undefined && { by: `gitlab:@${one.by}` }),
        approvedBy: one.approvedBy.map((name) => `gitlab:@${name}`),
        source: one.source,
      },
    ];
  });
  return [...github, ...gitlab, ...azureDeployed(observations)]
    .filter((one) => !Number.isNaN(one.at) && !Number.isNaN(one.done))
    .toSorted((a, b) => a.at - b.at);
}

/** The last time that a version which had been deployed before was deployed in place of a later one. */
export function lastWayBack(into: readonly Deployed[]): Deployed | undefined {
  const seen = new Map<string, number>();
  let last: Deployed | undefined;
  for (const [index, one] of into.entries()) {
    const before = seen.get(one.sha);
    // Deployed again straight after itself it is a second try, and no way back.
    if (before !== undefined && before < index - 1) last = one;
    seen.set(one.sha, index);
  }
  return last;
}

/** A deployment record of an environment names the run, and the run its commit. */
const azureDeployed = (observations: Asked["observations"]): readonly Deployed[] =>
  observations("azure/deployment").flatMap((one): readonly Deployed[] => {
    const environment = observations("azure/environment").find(
      (each) => each.organization === one.organization && each.project === one.project && each.id === one.environment,
    );
    if (environment === undefined || one.result !== "succeeded" || one.sha === undefined || one.at === undefined) return [];
    const project = azureProjectId(one.organization, one.project);
    const at = Date.parse(one.at);
    const id = azureEnvironmentId(project, environment.name);
    return [
      {
        system: "azure",
        project: project.slice("azure:".length),
        id: one.run,
        environment: id,
        sha: one.sha,
        at,
        done: at,
        source: one.source,
      },
    ];
  });
