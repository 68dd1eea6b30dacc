// Law: a dump that was masked holds what the database would hold that was masked directly, whatever form the dump has.
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { postgresPrograms, type PostgresServer, startPostgres } from "../../lib/postgres-support.ts";
import { type LoadedPolicy, loadPolicy } from "../policy/load.ts";
import { formatPolicyProblems } from "../policy/problem.ts";
import { maskDatabase } from "../postgres/run.ts";
import type { RunReport } from "../report.ts";
import { dumpOfProgram } from "./program.ts";
import { intoFile, maskDump, plainDump, planDump } from "./run.ts";

const programs = postgresPrograms();
const KEY = new Uint8Array(32).fill(7);
const fixture = (name: string): string => readFileSync(join(import.meta.dirname, "../postgres/fixtures", name), "utf8");

const policyOf = (text: string): LoadedPolicy => {
  const loaded = loadPolicy(text, "masking.yaml");
  if (!loaded.ok) throw new Error(formatPolicyProblems(loaded.error));
  return loaded.value;
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bulkhead-dump-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function mask(text: string, policy: string): Promise<{ readonly text: string; readonly report: RunReport }> {
  const from = join(folder, "in.sql");
  const to = join(folder, "out.sql");
  writeFileSync(from, text);
  rmSync(to, { force: true });
  const result = await intoFile(to, (out) =>
    maskDump({ open: plainDump(from, "postgres"), dialect: "postgres", policy: policyOf(policy), key: KEY, out }),
  );
  if (!result.ok) throw new Error(formatPolicyProblems(result.error));
  return { text: readFileSync(to, "utf8"), report: result.value };
}

describe.runIf(programs !== undefined)("a dump of every oddity", () => {
  let server: PostgresServer;
  const psql = (database: string, input: string): string => {
    const { status, stdout, stderr } = spawnSync(
      join(server.programs, "psql"),
      ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", server.url(database)],
      { input, encoding: "utf8" },
    );
    if (status !== 0) throw new Error(stderr);
    return stdout;
  };
  const dump = (database: string, ...words: readonly string[]): string => {
    const { status, stdout, stderr } = spawnSync(join(server.programs, "pg_dump"), [...words, server.url(database)], {
      encoding: "utf8",
      maxBuffer: 1 << 28,
    });
    if (status !== 0) throw new Error(stderr);
    return stdout;
  };
  /** Rows in an order of their own, and definitions; not the keys of psql, which differ each time. */
  const contents = (database: string): string[] =>
    dump(database, "--no-comments")
      .split("\n")
      .filter((line) => line !== "" && !/^(--|\\(un)?restrict)/.test(line))
      .toSorted();

  beforeAll(async () => {
    server = await startPostgres(programs as string, { settings: { fsync: "off" } });
    psql("postgres", "CREATE DATABASE odd");
    psql("odd", fixture("oddities.sql"));
    const report = await maskDatabase({
      from: server.url("odd"),
      to: server.url("direct"),
      policy: policyOf(fixture("oddities.yaml")),
      key: KEY,
    });
    if (!report.ok) throw new Error(formatPolicyProblems(report.error));
  });
  afterAll(() => server.stop());

  test("an archive, as pg_restore reads it", async () => {
    const file = join(folder, "odd.dump");
    dump("odd", "--format=custom", `--file=${file}`);
    const open = () => dumpOfProgram({ name: "pg_restore", words: ["--file=-", file], environment: process.env }, "postgres");
    const to = join(folder, "archive.sql");
    const result = await intoFile(to, (out) =>
      maskDump({ open, dialect: "postgres", policy: policyOf(fixture("oddities.yaml")), key: KEY, out }),
    );
    expect(result.ok).toBe(true);
    psql("postgres", "CREATE DATABASE archived TEMPLATE template0");
    psql("archived", readFileSync(to, "utf8"));
    expect(contents("archived")).toEqual(contents("direct"));
  });

  test.each([
    ["COPY", []],
    ["INSERT", ["--inserts"]],
    ["INSERT with columns, several rows each", ["--column-inserts", "--rows-per-insert=100"]],
    ["names in quotes", ["--quote-all-identifiers"]],
  ])("%s", async (_, words) => {
    const masked = await mask(dump("odd", ...words), fixture("oddities.yaml"));
    expect(masked.text).not.toMatch(/person\d+@example\.com|Person Number|Jane Roe/);
    psql("postgres", "DROP DATABASE IF EXISTS loaded");
    psql("postgres", "CREATE DATABASE loaded TEMPLATE template0");
    psql("loaded", masked.text);
    expect(contents("loaded")).toEqual(contents("direct"));
    expect(masked.report.tables.find(({ id }) => id === "public.customers")).toMatchObject({
      rows: 500,
      columns: expect.arrayContaining([expect.objectContaining({ name: "email", changed: 500, nulls: 0 })]),
    });
  });
});

test.runIf(programs !== undefined)("an archive of pg_restore that is none says so", async () => {
  const file = join(folder, "none.dump");
  writeFileSync(file, "PGDMP and then nothing");
  const open = () => dumpOfProgram({ name: "pg_restore", words: ["--file=-", file], environment: process.env }, "postgres");
  await expect(planDump(open, "postgres", policyOf(SMALL))).rejects.toThrow(/pg_restore ended with status 1/);
  const absent = () => dumpOfProgram({ name: "no-such-program", words: [], environment: process.env }, "postgres");
  await expect(planDump(absent, "postgres", policyOf(SMALL))).rejects.toThrow(/cannot be started/);
});

const SMALL = "masking: 1\ntables:\n  public.t:\n    columns: { a: { mask: hash }, b: keep }\n";

test.each([
  [
    "strings of every form",
    "CREATE TABLE t (a text, b text);\nINSERT INTO t VALUES (E'x\\'y', $q$it's$q$), ('a''b', N'n'), ($$z$$, '\\');\n",
    /^INSERT INTO "public"."t" \("a", "b"\) VALUES\n\('[0-9a-f]{32}', \$q\$it's\$q\$\),\n\('[0-9a-f]{32}', N'n'\),\n\('[0-9a-f]{32}', '\\'\);$/m,
  ],
  [
    "a semicolon in a string, a name, a comment and a body",
    "CREATE TABLE t (a text, b text DEFAULT ';' /* ; */); -- ;\nCREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ SELECT ';'; $$;\nCREATE FUNCTION g() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; END;\n",
    /END;$/m,
  ],
  [
    "old dumps, whose strings have escapes",
    "SET standard_conforming_strings = off;\nCREATE TABLE t (a text, b text);\nINSERT INTO t VALUES ('x\\'y', 'k');\n",
    /\('[0-9a-f]{32}', 'k'\);/,
  ],
])("%s", async (_, dump, expected) => {
  expect((await mask(dump, SMALL)).text).toMatch(expected);
});

test.each([
  ["an expression", "INSERT INTO t VALUES (lower('x'), 'b');", /in.sql:2 {2}rows of public.t: a value is an expression/],
  ["a query", "INSERT INTO t SELECT 1, 2;", /in.sql:2 {2}rows are written in a way that is not understood/],
  ["too few values", "INSERT INTO t VALUES ('x');", /a row has 1 values for 2 columns/],
  ["too many values", "INSERT INTO t VALUES ('x', 'y', 'z');", /more than the 2 values/],
  ["an update", "UPDATE t SET a = 'x';", /in.sql:2 {2}a statement is not understood: update t set a/],
  ["a block", "DO $$ BEGIN END $$;", /a statement is not understood: do '…'/],
  ["a command of psql", "\\connect other", /in.sql:2 {2}a command of psql/],
  ["a table out of a query", "CREATE TABLE u AS SELECT 'Jane';", /a definition is not understood/],
  ["rows from a file", "COPY t FROM '/etc/passwd';", /not understood/],
  ["a row that is not whole", "COPY t FROM stdin;\nx\n\\.\n", /in.sql:3 {2}a row has fewer fields/],
  ["rows without an end", "COPY t FROM stdin;\nx\ty\n", /breaks off inside the rows/],
  ["a string without an end", "INSERT INTO t VALUES ('x", /breaks off inside a statement/],
  ["a table that is not defined", "INSERT INTO v VALUES (1);", /rows of public.v, which the dump does not define/],
  ["large objects", "SELECT pg_catalog.lo_create('1');", /1 large objects/],
  ["another encoding", "SET client_encoding = 'LATIN1';", /a definition is not understood/],
])("%s is refused, and nothing is left", async (_, text, message) => {
  await expect(mask(`CREATE TABLE t (a text, b text);\n${text}\n`, SMALL)).rejects.toThrow(message);
  expect(() => closeSync(openSync(join(folder, "out.sql"), "r"))).toThrow(/ENOENT/);
});

test("a table that the policy does not declare stops the run", async () => {
  await expect(mask("CREATE TABLE t (a text, b text);\nCREATE TABLE u (c int);\n", SMALL)).rejects.toThrow(
    'table "public.u" is not declared',
  );
});
