// A PostgreSQL role of one person for one time: made with an end, dropped at it with every session it has.
import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import pg from "pg";
import { z } from "zod";
import { messageOf, ReleaseError } from "../error.ts";
import type { Issuer, Order } from "../issuer.ts";

export const PostgresRelease = z.strictObject({
  /** Of a role with CREATEROLE that is a member of `memberOf` with admin option (PostgreSQL 22.2); its password comes from PGPASSWORD or a service file. */
  url: z.string().regex(/^postgres(ql)?:\/\//, "postgres://HOST/DATABASE"),
  memberOf: z.array(z.string().min(1).max(63)).min(1),
  connections: z.int().min(1).max(100).default(5),
});
export type PostgresRelease = z.infer<typeof PostgresRelease>;

const Handle = z.strictObject({ role: z.string() });
const ITERATIONS = 4096;

/**
 * The verifier that the server stores (RFC 5802, section 3; PostgreSQL, "pg_authid", rolpassword). Computed here, so that the password stands in no
 * statement, no log and no pg_stat_activity.
 */
export function scramVerifier(password: string, salt: Buffer, iterations = ITERATIONS): string {
  const salted = pbkdf2Sync(password, salt, iterations, 32, "sha256");
  const hmac = (text: string): Buffer => createHmac("sha256", salted).update(text).digest();
  const stored = createHash("sha256").update(hmac("Client Key")).digest("base64");
  return `SCRAM-SHA-256$${iterations}:${salt.toString("base64")}$${stored}:${hmac("Server Key").toString("base64")}`;
}

export function postgresIssuer({ url, memberOf, connections }: PostgresRelease): Issuer {
  return {
    kind: "postgres",
    handle: ({ id }) => ({ role: `bulkhead_${id.replaceAll("-", "_")}` }),
    issue: async (order, handle) => {
      const { role } = Handle.parse(handle);
      const password = randomBytes(24).toString("base64url");
      const verifier = scramVerifier(password, randomBytes(16));
      return connected(url, "NOT_ISSUED", async (client) => {
        await client.query("BEGIN");
        // Asked again after a crash: the role is there, and gets another password.
        const { rowCount } = await client.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [role]);
        const verb = rowCount === 0 ? "CREATE" : "ALTER";
        const name = pg.escapeIdentifier(role);
        const until = pg.escapeLiteral(order.until.toISOString());
        await client.query(
          `${verb} ROLE ${name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT ${connections} PASSWORD ${pg.escapeLiteral(verifier)} VALID UNTIL ${until}`,
        );
        for (const group of memberOf) await client.query(`GRANT ${pg.escapeIdentifier(group)} TO ${name}`);
        await client.query(`COMMENT ON ROLE ${name} IS ${pg.escapeLiteral(commentOf(order))}`);
        await client.query("COMMIT");
        const { host, pathname } = new URL(url);
        return { secret: { user: role, password, host, database: pathname.slice(1) }, validUntil: order.until };
      });
    },
    revoke: (handle) => connected(url, "NOT_REVOKED", (client) => drop(client, Handle.parse(handle).role)),
  };
}

const commentOf = ({ for: who, decision, until }: Order): string =>
  `bulkhead: for ${who}, by entry ${decision} of the ledger, until ${until.toISOString()}`;

/** VALID UNTIL ends the password and no session ("CREATE ROLE"): so first nobody new comes in, then everybody goes, then the role does. */
async function drop(client: pg.Client, role: string): Promise<void> {
  const { rowCount } = await client.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [role]);
  if (rowCount === 0) return;
  const name = pg.escapeIdentifier(role);
  await client.query(`ALTER ROLE ${name} NOLOGIN`);
  await client.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1 AND pid <> pg_backend_pid()", [role]);
  // What was made in the emergency stays, as its maker's groups' and not as nobody's.
  await client.query(`REASSIGN OWNED BY ${name} TO CURRENT_USER`);
  await client.query(`DROP OWNED BY ${name}`);
  await client.query(`DROP ROLE ${name}`);
}

async function connected<T>(url: string, code: "NOT_ISSUED" | "NOT_REVOKED", act: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    application_name: "bulkhead release",
    connectionTimeoutMillis: 5000,
    query_timeout: 15_000,
  });
  client.on("error", () => {});
  try {
    await client.connect();
    return await act(client);
  } catch (cause) {
    throw new ReleaseError(code, `PostgreSQL: ${messageOf(cause)}`, { cause });
  } finally {
    await client.end().catch(() => {});
  }
}
