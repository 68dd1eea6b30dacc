// Materialized views hold rows of their own: they are computed from masked ones, or left out; never copied.
import type { MaskPlan } from "../policy/plan.ts";
import { type PgClient, quotedTable } from "./connect.ts";

interface View {
  readonly schema: string;
  readonly name: string;
}

const VIEWS = `SELECT n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'm' ORDER BY c.oid`;

export async function droppedViews(source: PgClient, rule: MaskPlan["settings"]["materializedViews"]): Promise<readonly View[]> {
  return rule === "drop" ? (await source.query<View>(VIEWS)).rows : [];
}

/** "object_not_in_prerequisite_state" (appendix A): a view that it reads has not been computed yet. */
const NOT_YET = "55000";

/** One that reads another comes after it: what cannot be computed yet is tried again after the others. */
export async function refreshViews(client: PgClient): Promise<void> {
  let waiting: readonly View[] = (await client.query<View>(VIEWS)).rows;
  while (waiting.length > 0) {
    const later: View[] = [];
    let reason: unknown;
    for (const view of waiting) {
      try {
        await client.query(`REFRESH MATERIALIZED VIEW ${quotedTable(view)}`);
      } catch (error) {
        if ((error as { code?: string }).code !== NOT_YET) throw error;
        reason = error;
        later.push(view);
      }
    }
    if (later.length === waiting.length) throw reason;
    waiting = later;
  }
}
