// The gate's port on Kysely: the ledger's rows, and the transaction that holds its head.
import type { Kysely, Transaction } from "kysely";
import { sql } from "kysely";
import type { Growth, Head, LedgerReading, LedgerStore, LedgerWriting } from "../../app/gate/port.ts";
import type { Database, Kind, Tables } from "./schema.ts";

/** Rows in one statement: SQLite takes 32,766 parameters, PostgreSQL 65,535. */
const ROWS = 1000;

export function ledgerStore({ kysely, kind }: Pick<Database, "kysely" | "kind">): LedgerStore {
  return {
    read: async (act) => act(reading(kysely, await headOf(kysely))),
    write: (act) =>
      kysely.transaction().execute(async (transaction) => {
        const { head, clock } = await lockedHead(transaction, kind);
        return act(writing(transaction, head, clock));
      }),
  };
}

/** The first head; nothing when another server was first. */
export async function beginLedger({ kysely }: Pick<Database, "kysely">, head: Head): Promise<void> {
  await kysely
    .insertInto("ledger_head")
    .values({ id: 1, ...head })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
}

const headOf = (db: Kysely<Tables>): Promise<Head | undefined> =>
  db.selectFrom("ledger_head").select(["size", "checkpoint"]).where("id", "=", 1).executeTakeFirst();

/**
 * Nobody else appends from here to the commit. PostgreSQL locks the row; SQLite has one writer, and the transaction becomes it by writing first, before it
 * has read anything that could be old.
 */
async function lockedHead(
  db: Transaction<Tables>,
  kind: Kind,
): Promise<{ readonly head: Head | undefined; readonly clock: Date | undefined }> {
  if (kind === "sqlite") {
    await db
      .updateTable("ledger_head")
      .set((eb) => ({ size: eb.ref("size") }))
      .where("id", "=", 1)
      .execute();
    return { head: await headOf(db), clock: undefined };
  }
  const row = await db
    .selectFrom("ledger_head")
    .select(["size", "checkpoint", sql<Date>`clock_timestamp()`.as("clock")])
    .where("id", "=", 1)
    .forUpdate()
    .executeTakeFirst();
  return { head: row && { size: row.size, checkpoint: row.checkpoint }, clock: row?.clock };
}

const reading = (db: Kysely<Tables>, head: Head | undefined): LedgerReading => ({
  head,
  entries: async (from, to) => {
    const rows = await db
      .selectFrom("ledger_entry")
      .select("bytes")
      .where("place", ">=", from)
      .where("place", "<", to)
      .orderBy("place")
      .execute();
    return rows.map(({ bytes }) => bytes);
  },
});

function writing(db: Transaction<Tables>, head: Head | undefined, clock: Date | undefined): LedgerWriting {
  return {
    ...reading(db, head),
    clock,
    remembered: async (keys) =>
      db
        .selectFrom("idempotency")
        .selectAll()
        .where((eb) => eb.or(keys.map(({ subject, key }) => eb.and([eb("subject", "=", subject), eb("key", "=", key)]))))
        .execute(),
    append: (growth) => append(db, growth),
  };
}

async function append(db: Transaction<Tables>, { rows, nodes, head, remembered, accounts }: Growth): Promise<void> {
  for (const part of parts(rows))
    await db
      .insertInto("ledger_entry")
      .values(part.map(({ index, ...row }) => ({ place: index, ...row })))
      .execute();
  for (const part of parts(nodes))
    await db
      .insertInto("ledger_node")
      .values(part.map(({ index, ...node }) => ({ place: index, ...node })))
      .execute();
  for (const part of parts(remembered)) await db.insertInto("idempotency").values(part).execute();
  for (const part of parts(unique(accounts)))
    await db
      .insertInto("account")
      .values(part)
      .onConflict((conflict) => conflict.column("pseudonym").doNothing())
      .execute();
  await db.updateTable("ledger_head").set(head).where("id", "=", 1).execute();
}

const unique = <T extends { readonly pseudonym: string }>(accounts: readonly T[]): readonly T[] => [
  ...new Map(accounts.map((account) => [account.pseudonym, account])).values(),
];

function* parts<T>(rows: readonly T[]): Iterable<readonly T[]> {
  for (let at = 0; at < rows.length; at += ROWS) yield rows.slice(at, at + ROWS);
}
