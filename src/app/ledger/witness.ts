// A witness's memory in a folder: one checkpoint a log, on disk before it is cosigned.
import { createHash, type KeyObject } from "node:crypto";
import { join } from "node:path";
import { parseCheckpoint, type SignedCheckpoint } from "../../ledger/checkpoint.ts";
import { cosign, witnessKey } from "../../ledger/cosignature.ts";
import { signatureLine, type VerifierKey } from "../../ledger/note.ts";
import { decideAddCheckpoint, type KnownLog, type WitnessAnswer } from "../../ledger/witness.ts";
import { locked, writeDurably } from "./durable-file.ts";
import { readerOf } from "./folder.ts";

export interface Witness {
  readonly name: string;
  readonly privateKey: KeyObject;
  readonly logs: readonly VerifierKey[];
  readonly folder: string;
}

export type Answered = { readonly status: 200; readonly lines: string } | Exclude<WitnessAnswer, { readonly status: 200 }>;

/** Answers an add-checkpoint request. One at a time, whichever process: reading the last checkpoint and recording the next are one step. */
export function addCheckpoint(witness: Witness, body: Uint8Array, now: Date): Answered {
  return locked(join(witness.folder, "lock"), () => {
    const answer = decideAddCheckpoint(body, (origin) => known(witness, origin));
    if (answer.status !== 200) return answer;
    const { privateKey, name } = witness;
    const line = signatureLine(witnessKey(name, privateKey), cosign(answer.checkpoint, Math.floor(now.getTime() / 1000), privateKey));
    const { note, origin } = answer.checkpoint;
    const trusted = note.signatures.filter((each) => witness.logs.some((key) => key.name === each.name && key.id === each.id));
    const kept = trusted.map((each) => signatureLine(each as VerifierKey & typeof each, each.bytes)).join("");
    writeDurably(join(witness.folder, fileOf(origin)), Buffer.from(`${note.text}\n${kept}${line}`));
    return { status: 200, lines: line };
  });
}

/** The last checkpoint that was cosigned, by the hash of its origin in lower-case hexadecimal; undefined when there is none. */
export function lastCheckpoint(witness: Witness, originHash: string): Uint8Array | undefined {
  return /^[0-9a-f]{64}$/.test(originHash) ? readerOf(witness.folder)(`${originHash}.checkpoint`) : undefined;
}

function known(witness: Witness, origin: string): KnownLog | undefined {
  const keys = witness.logs.filter(({ name }) => name === origin);
  if (keys.length === 0) return undefined;
  const bytes = readerOf(witness.folder)(fileOf(origin));
  return { keys, last: bytes === undefined ? undefined : stored(bytes) };
}

function stored(bytes: Uint8Array): SignedCheckpoint {
  const parsed = parseCheckpoint(bytes);
  // A memory that cannot be read is no reason to begin anew: that is how a rewritten history would get its cosignature.
  if (!parsed.ok) throw parsed.error;
  return parsed.value;
}

const fileOf = (origin: string): string => `${createHash("sha256").update(origin).digest("hex")}.checkpoint`;
