// The log's side of the witness protocol: shows a witness what was added since it last looked, and keeps its cosignature.
import type { SignedCheckpoint } from "../../ledger/checkpoint.ts";
import { consistencyProof, type Hash } from "../../ledger/merkle.ts";
import { LedgerError } from "../../ledger/error.ts";
import { parseSignatureLines } from "../../ledger/note.ts";
import { subtreesOf } from "../../ledger/tiles.ts";
import { CHECKPOINT_FILE } from "../../ledger/verify.ts";
import { addCheckpointBody } from "../../ledger/witness.ts";
import { addSignatures, checkpointOf, readerOf } from "./folder.ts";

const TIMEOUT_MS = 20_000;

/** Asks the witness at `url` (its submission prefix) to cosign a folder's newest checkpoint, and adds its signature lines. Returns the size that was cosigned. */
export async function askWitness(folder: string, url: string): Promise<number> {
  const read = readerOf(folder);
  const checkpoint = checkpointOf(folder);
  const text = Buffer.from(read(CHECKPOINT_FILE) as Uint8Array).toString("utf8");
  const lines = await cosignatureOf(url, checkpoint, text, async (older) =>
    consistencyProof(subtreesOf(read, checkpoint.size), older, checkpoint.size),
  );
  if (!addSignatures(folder, checkpoint, lines))
    throw new LedgerError("LOCKED", `${folder}  has grown meanwhile\n  Ask the witness again.`);
  return checkpoint.size;
}

/**
 * The signature lines that a witness gives for a checkpoint. `proofFrom` shows that it grew out of an older size.
 * Throws a LedgerError: INCONSISTENT_HISTORY when the witness refuses, BAD_SIGNATURE for any other answer.
 */
export async function cosignatureOf(
  url: string,
  { size }: Pick<SignedCheckpoint, "size">,
  text: string,
  proofFrom: (older: number) => Promise<readonly Hash[]>,
): Promise<string> {
  const ask = async (older: number): Promise<Response> =>
    fetch(new URL("add-checkpoint", url.endsWith("/") ? url : `${url}/`), {
      method: "POST",
      body: addCheckpointBody(older, await proofFrom(older), text),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  let answer = await ask(0);
  if (answer.status === 409) {
    const older = Number((await answer.text()).trim());
    if (!Number.isSafeInteger(older) || older > size)
      throw new LedgerError("INCONSISTENT_HISTORY", `${url}  cosigned ${older} entries of this ledger, and here are ${size}`);
    answer = await ask(older);
  }
  const body = await answer.text();
  if (answer.status === 422) throw new LedgerError("INCONSISTENT_HISTORY", `${url}  refuses: ${body.trim()}`);
  if (answer.status !== 200 || !parseSignatureLines(body)?.length)
    throw new LedgerError("BAD_SIGNATURE", `${url}  answers ${answer.status}: ${body.trim().slice(0, 200)}`);
  return body;
}
