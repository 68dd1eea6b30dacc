// The threads that copy: each takes the next piece when it has done one, the largest table first.
import { Worker } from "node:worker_threads";
import { MaskError } from "../error.ts";
import type { TablePlan } from "../policy/plan.ts";
import { messageOf, type PgClient, quotedTable } from "./connect.ts";
import { type CopiedPiece, type Copier, type CopySetting, createCopier, type Piece } from "./copier.ts";
import type { Subset } from "./subset.ts";
import type { WorkerMessage } from "./worker.ts";

/** A table of more is read in ranges of its pages, when there is more than one thread. */
const RANGE_BYTES = 128 * 1024 * 1024;
const PAGE_BYTES = 8192;

export interface PieceDone extends CopiedPiece {
  readonly id: number;
  readonly table: string;
}

/** Places of a subset, so many in one statement. */
const PLACES = 10_000;

/** Made one by one: what each asks for is as long as its rows are many. */
export function* piecesOfSubset(subset: Subset): Iterable<Piece> {
  let id = 0;
  for (const [table, rows] of subset)
    for (const places of rows.batches(PLACES)) yield { id: id++, table, where: `ctid = ANY ('${places}'::tid[])` };
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

/** One that copies: this thread itself where there is to be one only, since each loads every masker. */
async function hands(setting: CopySetting, count: number): Promise<readonly Copier[]> {
  return count <= 1 ? [createCopier(setting)] : Array.from({ length: count }, () => threadOf(setting));
}

function threadOf(setting: CopySetting): Copier {
  const file = import.meta.url.endsWith(".ts") ? "./worker.ts" : "./worker.js";
  const worker = new Worker(new URL(file, import.meta.url), { workerData: setting });
  return {
    copy: (piece, onProgress) =>
      new Promise((resolve, reject) => {
        const settle = (end: () => void): void => {
          worker.off("message", heard).off("error", failed).off("exit", gone);
          end();
        };
        const heard = (message: WorkerMessage): void => {
          if (message.kind === "progress") onProgress(message.rows, message.bytes);
          else if (message.kind === "done") settle(() => resolve(message.done));
          else settle(() => reject(new Error(message.message)));
        };
        const failed = (error: Error): void => settle(() => reject(error));
        const gone = (): void => settle(() => reject(new Error("a thread ended")));
        worker.on("message", heard).on("error", failed).on("exit", gone);
        worker.postMessage(piece, []);
      }),
    close: async () => void (await worker.terminate()),
  };
}

export async function copyPieces(
  pieces: Iterable<Piece>,
  setting: CopySetting,
  jobs: number,
  onProgress: (rows: number, bytes: number) => void,
): Promise<readonly PieceDone[]> {
  const results: PieceDone[] = [];
  const under = new Map<number, readonly [number, number]>();
  const waiting = pieces[Symbol.iterator]();
  const tell = (id: number, rows: number, bytes: number): void => {
    under.set(id, [rows, bytes]);
    let [allRows, allBytes] = [0, 0];
    for (const [moreRows, moreBytes] of under.values()) {
      allRows += moreRows;
      allBytes += moreBytes;
    }
    onProgress(allRows, allBytes);
  };
  const work = async ({ copy }: Copier): Promise<void> => {
    for (let next = waiting.next(); next.done !== true; next = waiting.next()) {
      const piece = next.value;
      const { id, table } = piece;
      const done = await copy(piece, (rows, bytes) => tell(id, rows, bytes)).catch((cause: unknown) => {
        throw new MaskError("UNREADABLE", `${table}  ${messageOf(cause)}`, { cause });
      });
      tell(id, done.copied.rows, done.copied.bytes);
      results.push({ id, table, ...done });
    }
  };
  const copiers = await hands(setting, Math.min(jobs, setting.tables.length));
  try {
    await Promise.all(copiers.map(work));
  } finally {
    await Promise.all(copiers.map(({ close }) => close()));
  }
  return results.toSorted((a, b) => a.id - b.id);
}
