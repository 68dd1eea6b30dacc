// Row by row: whether a masked column still holds its own row's value. It tells what no single value can, such as a birth date that was left as it is.
import { byteSink } from "../byte-sink.ts";
import { compileColumn } from "../engine/compile.ts";
import type { Masking } from "../masker.ts";
import type { Maskers } from "../masker.ts";
import type { ColumnPlan, MaskPlan, TablePlan } from "../policy/plan.ts";
import type { Prf } from "../prf/prf.ts";
import { isBeyondChance } from "./evidence.ts";
import { type Seeds, spread, stepA, stepB } from "./fingerprints.ts";
import type { Fields, Side } from "./side.ts";

export interface Aligned {
  readonly table: string;
  readonly column: string;
  /** Rows that were compared. */
  readonly rows: number;
  /** Of them, with the value that the same row has in production. */
  readonly equal: number;
  /** Of them, with the value that another row has there: what chance gives. */
  readonly control: number;
  readonly verdict: "leak" | "risk" | "none";
}

/** Rows of a table that are kept for the comparison; of more, those whose key falls into a part. */
const MOST_ROWS = 1 << 20;
/** So much of a column, left as it is, was not masked. */
const UNMASKED_SHARE = 0.5;

/**
 * Tables are compared by their primary key where that is kept, or where the masking key is given and says what became of it. Tables
 * without either are told by the caller.
 */
export async function alignRows(
  plan: MaskPlan,
  production: Side,
  lower: Side,
  seeds: Seeds,
  rowsOf: ReadonlyMap<string, number>,
  masking: { readonly maskers: Maskers; readonly prf: ((domain: string) => Prf) | undefined },
): Promise<{ readonly aligned: readonly Aligned[]; readonly notAligned: readonly string[] }> {
  const aligned: Aligned[] = [];
  const notAligned: string[] = [];
  for (const table of plan.tables) {
    const masked = table.columns.filter(({ rule }) => rule.kind === "mask");
    if (table.action !== "copy" || masked.length === 0 || !table.facts.holdsRows) continue;
    const there = lower.inventory.tables.find(({ id }) => id === table.id);
    if (there === undefined) continue;
    const keys = keyMaskings(table, masking);
    const columns = masked.filter(({ name }) => there.columns.some((column) => column.name === name));
    if (keys === undefined) notAligned.push(table.id);
    else aligned.push(...(await alignTable(table, columns, keys, production, lower, seeds, rowsOf.get(table.id) ?? 0)));
  }
  return { aligned, notAligned };
}

interface Key {
  readonly name: string;
  /** What became of it; undefined: it was kept. */
  readonly masking: Masking | undefined;
}

function keyMaskings({ facts, columns }: TablePlan, { maskers, prf }: Parameters<typeof alignRows>[5]): readonly Key[] | undefined {
  const primary = facts.uniqueKeys.find(({ isPrimary }) => isPrimary);
  const plans = primary?.columns.map((name) => columns.find((column) => column.name === name));
  if (plans === undefined || plans.length === 0) return undefined;
  const keys = plans.map((plan) => (plan === undefined ? undefined : keyOf(plan, maskers, prf)));
  return keys.every((key) => key !== undefined) ? keys : undefined;
}

function keyOf(plan: ColumnPlan, maskers: Maskers, prf: ((domain: string) => Prf) | undefined): Key | undefined {
  if (plan.rule.kind === "keep") return { name: plan.name, masking: undefined };
  // A masker that reads other columns would need them here too.
  if (plan.rule.kind !== "mask" || plan.rule.reads.length > 0 || prf === undefined) return undefined;
  return maskers.get(plan.rule.masker)?.deterministic === true
    ? { name: plan.name, masking: compileColumn(plan, maskers, prf) }
    : undefined;
}

