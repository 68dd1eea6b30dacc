// The ledger's routes: what C2SP tlog-tiles asks of a log, the trust policy for its readers, and the charters for whoever replays it.
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { tileAt } from "../../app/gate/published.ts";
import { charters, ledgerRows, newestCheckpoint } from "../storage/published.ts";
import type { Database } from "../storage/schema.ts";
import { ProblemError, problemsOf } from "./problem.ts";
import type { App, Routes } from "./server.ts";

const Charters = z.object({ charters: z.array(z.object({ hash: z.string(), at: z.string(), text: z.string() })) });
const open = { tags: ["ledger"] };
const bearer = { ...open, security: [{ bearer: [] }] };
const text = (type: string) => ({ 200: { description: "The file", content: { [type]: { schema: z.string() } } } });

/** Anyone may read hashes and checkpoints, which tell nothing; entries and charters are for those who are signed in. */
export const ledgerRoutes =
  (database: Database, trustPolicy: string): Routes =>
  async (plain) => {
    const app = plain.withTypeProvider<ZodTypeProvider>();
    app.get(
      "/ledger/checkpoint",
      {
        config: { access: "public" },
        schema: {
          ...open,
          operationId: "checkpoint",
          summary: "The newest checkpoint (C2SP tlog-checkpoint)",
          querystring: z.object({ cosigned: z.enum(["true", "false"]).optional().describe("The newest that a witness cosigned.") }),
          response: { ...text("text/plain"), ...problemsOf(404) },
        },
      },
      async ({ query }, reply) => {
        const checkpoint = await newestCheckpoint(database, query.cosigned === "true");
        if (checkpoint === undefined) throw new ProblemError(404, "not-found", "there is no such checkpoint yet");
        return reply.header("cache-control", "no-store").type("text/plain; charset=utf-8").send(checkpoint);
      },
    );
    app.get(
      "/ledger/policy",
      {
        config: { access: "public" },
        schema: {
          ...open,
          operationId: "trustPolicy",
          summary: "The trust policy that names the ledger's keys (C2SP tlog-policy)",
          response: { ...text("text/plain"), ...problemsOf() },
        },
      },
      async (_request, reply) => reply.type("text/plain; charset=utf-8").send(trustPolicy),
    );
    tileRoutes(app, database);
    app.get(
      "/ledger/charters",
      {
        config: { access: "signed-in" },
        schema: {
          ...bearer,
          operationId: "charters",
          summary: "The charters that decided, for a replay",
          response: { 200: Charters, ...problemsOf(401, 403) },
        },
      },
      async () => ({ charters: [...(await charters(database))] }),
    );
  };

function tileRoutes(app: App, database: Database): void {
  const rows = ledgerRows(database);
  for (const kind of ["hashes", "entries"] as const) {
    app.get(
      kind === "entries" ? "/ledger/tile/entries/*" : "/ledger/tile/:level/*",
      {
        config: { access: kind === "entries" ? "signed-in" : "public" },
        schema: {
          ...(kind === "entries" ? bearer : open),
          operationId: kind,
          summary: kind === "entries" ? "A bundle of entries (C2SP tlog-tiles)" : "A tile of hashes (C2SP tlog-tiles)",
          response: {
            200: { description: "The file", content: { "application/octet-stream": { schema: z.any() } } },
            ...problemsOf(401, 403, 404),
          },
        },
      },
      async (request, reply) => {
        const path = (request.url.split("?")[0] as string).slice("/ledger/".length);
        const bytes = await tileAt(rows, path);
        if (bytes === undefined) throw new ProblemError(404, "not-found", "the ledger has no such tile");
        return reply
          .header("cache-control", kind === "entries" ? "private, max-age=31536000, immutable" : "public, max-age=31536000, immutable")
          .type("application/octet-stream")
          .send(Buffer.from(bytes));
      },
    );
  }
}
