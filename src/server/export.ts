// Exports the ledger of a database, as an auditor reads it.
import { exportLedger } from "../app/gate/export.ts";
import { tileAt } from "../app/gate/published.ts";
import { openDatabase } from "./storage/open.ts";
import { charters, ledgerRows, newestCheckpoint } from "./storage/published.ts";
import { GateError } from "../app/gate/error.ts";

/** Returns the number of entries. With `isCosigned`, at the newest checkpoint that a witness cosigned. */
export async function exportFrom(where: string, folder: string, isCosigned: boolean): Promise<number> {
  const database = await openDatabase(where);
  try {
    const checkpoint = await newestCheckpoint(database, isCosigned);
    if (checkpoint === undefined)
      throw new GateError("UNAVAILABLE", isCosigned ? "no witness has cosigned the ledger yet" : `${where}  holds no ledger`);
    const rows = ledgerRows(database);
    return await exportLedger({ checkpoint, read: (path) => tileAt(rows, path), charters: await charters(database) }, folder);
  } finally {
    await database.close();
  }
}
