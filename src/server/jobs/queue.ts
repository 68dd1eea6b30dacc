// Work that must be done, whoever restarts: rows of a table, each held by one server at a time for as long as its lease lasts.
import { randomUUID } from "node:crypto";
import type { Kysely } from "kysely";
import type { Tables } from "../storage/schema.ts";

export interface Job {
  readonly id: string;
  readonly kind: string;
  /** JSON. */
  readonly payload: unknown;
  /** How often it was begun before. */
  readonly attempts: number;
}

export interface NewJob {
  /** A job of the same id that waits already stays as it is: recurring work has a fixed one. */
  readonly id?: string;
  readonly kind: string;
  readonly payload?: unknown;
  readonly due: Date;
}

/** Adds a job, in the transaction of what it belongs to where one is given: both stand, or neither. */
export async function enqueue(db: Kysely<Tables>, { id = randomUUID(), kind, payload = null, due }: NewJob): Promise<string> {
  await db
    .insertInto("job")
    .values({ id, kind, payload: JSON.stringify(payload), due: due.toISOString(), lease: "", attempts: 0, error: "" })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
  return id;
}

/**
 * The next job that is due and that nobody holds; it is this caller's until the lease ends. Of two that ask at once one gets it: the update names the lease
 * that was read, and only one update finds it unchanged.
 */
export async function claim(db: Kysely<Tables>, kinds: readonly string[], now: Date, leaseMs: number): Promise<Job | undefined> {
  const time = now.toISOString();
  const candidates = await db
    .selectFrom("job")
    .selectAll()
    .where("kind", "in", kinds)
    .where("due", "<=", time)
    .where("lease", "<=", time)
    .orderBy("due")
    .limit(5)
    .execute();
  for (const each of candidates) {
    const { numUpdatedRows } = await db
      .updateTable("job")
      .set({ lease: new Date(now.getTime() + leaseMs).toISOString(), attempts: each.attempts + 1 })
      .where("id", "=", each.id)
      .where("lease", "=", each.lease)
      .where("attempts", "=", each.attempts)
      .executeTakeFirst();
    if (numUpdatedRows === 1n)
      return { id: each.id, kind: each.kind, payload: JSON.parse(each.payload) as unknown, attempts: each.attempts };
  }
  return undefined;
}

export const finish = async (db: Kysely<Tables>, id: string): Promise<void> =>
  void (await db.deleteFrom("job").where("id", "=", id).execute());

/** Puts a job off; `error` says why it did not succeed, empty when it recurs. */
export async function putOff(db: Kysely<Tables>, id: string, due: Date, error: string): Promise<void> {
  await db
    .updateTable("job")
    .set({ due: due.toISOString(), lease: "", error: error.slice(0, 1000), ...(error === "" && { attempts: 0 }) })
    .where("id", "=", id)
    .execute();
}

/** Jobs that failed last time, and how long the oldest that is due has waited. */
export async function backlog(db: Kysely<Tables>, now: Date): Promise<{ readonly failing: number; readonly lateMs: number }> {
  const rows = await db.selectFrom("job").select(["due", "error"]).execute();
  const late = rows.map(({ due }) => now.getTime() - Date.parse(due));
  return { failing: rows.filter(({ error }) => error !== "").length, lateMs: Math.max(0, ...late) };
}
