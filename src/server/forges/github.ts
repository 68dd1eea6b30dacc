// GitHub's way in: a delivery becomes a job, and the job asks the gate until it can answer.
import type { Kysely } from "kysely";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Gate } from "../../app/gate/gate.ts";
import { globMatches } from "../../lib/glob.ts";
import { onceOnly } from "../auth/once-only.ts";
import { problemsOf } from "../http/problem.ts";
import type { Routes } from "../http/server.ts";
import { enqueue } from "../jobs/queue.ts";
import type { Handler } from "../jobs/runner.ts";
import type { Tables } from "../storage/schema.ts";
import type { GithubApp } from "./configuration.ts";
import type { GithubAnswers } from "./github-app.ts";
import { readDelivery, type WaitingDeployment } from "./github-webhook.ts";
import { verdictFor } from "./verdict.ts";

const JOB = "github-deployment";
const ASK_AGAIN_MS = 10_000;
/** A job that asks for its promotion in the same run comes within this time. */
const UNASKED_MS = 15 * 60_000;
/** GitHub fails a deployment that waits for more than 30 days; an answer after that is for nobody. */
const LONGEST_MS = 29 * 86_400_000;
const BODY_BYTES = 2_000_000;

export interface GithubWayIn {
  readonly app: GithubApp;
  readonly webhookSecret: string;
  readonly answers: GithubAnswers;
  readonly gate: Gate;
  readonly db: Kysely<Tables>;
  readonly now: () => Date;
}

export const githubRoutes =
  ({ webhookSecret, db, now }: GithubWayIn): Routes =>
  async (plain) => {
    // The signature is over the bytes as they came.
    plain.removeAllContentTypeParsers();
    plain.addContentTypeParser(
      "application/json",
      { parseAs: "buffer", bodyLimit: BODY_BYTES },
      async (_request: unknown, body: Buffer) => body,
    );
    plain.withTypeProvider<ZodTypeProvider>().post(
      "/v1/forges/github/webhook",
      {
        config: { access: "public" },
        bodyLimit: BODY_BYTES,
        schema: {
          tags: ["forges"],
          operationId: "githubWebhook",
          summary: "Deliveries of a GitHub App that is a deployment protection rule, signed with its webhook's secret",
          response: { 202: z.object({ taken: z.boolean() }), ...problemsOf(401, 403) },
        },
      },
      async ({ headers, body }, reply) => {
        const one = (name: string): string | undefined => [headers[name]].flat()[0];
        const delivery = {
          signature: one("x-hub-signature-256"),
          event: one("x-github-event"),
          id: one("x-github-delivery"),
          body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
        };
        // Taken and put down as a job together, or neither: a delivery that is answered is not lost.
        const taken = await db.transaction().execute(async (transaction) => {
          const waiting = await readDelivery(webhookSecret, delivery, onceOnly({ db: transaction, now }), now());
          if (waiting) await enqueue(transaction, { kind: JOB, payload: waiting, due: now() });
          return waiting !== undefined;
        });
        return reply.code(202).send({ taken });
      },
    );
  };

/** Asks the gate until it says yes or no. What GitHub does not take is tried again by the runner of jobs; nothing is approved meanwhile. */
export const githubJobs = ({ app, answers, gate, now }: GithubWayIn): Readonly<Record<string, Handler>> => ({
  [JOB]: async ({ payload }) => {
    const deployment = payload as WaitingDeployment;
    const age = now().getTime() - Date.parse(deployment.at);
    if (age > LONGEST_MS) return undefined;
    const mapped = app.environments.find(
      ({ repository, environment }) => environment === deployment.environment && globMatches(repository, deployment.repository),
    );
    if (mapped === undefined) {
      const comment = `Bulkhead: ${deployment.environment} of ${deployment.repository} is no environment that the gate knows.`;
      await answers.answer(deployment, { state: "rejected", isAsked: false, comment });
      return undefined;
    }
    const verdict = await verdictFor(gate, {
      system: "github",
      repository: deployment.repository,
      commit: deployment.commit,
      to: mapped.to,
    });
    const isUnasked = !verdict.isAsked && age > UNASKED_MS;
    if (verdict.state === "waiting" && !isUnasked) return new Date(now().getTime() + ASK_AGAIN_MS);
    await answers.answer(deployment, isUnasked ? { ...verdict, state: "rejected" } : verdict);
    return undefined;
  },
});
