// A whole policy as SQL: one SELECT a table, the same masks inside the engine or the warehouse as in a copy.
import { fail, ok, type Result } from "../../lib/result.ts";
import type { Dialect } from "../masker.ts";
import type { Choice } from "../maskers/choice.ts";
import type { ColumnPlan, MaskPlan, TablePlan } from "../policy/plan.ts";
import { sqlFor } from "./context.ts";

export interface CompiledTable {
  readonly id: string;
  /** A query over the table as it is named there. */
  readonly select: string;
}

/** Why a column cannot be masked by SQL. */
export interface Unsaid {
  readonly table: string;
  readonly column: string;
  readonly masker: string;
}

/** Names as the dialects write them: double quotes in PostgreSQL and DuckDB (their "Identifiers"), backticks in Spark ("Identifiers"). */
export const quotedFor = (dialect: Dialect, name: string): string =>
  dialect === "spark" ? `\`${name.replaceAll("`", "``")}\`` : `"${name.replaceAll('"', '""')}"`;

/**
 * Every table that is copied, with masked, emptied and kept columns; what is dropped or left empty has no query. Fails with all columns that a masker
 * cannot be said for: a part of a policy is none. THREAT: the text holds keys derived for each column; it belongs where production may be read.
 */
export function compilePlan(plan: MaskPlan, key: Uint8Array, dialect: Dialect): Result<readonly CompiledTable[], readonly Unsaid[]> {
  const unsaid: Unsaid[] = [];
  const tables = plan.tables
    .filter(({ action, facts }) => action === "copy" && facts.partitionOf === undefined)
    .map((table): CompiledTable => ({ id: table.id, select: selectOf(table, key, dialect, unsaid) }));
  return unsaid.length > 0 ? fail(unsaid) : ok(tables);
}

function selectOf({ id, facts, columns }: TablePlan, key: Uint8Array, dialect: Dialect, unsaid: Unsaid[]): string {
  const fields = columns.flatMap((plan) => {
    if (plan.rule.kind === "drop" || plan.rule.kind === "generated") return [];
    const said = fieldOf(plan, key, dialect);
    if (said !== undefined) return [said];
    unsaid.push({ table: id, column: plan.name, masker: plan.rule.kind === "mask" ? plan.rule.masker : plan.rule.kind });
    return [];
  });
  return `SELECT ${fields.join(",\n       ")}\nFROM ${quotedFor(dialect, facts.schema)}.${quotedFor(dialect, facts.name)}`;
}

function fieldOf({ name, rule, column, facts }: ColumnPlan, key: Uint8Array, dialect: Dialect): string | undefined {
  const field = quotedFor(dialect, name);
  if (rule.kind === "keep") return field;
  const type = dialect === "spark" ? "string" : facts.written;
  if (rule.kind === "null") return `CAST(NULL AS ${type}) AS ${field}`;
  // What a masker reads of other columns is not said.
  if (rule.kind !== "mask" || rule.reads.length > 0) return undefined;
  const masked = sqlFor({ ...(rule.options as object), masker: rule.masker } as Choice, column, dialect, key, field);
  return masked === undefined ? undefined : `CASE WHEN ${field} IS NULL THEN NULL ELSE ${masked} END AS ${field}`;
}
