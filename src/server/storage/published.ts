// What the database publishes of the ledger: its rows as tiles, its checkpoints, and the charters that decided.
import type { LedgerRows } from "../../app/gate/published.ts";
import type { Database } from "./schema.ts";

export function ledgerRows({ kysely }: Pick<Database, "kysely">): LedgerRows {
  const entries = (from: number, to: number) =>
    kysely.selectFrom("ledger_entry").where("place", ">=", from).where("place", "<", to).orderBy("place");
  return {
    entries: async (from, to) => (await entries(from, to).select("bytes").execute()).map(({ bytes }) => bytes),
    leaves: async (from, to) => (await entries(from, to).select("leaf").execute()).map(({ leaf }) => leaf),
    nodes: async (level, from, to) =>
      (
        await kysely
          .selectFrom("ledger_node")
          .select("hash")
          .where("level", "=", level)
          .where("place", ">=", from)
          .where("place", "<", to)
          .orderBy("place")
          .execute()
      ).map(({ hash }) => hash),
  };
}

/** The newest checkpoint with the cosignatures it has; with `isCosigned`, the newest that a witness cosigned. */
export async function newestCheckpoint({ kysely }: Pick<Database, "kysely">, isCosigned: boolean): Promise<string | undefined> {
  const cosigned = await kysely.selectFrom("ledger_cosignature").selectAll().orderBy("size", "desc").limit(1).executeTakeFirst();
  if (isCosigned) return cosigned?.checkpoint;
  const head = await kysely.selectFrom("ledger_head").selectAll().executeTakeFirst();
  return head !== undefined && cosigned?.size === head.size ? cosigned.checkpoint : head?.checkpoint;
}

export async function keepCosignature({ kysely }: Pick<Database, "kysely">, size: number, checkpoint: string): Promise<void> {
  await kysely
    .insertInto("ledger_cosignature")
    .values({ size, checkpoint })
    .onConflict((conflict) => conflict.column("size").doUpdateSet({ checkpoint }))
    .execute();
}

/** The charter by which decisions are made from now on; kept, so that whoever replays them has it. */
export async function keepCharter(
  { kysely }: Pick<Database, "kysely">,
  charter: { readonly hash: string; readonly text: string; readonly at: string },
): Promise<void> {
  await kysely
    .insertInto("charter")
    .values(charter)
    .onConflict((conflict) => conflict.column("hash").doNothing())
    .execute();
}

export const charters = ({
  kysely,
}: Pick<Database, "kysely">): Promise<readonly { readonly hash: string; readonly text: string; readonly at: string }[]> =>
  kysely.selectFrom("charter").selectAll().orderBy("at").orderBy("hash").execute();
