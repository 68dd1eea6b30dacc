// Deployments and what became of each: the history that shows an order which stands in no file.
import type { Asked } from "./asked.ts";
import { Deployment, DeploymentStatus } from "./schema.ts";

export function deployments(asked: Asked): void {
  const { repository } = asked;
  if (repository === undefined) return;
  for (const [{ id, sha, ref, environment, created_at, creator }, source] of asked.items(Deployment))
    asked.put({
      kind: "github/deployment",
      repository,
      id,
      environment,
      sha,
      ref,
      at: created_at,
      ...(creator && { by: creator.login }),
      source,
    });
}

/** "success", "failure", "inactive", …: a deployment that another took the place of was a success before (REST API, "Deployment statuses"). */
export function deploymentStatuses(asked: Asked): void {
  const { repository } = asked;
  const deployment = Number(asked.part("deployment"));
  if (repository === undefined || !Number.isInteger(deployment)) return;
  for (const [{ state, created_at }, source] of asked.items(DeploymentStatus))
    asked.put({ kind: "github/deployment-status", repository, deployment, state, at: created_at, source });
}
