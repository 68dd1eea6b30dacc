// What the commands below `bulkhead collect` share: the fingerprint key, and what is said on the way.
import { randomBytes } from "node:crypto";
import { InvalidArgumentError } from "commander";
import { fingerprint } from "../lib/hash.ts";

/** With the key of BULKHEAD_FINGERPRINT_KEY, or one that is drawn now and forgotten. */
export function fingerprinting(): (secret: string) => string {
  const given = process.env["BULKHEAD_FINGERPRINT_KEY"];
  const key = given === undefined || given === "" ? randomBytes(32) : new TextEncoder().encode(given);
  return (secret) => fingerprint(key, secret);
}

/** Back to the line's start, and the line empty (ECMA-48, EL). */
const CLEAR = "\r\u001b[2K";

export const say = (line: string): void => void process.stderr.write(`${process.stderr.isTTY ? CLEAR : ""}${line}\n`);

/** In place of the line before; for terminals only. */
export const sayAgain = (line: string): void => void process.stderr.write(`${CLEAR}${line}`);

/** A line for each phase of long work; on a terminal one line that is written over until the phase `done`. */
export function phases(): (phase: string, line: string) => void {
  let last = "";
  return (phase, line) => {
    if (process.stderr.isTTY) process.stderr.write(`${CLEAR}${line}${phase === "done" ? "\n" : ""}`);
    else if (phase !== last) process.stderr.write(`${line}\n`);
    last = phase;
  };
}

export function places(value: string): number {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1 || count > 64) throw new InvalidArgumentError("Write a whole number from 1 to 64.");
  return count;
}

export const daysAgo = (days: number): Date => new Date(Date.now() - days * 86_400_000);

export function since(value: string): Date {
  const at = Date.parse(value);
  if (!/^\d{4}-\d\d-\d\d(?:T[\d:.]+Z)?$/.test(value) || Number.isNaN(at)) throw new InvalidArgumentError("Write a date as 2026-08-01.");
  return new Date(at);
}

/** What every collection is told of how to run, by the flags that they share; on a terminal with a count of `unit` that is written over. */
export const runOf = (
  { concurrency, output, refresh }: { readonly concurrency: number; readonly output: string; readonly refresh?: boolean },
  of: string,
  unit: "calls" | "lists" = "calls",
) => ({
  concurrency,
  fingerprint: fingerprinting(),
  output,
  refresh: refresh ?? false,
  say,
  ...(process.stderr.isTTY && {
    progress: ({ asked, answered }: { readonly asked: number; readonly answered: number }): void =>
      sayAgain(`${of}  ${answered} of ${asked} ${unit}`),
  }),
});
