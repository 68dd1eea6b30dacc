// One piece of a table from the source through the maskings into the target, with memory that does not grow with it.
import { createHash } from "node:crypto";
import { type ByteSink, byteSink } from "../byte-sink.ts";
import { MaskError } from "../error.ts";
import type { RowMasker } from "../engine/row.ts";
import type { PgClient } from "./connect.ts";
import { copyIn, copyOut, FRAME_HEADER } from "./copy.ts";

/** As much as is sent in one message. */
const FULL = 128 * 1024;
/** Messages on their way to the target before the source has to wait. */
const IN_FLIGHT = 6;

export interface Copied {
  readonly rows: number;
  /** Of the masked rows. */
  readonly bytes: number;
  /** SHA-256 of the masked rows, in the order in which they were written. */
  readonly sha256: string;
}

export interface Pipe {
  readonly source: PgClient;
  readonly target: PgClient;
  /** COPY … TO STDOUT */
  readonly read: string;
  /** COPY … FROM STDIN */
  readonly write: string;
  readonly row: RowMasker;
  readonly onProgress: (rows: number, bytes: number) => void;
}

export async function copyPiece({ source, target, read, write, row, onProgress }: Pipe): Promise<Copied> {
  const sink = await copyIn(target, write);
  const hash = createHash("sha256");
  const free: Buffer[] = [];
  let out: ByteSink = byteSink(FULL + 16 * 1024);
  out.at = FRAME_HEADER;
  let inFlight = 0;
  let rows = 0;
  let bytes = 0;
  const flush = (): void => {
    if (out.at === FRAME_HEADER) return;
    const frame = out.bytes;
    hash.update(frame.subarray(FRAME_HEADER, out.at));
    bytes += out.at - FRAME_HEADER;
    inFlight++;
    if (inFlight === IN_FLIGHT) reading.pause();
    sink.write(frame, out.at, () => {
      free.push(frame);
      inFlight--;
      if (inFlight === IN_FLIGHT - 1) reading.resume();
    });
    onProgress(rows, bytes);
    out = { bytes: free.pop() ?? Buffer.allocUnsafeSlow(FULL + 16 * 1024), at: FRAME_HEADER };
  };
  const { mask } = row;
  const reading = copyOut(source, read, (input, start, end) => {
    mask(input, start, end - 1, out);
    rows++;
    if (out.at >= FULL) flush();
  });
  const counted = await Promise.race([reading.done, sink.failed]).catch(async (error: unknown) => {
    await sink.abort("the source failed");
    throw error;
  });
  flush();
  const written = await sink.end();
  if (counted !== rows || written !== rows)
    throw new MaskError("UNREADABLE", `${counted} rows were read, ${rows} masked and ${written} written: the copy is not whole`);
  return { rows, bytes, sha256: hash.digest("hex") };
}
