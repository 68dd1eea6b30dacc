// PostgreSQL → PostgreSQL: one snapshot, schema, masked rows, constraints and indexes, and the name at the very end.
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fail, ok, type Result } from "../../lib/result.ts";
import { MaskError } from "../error.ts";
import type { Inventory } from "../inventory.ts";
import { maskers } from "../maskers/registry.ts";
import type { LoadedPolicy } from "../policy/load.ts";
import { type MaskPlan, planOf } from "../policy/plan.ts";
import type { PolicyProblem } from "../policy/problem.ts";
import type { RunReport, TableReport } from "../report.ts";
import { dumpSchema, entriesOf, isTaken, leftOut, restoreAfter, restoreBefore } from "./archive.ts";
import { connect, type PgClient, quotedName, quotedTable } from "./connect.ts";
import { dependentsOf } from "./dependents.ts";
import { readInventory } from "./inventory.ts";
import { copyPieces, type PieceDone, piecesOf, piecesOfSubset } from "./pool.ts";
import { setSequences } from "./sequences.ts";
import { type SubsetRequest, subsetOf } from "./subset.ts";
import { type Encoding, openTarget, type Target } from "./target.ts";
import { droppedViews, refreshViews } from "./views.ts";

export interface Progress {
  readonly phase: "schema" | "rows" | "indexes" | "views" | "done";
  readonly rows: number;
  readonly bytes: number;
  /** As the statistics of the source estimate it; 0 when it has none. */
  readonly rowsOf: number;
}

export interface DatabaseRun {
  readonly from: string;
  readonly to: string;
  readonly policy: LoadedPolicy;
  readonly key: Uint8Array;
  /** Threads that copy, and connections that build indexes. */
  readonly jobs?: number;
  /** Takes the place of a database of that name, in the transaction that finishes. */
  readonly replace?: boolean;
  /** Part of the rows only. */
  readonly subset?: SubsetRequest;
  readonly onProgress?: (progress: Progress) => void;
}

export interface Snapshot {
  readonly source: PgClient;
  readonly id: string;
  readonly inventory: Inventory;
  readonly encoding: Encoding;
}

