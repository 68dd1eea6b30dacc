// A person's own sessions, factors and tokens. Whoever changes one of them has signed in a moment ago.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { RegistrationResponseJSON } from "@simplewebauthn/server";
import { z } from "zod";
import { ProblemError, problemsOf } from "../../http/problem.ts";
import { ROLES } from "../../http/principal.ts";
import type { Routes } from "../../http/server.ts";
import { effectiveRoles, rolesIn, subjectOf } from "../accounts.ts";
import { type OfSession, sessionOf } from "../authenticate.ts";
import { setCookie } from "../cookies.ts";
import { AuthError } from "../error.ts";
import { addPasskey, offerPasskey } from "../local/passkey.ts";
import { confirmTotp, type LocalSignIn, offerTotp, setPassword } from "../local/sign-in.ts";
import { isPassword } from "../local/password.ts";
import { csrfOf, endSession, isFresh } from "../sessions.ts";
import { Options, PasskeyAnswer, type SignInRoutes } from "./sign-in.ts";

const said = { tags: ["session"] };
const open = { access: "public", rateLimit: { max: 30, timeWindow: "1 minute" } } as const;
const nothing = (reply: FastifyReply) => reply.code(204).header("cache-control", "no-store").send(null);

export const sessionRoutes =
  (options: SignInRoutes): Routes =>
  async (app) => {
    ownSession(app, options);
    ownSessions(app, options);
    endingSessions(app, options);
    if (options.local) {
      totpRoutes(app, options, options.local);
      passkeyRoutes(app, options);
      passwordRoute(app, options, options.local);
    }
  };

/** These are open to half a sign-in too, so that a second factor can be set up: each asks for the session itself. */
async function ownOf(options: SignInRoutes, request: FastifyRequest): Promise<OfSession> {
  const found = await sessionOf(options, request);
  if (found === undefined) throw new AuthError("NO_CREDENTIAL", "nobody is signed in");
  return found;
}

export async function freshOf(options: SignInRoutes, request: FastifyRequest): Promise<OfSession> {
  const found = await ownOf(options, request);
  if (!isFresh(options.store, found.session))
    throw new AuthError("FORBIDDEN", "sign in again first: this needs a sign-in of the last ten minutes");
  return found;
}

/**
 * Who may add a factor: whoever signed in with one a moment ago, or with a password to an account that has none yet. Else a stolen password would do for what the factor
 * is there to prevent. Accounts of the identity provider have no factors here: whom it shuts out is out.
 */
async function enrolling(options: SignInRoutes, request: FastifyRequest): Promise<OfSession> {
  const found = await freshOf(options, request);
  const { account, session } = found;
  if (account.origin !== "local") throw new AuthError("FORBIDDEN", "this account signs in at the identity provider");
  const passkeys = await options.store.db.selectFrom("sign_in_passkey").select("id").where("account", "=", account.id).execute();
  if (session.method === "password" && (passkeys.length > 0 || account.totp_confirmed === 1))
    throw new AuthError("FORBIDDEN", "sign in with the second factor that is set up already");
  return found;
}

function ownSession(plain: FastifyInstance, options: SignInRoutes): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  const { store, cookies } = options;
  const View = z.object({
    subject: z.string(),
    handle: z.string(),
    roles: z.array(z.enum(ROLES)),
    method: z.string(),
    csrf: z.string(),
    expires: z.string(),
  });
  app.get(
    "/v1/session",
    {
      config: { access: "public" },
      schema: { ...said, operationId: "session", summary: "Who is signed in here", response: { 200: View, ...problemsOf(401) } },
    },
    async (request, reply) => {
      const { account, session, cookie } = await ownOf(options, request);
      const roles = session.method === "password" ? [] : [...(await effectiveRoles(store, account, rolesIn(account.roles)))];
      reply.header("cache-control", "no-store");
      return {
        subject: subjectOf(account),
        handle: account.handle,
        roles,
        method: session.method,
        csrf: csrfOf(cookie),
        expires: session.expires,
      };
    },
  );
  app.delete(
    "/v1/session",
    {
      config: { access: "public" },
      schema: {
        ...said,
        operationId: "signOut",
        summary: "Sign out",
        description: "Answers where to go to sign out at the identity provider too.",
        response: { 200: z.object({ continue: z.string().optional() }), ...problemsOf(401, 403) },
      },
    },
    async (request, reply) => {
      const { session } = await ownOf(options, request);
      await endSession(store, session.id);
      reply.header("set-cookie", setCookie(cookies, cookies.session, "")).header("clear-site-data", '"cache", "storage"');
      // Here it is over, whether the provider can be asked or not.
      const elsewhere = session.hint === "" ? undefined : await options.signOn?.end(session.hint).catch(() => undefined);
      return elsewhere === undefined ? {} : { continue: elsewhere };
    },
  );
}

