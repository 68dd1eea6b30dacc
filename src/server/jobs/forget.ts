// Forgets what need not be kept: answers under idempotency keys, after a week.
import type { Database } from "../storage/schema.ts";
import type { Handler } from "./runner.ts";

const KEPT_MS = 7 * 86_400_000;
const EVERY_MS = 3_600_000;

/** Whoever asks again later than that under the same key asks anew. */
export const forgetAnswers =
  ({ kysely }: Database, now: () => Date): Handler =>
  async () => {
    await kysely
      .deleteFrom("idempotency")
      .where("at", "<", new Date(now().getTime() - KEPT_MS).toISOString())
      .execute();
    return new Date(now().getTime() + EVERY_MS);
  };
