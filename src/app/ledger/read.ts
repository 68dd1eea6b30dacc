// Reading a ledger's folder: entries, proofs, and the auditor's verification.
import { formatProblems, loadCharter } from "../../charter/load.ts";
import type { Charter } from "../../charter/schema.ts";
import { replayBreakGlass } from "../../breakglass/replay.ts";
import { replayGate } from "../../gate/replay.ts";
import { replayReviews } from "../../review/judge.ts";
import { sha256 } from "../../lib/hash.ts";
import { inclusionProof } from "../../ledger/merkle.ts";
import { decodeEntry, type Entry } from "../../ledger/entry.ts";
import { LedgerError } from "../../ledger/error.ts";
import { parseTrustPolicy, type TrustPolicy } from "../../ledger/policy.ts";
import { formatProof, verifyProof } from "../../ledger/proof.ts";
import { readBundle, type ReadFile, subtreesOf, TILE_WIDTH } from "../../ledger/tiles.ts";
import { CHECKPOINT_FILE, type LedgerReport, verifyLedger } from "../../ledger/verify.ts";
import { checkpointOf, readerOf } from "./folder.ts";

/** Throws a LedgerError BAD_POLICY with file and line. */
export function trustPolicyAt(file: string, text: string): TrustPolicy {
  const parsed = parseTrustPolicy(text);
  if (!parsed.ok)
    throw new LedgerError("BAD_POLICY", `${file}  ${parsed.error.message}\n  A policy has lines log, witness, group and one quorum.`, {
      cause: parsed.error,
    });
  return parsed.value;
}

export interface Verification {
  readonly policy: TrustPolicy;
  readonly earlier?: readonly Uint8Array[];
  /** Charters by the hash of their text: every decision is decided again under the one that it names. Absent: decisions are not judged. */
  readonly charters?: ReadonlyMap<string, Charter>;
  readonly onProgress?: (done: number, of: number) => void;
}

export const verifyFolder = (folder: string, { charters, ...rest }: Verification): LedgerReport =>
  verifyLedger(readerOf(folder), { ...rest, ...(charters && { replay: replayDoors(charters) }) });

/** Charters by hash, as entries name them. Throws a LedgerError BAD_POLICY with everything that is wrong with one. */
export function chartersOf(files: readonly { readonly file: string; readonly text: string }[]): ReadonlyMap<string, Charter> {
  return new Map(
    files.map(({ file, text }) => {
      const loaded = loadCharter(text, file);
      if (!loaded.ok) throw new LedgerError("BAD_POLICY", formatProblems(loaded.error));
      return [sha256(text), loaded.value];
    }),
  );
}

/** Entries from a place on, as they stand there: verifying is another question. Throws a LedgerError when one cannot be read. */
export function* entriesOf(
  read: ReadFile,
  folder: string,
  from: number,
): Iterable<{ readonly index: number; readonly text: string; readonly entry: Entry }> {
  const { size } = checkpointOf(folder);
  for (let bundle = Math.floor(from / TILE_WIDTH); bundle * TILE_WIDTH < size; bundle++) {
    for (const [i, bytes] of readBundle(read, bundle, size).entries()) {
      const index = bundle * TILE_WIDTH + i;
      if (index < from) continue;
      const entry = decodeEntry(bytes, index);
      if (!entry.ok) throw entry.error;
      yield { index, text: Buffer.from(bytes).toString("utf8"), entry: entry.value };
    }
  }
}

/** The text of an entry's proof. Throws a LedgerError BAD_ENTRY when there is no such entry. */
export function proofOf(folder: string, index: number): string {
  const { size } = checkpointOf(folder);
  if (index >= size) throw new LedgerError("BAD_ENTRY", `entry ${index}  is not there\n  The ledger has ${size} entries, counted from 0.`);
  const read = readerOf(folder);
  return formatProof(
    index,
    inclusionProof(subtreesOf(read, size), index, size),
    Buffer.from(read(CHECKPOINT_FILE) as Uint8Array).toString("utf8"),
  );
}

/** What is wrong with a proof of an entry's line; undefined when it holds. */
export function proofProblem(proof: Uint8Array, line: Uint8Array, policy: TrustPolicy): string | undefined {
  const entry = line.at(-1) === 0x0a ? line.subarray(0, -1) : line;
  const verified = verifyProof(proof, entry, policy);
  return verified.ok ? undefined : verified.error.message;
}

/** What is wrong with an entry by the rules of the door or the review that it speaks of. */
function replayDoors(charters: ReadonlyMap<string, Charter>): (entry: Entry, index: number) => string | undefined {
  const doors = [replayGate(charters), replayBreakGlass(charters), replayReviews(charters)];
  // Each of them sees every entry, also when another has found something.
  return (entry, index) => doors.map((replay) => replay(entry, index)).find((problem) => problem !== undefined);
}