async function alignTable(
  table: TablePlan,
  columns: readonly ColumnPlan[],
  keys: readonly Key[],
  production: Side,
  lower: Side,
  seeds: Seeds,
  rows: number,
): Promise<readonly Aligned[]> {
  const names = columns.map(({ name }) => name);
  const wanted = [...keys.map(({ name }) => name), ...names];
  const parts = 2 ** Math.max(0, Math.ceil(Math.log2(Math.max(1, rows / MOST_ROWS))));
  const places = new Map<number, number>();
  const values: Int32Array[] = names.map(() => new Int32Array(1024));
  const sums = { a: 0, b: 0 };
  await production.rows(table.facts, wanted, (fields) => {
    const key = keySum(fields, keys, seeds, sums);
    if (key === undefined || (sums.b & (parts - 1)) !== 0) return;
    const place = places.size;
    places.set(key, place);
    for (let at = 0; at < names.length; at++) {
      let column = values[at] as Int32Array;
      if (place >= column.length) {
        const grown = new Int32Array(column.length * 2);
        grown.set(column);
        values[at] = column = grown;
      }
      column[place] = valueSum(fields, keys.length + at, seeds);
    }
  });
  const counts = names.map(() => ({ rows: 0, equal: 0, control: 0 }));
  const there = lower.inventory.tables.find(({ id }) => id === table.id) ?? table.facts;
  const asItStands = keys.map(({ name }): Key => ({ name, masking: undefined }));
  await lower.rows(there, wanted, (fields) => {
    const key = keySum(fields, asItStands, seeds, sums);
    const place = key === undefined ? undefined : places.get(key);
    if (place === undefined) return;
    const other = (place + 1) % places.size;
    for (let at = 0; at < names.length; at++) {
      const column = values[at] as Int32Array;
      const value = valueSum(fields, keys.length + at, seeds);
      const count = counts[at] as { rows: number; equal: number; control: number };
      if (value === 0 || column[place] === 0) continue;
      count.rows++;
      if (value === column[place]) count.equal++;
      if (value === column[other]) count.control++;
    }
  });
  return names.map((column, at): Aligned => {
    const { rows, equal, control } = counts[at] as { rows: number; equal: number; control: number };
    const isBeyond = rows >= 5 && isBeyondChance(equal, Math.max(control, 0.5));
    return {
      table: table.id,
      column,
      rows,
      equal,
      control,
      verdict: !isBeyond ? "none" : equal / rows >= UNMASKED_SHARE ? "leak" : "risk",
    };
  });
}

const masked = byteSink();

/** Of the exact bytes, with something between the columns; undefined: a column is null, or is no value that its masker takes. */
function keySum({ bytes, starts, ends }: Fields, keys: readonly Key[], seeds: Seeds, into: { a: number; b: number }): number | undefined {
  let { a, b } = seeds;
  for (let at = 0; at < keys.length; at++) {
    const start = starts[at] as number;
    if (start < 0) return undefined;
    const { masking } = keys[at] as Key;
    let from = start;
    let to = ends[at] as number;
    let value = bytes;
    if (masking !== undefined) {
      masked.at = 0;
      masking(bytes, start, to, masked);
      value = masked.bytes;
      from = 0;
      to = masked.at;
    }
    for (let each = from; each < to; each++) {
      a = stepA(a, value[each] as number);
      b = stepB(b, value[each] as number);
    }
    a = stepA(a, 256);
    b = stepB(b, 256);
  }
  into.a = spread(a);
  into.b = spread(b);
  // 53 bits: as many as a number holds exactly.
  return (into.a >>> 0) * 2 ** 21 + (into.b >>> 11);
}

/** 0: null. */
function valueSum({ bytes, starts, ends }: Fields, field: number, seeds: Seeds): number {
  const start = starts[field] as number;
  if (start < 0) return 0;
  let { a } = seeds;
  for (let at = start; at < (ends[field] as number); at++) a = stepA(a, bytes[at] as number);
  return spread(a) || 1;
}
