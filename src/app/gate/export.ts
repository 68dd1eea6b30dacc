// Writes a server's ledger as the folder that `bulkhead ledger verify` reads, with the charters that decided.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { LedgerError } from "../../ledger/error.ts";
import { sha256 } from "../../lib/hash.ts";
import { writeDurably } from "../ledger/durable-file.ts";
import { checkpointIn, filesAt } from "./published.ts";

export interface LedgerSource {
  readonly checkpoint: string;
  read(path: string): Promise<Uint8Array | undefined>;
  readonly charters: readonly { readonly hash: string; readonly text: string }[];
}

/** Exporting again into the same folder adds what is new; full tiles never change, and are not asked for again. Returns the number of entries. */
export async function exportLedger(source: LedgerSource, folder: string): Promise<number> {
  for (const { hash, text } of source.charters) {
    // Threat: a server that names a charter by another's hash would have decisions replayed under rules that never held.
    if (sha256(text) !== hash) throw new LedgerError("BAD_POLICY", `charter ${hash}  is not what its hash says`);
    put(join(folder, "charters", `${hash}.yaml`), Buffer.from(text));
  }
  const read = async (path: string): Promise<Uint8Array | undefined> => {
    const file = join(folder, path);
    return !path.includes(".p/") && existsSync(file) ? readFileSync(file) : source.read(path);
  };
  for await (const { path, bytes } of filesAt(source.checkpoint, read)) {
    if (path === "checkpoint") writeDurably(join(folder, path), bytes);
    else put(join(folder, path), bytes);
  }
  return checkpointIn(source.checkpoint).size;
}

function put(file: string, bytes: Uint8Array): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}
