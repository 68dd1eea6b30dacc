// One side of a comparison, production or the lower environment, whatever holds it: what verification asks of it.
import type { ForeignKey, Inventory, TableFacts } from "../inventory.ts";

/** The fields of one row, unescaped. Filled again for each row. */
export interface Fields {
  readonly bytes: Buffer;
  /** -1: null. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

export interface Anonymity {
  /** Rows of the smallest group that shares all quasi-identifiers. */
  readonly k: number;
  /** Distinct values of the sensitive column in the group that has fewest; absent where none was named. */
  readonly l?: number;
  /** Rows that are alone in their group. */
  readonly unique: number;
  readonly rows: number;
}

export interface Side {
  readonly inventory: Inventory;
  /** A column of every table that names its rows, where there is one: `ctid`. */
  readonly rowName?: string;
  /** Every row of a table, once, in an order of the source's choosing. Binary columns come as the bytes that they hold. */
  rows(table: TableFacts, columns: readonly string[], onRow: (fields: Fields) => void): Promise<number>;
  count(table: TableFacts): Promise<number>;
  /** Rows that refer to nothing. */
  orphans(key: ForeignKey): Promise<number>;
  /** Constraints that exist and were not checked on the rows that were there, by name. */
  unvalidated(): Promise<readonly string[]>;
  anonymity(table: TableFacts, columns: readonly string[], sensitive: string | undefined): Promise<Anonymity>;
  close(): Promise<void>;
}
