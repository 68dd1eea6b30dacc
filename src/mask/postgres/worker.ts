// Runs in a thread of its own: copies the pieces of tables that it is given, one after another, under the run's snapshot.
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { compileFields, prfOfDomains } from "../engine/compile.ts";
import { type FieldCount, rowMasker } from "../engine/row.ts";
import { maskers } from "../maskers/registry.ts";
import type { TablePlan } from "../policy/plan.ts";
import { connect, messageOf, type PgClient } from "./connect.ts";
import { type Copied, copyPiece } from "./copy-table.ts";
import { copyStatements } from "./statements.ts";

export interface WorkerSetting {
  readonly from: string;
  readonly to: string;
  readonly snapshot: string;
  readonly tables: readonly TablePlan[];
  readonly key: Uint8Array;
}

/** A table, or those of its rows that `where` says. */
export interface Piece {
  readonly id: number;
  readonly table: string;
  readonly where: string | undefined;
}

export interface ColumnCount extends FieldCount {
  readonly column: string;
}

export type WorkerMessage =
  | { readonly kind: "progress"; readonly id: number; readonly rows: number; readonly bytes: number }
  | { readonly kind: "done"; readonly id: number; readonly copied: Copied; readonly columns: readonly ColumnCount[] }
  | { readonly kind: "failed"; readonly id: number; readonly message: string; readonly isRetried: boolean };

const port = parentPort as MessagePort;
const { from, to, snapshot, tables, key } = workerData as WorkerSetting;
const prf = prfOfDomains(key);

/** Between two messages of progress, in milliseconds. */
const EVERY = 200;

async function openSource(): Promise<PgClient> {
  const client = await connect(from);
  await client.query("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
  await client.query(`SET TRANSACTION SNAPSHOT '${snapshot}'`);
  return client;
}

async function openTarget(): Promise<PgClient> {
  const client = await connect(to);
  // The database is not there until the last commit of the run, which waits for the disk, and with it for all before it.
  await client.query("SET synchronous_commit = off");
  return client;
}

let source: PgClient | undefined;
let target: PgClient | undefined;

async function copy({ id, table: name, where }: Piece): Promise<WorkerMessage> {
  const table = tables.find((each) => each.id === name);
  if (table === undefined) throw new Error(`no table ${name}`);
  source ??= await openSource();
  target ??= await openTarget();
  const statements = copyStatements(table, tables);
  const row = rowMasker(compileFields(statements.fields, maskers, prf), { isTrusted: true });
  const isWhole = where === undefined;
  let told = 0;
  await target.query("BEGIN");
  if (isWhole && !statements.isRouted) await target.query(`TRUNCATE ONLY ${statements.into}`);
  const copied = await copyPiece({
    source,
    target,
    read: statements.read(where),
    write: statements.write(isWhole),
    row,
    onProgress: (rows, bytes) => {
      const now = performance.now();
      if (now - told < EVERY) return;
      told = now;
      port.postMessage({ kind: "progress", id, rows, bytes } satisfies WorkerMessage);
    },
  });
  await target.query("COMMIT");
  const columns = statements.fields.flatMap(({ plan, isReadOnly }, index) => {
    const count = row.counts[index];
    return isReadOnly || count === undefined || plan.rule.kind !== "mask" ? [] : [{ column: plan.name, ...count }];
  });
  return { kind: "done", id, copied, columns };
}

async function close(): Promise<void> {
  const both = [source, target];
  source = target = undefined;
  for (const client of both) await client?.end().catch(() => undefined);
}

port.on("message", (piece: Piece | "end") => {
  if (piece === "end") {
    void close().then(() => port.close());
    return;
  }
  copy(piece)
    .catch(async (error: unknown): Promise<WorkerMessage> => {
      // The state of both connections is unknown: neither is used again.
      for (const client of [source, target])
        (client as unknown as { connection?: { stream: { destroy: () => void } } })?.connection?.stream.destroy();
      source = target = undefined;
      return { kind: "failed", id: piece.id, message: messageOf(error), isRetried: false };
    })
    .then((answer) => port.postMessage(answer))
    .catch((error: unknown) => {
      throw error;
    });
});
