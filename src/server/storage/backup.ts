// Backup and restore: a copy of the database and of the keys, whole at one moment, and checked before it is believed.
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { GateError } from "../../app/gate/error.ts";
import { type Moved, moveDatabase } from "./move.ts";
import { openDatabase } from "./open.ts";

const KEYS = /^(ledger(-earlier-[0-9a-f]{8})?\.pem|(pseudonyms|sign-in)\.key)$/;

/**
 * A backup is a data folder: the embedded database and the keys. Of the embedded database it is a copy at one moment (SQLite, "VACUUM INTO"), taken while the
 * server runs; from PostgreSQL the rows are moved. Keep it as the keys are kept.
 */
export async function backUp(data: string, database: string | undefined, folder: string): Promise<void> {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new GateError("UNSAFE_STORAGE", `${folder}  is not empty\n  Name a new folder for the backup.`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const from = await openDatabase(database ?? data);
  try {
    if (from.kind === "sqlite") await sql`vacuum into ${join(folder, "bulkhead.db")}`.execute(from.kysely);
    else await copyRows(from, folder);
  } finally {
    await from.close();
  }
  copyKeys(data, folder);
}

/** Into an empty database and a data folder without keys: what stands there is never overwritten. */
export async function restore(folder: string, data: string, database: string | undefined): Promise<readonly Moved[]> {
  const isTaken = existsSync(data) && readdirSync(data).some((name) => KEYS.test(name) || name === "bulkhead.db");
  if (isTaken) throw new GateError("UNSAFE_STORAGE", `${data}  holds keys or a database already\n  Name a new data folder.`);
  if (!existsSync(join(folder, "bulkhead.db"))) throw new GateError("UNSAFE_STORAGE", `${folder}  is no backup: bulkhead.db is missing`);
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const from = await openDatabase(folder);
  try {
    const to = await openDatabase(database ?? data);
    try {
      const moved = await moveDatabase(from, to);
      copyKeys(folder, data);
      return moved;
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}

async function copyRows(from: Awaited<ReturnType<typeof openDatabase>>, folder: string): Promise<void> {
  const to = await openDatabase(folder);
  try {
    await moveDatabase(from, to);
  } finally {
    await to.close();
  }
}

function copyKeys(from: string, to: string): void {
  for (const name of readdirSync(from).filter((each) => KEYS.test(each))) {
    copyFileSync(join(from, name), join(to, name));
    chmodSync(join(to, name), 0o600);
  }
}
