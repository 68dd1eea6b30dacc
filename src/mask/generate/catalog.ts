// What generating needs of the catalog beside the inventory: checks, bounds of partitions, and sequences.
import { z } from "zod";
import type { Inventory } from "../inventory.ts";
import { canonicalType } from "../type-name.ts";
import { underlying } from "../maskers/types.ts";
import type { PgClient } from "../postgres/connect.ts";
import { type Constraints, type Limits, constraintsOf, tighter } from "./constraint.ts";

const CHECKS = `
SELECT n.nspname || '.' || c.relname AS "table", NULL AS "column", pg_get_expr(k.conbin, k.conrelid) AS definition
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE k.contype = 'c'
UNION ALL
SELECT n.nspname || '.' || c.relname, a.attname, substring(pg_get_constraintdef(k.oid) FROM 7)
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_constraint k ON k.contypid = a.atttypid
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND k.contype = 'c'`;

const BOUNDS = `
SELECT rn.nspname || '.' || r.relname AS "table", a.attname AS "column", p.partstrat AS strategy, pg_get_expr(c.relpartbound, c.oid) AS bound
FROM pg_class c JOIN pg_class r ON r.oid = pg_partition_root(c.oid) JOIN pg_namespace rn ON rn.oid = r.relnamespace
JOIN pg_partitioned_table p ON p.partrelid = r.oid AND p.partnatts = 1 JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = p.partattrs[0]
WHERE c.relispartition AND c.relkind = 'r' AND (SELECT inhparent FROM pg_inherits WHERE inhrelid = c.oid) = r.oid ORDER BY c.relname`;

const SEQUENCES = `
SELECT n.nspname AS schema, c.relname AS name, a.attname AS "column",
  coalesce(pg_get_serial_sequence(quote_ident(n.nspname) || '.' || quote_ident(c.relname), a.attname), substring(pg_get_expr(d.adbin, d.adrelid) FROM 'nextval\\(''(.+)''::regclass\\)')) AS sequence
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
  AND (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%')`;

const Check = z.object({ table: z.string(), column: z.string().nullable(), definition: z.string() });
const Bound = z.object({ table: z.string(), column: z.string(), strategy: z.string(), bound: z.string() });
const Sequence = z.object({ schema: z.string(), name: z.string(), column: z.string(), sequence: z.string().nullable() });
export type Sequence = z.infer<typeof Sequence>;

export interface Rules extends Constraints {
  /** By column, what each partition takes; a row goes into one of them. */
  readonly partitions: ReadonlyMap<string, readonly Limits[]>;
}

export const sequencesOf = async (client: PgClient): Promise<readonly Sequence[]> =>
  z.array(Sequence).parse((await client.query(SEQUENCES)).rows);

export async function rulesOf(client: PgClient, inventory: Inventory): Promise<ReadonlyMap<string, Rules>> {
  const checks = Map.groupBy(z.array(Check).parse((await client.query(CHECKS)).rows), ({ table }) => table);
  const bounds = Map.groupBy(z.array(Bound).parse((await client.query(BOUNDS)).rows), ({ table }) => table);
  return new Map(
    inventory.tables.map((table) => {
      const integers = new Set(
        table.columns
          .filter((each) => ["smallint", "integer", "bigint"].includes(canonicalType(underlying(each).type)))
          .map(({ name }) => name),
      );
      const own = checks.get(table.id) ?? [];
      const read = constraintsOf(
        own.filter(({ column }) => column === null).map(({ definition }) => definition),
        integers,
      );
      const limits = new Map(read.limits);
      for (const { column, definition } of own) {
        if (column === null) continue;
        // A domain's check speaks of VALUE.
        const ofDomain = constraintsOf([definition], integers.has(column) ? new Set(["VALUE", "value"]) : new Set()).limits;
        const more = ofDomain.get("VALUE") ?? ofDomain.get("value");
        if (more !== undefined) limits.set(column, tighter(limits.get(column) ?? {}, more));
      }
      const partitions = Map.groupBy(bounds.get(table.id) ?? [], ({ column }) => column);
      return [
        table.id,
        {
          limits,
          ordered: read.ordered,
          partitions: new Map([...partitions].map(([column, all]) => [column, all.flatMap(({ bound }) => boundLimits(bound))])),
        },
      ];
    }),
  );
}

/** `FOR VALUES FROM ('2020-01-01') TO ('2020-02-01')`, `FOR VALUES IN ('a', 'b')`. A hash partition and the default one take anything. */
function boundLimits(bound: string): readonly Limits[] {
  const listed = /^FOR VALUES IN \((.*)\)$/.exec(bound);
  if (listed !== null)
    return [
      {
        values: [...(listed[1] as string).matchAll(/'((?:[^']|'')*)'|(-?\d+)/g)].map(
          ([, text, number]) => text?.replaceAll("''", "'") ?? (number as string),
        ),
      },
    ];
  const range = /^FOR VALUES FROM \((?:'([^']*)'|(-?[\d.]+)|MINVALUE)\) TO \((?:'([^']*)'|(-?[\d.]+)|MAXVALUE)\)$/.exec(bound);
  if (range === null) return [];
  const [, fromText, fromNumber, toText, toNumber] = range;
  const dayBefore = (day: string): string => new Date(Date.parse(`${day.slice(0, 10)}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
  // Bounds with a time of day may begin or end within a day of another zone: one more day stays free at both ends.
  const dayAfter = (text: string): string =>
    text.length > 10 ? new Date(Date.parse(`${text.slice(0, 10)}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10) : text;
  return [
    {
      ...(fromText !== undefined && { from: dayAfter(fromText) }),
      ...(toText !== undefined && { to: toText.length > 10 ? dayBefore(dayBefore(toText)) : dayBefore(toText) }),
      ...(fromNumber !== undefined && { min: Number(fromNumber) }),
      ...(toNumber !== undefined && { max: Number(toNumber) - 1 }),
    },
  ];
}