/** Opens the snapshot under which everything is read: catalog, schema and rows. */
export async function openSnapshot(url: string): Promise<Snapshot> {
  const source = await connect(url);
  await source.query("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
  const { rows } = await source.query<{ id: string } & Encoding>(
    `SELECT pg_export_snapshot() AS id, pg_encoding_to_char(encoding) AS encoding, datcollate AS collate, datctype AS ctype
     FROM pg_database WHERE datname = current_database()`,
  );
  const [row] = rows;
  if (row === undefined) throw new Error("a database does not know itself");
  return { source, id: row.id, encoding: row, inventory: await readInventory(source) };
}

/** What a run would do, without reading a row. */
export async function planDatabase(url: string, policy: LoadedPolicy): Promise<Result<MaskPlan, readonly PolicyProblem[]>> {
  const { source, inventory } = await openSnapshot(url);
  await source.end();
  return planOf(policy, inventory, maskers);
}

export async function maskDatabase(run: DatabaseRun): Promise<Result<RunReport, readonly PolicyProblem[]>> {
  const snapshot = await openSnapshot(run.from);
  try {
    const plan = planOf(run.policy, snapshot.inventory, maskers);
    if (!plan.ok) return fail(plan.error);
    if (snapshot.encoding.encoding === "SQL_ASCII")
      throw new MaskError(
        "NOT_APPLICABLE",
        "the source's encoding is SQL_ASCII: its texts have no known characters\n  Convert it to UTF8 first.",
      );
    const target = await openTarget(run.to, snapshot.encoding, run.replace === true);
    const folder = mkdtempSync(join(tmpdir(), "bulkhead-mask-"));
    try {
      const report = await fill(run, snapshot, plan.value, target, folder);
      await target.finish();
      return ok(report);
    } catch (error) {
      await target.discard().catch(() => undefined);
      throw error;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  } finally {
    await snapshot.source.end().catch(() => undefined);
  }
}

async function fill(run: DatabaseRun, { source, id }: Snapshot, plan: MaskPlan, target: Target, folder: string): Promise<RunReport> {
  const rowsOf = plan.tables.reduce((sum, { action, facts }) => sum + (action === "copy" ? facts.rows : 0), 0);
  const done = { rows: 0, bytes: 0, rowsOf };
  const tell = (phase: Progress["phase"]): void => run.onProgress?.({ phase, ...done });
  const cores = availableParallelism();
  // Each thread keeps a process of either server busy.
  const jobs = run.jobs ?? Math.max(1, Math.floor(cores / 2));
  tell("schema");
  const archive = await dumpSchema(run.from, id, folder, plan.settings);
  const entries = await entriesOf(archive);
  const restoring = { archive, to: target.url, folder, settings: plan.settings };
  await restoreBefore({ ...restoring, entries: entries.filter((entry) => isTaken(entry, new Set())) });
  const views = await droppedViews(source, plan.settings.materializedViews);
  const gone = await dependentsOf(source, plan, views);
  const client = await connect(target.url);
  try {
    await leaveOut(client, plan, views);
    const setting = { from: run.from, to: target.url, snapshot: id, tables: plan.tables, key: run.key };
    const wanted = run.subset ? piecesOfSubset(await subsetOf(source, plan, run.subset)) : await piecesOf(source, plan.tables, jobs);
    const pieces = await copyPieces(wanted, setting, jobs, (rows, bytes) => {
      Object.assign(done, { rows, bytes });
      tell("rows");
    });
    tell("indexes");
    await restoreAfter({ ...restoring, entries: entries.filter((entry) => isTaken(entry, gone)) }, run.jobs ?? cores);
    await setSequences(source, client);
    tell("views");
    if (plan.settings.materializedViews === "refresh") await refreshViews(client);
    tell("done");
    return { source: "postgres", snapshot: id, leftOut: leftOut(entries), tables: tableReports(plan, pieces) };
  } finally {
    await client.end();
  }
}

/** By CASCADE: what stands on them cannot be without them. */
async function leaveOut(
  client: PgClient,
  plan: MaskPlan,
  views: readonly { readonly schema: string; readonly name: string }[],
): Promise<void> {
  for (const view of views) await client.query(`DROP MATERIALIZED VIEW IF EXISTS ${quotedTable(view)} CASCADE`);
  for (const { action, facts, columns } of plan.tables) {
    if (action === "drop") await client.query(`DROP TABLE IF EXISTS ${quotedTable(facts)} CASCADE`);
    // A partition's columns go with its table's.
    else if (facts.partitionOf === undefined)
      for (const { name, rule } of columns)
        if (rule.kind === "drop") await client.query(`ALTER TABLE ${quotedTable(facts)} DROP COLUMN IF EXISTS ${quotedName(name)} CASCADE`);
  }
}

function tableReports(plan: MaskPlan, pieces: readonly PieceDone[]): readonly TableReport[] {
  return plan.tables.map(({ id, action, columns }) => {
    const mine = pieces.filter(({ table }) => table === id);
    const sum = (column: string, member: "nulls" | "changed" | "unchanged"): number =>
      mine.reduce((total, piece) => total + (piece.columns.find((each) => each.column === column)?.[member] ?? 0), 0);
    return {
      id,
      action,
      rows: mine.reduce((total, { copied }) => total + copied.rows, 0),
      chunks: mine.map(({ copied }) => copied),
      columns: columns.map(({ name, rule }) => ({
        name,
        rule: rule.kind,
        ...(rule.kind === "mask" && {
          masker: rule.masker,
          nulls: sum(name, "nulls"),
          changed: sum(name, "changed"),
          unchanged: sum(name, "unchanged"),
        }),
      })),
    };
  });
}
