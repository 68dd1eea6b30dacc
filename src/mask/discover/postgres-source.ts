// Looks at a PostgreSQL database: its catalog, and a sample of its rows or all of them.
import { type PgClient, connect, quotedName, quotedTable } from "../postgres/connect.ts";
import { readInventory } from "../postgres/inventory.ts";
import type { TableFacts } from "../inventory.ts";
import { type ColumnFinding, type Discovery, type Look, isLookedAt, lookAt } from "./look.ts";

export interface LookOptions {
  /** Every row of every table, and not a sample. */
  readonly full?: boolean;
  /** Rows of each table that a sample has. */
  readonly rows?: number;
}

const SAMPLE_ROWS = 1000;
const BATCH = 2000;

export async function discoverPostgres(url: string, { full = false, rows = SAMPLE_ROWS }: LookOptions = {}): Promise<Discovery> {
  const client = await connect(url);
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const inventory = await readInventory(client);
    const findings: ColumnFinding[] = [];
    for (const table of inventory.tables) {
      if (table.partitionOf !== undefined) continue;
      const looks = table.columns.map((column) => lookAt(table, column));
      await lookThrough(client, table, looks, full ? undefined : rows);
      findings.push(...looks.map((look) => look.finding()));
    }
    return { inventory, findings, isFull: full };
  } finally {
    await client.end();
  }
}

/**
 * A sample of a large table is a share of its pages (SELECT, "TABLESAMPLE", method SYSTEM), so that no table is read in full for a
 * thousand rows; rows of one page are alike more often than rows by chance, so ten times as many are asked for, and the first taken.
 */
const sampled = (table: TableFacts, rows: number): string => {
  const share = (rows * 10 * 100) / Math.max(table.rows, 1);
  return table.rows > rows * 20 && table.holdsRows
    ? `${quotedTable(table)} TABLESAMPLE SYSTEM (${Math.min(100, share).toPrecision(6)})`
    : quotedTable(table);
};

async function lookThrough(client: PgClient, table: TableFacts, looks: readonly Look[], rows: number | undefined): Promise<void> {
  const looked = table.columns.flatMap((column, at) => (isLookedAt(column) ? [{ column, look: looks[at] as Look }] : []));
  if (looked.length === 0) return;
  const list = looked.map(({ column }) => `${quotedName(column.name)}::text`).join(", ");
  const query =
    rows === undefined ? `SELECT ${list} FROM ${quotedTable(table)}` : `SELECT ${list} FROM ${sampled(table, rows)} LIMIT ${rows}`;
  await client.query(`DECLARE looked NO SCROLL CURSOR FOR ${query}`);
  for (;;) {
    const batch = await client.query<(string | null)[]>({ text: `FETCH ${BATCH} FROM looked`, rowMode: "array" });
    for (const row of batch.rows) for (const [at, value] of row.entries()) if (value !== null) looked[at]?.look.add(value);
    if (batch.rows.length < BATCH) break;
  }
  await client.query("CLOSE looked");
}
