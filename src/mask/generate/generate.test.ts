import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { POSTGRES_INSTALL, type PostgresServer, postgresPrograms, startPostgres } from "../../lib/postgres-support.ts";
import { connect } from "../postgres/connect.ts";
import { generate } from "./generate.ts";

const programs = postgresPrograms();
const corpus = join(process.env["BULKHEAD_CORPUS"] ?? fileURLToPath(new URL("../../../../shared/corpus", import.meta.url)), "data");
const SAMPLES: Readonly<Record<string, string>> = {
  pagila: "rwnx+pynonymizer/tests_integration/postgres/pagila.sql.gz",
  chinook: "lerocha+chinook-database/ChinookDatabase/DataSources/Chinook_PostgreSql.sql",
  northwind: "pthom+northwind_psql/northwind.sql",
};

describe.skipIf(programs === undefined)(`an empty schema (${POSTGRES_INSTALL})`, () => {
  let server: PostgresServer;
  const run = (program: string, args: readonly string[], input: string): string => {
    const { stdout, stderr, status } = spawnSync(join(server.programs, program), args, { input, encoding: "utf8", maxBuffer: 1 << 28 });
    if (status !== 0) throw new Error(stderr);
    return stdout;
  };
  const psql = (database: string, input: string, ...more: string[]): string =>
    run("psql", ["-X", "-q", "-A", "-t", ...more, server.url(database)], input);
  const one = async (database: string, text: string): Promise<unknown> => {
    const client = await connect(server.url(database));
    try {
      await client.query("SET search_path = public");
      return Object.values((await client.query<Record<string, unknown>>(text)).rows[0] ?? {})[0];
    } finally {
      await client.end();
    }
  };

  beforeAll(async () => {
    server = await startPostgres(programs as string, { settings: { fsync: "off" } });
    for (const name of ["shop", "again", "held"]) {
      psql("postgres", `CREATE DATABASE ${name}`);
      psql(name, readFileSync(new URL("fixtures/shop.sql", import.meta.url), "utf8"), "-v", "ON_ERROR_STOP=1");
    }
  });
  afterAll(() => server?.stop());

  test("is filled with every constraint kept, circles and partitions too", async () => {
    const generated = await generate(server.url("shop"), { rows: 150, tableRows: new Map([["public.team", 7]]), seed: 3 });
    expect(Object.fromEntries(generated.map(({ table, rows }) => [table, rows]))).toEqual({
      "public.team": 7,
      "public.person": 150,
      "public.profile": 150,
      "public.project": 150,
      "public.membership": 150,
      "public.hours": 150,
      "public.event": 150,
    });
    // The database has judged every row; these are what it does not judge.
    expect(await one("shop", "SELECT count(DISTINCT lead_id) > 1 FROM team")).toBe(true);
    expect(await one("shop", "SELECT count(*) BETWEEN 80 AND 149 FROM person WHERE manager_id IS NOT NULL")).toBe(true);
    expect(await one("shop", "SELECT every(email LIKE '%@example.com') FROM person")).toBe(true);
    expect(await one("shop", "SELECT every(birth_date < '2008-01-01') FROM person")).toBe(true);
    expect(await one("shop", "SELECT count(*) > 10 FROM event_1")).toBe(true);
    expect(await one("shop", "SELECT count(DISTINCT first_name) > 50 FROM person")).toBe(true);
    // The circle's key is what it was, and sequences go on behind the rows.
    expect(await one("shop", "SELECT condeferrable FROM pg_constraint WHERE conname = 'team_lead'")).toBe(false);
    expect(await one("shop", "SELECT nextval('team_id_seq')::int")).toBe(8);
  });

  test("is filled with the same rows by the same seed, and with others by another", async () => {
    const dump = (database: string): string => psql(database, "SELECT first_name, email, birth_date, tags FROM person ORDER BY id");
    await generate(server.url("again"), { rows: 150, tableRows: new Map([["public.team", 7]]), seed: 3 });
    expect(dump("again")).toBe(dump("shop"));
    await generate(server.url("held"), { rows: 150, tableRows: new Map([["public.team", 7]]), seed: 4 });
    expect(dump("held")).not.toBe(dump("shop"));
  });

  test("alone is filled: one that holds rows is left as it is", async () => {
    await expect(generate(server.url("shop"))).rejects.toThrow("holds rows");
    expect(await one("shop", "SELECT count(*)::int FROM person")).toBe(150);
  });

  test("stays empty when a constraint cannot be kept", async () => {
    psql("postgres", "CREATE DATABASE never");
    psql("never", "CREATE TABLE first (id int PRIMARY KEY); CREATE TABLE second (id int PRIMARY KEY, y int NOT NULL CHECK (y * y = -1))");
    await expect(generate(server.url("never"), { rows: 3 })).rejects.toThrow("second_y_check");
    expect(await one("never", "SELECT count(*)::int FROM first")).toBe(0);
  });

  test.skipIf(!existsSync(corpus)).each(Object.keys(SAMPLES))("of %s is filled (needs data/ of the corpus)", async (name) => {
    const bytes = readFileSync(join(corpus, SAMPLES[name] as string));
    const text = (name === "pagila" ? gunzipSync(bytes) : bytes)
      .toString("utf8")
      .replaceAll(/^(DROP DATABASE|CREATE DATABASE|\\c) .*$/gm, "");
    psql("postgres", `CREATE DATABASE ${name}; CREATE DATABASE ${name}_empty`);
    psql(name, text);
    psql(`${name}_empty`, run("pg_dump", ["--schema-only", server.url(name)], ""));
    const generated = await generate(server.url(`${name}_empty`), { rows: 60 });
    console.log(`${name}: ${generated.map(({ table, rows }) => `${table.replace("public.", "")} ${rows}`).join(", ")}`);
    expect(generated.length).toBeGreaterThan(8);
    expect(generated.filter(({ rows }) => rows === 0)).toEqual([]);
  });
});
