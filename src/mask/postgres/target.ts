// The target database: under a name of its own until it is whole, so that it is absent or complete, whatever happens meanwhile.
import { createHash } from "node:crypto";
import { MaskError } from "../error.ts";
import { connect, databaseOf, messageOf, type PgClient, quotedName, quotedText, shownUrl, withDatabase } from "./connect.ts";

export interface Target {
  /** Of the unfinished database. */
  readonly url: string;
  /** In one transaction: the finished database takes its name, and an older one goes. */
  readonly finish: () => Promise<void>;
  /** Removes what is unfinished; gives way to nothing. */
  readonly discard: () => Promise<void>;
}

export interface Encoding {
  readonly encoding: string;
  readonly collate: string;
  readonly ctype: string;
}

/** By the target's name, so that the next run finds what a killed one left. */
const unfinishedName = (database: string): string => `bulkhead_mask_${createHash("sha256").update(database).digest("hex").slice(0, 16)}`;

/** Where databases are made from: any that is there for everyone. */
const MAINTENANCE = "postgres";

export async function openTarget(url: string, { encoding, collate, ctype }: Encoding, replace: boolean): Promise<Target> {
  const name = databaseOf(url);
  if (name === "") throw new MaskError("UNREADABLE", `${shownUrl(url)}  names no database\n  Write postgres://HOST/NAME.`);
  const unfinished = unfinishedName(name);
  const old = `${unfinished}_old`;
  const client = await connect(withDatabase(url, MAINTENANCE));
  try {
    await lock(client, unfinished);
    const exists = await has(client, name);
    if (exists && !replace)
      throw new MaskError(
        "NOT_APPLICABLE",
        `${shownUrl(url)}  is there already\n  Name another database, or replace it when the new one is whole:  --replace`,
      );
    // Left by a run that was killed: its sessions may still be at work.
    for (const left of [unfinished, old]) await client.query(`DROP DATABASE IF EXISTS ${quotedName(left)} WITH (FORCE)`);
    await create(client, unfinished, encoding, collate, ctype);
    // Nobody but its owner and superusers may connect until it is whole.
    await client.query(`REVOKE CONNECT, TEMPORARY ON DATABASE ${quotedName(unfinished)} FROM PUBLIC`);
  } catch (error) {
    await client.end();
    throw error;
  }
  const discard = async (): Promise<void> => {
    await client.query(`DROP DATABASE IF EXISTS ${quotedName(unfinished)} WITH (FORCE)`);
    await client.end();
  };
  return { url: withDatabase(url, unfinished), finish: () => finish(client, name, unfinished, old, replace), discard };
}

async function lock(client: PgClient, name: string): Promise<void> {
  const key = createHash("sha256").update(name).digest().readBigInt64BE();
  const { rows } = await client.query<{ held: boolean }>("SELECT pg_try_advisory_lock($1::bigint) AS held", [key.toString()]);
  if (rows[0]?.held !== true) throw new MaskError("NOT_APPLICABLE", "another run fills the same target\n  Wait for its end, or end it.");
}

async function has(client: PgClient, name: string): Promise<boolean> {
  const { rows } = await client.query("SELECT FROM pg_database WHERE datname = $1", [name]);
  return rows.length > 0;
}

/** With the source's locale where the target's machine has it: an order of text is no content. */
async function create(client: PgClient, name: string, encoding: string, collate: string, ctype: string): Promise<void> {
  const base = `CREATE DATABASE ${quotedName(name)} TEMPLATE template0 ENCODING ${quotedText(encoding)}`;
  try {
    await client.query(`${base} LC_COLLATE ${quotedText(collate)} LC_CTYPE ${quotedText(ctype)}`);
  } catch (error) {
    if ((error as { code?: string }).code !== "42809" && !/locale/.test(messageOf(error))) throw error;
    await client.query(`${base} LC_COLLATE 'C' LC_CTYPE 'C'`);
  }
}

async function finish(client: PgClient, name: string, unfinished: string, old: string, replace: boolean): Promise<void> {
  await client.query("BEGIN");
  await client.query(`GRANT CONNECT, TEMPORARY ON DATABASE ${quotedName(unfinished)} TO PUBLIC`);
  if (replace && (await has(client, name))) await client.query(`ALTER DATABASE ${quotedName(name)} RENAME TO ${quotedName(old)}`);
  await client.query(`ALTER DATABASE ${quotedName(unfinished)} RENAME TO ${quotedName(name)}`);
  await client.query("COMMIT");
  await client.query(`DROP DATABASE IF EXISTS ${quotedName(old)} WITH (FORCE)`);
  await client.end();
}
