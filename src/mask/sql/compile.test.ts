// A whole policy as SQL gives, row for row, what a copy gives: in PostgreSQL itself, and in DuckDB over the same rows.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { POSTGRES_INSTALL, type PostgresServer, postgresPrograms, startPostgres } from "../../lib/postgres-support.ts";
import { loadPolicy } from "../policy/load.ts";
import { formatPolicyProblems } from "../policy/problem.ts";
import type { MaskPlan } from "../policy/plan.ts";
import { connect } from "../postgres/connect.ts";
import { maskDatabase, planDatabase } from "../postgres/run.ts";
import { compilePlan } from "./compile.ts";

const programs = postgresPrograms();
const KEY = new Uint8Array(32).fill(4);
const TABLES = `
CREATE TABLE people (id integer PRIMARY KEY, name text, email text UNIQUE, born date, secret text, note varchar(20));
CREATE TABLE orders (id integer PRIMARY KEY, email text REFERENCES people (email), total numeric(8,2));
INSERT INTO people SELECT n, CASE WHEN n % 7 = 0 THEN NULL ELSE 'Person ' || n END, 'p' || n || '@corp.test', date '1950-01-01' + n * 31, 's' || n, 'it''s ' || n FROM generate_series(1, 300) n;
INSERT INTO orders SELECT n, 'p' || (1 + n % 300) || '@corp.test', n * 1.5 FROM generate_series(1, 600) n;`;
const POLICY = `masking: 1
tables:
  public.people:
    columns: { id: keep, name: { mask: name }, email: { mask: email }, born: { mask: date }, secret: "null", note: { mask: hash } }
  public.orders:
    columns: { id: keep, email: inherit, total: keep }
`;

function policyOf(text: string) {
  const loaded = loadPolicy(text, "masking.yaml");
  if (!loaded.ok) throw new Error(formatPolicyProblems(loaded.error));
  return loaded.value;
}

describe.runIf(programs !== undefined)(`a policy as SQL (${POSTGRES_INSTALL})`, () => {
  let server: PostgresServer;
  let plan: MaskPlan;
  const copied: Record<string, readonly unknown[]> = {};
  const ask = async (database: string, sql: string): Promise<readonly unknown[]> => {
    const client = await connect(server.url(database));
    try {
      const { rows } = await client.query({ text: `SELECT row_to_json(r)::text AS row FROM (${sql}) r ORDER BY 1` });
      return rows.map(({ row }: { row: string }) => JSON.parse(row) as unknown);
    } finally {
      await client.end();
    }
  };
  beforeAll(async () => {
    server = await startPostgres(programs as string, { settings: { fsync: "off" } });
    const psql = (database: string, input: string): void => {
      const { status, stderr } = spawnSync(join(server.programs, "psql"), ["-Xq", "-v", "ON_ERROR_STOP=1", server.url(database)], {
        input,
        encoding: "utf8",
      });
      if (status !== 0) throw new Error(stderr);
    };
    psql("postgres", "CREATE DATABASE source");
    psql("source", TABLES);
    const policy = policyOf(POLICY);
    const planned = await planDatabase(server.url("source"), policy);
    const report = await maskDatabase({ from: server.url("source"), to: server.url("copy"), policy, key: KEY });
    if (!planned.ok || !report.ok) throw new Error("the policy has problems");
    plan = planned.value;
    for (const table of ["people", "orders"]) copied[table] = await ask("copy", `SELECT * FROM public.${table}`);
  });
  afterAll(() => server.stop());

  test("in PostgreSQL", async () => {
    const compiled = compilePlan(plan, KEY, "postgres");
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
    expect(compiled.value.map(({ id }) => id).toSorted()).toEqual(["public.orders", "public.people"]);
    for (const { id, select } of compiled.value) expect(await ask("source", select)).toEqual(copied[id.replace("public.", "")]);
  });

  test("in DuckDB", async () => {
    const compiled = compilePlan(plan, KEY, "duckdb");
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
    const duck = await (await DuckDBInstance.create(":memory:")).connect();
    await duck.run("CREATE SCHEMA public");
    await duck.run("CREATE TABLE public.people (id integer, name varchar, email varchar, born date, secret varchar, note varchar)");
    await duck.run("CREATE TABLE public.orders (id integer, email varchar, total decimal(8,2))");
    await duck.run(
      `INSERT INTO public.people SELECT n, CASE WHEN n % 7 = 0 THEN NULL ELSE 'Person ' || n END, 'p' || n || '@corp.test', date '1950-01-01' + (n * 31)::INTEGER, 's' || n, 'it''s ' || n FROM range(1, 301) t(n)`,
    );
    await duck.run(`INSERT INTO public.orders SELECT n, 'p' || (1 + n % 300) || '@corp.test', n * 1.5 FROM range(1, 601) t(n)`);
    for (const { id, select } of compiled.value) {
      const { columns, order } =
        id === "public.people"
          ? { columns: "id, name, email, born, secret, note", order: "id" }
          : { columns: "id, email, total", order: "id" };
      const rows = (
        await duck.runAndReadAll(`SELECT to_json(r)::VARCHAR FROM (SELECT ${columns} FROM (${select})) r ORDER BY ${order}`)
      ).getRows();
      const byId = (one: unknown, other: unknown): number => (one as { id: number }).id - (other as { id: number }).id;
      expect(rows.map(([row]) => JSON.parse(String(row)) as unknown)).toEqual(
        [...(copied[id.replace("public.", "")] ?? [])].toSorted(byId),
      );
    }
  });

  test("a masker that cannot be said is named with its column, and nothing is written for the others", async () => {
    const planned = await planDatabase(server.url("source"), policyOf(POLICY.replace("id: keep, name", "id: { mask: integer }, name")));
    if (!planned.ok) throw new Error("the policy has problems");
    expect(compilePlan(planned.value, KEY, "spark")).toMatchObject({
      ok: false,
      error: [{ table: "public.people", column: "id", masker: "integer" }],
    });
  });
});
