// The routes by which people come in: password and code, passkey, invitation, the first start's codes, single sign-on.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { AuthenticationResponseJSON } from "@simplewebauthn/server";
import { z } from "zod";
import type { Directory } from "../../../charter/directory.ts";
import { problemsOf } from "../../http/problem.ts";
import { ROLES, type Role } from "../../http/principal.ts";
import type { Routes } from "../../http/server.ts";
import { effectiveRoles, personOf, record, rolesIn } from "../accounts.ts";
import type { AuthenticateOptions } from "../authenticate.ts";
import { cookieIn, setCookie } from "../cookies.ts";
import { AuthError } from "../error.ts";
import { askForPasskey, signInWithPasskey } from "../local/passkey.ts";
import { type LocalSignIn, redeem, redeemFirst, type SignedIn, signInWithPassword } from "../local/sign-in.ts";
import { beginSession, csrfOf, endSession, findSession } from "../sessions.ts";
import type { SignOn } from "../single-sign-on/sign-on.ts";
import { CALLBACK } from "../single-sign-on/sign-on.ts";

export interface SignInRoutes extends AuthenticateOptions {
  /** Undefined where local accounts are not wanted. */
  readonly local: LocalSignIn | undefined;
  readonly signOn: SignOn | undefined;
  readonly directory: Directory;
}

const Secret = z.string().min(1).max(200);
const Handle = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, "lower-case letters, digits, dots, hyphens");
const PersonId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,99}$/, "the charter's id of the person");
/** What an authenticator answers; the library reads it strictly. */
export const PasskeyAnswer = z.looseObject({
  id: z.string().min(1).max(1500),
  rawId: z.string().max(1500),
  type: z.literal("public-key"),
  response: z.record(z.string(), z.unknown()),
  clientExtensionResults: z.record(z.string(), z.unknown()),
});
export const Options = z.looseObject({ challenge: z.string() });
const SessionView = z.object({
  csrf: z.string().describe("To be sent as x-csrf-token with whatever changes something."),
  roles: z.array(z.enum(ROLES)),
  method: z.string().describe("password: only setting up a second factor is open."),
});

const SIGN_IN_LIMIT = { max: 30, timeWindow: "1 minute" };
const open = { access: "public", rateLimit: SIGN_IN_LIMIT } as const;
const said = { tags: ["sign-in"] };

/** A page of another site cannot sign somebody in to an account of its choice. A script that is no browser names no origin. */
function fromHere({ origin }: AuthenticateOptions, { headers }: FastifyRequest): void {
  if (headers.origin !== undefined && headers.origin !== origin) throw new AuthError("FORBIDDEN", "this did not come from our own page");
}

export const signInRoutes =
  (options: SignInRoutes): Routes =>
  async (plain) => {
    const app = plain.withTypeProvider<ZodTypeProvider>();
    app.get(
      "/v1/sign-in",
      {
        config: { access: "public" },
        schema: {
          ...said,
          operationId: "waysIn",
          summary: "Which ways in there are",
          response: { 200: z.object({ local: z.boolean(), singleSignOn: z.boolean() }), ...problemsOf() },
        },
      },
      () => ({ local: options.local !== undefined, singleSignOn: options.signOn !== undefined }),
    );
    plain.addHook("onRequest", async (request) => fromHere(options, request));
    if (options.local) {
      passwordRoute(plain, options, options.local);
      passkeyRoutes(plain, options);
      codeRoutes(plain, options, options.local);
    }
    if (options.signOn) signOnRoutes(plain, options, options.signOn);
  };

/** A new session at every sign-in, and the one before it ended: what was fixed or stolen before is worth nothing after (ASVS 5.0, 7.2.4). */
async function letIn(
  options: SignInRoutes,
  request: FastifyRequest,
  reply: FastifyReply,
  { account, method }: SignedIn,
  roles: readonly Role[],
  hint?: string,
) {
  const { store, cookies } = options;
  const before = cookieIn(request.headers.cookie, cookies.session);
  const old = before === undefined ? undefined : await findSession(store, before);
  if (old) await endSession(store, old.id);
  const cookie = await beginSession(store, { account: account.id, roles, method, ...(hint !== undefined && { hint }) });
  await record(store, { what: "signed-in", account: account.id, by: account.id, detail: method });
  reply.header("set-cookie", setCookie(cookies, cookies.session, cookie)).header("cache-control", "no-store");
  return { csrf: csrfOf(cookie), roles: method === "password" ? [] : [...(await effectiveRoles(store, account, roles))], method };
}

