// Law: killed at any moment, the target is absent or complete, nothing unmasked ever stands in it, and the next run succeeds.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { postgresPrograms, type PostgresServer, startPostgres } from "../../lib/postgres-support.ts";
import { connect } from "../../mask/postgres/connect.ts";

const programs = postgresPrograms();
const KILLS = 50;
const fixtures = fileURLToPath(new URL("../../mask/postgres/fixtures/", import.meta.url));
const bulkhead = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));

describe.runIf(programs !== undefined)("a run that is killed", () => {
  let server: PostgresServer;
  let folder: string;
  beforeAll(async () => {
    server = await startPostgres(programs as string, { settings: { fsync: "off" } });
    folder = mkdtempSync(join(tmpdir(), "bulkhead-killed-"));
    writeFileSync(join(folder, "key"), "ab".repeat(32), { mode: 0o600 });
    const psql = (database: string, input: string): void => {
      const { status, stderr } = spawnSync(join(server.programs, "psql"), ["-X", "-q", "-v", "ON_ERROR_STOP=1", server.url(database)], {
        input,
        encoding: "utf8",
      });
      if (status !== 0) throw new Error(stderr);
    };
    psql("postgres", "CREATE DATABASE odd");
    psql("odd", readFileSync(join(fixtures, "oddities.sql"), "utf8"));
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const ask = async (database: string, text: string): Promise<Record<string, unknown>[]> => {
    const client = await connect(server.url(database));
    const { rows } = await client.query<Record<string, unknown>>(text).finally(() => client.end());
    return rows;
  };
  const words = (): string[] => [
    ...[bulkhead, "mask", "run", "--policy", join(fixtures, "oddities.yaml"), "--key-file", join(folder, "key")],
    ...["--from", server.url("odd"), "--to", server.url("masked")],
  ];
  const databases = async (): Promise<unknown[]> =>
    (await ask("postgres", "SELECT datname FROM pg_database WHERE datname LIKE 'bulkhead%' OR datname = 'masked' ORDER BY 1")).map(
      ({ datname }) => datname,
    );
  /** Of a table that is not there yet nothing can be seen. */
  const unmasked = async (database: string): Promise<number> => {
    const [there] = await ask(database, "SELECT to_regclass('public.customers') IS NOT NULL AS yes");
    if (there?.["yes"] !== true) return 0;
    const [row] = await ask(
      database,
      "SELECT count(*)::int AS n FROM public.customers WHERE email LIKE 'person%@example.com' OR full_name LIKE 'Person Number%'",
    );
    return row?.["n"] as number;
  };

  /** Ended by the signal, or by itself before it. */
  const killedAfter = (milliseconds: number): Promise<boolean> =>
    new Promise((ended) => {
      const child = spawn(process.execPath, words(), { stdio: "ignore" });
      const timer = setTimeout(() => child.kill("SIGKILL"), milliseconds);
      child.once("exit", (_, signal) => {
        clearTimeout(timer);
        ended(signal === "SIGKILL");
      });
    });

  test(`${KILLS} times`, { timeout: 600_000 }, async () => {
    const start = performance.now();
    expect(await killedAfter(600_000)).toBe(false);
    const whole = performance.now() - start;
    let unfinished = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      if ((await databases()).includes("masked")) await ask("postgres", "DROP DATABASE masked");
      await killedAfter(whole * (0.2 + (0.85 * kill) / KILLS));
      const left = (await databases()) as string[];
      for (const database of left) {
        expect(await unmasked(database)).toBe(0);
        if (database !== "masked") unfinished++;
        // It has its name: then it is whole, last index and sequence included.
        else expect(await ask(database, "SELECT count(*)::int AS n FROM public.moods")).toEqual([{ n: 1 }]);
      }
    }
    // Otherwise every kill came too early or too late to test anything.
    expect(unfinished).toBeGreaterThan(KILLS / 5);
    if ((await databases()).includes("masked")) await ask("postgres", "DROP DATABASE masked");
    expect(spawnSync(process.execPath, words(), { encoding: "utf8" })).toMatchObject({ status: 0 });
    expect(await databases()).toEqual(["masked"]);
  });
});
