// Which columns of production may not come down, and the fingerprints of everything that stands in them.
import type { MaskPlan } from "../policy/plan.ts";
import { type DigitBits, digitBits } from "./digit-bits.ts";
import { isSoughtInside, type Kind, kindOf } from "./evidence.ts";
import { type Fingerprints, fingerprints, type Seeds, sumValue } from "./fingerprints.ts";
import { shapeOf } from "./normal.ts";
import { seek, type Sought, sought } from "./scanner.ts";
import type { Side } from "./side.ts";

export interface SensitiveColumn {
  readonly table: string;
  readonly name: string;
  readonly kind: Kind;
}

/** What the policy does not keep: masked, emptied and dropped columns, and every column of a table that is left out or left empty. */
export function sensitiveColumns(plan: MaskPlan, side: Side): readonly SensitiveColumn[] {
  return plan.tables.flatMap(({ id, action, columns, facts }) => {
    if (!facts.holdsRows) return [];
    const all = side.inventory.tables.find((table) => table.id === id)?.columns ?? [];
    const names =
      action === "copy"
        ? columns.filter(({ rule }) => !/^(?:keep|generated)$/.test(rule.kind)).map(({ name }) => name)
        : all.map(({ name }) => name);
    return names.map((name) => ({ table: id, name, kind: kindOf(all.find((column) => column.name === name)?.type ?? "text") }));
  });
}

export interface ColumnValues {
  rows: number;
  nulls: number;
  distinct: number;
  readonly digits: DigitBits;
}

export interface Known {
  readonly columns: readonly SensitiveColumn[];
  readonly values: readonly ColumnValues[];
  readonly fingerprints: Fingerprints;
  readonly sought: Sought;
  readonly seeds: Seeds;
  /** Of each table that has a sensitive column. */
  readonly rows: ReadonlyMap<string, number>;
  /** A few values that are sought inside of texts, in memory only, to show that this very scan finds them. */
  readonly canaries: readonly Buffer[];
}

const CANARIES = 12;

/** Reads every sensitive value of production, in full. Only fingerprints are kept. */
export async function fingerprintProduction(
  side: Side,
  columns: readonly SensitiveColumn[],
  seeds: Seeds,
  onProgress?: (rows: number) => void,
): Promise<Known> {
  const known = fingerprints();
  const inside = sought();
  const values = columns.map((): ColumnValues => ({ rows: 0, nulls: 0, distinct: 0, digits: digitBits() }));
  const canaries: Buffer[] = [];
  const sums = { a: 0, b: 0 };
  const counted = new Map<string, number>();
  let rows = 0;
  for (const [table, mine] of Map.groupBy(columns, (column) => column.table)) {
    const facts = side.inventory.tables.find(({ id }) => id === table);
    if (facts === undefined) continue;
    const places = mine.map((column) => columns.indexOf(column));
    const read = await side.rows(
      facts,
      mine.map(({ name }) => name),
      ({ bytes, starts, ends }) => {
        if (++rows % 65_536 === 0) onProgress?.(rows);
        for (let field = 0; field < mine.length; field++) {
          const place = places[field] as number;
          const counts = values[place] as ColumnValues;
          counts.rows++;
          const start = starts[field] as number;
          const end = ends[field] as number;
          if (start < 0) {
            counts.nulls++;
            continue;
          }
          const length = sumValue(bytes, start, end, seeds, sums);
          if (length === 0) continue;
          const before = known.size;
          known.add(sums.a, sums.b, place);
          if (known.size === before) continue;
          counts.distinct++;
          const { kind } = mine[field] as SensitiveColumn;
          const shape = shapeOf(bytes, start, end);
          if (shape.digits === shape.length) counts.digits.add(bytes, start, end, length);
          if (!isSoughtInside(shape, kind)) continue;
          seek(inside, bytes, start, end, length);
          // Every so often one, so that they come from all columns and not from the first alone.
          if (canaries.length < CANARIES && (canaries.length === 0 || counts.distinct % 3 === 1))
            canaries.push(Buffer.from(bytes.subarray(start, end)));
        }
      },
    );
    counted.set(table, read);
  }
  return { columns, values, fingerprints: known, sought: inside, seeds, rows: counted, canaries };
}
