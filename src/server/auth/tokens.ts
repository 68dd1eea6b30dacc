// API tokens: of one account, narrower than it, for some days, and kept as a hash only.
import { crc32 } from "node:zlib";
import type { Role } from "../http/principal.ts";
import type { AccountRow, TokenRow } from "../storage/sign-in-schema.ts";
import { MACHINE, record } from "./accounts.ts";
import { AuthError } from "./error.ts";
import { kept, newId, newSecret } from "./secrets.ts";
import { after, type SignInStore } from "./store.ts";

/** Secret scanners find it by this, and by the check at its end, without asking anybody. */
export const TOKEN_PREFIX = "bh_";
const DAY_MS = 86_400_000;
export const MOST_TOKEN_DAYS = 30;
/** Of accounts of the identity provider: it tells of nobody who left, and a token must not outlast its word by much. */
const MOST_SIGNED_ON_DAYS = 7;
const MOST_TOKENS = 20;

const checkOf = (secret: string): string => crc32(secret).toString(36).padStart(7, "0");

export const isToken = (text: string): boolean =>
  /^bh_[A-Za-z0-9_-]{43}[a-z0-9]{7}$/.test(text) && checkOf(text.slice(3, 46)) === text.slice(46);

export interface NewToken {
  readonly name: string;
  readonly roles: readonly Role[];
  readonly days: number;
}

/** The token itself is shown this once. An administrator's rights are for people at a screen, not for tokens. */
export async function createToken(
  store: SignInStore,
  account: AccountRow,
  may: ReadonlySet<Role>,
  { name, roles, days }: NewToken,
): Promise<{ readonly token: string; readonly row: TokenRow }> {
  const most = account.origin === "local" || account.origin === MACHINE ? MOST_TOKEN_DAYS : MOST_SIGNED_ON_DAYS;
  if (days < 1 || days > most) throw new AuthError("FORBIDDEN", `a token lasts 1 to ${most} days`);
  // `may` holds no pipeline but for a machine.
  const tooMuch = roles.filter((role) => role === "administrator" || (role !== "guest" && !may.has(role)));
  if (roles.length === 0 || tooMuch.length > 0)
    throw new AuthError("FORBIDDEN", `a token of yours cannot be ${tooMuch.join(", ") || "without roles"}`);
  const own = await tokensOf(store, account.id);
  if (own.length >= MOST_TOKENS) throw new AuthError("FORBIDDEN", `at most ${MOST_TOKENS} tokens; revoke one`);
  const secret = newSecret();
  const token = `${TOKEN_PREFIX}${secret}${checkOf(secret)}`;
  const row: TokenRow = {
    id: newId(),
    hash: kept(token),
    account: account.id,
    name,
    roles: JSON.stringify(roles),
    created: store.now().toISOString(),
    expires: after(store, days * DAY_MS),
    used: "",
    revoked: "",
  };
  await store.db.insertInto("sign_in_token").values(row).execute();
  await record(store, { what: "token-created", account: account.id, by: account.id, detail: row.id });
  return { token, row };
}

/** Those that still open something. */
export const tokensOf = ({ db, now }: SignInStore, account: string): Promise<TokenRow[]> =>
  db
    .selectFrom("sign_in_token")
    .selectAll()
    .where("account", "=", account)
    .where("revoked", "=", "")
    .where("expires", ">", now().toISOString())
    .orderBy("created")
    .execute();

export async function findToken({ db, now }: SignInStore, token: string): Promise<TokenRow> {
  const found = isToken(token)
    ? await db.selectFrom("sign_in_token").selectAll().where("hash", "=", kept(token)).executeTakeFirst()
    : undefined;
  if (found === undefined || found.revoked !== "") throw new AuthError("BAD_CREDENTIAL", "the token is unknown or was revoked");
  const at = now().toISOString();
  if (found.expires <= at) throw new AuthError("EXPIRED", "the token expired");
  // To the hour, so that a busy token is not a write for each request.
  if (found.used.slice(0, 13) !== at.slice(0, 13))
    await db.updateTable("sign_in_token").set({ used: at }).where("id", "=", found.id).execute();
  return found;
}

/** False when there is none of that id that `owner` may revoke; an administrator names no owner. */
export async function revokeToken(store: SignInStore, id: string, by: string, owner?: string): Promise<boolean> {
  let update = store.db
    .updateTable("sign_in_token")
    .set({ revoked: store.now().toISOString() })
    .where("id", "=", id)
    .where("revoked", "=", "");
  if (owner !== undefined) update = update.where("account", "=", owner);
  const { numUpdatedRows } = await update.executeTakeFirst();
  if (numUpdatedRows !== 1n) return false;
  await record(store, { what: "token-revoked", account: owner ?? "", by, detail: id });
  return true;
}
