// One server's copy of what the ledger says: the fold of its entries, their leaves, and the edge on which the next ones grow.
import { type GateState, gateHistory } from "../../gate/state.ts";
import { append, type Edge, EMPTY_EDGE, rootOfEdge } from "../../ledger/append.ts";
import { parseCheckpoint, signCheckpoint } from "../../ledger/checkpoint.ts";
import { encodeEntry, type Entry } from "../../ledger/entry.ts";
import { isSameHash, leafHash } from "../../ledger/merkle.ts";
import { isSignedBy, type Note, type Signer } from "../../ledger/note.ts";
import type { Reference } from "../../ledger/promotion.ts";
import { MAX_ENTRY_BYTES } from "../../ledger/tiles.ts";
import type { NewEntry } from "../ledger/folder.ts";
import { GateError } from "./error.ts";
import { leafList } from "./leaf-list.ts";
import type { Growth, Head, LedgerNode, LedgerReading, LedgerRow } from "./port.ts";

/** Entries that are read from the database at a time. */
const CHUNK = 4096;

export interface Replica {
  readonly state: GateState;
  /** Entries, those too that are not yet in the database. */
  size(): number;
  /** Of the last entry, or empty. */
  lastAt(): string;
  /** The checkpoint of what is in the database. */
  checkpoint(): string;
  referenceTo(index: number): Reference;
  /** Reads what others appended. Throws a GateError TAMPERED when it is not a continuation of what was read before, or not signed by this key. */
  catchUp(ledger: LedgerReading): Promise<void>;
  /** Folds a new entry; undefined when it is larger than an entry may be. It stands nowhere until `grown` was written. */
  add(entry: NewEntry, at: string): Reference | undefined;
  /** What the database must be given for the entries that were added; `accept` once that is committed. */
  grown(): Pick<Growth, "rows" | "nodes" | "head">;
  accept(head: Head): void;
}

export const firstHead = (signers: readonly [Signer, ...Signer[]]): Head => ({
  size: 0,
  checkpoint: signCheckpoint({ origin: signers[0].key.name, size: 0, root: rootOfEdge(EMPTY_EDGE) }, signers),
});

export const isSigned = (note: Note, { key }: Signer): boolean => isSignedBy(note, key);

/** The same head under the signatures of today's keys; undefined when the first of them has signed it already. */
export function resigned(head: Head, signers: readonly [Signer, ...Signer[]]): Head | undefined {
  const parsed = parseCheckpoint(Buffer.from(head.checkpoint));
  if (!parsed.ok) throw new GateError("TAMPERED", `the database's checkpoint cannot be read: ${parsed.error.message}`);
  if (isSignedBy(parsed.value.note, signers[0].key)) return undefined;
  if (!signers.some(({ key }) => isSignedBy(parsed.value.note, key)))
    throw new GateError("TAMPERED", `the database's ledger of ${parsed.value.origin} is not signed by this server's key`);
  return { size: head.size, checkpoint: signCheckpoint(parsed.value, signers) };
}

/** `signers`: the ledger's key, and those it had before while readers still trust them. */
export function replica(signers: readonly [Signer, ...Signer[]]): Replica {
  const { state, add: fold } = gateHistory();
  const leaves = leafList();
  let edge: Edge = EMPTY_EDGE;
  let pending: LedgerRow[] = [];
  let lastAt = "";
  let checkpoint = "";
  const take = (entry: Entry, bytes: Uint8Array): LedgerRow => {
    const index = leaves.size();
    const leaf = leafHash(bytes);
    leaves.push(leaf);
    fold(entry, index);
    if (entry.at > lastAt) lastAt = entry.at;
    return { index, at: entry.at, kind: entry.kind, bytes, leaf };
  };
  const load = async (ledger: LedgerReading, to: number): Promise<void> => {
    while (edge.size < to) {
      const chunk = await ledger.entries(edge.size, Math.min(to, edge.size + CHUNK));
      if (chunk.length === 0) throw new GateError("TAMPERED", `entry ${edge.size} is missing from the database`);
      for (const bytes of chunk) take(JSON.parse(Buffer.from(bytes).toString("utf8")) as Entry, bytes);
      edge = append(edge, chunk).edge;
    }
  };
  return {
    state,
    size: () => leaves.size(),
    lastAt: () => lastAt,
    checkpoint: () => checkpoint,
    referenceTo: (index) => ({ index, leaf: Buffer.from(leaves.at(index)).toString("hex") }),
    catchUp: async (ledger) => {
      if (ledger.head === undefined) throw new GateError("TAMPERED", "the database holds no ledger");
      if (ledger.head.checkpoint === checkpoint) return;
      // Threat: a database set back to an earlier day would have decisions forgotten that were acknowledged.
      if (ledger.head.size < edge.size)
        throw new GateError("TAMPERED", `the database holds ${ledger.head.size} entries, and ${edge.size} were acknowledged`);
      await load(ledger, ledger.head.size);
      proveHead(ledger.head, edge, signers);
      checkpoint = ledger.head.checkpoint;
    },
    add: (entry, at) => {
      const whole = { ...entry, ledger: "entry/1", at } as Entry;
      const bytes = encodeEntry(whole);
      if (bytes.length > MAX_ENTRY_BYTES) return undefined;
      const row = take(whole, bytes);
      pending.push(row);
      return { index: row.index, leaf: Buffer.from(row.leaf).toString("hex") };
    },
    grown: () => {
      const rows = pending;
      pending = [];
      const before = edge;
      const grown = append(
        before,
        rows.map(({ bytes }) => bytes),
      );
      edge = grown.edge;
      const root = rootOfEdge(edge);
      return {
        rows,
        nodes: grown.tiles.flatMap(({ level, index, bytes }) => nodesOf(level, index, bytes, before.size)),
        head: { size: edge.size, checkpoint: signCheckpoint({ origin: signers[0].key.name, size: edge.size, root }, signers) },
      };
    },
    accept: (head) => void (checkpoint = head.checkpoint),
  };
}

/** The hashes of a tile that were not there in the tree of `before` leaves. */
function nodesOf(level: number | "entries", tile: number, bytes: Uint8Array, before: number): readonly LedgerNode[] {
  if (level === "entries" || level === 0) return [];
  const known = Math.floor(before / 256 ** level);
  return Array.from({ length: bytes.length / 32 }, (_, i) => ({
    level,
    index: tile * 256 + i,
    hash: bytes.subarray(i * 32, (i + 1) * 32),
  })).filter(({ index }) => index >= known);
}

/** Threat: whoever owns the database has changed an entry, or exchanged the ledger for another. */
function proveHead(head: Head, edge: Edge, signers: readonly Signer[]): void {
  const parsed = parseCheckpoint(Buffer.from(head.checkpoint));
  if (!parsed.ok) throw new GateError("TAMPERED", `the database's checkpoint cannot be read: ${parsed.error.message}`);
  const { origin, size, root, note } = parsed.value;
  if (!signers.some(({ key }) => key.name === origin && isSignedBy(note, key)))
    throw new GateError("TAMPERED", `the database's ledger of ${origin} is not signed by this server's key`);
  if (size !== edge.size || size !== head.size || !isSameHash(root, rootOfEdge(edge)))
    throw new GateError("TAMPERED", `the database's entries do not give the root of its checkpoint, size ${size}`);
}
