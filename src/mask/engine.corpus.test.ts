// Real sample databases, live and as dumps, in PostgreSQL and MariaDB: rows, keys and joins stay, and names do not.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasMariadb, type MariadbServer, startMariadb } from "../lib/mariadb-support.ts";
import { type PostgresServer, postgresPrograms, startPostgres } from "../lib/postgres-support.ts";
import { intoFile, maskDump, plainDump, readDumpInventory } from "./dump/run.ts";
import type { Inventory } from "./inventory.ts";
import { maskMysql } from "./mysql/run.ts";
import { type LoadedPolicy, loadPolicy } from "./policy/load.ts";
import { formatPolicyProblems } from "./policy/problem.ts";
import { connect } from "./postgres/connect.ts";
import { openSnapshot, maskDatabase } from "./postgres/run.ts";

const corpus = join(process.env["BULKHEAD_CORPUS"] ?? fileURLToPath(new URL("../../../shared/corpus", import.meta.url)), "data");
const CHINOOK = "lerocha+chinook-database/ChinookDatabase/DataSources";
const programs = postgresPrograms();
const KEY = new Uint8Array(32).fill(3);
const has = (file: string): boolean => {
  const found = existsSync(join(corpus, file));
  if (!found) console.warn(`${file} is not there: set BULKHEAD_CORPUS to the folder of the corpus`);
  return found;
};
/** What makes and enters the database is the loader's. */
const read = (file: string): string => readFileSync(join(corpus, file), "utf8").replaceAll(/^(\\c|(DROP|CREATE) DATABASE|USE) .*$/gim, "");

/** Children inherit, texts and numbers of keys are masked, the rest is kept. */
function policyFor({ tables, foreignKeys }: Inventory): LoadedPolicy {
  const text = ["masking: 1", "tables:"];
  for (const table of tables) {
    text.push(`  ${table.id}:`, "    columns:");
    for (const { name, type } of table.columns) {
      const isChild = foreignKeys.some(({ from, columns }) => from === table.id && columns.includes(name));
      const isKey = table.uniqueKeys.some(({ columns }) => columns.includes(name));
      const isText = /^(text|character varying)$/.test(type);
      const rule = isChild
        ? "inherit"
        : isText
          ? "{ mask: text }"
          : isKey && /^(integer|smallint)$/.test(type)
            ? "{ mask: integer }"
            : "keep";
      text.push(`      ${name}: ${rule}`);
    }
  }
  const loaded = loadPolicy(text.join("\n"), "masking.yaml");
  if (!loaded.ok) throw new Error(formatPolicyProblems(loaded.error));
  return loaded.value;
}

const joinCounts = ({ tables, foreignKeys }: Inventory, quote: string): string =>
  [
    ...tables.map(
      ({ id }) =>
        `SELECT '${id}', count(*) FROM ${id
          .split(".")
          .map((each) => quote + each + quote)
          .join(".")}`,
    ),
    ...foreignKeys.map(({ from, columns, to, toColumns, name }) => {
      const of = (id: string): string =>
        id
          .split(".")
          .map((each) => quote + each + quote)
          .join(".");
      return `SELECT '${name}', count(*) FROM ${of(from)} c JOIN ${of(to)} p ON ${columns.map((column, at) => `c.${quote}${column}${quote} = p.${quote}${toColumns[at] ?? ""}${quote}`).join(" AND ")}`;
    }),
  ].join(" UNION ALL ");

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bulkhead-corpus-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function maskedDump(text: string, dialect: "postgres" | "mysql", policy?: LoadedPolicy): Promise<string> {
  const [from, to] = [join(folder, "in.sql"), join(folder, "out.sql")];
  rmSync(to, { force: true });
  writeFileSync(from, text);
  const open = plainDump(from, dialect);
  const result = await intoFile(to, async (out) =>
    maskDump({ open, dialect, policy: policy ?? policyFor(await readDumpInventory(open, dialect)), key: KEY, out }),
  );
  if (!result.ok) throw new Error(formatPolicyProblems(result.error));
  return readFileSync(to, "utf8");
}

