// The log's side of the witness protocol: shows a witness what was added since it last looked, and keeps its cosignature.
import { consistencyProof } from "../../ledger/merkle.ts";
import { LedgerError } from "../../ledger/error.ts";
import { parseSignatureLines } from "../../ledger/note.ts";
import { subtreesOf } from "../../ledger/tiles.ts";
import { CHECKPOINT_FILE } from "../../ledger/verify.ts";
import { addCheckpointBody } from "../../ledger/witness.ts";
import { addSignatures, checkpointOf, readerOf } from "./folder.ts";

const TIMEOUT_MS = 20_000;

/**
 * Asks the witness at `url` (its submission prefix) to cosign the newest checkpoint, and adds its signature lines. Returns the size that was cosigned.
 * Throws a LedgerError: INCONSISTENT_HISTORY when the witness refuses, BAD_SIGNATURE for any other answer.
 */
export async function askWitness(folder: string, url: string): Promise<number> {
  const read = readerOf(folder);
  const checkpoint = checkpointOf(folder);
  const text = Buffer.from(read(CHECKPOINT_FILE) as Uint8Array).toString("utf8");
  const ask = async (older: number): Promise<Response> =>
    fetch(new URL("add-checkpoint", url.endsWith("/") ? url : `${url}/`), {
      method: "POST",
      body: addCheckpointBody(older, consistencyProof(subtreesOf(read, checkpoint.size), older, checkpoint.size), text),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  let answer = await ask(0);
  if (answer.status === 409) {
    const older = Number((await answer.text()).trim());
    if (!Number.isSafeInteger(older) || older > checkpoint.size)
      throw new LedgerError("INCONSISTENT_HISTORY", `${url}  cosigned ${older} entries of this ledger, and here are ${checkpoint.size}`);
    answer = await ask(older);
  }
  const body = await answer.text();
  if (answer.status === 422) throw new LedgerError("INCONSISTENT_HISTORY", `${url}  refuses: ${body.trim()}`);
  if (answer.status !== 200 || !parseSignatureLines(body)?.length)
    throw new LedgerError("BAD_SIGNATURE", `${url}  answers ${answer.status}: ${body.trim().slice(0, 200)}`);
  if (!addSignatures(folder, checkpoint, body)) throw new LedgerError("LOCKED", `${folder}  has grown meanwhile\n  Ask the witness again.`);
  return checkpoint.size;
}
