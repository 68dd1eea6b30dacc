// The auditor's side: recomputes the whole ledger from its entries, and believes nothing that it did not recompute.
import { append, type Edge, EMPTY_EDGE, rootOfEdge } from "./append.ts";
import { parseCheckpoint, type SignedCheckpoint } from "./checkpoint.ts";
import { decodeEntry, type Entry } from "./entry.ts";
import { LedgerError } from "./error.ts";
import { consistencyProof, isSameHash, provesConsistency } from "./merkle.ts";
import { missing, type TrustPolicy } from "./policy.ts";
import { readBundle, type ReadFile, readTile, subtreesOf, TILE_WIDTH, tilePath } from "./tiles.ts";

/** The path of the newest checkpoint below the ledger's prefix (tlog-tiles, "Checkpoints"). */
export const CHECKPOINT_FILE = "checkpoint";

export interface LedgerReport {
  /** The newest checkpoint, when it could be read. */
  readonly checkpoint?: SignedCheckpoint;
  /** Entries that were recomputed. */
  readonly entries: number;
  /** How many earlier checkpoints were shown to be beginnings of this ledger. */
  readonly consistentWith: number;
  readonly problems: readonly LedgerError[];
}

export interface VerifyOptions {
  readonly policy: TrustPolicy;
  /** Checkpoints kept from earlier: the ledger must have grown out of each. */
  readonly earlier?: readonly Uint8Array[];
  /** Called with every entry in order; what it returns is a problem of that entry. */
  readonly replay?: (entry: Entry, index: number) => string | undefined;
  readonly onProgress?: (done: number, of: number) => void;
}

/** Verifies a ledger offline. Never throws for what a ledger may hold: everything that is wrong is in `problems`. */
export function verifyLedger(read: ReadFile, options: VerifyOptions): LedgerReport {
  const none = (error: LedgerError): LedgerReport => ({ entries: 0, consistentWith: 0, problems: [error] });
  const bytes = read(CHECKPOINT_FILE);
  if (bytes === undefined) return none(new LedgerError("MISSING_TILE", `${CHECKPOINT_FILE}: missing`));
  const parsed = parseCheckpoint(bytes);
  if (!parsed.ok) return none(parsed.error);
  const checkpoint = parsed.value;
  const problems: LedgerError[] = [];
  const unsigned = missing(options.policy, checkpoint);
  if (unsigned) problems.push(unsigned);
  let edge: Edge = EMPTY_EDGE;
  let consistentWith = 0;
  try {
    edge = recompute(read, checkpoint.size, options, problems);
    if (!isSameHash(rootOfEdge(edge), checkpoint.root))
      problems.push(new LedgerError("ROOT_MISMATCH", `the entries do not give the root of the checkpoint, size ${checkpoint.size}`));
    for (const earlier of options.earlier ?? []) {
      const problem = inconsistency(read, checkpoint, earlier, options.policy);
      if (problem) problems.push(problem);
      else consistentWith++;
    }
  } catch (cause) {
    if (!(cause instanceof LedgerError)) throw cause;
    problems.push(cause);
  }
  return { checkpoint, entries: edge.size, consistentWith, problems };
}

/** Bundle by bundle: memory holds 32 bytes an entry, for what later entries rest on. */
function recompute(read: ReadFile, size: number, options: VerifyOptions, problems: LedgerError[]): Edge {
  const leaves: Uint8Array[] = [];
  const history = historyOf(problems, leaves, options.replay);
  let edge: Edge = EMPTY_EDGE;
  for (let index = 0; edge.size < size; index++) {
    const entries = readBundle(read, index, size);
    const grown = append(edge, entries);
    for (const { level, index: at, width, bytes } of grown.tiles) {
      if (level === "entries") continue;
      if (level === 0) leaves.push(bytes);
      const final = Math.min(TILE_WIDTH, Math.floor(size / TILE_WIDTH ** level) - at * TILE_WIDTH);
      if (width !== final) continue;
      if (!isSameHash(readTile(read, { level, index: at, width }), bytes))
        problems.push(new LedgerError("BAD_TILE", `${tilePath({ level, index: at, width })}: not the hashes of what it stands for`));
    }
    for (const [i, entry] of entries.entries()) history(entry, edge.size + i);
    edge = grown.edge;
    options.onProgress?.(edge.size, size);
  }
  return edge;
}

/** Each entry in its one form, never dated before the one above, and resting only on entries that stand above it as it says. */
function historyOf(
  problems: LedgerError[],
  leaves: readonly Uint8Array[],
  replay: VerifyOptions["replay"],
): (bytes: Uint8Array, index: number) => void {
  let last = "";
  return (bytes, index) => {
    const decoded = decodeEntry(bytes, index);
    if (!decoded.ok) return void problems.push(decoded.error);
    const { at, rests = [] } = decoded.value;
    const bad = (why: string): void => void problems.push(new LedgerError("BAD_ENTRY", `entry ${index}: ${why}`));
    if (at < last) bad(`dated ${at}, before the entry above it, ${last}`);
    last = at > last ? at : last;
    for (const each of rests) {
      if (each.index >= index || leafAt(leaves, each.index) !== each.leaf) bad(`rests on entry ${each.index}, which is not what it says`);
    }
    const problem = replay?.(decoded.value, index);
    if (problem !== undefined) bad(problem);
  };
}

function leafAt(leaves: readonly Uint8Array[], index: number): string | undefined {
  const from = (index % TILE_WIDTH) * 32;
  const tile = leaves[Math.floor(index / TILE_WIDTH)];
  return tile && Buffer.from(tile.subarray(from, from + 32)).toString("hex");
}

function inconsistency(read: ReadFile, now: SignedCheckpoint, bytes: Uint8Array, policy: TrustPolicy): LedgerError | undefined {
  const parsed = parseCheckpoint(bytes);
  if (!parsed.ok) return parsed.error;
  const then = parsed.value;
  // Without the log's own signature an earlier checkpoint proves nothing against it, and nothing for it.
  const unsigned = missing({ ...policy, quorum: "none" }, then);
  if (unsigned) return unsigned;
  const differs = new LedgerError("INCONSISTENT_HISTORY", `the ledger of ${now.size} entries did not grow out of the one of ${then.size}`);
  if (then.origin !== now.origin || then.size > now.size) return differs;
  const proof = consistencyProof(subtreesOf(read, now.size), then.size, now.size);
  return provesConsistency(then.size, now.size, proof, then.root, now.root) ? undefined : differs;
}
