// Who may come in: accounts, their passkeys, sessions, tokens, what is pending, what was spent, and failures.
import type { Kysely } from "kysely";
import type { Columns } from "./columns.ts";

export async function up(db: Kysely<unknown>, { text, whole, bytes }: Columns): Promise<void> {
  const withTexts = (name: string, key: string, texts: readonly string[], wholes: readonly string[] = []) => {
    let table = db.schema.createTable(name).addColumn(key, text, (column) => column.primaryKey());
    for (const each of texts) table = table.addColumn(each, text, (column) => column.notNull());
    for (const each of wholes) table = table.addColumn(each, whole, (column) => column.notNull());
    return table;
  };
  await withTexts(
    "sign_in_account",
    "id",
    ["origin", "handle", "person", "name", "email", "roles", "password", "totp", "vouched_by", "created", "created_by"],
    ["totp_confirmed", "disabled"],
  )
    .addUniqueConstraint("sign_in_account_handle", ["origin", "handle"])
    .execute();
  await withTexts("sign_in_passkey", "id", ["account", "name", "transports", "created", "used"], ["counter"])
    .addColumn("public_key", bytes, (column) => column.notNull())
    .execute();
  await withTexts("sign_in_session", "id", ["account", "roles", "created", "seen", "expires", "method", "hint"]).execute();
  await withTexts("sign_in_token", "id", ["hash", "account", "name", "roles", "created", "expires", "used", "revoked"])
    .addUniqueConstraint("sign_in_token_hash", ["hash"])
    .execute();
  await withTexts("sign_in_pending", "id", ["purpose", "payload", "until"]).execute();
  await withTexts("sign_in_spent", "id", ["until"]).execute();
  await withTexts("sign_in_failure", "id", ["until"], ["failures"]).execute();
  await withTexts("sign_in_event", "id", ["at", "what", "account", "by", "detail"]).execute();
  for (const [table, column] of [
    ["sign_in_session", "account"],
    ["sign_in_passkey", "account"],
    ["sign_in_token", "account"],
    ["sign_in_spent", "until"],
    ["sign_in_pending", "until"],
    ["sign_in_failure", "until"],
    ["sign_in_event", "at"],
  ] as const)
    await db.schema.createIndex(`${table}_${column}`).on(table).column(column).execute();
}
