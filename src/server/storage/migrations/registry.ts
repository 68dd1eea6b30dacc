// Every migration in its order. They are added at the end, and never changed once landed.
import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import type { Kind } from "../schema.ts";
import { columnsOf, type Columns } from "./columns.ts";
import { up as ledger } from "./0001-ledger.ts";
import { up as signIn } from "./0002-sign-in.ts";

type Up = (db: Kysely<unknown>, columns: Columns) => Promise<void>;

const MIGRATIONS: Readonly<Record<string, Up>> = {
  "0001-ledger": ledger,
  "0002-sign-in": signIn,
};

export const migrationsOf = (kind: Kind): Record<string, Migration> =>
  Object.fromEntries(Object.entries(MIGRATIONS).map(([name, up]) => [name, { up: (db: Kysely<unknown>) => up(db, columnsOf(kind)) }]));
