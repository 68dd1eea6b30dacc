// Accounts, and whose they are. An account stands for a person of the charter, or looks and takes no part.
import type { Directory } from "../../charter/directory.ts";
import { ROLES, type Role } from "../http/principal.ts";
import type { AccountRow } from "../storage/sign-in-schema.ts";
import { AuthError } from "./error.ts";
import { newId } from "./secrets.ts";
import type { SignInStore } from "./store.ts";

export interface NewAccount {
  readonly origin: string;
  readonly handle: string;
  /** The charter's id; empty when nobody is known to hold it. */
  readonly person: string;
  readonly roles: readonly Role[];
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  /** Who made it: an account's id, `code` for the codes of the first start, or `single-sign-on`. */
  readonly by: string;
}

/** Whoever signs in at the organization's own provider is vouched for by it; so is who holds a code that was printed at the first start. */
const VOUCHED_FROM_START: ReadonlySet<string> = new Set(["single-sign-on", "code"]);

export async function createAccount({ db, now }: SignInStore, account: NewAccount): Promise<AccountRow> {
  const row: AccountRow = {
    id: newId(),
    origin: account.origin,
    handle: account.handle,
    person: account.person,
    name: account.name ?? "",
    email: account.email ?? "",
    roles: JSON.stringify(account.roles),
    password: "",
    totp: "",
    totp_confirmed: 0,
    vouched_by: VOUCHED_FROM_START.has(account.by) ? account.by : "",
    created: now().toISOString(),
    created_by: account.by,
    disabled: 0,
  };
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("sign_in_account")
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows !== 1n) throw new AuthError("FORBIDDEN", `an account ${account.handle} exists already`);
  return row;
}

export const accountById = ({ db }: SignInStore, id: string): Promise<AccountRow | undefined> =>
  db.selectFrom("sign_in_account").selectAll().where("id", "=", id).executeTakeFirst();

export const accountByHandle = ({ db }: SignInStore, origin: string, handle: string): Promise<AccountRow | undefined> =>
  db.selectFrom("sign_in_account").selectAll().where("origin", "=", origin).where("handle", "=", handle).executeTakeFirst();

export const rolesIn = (json: string): readonly Role[] =>
  (JSON.parse(json) as readonly string[]).filter((role): role is Role => ROLES.includes(role as Role));

/**
 * What the account may be now, whatever it was given. An administrator is nothing else. Nobody takes part with an account whose person is not known or that only its maker
 * stands for; nor who has an administrator's account beside it: they could make themselves a second person.
 */
export async function effectiveRoles({ db }: SignInStore, account: AccountRow, given: readonly Role[]): Promise<ReadonlySet<Role>> {
  if (account.disabled !== 0 || given.length === 0) return new Set();
  if (given.includes("administrator")) return new Set(["administrator"]);
  // A machine is what it is or nothing: there is nobody who could look.
  if (account.origin === MACHINE) return new Set(account.vouched_by === "" ? [] : given.filter((role) => role === "pipeline"));
  if (given.includes("pipeline")) return new Set();
  const takesPart = account.person !== "" && account.vouched_by !== "" && !(await isAdministratorElsewhere(db, account));
  return takesPart ? new Set(given) : new Set(given.includes("auditor") ? ["auditor"] : ["guest"]);
}

async function isAdministratorElsewhere(db: SignInStore["db"], account: AccountRow): Promise<boolean> {
  const others = await db
    .selectFrom("sign_in_account")
    .select("roles")
    .where("person", "=", account.person)
    .where("id", "!=", account.id)
    .execute();
  return others.some(({ roles }) => rolesIn(roles).includes("administrator"));
}

/** The origin of accounts of CI systems that sign no tokens of their own. No person is behind them, and nobody signs in with them: they have tokens only. */
export const MACHINE = "machine";

/** What the ledger and the gate know the account by: the person, the machine, or the account itself, which becomes a pseudonym there. */
export function subjectOf({ person, origin, handle }: Pick<AccountRow, "person" | "origin" | "handle">): string {
  if (origin === MACHINE) return `machine:@${handle}`;
  return person === "" ? `${origin === "local" ? "local" : `sso:${origin}`}:@${handle}` : `person:${person}`;
}

/** Another than who made the account, and than whose it is, stands for its being that person's. */
export async function vouch(store: SignInStore, id: string, by: AccountRow): Promise<void> {
  const account = await accountById(store, id);
  if (account === undefined) throw new AuthError("FORBIDDEN", "there is no such account");
  if (by.id === account.id || by.id === account.created_by || by.person === "" || by.person === account.person)
    throw new AuthError("FORBIDDEN", "another must stand for it than who made it and whose it is");
  const maker = await accountById(store, account.created_by);
  if (maker !== undefined && maker.person !== "" && maker.person === by.person)
    throw new AuthError("FORBIDDEN", "another person must stand for it than who made it");
  await store.db.updateTable("sign_in_account").set({ vouched_by: by.id }).where("id", "=", id).execute();
  await record(store, { what: "vouched", account: id, by: by.id });
}

/** Ends everything that the account could come in by, at once. */
export async function disableAccount(store: SignInStore, id: string, by: string): Promise<void> {
  await store.db.transaction().execute(async (db) => {
    await db.updateTable("sign_in_account").set({ disabled: 1 }).where("id", "=", id).execute();
    await db.deleteFrom("sign_in_session").where("account", "=", id).execute();
    await db
      .updateTable("sign_in_token")
      .set({ revoked: store.now().toISOString() })
      .where("account", "=", id)
      .where("revoked", "=", "")
      .execute();
  });
  await record(store, { what: "disabled", account: id, by });
}

/** Forgets who it was. The ledger names the charter's person or a pseudonym, and stays as it is. */
export async function eraseAccount(store: SignInStore, id: string, by: string): Promise<void> {
  await disableAccount(store, id, by);
  await store.db.deleteFrom("sign_in_passkey").where("account", "=", id).execute();
  await store.db.deleteFrom("sign_in_token").where("account", "=", id).execute();
  await store.db
    .updateTable("sign_in_account")
    .set({ handle: `erased-${id}`, name: "", email: "", person: "", password: "", totp: "", vouched_by: "" })
    .where("id", "=", id)
    .execute();
  await record(store, { what: "erased", account: id, by });
}

export interface AccountEvent {
  readonly what: string;
  readonly account: string;
  readonly by: string;
  readonly detail?: string;
}

/** For the auditor: what happened to accounts. Ids only. */
export async function record({ db, now }: SignInStore, { what, account, by, detail = "" }: AccountEvent): Promise<void> {
  await db.insertInto("sign_in_event").values({ id: newId(), at: now().toISOString(), what, account, by, detail }).execute();
}

/** The person whom an account of the charter's belongs to; empty when it is nobody's for certain. */
export const personOf = (directory: Directory, account: string): string => directory.personOf(account) ?? "";
