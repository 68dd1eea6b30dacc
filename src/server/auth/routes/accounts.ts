// Accounts of others: an administrator makes and ends them, an owner of environments vouches for them, an auditor sees what happened.
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { ProblemError, problemsOf } from "../../http/problem.ts";
import { ROLES } from "../../http/principal.ts";
import type { Routes } from "../../http/server.ts";
import type { AccountRow } from "../../storage/sign-in-schema.ts";
import {
  accountById,
  createAccount,
  disableAccount,
  effectiveRoles,
  eraseAccount,
  MACHINE,
  personOf,
  record,
  rolesIn,
  vouch,
} from "../accounts.ts";
import { AuthError } from "../error.ts";
import { invite, type LocalSignIn, reset } from "../local/sign-in.ts";
import { createToken, MOST_TOKEN_DAYS } from "../tokens.ts";
import type { SignInRoutes } from "./sign-in.ts";

const Id = z.object({ id: z.string().regex(/^[A-Za-z0-9_-]{1,100}$/) });
const AccountView = z.object({
  id: z.string(),
  origin: z.string(),
  handle: z.string(),
  person: z.string().describe("The charter's id; empty: nobody is known to hold it, and it only looks."),
  name: z.string(),
  roles: z.array(z.enum(ROLES)),
  vouched: z.boolean(),
  secondFactor: z.boolean(),
  disabled: z.boolean(),
  created: z.string(),
});
const EventView = z.object({ at: z.string(), what: z.string(), account: z.string(), by: z.string(), detail: z.string() });
const said = { tags: ["accounts"], security: [{ bearer: [] }] };
/** Neither a pipeline nor a guest is given to anybody. */
const GIVEN = z.enum(["developer", "release-manager", "environment-owner", "reviewer", "auditor", "administrator"]);
const SEE = ["administrator", "environment-owner", "auditor"] as const;

export const accountRoutes =
  (options: SignInRoutes): Routes =>
  async (app) => {
    looking(app, options);
    ending(app, options);
    machines(app, options);
    if (options.local) making(app, options, options.local);
  };

/** Accounts are changed by a person at a screen, not by a token that lies about. */
function actor(request: FastifyRequest): AccountRow {
  const { identity } = request;
  if (identity?.kind !== "session") throw new AuthError("FORBIDDEN", "sign in for this; a token does not suffice");
  return identity.account;
}

const view = (row: AccountRow): z.infer<typeof AccountView> => ({
  id: row.id,
  origin: row.origin,
  handle: row.handle,
  person: row.person,
  name: row.name,
  roles: [...rolesIn(row.roles)],
  vouched: row.vouched_by !== "",
  secondFactor: row.totp_confirmed === 1,
  disabled: row.disabled !== 0,
  created: row.created,
});

function looking(plain: FastifyInstance, { store }: SignInRoutes): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  app.get(
    "/v1/accounts",
    {
      config: { access: SEE },
      schema: {
        ...said,
        operationId: "listAccounts",
        summary: "Accounts, by name",
        response: { 200: z.object({ accounts: z.array(AccountView) }), ...problemsOf(401, 403) },
      },
    },
    async () => ({
      accounts: (await store.db.selectFrom("sign_in_account").selectAll().orderBy("handle").limit(5000).execute()).map(view),
    }),
  );
  app.get(
    "/v1/accounts/events",
    {
      config: { access: SEE },
      schema: {
        ...said,
        operationId: "listAccountEvents",
        summary: "What happened to accounts, newest first",
        response: { 200: z.object({ events: z.array(EventView) }), ...problemsOf(401, 403) },
      },
    },
    async () => ({
      events: await store.db
        .selectFrom("sign_in_event")
        .select(["at", "what", "account", "by", "detail"])
        .orderBy("at", "desc")
        .limit(1000)
        .execute(),
    }),
  );
}

function ending(plain: FastifyInstance, { store }: SignInRoutes): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  const mustExist = async (id: string): Promise<void> => {
    if ((await accountById(store, id)) === undefined) throw new ProblemError(404, "not-found", "there is none of that id");
  };
  app.post(
    "/v1/accounts/:id/vouch",
    {
      config: { access: ["environment-owner"] },
      schema: {
        ...said,
        operationId: "vouch",
        summary: "Stand for an account's being its person's",
        description: "Never by who made or reset it, nor by whose it is.",
        params: Id,
        response: { 204: z.null(), ...problemsOf(401, 403, 404) },
      },
    },
    async (request, reply) => {
      const by = actor(request);
      await mustExist(request.params.id);
      await vouch(store, request.params.id, by);
      return reply.code(204).send(null);
    },
  );
  app.post(
    "/v1/accounts/:id/disable",
    {
      config: { access: ["administrator"] },
      schema: {
        ...said,
        operationId: "disableAccount",
        summary: "Shut an account out at once",
        params: Id,
        response: { 204: z.null(), ...problemsOf(401, 403, 404) },
      },
    },
    async (request, reply) => {
      const by = actor(request);
      await mustExist(request.params.id);
      if (request.params.id === by.id) throw new AuthError("FORBIDDEN", "another administrator must end yours");
      await disableAccount(store, request.params.id, by.id);
      return reply.code(204).send(null);
    },
  );
  app.delete(
    "/v1/accounts/:id",
    {
      config: { access: ["administrator"] },
      schema: {
        ...said,
        operationId: "eraseAccount",
        summary: "Forget an account's person; the ledger stays as it is",
        params: Id,
        response: { 204: z.null(), ...problemsOf(401, 403, 404) },
      },
    },
    async (request, reply) => {
      const by = actor(request);
      await mustExist(request.params.id);
      if (request.params.id === by.id) throw new AuthError("FORBIDDEN", "another administrator must end yours");
      await eraseAccount(store, request.params.id, by.id);
      return reply.code(204).send(null);
    },
  );
}

