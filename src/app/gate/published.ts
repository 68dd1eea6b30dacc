// The ledger of a database as the files that auditors and witnesses read: tiles and bundles made from rows when they are asked for.
import { parseCheckpoint, type SignedCheckpoint } from "../../ledger/checkpoint.ts";
import { consistencyProof, type Hash } from "../../ledger/merkle.ts";
import { encodeBundle, parseTilePath, type ReadFile, subtreesOf, tilePath, tilesOf } from "../../ledger/tiles.ts";
import { CHECKPOINT_FILE } from "../../ledger/verify.ts";
import { GateError } from "./error.ts";

/** Rows from one place up to, not including, another; fewer where there are fewer. */
export interface LedgerRows {
  entries(from: number, to: number): Promise<readonly Uint8Array[]>;
  leaves(from: number, to: number): Promise<readonly Uint8Array[]>;
  nodes(level: number, from: number, to: number): Promise<readonly Uint8Array[]>;
}

/** The bytes of a tile by its path; undefined when there is none, or not as wide. */
export async function tileAt(rows: LedgerRows, path: string): Promise<Uint8Array | undefined> {
  const name = parseTilePath(path);
  if (name === undefined) return undefined;
  const { level, index, width } = name;
  const [from, to] = [index * 256, index * 256 + width];
  const parts = await (level === "entries" ? rows.entries(from, to) : level === 0 ? rows.leaves(from, to) : rows.nodes(level, from, to));
  if (parts.length !== width) return undefined;
  return level === "entries" ? encodeBundle(parts) : Buffer.concat(parts);
}

/** Every file of the ledger at a checkpoint; the checkpoint comes last, so that what is written half is not taken for whole. */
export async function* filesAt(
  checkpoint: string,
  read: (path: string) => Promise<Uint8Array | undefined>,
): AsyncIterable<{ readonly path: string; readonly bytes: Uint8Array }> {
  for (const name of tilesOf(checkpointIn(checkpoint).size)) {
    const path = tilePath(name);
    const bytes = await read(path);
    if (bytes === undefined) throw new GateError("TAMPERED", `${path}  is missing`);
    yield { path, bytes };
  }
  yield { path: CHECKPOINT_FILE, bytes: Buffer.from(checkpoint) };
}

export function checkpointIn(text: string): SignedCheckpoint {
  const parsed = parseCheckpoint(Buffer.from(text));
  if (!parsed.ok) throw parsed.error;
  return parsed.value;
}

class Absent extends Error {
  readonly path: string;
  constructor(path: string) {
    super(path);
    this.path = path;
  }
}

/** Runs a computation that reads files at once on a source that reads them later: what it lacks is fetched, and it runs again. */
export async function withFiles<T>(fetchFile: (path: string) => Promise<Uint8Array | undefined>, act: (read: ReadFile) => T): Promise<T> {
  const files = new Map<string, Uint8Array | undefined>();
  const read: ReadFile = (path) => {
    if (!files.has(path)) throw new Absent(path);
    return files.get(path);
  };
  for (;;) {
    try {
      return act(read);
    } catch (cause) {
      if (!(cause instanceof Absent)) throw cause;
      files.set(cause.path, await fetchFile(cause.path));
    }
  }
}

/** The proof that the tree of `older` leaves is the beginning of the one of `size`. */
export const consistencyFrom = (
  fetchFile: (path: string) => Promise<Uint8Array | undefined>,
  older: number,
  size: number,
): Promise<readonly Hash[]> => withFiles(fetchFile, (read) => consistencyProof(subtreesOf(read, size), older, size));
