// Opens a database: chooses the dialect, refuses one that would lose what was acknowledged, and brings its tables up to date.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Kysely, sql } from "kysely";
import { Migrator } from "kysely/migration";
import { GateError } from "../../app/gate/error.ts";
import { migrationsOf } from "./migrations/registry.ts";
import { assertDurable, postgresDialect } from "./postgres.ts";
import type { Database, Kind, Tables } from "./schema.ts";
import { sqliteDialect } from "./sqlite.ts";

/** `postgres://…`, or a data folder in which the embedded database is `bulkhead.db`. */
export async function openDatabase(where: string): Promise<Database> {
  const kind: Kind = /^postgres(ql)?:\/\//.test(where) ? "postgres" : "sqlite";
  if (kind === "sqlite") mkdirSync(where, { recursive: true, mode: 0o700 });
  const dialect = kind === "sqlite" ? sqliteDialect(join(where, "bulkhead.db")) : postgresDialect(where);
  const kysely = new Kysely<Tables>({ dialect });
  try {
    if (kind === "postgres") await assertDurable(kysely as Kysely<unknown>);
    await migrate(kysely, kind);
  } catch (cause) {
    await kysely.destroy();
    throw cause;
  }
  return { kind, kysely, close: () => kysely.destroy() };
}

async function migrate(kysely: Kysely<Tables>, kind: Kind): Promise<void> {
  const migrator = new Migrator({ db: kysely, provider: { getMigrations: async () => migrationsOf(kind) } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw new GateError("UNAVAILABLE", "the database's tables cannot be brought up to date", { cause: error });
}

/** For readiness: the database answers. */
export const answers = async ({ kysely }: Pick<Database, "kysely">): Promise<void> => void (await sql`select 1`.execute(kysely));
