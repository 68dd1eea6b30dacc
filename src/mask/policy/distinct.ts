// Which columns may not lose the difference between two values: those that a primary key or a unique index rests on.
import type { TableFacts } from "../inventory.ts";

/**
 * A column of a key that is not already unique without it: with (id) a primary key, a unique index over (id, email) asks nothing of the
 * e-mail address.
 */
export function needsDistinct(table: TableFacts, column: string): boolean {
  return table.uniqueKeys.some(
    (key) => key.columns.includes(column) && !table.uniqueKeys.some((other) => covers(other, key.columns, column)),
  );
}

const covers = (other: TableFacts["uniqueKeys"][number], columns: readonly string[], without: string): boolean =>
  !other.isExpression && other.columns.length > 0 && other.columns.every((name) => name !== without && columns.includes(name));
