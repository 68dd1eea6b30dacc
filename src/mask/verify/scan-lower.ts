// Every value of the lower environment against production's fingerprints, counted by where it came from and where it stands.
import type { TableFacts } from "../inventory.ts";
import { bitsOf, canTell, expectedByChance, isBeyondChance } from "./evidence.ts";
import { shapeOf } from "./normal.ts";
import { type OnHit, scanner } from "./scanner.ts";
import type { Known, SensitiveColumn } from "./sensitive.ts";
import type { Side } from "./side.ts";

export interface Hit {
  /** Production's column. */
  readonly from: { readonly table: string; readonly name: string };
  /** The lower environment's. */
  readonly to: { readonly table: string; readonly name: string };
  /** Whether the value is the column's whole value, or stands inside of a longer one. */
  readonly isWhole: boolean;
  readonly found: number;
  /** How many chance alone would give. */
  readonly expected: number;
  /** A few rows, as the lower database names them; the values are not told. */
  readonly rows: readonly string[];
}

export interface Scanned {
  /** Production's values stand there beyond chance. */
  readonly leaks: readonly Hit[];
  /** Values that also stand in production, and that chance, or a list that everyone draws from, can explain. */
  readonly risks: readonly Hit[];
  readonly values: number;
  readonly bytes: number;
  /** Of each table. */
  readonly rows: ReadonlyMap<string, number>;
}

interface Tally {
  from: number;
  isWhole: boolean;
  bits: number;
  isTelling: boolean;
  found: number;
  rows: string[];
}

const SAMPLES = 3;
/** A window is tried from each word; most words are about so long. */
const BYTES_OF_WORD = 5;

export async function scanLower(known: Known, lower: Side, onProgress?: (values: number, bytes: number) => void): Promise<Scanned> {
  const total = { values: 0, bytes: 0 };
  const leaks: Hit[] = [];
  const risks: Hit[] = [];
  const rows = new Map<string, number>();
  const { scan } = scanner(known.fingerprints, known.sought, known.seeds);
  for (const table of lower.inventory.tables) {
    if (!table.holdsRows) continue;
    const result = await scanTable(known, lower, table, scan, total, onProgress);
    leaks.push(...result.leaks);
    risks.push(...result.risks);
    rows.set(table.id, result.rows);
  }
  return { leaks, risks, rows, ...total };
}

async function scanTable(
  known: Known,
  lower: Side,
  table: TableFacts,
  scan: ReturnType<typeof scanner>["scan"],
  total: { values: number; bytes: number },
  onProgress: ((values: number, bytes: number) => void) | undefined,
): Promise<Pick<Scanned, "leaks" | "risks"> & { readonly rows: number }> {
  const names = table.columns.map(({ name }) => name);
  const tallies = names.map(() => new Map<number, Tally>());
  const compared = names.map(() => ({ values: 0, words: 0 }));
  const row = lower.rowName === undefined ? [] : [lower.rowName];
  let rowNumber = 0;
  const rows = await lower.rows(table, [...names, ...row], ({ bytes, starts, ends }) => {
    rowNumber++;
    for (let field = 0; field < names.length; field++) {
      const start = starts[field] as number;
      if (start < 0) continue;
      const end = ends[field] as number;
      const counts = compared[field] as { values: number; words: number };
      counts.values++;
      counts.words += 1 + Math.floor((end - start) / BYTES_OF_WORD);
      total.values++;
      total.bytes += end - start;
      const onHit: OnHit = (place, isWhole, from, to) => {
        const where = tallyOf(
          tallies[field] as Map<number, Tally>,
          known,
          place,
          isWhole,
          from < start || to > end ? undefined : { bytes, from, to },
        );
        where.found++;
        const name = starts[names.length] ?? -1;
        if (where.rows.length < SAMPLES)
          where.rows.push(name < 0 || row.length === 0 ? `row ${rowNumber}` : bytes.toString("latin1", name, ends[names.length]));
      };
      scan(bytes, start, end, onHit);
    }
    if (rowNumber % 16_384 === 0) onProgress?.(total.values, total.bytes);
  });
  return { ...judge(known, table, names, tallies, compared), rows };
}

