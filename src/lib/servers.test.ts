// The database servers that other tests start, started: they answer, and what was committed outlives a kill.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { hasMariadb, startMariadb } from "./mariadb-support.ts";
import { postgresPrograms, startPostgres } from "./postgres-support.ts";

const programs = postgresPrograms();

describe.skipIf(programs === undefined)("PostgreSQL", () => {
  test("answers, and keeps what was committed when it is killed", async () => {
    const server = await startPostgres(programs as string);
    const ask = (sql: string): string =>
      spawnSync(join(server.programs, "psql"), ["-XAtq", server.url(), "-c", sql], { encoding: "utf8" }).stdout.trim();
    try {
      ask("create table kept (at int)");
      ask("insert into kept values (7)");
      await server.kill();
      await server.start();
      expect(ask("select at from kept")).toBe("7");
    } finally {
      await server.stop();
    }
  });
});

describe.skipIf(!hasMariadb())("MariaDB", () => {
  test("answers", async () => {
    const server = await startMariadb();
    try {
      const asked = spawnSync("mariadb", ["--no-defaults", "-h127.0.0.1", `-P${server.port}`, "-uroot", "-Ne", "select 6 * 7"], {
        encoding: "utf8",
      });
      expect(asked.stdout.trim()).toBe("42");
    } finally {
      await server.stop();
    }
  });
});
