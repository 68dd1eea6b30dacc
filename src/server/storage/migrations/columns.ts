// The column types that both databases keep alike: whoever writes a migration uses these and no others.
import { type Expression, sql } from "kysely";
import type { Kind } from "../schema.ts";

export interface Columns {
  readonly text: "text";
  readonly whole: "bigint" | "integer";
  readonly bytes: Expression<unknown> & ReturnType<typeof sql>;
}

/** SQLite's `integer` holds 64 bits, and only that spelling makes a primary key the row's own place. */
export const columnsOf = (kind: Kind): Columns =>
  kind === "sqlite" ? { text: "text", whole: "integer", bytes: sql`blob` } : { text: "text", whole: "bigint", bytes: sql`bytea` };
