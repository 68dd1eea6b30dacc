// MySQL and MariaDB → the same: their own dump in one snapshot, masked on its way through, loaded under another name.
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Connection, RowDataPacket } from "mysql2/promise";
import { fail, ok, type Result } from "../../lib/result.ts";
import { dumpOfProgram, loadByProgram } from "../dump/program.ts";
import { type DumpRun, maskDump, planDump } from "../dump/run.ts";
import { MaskError } from "../error.ts";
import type { LoadedPolicy } from "../policy/load.ts";
import type { MaskPlan } from "../policy/plan.ts";
import type { PolicyProblem } from "../policy/problem.ts";
import type { RunReport } from "../report.ts";
import { type Address, addressOf, connect, optionsFile, programOf, quotedName } from "./address.ts";

export interface MysqlRun {
  readonly from: string;
  readonly to: string;
  readonly policy: LoadedPolicy;
  readonly key: Uint8Array;
  readonly replace?: boolean;
  readonly onProgress?: (rows: number, bytes: number) => void;
}

/** Rows of one snapshot, binary values as digits, texts as UTF-8. */
const DUMP = [
  ...["--single-transaction", "--quick", "--skip-lock-tables", "--hex-blob", "--default-character-set=utf8mb4", "--skip-comments"],
  ...["--routines", "--events", "--triggers", "--no-tablespaces"],
];

/** The source as its own dump program tells it. */
export function openSource(from: Address, folder: string): DumpRun["open"] {
  const options = optionsFile(from, folder, "source");
  const name = programOf("mariadb-dump", "mysqldump");
  return (isSchemaOnly) => {
    const words = [`--defaults-extra-file=${options}`, ...DUMP, ...(isSchemaOnly ? ["--no-data"] : []), from.database];
    return dumpOfProgram({ name, words, environment: process.env }, "mysql");
  };
}

export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-mask-"));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const planMysql = (from: string, policy: LoadedPolicy): Promise<Result<MaskPlan, readonly PolicyProblem[]>> =>
  withFolder((folder) => planDump(openSource(addressOf(from), folder), "mysql", policy));

export const maskMysql = (run: MysqlRun): Promise<Result<RunReport, readonly PolicyProblem[]>> =>
  withFolder(async (folder) => {
    const to = addressOf(run.to);
    const open = openSource(addressOf(run.from), folder);
    // Before anything is made.
    const plan = await planDump(open, "mysql", run.policy);
    if (!plan.ok) return fail(plan.error);
    const client = await connect(to);
    try {
      const unfinished = await begin(client, to.database, run.replace === true);
      const load = loadByProgram({
        name: programOf("mariadb", "mysql"),
        words: [`--defaults-extra-file=${optionsFile(to, folder, "target")}`, "--default-character-set=utf8mb4", unfinished],
        environment: process.env,
      });
      const later: string[] = [];
      const { policy, key, onProgress } = run;
      const report = await masked(
        () => maskDump({ open, dialect: "mysql", policy, key, out: load.out, later, ...(onProgress && { onProgress }) }),
        load.end,
      );
      if (!report.ok) return report;
      await finish(client, unfinished, to.database, later);
      return ok({ ...report.value, source: "mysql" as const });
    } finally {
      await client.end();
    }
  });

/** What the loading program complains of says more than the pipe that it broke. */
async function masked<T>(mask: () => Promise<T>, end: () => Promise<void>): Promise<T> {
  let result: T;
  try {
    result = await mask();
  } catch (error) {
    await end().catch((complaint: unknown) => {
      if ((error as { code?: string }).code === "EPIPE") throw complaint;
    });
    throw error;
  }
  await end();
  return result;
}

const unfinishedName = (database: string): string => `bulkhead_mask_${createHash("sha256").update(database).digest("hex").slice(0, 16)}`;

const has = async (client: Connection, name: string): Promise<boolean> => {
  const [rows] = await client.query<RowDataPacket[]>("SELECT 1 FROM information_schema.schemata WHERE schema_name = ?", [name]);
  return rows.length > 0;
};

/**
 * A database cannot be renamed, so the tables move at the end. While the unfinished one is there, the target is not whole, and the next
 * run removes both.
 */
async function begin(client: Connection, database: string, replace: boolean): Promise<string> {
  const unfinished = unfinishedName(database);
  const [rows] = await client.query<RowDataPacket[]>("SELECT GET_LOCK(?, 0) AS held", [unfinished]);
  if (Number(rows[0]?.["held"]) !== 1)
    throw new MaskError("NOT_APPLICABLE", "another run fills the same target\n  Wait for its end, or end it.");
  const wasMoving = (await has(client, `${unfinished}_moving`)) && (await has(client, database));
  if (wasMoving) await client.query(`DROP DATABASE ${quotedName(database)}`);
  if ((await has(client, database)) && !replace)
    throw new MaskError(
      "NOT_APPLICABLE",
      `database ${database} is there already\n  Name another one, or replace it when the new one is whole:  --replace`,
    );
  for (const name of [unfinished, `${unfinished}_moving`]) await client.query(`DROP DATABASE IF EXISTS ${quotedName(name)}`);
  await client.query(`CREATE DATABASE ${quotedName(unfinished)} CHARACTER SET utf8mb4`);
  return unfinished;
}

/** One RENAME TABLE moves all tables, or none; then what may not move follows: triggers, views, routines, events. */
async function finish(client: Connection, unfinished: string, database: string, later: readonly string[]): Promise<void> {
  const moving = `${unfinished}_moving`;
  await client.query(`CREATE DATABASE ${quotedName(moving)}`);
  await client.query(`DROP DATABASE IF EXISTS ${quotedName(database)}`);
  await client.query(`CREATE DATABASE ${quotedName(database)} CHARACTER SET utf8mb4`);
  const [tables] = await client.query<RowDataPacket[]>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ? AND table_type = 'BASE TABLE'",
    [unfinished],
  );
  const moves = tables.map(
    ({ name }) => `${quotedName(unfinished)}.${quotedName(String(name))} TO ${quotedName(database)}.${quotedName(String(name))}`,
  );
  if (moves.length > 0) await client.query(`RENAME TABLE ${moves.join(", ")}`);
  await client.query(`USE ${quotedName(database)}`);
  for (const statement of later) await client.query(statement);
  await client.query(`DROP DATABASE ${quotedName(unfinished)}`);
  // The last act: from here on the target is whole.
  await client.query(`DROP DATABASE ${quotedName(moving)}`);
}
