// What may happen once: token ids, one-time codes, deliveries of webhooks. The first to take a key has it, on every replica.
import type { SignInStore } from "./store.ts";

export interface OnceOnly {
  /** True for the first who takes the key; false for everyone after, until the time given. */
  take(key: string, until: Date): Promise<boolean>;
}

/** The primary key decides, not a look before it: of two that come at once, one inserts. */
export function onceOnly({ db, now }: SignInStore): OnceOnly {
  return {
    take: async (key, until) => {
      await db.deleteFrom("sign_in_spent").where("until", "<", now().toISOString()).execute();
      const { numInsertedOrUpdatedRows } = await db
        .insertInto("sign_in_spent")
        .values({ id: key, until: until.toISOString() })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      return numInsertedOrUpdatedRows === 1n;
    },
  };
}
