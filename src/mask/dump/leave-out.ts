// What a dump needs besides its masked rows, so that what the policy drops is gone when it has been loaded.
import type { ForeignKey, Inventory } from "../inventory.ts";
import type { MaskPlan, TablePlan } from "../policy/plan.ts";
import { quotedName, quotedText } from "../postgres/connect.ts";
import type { Dialect } from "./lexer.ts";
import { type Cursor, take, takeQualified, type Token } from "./tokens.ts";

const quoted = (name: string, dialect: Dialect): string => (dialect === "mysql" ? `\`${name.replaceAll("`", "``")}\`` : quotedName(name));

export const tableName = ({ schema, name }: { readonly schema: string; readonly name: string }, dialect: Dialect): string =>
  schema === "" ? quoted(name, dialect) : `${quoted(schema, dialect)}.${quoted(name, dialect)}`;

const droppedColumns = (table: TablePlan | undefined): readonly string[] =>
  table === undefined ? [] : table.columns.filter(({ rule }) => rule.kind === "drop").map(({ name }) => name);

/** Whether a foreign key stands on a table or column that is dropped. */
function isGone({ tables }: MaskPlan, { from, columns, to, toColumns }: ForeignKey): boolean {
  const child = tables.find(({ id }) => id === from);
  const parent = tables.find(({ id }) => id === to);
  if (child?.action === "drop" || parent === undefined || parent.action === "drop") return true;
  return droppedColumns(child).some((name) => columns.includes(name)) || droppedColumns(parent).some((name) => toColumns.includes(name));
}

/** Constraints and indexes that come after the rows and stand on what is dropped. */
export function leavesOut(tokens: readonly Token[], plan: MaskPlan, dialect: Dialect, schema: string): boolean {
  if (dialect === "mysql") return false;
  const cursor: Cursor = { tokens, at: 0 };
  const texts = tokens.map(({ text }) => text);
  const qualified = (): string | undefined => {
    const name = takeQualified(cursor, false, schema);
    return name && `${name.schema}.${name.name}`;
  };
  if (take(cursor, "alter", "table")) {
    take(cursor, "only");
    const table = plan.tables.find(({ id }) => id === qualified());
    if (!take(cursor, "add")) return false;
    const to = texts.indexOf("references");
    if (to >= 0) {
      cursor.at = to + 1;
      const parent = plan.tables.find(({ id, action }) => id === qualified() && action !== "drop");
      return parent === undefined || named(tokens, to, droppedColumns(table)) || named(tokens.slice(to), Infinity, droppedColumns(parent));
    }
    return named(tokens, Infinity, droppedColumns(table));
  }
  const on = texts.indexOf("on");
  if (texts[0] !== "create" || !texts.slice(0, 3).includes("index") || on < 0) return false;
  cursor.at = on + 1;
  take(cursor, "only");
  return named(tokens, Infinity, droppedColumns(plan.tables.find(({ id }) => id === qualified())));
}

const named = (tokens: readonly Token[], before: number, names: readonly string[]): boolean =>
  tokens.some(({ text }, at) => at < before && names.includes(text));

/** A dropped column gets no values, and nothing may ask for some. */
export function statementsBeforeRows(plan: MaskPlan, { foreignKeys }: Inventory, dialect: Dialect): readonly string[] {
  const tableOf = (id: string): string =>
    tableName(plan.tables.find((table) => table.id === id)?.facts ?? { schema: "", name: id }, dialect);
  const keys = foreignKeys
    .filter((key) => isGone(plan, key))
    .map(
      ({ from, name }) =>
        `ALTER TABLE ${tableOf(from)} DROP ${dialect === "mysql" ? "FOREIGN KEY" : "CONSTRAINT IF EXISTS"} ${quoted(name, dialect)};`,
    );
  if (dialect === "mysql") return keys;
  const columns = plan.tables.flatMap((table) =>
    table.facts.partitionOf === undefined
      ? table.columns
          .filter(({ rule, facts }) => rule.kind === "drop" && !facts.isNullable)
          .map(({ name }) => `ALTER TABLE ${tableOf(table.id)} ALTER COLUMN ${quoted(name, dialect)} DROP NOT NULL;`)
      : [],
  );
  return [...keys, ...columns];
}

export function statementsAtEnd(plan: MaskPlan, _inventory: Inventory, dialect: Dialect): readonly string[] {
  const cascade = dialect === "mysql" ? "" : " CASCADE";
  const drops = plan.tables.flatMap((table) => {
    const name = tableName(table.facts, dialect);
    if (table.action === "drop") return [`DROP TABLE IF EXISTS ${name}${cascade};`];
    if (table.facts.partitionOf !== undefined) return [];
    return droppedColumns(table).map((column) => `ALTER TABLE ${name} DROP COLUMN ${quoted(column, dialect)}${cascade};`);
  });
  return dialect === "mysql" ? drops : [...drops, ...plan.tables.flatMap(sequencesOf)];
}

/** Masked keys may be higher than any that the source has given out. */
function sequencesOf(table: TablePlan): readonly string[] {
  if (table.action !== "copy" || table.facts.partitionOf !== undefined) return [];
  const name = tableName(table.facts, "postgres");
  return table.columns
    .filter(({ rule, facts }) => rule.kind === "mask" && /^(smallint|integer|bigint)$/.test(facts.type))
    .map(({ name: column }) => {
      const highest = `SELECT pg_catalog.pg_get_serial_sequence(${quotedText(name)}, ${quotedText(column)}) AS s, max(${quotedName(column)}) AS m FROM ${name}`;
      return `SELECT pg_catalog.setval(s::regclass, m) FROM (${highest}) AS x WHERE s IS NOT NULL AND m > coalesce(pg_catalog.pg_sequence_last_value(s::regclass), 0);`;
    });
}
