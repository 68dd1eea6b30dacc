// Fills an empty PostgreSQL schema with made-up rows that keep its constraints; all of it, or nothing.
import pg from "pg";
import { MaskError } from "../error.ts";
import type { ForeignKey, Inventory, TableFacts } from "../inventory.ts";
import type { Locale } from "../lists/lists.ts";
import { type PgClient, connect, messageOf, quotedName, quotedTable } from "../postgres/connect.ts";
import { readInventory } from "../postgres/inventory.ts";
import { type Rules, rulesOf, sequencesOf } from "./catalog.ts";
import { orderOf } from "./order.ts";
import { type Random, randomFrom } from "./random.ts";
import { type Row, type RowMaker, rowMaker } from "./row.ts";

export interface GenerateOptions {
  /** Of every table that `tableRows` does not name. */
  readonly rows?: number;
  /** By `schema.table`. */
  readonly tableRows?: ReadonlyMap<string, number>;
  readonly seed?: number;
  readonly locale?: Locale;
}

export interface Generated {
  readonly table: string;
  readonly rows: number;
  /** More could not be told apart, or had no parents left. */
  readonly wanted: number;
}

interface Run {
  readonly client: PgClient;
  readonly inventory: Inventory;
  readonly rules: ReadonlyMap<string, Rules>;
  readonly kept: Map<string, Row[]>;
  readonly options: Required<GenerateOptions>;
}

const BATCH = 200;
const TRIES = 40;

export async function generate(
  url: string,
  { rows = 100, tableRows = new Map<string, number>(), seed = 1, locale = "en" }: GenerateOptions = {},
): Promise<readonly Generated[]> {
  const client = await connect(url);
  try {
    await client.query("BEGIN");
    const inventory = withRoots(await readInventory(client));
    const unknown = [...tableRows.keys()].find((id) => !inventory.tables.some((table) => table.id === id));
    if (unknown !== undefined) throw new MaskError("NOT_APPLICABLE", `table ${unknown} is not there\n  Write it as schema.table.`);
    await refuseRows(client, inventory);
    const rules = await rulesOf(client, inventory);
    const schemas = [...new Set(inventory.tables.map(({ schema }) => schema))].map(quotedName);
    // Triggers and defaults may name things without their schema.
    await client.query(`SET LOCAL search_path = ${[...schemas, "public", "pg_catalog"].join(", ")}`);
    const generated = await fill({ client, inventory, rules, kept: new Map(), options: { rows, tableRows, seed, locale } });
    await client.query("COMMIT");
    return generated;
  } finally {
    // Without a COMMIT nothing has happened.
    await client.end();
  }
}

/** A partition's keys are its table's: rows go in there. */
function withRoots(inventory: Inventory): Inventory {
  const rootOf = new Map(inventory.tables.map(({ id, partitionOf }) => [id, partitionOf ?? id]));
  const keys = new Map<string, ForeignKey>();
  for (const key of inventory.foreignKeys) {
    const whole = { ...key, from: rootOf.get(key.from) ?? key.from, to: rootOf.get(key.to) ?? key.to };
    const name = JSON.stringify([whole.from, whole.columns, whole.to, whole.toColumns]);
    if (!keys.has(name)) keys.set(name, whole);
  }
  return { ...inventory, foreignKeys: [...keys.values()] };
}

async function refuseRows(client: PgClient, inventory: Inventory): Promise<void> {
  for (const table of inventory.tables) {
    const { rowCount } = await client.query(`SELECT FROM ${quotedTable(table)} LIMIT 1`);
    if (rowCount !== 0)
      throw new MaskError(
        "NOT_APPLICABLE",
        `${table.id} holds rows, and only an empty schema is filled\n  Name a database whose tables are empty.`,
      );
  }
}

const tableIn = (inventory: Inventory, id: string): TableFacts => inventory.tables.find((table) => table.id === id) as TableFacts;
const isNullable = (table: TableFacts, key: ForeignKey): boolean =>
  key.columns.every((name) => table.columns.find((each) => each.name === name)?.isNullable === true);

async function fill(run: Run): Promise<readonly Generated[]> {
  const { client, inventory, options } = run;
  const order = orderOf(inventory, (key) => isNullable(tableIn(inventory, key.from), key));
  // A circle of keys that may not be null is checked at the end; the constraint gets its own setting back (ALTER TABLE, "ALTER CONSTRAINT").
  const deferred = order.later.filter((key) => !isNullable(tableIn(inventory, key.from), key));
  const alter = async (key: ForeignKey, how: string): Promise<void> =>
    void (await client.query(`ALTER TABLE ${quotedTable(tableIn(inventory, key.from))} ALTER CONSTRAINT ${quotedName(key.name)} ${how}`));
  for (const key of deferred) await alter(key, "DEFERRABLE INITIALLY DEFERRED");
  const generated: Generated[] = [];
  for (const id of order.tables) generated.push(await fillTable(run, tableIn(inventory, id), order.later));
  for (const key of order.later) await setLater(run, key, randomFrom(options.seed, "later", key.from, key.name));
  await client.query("SET CONSTRAINTS ALL IMMEDIATE");
  for (const key of deferred) await alter(key, "NOT DEFERRABLE");
  for (const { schema, name, column, sequence } of await sequencesOf(client))
    if (sequence !== null)
      await client.query(`SELECT setval($1::regclass, greatest(max(${quotedName(column)}), 1)) FROM ${quotedTable({ schema, name })}`, [
        sequence,
      ]);
  return generated;
}

