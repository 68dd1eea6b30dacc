// What waits for its second half: kept under the hash of a secret that one side holds, and good for one use.
import { kept, newSecret } from "./secrets.ts";
import { after, type SignInStore } from "./store.ts";

export type Purpose =
  | "single-sign-on"
  | "passkey-new"
  | "passkey-sign-in"
  | "invitation"
  | "first-administrator"
  | "first-owner"
  | "totp-new";

/** Returns the secret that finds it again. */
export async function putPending(store: SignInStore, purpose: Purpose, payload: object, minutes: number): Promise<string> {
  const { db, now } = store;
  const secret = newSecret();
  await db.deleteFrom("sign_in_pending").where("until", "<", now().toISOString()).execute();
  await db
    .insertInto("sign_in_pending")
    .values({ id: kept(secret), purpose, payload: JSON.stringify(payload), until: after(store, minutes * 60_000) })
    .execute();
  return secret;
}

/** What it was about, once: of two that come with the same secret, one gets it. */
export async function takePending({ db, now }: SignInStore, purpose: Purpose, secret: string): Promise<unknown> {
  const found = await db
    .deleteFrom("sign_in_pending")
    .where("id", "=", kept(secret))
    .where("purpose", "=", purpose)
    .returningAll()
    .executeTakeFirst();
  return found === undefined || found.until <= now().toISOString() ? undefined : JSON.parse(found.payload);
}
