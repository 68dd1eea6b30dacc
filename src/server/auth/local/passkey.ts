// Passkeys (WebAuthn level 3): the person's device signs a challenge for this origin alone, after it has verified the person.
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import { accountById, record } from "../accounts.ts";
import { AuthError } from "../error.ts";
import { countAttempt, type Counted, forgetFailures } from "../failures.ts";
import { type Purpose, putPending, takePending } from "../pending.ts";
import type { SignInStore } from "../store.ts";
import type { AccountRow } from "../../storage/sign-in-schema.ts";
import type { SignedIn } from "./sign-in.ts";

const MINUTES = 5;
const MOST_PASSKEYS = 10;

export interface RelyingParty {
  /** The server's public address: https://bulkhead.acme.example. */
  readonly origin: string;
}

const idOf = ({ origin }: RelyingParty): string => new URL(origin).hostname;

const challengeFor = async (store: SignInStore, purpose: Purpose, payload: object) =>
  new Uint8Array(Buffer.from(await putPending(store, purpose, payload, MINUTES), "base64url"));

export async function offerPasskey(
  store: SignInStore,
  party: RelyingParty,
  account: AccountRow,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const own = await store.db.selectFrom("sign_in_passkey").select("id").where("account", "=", account.id).execute();
  if (own.length >= MOST_PASSKEYS) throw new AuthError("FORBIDDEN", `at most ${MOST_PASSKEYS} passkeys`);
  return generateRegistrationOptions({
    rpName: "Bulkhead",
    rpID: idOf(party),
    userName: account.handle,
    userID: new Uint8Array(Buffer.from(account.id)),
    challenge: await challengeFor(store, "passkey-new", { account: account.id }),
    attestationType: "none",
    excludeCredentials: own,
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
  });
}

export async function addPasskey(
  store: SignInStore,
  party: RelyingParty,
  account: AccountRow,
  response: RegistrationResponseJSON,
  name: string,
): Promise<void> {
  const verified = await verifyRegistrationResponse({
    response,
    // The challenge is ours, of this account, and unused.
    expectedChallenge: async (challenge) => {
      const pending = (await takePending(store, "passkey-new", challenge)) as { readonly account: string } | undefined;
      return pending?.account === account.id;
    },
    expectedOrigin: party.origin,
    expectedRPID: idOf(party),
    requireUserVerification: true,
  }).catch((cause: unknown) => {
    throw wrong(cause);
  });
  if (!verified.verified) throw wrong();
  const { credential } = verified.registrationInfo;
  const at = store.now().toISOString();
  const { numInsertedOrUpdatedRows } = await store.db
    .insertInto("sign_in_passkey")
    .values({
      id: credential.id,
      account: account.id,
      name,
      public_key: Buffer.from(credential.publicKey),
      counter: credential.counter,
      transports: JSON.stringify(credential.transports ?? []),
      created: at,
      used: "",
    })
    // A credential that another account registered already is refused (WebAuthn, section 7.1, step 26).
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows !== 1n) throw wrong();
  await record(store, { what: "passkey-added", account: account.id, by: account.id });
}

/** No name is asked for: the device offers the accounts it holds for this origin, so that nobody learns which names exist. */
export const askForPasskey = async (store: SignInStore, party: RelyingParty): Promise<PublicKeyCredentialRequestOptionsJSON> =>
  generateAuthenticationOptions({
    rpID: idOf(party),
    userVerification: "required",
    challenge: await challengeFor(store, "passkey-sign-in", {}),
  });

export async function signInWithPasskey(
  store: SignInStore,
  party: RelyingParty,
  response: AuthenticationResponseJSON,
  address: string,
): Promise<SignedIn> {
  const counted: readonly Counted[] = [["address", address]];
  await countAttempt(store, counted);
  const account = await accountOfPasskey(store, party, response).catch((cause: unknown) => {
    throw wrong(cause);
  });
  await forgetFailures(store, counted);
  return { account, method: "passkey" };
}

async function accountOfPasskey(store: SignInStore, party: RelyingParty, response: AuthenticationResponseJSON): Promise<AccountRow> {
  const passkey = await store.db.selectFrom("sign_in_passkey").selectAll().where("id", "=", response.id).executeTakeFirst();
  const account = passkey && (await accountById(store, passkey.account));
  if (passkey === undefined || account === undefined || account.disabled !== 0) throw wrong();
  const before = passkey.counter;
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response,
    expectedChallenge: async (challenge) => (await takePending(store, "passkey-sign-in", challenge)) !== undefined,
    expectedOrigin: party.origin,
    expectedRPID: idOf(party),
    requireUserVerification: true,
    // A counter that does not rise tells of a copied key (section 6.1.1); the library refuses it.
    credential: { id: passkey.id, publicKey: new Uint8Array(passkey.public_key), counter: before },
  });
  if (!verified) throw wrong();
  await store.db
    .updateTable("sign_in_passkey")
    .set({ counter: authenticationInfo.newCounter, used: store.now().toISOString() })
    .where("id", "=", passkey.id)
    .execute();
  return account;
}

const wrong = (cause?: unknown): AuthError => new AuthError("BAD_CREDENTIAL", "the passkey does not hold here", { cause });
