// PostgreSQL for several replicas: a pool that never waits for ever, on a server that keeps what it acknowledged.
import { PostgresDialect, sql, type Kysely } from "kysely";
import pg from "pg";
import { GateError } from "../../app/gate/error.ts";

const { Pool, types } = pg;

const CONNECT_MS = 5000;
const STATEMENT_MS = 8000;
/** Above the server's own limit, so that the server tells what it did. Past it the connection is given up, and its outcome unknown. */
const ANSWER_MS = 10_000;

/** Whole numbers as numbers: places in the ledger and sizes stay far below 2^53. */
const INT8 = 20;

export function postgresDialect(url: string): PostgresDialect {
  const pool = new Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: ANSWER_MS,
    statement_timeout: STATEMENT_MS,
    lock_timeout: STATEMENT_MS,
    idle_in_transaction_session_timeout: ANSWER_MS,
    keepAlive: true,
    application_name: "bulkhead",
    types: {
      getTypeParser: (id: number, format?: "text" | "binary") => (id === INT8 ? Number : types.getTypeParser(id, format as "text")),
    },
  });
  // A connection that breaks while nobody waits for its answer is an event, which would end the process; it is replaced, and whoever asks it next is told.
  pool.on("error", () => {});
  pool.on("connect", (client) => void client.on("error", () => {}));
  return new PostgresDialect({ pool });
}

/** Refuses a server that acknowledges before it has synced (PostgreSQL, "Asynchronous Commit" and "fsync"). */
export async function assertDurable(kysely: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ name: string; setting: string }>`
    select name, setting from pg_settings where name in ('synchronous_commit', 'fsync', 'full_page_writes')`.execute(kysely);
  const off = rows.filter(({ setting }) => setting === "off").map(({ name }) => name);
  if (off.length > 0 || rows.length !== 3)
    throw new GateError(
      "UNSAFE_STORAGE",
      `PostgreSQL runs with ${off.join(", ")} off, and would lose what was acknowledged\n  Set ${off.map((name) => `${name} = on`).join(", ")}.`,
    );
}
