// Dates and times, moved by whole days: all of one subject by the same number, so that intervals stay.
import { z } from "zod";
import { type ByteSink, ensure, writeBytes } from "../../byte-sink.ts";
import { MaskError } from "../../error.ts";
import type { Masker, Siblings } from "../../masker.ts";
import { type Prf, fraction } from "../../prf/prf.ts";
import { canonicalType } from "../../type-name.ts";
import { DATES } from "../types.ts";
import { type Day, dayOf, parseDate, yearsBetween } from "./calendar.ts";

const Options = z.strictObject({
  /** How far it moves at most, either way. */
  days: z.int().min(1).max(36_500).default(180),
  /** The column that says whose date it is: each subject has a shift of its own. Without it there is one shift for the key domain. */
  subject: z.string().optional(),
  /** Ages, in years, at which something changes: nobody crosses one. */
  ageBands: z.array(z.int().min(0)).optional(),
  /** The day at which ages are counted. */
  asOf: z.iso.date().optional(),
});
type Options = z.infer<typeof Options>;

export const masker: Masker<Options> = {
  id: "date",
  summary: "The date moved by some days, the same number for one subject, so that intervals and (if asked) age bands stay.",
  options: Options,
  types: DATES,
  deterministic: true,
  keepsDistinct: ({ subject, ageBands }) => subject === undefined && ageBands === undefined,
  refuses: ({ ageBands, asOf }) => ((ageBands === undefined) === (asOf === undefined) ? undefined : "needs ageBands and asOf together"),
  reads: ({ subject }) => (subject === undefined ? [] : [subject]),
  compile: (options, _column, prf) => {
    const own = prf.derive("date");
    own.evaluateWords(1, 0, 0, 0, 0);
    const common = shiftOf(own, options.days);
    const bands = options.ageBands === undefined ? undefined : bandsOf(options.ageBands, options.asOf as string);
    const parsed: Day = { year: 0, month: 0, day: 0, rest: 0, end: 0, days: 0 };
    return (input, start, end, out, siblings) => {
      if (!parseDate(input, start, end, parsed)) return writeSpecial(input, start, end, out);
      const shift = options.subject === undefined ? common : subjectShift(own, options.days, siblings);
      const moved = bands === undefined ? parsed.days + shift : withinBand(parsed.days, shift, bands(parsed.days));
      writeDate(out, moved, input, parsed.rest, parsed.end);
    };
  },
  /** Times with a zone move by calendar days of the session's zone there: set it to UTC, as for the copy. */
  sql: (options, column, { dialect, value, prf }) => {
    if (options.subject !== undefined || options.ageBands !== undefined || !DATES.includes(canonicalType(column.type))) return undefined;
    const own = prf(["date"]);
    own.evaluateWords(1, 0, 0, 0, 0);
    const days = shiftOf(own, options.days);
    if (dialect === "postgres") return `CAST(${value} + interval '${days} days' AS ${column.type})`;
    const type = canonicalType(column.type) === "date" ? "DATE" : "TIMESTAMP";
    return dialect === "duckdb"
      ? `CAST(${value} + INTERVAL (${days}) DAY AS ${type})`
      : `CAST(${value} + make_dt_interval(${days}) AS ${type})`;
  },
};

/** Not 0, or the value would be the real one. */
function shiftOf(prf: Prf, days: number): number {
  const place = Math.floor(fraction(prf, 0) * days * 2);
  return place < days ? place - days : place - days + 1;
}

/** Rows whose subject is null share one. */
function subjectShift(prf: Prf, days: number, siblings: Siblings | undefined): number {
  if (siblings === undefined) throw new MaskError("NOT_APPLICABLE", "masker date was not given the subject it reads");
  const start = siblings.starts[0] as number;
  if (start < 0) prf.evaluateWords(1, 0, 0, 0, 0);
  else prf.evaluate(siblings.bytes, start, siblings.ends[0] as number);
  return shiftOf(prf, days);
}

/** PostgreSQL documentation, section 8.5.1.4: these say nothing about anybody. */
const SPECIAL = /^-?infinity$|^0000-00-00/;

function writeSpecial(input: Buffer, start: number, end: number, out: ByteSink): void {
  if (start < end && !SPECIAL.test(input.toString("latin1", start, end)))
    throw new MaskError("VALUE_NOT_MASKABLE", "a value is no date of the ISO style");
  writeBytes(out, input, start, end);
}

type Band = readonly [first: number, last: number];

/** The days of birth that are in one band at the given day. */
function bandsOf(ages: readonly number[], asOf: string): (day: number) => Band {
  const [year = 0, month = 0, day = 0] = asOf.split("-").map(Number);
  // Who turns `age` on the day itself has turned it.
  const edges = ages.toSorted((a, b) => b - a).map((age) => yearsBetween(year, month, day, age));
  return (birth) => {
    let first = -Infinity;
    let last = dayOf(year, month, day);
    for (const edge of edges) {
      if (birth <= edge) return [first, edge];
      first = edge + 1;
    }
    if (birth > last) return [last + 1, Infinity];
    return [first, last];
  };
}

/** What would leave the band is mirrored at its edge, and what the band is too narrow for goes to its other side. */
function withinBand(day: number, shift: number, [first, last]: Band): number {
  for (const candidate of [day + shift, day - shift]) if (candidate >= first && candidate <= last) return candidate;
  const far = shift > 0 ? last : first;
  const near = shift > 0 ? first : last;
  return Number.isFinite(far) && far !== day ? far : near;
}

function writeDate(out: ByteSink, days: number, input: Buffer, rest: number, end: number): void {
  ensure(out, 24 + end - rest);
  const { year, month, day } = fromDays(days);
  const isBefore = year <= 0;
  const shown = isBefore ? 1 - year : year;
  if (shown < 1000) out.bytes[out.at++] = 0x30;
  if (shown < 100) out.bytes[out.at++] = 0x30;
  if (shown < 10) out.bytes[out.at++] = 0x30;
  out.at += out.bytes.write(String(shown), out.at, "latin1");
  two(out, month);
  two(out, day);
  writeBytes(out, input, rest, end);
  if (isBefore) out.at += out.bytes.write(" BC", out.at, "latin1");
}

function two(out: ByteSink, value: number): void {
  out.bytes[out.at++] = 0x2d;
  out.bytes[out.at++] = 48 + Math.floor(value / 10);
  out.bytes[out.at++] = 48 + (value % 10);
}

/** The inverse of `dayOf`. */
function fromDays(days: number): { readonly year: number; readonly month: number; readonly day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const yearOfEra = Math.floor((ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365);
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const march = Math.floor((5 * ofYear + 2) / 153);
  const month = march < 10 ? march + 3 : march - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day: ofYear - Math.floor((153 * march + 2) / 5) + 1 };
}
