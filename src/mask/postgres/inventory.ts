// PostgreSQL's catalog → the inventory. Reads no row of a user's table.
import { z } from "zod";
import type { ColumnType } from "../masker.ts";
import type { ColumnFacts, ForeignKey, Inventory, TableFacts, UniqueKey } from "../inventory.ts";
import type { PgClient } from "./connect.ts";

/** Tables of extensions are made by the extension itself; foreign tables hold nothing here. */
const MINE = `c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`;

const TABLES = `
SELECT c.oid::int8::text AS oid, n.nspname AS schema, c.relname AS name, c.relkind = 'r' AS "holdsRows",
  greatest(c.reltuples, 0)::float8 AS rows, CASE WHEN c.relkind = 'r' THEN pg_table_size(c.oid) ELSE 0 END::float8 AS bytes,
  CASE WHEN c.relispartition THEN pg_partition_root(c.oid)::oid::int8::text END AS root,
  coalesce((SELECT array_agg(a.attname::text) FROM pg_partitioned_table p JOIN pg_attribute a ON a.attrelid = c.oid
    AND (a.attnum = ANY (p.partattrs::int2[]) OR a.attnum IN (SELECT refobjsubid FROM pg_depend
      WHERE classid = 'pg_class'::regclass AND objid = c.oid AND refclassid = 'pg_class'::regclass AND refobjid = c.oid AND refobjsubid > 0 AND 0 = ANY (p.partattrs::int2[])))
    WHERE p.partrelid = c.oid), '{}') AS "partitionKey"
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${MINE} ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`;

const COLUMNS = `
SELECT a.attrelid::int8::text AS "table", a.attname AS name, a.atttypid::int8::text AS type, a.atttypmod AS modifier,
  format_type(a.atttypid, a.atttypmod) AS written, NOT a.attnotnull AS "isNullable", a.attgenerated <> '' AS "isGenerated"
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE a.attnum > 0 AND NOT a.attisdropped AND ${MINE} ORDER BY a.attrelid, a.attnum`;

const KEYS = `
SELECT i.indrelid::int8::text AS "table", x.relname AS name, i.indisprimary AS "isPrimary", i.indexprs IS NOT NULL OR i.indpred IS NOT NULL AS "isExpression",
  coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::bool, false) = false AS "nullsDistinct",
  ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum > 0 AND (
    a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])
    OR (i.indexprs IS NOT NULL AND EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
      AND d.refclassid = 'pg_class'::regclass AND d.refobjid = i.indrelid AND d.refobjsubid = a.attnum))) ORDER BY a.attnum) AS columns
FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE i.indisunique AND ${MINE} ORDER BY x.relname COLLATE "C"`;

/** A key that a partition has from its table is the table's. */
const FOREIGN = `
SELECT k.conname AS name, k.conrelid::int8::text AS "from", k.confrelid::int8::text AS "to",
  ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY u(n, i) JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.n ORDER BY u.i) AS columns,
  ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY u(n, i) JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.n ORDER BY u.i) AS "toColumns"
FROM pg_constraint k WHERE k.contype = 'f' AND k.conparentid = 0 ORDER BY k.conname COLLATE "C"`;

const TYPES = `
SELECT t.oid::int8::text AS oid, format_type(t.oid, NULL) AS name, t.typtype AS kind, t.typelem::int8::text AS element, t.typbasetype::int8::text AS base, t.typtypmod AS modifier,
  t.typcategory = 'A' AS "isArray", (SELECT rngsubtype::int8::text FROM pg_range r WHERE r.rngtypid = t.oid) AS spans,
  CASE WHEN t.typtype = 'e' THEN ARRAY(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder) END AS labels,
  CASE WHEN t.typtype = 'c' THEN coalesce((SELECT json_agg(json_build_object('name', a.attname, 'type', a.atttypid::int8::text, 'modifier', a.atttypmod) ORDER BY a.attnum)
    FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped), '[]') END AS fields
FROM pg_type t`;

const Table = z.object({
  oid: z.string(),
  schema: z.string(),
  name: z.string(),
  holdsRows: z.boolean(),
  rows: z.number(),
  bytes: z.number(),
  root: z.string().nullable(),
  partitionKey: z.array(z.string()),
});
const Column = z.object({
  table: z.string(),
  name: z.string(),
  type: z.string(),
  modifier: z.number(),
  written: z.string(),
  isNullable: z.boolean(),
  isGenerated: z.boolean(),
});
const Key = z.object({
  table: z.string(),
  name: z.string(),
  isPrimary: z.boolean(),
  isExpression: z.boolean(),
  nullsDistinct: z.boolean(),
  columns: z.array(z.string()),
});
const Foreign = z.object({
  name: z.string(),
  from: z.string(),
  to: z.string(),
  columns: z.array(z.string()),
  toColumns: z.array(z.string()),
});
const Type = z.object({
  oid: z.string(),
  name: z.string(),
  kind: z.string(),
  element: z.string(),
  base: z.string(),
  modifier: z.number(),
  isArray: z.boolean(),
  spans: z.string().nullable(),
  labels: z.array(z.string()).nullable(),
  fields: z.array(z.object({ name: z.string(), type: z.string(), modifier: z.number() })).nullable(),
});
type Type = z.infer<typeof Type>;