function tallyOf(
  tallies: Map<number, Tally>,
  { fingerprints, columns, values }: Known,
  place: number,
  isWhole: boolean,
  hit: { readonly bytes: Buffer; readonly from: number; readonly to: number } | undefined,
): Tally {
  const from = fingerprints.columnOf(place);
  // A hit in a text whose escapes were written out has no place in the row; it is long, or it would not have been sought.
  const shape = hit === undefined ? LONG : shapeOf(hit.bytes, hit.from, hit.to);
  const { kind } = columns[from] as SensitiveColumn;
  const own = shape.digits === shape.length ? values[from]?.digits.bits(shape.length) : undefined;
  const bits = Math.floor(own ?? bitsOf(shape, kind));
  const isTelling = canTell({ shape, kind, rows: fingerprints.rowsOf(place), bits });
  const key = ((from * 2 + (isWhole ? 1 : 0)) * 2 + (isTelling ? 1 : 0)) * 1024 + Math.min(bits, 1023);
  const before = tallies.get(key);
  if (before !== undefined) return before;
  const made: Tally = { from, isWhole, bits, isTelling, found: 0, rows: [] };
  tallies.set(key, made);
  return made;
}

const LONG = { length: 16, digits: 1, tokens: 2, hasAt: true };

function judge(
  known: Known,
  table: TableFacts,
  names: readonly string[],
  tallies: readonly ReadonlyMap<number, Tally>[],
  compared: readonly { readonly values: number; readonly words: number }[],
): Pick<Scanned, "leaks" | "risks"> {
  const leaks: Hit[] = [];
  const risks: Hit[] = [];
  for (const [field, name] of names.entries()) {
    const { values, words } = compared[field] as { values: number; words: number };
    const parts = [...(tallies[field] as ReadonlyMap<number, Tally>).values()].map((tally) => {
      const column = known.columns[tally.from] as SensitiveColumn;
      const distinct = known.values[tally.from]?.distinct ?? 0;
      const expected = expectedByChance(tally.isWhole ? values : words, distinct, tally.bits);
      const hit: Hit = {
        from: { table: column.table, name: column.name },
        to: { table: table.id, name },
        isWhole: tally.isWhole,
        found: tally.found,
        expected,
        rows: tally.rows,
      };
      return { hit, isLeak: tally.isTelling && isBeyondChance(tally.found, expected) };
    });
    leaks.push(...merged(parts.filter(({ isLeak }) => isLeak)));
    risks.push(...merged(parts.filter(({ isLeak }) => !isLeak)));
  }
  return { leaks, risks };
}

/** One for each pair of columns, whatever the lengths of the values were. */
function merged(parts: readonly { readonly hit: Hit }[]): readonly Hit[] {
  const groups = Map.groupBy(parts, ({ hit }) => JSON.stringify([hit.from, hit.isWhole]));
  return [...groups.values()]
    .map((group): Hit => {
      const [first] = group as [(typeof group)[number]];
      return {
        ...first.hit,
        found: group.reduce((sum, { hit }) => sum + hit.found, 0),
        expected: group.reduce((sum, { hit }) => sum + hit.expected, 0),
        rows: group.flatMap(({ hit }) => hit.rows).slice(0, SAMPLES),
      };
    })
    .toSorted((one, other) => other.found - one.found);
}

/** Whether this very scan finds what it seeks: sensitive values put whole, into JSON and into a sentence, in memory. */
export function findCanaries(known: Known): { readonly planted: number; readonly found: number } {
  const { scan } = scanner(known.fingerprints, known.sought, known.seeds);
  let planted = 0;
  let found = 0;
  for (const canary of known.canaries) {
    const text = canary.toString("utf8");
    for (const carrier of [text, JSON.stringify({ id: 7, contact: { value: text } }), `Called back about it: ${text} (see the file).`]) {
      const bytes = Buffer.from(carrier);
      let isFound = false;
      scan(bytes, 0, bytes.length, () => (isFound = true));
      planted++;
      if (isFound) found++;
    }
  }
  return { planted, found };
}
