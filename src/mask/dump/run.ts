// A dump in, a masked dump out: once through for its catalog, which the policy must declare, and once for its rows.
import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fail, ok, type Result } from "../../lib/result.ts";
import { MaskError } from "../error.ts";
import type { Inventory } from "../inventory.ts";
import { maskers } from "../maskers/registry.ts";
import type { LoadedPolicy } from "../policy/load.ts";
import { type MaskPlan, planOf } from "../policy/plan.ts";
import type { PolicyProblem } from "../policy/problem.ts";
import type { RunReport } from "../report.ts";
import { dumpCatalog } from "./catalog.ts";
import { copyHeader } from "./header.ts";
import type { Dialect } from "./lexer.ts";
import { passOf } from "./passes.ts";
import { type DumpReader, openDump } from "./reader.ts";
import { begin, define, NOT_PLAIN, PLAIN, refused, REMEDY, understoodCommand } from "./statement.ts";
import { tokensOf } from "./tokens.ts";
import { writeMasked } from "./write.ts";

export interface DumpRun {
  /** Opens the dump from its beginning; it is read twice. `isSchemaOnly`: no row is asked of it. */
  readonly open: (isSchemaOnly: boolean) => OpenedDump;
  readonly dialect: Dialect;
  readonly policy: LoadedPolicy;
  readonly key: Uint8Array;
  /** Gets the masked dump; closed by the caller. */
  readonly out: number;
  /** Gets what must wait until the tables have their names: MySQL's triggers, views, routines and events, with the settings before them. */
  readonly later?: string[];
  readonly onProgress?: (rows: number, bytes: number) => void;
}

export interface OpenedDump {
  readonly reader: DumpReader;
  /** Waits for what writes the dump, and throws when it failed. */
  readonly close: () => Promise<void>;
}

export const plainDump = (file: string, dialect: Dialect) => (): OpenedDump => {
  const reader = openDump(file, dialect);
  return { reader, close: async () => reader.close() };
};

/** With all settings that let every statement be classified: what the policy leaves out is still read. */
const READ_ALL: MaskPlan["settings"] = { comments: "drop", privileges: "drop", largeObjects: "drop", materializedViews: "drop" };

/** The catalog that the dump's own statements make. */
export async function readDumpInventory(open: DumpRun["open"], dialect: Dialect): Promise<Inventory> {
  const { reader, close } = open(true);
  const catalog = dumpCatalog(dialect);
  let largeObjects = 0;
  for (let statement = reader.next(); statement !== undefined; statement = reader.next()) {
    if (statement.isCommand) {
      understoodCommand(reader, statement);
      continue;
    }
    const { bytes, start, end } = statement;
    const first = tokensOf(reader.lexer, bytes, start, end, 16);
    if (first.length === 0) continue;
    const pass = passOf(dialect, first, READ_ALL);
    const words = first.map(({ text }) => text).join(" ");
    if (/^(select (pg_catalog \. )?lo_|alter large object)/.test(words)) largeObjects++;
    if (pass === "refuse") throw refused(reader, statement, `a statement is not understood: ${begin(first)}`, REMEDY);
    if (pass === "copy") {
      if (copyHeader(tokensOf(reader.lexer, bytes, start, end), "") === undefined) throw refused(reader, statement, NOT_PLAIN, PLAIN);
      reader.rows(() => undefined);
    }
    if (pass === "pass" || pass === "skip") define(reader, statement, catalog.define);
  }
  await close();
  return { ...catalog.inventory(), largeObjects };
}

export async function planDump(
  open: DumpRun["open"],
  dialect: Dialect,
  policy: LoadedPolicy,
): Promise<Result<MaskPlan, readonly PolicyProblem[]>> {
  return planOf(policy, await readDumpInventory(open, dialect), maskers);
}

export async function maskDump(run: DumpRun): Promise<Result<RunReport, readonly PolicyProblem[]>> {
  const inventory = await readDumpInventory(run.open, run.dialect);
  const plan = planOf(run.policy, inventory, maskers);
  if (!plan.ok) return fail(plan.error);
  const { reader, close } = run.open(false);
  const tables = writeMasked(reader, plan.value, inventory, run);
  await close();
  return ok({ source: "dump", leftOut: [], tables });
}

/** Under another name until it is whole. */
export async function intoFile<T>(
  file: string,
  fill: (descriptor: number) => Promise<Result<T, readonly PolicyProblem[]>>,
): Promise<Result<T, readonly PolicyProblem[]>> {
  if (statSync(file, { throwIfNoEntry: false }) !== undefined)
    throw new MaskError("NOT_APPLICABLE", `${file}  is there already\n  Name another file, or remove it.`);
  const beside = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString("hex")}`);
  const descriptor = openSync(beside, "wx", 0o600);
  try {
    const result = await fill(descriptor);
    fsyncSync(descriptor);
    if (result.ok) renameSync(beside, file);
    return result;
  } finally {
    closeSync(descriptor);
    rmSync(beside, { force: true });
  }
}
