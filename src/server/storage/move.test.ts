// Moving, backing up and restoring: what arrives is what was there, row by row, and the gate goes on from it.
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import { pseudonymKeyIn, signersIn } from "../../app/gate/keys.ts";
import { onBothDatabases } from "./databases-support.ts";
import { askFor, gateOn, promotionIn, review, tested } from "./gate-support.ts";
import { backUp, restore } from "./backup.ts";
import { moveDatabase } from "./move.ts";
import { openDatabase } from "./open.ts";
import type { Database } from "./schema.ts";

const root = mkdtempSync(join(tmpdir(), "bulkhead-move-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const open: Database[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});
async function opened(where: string): Promise<Database> {
  const database = await openDatabase(where);
  open.push(database);
  return database;
}

async function used(where: string): Promise<number> {
  const { database, gate } = await gateOn(where);
  await tested(gate);
  const { id } = promotionIn(await gate.ask({ ...askFor({ authors: ["github:@stranger", "github:@dee"] }), idempotencyKey: "k" }));
  const asked = promotionIn(await gate.ask(askFor()));
  await database.close();
  expect(id).toBeLessThan(asked.id);
  return asked.id;
}

let count = 0;
const folder = (): string => join(root, String(++count));

onBothDatabases("everything in a database", (databases) => {
  test("moves to the other kind and back, and the gate goes on", async () => {
    const from = await databases.fresh();
    const id = await used(from);
    const [between, back] = [folder(), await databases.fresh()];
    const there = await moveDatabase(await opened(from), await opened(between));
    const again = await moveDatabase(await opened(between), await opened(back));
    expect(again).toEqual(there);
    expect(Object.fromEntries(there.map(({ table, rows }) => [table, rows]))).toMatchObject({
      ledger_head: 1,
      ledger_entry: 8,
      account: 1,
      idempotency: 1,
    });
    const { database, gate } = await gateOn(back);
    open.push(database);
    expect(promotionIn(await gate.ask(review(id, "ann"))).state).toBe("approved");
  });

  test("a target that holds something is left as it is", async () => {
    const [from, to] = [await databases.fresh(), folder()];
    await used(from);
    await used(to);
    await expect(moveDatabase(await opened(from), await opened(to))).rejects.toMatchObject({ code: "UNSAFE_STORAGE" });
  });

  test("a backup of a running server is restored with its keys, for their owner's eyes only", async () => {
    const where = await databases.fresh();
    const data = databases.kind === "sqlite" ? where : folder();
    const [key] = [signersIn(data, "ledger.example.com")[0].key.id, pseudonymKeyIn(data)];
    const id = await used(where);
    const running = await gateOn(where);
    open.push(running.database);
    const [backup, restored] = [folder(), folder()];
    await backUp(data, databases.kind === "sqlite" ? undefined : where, backup);
    await running.gate.ask(review(id, "ann"));
    await restore(backup, restored, undefined);
    expect(readdirSync(restored)).toEqual(expect.arrayContaining(["bulkhead.db", "ledger.pem", "pseudonyms.key"]));
    expect(statSync(join(restored, "ledger.pem")).mode & 0o77).toBe(0);
    expect(signersIn(restored, "ledger.example.com")[0].key.id).toBe(key);
    const { database, gate } = await gateOn(restored);
    open.push(database);
    // What came after the backup is not in it: the approval is asked for again.
    expect(promotionIn(await gate.ask(review(id, "ann"))).state).toBe("approved");
    await expect(restore(backup, restored, undefined)).rejects.toMatchObject({ code: "UNSAFE_STORAGE" });
    await expect(backUp(data, undefined, backup)).rejects.toMatchObject({ code: "UNSAFE_STORAGE" });
  });
});
