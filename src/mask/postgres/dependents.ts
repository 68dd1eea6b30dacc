// What stands on tables and columns that are left out, and so cannot come down either.
import type { MaskPlan } from "../policy/plan.ts";
import type { PgClient } from "./connect.ts";

/**
 * Catalog and oid of each, as `pg_restore --list` writes them. A rule that makes a view takes the view with it. The database does the same
 * in the target, by CASCADE; this says which constraints, indexes and triggers it would be asked for later.
 */
const DEPENDENTS = `
WITH RECURSIVE left_out(oid, attribute) AS (
  SELECT c.oid, coalesce(a.attnum, 0) FROM jsonb_to_recordset($1::jsonb) AS j(schema text, name text, "column" text)
  JOIN pg_namespace n ON n.nspname = j.schema JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = j.name
  LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = j."column"
), gone(classid, objid) AS (
  SELECT 'pg_class'::regclass::oid, oid FROM left_out WHERE attribute = 0
  UNION
  SELECT d.classid, d.objid FROM pg_depend d JOIN left_out l ON d.refclassid = 'pg_class'::regclass AND d.refobjid = l.oid
    AND (l.attribute = 0 OR d.refobjsubid = l.attribute) WHERE NOT (d.classid = 'pg_class'::regclass AND d.objid = l.oid)
  UNION
  SELECT x.classid, x.objid FROM gone g CROSS JOIN LATERAL (
    SELECT d.classid, d.objid FROM pg_depend d WHERE d.refclassid = g.classid AND d.refobjid = g.objid
    UNION ALL
    SELECT 'pg_class'::regclass::oid, r.ev_class FROM pg_rewrite r
      WHERE g.classid = 'pg_rewrite'::regclass AND r.oid = g.objid AND r.ev_type = '1' AND r.rulename = '_RETURN'
    UNION ALL
    SELECT 'pg_class'::regclass::oid, k.conindid FROM pg_constraint k WHERE g.classid = 'pg_constraint'::regclass AND k.oid = g.objid AND k.contype IN ('p', 'u', 'x')
  ) x
)
SELECT classid::int8::text AS catalog, objid::int8::text AS oid FROM gone`;

export async function dependentsOf(
  client: PgClient,
  plan: MaskPlan,
  views: readonly { readonly schema: string; readonly name: string }[],
): Promise<ReadonlySet<string>> {
  const dropped = plan.tables.flatMap(({ action, facts, columns }) => {
    const at = { schema: facts.schema, name: facts.name };
    if (action === "drop") return [{ ...at, column: null as string | null }];
    return columns.filter(({ rule }) => rule.kind === "drop").map(({ name }) => ({ ...at, column: name }));
  });
  for (const view of views) dropped.push({ ...view, column: null });
  if (dropped.length === 0) return new Set();
  const { rows } = await client.query<{ catalog: string; oid: string }>(DEPENDENTS, [JSON.stringify(dropped)]);
  return new Set(rows.map(({ catalog, oid }) => `${catalog} ${oid}`));
}
