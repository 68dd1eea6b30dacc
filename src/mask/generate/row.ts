// Rows of one table: values that keep what is known of its constraints, with parents that are there.
import type { ForeignKey, TableFacts } from "../inventory.ts";
import type { Locale } from "../lists/lists.ts";
import { canonicalType } from "../type-name.ts";
import { isText, underlying } from "../maskers/types.ts";
import type { Rules } from "./catalog.ts";
import { type Limits, tighter } from "./constraint.ts";
import type { Random } from "./random.ts";
import { valueOf } from "./value.ts";

export type Row = Map<string, string | null>;

export interface RowContext {
  readonly table: TableFacts;
  readonly rules: Rules;
  /** Keys whose parents are all there. */
  readonly keys: readonly ForeignKey[];
  /** Columns of keys that are set when all rows are there. */
  readonly later: ReadonlySet<string>;
  readonly parents: (key: ForeignKey) => readonly Row[];
  readonly random: Random;
  readonly locale: Locale;
}

export interface RowMaker {
  /** Undefined where no further row keeps what must be distinct. */
  readonly next: () => Row | undefined;
  /** The last row was not taken: what it held is free again. */
  readonly release: (row: Row) => void;
}

const TRIES = 60;
const NULLS = 0.1;

export function rowMaker(context: RowContext): RowMaker {
  const { table } = context;
  const taken = table.uniqueKeys.map(() => new Set<string>());
  let made = 0;
  const keyed = (row: Row, at: number): string | undefined => {
    const values = (table.uniqueKeys[at]?.columns ?? []).map((column) => row.get(column) ?? null);
    return values.includes(null) ? undefined : JSON.stringify(values.map((value) => value?.toLowerCase()));
  };
  const isFree = (row: Row): boolean => taken.every((set, at) => !set.has(keyed(row, at) ?? ""));
  return {
    next: () => {
      made++;
      for (let attempt = 0; attempt < TRIES; attempt++) {
        const row = makeRow(context, made, attempt);
        if (row === undefined) return undefined;
        if (!isFree(row)) continue;
        for (const [at, set] of taken.entries()) set.add(keyed(row, at) ?? "");
        return row;
      }
      return undefined;
    },
    release: (row) => {
      for (const [at, set] of taken.entries()) set.delete(keyed(row, at) ?? "");
    },
  };
}

/** Undefined where a key that may not be null has no parent. */
function makeRow(context: RowContext, number: number, attempt: number): Row | undefined {
  const { table, keys, later, parents, random, rules } = context;
  const row: Row = new Map();
  for (const key of keys) {
    const all = parents(key).filter((parent) =>
      key.columns.every((column, at) => !row.has(column) || row.get(column) === parent.get(key.toColumns[at] as string)),
    );
    const isNullable = key.columns.every((column) => isNullableIn(table, column) && !row.has(column));
    if (all.length === 0 && !isNullable) return undefined;
    const isNull = all.length === 0 || (isNullable && random.next() < NULLS);
    // A key that is distinct itself takes its parents one after the other.
    const parent = isNull ? undefined : isDistinct(table, key.columns) ? all[(number - 1 + attempt) % all.length] : random.pick(all);
    for (const [at, column] of key.columns.entries()) row.set(column, parent?.get(key.toColumns[at] as string) ?? null);
  }
  const partition = new Map([...rules.partitions].map(([column, all]) => [column, all.length === 0 ? {} : random.pick(all)]));
  for (const column of table.columns) {
    if (column.isGenerated || row.has(column.name)) continue;
    const isInKey = table.uniqueKeys.some(({ columns }) => columns.includes(column.name)) || table.partitionKey.includes(column.name);
    if (column.isNullable && (later.has(column.name) || (!isInKey && random.next() < NULLS))) row.set(column.name, null);
    else {
      const limits = tighter(rules.limits.get(column.name) ?? {}, partition.get(column.name) ?? {});
      const value = valueOf({ table, column, limits, random, locale: context.locale });
      row.set(column.name, isDistinct(table, [column.name]) ? distinct(table, column.name, value, limits, number + attempt) : value);
    }
  }
  for (const [first, second] of rules.ordered) order(row, first, second);
  return row;
}

const isNullableIn = (table: TableFacts, name: string): boolean => table.columns.find((each) => each.name === name)?.isNullable === true;

const isDistinct = (table: TableFacts, columns: readonly string[]): boolean =>
  table.uniqueKeys.some((key) => key.columns.length === columns.length && key.columns.every((each) => columns.includes(each)));

/** Numbers count up; a text carries its number, as far as there is room. */
function distinct(table: TableFacts, name: string, value: string, limits: Limits, number: number): string {
  const column = table.columns.find((each) => each.name === name);
  if (column === undefined || limits.values !== undefined || limits.pattern !== undefined) return value;
  const type = canonicalType(underlying(column).type);
  if (["smallint", "integer", "bigint", "numeric"].includes(type)) return String(Math.ceil(limits.min ?? 1) + number - 1);
  if (!isText(column)) return value;
  const most = Math.min(underlying(column).maxLength ?? 255, limits.maxLength ?? 255);
  const [, stem = value, domain = ""] = /^([^@]+)(@.+)$/.exec(value) ?? [];
  // A short code is the number itself, in letters.
  if (most <= 6) return letters(number, most);
  const suffix = `${domain === "" ? " " : "."}${number}${domain}`;
  return (
    [...stem]
      .slice(0, most - suffix.length)
      .join("")
      .trimEnd() + suffix
  );
}

function letters(number: number, length: number): string {
  let text = "";
  for (let left = number; text.length < length; left = Math.floor(left / 26)) text = String.fromCharCode(65 + (left % 26)) + text;
  return text;
}

function order(row: Row, first: string, second: string): void {
  const [a, b] = [row.get(first), row.get(second)];
  if (typeof a !== "string" || typeof b !== "string") return;
  const isTurned = Number.isNaN(Number(a)) || Number.isNaN(Number(b)) ? a > b : Number(a) > Number(b);
  if (!isTurned) return;
  row.set(first, b);
  row.set(second, a);
}
