// Where sign-in is put together for a server that runs.
import type { StartOptions } from "./start.ts";

/** Nobody is known: only what is public is answered. */
export const signIn: StartOptions["signIn"] = async () => ({ authenticate: async () => undefined, routes: [] });