const POSTGRES = {
  chinook: [`${CHINOOK}/Chinook_PostgreSql.sql`, "AC/DC"],
  northwind: ["pthom+northwind_psql/northwind.sql", "Maria Anders"],
} as const;

describe.runIf(programs !== undefined)("PostgreSQL", () => {
  let server: PostgresServer;
  const psql = (database: string, input: string): string => {
    const { status, stdout, stderr } = spawnSync(
      join(server.programs, "psql"),
      ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", server.url(database)],
      { input, encoding: "utf8", maxBuffer: 1 << 26 },
    );
    if (status !== 0) throw new Error(stderr);
    return stdout;
  };
  beforeAll(async () => {
    server = await startPostgres(programs as string, { settings: { fsync: "off" } });
  });
  afterAll(() => server.stop());

  for (const [name, [file, known]] of Object.entries(POSTGRES))
    test.runIf(has(file))(`${name}: the database and its dump`, async () => {
      psql("postgres", `CREATE DATABASE ${name}`);
      psql(name, read(file));
      const { source, inventory } = await openSnapshot(server.url(name));
      await source.end();
      const policy = policyFor(inventory);
      const report = await maskDatabase({ from: server.url(name), to: server.url(`${name}_masked`), policy, key: KEY });
      if (!report.ok) throw new Error(formatPolicyProblems(report.error));
      const counts = joinCounts(inventory, '"');
      const sorted = (text: string): string[] => text.trim().split("\n").toSorted();
      expect(sorted(psql(`${name}_masked`, counts))).toEqual(sorted(psql(name, counts)));
      psql("postgres", `CREATE DATABASE ${name}_loaded TEMPLATE template0`);
      const dump = await maskedDump(read(file), "postgres", policy);
      expect(read(file)).toContain(known);
      expect(dump).not.toContain(known);
      psql(`${name}_loaded`, dump);
      const rows = async (database: string): Promise<unknown[]> => {
        const client = await connect(server.url(database));
        const found: unknown[] = [];
        for (const { schema, name: table } of inventory.tables)
          found.push((await client.query(`SELECT t::text FROM "${schema}"."${table}" t ORDER BY 1`)).rows);
        await client.end();
        return found;
      };
      expect(await rows(`${name}_loaded`)).toEqual(await rows(`${name}_masked`));
    });
});

describe.runIf(hasMariadb())("MariaDB", () => {
  const file = `${CHINOOK}/Chinook_MySql.sql`;
  let server: MariadbServer;
  beforeAll(async () => {
    server = await startMariadb();
  });
  afterAll(() => server.stop());

  test.runIf(has(file))("chinook: the database and its dump", async () => {
    const sql = (database: string, input: string): string => {
      const words = [
        "--no-defaults",
        "-h",
        "127.0.0.1",
        "-P",
        String(server.port),
        "-u",
        "root",
        "--default-character-set=utf8mb4",
        "-N",
        "-B",
        database,
      ];
      const { status, stdout, stderr } = spawnSync("mariadb", words, { input, encoding: "utf8", maxBuffer: 1 << 26 });
      if (status !== 0) throw new Error(stderr);
      return stdout;
    };
    for (const name of ["chinook", "loaded"]) sql("mysql", `CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
    sql("chinook", read(file));
    writeFileSync(join(folder, "chinook.sql"), read(file));
    const inventory = await readDumpInventory(plainDump(join(folder, "chinook.sql"), "mysql"), "mysql");
    const policy = policyFor(inventory);
    const report = await maskMysql({ from: server.url("chinook"), to: server.url("masked"), policy, key: KEY });
    if (!report.ok) throw new Error(formatPolicyProblems(report.error));
    const counts = joinCounts(inventory, "`");
    expect(sql("masked", counts)).toBe(sql("chinook", counts));
    const dump = await maskedDump(read(file), "mysql", policy);
    expect(dump).not.toContain("AC/DC");
    sql("loaded", dump);
    expect(sql("loaded", counts)).toBe(sql("chinook", counts));
    const customers = "SELECT * FROM Customer ORDER BY CustomerId";
    expect(sql("loaded", customers)).toBe(sql("masked", customers));
  });
});
