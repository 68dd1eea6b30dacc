import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { POSTGRES_INSTALL, type PostgresServer, postgresPrograms, startPostgres } from "../../lib/postgres-support.ts";
import type { Column } from "../masker.ts";
import type { Choice } from "../maskers/choice.ts";
import { compileMasking } from "../maskers/registry.ts";
import { createPrf } from "../prf/prf.ts";
import { maskText } from "../text-masking.ts";
import { sqlFor } from "./context.ts";

const key = Buffer.alloc(32, 9);
const columnOf = (type: string, maxLength?: number): Column => ({
  schema: "public",
  table: "t",
  name: "v",
  isUnique: false,
  domain: "public.t.v",
  type,
  ...(maxLength !== undefined && { maxLength }),
});

const words = fc.string({ unit: "grapheme-composite", maxLength: 80 }).filter((text) => !text.includes("\0"));
const texts = [
  "",
  "ann@corp.test",
  "x".repeat(51),
  "x".repeat(52),
  "x".repeat(200),
  "Łódź 東京 '\"\\",
  ...fc.sample(words, { numRuns: 150, seed: 3 }),
];
const dates = ["1984-02-29", "1970-01-01", "2026-11-24", "0004-03-01", "2000-12-31"];

const cases: readonly (readonly [Choice, Column, readonly string[]])[] = [
  ["hash", columnOf("text"), texts],
  [{ masker: "hash", length: 12 }, columnOf("text"), texts],
  ["name", columnOf("text"), texts],
  [{ masker: "name", part: "given", locale: "pl" }, columnOf("text"), texts],
  [{ masker: "name", part: "family", unique: true }, columnOf("text"), texts],
  ["email", columnOf("text"), texts],
  [{ masker: "email", domains: ["mail.example.com"] }, columnOf("character varying", 32), texts],
  [{ masker: "constant", value: "it's" }, columnOf("text"), texts],
  [{ masker: "redact", word: "[gone]" }, columnOf("text"), texts],
  ["date", columnOf("date"), dates],
  [{ masker: "date", days: 3000 }, columnOf("date"), dates],
];

const masked = (choice: Choice, column: Column, values: readonly string[]): readonly string[] => {
  const masking = compileMasking(choice, column, createPrf(key).derive(column.domain));
  return values.map((value) => maskText(masking, value));
};
const nameOf = ([choice, column]: (typeof cases)[number]): string => `${JSON.stringify(choice)} on ${column.type}`;

test("what walks cannot be said", () => {
  for (const choice of [
    "integer",
    "text",
    "uuid",
    { masker: "email", foldCase: true },
    { masker: "redact" },
    { masker: "date", subject: "id" },
  ] as const)
    expect(sqlFor(choice, columnOf("text"), "postgres", key, "v")).toBeUndefined();
});

describe("in DuckDB", () => {
  test.each(cases.map((each) => [nameOf(each), each] as const))("%s is what its masker gives", async (_name, [choice, column, values]) => {
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    const type = column.type === "date" ? "DATE" : "VARCHAR";
    await connection.run(`CREATE TABLE t (n INTEGER, v ${type})`);
    for (const [at, value] of values.entries()) await connection.run(`INSERT INTO t VALUES (${at}, CAST(? AS ${type}))`, [value]);
    await connection.run("INSERT INTO t VALUES (-1, NULL)");
    const expression = sqlFor(choice, column, "duckdb", key, "v") as string;
    const rows = (await connection.runAndReadAll(`SELECT CAST(${expression} AS VARCHAR) FROM t ORDER BY n`))
      .getRows()
      .map(([value]) => value);
    expect(rows).toEqual([null, ...masked(choice, column, values)]);
    connection.closeSync();
  });
});

const programs = postgresPrograms();
describe.skipIf(programs === undefined)(`in PostgreSQL (${POSTGRES_INSTALL})`, () => {
  let server: PostgresServer;
  let client: pg.Client;
  beforeAll(async () => {
    server = await startPostgres(programs as string, { settings: { fsync: "off" } });
    client = new pg.Client({ connectionString: server.url() });
    await client.connect();
  });
  afterAll(async () => {
    await client?.end();
    await server?.stop();
  });

  test.each(cases.map((each) => [nameOf(each), each] as const))("%s is what its masker gives", async (_name, [choice, column, values]) => {
    const expression = sqlFor(choice, column, "postgres", key, "v") as string;
    const { rows } = await client.query<{ masked: string | null }>(
      `SELECT (${expression})::text AS masked FROM unnest($1::text[]) WITH ORDINALITY AS given (text, n) CROSS JOIN LATERAL (SELECT text::${column.type} AS v) AS typed ORDER BY n`,
      [[...values, null]],
    );
    expect(rows.map((row) => row.masked)).toEqual([...masked(choice, column, values), null]);
  });
});
