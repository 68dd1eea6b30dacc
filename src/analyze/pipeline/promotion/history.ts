// P1 by history: whether deployments to production came after a successful deployment of the same commit below.
import { environmentId as githubEnvironmentId } from "../ids.ts";
import { environmentId as gitlabEnvironmentId } from "../gitlab/ids.ts";
import type { Asked } from "./tasks.ts";

interface Deployed {
  readonly project: string;
  /** Entity id. */
  readonly environment: string;
  readonly sha: string;
  readonly at: number;
}

export interface History {
  /** Production deployments that were made in the period. */
  readonly total: number;
  /** Those that came after a successful deployment of the same commit below. */
  readonly preceded: number;
}

const SUCCESSES: ReadonlySet<string> = new Set(["success", "inactive"]);

/** GitHub: a deployment with a status of success, also one that a later one took the place of. GitLab says it of each deployment. */
function deployed(asked: Asked): readonly Deployed[] {
  const succeeded = new Set(
    asked
      .observations("github/deployment-status")
      .flatMap((one) => (SUCCESSES.has(one.state) ? [`${one.repository} ${one.deployment}`] : [])),
  );
  const github = asked.observations("github/deployment").flatMap((one) =>
    succeeded.has(`${one.repository} ${one.id}`)
      ? [
          {
            project: one.repository,
            environment: githubEnvironmentId(one.repository, one.environment),
            sha: one.sha,
            at: Date.parse(one.at),
          },
        ]
      : [],
  );
  const gitlab = asked
    .observations("gitlab/deployment")
    .flatMap((one) =>
      one.status === "success" && one.at !== undefined
        ? [{ project: one.project, environment: gitlabEnvironmentId(one.project, one.environment), sha: one.sha, at: Date.parse(one.at) }]
        : [],
    );
  return [...github, ...gitlab].filter((one) => !Number.isNaN(one.at));
}

/** Undefined: no deployment of the project to the environment was collected. */
export function historyOf(asked: Asked, project: string, environment: string, lower: ReadonlySet<string>): History | undefined {
  const all = deployed(asked).filter((one) => one.project === project);
  const into = all.filter((one) => asked.environmentOf(one.environment) === environment);
  if (into.length === 0) return undefined;
  const below = all.filter((one) => lower.has(asked.environmentOf(one.environment) ?? ""));
  const preceded = into.filter((one) => below.some((earlier) => earlier.sha === one.sha && earlier.at < one.at));
  return { total: into.length, preceded: preceded.length };
}
