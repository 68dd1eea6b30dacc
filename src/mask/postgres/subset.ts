// Part of a database that holds together: the rows asked for, on request what refers to them, and everything that any of these refers to.
import { MaskError } from "../error.ts";
import type { MaskPlan, TablePlan } from "../policy/plan.ts";
import type { Referring } from "../policy/references.ts";
import { messageOf, type PgClient, quotedName, quotedTable, quotedText } from "./connect.ts";
import { type TidSet, tidSet } from "./tid-set.ts";

export interface SubsetRoot {
  readonly table: string;
  /** SQL over the table's columns. */
  readonly where: string;
}

export interface SubsetRequest {
  readonly roots: readonly SubsetRoot[];
  /** Also rows that refer to the roots, and those that refer to them, and so on. */
  readonly withChildren: boolean;
}

/** Rows by the table that holds them: of a partitioned table, its partitions. A table that is not in it comes down without rows. */
export type Subset = ReadonlyMap<string, TidSet>;

/** As many row places as are asked for at a time. */
const BATCH = 10_000;

interface Closing {
  readonly client: PgClient;
  readonly plan: MaskPlan;
  readonly rows: Map<string, TidSet>;
  /** Of a table's number in the catalog. */
  readonly names: ReadonlyMap<string, string>;
}

/**
 * A row stands in the same place as long as the snapshot sees it: VACUUM removes what no snapshot sees, and what rewrites a table waits for
 * whoever reads it. So places name rows whatever their keys are, and a table without a key has them too.
 *
 * First down from the roots through what refers to them, then up from all of it: going down from parents as well would take everything.
 * Cycles end because no row is taken twice.
 */
export async function subsetOf(client: PgClient, plan: MaskPlan, { roots, withChildren }: SubsetRequest): Promise<Subset> {
  const { rows: named } = await client.query<{ oid: string; schema: string; name: string }>(
    "SELECT c.oid::int8::text AS oid, n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r'",
  );
  const closing: Closing = {
    client,
    plan,
    rows: new Map(),
    names: new Map(named.map(({ oid, schema, name }) => [oid, `${schema}.${name}`])),
  };
  // Nothing may rewrite a table from here on, as it could between two statements that name places.
  for (const table of plan.tables)
    if (table.facts.holdsRows && table.action === "copy")
      await client.query(`LOCK TABLE ONLY ${quotedTable(table.facts)} IN ACCESS SHARE MODE`);
  let found = new Map<string, TidSet>();
  for (const { table, where } of roots) {
    const root = plan.tables.find(({ id }) => id === table);
    if (root?.action !== "copy")
      throw new MaskError(
        "NOT_APPLICABLE",
        `--where ${table}  is no table whose rows come down\n  Write it as the policy does: public.customers: country = 'CH'`,
      );
    await take(closing, `SELECT tableoid::int8::text AS t, ctid::text AS c FROM ${from(root)} WHERE (${where})`, [], found).catch(
      (cause: unknown) => {
        throw new MaskError(
          "NOT_APPLICABLE",
          `--where ${table}: ${where}  ${messageOf(cause)}\n  Write a condition over the table's columns, in SQL.`,
          { cause },
        );
      },
    );
  }
  if (withChildren) {
    for (let layer = found; size(layer) > 0;) layer = await step(closing, layer, "children");
    found = new Map(closing.rows);
  }
  for (let layer = found; size(layer) > 0;) layer = await step(closing, layer, "parents");
  return closing.rows;
}

const size = (layer: ReadonlyMap<string, TidSet>): number => [...layer.values()].reduce((sum, each) => sum + each.size(), 0);

const from = ({ facts }: TablePlan): string => `${facts.holdsRows ? "ONLY " : ""}${quotedTable(facts)}`;

/** The rows that those of a layer lead to in one step, as far as they are new. */
async function step(closing: Closing, layer: ReadonlyMap<string, TidSet>, towards: "children" | "parents"): Promise<Map<string, TidSet>> {
  const { plan } = closing;
  const found = new Map<string, TidSet>();
  for (const [id, rows] of layer) {
    const table = plan.tables.find((each) => each.id === id);
    const owner = table?.facts.partitionOf ?? id;
    for (const reference of plan.references) {
      if (table === undefined || (towards === "parents" ? reference.from : reference.to) !== owner) continue;
      const other = plan.tables.find((each) => each.id === (towards === "parents" ? reference.to : reference.from));
      if (other?.action !== "copy") continue;
      const text =
        towards === "parents"
          ? query(other, reference.toColumns, table, reference.columns, reference, "s")
          : query(other, reference.columns, table, reference.toColumns, reference, "t");
      for (const batch of rows.batches(BATCH)) await take(closing, text, [batch], found);
    }
  }
  return found;
}

/** `child`: which of the two holds the column that says whether a polymorphic reference holds. */
function query(
  other: TablePlan,
  columns: readonly string[],
  seen: TablePlan,
  seenColumns: readonly string[],
  { when }: Referring,
  child: "s" | "t",
): string {
  const list = (alias: string, names: readonly string[]): string => names.map((name) => `${alias}.${quotedName(name)}`).join(", ");
  // Compared as text where people declared what the database does not know: the types may differ.
  const cast = when === undefined ? "" : "::text";
  const pairs = columns.map((name, at) => `t.${quotedName(name)}${cast} = s.${quotedName(seenColumns[at] ?? "")}${cast}`).join(" AND ");
  const only = when === undefined ? "" : ` AND ${child}.${quotedName(when.column)}::text = ${quotedText(when.is)}`;
  return `SELECT DISTINCT t.tableoid::int8::text AS t, t.ctid::text AS c FROM ${from(other)} t
    JOIN (SELECT DISTINCT ${list("s", [...seenColumns, ...(when !== undefined && child === "s" ? [when.column] : [])])} FROM ONLY ${quotedTable(seen.facts)} s WHERE s.ctid = ANY ($1::tid[])) s ON ${pairs}${only}`;
}

async function take({ client, rows, names }: Closing, text: string, values: readonly unknown[], found: Map<string, TidSet>): Promise<void> {
  const { rows: places } = await client.query<{ t: string; c: string }>(text, [...values]);
  for (const { t, c } of places) {
    const table = names.get(t) ?? t;
    const known = rows.get(table) ?? tidSet();
    rows.set(table, known);
    if (!known.add(c)) continue;
    const layer = found.get(table) ?? tidSet();
    found.set(table, layer);
    layer.add(c);
  }
}
