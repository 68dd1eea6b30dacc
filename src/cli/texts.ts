// Files and outputs of a command, without the engine that checks an estate: a command that needs none starts without it.
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, unlinkSync, writeSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { UsageError } from "./report.ts";

export const readText = (file: string): string => readBytes(file).toString("utf8");

/** Throws a UsageError when the file cannot be read. */
export function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new UsageError("BAD_INPUT", `${file}  cannot be read\n  Check the path and your right to read it.`, { cause });
  }
}

/** Writes a result to stdout, or to a file as a whole: through a neighbour and a rename, so that nothing half-written remains. */
export function put(text: string | Uint8Array, output: string | undefined): void {
  if (output === undefined) {
    process.stdout.write(text);
    return;
  }
  const target = resolve(output);
  const beside = join(dirname(target), `.${process.pid}.${Date.now()}.bulkhead`);
  try {
    const file = openSync(beside, "wx");
    try {
      const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
      for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, target);
  } catch (cause) {
    if (existsSync(beside)) unlinkSync(beside);
    throw new UsageError("BAD_INPUT", `${output}  cannot be written\n  Check the folder and your right to write there.`, { cause });
  }
}

/** Whether stdout takes colour: a terminal, and NO_COLOR is not set (no-color.org). */
export const usesColor = (output: string | undefined): boolean => output === undefined && process.stdout.isTTY && !process.env["NO_COLOR"];

export const collect = (value: string, before: readonly string[] | undefined): string[] => [...(before ?? []), value];
