// Moves everything from one database to another, whichever kinds they are, and compares the hash of every row.
import { createHash, type Hash } from "node:crypto";
import { type Kysely, sql } from "kysely";
import { GateError } from "../../app/gate/error.ts";
import { canonicalJson } from "../../lib/json.ts";
import type { Database, Tables } from "./schema.ts";

export interface Moved {
  readonly table: string;
  readonly rows: number;
  /** SHA-256 over the rows' hashes in order, the same in both. */
  readonly hash: string;
}

type Row = Readonly<Record<string, unknown>>;

const PAGE = 500;

/** Throws a GateError when the target holds something, or when a row of it is not the source's. Nothing of the source changes. */
export async function moveDatabase(from: Database, to: Database): Promise<readonly Moved[]> {
  const tables = await tablesOf(from);
  const targets = await tablesOf(to);
  const missing = tables.filter(({ name }) => !targets.some((each) => each.name === name));
  if (missing.length > 0) throw new GateError("UNSAFE_STORAGE", `the target lacks ${missing.map(({ name }) => name).join(", ")}`);
  for (const { name } of tables)
    if ((await countOf(to, name)) > 0)
      throw new GateError("UNSAFE_STORAGE", `the target is not empty: ${name} holds rows\n  Name an empty database.`);
  // One look at the source, so that what is written meanwhile is in none of the tables.
  const reading = from.kysely.transaction();
  return (from.kind === "postgres" ? reading.setIsolationLevel("repeatable read") : reading).execute((source) =>
    moveRows(source, to.kysely, tables),
  );
}

async function moveRows(from: Kysely<Tables>, to: Kysely<Tables>, tables: readonly Table[]): Promise<readonly Moved[]> {
  // One transaction on the target: a move that breaks leaves it empty.
  await to.transaction().execute(async (transaction) => {
    for (const table of tables)
      for await (const page of pagesOf(from, table))
        await (transaction as unknown as Inserting).insertInto(table.name).values(page).execute();
  });
  const moved: Moved[] = [];
  for (const table of tables) {
    const [source, target] = [await hashOf(from, table), await hashOf(to, table)];
    if (source.hash !== target.hash || source.rows !== target.rows)
      throw new GateError(
        "UNSAFE_STORAGE",
        `${table.name}  has ${source.rows} rows of hash ${source.hash}, and after the move ${target.rows} of ${target.hash}`,
      );
    moved.push({ table: table.name, ...source });
  }
  return moved;
}

interface Inserting {
  insertInto(table: string): { values(rows: readonly Row[]): { execute(): Promise<unknown> } };
}

interface Table {
  readonly name: string;
  readonly columns: readonly string[];
}

/** Every table but those in which the migrations are counted: the target has its own. */
async function tablesOf({ kysely }: Database): Promise<readonly Table[]> {
  const tables = await kysely.introspection.getTables();
  return tables
    .filter(({ name, isView }) => !isView && !name.startsWith("kysely_") && !name.startsWith("sqlite_"))
    .map(({ name, columns }) => ({ name, columns: columns.map((column) => column.name).toSorted() }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function countOf({ kysely }: Database, name: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) as count from ${sql.table(name)}`.execute(kysely);
  return Number(rows[0]?.count);
}

/** Rows in an order that is the same at every page. */
async function* pagesOf(kysely: Kysely<Tables>, { name, columns }: Table): AsyncIterable<readonly Row[]> {
  const order = sql.join(columns.map((column) => sql.ref(column)));
  for (let at = 0; ; at += PAGE) {
    const { rows } = await sql<Row>`select * from ${sql.table(name)} order by ${order} limit ${PAGE} offset ${at}`.execute(kysely);
    if (rows.length > 0) yield rows;
    if (rows.length < PAGE) return;
  }
}

/** Hashes of rows are put together without regard to order: collations differ. */
async function hashOf(database: Kysely<Tables>, table: Table): Promise<{ readonly rows: number; readonly hash: string }> {
  const hashes: string[] = [];
  for await (const page of pagesOf(database, table)) for (const row of page) hashes.push(rowHash(row, table.columns));
  const whole: Hash = createHash("sha256");
  for (const each of hashes.toSorted()) whole.update(each);
  return { rows: hashes.length, hash: whole.digest("hex") };
}

const rowHash = (row: Row, columns: readonly string[]): string =>
  createHash("sha256")
    .update(canonicalJson(columns.map((column) => plain(row[column]))))
    .digest("hex");

/** Bytes are told from text, and a number is one whichever driver gave it. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString("base64") };
  return typeof value === "bigint" ? Number(value) : value;
}
