// Local accounts: a password with a code of an app, or a passkey. A password alone opens nothing but the way to a second factor.
import { AuthError } from "../error.ts";
import { countAttempt, type Counted, forgetFailures } from "../failures.ts";
import { accountByHandle, accountById, createAccount, record } from "../accounts.ts";
import type { OnceOnly } from "../once-only.ts";
import { putPending, takePending } from "../pending.ts";
import type { Sealer } from "../secrets.ts";
import type { SignInStore } from "../store.ts";
import type { AccountRow } from "../../storage/sign-in-schema.ts";
import type { Role } from "../../http/principal.ts";
import { hashPassword, isPassword, passwordProblem } from "./password.ts";
import { newTotpKey, stepOf, totpUri } from "./totp.ts";

const STEP_KEPT_MS = 300_000;
const INVITATION_MINUTES = 24 * 60;
const FIRST_MINUTES = 60;

export interface LocalSignIn {
  readonly store: SignInStore;
  readonly sealer: Sealer;
  readonly once: OnceOnly;
}

export interface SignedIn {
  readonly account: AccountRow;
  /** `password`: no second factor is set up yet, and nothing but setting it up is open. */
  readonly method: "password" | "password+totp" | "passkey" | "single-sign-on";
}

const wrong = (): AuthError => new AuthError("BAD_CREDENTIAL", "the name, the password or the code is wrong");

/** One answer for a wrong name, a wrong password and a wrong code, in the same time, and slower with each. */
export async function signInWithPassword(
  local: LocalSignIn,
  given: { readonly handle: string; readonly password: string; readonly code?: string | undefined; readonly address: string },
): Promise<SignedIn> {
  const { store } = local;
  const counted: readonly Counted[] = [
    ["name", given.handle],
    ["address", given.address],
  ];
  await countAttempt(store, counted);
  const account = await accountByHandle(store, "local", given.handle);
  const isRight = await isPassword(account?.password ?? "", given.password);
  if (account === undefined || !isRight || account.disabled !== 0 || !(await isCodeRight(local, account, given.code))) throw wrong();
  await forgetFailures(store, counted);
  return { account, method: account.totp_confirmed === 1 ? "password+totp" : "password" };
}

async function isCodeRight({ store, sealer, once }: LocalSignIn, account: AccountRow, code: string | undefined): Promise<boolean> {
  if (account.totp_confirmed !== 1) return true;
  const step = stepOf(sealer.open(account.totp, account.id), code ?? "", store.now());
  return step !== undefined && once.take(`totp ${account.id} ${step}`, new Date(store.now().getTime() + STEP_KEPT_MS));
}

/** The key for the app, shown once; it counts after a first code of it. */
export async function offerTotp({ store, sealer }: LocalSignIn, account: AccountRow): Promise<{ readonly uri: string }> {
  if (account.totp_confirmed === 1) throw new AuthError("FORBIDDEN", "an app is set up already");
  const key = newTotpKey();
  await store.db
    .updateTable("sign_in_account")
    .set({ totp: sealer.seal(key, account.id) })
    .where("id", "=", account.id)
    .where("totp_confirmed", "=", 0)
    .execute();
  return { uri: totpUri(key, "Bulkhead", account.handle) };
}

export async function confirmTotp(local: LocalSignIn, account: AccountRow, code: string): Promise<void> {
  const { store, sealer, once } = local;
  const counted: readonly Counted[] = [["account", account.id]];
  await countAttempt(store, counted);
  const step = account.totp === "" ? undefined : stepOf(sealer.open(account.totp, account.id), code, store.now());
  const isNew = step !== undefined && (await once.take(`totp ${account.id} ${step}`, new Date(store.now().getTime() + STEP_KEPT_MS)));
  if (!isNew) throw wrong();
  await forgetFailures(store, counted);
  await store.db.updateTable("sign_in_account").set({ totp_confirmed: 1 }).where("id", "=", account.id).execute();
  await record(store, { what: "totp-set", account: account.id, by: account.id });
}

export async function setPassword({ store }: LocalSignIn, account: AccountRow, password: string, by: string): Promise<void> {
  const problem = passwordProblem(password, [account.handle, account.name, account.person]);
  if (problem !== undefined) throw new AuthError("FORBIDDEN", problem);
  await store.db
    .updateTable("sign_in_account")
    .set({ password: await hashPassword(password) })
    .where("id", "=", account.id)
    .execute();
  // Whoever knew the old one is out.
  await store.db.deleteFrom("sign_in_session").where("account", "=", account.id).execute();
  await record(store, { what: "password-set", account: account.id, by });
}

