// Where sign-in is put together for a server that runs: its configuration, and the key that stands in the data folder.
import type { Kysely } from "kysely";
import { secretIn } from "../app/gate/keys.ts";
import { SignInConfiguration } from "./auth/configuration.ts";
import { AuthError } from "./auth/error.ts";
import { type SignIn, signIn } from "./auth/sign-in.ts";
import type { StartOptions } from "./start.ts";
import type { SignInTables } from "./storage/sign-in-schema.ts";

/** Read from a file, checked; without one people have accounts of this server's own, and no pipeline comes in. */
export function signInConfiguration(document: unknown, origin: string): SignInConfiguration {
  const parsed = SignInConfiguration.safeParse(document === undefined ? { origin } : document);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `/${path.join("/")} ${message}`);
  throw new AuthError("BAD_CONFIGURATION", `sign-in cannot be as configured: ${problems.join("; ")}`);
}

export interface ServerSignIn {
  readonly signIn: StartOptions["signIn"];
  /** Codes of the first start, once the server runs. */
  firstCodes(): ReturnType<SignIn["firstCodes"]>;
}

export function signInOf(
  configuration: SignInConfiguration,
  data: string,
  environment: Readonly<Record<string, string | undefined>>,
): ServerSignIn {
  let whole: SignIn | undefined;
  return {
    signIn: async ({ database, policy: { directory }, now }) => {
      const kysely = database.kysely as unknown as Kysely<SignInTables>;
      whole = signIn({ configuration, kysely, directory, rootKey: secretIn(data, "sign-in.key"), environment, now });
      return whole;
    },
    firstCodes: async () => whole?.firstCodes(),
  };
}
