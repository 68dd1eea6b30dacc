// For tests: fresh databases of both kinds. Where PostgreSQL is not installed, its tests are reported as skipped with the line that installs it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe } from "vitest";
import { POSTGRES_INSTALL, postgresPrograms, type PostgresServer, startPostgres } from "../../lib/postgres-support.ts";
import type { Kind } from "./schema.ts";

export interface Databases {
  readonly kind: Kind;
  /** Where a database is that nobody has used yet, as `openDatabase` takes it. */
  fresh(): Promise<string>;
  /** The running PostgreSQL; undefined for SQLite. */
  server(): PostgresServer | undefined;
}

/** Runs the same tests on both kinds. */
export function onBothDatabases(title: string, tests: (databases: Databases) => void): void {
  describe(`${title}, embedded`, () => {
    const folders: string[] = [];
    afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));
    tests({
      kind: "sqlite",
      fresh: async () => {
        const folder = mkdtempSync(join(tmpdir(), "bulkhead-data-"));
        folders.push(folder);
        return folder;
      },
      server: () => undefined,
    });
  });
  const programs = postgresPrograms();
  const suite = programs === undefined ? describe.skipIf(true) : describe;
  suite(`${title}, on PostgreSQL${programs === undefined ? ` (${POSTGRES_INSTALL})` : ""}`, () => {
    let server: PostgresServer | undefined;
    let count = 0;
    beforeAll(async () => void (server = await startPostgres(programs as string)));
    afterAll(() => server?.stop());
    tests({
      kind: "postgres",
      fresh: async () => {
        const name = `fresh_${++count}`;
        const client = new pg.Client({ connectionString: (server as PostgresServer).url() });
        await client.connect();
        await client.query(`create database ${name}`);
        await client.end();
        return (server as PostgresServer).url(name);
      },
      server: () => server,
    });
  });
}
