// The ledger of a running server as a source for an export: everything over HTTP, and nothing of it believed before it is verified.
import { z } from "zod";
import { type Client, ClientError } from "./client.ts";
import type { LedgerSource } from "./export.ts";

const Charters = z.object({ charters: z.array(z.object({ hash: z.string().regex(/^[0-9a-f]{64}$/), text: z.string() })) });

export async function downloadable(server: Client, isCosigned: boolean): Promise<LedgerSource> {
  const checkpoint = await server.bytes(`ledger/checkpoint${isCosigned ? "?cosigned=true" : ""}`);
  const charters = Charters.safeParse(await server.get("ledger/charters"));
  if (!charters.success) throw new ClientError("UNEXPECTED", "the server's charters cannot be read; is it of this version?");
  return {
    checkpoint: Buffer.from(checkpoint).toString("utf8"),
    read: (path) => server.bytes(`ledger/${path}`),
    charters: charters.data.charters,
  };
}
