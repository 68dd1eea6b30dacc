// Jobs on both databases: done once, done again after a crash, tried again after a failure, never by two at once.
import { afterEach, expect, test } from "vitest";
import { onBothDatabases } from "../storage/databases-support.ts";
import { openDatabase } from "../storage/open.ts";
import type { Database } from "../storage/schema.ts";
import { forgetAnswers } from "./forget.ts";
import { backlog, claim, enqueue } from "./queue.ts";
import { type Handler, runner } from "./runner.ts";

const open: Database[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});
async function opened(where: string): Promise<Database> {
  const database = await openDatabase(where);
  open.push(database);
  return database;
}
const silent = { error: () => {} };
const at = (ms: number): Date => new Date(Date.UTC(2026, 0, 1) + ms);

onBothDatabases("jobs", (databases) => {
  test("what is due is done once, in order; what is not due waits", async () => {
    const database = await opened(await databases.fresh());
    const done: unknown[] = [];
    const handlers = { note: async ({ payload }: { payload: unknown }) => void done.push(payload) } as unknown as Record<string, Handler>;
    for (const [payload, due] of [
      ["b", 2],
      ["a", 1],
      ["later", 10_000],
    ] as const)
      await enqueue(database.kysely, { kind: "note", payload, due: at(due) });
    const jobs = runner({ database, handlers, now: () => at(100), log: silent });
    await jobs.drain();
    await jobs.drain();
    expect(done).toEqual(["a", "b"]);
  });

  test("a job of a server that died is done by another, once its lease is over", async () => {
    const where = await databases.fresh();
    const [dead, living] = [await opened(where), await opened(where)];
    await enqueue(dead.kysely, { id: "j", kind: "note", due: at(0) });
    expect((await claim(dead.kysely, ["note"], at(1), 1000))?.id).toBe("j");
    expect(await claim(living.kysely, ["note"], at(2), 1000)).toBeUndefined();
    expect(await claim(living.kysely, ["note"], at(1002), 1000)).toMatchObject({ id: "j", attempts: 1 });
  });

  test("of many that ask at once, one gets it", async () => {
    const where = await databases.fresh();
    const servers = [await opened(where), await opened(where)];
    await enqueue((servers[0] as Database).kysely, { kind: "note", due: at(0) });
    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, i) => claim((servers[i % 2] as Database).kysely, ["note"], at(1), 1000)),
    );
    expect(claims.filter((job) => job !== undefined)).toHaveLength(1);
  });

  test("what fails is tried again later, and is told", async () => {
    const database = await opened(await databases.fresh());
    let [time, tries] = [0, 0];
    const handlers = {
      flaky: async () => {
        if (++tries < 3) throw new Error("the other side is away");
        return undefined;
      },
    };
    await enqueue(database.kysely, { kind: "flaky", due: at(0) });
    const jobs = runner({ database, handlers, now: () => at(time), log: silent });
    await jobs.drain();
    expect([tries, await backlog(database.kysely, at(1500))]).toEqual([1, { failing: 1, lateMs: 500 }]);
    for (time of [1000, 1500, 3000]) await jobs.drain();
    expect([tries, await backlog(database.kysely, at(5000))]).toEqual([3, { failing: 0, lateMs: 0 }]);
  });

  test("recurring work is there once, and again", async () => {
    const where = await databases.fresh();
    const database = await opened(where);
    let [time, runs] = [0, 0];
    const handlers = { sweep: async () => (runs++, at(time + 100)) };
    const start = () => runner({ database, handlers, recurring: ["sweep"], now: () => at(time), log: silent });
    await start().drain();
    await start().drain();
    expect(runs).toBe(1);
    time = 100;
    await start().drain();
    expect(runs).toBe(2);
  });

  test("answers under idempotency keys are forgotten after a week, and not before", async () => {
    const database = await opened(await databases.fresh());
    const day = (count: number): Date => at(count * 86_400_000);
    const row = (key: string, when: Date) => ({ subject: "s", key, asked: "", answer: "", at: when.toISOString() });
    await database.kysely
      .insertInto("idempotency")
      .values([row("old", day(0)), row("new", day(2))])
      .execute();
    await forgetAnswers(database, () => day(8))({ id: "", kind: "", payload: null, attempts: 0 });
    expect(await database.kysely.selectFrom("idempotency").select("key").execute()).toEqual([{ key: "new" }]);
  });
});
