// A ledger in a folder: appended by one process at a time, readable by anyone, whole after a power cut.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { append, EMPTY_EDGE, readEdge, rootOfEdge } from "../../ledger/append.ts";
import { parseCheckpoint, signCheckpoint, type SignedCheckpoint } from "../../ledger/checkpoint.ts";
import { encodeEntry, type Entry } from "../../ledger/entry.ts";
import { LedgerError } from "../../ledger/error.ts";
import { isSameHash } from "../../ledger/merkle.ts";
import { isSignedBy, type Signer } from "../../ledger/note.ts";
import { readBundle, type ReadFile, type Tile, TILE_WIDTH, tilePath } from "../../ledger/tiles.ts";
import { CHECKPOINT_FILE } from "../../ledger/verify.ts";
import { locked, writeDurably } from "./durable-file.ts";

const LOCK_FILE = "lock";

/** Reads the files of a ledger below its folder. */
export const readerOf =
  (folder: string): ReadFile =>
  (path) => {
    try {
      return readFileSync(join(folder, path));
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw cause;
    }
  };

/** Begins an empty ledger; its origin is the signer's name. Throws a LedgerError EXISTS when one stands there. */
export function createLedger(folder: string, signer: Signer): void {
  locked(join(folder, LOCK_FILE), () => {
    if (existsSync(join(folder, CHECKPOINT_FILE))) throw new LedgerError("EXISTS", `${folder}  holds a ledger already`);
    putCheckpoint(folder, signer, 0, rootOfEdge(EMPTY_EDGE));
  });
}

/** The newest checkpoint, its signatures not looked at. Throws a LedgerError when there is none, or it cannot be read. */
export function checkpointOf(folder: string): SignedCheckpoint {
  const bytes = readerOf(folder)(CHECKPOINT_FILE);
  if (bytes === undefined)
    throw new LedgerError(
      "MISSING_TILE",
      `${join(folder, CHECKPOINT_FILE)}  is missing\n  Begin a ledger: bulkhead ledger init ${folder} --key KEY --origin NAME`,
    );
  const parsed = parseCheckpoint(bytes);
  if (!parsed.ok) throw parsed.error;
  return parsed.value;
}

/** What is recorded, but for the time, which the ledger keeps. */
export type NewEntry = Entry extends infer One ? (One extends Entry ? Omit<One, "at" | "ledger"> : never) : never;

/**
 * Appends entries, and returns the place of the first once all are on disk. Tiles are written before the checkpoint that needs them: after a power cut the
 * old checkpoint stands, and what was written for the new one is written again. Throws a LedgerError when the ledger there is not the signer's, or is broken.
 */
export function appendTo(folder: string, signer: Signer, entries: readonly NewEntry[], now: Date): number {
  return locked(join(folder, LOCK_FILE), () => {
    const read = readerOf(folder);
    const last = checkpointOf(folder);
    // Threat: a ledger exchanged for another, which this key's next checkpoint would make genuine.
    if (last.origin !== signer.key.name || !isSignedBy(last.note, signer.key))
      throw new LedgerError("BAD_SIGNATURE", `${join(folder, CHECKPOINT_FILE)}  is not signed by this key`);
    const edge = readEdge(read, last.size);
    if (!isSameHash(rootOfEdge(edge), last.root))
      throw new LedgerError(
        "ROOT_MISMATCH",
        `${folder}  its tiles do not give the root of its checkpoint\n  Nothing was appended. See: bulkhead ledger verify`,
      );
    const at = notBefore(read, last.size, now);
    const grown = append(
      edge,
      entries.map((entry) => encodeEntry({ ...entry, ledger: "entry/1", at } as Entry)),
    );
    for (const tile of grown.tiles) writeDurably(join(folder, tilePath(tile)), tile.bytes);
    putCheckpoint(folder, signer, grown.edge.size, rootOfEdge(grown.edge));
    for (const tile of grown.tiles) forgetParts(folder, tile);
    return last.size;
  });
}

/** Adds signature lines, such as a witness's, under the newest checkpoint, unless it has moved on meanwhile. */
export function addSignatures(folder: string, to: SignedCheckpoint, lines: string): boolean {
  return locked(join(folder, LOCK_FILE), () => {
    const bytes = readerOf(folder)(CHECKPOINT_FILE);
    const now = checkpointOf(folder);
    if (bytes === undefined || now.note.text !== to.note.text) return false;
    writeDurably(join(folder, CHECKPOINT_FILE), Buffer.concat([bytes, Buffer.from(lines)]));
    return true;
  });
}

function putCheckpoint(folder: string, signer: Signer, size: number, root: Uint8Array): void {
  writeDurably(join(folder, CHECKPOINT_FILE), Buffer.from(signCheckpoint({ origin: signer.key.name, size, root }, [signer])));
}

/** The clock of a machine may go back; the ledger's does not. */
function notBefore(read: ReadFile, size: number, now: Date): string {
  const time = now.toISOString();
  if (size === 0) return time;
  const entries = readBundle(read, Math.floor((size - 1) / TILE_WIDTH), size);
  const { at } = JSON.parse(Buffer.from(entries.at(-1) as Uint8Array).toString()) as Entry;
  return at > time ? at : time;
}

/** Partial tiles may go once the full one is there (tlog-tiles, "Partial Tiles"). */
function forgetParts(folder: string, tile: Tile): void {
  if (tile.width === TILE_WIDTH) rmSync(join(folder, `${tilePath(tile)}.p`), { recursive: true, force: true });
}
