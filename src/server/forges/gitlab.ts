// GitLab's deployment approvals: deployments that are blocked are looked up, and approved or rejected as the gate says.
import { createHash, timingSafeEqual } from "node:crypto";
import type { Kysely } from "kysely";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Gate } from "../../app/gate/gate.ts";
import { AuthError } from "../auth/error.ts";
import { problemsOf } from "../http/problem.ts";
import type { Routes } from "../http/server.ts";
import { enqueue } from "../jobs/queue.ts";
import type { Handler } from "../jobs/runner.ts";
import { boundedFetch } from "../outgoing/bounded-fetch.ts";
import type { Tables } from "../storage/schema.ts";
import type { GitlabApprovals } from "./configuration.ts";
import { verdictFor } from "./verdict.ts";

/** Recurs; a delivery of the webhook only makes it come sooner. */
export const GITLAB_JOB = "gitlab-deployments";
const EVERY_MS = 60_000;
const BOUNDS = { timeoutMs: 10_000, maxBytes: 5_000_000 };

/** GitLab Docs, "Deployments API", list project deployments; the fields used. */
const Blocked = z.array(z.object({ id: z.int(), sha: z.string(), status: z.string(), environment: z.object({ name: z.string() }) }));

export interface GitlabWayIn {
  readonly gitlab: GitlabApprovals;
  readonly token: string;
  readonly webhookToken: string | undefined;
  readonly gate: Gate;
  readonly db: Kysely<Tables>;
  readonly now: () => Date;
}

export const gitlabRoutes =
  ({ webhookToken, db, now }: GitlabWayIn): Routes =>
  async (plain) => {
    if (webhookToken === undefined) return;
    plain.withTypeProvider<ZodTypeProvider>().post(
      "/v1/forges/gitlab/webhook",
      {
        config: { access: "public" },
        schema: {
          tags: ["forges"],
          operationId: "gitlabWebhook",
          summary: "Deployment events of GitLab, with the webhook's secret token",
          body: z.looseObject({}),
          response: { 202: z.object({ taken: z.boolean() }), ...problemsOf(401) },
        },
      },
      async ({ headers }, reply) => {
        if (!isToken([headers["x-gitlab-token"]].flat()[0], webhookToken))
          throw new AuthError("BAD_CREDENTIAL", "the webhook's token is another");
        const isDeployment = headers["x-gitlab-event"] === "Deployment Hook";
        // Nothing of what it says is believed: what is blocked is asked of GitLab itself.
        if (isDeployment) await enqueue(db, { id: "hook:gitlab-deployments", kind: GITLAB_JOB, payload: "once", due: now() });
        return reply.code(202).send({ taken: isDeployment });
      },
    );
  };

/** GitLab sends the token itself; compared by hash, so that neither length nor place of the first difference shows in the time. */
const isToken = (given: string | undefined, expected: string): boolean => {
  const hash = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(given ?? ""), hash(expected));
};

export const gitlabJobs = (way: GitlabWayIn): Readonly<Record<string, Handler>> => ({
  [GITLAB_JOB]: async ({ payload }) => {
    for (const mapped of way.gitlab.environments) await decideBlocked(way, mapped);
    return payload === "once" ? undefined : new Date(way.now().getTime() + EVERY_MS);
  },
});

async function decideBlocked(way: GitlabWayIn, { repository, environment, to }: GitlabApprovals["environments"][number]): Promise<void> {
  const project = `/projects/${encodeURIComponent(repository)}`;
  const query = new URLSearchParams({ status: "blocked", environment, per_page: "100" });
  const blocked = Blocked.parse(await ask(way, "GET", `${project}/deployments?${query.toString()}`));
  for (const { id, sha, status, environment: at } of blocked) {
    if (status !== "blocked" || at.name !== environment) continue;
    const { state, comment } = await verdictFor(way.gate, { system: "gitlab", repository, commit: sha, to });
    if (state !== "waiting") await ask(way, "POST", `${project}/deployments/${id}/approval`, { status: state, comment });
  }
}

async function ask({ gitlab, token }: GitlabWayIn, method: string, path: string, body?: object): Promise<unknown> {
  const headers = { accept: "application/json", "private-token": token, ...(body && { "content-type": "application/json" }) };
  const url = new URL(`${gitlab.api.replace(/\/$/, "")}${path}`);
  const answer = await boundedFetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) }, BOUNDS);
  if (answer.status < 200 || answer.status > 299) throw new Error(`GitLab answers ${answer.status} at ${url.pathname}`);
  return JSON.parse(Buffer.from(answer.body).toString("utf8")) as unknown;
}
