// A folder of files in, a folder of masked files out: each file a table, by its name.
import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { fail, ok, type Result } from "../../lib/result.ts";
import { compileFields, prfOfDomains } from "../engine/compile.ts";
import { MaskError } from "../error.ts";
import type { Inventory, TableFacts } from "../inventory.ts";
import { maskers } from "../maskers/registry.ts";
import type { LoadedPolicy } from "../policy/load.ts";
import { type MaskPlan, planOf, type TablePlan } from "../policy/plan.ts";
import type { PolicyProblem } from "../policy/problem.ts";
import type { RunReport, TableReport } from "../report.ts";
import { csv } from "./csv.ts";
import type { FileDone, FileFormat } from "./format.ts";
import { jsonLines } from "./json-lines.ts";
import { parquet } from "./parquet.ts";

const FORMATS: readonly FileFormat[] = [csv, jsonLines, parquet];

export interface FolderRun {
  readonly from: string;
  readonly to: string;
  readonly policy: LoadedPolicy;
  readonly key: Uint8Array;
  readonly onProgress?: (rows: number, bytes: number) => void;
}

const formatOf = (name: string): FileFormat | undefined => FORMATS.find(({ endings }) => endings.includes(extname(name).toLowerCase()));

export async function readFolderInventory(folder: string): Promise<Inventory> {
  const tables: TableFacts[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const format = entry.isFile() ? formatOf(entry.name) : undefined;
    if (format === undefined)
      throw new MaskError(
        "UNREADABLE",
        `${join(folder, entry.name)}  is no file of a format that is masked\n  Take it out of the folder: ${FORMATS.flatMap(({ endings }) => endings).join(", ")} are read.`,
      );
    const columns = await format.columns(join(folder, entry.name));
    const facts = { id: entry.name, schema: "", name: entry.name, columns, uniqueKeys: [], partitionKey: [], holdsRows: true, rows: 0 };
    tables.push({ ...facts, bytes: statSync(join(folder, entry.name)).size });
  }
  return { tables, foreignKeys: [], largeObjects: 0 };
}

export const planFolder = async (folder: string, policy: LoadedPolicy): Promise<Result<MaskPlan, readonly PolicyProblem[]>> =>
  planOf(policy, await readFolderInventory(folder), maskers);

export async function maskFolder({ from, to, policy, key, onProgress }: FolderRun): Promise<Result<RunReport, readonly PolicyProblem[]>> {
  if (statSync(to, { throwIfNoEntry: false }) !== undefined)
    throw new MaskError("NOT_APPLICABLE", `${to}  is there already\n  Name another folder, or remove it.`);
  const plan = await planFolder(from, policy);
  if (!plan.ok) return fail(plan.error);
  // Under another name until it is whole.
  const beside = join(dirname(resolve(to)), `.${basename(to)}.${randomBytes(6).toString("hex")}`);
  mkdirSync(beside, { mode: 0o700 });
  const prf = prfOfDomains(key);
  let [rows, bytes] = [0, 0];
  try {
    const tables: TableReport[] = [];
    for (const table of plan.value.tables) {
      const done =
        table.action === "copy" ? await maskFile(join(from, table.facts.name), join(beside, table.facts.name), table, prf) : undefined;
      rows += done?.rows ?? 0;
      bytes += done?.bytes ?? 0;
      onProgress?.(rows, bytes);
      tables.push(reportOf(table, done));
    }
    renameSync(beside, to);
    return ok({ source: "files", leftOut: [], tables });
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

async function maskFile(file: string, to: string, table: TablePlan, prf: ReturnType<typeof prfOfDomains>): Promise<FileDone> {
  const format = formatOf(table.facts.name);
  if (format === undefined) throw new Error(`no format of ${file}`);
  const rules = compileFields(
    table.columns.map((plan) => ({ plan, isReadOnly: false })),
    maskers,
    prf,
  );
  const columns = table.columns.map(({ name }) => name);
  const out = openSync(to, "wx", 0o600);
  try {
    const done = await format.mask(file, { columns, rule: (name) => rules[columns.indexOf(name)] ?? { kind: "null" }, out });
    fsyncSync(out);
    return done;
  } finally {
    closeSync(out);
  }
}

const reportOf = ({ id, action, columns }: TablePlan, done: FileDone | undefined): TableReport => ({
  id,
  action,
  rows: done?.rows ?? 0,
  chunks: done === undefined ? [] : [{ rows: done.rows, bytes: done.bytes, sha256: done.sha256 }],
  columns: columns.map(({ name, rule }) => ({
    name,
    rule: rule.kind,
    ...(rule.kind === "mask" && { masker: rule.masker, ...(done?.counts.get(name) ?? { nulls: 0, changed: 0, unchanged: 0 }) }),
  })),
});