export const tableId = (schema: string, name: string): string => `${schema}.${name}`;

export async function readInventory(client: PgClient): Promise<Inventory> {
  const ask = async <T>(schema: z.ZodType<T>, text: string): Promise<T[]> => z.array(schema).parse((await client.query(text)).rows);
  const tables = await ask(Table, TABLES);
  const ids = new Map(tables.map(({ oid, schema, name }) => [oid, tableId(schema, name)]));
  const types = new Map((await ask(Type, TYPES)).map((type) => [type.oid, type]));
  const columns = Map.groupBy(await ask(Column, COLUMNS), ({ table }) => table);
  const keys = Map.groupBy(await ask(Key, KEYS), ({ table }) => table);
  const foreign = await ask(Foreign, FOREIGN);
  const { rows: counted } = await client.query<{ count: number }>("SELECT count(*)::float8 AS count FROM pg_largeobject_metadata");
  return {
    tables: tables.map((table): TableFacts => {
      const root = table.root === null || table.root === table.oid ? undefined : ids.get(table.root);
      return {
        id: tableId(table.schema, table.name),
        schema: table.schema,
        name: table.name,
        columns: (columns.get(table.oid) ?? []).map((column) => columnFacts(column, types)),
        uniqueKeys: (keys.get(table.oid) ?? []).map(keyFacts),
        ...(root !== undefined && { partitionOf: root }),
        partitionKey: table.partitionKey,
        holdsRows: table.holdsRows,
        rows: table.rows,
        bytes: table.bytes,
      };
    }),
    foreignKeys: foreign.flatMap(({ name, from, to, columns, toColumns }): ForeignKey[] => {
      const [child, parent] = [ids.get(from), ids.get(to)];
      return child === undefined || parent === undefined ? [] : [{ name, from: child, columns, to: parent, toColumns }];
    }),
    largeObjects: counted[0]?.count ?? 0,
  };
}

const keyFacts = ({ name, isPrimary, columns, isExpression, nullsDistinct }: z.infer<typeof Key>): UniqueKey => ({
  name,
  isPrimary,
  columns,
  isExpression,
  nullsDistinct,
});

const columnFacts = (
  { name, written, isNullable, isGenerated, type, modifier }: z.infer<typeof Column>,
  types: ReadonlyMap<string, Type>,
): ColumnFacts => ({
  ...typeOf(type, modifier, types, 0),
  name,
  written,
  isNullable,
  isGenerated,
});

/** Composite types may hold themselves through arrays, so the depth ends somewhere. */
const DEEPEST = 8;

/** A domain is what it is over: its values read alike. */
function typeOf(oid: string, modifier: number, types: ReadonlyMap<string, Type>, depth: number): ColumnType {
  const type = types.get(oid);
  if (type === undefined || depth > DEEPEST) return { type: "unknown" };
  if (type.kind === "d") return typeOf(type.base, type.modifier, types, depth + 1);
  const inner = (of: string, with_ = -1): ColumnType => typeOf(of, with_, types, depth + 1);
  return {
    type: type.name,
    ...modifierFacts(type.name, modifier),
    ...(type.labels && { labels: type.labels }),
    ...(type.isArray && type.element !== "0" && { element: inner(type.element, modifier) }),
    ...(type.spans !== null && { element: inner(type.spans) }),
    ...(type.fields && { fields: type.fields.map((field) => ({ name: field.name, ...inner(field.type, field.modifier) })) }),
  };
}

/** How a type modifier is packed: varchar and bpchar in `anychar_typmodin`, numeric in `make_numeric_typmod` (PostgreSQL's source, utils/adt). */
function modifierFacts(name: string, modifier: number): Partial<ColumnType> {
  if (modifier < 4) return {};
  if (name === "character varying" || name === "character" || name === "bpchar") return { maxLength: modifier - 4 };
  if (name !== "numeric") return {};
  const packed = modifier - 4;
  const scale = packed & 0x7ff;
  return { precision: packed >> 16, scale: (scale ^ 1024) - 1024 };
}
