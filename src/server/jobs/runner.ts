// Runs the jobs of the table, one at a time on each server, and tries again what fails.
import type { FastifyBaseLogger } from "fastify";
import type { Database } from "../storage/schema.ts";
import { claim, enqueue, finish, type Job, putOff } from "./queue.ts";

/** Does a job; the time that it gives back is when it is due again, undefined when it is done. What it throws is tried again later. */
export type Handler = (job: Job) => Promise<Date | undefined>;

export interface Runner {
  /** Does everything that is due now, and ends. */
  drain(): Promise<void>;
  start(): void;
  /** Ends once the job that is under way has ended. */
  stop(): Promise<void>;
}

export interface RunnerOptions {
  readonly database: Database;
  readonly handlers: Readonly<Record<string, Handler>>;
  /** Kinds that recur: there is always one of each. */
  readonly recurring?: readonly string[];
  readonly now: () => Date;
  readonly log: Pick<FastifyBaseLogger, "error">;
  readonly pollMs?: number;
}

const POLL_MS = 1000;
const LEASE_MS = 60_000;
const LONGEST_DELAY_MS = 3_600_000;

/** A second, two, four, … up to an hour. */
const delayMs = (attempts: number): number => Math.min(1000 * 2 ** attempts, LONGEST_DELAY_MS);

export function runner({ database, handlers, recurring = [], now, log, pollMs = POLL_MS }: RunnerOptions): Runner {
  const { kysely } = database;
  const kinds = Object.keys(handlers);
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let isStopped = false;
  const runOne = async (job: Job): Promise<void> => {
    try {
      const again = await (handlers[job.kind] as Handler)(job);
      if (again === undefined) await finish(kysely, job.id);
      else await putOff(kysely, job.id, again, "");
    } catch (cause) {
      log.error({ err: cause, job: job.id, kind: job.kind }, "a job failed, and will be tried again");
      const error = cause instanceof Error ? cause.message : String(cause);
      await putOff(kysely, job.id, new Date(now().getTime() + delayMs(job.attempts)), error || "failed");
    }
  };
  const drain = async (): Promise<void> => {
    for (const kind of recurring) await enqueue(kysely, { id: `every:${kind}`, kind, due: now() });
    while (!isStopped) {
      const job = await claim(kysely, kinds, now(), LEASE_MS);
      if (job === undefined) return;
      await runOne(job);
    }
  };
  const tick = (): void => {
    // A database that does not answer now is asked again: the jobs are in it.
    running = drain().catch((cause: unknown) => log.error({ err: cause }, "the jobs cannot be read"));
    void running.then(() => {
      if (!isStopped) timer = setTimeout(tick, pollMs);
    });
  };
  return {
    drain,
    start: tick,
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
