// The gate on a database that fails: full, gone, held by another. Nothing is approved meanwhile, nothing that was acknowledged is lost, and it recovers by itself.
import { sql } from "kysely";
import pg from "pg";
import { afterEach, expect, test } from "vitest";
import type { PostgresServer } from "../../lib/postgres-support.ts";
import type { GateError } from "../../app/gate/error.ts";
import type { Gate } from "../../app/gate/gate.ts";
import { onBothDatabases } from "./databases-support.ts";
import { askFor, gateOn, promotionIn, review, test_, tested } from "./gate-support.ts";
import type { Database } from "./schema.ts";

const open: Database[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});
const errorOf = (act: Promise<unknown>): Promise<string> =>
  act.then(
    () => "none",
    (error: GateError) => error.code,
  );
const sizeOf = (gate: Gate): Promise<number> => gate.look(({ ledger }) => ledger.size());

async function waitingPromotion(where: string): Promise<{ readonly gate: Gate; readonly database: Database; readonly id: number }> {
  const { gate, database } = await gateOn(where);
  open.push(database);
  await tested(gate);
  return { gate, database, id: promotionIn(await gate.ask(askFor())).id };
}

onBothDatabases("a database that fails", (databases) => {
  if (databases.kind === "sqlite") {
    test("full at ten sizes: what was acknowledged stands, what was not is an error, and with room it goes on", async () => {
      const { gate, database } = await waitingPromotion(await databases.fresh());
      const pages = async (): Promise<number> =>
        Number((await sql<{ page_count: number }>`pragma page_count`.execute(database.kysely)).rows[0]?.page_count);
      for (let room = 0; room < 10; room++) {
        // SQLite, "PRAGMA max_page_count": beyond it every write is SQLITE_FULL, as on a full disk.
        await sql.raw(`pragma max_page_count = ${(await pages()) + room}`).execute(database.kysely);
        const before = await sizeOf(gate);
        let acknowledged = 0;
        let last = "none";
        for (let i = 0; i < 200 && last === "none"; i++) {
          last = await errorOf(gate.ask(test_()));
          if (last === "none") acknowledged++;
        }
        expect(last).toBe("UNAVAILABLE");
        expect(await sizeOf(gate)).toBe(before + acknowledged);
        await sql.raw("pragma max_page_count = 1000000").execute(database.kysely);
        expect(await errorOf(gate.ask(test_()))).toBe("none");
      }
    });
    return;
  }

  test("gone in the middle: no approval, and when it is back the gate goes on without a restart", async () => {
    const server = databases.server() as PostgresServer;
    const { gate, id } = await waitingPromotion(await databases.fresh());
    await server.kill();
    expect(await errorOf(gate.ask(review(id, "ann")))).toBe("UNAVAILABLE");
    expect(await errorOf(sizeOf(gate))).toBe("UNAVAILABLE");
    await server.start();
    expect(promotionIn(await gate.ask(review(id, "ann"))).state).toBe("approved");
  });

  test("held by another for too long: an error in time, and then it goes on", async () => {
    const where = await databases.fresh();
    const { gate, id } = await waitingPromotion(where);
    const holder = new pg.Client({ connectionString: where });
    await holder.connect();
    await holder.query("begin");
    await holder.query("select * from ledger_head for update");
    expect(await errorOf(gate.ask(review(id, "ann")))).toBe("UNAVAILABLE");
    await holder.query("rollback");
    await holder.end();
    expect(promotionIn(await gate.ask(review(id, "ann"))).state).toBe("approved");
  });

  test("one that would lose what it acknowledged is refused", async () => {
    const where = await databases.fresh();
    const client = new pg.Client({ connectionString: where });
    await client.connect();
    await client.query(`alter database ${new URL(where).pathname.slice(1)} set synchronous_commit = off`);
    await client.end();
    expect(await errorOf(gateOn(where))).toBe("UNSAFE_STORAGE");
  });
});
