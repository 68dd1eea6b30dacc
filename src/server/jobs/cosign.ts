// Shows the witnesses what was added, and keeps their word under the checkpoint.
import { cosignatureOf } from "../../app/ledger/ask-witness.ts";
import { checkpointIn, consistencyFrom, tileAt } from "../../app/gate/published.ts";
import { keepCosignature, ledgerRows, newestCheckpoint } from "../storage/published.ts";
import type { Database } from "../storage/schema.ts";
import type { Handler } from "./runner.ts";

const EVERY_MS = 10_000;

/** A witness that refuses, or that is away, is an error of the job: it is told in the metrics and the log, and tried again. */
export const cosignNewest =
  (database: Database, witnesses: readonly string[], now: () => Date): Handler =>
  async () => {
    const again = new Date(now().getTime() + EVERY_MS);
    const rows = ledgerRows(database);
    let text = await newestCheckpoint(database, false);
    if (text === undefined) return again;
    const checkpoint = checkpointIn(text);
    if (checkpoint.size === 0 || text === (await newestCheckpoint(database, true))) return again;
    for (const url of witnesses)
      text += await cosignatureOf(url, checkpoint, text, (older) => consistencyFrom((path) => tileAt(rows, path), older, checkpoint.size));
    await keepCosignature(database, checkpoint.size, text);
    return again;
  };
