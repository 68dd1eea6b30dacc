// Check constraints that are simple enough to be kept by construction; what is not is left to the database, which refuses the row.

/** What the values of one column must be. Undefined members say nothing. */
export interface Limits {
  readonly min?: number;
  readonly max?: number;
  /** Days, for dates: `YYYY-MM-DD`. */
  readonly from?: string;
  readonly to?: string;
  readonly values?: readonly string[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
}

export interface Constraints {
  readonly limits: ReadonlyMap<string, Limits>;
  /** Pairs of columns of which the first is not after the second. */
  readonly ordered: readonly (readonly [first: string, second: string])[];
}

const CAST = /::(?:"[^"]+"|[a-z_][\w. ]*?)(?:\(\d+(?:,\s*\d+)?\))?(?:\[\])*(?=[\s),\]]|$)/gi;
const COLUMN = String.raw`(?:"((?:[^"]|"")+)"|([a-z_]\w*))`;
const LITERAL = String.raw`(?:'((?:[^']|'')*)'|(-?\d+(?:\.\d+)?))`;
const COMPARED = new RegExp(`^${COLUMN}\\s*(>=|<=|>|<|=)\\s*${LITERAL}$`, "i");
const PAIR = new RegExp(`^${COLUMN}\\s*(>=|<=|>|<)\\s*${COLUMN}$`, "i");
const LISTED = new RegExp(`^${COLUMN}\\s*=\\s*ANY\\s*ARRAY\\[(.*)\\]$`, "i");
const LENGTH = new RegExp(`^(?:char_length|character_length|length)\\s*${COLUMN}\\s*(>=|<=|>|<|=)\\s*(\\d+)$`, "i");
const MATCHED = new RegExp(`^${COLUMN}\\s*~\\s*'((?:[^']|'')*)'$`, "i");

/** Outside of quotes: casts and brackets say nothing that these forms need. */
function simplified(definition: string): string {
  return definition
    .split(/('(?:[^']|'')*')/)
    .map((part, at) => (at % 2 === 1 ? part : part.replaceAll(CAST, "").replaceAll(/[()]/g, " ")))
    .join("")
    .replaceAll(CAST, "")
    .replaceAll(/\s+/g, " ")
    .trim();
}

const unquote = (text: string): string => text.replaceAll("''", "'");

/** Of several definitions as `pg_get_expr` writes them. `integers` are the columns whose values have no fractions. */
export function constraintsOf(definitions: readonly string[], integers: ReadonlySet<string>): Constraints {
  const limits = new Map<string, Limits>();
  const ordered: [string, string][] = [];
  const add = (column: string, more: Limits): void => void limits.set(column, tighter(limits.get(column) ?? {}, more));
  for (const definition of definitions) {
    const text = simplified(definition);
    // What holds in one of several ways is for the database to judge.
    if (/\bOR\b|\bNOT\b|\bCASE\b/i.test(text.replaceAll(/'(?:[^']|'')*'/g, ""))) continue;
    for (const clause of text.split(/\s+AND\s+/i)) readClause(clause.trim(), integers, add, ordered);
  }
  return { limits, ordered };
}

function readClause(
  clause: string,
  integers: ReadonlySet<string>,
  add: (column: string, limits: Limits) => void,
  ordered: [string, string][],
): void {
  const nameOf = (match: RegExpExecArray, at = 1): string => match[at]?.replaceAll('""', '"') ?? (match[at + 1] as string);
  const length = LENGTH.exec(clause);
  if (length !== null) return add(nameOf(length), lengthLimits(length[3] as string, Number(length[4])));
  const listed = LISTED.exec(clause);
  if (listed !== null)
    return add(nameOf(listed), {
      values: [...(listed[3] as string).matchAll(/'((?:[^']|'')*)'|(-?\d+(?:\.\d+)?)/g)].map(([, text, number]) =>
        text === undefined ? (number as string) : unquote(text),
      ),
    });
  const matched = MATCHED.exec(clause);
  if (matched !== null) return add(nameOf(matched), { pattern: unquote(matched[3] as string) });
  const compared = COMPARED.exec(clause);
  if (compared !== null) {
    const column = nameOf(compared);
    const operator = compared[3] as string;
    const text = compared[4] === undefined ? (compared[5] as string) : unquote(compared[4]);
    return add(
      column,
      /^\d{4}-\d\d-\d\d/.test(text)
        ? dayLimits(operator, text.slice(0, 10))
        : /^-?\d+(\.\d+)?$/.test(text)
          ? numberLimits(operator, Number(text), integers.has(column))
          : operator === "="
            ? { values: [text] }
            : {},
    );
  }
  const pair = PAIR.exec(clause);
  if (pair === null) return;
  const [first, second] = [nameOf(pair), nameOf(pair, 4)];
  ordered.push((pair[3] as string).startsWith("<") ? [first, second] : [second, first]);
}

/** A thousandth beyond an open end is inside for every number that people constrain. */
const OPEN = 0.01;

function numberLimits(operator: string, value: number, isInteger: boolean): Limits {
  const step = isInteger ? 1 : OPEN;
  if (operator === ">=") return { min: value };
  if (operator === "<=") return { max: value };
  if (operator === ">") return { min: isInteger ? Math.floor(value) + 1 : value + step };
  if (operator === "<") return { max: isInteger ? Math.ceil(value) - 1 : value - step };
  return { values: [String(value)] };
}

function dayLimits(operator: string, day: string): Limits {
  const beside = (days: number): string => new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
  if (operator.startsWith(">")) return { from: operator === ">" ? beside(1) : day };
  if (operator.startsWith("<")) return { to: operator === "<" ? beside(-1) : day };
  return { from: day, to: day };
}

function lengthLimits(operator: string, length: number): Limits {
  if (operator === "=") return { minLength: length, maxLength: length };
  if (operator.startsWith(">")) return { minLength: operator === ">" ? length + 1 : length };
  return { maxLength: operator === "<" ? length - 1 : length };
}

const higher = <T extends number | string>(a: T | undefined, b: T | undefined): T | undefined =>
  a === undefined ? b : b === undefined || a > b ? a : b;
const lower = <T extends number | string>(a: T | undefined, b: T | undefined): T | undefined =>
  a === undefined ? b : b === undefined || a < b ? a : b;

export function tighter(a: Limits, b: Limits): Limits {
  const values =
    a.values === undefined ? b.values : b.values === undefined ? a.values : a.values.filter((each) => b.values?.includes(each));
  const all = {
    min: higher(a.min, b.min),
    max: lower(a.max, b.max),
    from: higher(a.from, b.from),
    to: lower(a.to, b.to),
    values,
    minLength: higher(a.minLength, b.minLength),
    maxLength: lower(a.maxLength, b.maxLength),
    pattern: a.pattern ?? b.pattern,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Limits;
}