function making(plain: FastifyInstance, options: SignInRoutes, local: LocalSignIn): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  const Invitation = z.strictObject({
    handle: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/),
    person: z.string().regex(/^[a-z0-9][a-z0-9-]{0,99}$/),
    roles: z.array(GIVEN).min(1).max(6),
  });
  const Invited = z.object({ id: z.string(), code: z.string().describe("For the invited person, once, for a day.") });
  app.post(
    "/v1/accounts",
    {
      config: { access: ["administrator"] },
      schema: {
        ...said,
        operationId: "invite",
        summary: "Make an account, and a code with which its person sets a password",
        body: Invitation,
        response: { 201: Invited, ...problemsOf(401, 403) },
      },
    },
    async (request, reply) => {
      const by = actor(request);
      if (personOf(options.directory, `person:${request.body.person}`) === "")
        throw new AuthError("FORBIDDEN", `the charter knows no person ${request.body.person}`);
      const { account, code } = await invite(local, request.body, by.id);
      return reply.code(201).header("cache-control", "no-store").send({ id: account.id, code });
    },
  );
  app.post(
    "/v1/accounts/:id/reset",
    {
      config: { access: ["administrator"] },
      schema: {
        ...said,
        operationId: "resetAccount",
        summary: "Void an account's password, app, passkeys and tokens, and give a new code",
        params: Id,
        response: { 201: Invited, ...problemsOf(401, 403, 404) },
      },
    },
    async (request, reply) => {
      const by = actor(request);
      if ((await accountById(options.store, request.params.id)) === undefined)
        throw new ProblemError(404, "not-found", "there is none of that id");
      return reply
        .code(201)
        .header("cache-control", "no-store")
        .send({ id: request.params.id, code: await reset(local, request.params.id, by.id) });
    },
  );
}

/**
 * For CI systems that sign no token for a job. An administrator makes the account and never sees a token of it; an owner of environments vouches for it and hands out the tokens:
 * neither of them alone can report a test in its name.
 */
function machines(plain: FastifyInstance, { store }: SignInRoutes): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  const Machine = z.strictObject({ handle: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/) });
  app.post(
    "/v1/accounts/machines",
    {
      config: { access: ["administrator"] },
      schema: {
        ...said,
        operationId: "createMachine",
        summary: "Make an account for a CI system: machine:@HANDLE in the charter's automations",
        body: Machine,
        response: { 201: z.object({ id: z.string() }), ...problemsOf(401, 403) },
      },
    },
    async (request, reply) => {
      const by = actor(request);
      const made = { origin: MACHINE, handle: request.body.handle, person: "", roles: ["pipeline"], by: by.id } as const;
      const { id } = await createAccount(store, made);
      await record(store, { what: "machine-made", account: id, by: by.id });
      return reply.code(201).send({ id });
    },
  );
  app.post(
    "/v1/accounts/:id/tokens",
    {
      config: { access: ["environment-owner"] },
      schema: {
        ...said,
        operationId: "createMachineToken",
        summary: "Make a token of a machine's account; it is shown this once",
        params: Id,
        body: z.strictObject({ name: z.string().min(1).max(100), days: z.int().min(1).max(MOST_TOKEN_DAYS) }),
        response: { 201: z.object({ id: z.string(), token: z.string(), expires: z.string() }), ...problemsOf(401, 403, 404) },
      },
    },
    async (request, reply) => {
      const by = actor(request);
      const account = await accountById(store, request.params.id);
      if (account?.origin !== MACHINE) throw new ProblemError(404, "not-found", "there is no machine of that id");
      const may = await effectiveRoles(store, account, ["pipeline"]);
      const { token, row } = await createToken(store, account, may, { ...request.body, roles: ["pipeline"] });
      await record(store, { what: "machine-token", account: account.id, by: by.id, detail: row.id });
      return reply.code(201).header("cache-control", "no-store").send({ id: row.id, token, expires: row.expires });
    },
  );
}