async function fillTable(run: Run, table: TableFacts, later: readonly ForeignKey[]): Promise<Generated> {
  const { inventory, rules, kept, options } = run;
  const wanted = options.tableRows.get(table.id) ?? options.rows;
  const maker = rowMaker({
    table,
    rules: rules.get(table.id) as Rules,
    keys: inventory.foreignKeys.filter((key) => key.from === table.id && !later.includes(key)),
    later: new Set(later.filter((key) => key.from === table.id).flatMap(({ columns }) => columns)),
    parents: (key) => kept.get(key.to) ?? [],
    random: randomFrom(options.seed, "rows", table.id),
    locale: options.locale,
  });
  const rows: Row[] = [];
  while (rows.length < wanted) {
    const batch: Row[] = [];
    while (batch.length < Math.min(BATCH, wanted - rows.length)) {
      const row = maker.next();
      if (row === undefined) break;
      batch.push(row);
    }
    if (batch.length === 0) break;
    rows.push(...(await insertOrRepair(run.client, table, batch, maker)));
    if (batch.length < BATCH) break;
  }
  kept.set(table.id, rows);
  return { table: table.id, rows: rows.length, wanted };
}

/** A batch that some constraint refuses goes in row by row, and a refused row is made up again. */
async function insertOrRepair(client: PgClient, table: TableFacts, batch: readonly Row[], maker: RowMaker): Promise<readonly Row[]> {
  if ((await tryInsert(client, table, batch)) === undefined) return batch;
  const taken: Row[] = [];
  for (const first of batch) {
    let row: Row | undefined = first;
    let refused: unknown;
    for (let tries = 0; tries < TRIES && row !== undefined; tries++) {
      refused = await tryInsert(client, table, [row]);
      if (refused === undefined) break;
      maker.release(row);
      row = maker.next();
    }
    if (row !== undefined && refused !== undefined)
      throw new MaskError("EXHAUSTED", `${table.id}: ${TRIES} made-up rows were refused, the last one because ${messageOf(refused)}`);
    if (row !== undefined) taken.push(row);
  }
  return taken;
}

/** SQLSTATE classes 22 (data), 23 (integrity) and P0 (a trigger's own): another row may do. Anything else is no matter of the row. */
const ANOTHER_MAY_DO = /^(22|23|P0)/;

async function tryInsert(client: PgClient, table: TableFacts, rows: readonly Row[]): Promise<unknown> {
  const columns = table.columns.filter(({ isGenerated }) => !isGenerated);
  if (columns.length === 0) return undefined;
  const names = columns.map(({ name }) => quotedName(name)).join(", ");
  const values = columns.map(({ written }, at) => `v${at}::${written}`).join(", ");
  const lists = columns.map((_, at) => `$${at + 1}::text[]`).join(", ");
  await client.query("SAVEPOINT batch");
  try {
    await client.query(
      `INSERT INTO ${quotedTable(table)} (${names}) OVERRIDING SYSTEM VALUE SELECT ${values} FROM unnest(${lists}) AS rows (${columns.map((_, at) => `v${at}`).join(", ")})`,
      columns.map(({ name }) => rows.map((row) => row.get(name) ?? null)),
    );
    await client.query("RELEASE SAVEPOINT batch");
    return undefined;
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || !ANOTHER_MAY_DO.test(error.code ?? "")) throw error;
    await client.query("ROLLBACK TO SAVEPOINT batch");
    return error;
  }
}

/** Rows refer in a circle, or to rows of their own table, when all of them are there. */
async function setLater({ client, inventory, kept }: Run, key: ForeignKey, random: Random): Promise<void> {
  const table = tableIn(inventory, key.from);
  const parents = kept.get(key.to) ?? [];
  if (parents.length === 0) return;
  const nullable = isNullable(table, key);
  const { rows } = await client.query<{ ctid: string }>(`SELECT ctid::text FROM ${quotedTable(table)} ORDER BY ctid`);
  const isDistinct = table.uniqueKeys.some(
    ({ columns }) => columns.length === key.columns.length && columns.every((each) => key.columns.includes(each)),
  );
  const chosen = rows.map((_, at) =>
    isDistinct ? parents[at % parents.length] : nullable && random.next() < 0.2 ? undefined : random.pick(parents),
  );
  const types = key.columns.map((name) => table.columns.find((each) => each.name === name)?.written ?? "text");
  const set = key.columns.map((name, at) => `${quotedName(name)} = v${at}::${types[at]}`).join(", ");
  await client.query(
    `UPDATE ${quotedTable(table)} AS t SET ${set} FROM unnest($1::text[], ${key.columns.map((_, at) => `$${at + 2}::text[]`).join(", ")}) AS u (place, ${key.columns.map((_, at) => `v${at}`).join(", ")}) WHERE t.ctid = u.place::tid`,
    [rows.map(({ ctid }) => ctid), ...key.toColumns.map((name) => chosen.map((parent) => parent?.get(name) ?? null))],
  );
}
