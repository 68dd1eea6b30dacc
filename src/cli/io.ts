// What every command shares with the world: the folder, the clock, the outputs.
import { createPublicKey, type KeyObject } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { readText } from "./texts.ts";
import { type CheckOptions, type CheckRun, check, formatProblems } from "../app/check.ts";
import { type FileSet, readFolder } from "../app/files.ts";
import { UsageError } from "./report.ts";

export { collect, put, readBytes, readText, usesColor } from "./texts.ts";

export interface EstateFlags {
  readonly charter?: string;
  readonly asOf?: string;
  readonly trust?: readonly string[];
}

/** Reads the folder a command is given. Throws a UsageError with what to write instead. */
export function filesOf(folder: string): FileSet {
  if (!existsSync(folder))
    throw new UsageError(
      "BAD_INPUT",
      `${folder}  there is no such folder\n  Name the folder that holds bulkhead.yaml and the collected files.`,
    );
  if (!statSync(folder).isDirectory())
    throw new UsageError(
      "BAD_INPUT",
      `${folder}  is a file, not a folder\n  Name the folder that holds bulkhead.yaml and the collected files.`,
    );
  return readFolder(folder);
}

export function optionsOf(flags: EstateFlags): CheckOptions {
  const key = process.env["BULKHEAD_FINGERPRINT_KEY"];
  return {
    asOf: asOfTime(flags.asOf),
    ...(flags.charter !== undefined && { charter: { text: readText(flags.charter), file: flags.charter } }),
    ...(key !== undefined && key !== "" && { fingerprintKey: new TextEncoder().encode(key) }),
    ...(flags.trust && flags.trust.length > 0 && { trustedKeys: flags.trust.map(publicKey) }),
  };
}

/** The time a verdict is about: given, or now. */
export function asOfTime(given: string | undefined): string {
  const time = given === undefined ? new Date() : new Date(given);
  if (Number.isNaN(time.getTime()))
    throw new UsageError("USAGE", `--as-of ${given}  is not a date\n  Write it as 2026-11-24 or 2026-11-24T09:00:00Z.`);
  return time.toISOString().replace(/\.\d{3}Z$/, "Z");
}

function publicKey(file: string): KeyObject {
  try {
    return createPublicKey(readText(file));
  } catch (cause) {
    throw new UsageError("BAD_INPUT", `${file}  is not a public key\n  Give an Ed25519 public key in PEM form (openssl pkey -pubout).`, {
      cause,
    });
  }
}

/** Runs the check on a folder, or throws a UsageError with the charter's problems. */
export function checkFolder(folder: string, flags: EstateFlags, more: Partial<CheckOptions> = {}): CheckRun {
  const run = check(filesOf(folder), { ...optionsOf(flags), ...more });
  if (!run.ok) throw new UsageError("BAD_INPUT", formatProblems(run.error));
  return run.value;
}