/** What is signed in under one's account. */
function ownSessions(plain: FastifyInstance, options: SignInRoutes): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  const { store } = options;
  const View = z.object({
    id: z.string(),
    created: z.string(),
    seen: z.string(),
    expires: z.string(),
    method: z.string(),
    current: z.boolean(),
  });
  app.get(
    "/v1/sessions",
    {
      config: { access: "public" },
      schema: {
        ...said,
        operationId: "listSessions",
        summary: "One's own sessions",
        response: { 200: z.object({ sessions: z.array(View) }), ...problemsOf(401) },
      },
    },
    async (request, reply) => {
      const { account, session } = await ownOf(options, request);
      const rows = await store.db.selectFrom("sign_in_session").selectAll().where("account", "=", account.id).orderBy("created").execute();
      const live = rows.filter(({ expires }) => expires > store.now().toISOString());
      const sessions = live.map(({ id, created, seen, expires, method }) => ({
        id,
        created,
        seen,
        expires,
        method,
        current: id === session.id,
      }));
      return reply.send({ sessions });
    },
  );
}

const SessionId = z.object({ id: z.string().regex(/^[0-9a-f]{64}$/) });

function endingSessions(plain: FastifyInstance, options: SignInRoutes): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  const { store } = options;
  app.delete(
    "/v1/sessions/:id",
    {
      config: { access: "public" },
      schema: {
        ...said,
        operationId: "endSession",
        summary: "End one of one's own sessions",
        params: SessionId,
        response: { 204: z.null(), ...problemsOf(401, 403, 404) },
      },
    },
    async (request, reply) => {
      const { account } = await freshOf(options, request);
      const { numDeletedRows } = await store.db
        .deleteFrom("sign_in_session")
        .where("id", "=", request.params.id)
        .where("account", "=", account.id)
        .executeTakeFirst();
      if (numDeletedRows !== 1n) throw new ProblemError(404, "not-found", "there is none of that id");
      return nothing(reply);
    },
  );
  app.delete(
    "/v1/sessions",
    {
      config: { access: "public" },
      schema: {
        ...said,
        operationId: "signOutElsewhere",
        summary: "End all other sessions of one's account",
        response: { 204: z.null(), ...problemsOf(401, 403) },
      },
    },
    async (request, reply) => {
      const { account, session } = await ownOf(options, request);
      await store.db.deleteFrom("sign_in_session").where("account", "=", account.id).where("id", "!=", session.id).execute();
      return nothing(reply);
    },
  );
}

function totpRoutes(plain: FastifyInstance, options: SignInRoutes, local: LocalSignIn): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  const { store } = options;
  app.post(
    "/v1/session/totp/offer",
    {
      config: open,
      schema: {
        ...said,
        operationId: "offerTotp",
        summary: "The key for an authenticator app, shown once",
        response: { 200: z.object({ uri: z.string() }), ...problemsOf(401, 403) },
      },
    },
    async (request, reply) => {
      reply.header("cache-control", "no-store");
      const { account } = await enrolling(options, request);
      return offerTotp(local, account);
    },
  );
  app.post(
    "/v1/session/totp",
    {
      config: open,
      schema: {
        ...said,
        operationId: "confirmTotp",
        summary: "Set up the app by a first code; then sign in with both",
        body: z.strictObject({ code: z.string().max(20) }),
        response: { 204: z.null(), ...problemsOf(401, 403) },
      },
    },
    async (request, reply) => {
      const { account } = await enrolling(options, request);
      await confirmTotp(local, account, request.body.code);
      // What was signed in with less is over.
      await store.db.deleteFrom("sign_in_session").where("account", "=", account.id).execute();
      return nothing(reply);
    },
  );
}

function passkeyRoutes(plain: FastifyInstance, options: SignInRoutes): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  const { store } = options;
  app.post(
    "/v1/session/passkeys/challenge",
    {
      config: open,
      schema: {
        ...said,
        operationId: "offerPasskey",
        summary: "What a new passkey must sign",
        response: { 200: Options, ...problemsOf(401, 403) },
      },
    },
    async (request, reply) => {
      const { account } = await enrolling(options, request);
      return reply.header("cache-control", "no-store").send({ ...(await offerPasskey(store, options, account)) });
    },
  );
  app.post(
    "/v1/session/passkeys",
    {
      config: open,
      schema: {
        ...said,
        operationId: "addPasskey",
        summary: "Add a passkey",
        body: z.strictObject({ name: z.string().min(1).max(100), answer: PasskeyAnswer }),
        response: { 204: z.null(), ...problemsOf(401, 403) },
      },
    },
    async (request, reply) => {
      const { account } = await enrolling(options, request);
      await addPasskey(store, options, account, request.body.answer as unknown as RegistrationResponseJSON, request.body.name);
      return nothing(reply);
    },
  );
}

function passwordRoute(plain: FastifyInstance, options: SignInRoutes, local: LocalSignIn): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  app.put(
    "/v1/session/password",
    {
      config: open,
      schema: {
        ...said,
        operationId: "changePassword",
        summary: "Change one's password; every session ends",
        body: z.strictObject({ current: z.string().max(1000), password: z.string().min(1).max(1000) }),
        response: { 204: z.null(), ...problemsOf(401, 403) },
      },
    },
    async (request, reply) => {
      const { account } = await enrolling(options, request);
      if (!(await isPassword(account.password, request.body.current)))
        throw new AuthError("BAD_CREDENTIAL", "the current password is wrong");
      await setPassword(local, account, request.body.password, account.id);
      return nothing(reply);
    },
  );
}
