// Sign-in as the server takes it: one function that says who asks, and the plugins that go before and beside the other routes.
import type { FastifyRequest } from "fastify";
import type { Kysely } from "kysely";
import type { Directory } from "../../charter/directory.ts";
import type { Authenticate } from "../http/principal.ts";
import type { Routes } from "../http/server.ts";
import type { Tables } from "../storage/schema.ts";
import { authenticateWith } from "./authenticate.ts";
import type { SignInConfiguration } from "./configuration.ts";
import { cookiesOf } from "./cookies.ts";
import { AuthError } from "./error.ts";
import { firstCodes, type First, type LocalSignIn } from "./local/sign-in.ts";
import { onceOnly } from "./once-only.ts";
import { pipelineGuard } from "./pipelines/guard.ts";
import { pipelineVerifier } from "./pipelines/verify.ts";
import { accountRoutes } from "./routes/accounts.ts";
import { sessionRoutes } from "./routes/session.ts";
import { signInRoutes } from "./routes/sign-in.ts";
import { tokenRoutes } from "./routes/tokens.ts";
import { sealer } from "./secrets.ts";
import { signOn } from "./single-sign-on/sign-on.ts";

export interface SignInOptions {
  readonly configuration: SignInConfiguration;
  readonly kysely: Kysely<Tables>;
  readonly directory: Directory;
  /** At least 32 bytes, from a file of the data folder: never from the database. */
  readonly rootKey: Uint8Array;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
}

export interface SignIn {
  readonly authenticate: Authenticate;
  /** Around every route, once its body is read. */
  readonly check: (request: FastifyRequest) => Promise<void>;
  readonly routes: readonly Routes[];
  /** Codes for the first two people; undefined when there are accounts, or no local ones are wanted. Printed once, by whoever starts the server. */
  firstCodes(): Promise<Readonly<Record<First, string>> | undefined>;
}

/** Throws an AuthError BAD_CONFIGURATION when it cannot be as configured. */
export function signIn({ configuration, kysely: db, directory, rootKey, environment, now }: SignInOptions): SignIn {
  const { origin, singleSignOn, pipelines } = configuration;
  const store = { db, now };
  const once = onceOnly(store);
  const local: LocalSignIn | undefined = configuration.local ? { store, sealer: sealer(rootKey), once } : undefined;
  const secretOf = (name: string): string => {
    const found = environment[name];
    if (found === undefined || found === "")
      throw new AuthError("BAD_CONFIGURATION", `the environment has no ${name}, which holds the client's secret`);
    return found;
  };
  const options = {
    store,
    cookies: cookiesOf(origin),
    origin,
    directory,
    local,
    pipelines: pipelines.length > 0 ? pipelineVerifier(pipelines, now) : undefined,
    signOn:
      singleSignOn && signOn({ provider: singleSignOn, clientSecret: secretOf(singleSignOn.clientSecretFrom), origin, store, directory }),
  };
  return {
    authenticate: authenticateWith(options),
    check: pipelineGuard(once),
    routes: [signInRoutes(options), sessionRoutes(options), tokenRoutes(options), accountRoutes(options)],
    firstCodes: async () => local && firstCodes(local),
  };
}
