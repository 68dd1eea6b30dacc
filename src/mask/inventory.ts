// What a database or a set of files holds, as its catalog says it: the form in which every source tells the policy what has to be declared.
import type { ColumnType } from "./masker.ts";

export interface ColumnFacts extends ColumnType {
  readonly name: string;
  /** As the source writes it, with modifiers: `character varying(40)`. */
  readonly written: string;
  readonly isNullable: boolean;
  /** Computed from other columns of its row: never copied, and computed anew from masked values. */
  readonly isGenerated: boolean;
}

/** What must stay distinct: a primary key, a unique constraint, or a unique index. */
export interface UniqueKey {
  readonly name: string;
  readonly isPrimary: boolean;
  readonly columns: readonly string[];
  /** Also over an expression, or for some rows only: what is unique then is asked of the database when the index is built. */
  readonly isExpression: boolean;
  readonly nullsDistinct: boolean;
}

export interface TableFacts {
  /** `schema.table`, as a policy names it. */
  readonly id: string;
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly ColumnFacts[];
  readonly uniqueKeys: readonly UniqueKey[];
  /** A partition is ruled by the table that it is part of, at any depth. */
  readonly partitionOf?: string;
  /** Columns that decide in which partition a row stands. */
  readonly partitionKey: readonly string[];
  /** Whether rows stand in it: a partitioned table's stand in its partitions. */
  readonly holdsRows: boolean;
  /** As the statistics of the source say; for progress only. */
  readonly rows: number;
  readonly bytes: number;
}

export interface ForeignKey {
  readonly name: string;
  readonly from: string;
  readonly columns: readonly string[];
  readonly to: string;
  readonly toColumns: readonly string[];
}

export interface Inventory {
  /** In the order of their ids. */
  readonly tables: readonly TableFacts[];
  readonly foreignKeys: readonly ForeignKey[];
  /** How many large objects the source holds: they belong to no column. */
  readonly largeObjects: number;
}

export const tableOf = (inventory: Inventory, id: string): TableFacts | undefined => inventory.tables.find((table) => table.id === id);
