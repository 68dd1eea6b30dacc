// Whether a time lies in a freeze: a start, a duration and an iCalendar rule, on the clock of the freeze's own time zone.
import rruleModule from "rrule";
import type { Freeze } from "../charter/schema.ts";

const { RRule } = rruleModule;
const MINUTE_MS = 60_000;

/** The freeze that covers the environment at this time, if any. Throws a RangeError for a time zone or rule that does not exist: nothing is promoted by mistake. */
export const freezeAt = (freezes: readonly Freeze[], environment: string, at: string): Freeze | undefined =>
  freezes.find((freeze) => freeze.environments.includes(environment) && covers(freeze, new Date(at)));

/**
 * The last start at or before now decides: all of them last equally long. Wall-clock time is carried as if it were UTC, so that a rule keeps its hour when
 * the clocks change (RFC 5545, section 3.3.10: recurrences are in the local time of DTSTART).
 */
function covers(freeze: Freeze, now: Date): boolean {
  const local = wallClock(now, freeze.timeZone);
  const first = Date.parse(`${freeze.starts}:00Z`);
  if (local < first) return false;
  const start = freeze.repeats === undefined ? first : lastStart(freeze.repeats, first, local);
  return start !== undefined && local < start + durationMs(freeze.lasts);
}

function lastStart(rule: string, first: number, now: number): number | undefined {
  const options = RRule.parseString(rule);
  return new RRule({ ...options, dtstart: new Date(first) }).before(new Date(now), true)?.getTime();
}

/** Milliseconds since 1970 that the zone's clock shows. */
function wallClock(time: Date, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  }).formatToParts(time);
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  return Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
}

/** RFC 5545, section 3.3.6: weeks, or days and a time. A day is 24 hours of the wall clock. */
function durationMs(text: string): number {
  const [, weeks = 0, days = 0, hours = 0, minutes = 0] = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(text) ?? [];
  return (((Number(weeks) * 7 + Number(days)) * 24 + Number(hours)) * 60 + Number(minutes)) * MINUTE_MS;
}
