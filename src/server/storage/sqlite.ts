// The embedded database: node's own SQLite behind Kysely, with a write-ahead log that is synced at every commit.
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { SqliteDialect } from "kysely";

/** Prepared statements that are kept: the gate writes the same few all day. */
const MOST_PREPARED = 200;

/** `synchronous=FULL` syncs the log at each commit (SQLite, "PRAGMA synchronous"): what was acknowledged is there after a power cut. */
export function sqliteDialect(file: string): SqliteDialect {
  const database = new DatabaseSync(file, { timeout: 5000 });
  for (const pragma of ["journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "trusted_schema=OFF"]) database.exec(`PRAGMA ${pragma}`);
  const prepared = new Map<string, StatementSync>();
  const statement = (sql: string): StatementSync => {
    const found = prepared.get(sql) ?? database.prepare(sql);
    if (prepared.size >= MOST_PREPARED) prepared.clear();
    prepared.set(sql, found);
    return found;
  };
  return new SqliteDialect({
    database: {
      close: () => database.close(),
      prepare: (sql) => {
        const found = statement(sql);
        return {
          reader: found.columns().length > 0,
          all: (parameters) => found.all(...(parameters as SQLInputValue[])),
          run: (parameters) => {
            const { changes, lastInsertRowid } = found.run(...(parameters as SQLInputValue[]));
            return { changes: BigInt(changes), lastInsertRowid: BigInt(lastInsertRowid) };
          },
          iterate: (parameters) => found.iterate(...(parameters as SQLInputValue[])),
        };
      },
    },
  });
}
