// A person's own tokens: listed, made by who signed in a moment ago, and revoked.
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { ProblemError, problemsOf } from "../../http/problem.ts";
import { ROLES } from "../../http/principal.ts";
import type { Routes } from "../../http/server.ts";
import type { AccountRow } from "../../storage/sign-in-schema.ts";
import { rolesIn } from "../accounts.ts";
import { AuthError } from "../error.ts";
import { createToken, MOST_TOKEN_DAYS, revokeToken, tokensOf } from "../tokens.ts";
import { freshOf } from "./session.ts";
import type { SignInRoutes } from "./sign-in.ts";

const bearer = { tags: ["tokens"], security: [{ bearer: [] }] };
const Id = z.object({ id: z.string().regex(/^[A-Za-z0-9_-]{1,100}$/) });
const TokenView = z.object({
  id: z.string(),
  name: z.string(),
  roles: z.array(z.enum(ROLES)),
  created: z.string(),
  expires: z.string(),
  used: z.string(),
});
const NewToken = z.strictObject({
  name: z.string().min(1).max(100),
  roles: z.array(z.enum(ROLES)).min(1).max(ROLES.length).describe("No more than one's own; guest: to read only."),
  days: z.int().min(1).max(MOST_TOKEN_DAYS),
});

export const tokenRoutes =
  (options: SignInRoutes): Routes =>
  async (app) => {
    listing(app, options);
    changing(app, options);
  };

function accountOf(identity: FastifyRequest["identity"]): AccountRow {
  if (identity === undefined || identity.kind === "pipeline") throw new AuthError("FORBIDDEN", "tokens are people's");
  return identity.account;
}

function listing(plain: FastifyInstance, { store }: SignInRoutes): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  app.get(
    "/v1/tokens",
    {
      config: { access: "signed-in" },
      schema: {
        ...bearer,
        operationId: "listTokens",
        summary: "One's own tokens",
        response: { 200: z.object({ tokens: z.array(TokenView) }), ...problemsOf(401, 403) },
      },
    },
    async ({ identity }) => {
      const own = await tokensOf(store, accountOf(identity).id);
      return {
        tokens: own.map(({ id, name, roles, created, expires, used }) => ({
          id,
          name,
          roles: [...rolesIn(roles)],
          created,
          expires,
          used,
        })),
      };
    },
  );
}

function changing(plain: FastifyInstance, options: SignInRoutes): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  const { store } = options;
  app.post(
    "/v1/tokens",
    {
      config: { access: "signed-in" },
      schema: {
        ...bearer,
        operationId: "createToken",
        summary: "Make a token; it is shown this once",
        description: "By who signed in within the last ten minutes: a token makes no token.",
        body: NewToken,
        response: { 201: z.object({ id: z.string(), token: z.string(), expires: z.string() }), ...problemsOf(401, 403) },
      },
    },
    async (request, reply) => {
      // What was stolen does not last longer than it would.
      const { account } = await freshOf(options, request);
      const { token, row } = await createToken(store, account, request.principal?.roles ?? new Set(), request.body);
      return reply.code(201).header("cache-control", "no-store").send({ id: row.id, token, expires: row.expires });
    },
  );
  app.delete(
    "/v1/tokens/:id",
    {
      config: { access: "signed-in" },
      schema: {
        ...bearer,
        operationId: "revokeToken",
        summary: "Revoke a token: one's own, or as administrator anybody's",
        params: Id,
        response: { 204: z.null(), ...problemsOf(401, 403, 404) },
      },
    },
    async (request, reply) => {
      const account = accountOf(request.identity);
      const owner = request.principal?.roles.has("administrator") ? undefined : account.id;
      if (!(await revokeToken(store, request.params.id, account.id, owner)))
        throw new ProblemError(404, "not-found", "there is none of that id");
      return reply.code(204).send(null);
    },
  );
}
