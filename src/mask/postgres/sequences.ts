// Sequences are no part of a snapshot and of no table's rows: each is set where its source stands, or behind the highest masked value.
import type { PgClient } from "./connect.ts";
import { quotedName, quotedTable, quotedText } from "./connect.ts";

const SEQUENCES = `
SELECT n.nspname AS schema, c.relname AS name, t.relname AS "table", tn.nspname AS "tableSchema", a.attname AS "column", s.seqincrement > 0 AND coalesce(a.atttypid IN (20, 21, 23), false) AS "isRising"
FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
LEFT JOIN pg_class t ON t.oid = d.refobjid LEFT JOIN pg_namespace tn ON tn.oid = t.relnamespace LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
WHERE c.relpersistence <> 't'`;

interface Sequence {
  readonly schema: string;
  readonly name: string;
  readonly table: string | null;
  readonly tableSchema: string | null;
  readonly column: string | null;
  readonly isRising: boolean;
}

/** Those that the target has: what belonged to a dropped table went with it. `number` is the count of sequences that were set. */
export async function setSequences(source: PgClient, target: PgClient): Promise<number> {
  const { rows: mine } = await target.query<Sequence>(SEQUENCES);
  for (const sequence of mine) {
    const name = quotedTable(sequence);
    const { rows } = await source.query<{ last: string; called: boolean }>(
      `SELECT last_value::text AS last, is_called AS called FROM ${name}`,
    );
    const [state] = rows;
    if (state === undefined) continue;
    const set = `SELECT setval(${quotedText(name)}::regclass, $1::bigint, $2)`;
    await target.query(set, [state.last, state.called]);
    if (sequence.table !== null && sequence.tableSchema !== null && sequence.column !== null && sequence.isRising)
      await raise(target, sequence, name);
  }
  return mine.length;
}

/** Masked keys may be higher than any that the source has given out. */
async function raise(target: PgClient, { table, tableSchema, column }: Sequence, name: string): Promise<void> {
  const from = quotedTable({ schema: tableSchema ?? "", name: table ?? "" });
  await target.query(
    `SELECT setval(${quotedText(name)}::regclass, m.highest) FROM (SELECT max(${quotedName(column ?? "")})::bigint AS highest FROM ${from}) m, ${name} s,
      pg_sequence q WHERE q.seqrelid = ${quotedText(name)}::regclass AND m.highest <= q.seqmax AND (m.highest > s.last_value OR (m.highest = s.last_value AND NOT s.is_called))`,
  );
}
