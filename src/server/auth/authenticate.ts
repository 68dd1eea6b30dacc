// Who asks: a person's session, a person's token, or a pipeline's own token; in this order of doubt, and nobody when none of them holds.
import type { FastifyRequest } from "fastify";
import type { Authenticate, Principal } from "../http/principal.ts";
import type { AccountRow, SessionRow } from "../storage/sign-in-schema.ts";
import { accountById, effectiveRoles, MACHINE, rolesIn, subjectOf } from "./accounts.ts";
import { cookieIn, type Cookies } from "./cookies.ts";
import { AuthError } from "./error.ts";
import type { PipelineIdentity, PipelineVerifier } from "./pipelines/verify.ts";
import { findSession, isOwnPage } from "./sessions.ts";
import type { SignInStore } from "./store.ts";
import { findToken, TOKEN_PREFIX } from "./tokens.ts";

export interface OfSession {
  readonly kind: "session";
  readonly account: AccountRow;
  readonly session: SessionRow;
  readonly cookie: string;
}

export type Identity = OfSession | { readonly kind: "token"; readonly account: AccountRow; readonly tokenId: string } | PipelineIdentity;

declare module "fastify" {
  interface FastifyRequest {
    /** How `principal` was found out. */
    identity: Identity | undefined;
  }
}

export interface AuthenticateOptions {
  readonly store: SignInStore;
  readonly cookies: Cookies;
  /** The server's public address. */
  readonly origin: string;
  /** Undefined when no issuer of pipelines is declared. */
  readonly pipelines: PipelineVerifier | undefined;
}

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

export const authenticateWith =
  (options: AuthenticateOptions): Authenticate =>
  async (request) => {
    const found = await identityOf(options, request);
    request.identity = found;
    return found && principalOf(options.store, found);
  };

async function identityOf(options: AuthenticateOptions, request: FastifyRequest): Promise<Identity | undefined> {
  const header = request.headers.authorization;
  if (header === undefined) return sessionOf(options, request);
  const bearer = /^Bearer ([\x21-\x7e]+)$/i.exec(header)?.[1];
  if (bearer === undefined) throw new AuthError("BAD_CREDENTIAL", "the authorization is not of the form: Bearer TOKEN");
  if (bearer.startsWith(TOKEN_PREFIX)) {
    const token = await findToken(options.store, bearer);
    const account = await accountById(options.store, token.account);
    if (account === undefined) throw new AuthError("BAD_CREDENTIAL", "the token is unknown or was revoked");
    // What the token was made for, as far as its account still has it.
    return { kind: "token", account: { ...account, roles: JSON.stringify(narrowed(account, rolesIn(token.roles))) }, tokenId: token.id };
  }
  if (options.pipelines === undefined) throw new AuthError("BAD_CREDENTIAL", "no issuer of pipelines' tokens is declared");
  return options.pipelines.verify(bearer);
}

const narrowed = (account: AccountRow, asked: readonly string[]): readonly string[] => {
  const has = rolesIn(account.roles);
  return has.length === 0 ? [] : asked.filter((role) => role === "guest" || has.some((each) => each === role));
};

/** The session of the request's cookie. A request that changes something must come from our own page. */
export async function sessionOf({ store, cookies, origin }: AuthenticateOptions, request: FastifyRequest): Promise<OfSession | undefined> {
  const cookie = cookieIn(request.headers.cookie, cookies.session);
  const session = cookie === undefined ? undefined : await findSession(store, cookie);
  if (cookie === undefined || session === undefined) return undefined;
  if (!SAFE.has(request.method)) {
    const one = (name: string): string | undefined => [request.headers[name]].flat()[0];
    const asked = { csrf: one("x-csrf-token"), origin: one("origin"), fetchSite: one("sec-fetch-site") };
    if (!isOwnPage(cookie, asked, origin))
      throw new AuthError("FORBIDDEN", "this did not come from our own page: send x-csrf-token as /v1/session says");
  }
  const account = await accountById(store, session.account);
  return account && { kind: "session", account: { ...account, roles: session.roles }, session, cookie };
}

async function principalOf(store: SignInStore, identity: Identity): Promise<Principal> {
  if (identity.kind === "pipeline")
    return { subject: `${identity.project}:ref:${identity.ref}`, kind: "pipeline", roles: new Set(["pipeline"]) };
  const { account } = identity;
  // A password alone is half of a sign-in.
  const isWhole = identity.kind !== "session" || identity.session.method !== "password";
  return {
    subject: subjectOf(account),
    kind: account.origin === MACHINE ? "pipeline" : "person",
    roles: isWhole ? await effectiveRoles(store, account, rolesIn(account.roles)) : new Set(),
  };
}
