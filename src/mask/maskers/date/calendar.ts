// The calendar under the date masker: text to days and days to years, without an allocation.

/** Filled again for each value. */
export interface Day {
  year: number;
  month: number;
  day: number;
  /** Where the time of day begins, and where it ends (before " BC"). */
  rest: number;
  end: number;
  /** Since 1970-01-01 in the proleptic Gregorian calendar, which is PostgreSQL's (documentation, appendix B.6). */
  days: number;
}

/** Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil: years begin in March, so that the leap day ends them. */
export function dayOf(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const ofYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + ofYear - 719_468;
}

/** The last day of birth of those who are `age` years old on the given day; who was born on a leap day turns older on 1 March. */
export const yearsBetween = (year: number, month: number, day: number, age: number): number => {
  const isLeap = (each: number): boolean => each % 4 === 0 && (each % 100 !== 0 || each % 400 === 0);
  return month === 2 && day === 29 && !isLeap(year - age) ? dayOf(year - age, 2, 28) : dayOf(year - age, month, day);
};

/** `YYYY-MM-DD`, then anything that begins with a space or a T, then perhaps " BC"; false for any other text. */
export function parseDate(input: Buffer, start: number, end: number, into: Day): boolean {
  let at = start;
  let year = 0;
  for (; at < end; at++) {
    const digit = (input[at] as number) - 48;
    if (digit < 0 || digit > 9) break;
    year = year * 10 + digit;
  }
  if (at - start < 4 || at + 6 > end || input[at] !== 0x2d || input[at + 3] !== 0x2d) return false;
  const month = twoAt(input, at + 1);
  const day = twoAt(input, at + 4);
  if (month < 1 || month > 12 || day < 1 || day > 31) return false;
  const rest = at + 6;
  if (rest < end && input[rest] !== 0x20 && input[rest] !== 0x54) return false;
  const isBefore = end - rest >= 3 && input[end - 1] === 0x43 && input[end - 2] === 0x42 && input[end - 3] === 0x20;
  into.year = isBefore ? 1 - year : year;
  into.month = month;
  into.day = day;
  into.rest = rest;
  into.end = isBefore ? end - 3 : end;
  into.days = dayOf(into.year, month, day);
  return true;
}

function twoAt(input: Buffer, at: number): number {
  const tens = (input[at] as number) - 48;
  const ones = (input[at + 1] as number) - 48;
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
}
