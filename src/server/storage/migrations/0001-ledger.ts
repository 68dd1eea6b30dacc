// The ledger, the charters that decided, the erasable directory of accounts, remembered answers and jobs.
import type { Kysely } from "kysely";
import type { Columns } from "./columns.ts";

export async function up(db: Kysely<unknown>, { text, whole, bytes }: Columns): Promise<void> {
  const table = (name: string) => db.schema.createTable(name);
  await table("ledger_head")
    .addColumn("id", whole, (column) => column.primaryKey())
    .addColumn("size", whole, (column) => column.notNull())
    .addColumn("checkpoint", text, (column) => column.notNull())
    .execute();
  await table("ledger_entry")
    .addColumn("place", whole, (column) => column.primaryKey())
    .addColumn("at", text, (column) => column.notNull())
    .addColumn("kind", text, (column) => column.notNull())
    .addColumn("bytes", bytes, (column) => column.notNull())
    .addColumn("leaf", bytes, (column) => column.notNull())
    .execute();
  await table("ledger_node")
    .addColumn("level", whole, (column) => column.notNull())
    .addColumn("place", whole, (column) => column.notNull())
    .addColumn("hash", bytes, (column) => column.notNull())
    .addPrimaryKeyConstraint("ledger_node_key", ["level", "place"])
    .execute();
  await table("ledger_cosignature")
    .addColumn("size", whole, (column) => column.primaryKey())
    .addColumn("checkpoint", text, (column) => column.notNull())
    .execute();
  await table("charter")
    .addColumn("hash", text, (column) => column.primaryKey())
    .addColumn("text", text, (column) => column.notNull())
    .addColumn("at", text, (column) => column.notNull())
    .execute();
  await table("account")
    .addColumn("pseudonym", text, (column) => column.primaryKey())
    .addColumn("account", text, (column) => column.notNull())
    .execute();
  await table("idempotency")
    .addColumn("subject", text, (column) => column.notNull())
    .addColumn("key", text, (column) => column.notNull())
    .addColumn("asked", text, (column) => column.notNull())
    .addColumn("answer", text, (column) => column.notNull())
    .addColumn("at", text, (column) => column.notNull())
    .addPrimaryKeyConstraint("idempotency_key", ["subject", "key"])
    .execute();
  await table("job")
    .addColumn("id", text, (column) => column.primaryKey())
    .addColumn("kind", text, (column) => column.notNull())
    .addColumn("payload", text, (column) => column.notNull())
    .addColumn("due", text, (column) => column.notNull())
    .addColumn("lease", text, (column) => column.notNull())
    .addColumn("attempts", whole, (column) => column.notNull())
    .addColumn("error", text, (column) => column.notNull())
    .execute();
  await db.schema.createIndex("job_due").on("job").column("due").execute();
}
