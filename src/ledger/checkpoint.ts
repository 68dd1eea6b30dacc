// What the ledger says of itself at one size: its origin, how many entries, their root.
import { type Result, fail, ok } from "../lib/result.ts";
import { LedgerError } from "./error.ts";
import { type Hash, isIndex } from "./merkle.ts";
import { fromBase64, type Note, parseNote, type Signer, signNote } from "./note.ts";

export interface Checkpoint {
  /** Names the ledger; a URL without its scheme by custom. */
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
}

export interface SignedCheckpoint extends Checkpoint {
  readonly note: Note;
}

/** Three lines: origin, size, root (C2SP tlog-checkpoint, "Note text"). */
export const checkpointText = ({ origin, size, root }: Checkpoint): string =>
  `${origin}\n${size}\n${Buffer.from(root).toString("base64")}\n`;

export const signCheckpoint = (checkpoint: Checkpoint, signers: readonly Signer[]): string => signNote(checkpointText(checkpoint), signers);

/** Takes a checkpoint apart; its signatures are not looked at. Extension lines are refused: no monitor can audit them. */
export function parseCheckpoint(bytes: Uint8Array): Result<SignedCheckpoint, LedgerError> {
  const note = parseNote(bytes);
  if (!note.ok) return note;
  const bad = (why: string): Result<never, LedgerError> => fail(new LedgerError("BAD_NOTE", `not a checkpoint: ${why}`));
  const [origin, size, root, ...more] = note.value.text.split("\n").slice(0, -1);
  if (!origin || size === undefined || root === undefined) return bad("it needs three lines, origin, size and root");
  if (more.length > 0) return bad("it has extension lines");
  if (!/^(0|[1-9]\d*)$/.test(size) || !isIndex(Number(size))) return bad(`"${size}" is no size`);
  const hash = fromBase64(root);
  if (hash?.length !== 32) return bad(`"${root}" is no SHA-256 in base64`);
  return ok({ origin, size: Number(size), root: hash, note: note.value });
}