function passwordRoute(plain: FastifyInstance, options: SignInRoutes, local: LocalSignIn): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  app.post(
    "/v1/sign-in/password",
    {
      config: open,
      schema: {
        ...said,
        operationId: "signInWithPassword",
        summary: "Sign in with a password and an app's code",
        body: z.strictObject({
          handle: z.string().min(1).max(200),
          password: z.string().min(1).max(1000),
          code: z.string().max(20).optional(),
        }),
        response: { 200: SessionView, ...problemsOf(401, 403) },
      },
    },
    async (request, reply) => {
      const signed = await signInWithPassword(local, { ...request.body, address: request.ip });
      return letIn(options, request, reply, signed, rolesIn(signed.account.roles));
    },
  );
}

function passkeyRoutes(plain: FastifyInstance, options: SignInRoutes): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  app.post(
    "/v1/sign-in/passkey/challenge",
    {
      config: open,
      schema: {
        ...said,
        operationId: "passkeyChallenge",
        summary: "What a passkey must sign",
        response: { 200: Options, ...problemsOf(403) },
      },
    },
    async () => ({ ...(await askForPasskey(options.store, options)) }),
  );
  app.post(
    "/v1/sign-in/passkey",
    {
      config: open,
      schema: {
        ...said,
        operationId: "signInWithPasskey",
        summary: "Sign in with a passkey",
        body: PasskeyAnswer,
        response: { 200: SessionView, ...problemsOf(401, 403) },
      },
    },
    async (request, reply) => {
      const signed = await signInWithPasskey(options.store, options, request.body as unknown as AuthenticationResponseJSON, request.ip);
      return letIn(options, request, reply, signed, rolesIn(signed.account.roles));
    },
  );
}

function codeRoutes(plain: FastifyInstance, options: SignInRoutes, local: LocalSignIn): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  app.post(
    "/v1/sign-in/invitation",
    {
      config: open,
      schema: {
        ...said,
        operationId: "redeemInvitation",
        summary: "Set a password with an invitation's code",
        body: z.strictObject({ code: Secret, password: z.string().min(1).max(1000) }),
        response: { 204: z.null(), ...problemsOf(401, 403) },
      },
    },
    async (request, reply) => {
      await redeem(local, request.body.code, request.body.password);
      return reply.code(204).send(null);
    },
  );
  app.post(
    "/v1/sign-in/first",
    {
      config: open,
      schema: {
        ...said,
        operationId: "redeemFirst",
        summary: "Make one of the two first accounts, with a code that the first start printed",
        body: z.strictObject({
          which: z.enum(["first-administrator", "first-owner"]),
          code: Secret,
          handle: Handle,
          person: PersonId,
          password: z.string().min(1).max(1000),
        }),
        response: { 204: z.null(), ...problemsOf(401, 403) },
      },
    },
    async (request, reply) => {
      const { which, ...given } = request.body;
      if (personOf(options.directory, `person:${given.person}`) === "")
        throw new AuthError("FORBIDDEN", `the charter knows no person ${given.person}`);
      await redeemFirst(local, which, given);
      return reply.code(204).send(null);
    },
  );
}

/** They answer with redirections, and so stand in no OpenAPI document. */
function signOnRoutes(app: FastifyInstance, options: SignInRoutes, signOn: SignOn): void {
  const { cookies } = options;
  app.get("/v1/sign-in/single-sign-on", { config: open, schema: { hide: true } }, async (_request, reply) => {
    const { url, binding } = await signOn.begin();
    return reply
      .header("set-cookie", setCookie(cookies, cookies.binding, binding, 600))
      .header("cache-control", "no-store")
      .redirect(url, 303);
  });
  app.get(CALLBACK, { config: open, schema: { hide: true } }, async (request, reply) => {
    const at = request.url.indexOf("?");
    const { account, roles, idToken } = await signOn.finish(
      at < 0 ? "" : request.url.slice(at),
      cookieIn(request.headers.cookie, cookies.binding),
    );
    if (roles.length === 0) throw new AuthError("FORBIDDEN", "none of your groups gives a role here");
    await letIn(options, request, reply, { account, method: "single-sign-on" }, roles, idToken);
    return reply.header("set-cookie", setCookie(cookies, cookies.binding, "")).redirect("/", 303);
  });
}
