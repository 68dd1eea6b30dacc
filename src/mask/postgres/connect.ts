// Connections to PostgreSQL, all with the same settings, so that every value reads alike on both sides.
import pg from "pg";
import { MaskError } from "../error.ts";

const { Client } = pg;
export type PgClient = pg.Client;

/**
 * What pg_dump sets for the same reason ("setup_connection" in pg_dump.c): text forms that lose nothing and depend on no setting of a
 * role, no limit of time, and an error instead of silently fewer rows where row security would hide some.
 */
const SESSION = [
  "SET datestyle = ISO",
  "SET intervalstyle = postgres",
  "SET extra_float_digits = 3",
  "SET bytea_output = hex",
  "SET xmloption = content",
  "SET statement_timeout = 0",
  "SET lock_timeout = 0",
  "SET idle_in_transaction_session_timeout = 0",
  "SET row_security = off",
  "SET search_path = pg_catalog",
].join("; ");

export async function connect(url: string): Promise<PgClient> {
  const client = new Client({ connectionString: url, application_name: "bulkhead mask", keepAlive: true, client_encoding: "UTF8" });
  // An error outside a query ends the connection; the next query tells it.
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query(SESSION);
  } catch (cause) {
    throw new MaskError(
      "UNREADABLE",
      `${shownUrl(url)}  ${messageOf(cause)}\n  Check the address, the role and its password (PGPASSWORD).`,
      { cause },
    );
  }
  return client;
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** An address as it may be printed: without a password. */
export function shownUrl(url: string): string {
  const parsed = new URL(url);
  return `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
}

export const databaseOf = (url: string): string => decodeURIComponent(new URL(url).pathname.slice(1));

export function withDatabase(url: string, database: string): string {
  const parsed = new URL(url);
  parsed.pathname = `/${encodeURIComponent(database)}`;
  return parsed.href;
}

/** Double quotes, always: whatever stands in it, it stays one name (PostgreSQL 4.1.1). */
export const quotedName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export const quotedTable = ({ schema, name }: { readonly schema: string; readonly name: string }): string =>
  `${quotedName(schema)}.${quotedName(name)}`;

/** A string constant that reads alike whatever standard_conforming_strings says (4.1.2.2). */
export const quotedText = (text: string): string =>
  text.includes("\\") ? `E'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'` : `'${text.replaceAll("'", "''")}'`;

/** For programs of PostgreSQL: never on their command line, where every user of the machine could read the password. */
export function environmentOf(url: string): NodeJS.ProcessEnv {
  const { hostname, port, username, password, searchParams } = new URL(url);
  const environment: NodeJS.ProcessEnv = { ...process.env, PGDATABASE: databaseOf(url) };
  if (hostname !== "") environment["PGHOST"] = hostname.replace(/^\[(.*)\]$/, "$1");
  if (port !== "") environment["PGPORT"] = port;
  if (username !== "") environment["PGUSER"] = decodeURIComponent(username);
  if (password !== "") environment["PGPASSWORD"] = decodeURIComponent(password);
  for (const [parameter, variable] of PARAMETERS) {
    const value = searchParams.get(parameter);
    if (value !== null) environment[variable] = value;
  }
  return environment;
}

const PARAMETERS = [
  ["host", "PGHOST"],
  ["sslmode", "PGSSLMODE"],
  ["sslrootcert", "PGSSLROOTCERT"],
  ["sslcert", "PGSSLCERT"],
  ["sslkey", "PGSSLKEY"],
] as const;
