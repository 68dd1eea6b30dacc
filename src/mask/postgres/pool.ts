// The threads that copy: each takes the next piece when it has done one, the largest table first.
import { Worker } from "node:worker_threads";
import { MaskError } from "../error.ts";
import type { TablePlan } from "../policy/plan.ts";
import type { PgClient } from "./connect.ts";
import { quotedTable } from "./connect.ts";
import type { Piece, WorkerMessage, WorkerSetting } from "./worker.ts";

/** A table of more is read in ranges of its pages, when there is more than one thread. */
const RANGE_BYTES = 128 * 1024 * 1024;
const PAGE_BYTES = 8192;

type Done = Extract<WorkerMessage, { kind: "done" }>;

export interface PieceDone extends Omit<Done, "kind" | "id"> {
  readonly piece: Piece;
}

export async function piecesOf(source: PgClient, tables: readonly TablePlan[], jobs: number): Promise<readonly Piece[]> {
  const copied = tables
    .filter(({ action, facts }) => action === "copy" && facts.holdsRows)
    .toSorted((a, b) => b.facts.bytes - a.facts.bytes);
  const pieces: Piece[] = [];
  const add = (table: string, where?: string): void => void pieces.push({ id: pieces.length, table, where });
  const { rows: version } = await source.query<{ number: number }>("SELECT current_setting('server_version_num')::int AS number");
  // Scans of a range of pages came with PostgreSQL 14; before, each range would read the whole table.
  const hasRanges = (version[0]?.number ?? 0) >= 140000;
  for (const { id, facts } of copied) {
    if (jobs === 1 || !hasRanges || facts.bytes < 2 * RANGE_BYTES) add(id);
    else {
      const { rows } = await source.query<{ pages: number }>(
        `SELECT CASE WHEN c.relam = (SELECT oid FROM pg_am WHERE amname = 'heap') THEN (pg_relation_size(c.oid) / ${PAGE_BYTES})::int ELSE 0 END AS pages
         FROM pg_class c WHERE c.oid = $1::regclass`,
        [quotedTable(facts)],
      );
      for (const where of rangesOf(rows[0]?.pages ?? 0)) add(id, where);
    }
  }
  return pieces;
}

/** The last is open: pages that were added since hold nothing that the snapshot sees, and nothing is lost if that were wrong. */
function rangesOf(pages: number): readonly (string | undefined)[] {
  const step = RANGE_BYTES / PAGE_BYTES;
  if (pages <= step) return [undefined];
  const ranges: string[] = [];
  for (let page = 0; page < pages; page += step) {
    const isLast = page + step >= pages;
    ranges.push(`ctid >= '(${page},0)'${isLast ? "" : ` AND ctid < '(${page + step},0)'`}`);
  }
  return ranges;
}

export async function copyPieces(
  pieces: readonly Piece[],
  setting: WorkerSetting,
  jobs: number,
  onProgress: (rows: number, bytes: number) => void,
): Promise<readonly PieceDone[]> {
  const results: PieceDone[] = [];
  const under = new Map<number, readonly [number, number]>();
  const waiting = [...pieces];
  const tell = (): void => {
    let [rows, bytes] = [0, 0];
    for (const [moreRows, moreBytes] of under.values()) {
      rows += moreRows;
      bytes += moreBytes;
    }
    onProgress(rows, bytes);
  };
  const work = (worker: Worker): Promise<void> =>
    new Promise((resolve, reject) => {
      const next = (): void => {
        const piece = waiting.shift();
        worker.postMessage(piece ?? "end", []);
      };
      worker.on("message", (message: WorkerMessage) => {
        const piece = pieces[message.id];
        if (message.kind === "failed") return reject(new MaskError("UNREADABLE", `${piece?.table ?? "a table"}  ${message.message}`));
        if (message.kind === "progress") under.set(message.id, [message.rows, message.bytes]);
        else if (piece !== undefined) {
          under.set(message.id, [message.copied.rows, message.copied.bytes]);
          results.push({ piece, copied: message.copied, columns: message.columns });
          next();
        }
        tell();
      });
      worker.once("error", reject);
      worker.once("exit", () => resolve());
      next();
    });
  const file = import.meta.url.endsWith(".ts") ? "./worker.ts" : "./worker.js";
  const workers = Array.from(
    { length: Math.max(1, Math.min(jobs, pieces.length)) },
    () => new Worker(new URL(file, import.meta.url), { workerData: setting }),
  );
  try {
    await Promise.all(workers.map(work));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return results.toSorted((a, b) => a.piece.id - b.piece.id);
}
