// Errors in words: one message for bad input, a stack only for a bug.
import { CommanderError } from "commander";
import { CodedError } from "../lib/error.ts";
import { EXIT } from "./exit.ts";

/** Bad input or usage: one message that says where, what, and what to write instead. */
export class UsageError extends CodedError<"USAGE" | "BAD_INPUT"> {}

/** Prints the error and gives the exit status. */
export function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (error instanceof CodedError) {
    process.stderr.write(`${error.message}\n`);
    return EXIT.usage;
  }
  process.stderr.write(
    `bulkhead: this is a bug; please report it with the lines below\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  return EXIT.internal;
}
