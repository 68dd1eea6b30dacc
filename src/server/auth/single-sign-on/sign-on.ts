// Single sign-on: OpenID Connect's code flow with PKCE, state, nonce and issuer checks; what comes back becomes an account.
import * as oidc from "openid-client";
import type { Directory } from "../../../charter/directory.ts";
import type { AccountRow } from "../../storage/sign-in-schema.ts";
import type { Role } from "../../http/principal.ts";
import { accountByHandle, createAccount, personOf, record } from "../accounts.ts";
import { AuthError } from "../error.ts";
import { putPending, takePending } from "../pending.ts";
import { kept, newSecret } from "../secrets.ts";
import type { SignInStore } from "../store.ts";
import type { SingleSignOn } from "./configuration.ts";

const MINUTES = 10;
const TIMEOUT_SECONDS = 10;

export interface SignOn {
  /** Where the browser goes, and what it must bring back in a cookie: else a stranger could finish their sign-in in somebody else's browser. */
  begin(): Promise<{ readonly url: string; readonly binding: string }>;
  /** From the address the provider sent the browser to. Throws an AuthError. */
  finish(search: string, binding: string | undefined): Promise<SignedOn>;
  /** Where the browser goes to sign out there too; undefined when the provider has no such place. */
  end(idToken: string): Promise<string | undefined>;
}

export interface SignedOn {
  readonly account: AccountRow;
  readonly roles: readonly Role[];
  readonly idToken: string;
}

export interface SignOnOptions {
  readonly provider: SingleSignOn;
  readonly clientSecret: string;
  /** The server's public address. */
  readonly origin: string;
  readonly store: SignInStore;
  readonly directory: Directory;
}

interface Pending {
  readonly verifier: string;
  readonly nonce: string;
  readonly binding: string;
}

export const CALLBACK = "/v1/sign-in/single-sign-on/callback";

export function signOn(options: SignOnOptions): SignOn {
  const { provider, origin, store } = options;
  let known: Promise<oidc.Configuration> | undefined;
  /** A provider that was away when it was first asked is asked again. */
  const configuration = (): Promise<oidc.Configuration> =>
    (known ??= discovered(options).catch((cause: unknown) => {
      known = undefined;
      throw new AuthError("UNREACHABLE", "the identity provider does not answer", { cause });
    }));
  return {
    begin: async () => {
      const at = await configuration();
      const pending = { verifier: oidc.randomPKCECodeVerifier(), nonce: oidc.randomNonce() };
      const binding = newSecret();
      const state = await putPending(store, "single-sign-on", { ...pending, binding: kept(binding) } satisfies Pending, MINUTES);
      const url = oidc.buildAuthorizationUrl(at, {
        redirect_uri: `${origin}${CALLBACK}`,
        scope: provider.scopes.join(" "),
        code_challenge: await oidc.calculatePKCECodeChallenge(pending.verifier),
        code_challenge_method: "S256",
        state,
        nonce: pending.nonce,
        ...(provider.strength && { acr_values: provider.strength.join(" ") }),
      });
      return { url: url.href, binding };
    },
    finish: async (search, binding) => {
      const state = new URLSearchParams(search).get("state") ?? "";
      const pending = (await takePending(store, "single-sign-on", state)) as Pending | undefined;
      if (pending === undefined || binding === undefined || kept(binding) !== pending.binding)
        throw new AuthError("BAD_CREDENTIAL", "this browser did not begin this sign-in, or began it too long ago");
      const { claims, idToken } = await exchanged(await configuration(), new URL(`${origin}${CALLBACK}${search}`), state, pending);
      return { ...(await accountOf(options, claims)), idToken };
    },
    end: async (idToken) => {
      const at = await configuration();
      if (at.serverMetadata().end_session_endpoint === undefined) return undefined;
      return oidc.buildEndSessionUrl(at, { id_token_hint: idToken, post_logout_redirect_uri: `${origin}/` }).href;
    },
  };
}

async function discovered({ provider, clientSecret }: SignOnOptions): Promise<oidc.Configuration> {
  const issuer = new URL(provider.issuer);
  // Only a provider on this machine itself may be asked without TLS.
  const isHere = issuer.protocol === "http:" && /^(127(\.\d+){3}|localhost|\[::1\])$/.test(issuer.hostname);
  return oidc.discovery(issuer, provider.clientId, undefined, oidc.ClientSecretBasic(clientSecret), {
    timeout: TIMEOUT_SECONDS,
    ...(isHere && { execute: [oidc.allowInsecureRequests] }),
  });
}

/** The library checks `state`, `iss` of the answer (RFC 9207), the id token's signature, issuer, audience, times and nonce, and proves the code with PKCE. */
async function exchanged(
  at: oidc.Configuration,
  url: URL,
  state: string,
  { verifier, nonce }: Pending,
): Promise<{ readonly claims: oidc.IDToken; readonly idToken: string }> {
  try {
    const tokens = await oidc.authorizationCodeGrant(at, url, {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (claims === undefined || tokens.id_token === undefined) throw new AuthError("BAD_CREDENTIAL", "the provider gave no id token");
    return { claims, idToken: tokens.id_token };
  } catch (cause) {
    if (cause instanceof AuthError) throw cause;
    const isAway = cause instanceof TypeError || (cause instanceof Error && /timeout/i.test(cause.name));
    throw new AuthError(
      isAway ? "UNREACHABLE" : "BAD_CREDENTIAL",
      isAway ? "the identity provider does not answer" : "the provider's answer does not hold",
      {
        cause,
      },
    );
  }
}

async function accountOf(
  { provider, store, directory }: SignOnOptions,
  claims: oidc.IDToken,
): Promise<{ readonly account: AccountRow; readonly roles: readonly Role[] }> {
  if (provider.strength && !provider.strength.includes(String(claims.acr)))
    throw new AuthError("BAD_CREDENTIAL", "the provider does not confirm how the person proved who they are");
  const groups = asTexts(claims[provider.groupsClaim]);
  const roles = [...new Set(groups.flatMap((group) => (Object.hasOwn(provider.roles, group) ? (provider.roles[group] ?? []) : [])))];
  const named = claims[provider.personClaim];
  const isNamed = typeof named === "string" && named !== "" && (provider.personClaim !== "email" || claims["email_verified"] === true);
  const person = isNamed ? personOf(directory, `${provider.accountPrefix}${named}`) : "";
  const name = asText(claims["name"]);
  const email = asText(claims["email"]);
  const before = await accountByHandle(store, provider.issuer, claims.sub);
  if (before === undefined) {
    const made = { origin: provider.issuer, handle: claims.sub, person, roles, name, email, by: "single-sign-on" };
    return { account: await createAccount(store, made), roles };
  }
  if (before.disabled !== 0) throw new AuthError("FORBIDDEN", "the account is disabled");
  if (before.person !== person) await record(store, { what: "person-changed", account: before.id, by: "single-sign-on" });
  const changed = { person, roles: JSON.stringify(roles), name, email };
  await store.db.updateTable("sign_in_account").set(changed).where("id", "=", before.id).execute();
  return { account: { ...before, ...changed }, roles };
}

const asText = (value: unknown): string => (typeof value === "string" ? value.slice(0, 300) : "");
const asTexts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === "string") : [];
