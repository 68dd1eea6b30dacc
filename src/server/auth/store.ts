// What sign-in needs of the server: its tables and its clock.
import type { Kysely } from "kysely";
import type { Tables } from "../storage/schema.ts";

export interface SignInStore {
  readonly db: Kysely<Tables>;
  readonly now: () => Date;
}

export const after = ({ now }: Pick<SignInStore, "now">, milliseconds: number): string =>
  new Date(now().getTime() + milliseconds).toISOString();