export interface Invited {
  readonly handle: string;
  readonly person: string;
  readonly roles: readonly Role[];
}

/** A code with which the invited person sets their own password. Whoever invites knows it too, so that another must vouch for the account before it takes part. */
export async function invite(
  { store }: LocalSignIn,
  invited: Invited,
  by: string,
): Promise<{ readonly account: AccountRow; readonly code: string }> {
  const account = await createAccount(store, { origin: "local", ...invited, by });
  await record(store, { what: "invited", account: account.id, by });
  return { account, code: await putPending(store, "invitation", { account: account.id }, INVITATION_MINUTES) };
}

/** For who lost password or app: all of it is set up anew, and another must vouch again. */
export async function reset({ store }: LocalSignIn, id: string, by: string): Promise<string> {
  const account = await accountById(store, id);
  if (account?.origin !== "local" || account.id === by) throw new AuthError("FORBIDDEN", "there is no local account of another by that id");
  await store.db.deleteFrom("sign_in_session").where("account", "=", id).execute();
  await store.db.deleteFrom("sign_in_passkey").where("account", "=", id).execute();
  await store.db.deleteFrom("sign_in_token").where("account", "=", id).execute();
  // Whoever holds the code is not known to be the person: `created_by` becomes who gave it, who then cannot vouch.
  await store.db
    .updateTable("sign_in_account")
    .set({ password: "", totp: "", totp_confirmed: 0, vouched_by: "", created_by: by })
    .where("id", "=", id)
    .execute();
  await record(store, { what: "reset", account: id, by });
  return putPending(store, "invitation", { account: id }, INVITATION_MINUTES);
}

/** The invited person's password. The code is spent even if the password is refused, unless it is only too easy. */
export async function redeem(local: LocalSignIn, code: string, password: string): Promise<AccountRow> {
  const problem = passwordProblem(password, []);
  if (problem !== undefined) throw new AuthError("FORBIDDEN", problem);
  const pending = (await takePending(local.store, "invitation", code)) as { readonly account: string } | undefined;
  const account = pending && (await accountById(local.store, pending.account));
  if (account === undefined || account.disabled !== 0)
    throw new AuthError("BAD_CREDENTIAL", "the code is unknown, was used, or is too old");
  await setPassword(local, account, password, account.id);
  return account;
}

const FIRST = { "first-administrator": "administrator", "first-owner": "environment-owner" } as const satisfies Record<string, Role>;
export type First = keyof typeof FIRST;

/**
 * Two codes for two people, printed at the first start: an administrator, who makes accounts, and an owner of environments, who vouches for them. Undefined once any account exists.
 */
export async function firstCodes({ store }: LocalSignIn): Promise<Readonly<Record<First, string>> | undefined> {
  const some = await store.db.selectFrom("sign_in_account").select("id").limit(1).executeTakeFirst();
  if (some !== undefined) return undefined;
  // Codes of an earlier start that nobody used are void.
  await store.db.deleteFrom("sign_in_pending").where("purpose", "in", ["first-administrator", "first-owner"]).execute();
  return {
    "first-administrator": await putPending(store, "first-administrator", {}, FIRST_MINUTES),
    "first-owner": await putPending(store, "first-owner", {}, FIRST_MINUTES),
  };
}

/** One account for each of the two codes; `person` is the charter's. */
export async function redeemFirst(
  local: LocalSignIn,
  first: First,
  given: { readonly code: string; readonly handle: string; readonly person: string; readonly password: string },
): Promise<AccountRow> {
  const problem = passwordProblem(given.password, [given.handle, given.person]);
  if (problem !== undefined) throw new AuthError("FORBIDDEN", problem);
  if ((await takePending(local.store, first, given.code)) === undefined)
    throw new AuthError("BAD_CREDENTIAL", "the code is unknown, was used, or is too old");
  const { handle, person } = given;
  const account = await createAccount(local.store, { origin: "local", handle, person, roles: [FIRST[first]], by: "code" });
  await setPassword(local, account, given.password, account.id);
  return account;
}
