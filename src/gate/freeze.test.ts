// Freezes on the clock of their own time zone, through changes of that clock.
import { expect, test } from "vitest";
import { Freeze } from "../charter/schema.ts";
import { freezeAt } from "./freeze.ts";

const isFrozen = (part: Readonly<Record<string, unknown>>, at: string): boolean =>
  freezeAt([Freeze.parse({ name: "quiet", environments: ["production"], reason: "nobody is there", ...part })], "production", at) !==
  undefined;
const weekends = { starts: "2026-01-02T16:00", lasts: "P2DT16H", repeats: "FREQ=WEEKLY;BYDAY=FR", timeZone: "Europe/Amsterdam" };

test.each([
  // Friday 16:00 in Amsterdam is 15:00 UTC in winter, and 14:00 in summer.
  ["2026-01-09T14:59:59Z", false],
  ["2026-01-09T15:00:00Z", true],
  ["2026-07-10T13:59:59Z", false],
  ["2026-07-10T14:00:00Z", true],
  ["2026-01-12T06:59:59Z", true],
  ["2026-01-12T07:00:00Z", false],
  ["2025-12-26T20:00:00Z", false],
])("every weekend from Friday 16:00 on the clock of Amsterdam: %s is %s", (at, expected) => {
  expect(isFrozen(weekends, new Date(at).toISOString())).toBe(expected);
});

test.each([
  [
    "the last Friday of each month",
    { starts: "2026-01-30T00:00", lasts: "P1D", repeats: "FREQ=MONTHLY;BYDAY=-1FR" },
    "2026-02-27T12:00:00Z",
    true,
  ],
  ["not the one before", { starts: "2026-01-30T00:00", lasts: "P1D", repeats: "FREQ=MONTHLY;BYDAY=-1FR" }, "2026-02-20T12:00:00Z", false],
  [
    "three times and no more",
    { starts: "2026-01-01T00:00", lasts: "P1D", repeats: "FREQ=DAILY;INTERVAL=2;COUNT=3" },
    "2026-01-07T12:00:00Z",
    false,
  ],
  ["until a day", { starts: "2026-01-01T00:00", lasts: "P1D", repeats: "FREQ=DAILY;UNTIL=20260105T000000Z" }, "2026-01-05T12:00:00Z", true],
])("%s", (_, part, at, expected) => {
  expect(isFrozen(part, new Date(at).toISOString())).toBe(expected);
});

test.each([
  ["a day that does not exist", { lasts: "P1" }],
  ["a rule by the second", { repeats: "FREQ=SECONDLY" }],
  ["an empty duration", { lasts: "P" }],
  ["a start with a zone in it", { starts: "2026-01-01T00:00Z" }],
])("the charter refuses %s", (_, part) => {
  const whole = { name: "quiet", environments: ["production"], reason: "r", starts: "2026-01-01T00:00", lasts: "P1D" };
  expect(Freeze.safeParse(whole).success).toBe(true);
  expect(Freeze.safeParse({ ...whole, ...part }).success).toBe(false);
});

test("a time zone that does not exist lets nothing pass by mistake", () => {
  expect(() => isFrozen({ starts: "2026-01-01T00:00", lasts: "P1D", timeZone: "Europe/Atlantis" }, "2026-06-01T00:00:00Z")).toThrow(
    RangeError,
  );
});
