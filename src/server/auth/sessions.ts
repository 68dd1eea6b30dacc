// Sessions: a random cookie, its hash in the database, an end by the clock whatever happens, and a new one at every sign-in.
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Role } from "../http/principal.ts";
import type { SessionRow } from "../storage/sign-in-schema.ts";
import { kept, newSecret } from "./secrets.ts";
import { after, type SignInStore } from "./store.ts";

const IDLE_MS = 30 * 60_000;
const LONGEST_MS = 12 * 3_600_000;
/** Within this time after signing in, factors and tokens may be changed without signing in again (ASVS 5.0, 7.5.1). */
const FRESH_MS = 10 * 60_000;
/** Sessions are not written back for each request. */
const SEEN_EVERY_MS = 60_000;

export interface NewSession {
  readonly account: string;
  readonly roles: readonly Role[];
  readonly method: string;
  readonly hint?: string;
}

/** Returns what the cookie holds. It is kept nowhere. */
export async function beginSession(store: SignInStore, { account, roles, method, hint = "" }: NewSession): Promise<string> {
  const { db, now } = store;
  const cookie = newSecret();
  const at = now().toISOString();
  await db.deleteFrom("sign_in_session").where("expires", "<", at).execute();
  await db
    .insertInto("sign_in_session")
    .values({
      id: kept(cookie),
      account,
      roles: JSON.stringify(roles),
      created: at,
      seen: at,
      expires: after(store, LONGEST_MS),
      method,
      hint,
    })
    .execute();
  return cookie;
}

/** Undefined when it is unknown, over, or was idle for too long; then it is gone. */
export async function findSession(store: SignInStore, cookie: string): Promise<SessionRow | undefined> {
  const { db, now } = store;
  const found = await db.selectFrom("sign_in_session").selectAll().where("id", "=", kept(cookie)).executeTakeFirst();
  if (found === undefined) return undefined;
  const at = now().getTime();
  const idle = at - Date.parse(found.seen);
  if (found.expires <= now().toISOString() || idle > IDLE_MS) {
    await endSession(store, found.id);
    return undefined;
  }
  if (idle > SEEN_EVERY_MS) await db.updateTable("sign_in_session").set({ seen: now().toISOString() }).where("id", "=", found.id).execute();
  return found;
}

export const endSession = async ({ db }: SignInStore, id: string): Promise<void> =>
  void (await db.deleteFrom("sign_in_session").where("id", "=", id).execute());

export const isFresh = ({ now }: SignInStore, session: SessionRow): boolean => now().getTime() - Date.parse(session.created) <= FRESH_MS;

/** What a page must send along with whatever changes something: derived from the cookie, so that who cannot read the cookie cannot know it, and nothing need be kept. */
export const csrfOf = (cookie: string): string => createHmac("sha256", cookie).update("bulkhead csrf").digest("base64url");

export interface Origin {
  readonly csrf: string | undefined;
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
}

/** Whether our own page asked. A browser that tells where a request comes from is believed when it says elsewhere; only the token says here. */
export function isOwnPage(cookie: string, { csrf, origin, fetchSite }: Origin, publicOrigin: string): boolean {
  if (origin !== undefined && origin !== publicOrigin) return false;
  if (fetchSite !== undefined && fetchSite !== "same-origin" && fetchSite !== "none") return false;
  const [expected, given] = [Buffer.from(csrfOf(cookie)), Buffer.from(csrf ?? "")];
  return expected.length === given.length && timingSafeEqual(expected, given);
}
