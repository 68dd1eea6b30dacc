// Guessing is slow: after a few failures for a name or from an address, nobody is let in for a while, right or wrong.
import { sql } from "kysely";
import { sha256 } from "../../lib/hash.ts";
import { AuthError } from "./error.ts";
import { after, type SignInStore } from "./store.ts";

/** So many failures cost nothing: people mistype. */
const FREE = 5;
const FIRST_WAIT_MS = 60_000;
/** Long enough that 100 guesses an hour are never reached (NIST SP 800-63B-4, section 3.2.2), short enough that a stranger cannot lock somebody out for a day. */
const LONGEST_WAIT_MS = 900_000;
const MEMORY_MS = 3_600_000;

/** What is counted: a name, an address. Kept as a hash, since people type passwords into the name's field. */
export type Counted = readonly [kind: "name" | "address" | "account", value: string];

const keyOf = ([kind, value]: Counted): string => sha256(`${kind}\n${value.toLowerCase()}`);

/**
 * Counts an attempt before it is looked at, and throws TOO_MANY when nobody may try now. Whoever succeeds forgets it. Counted first, so that a thousand guesses at the same
 * moment are a thousand failures.
 */
export async function countAttempt(store: SignInStore, counted: readonly Counted[]): Promise<void> {
  const { db, now } = store;
  const ids = counted.map(keyOf);
  const rows = await db.selectFrom("sign_in_failure").selectAll().where("id", "in", ids).execute();
  const at = now().toISOString();
  const before = new Map(rows.map(({ id, failures, until }) => [id, until < at ? 0 : failures]));
  for (const { failures, until } of rows) if (until >= at && failures >= FREE && openAt(failures, until) > at) throw tooMany();
  await db.deleteFrom("sign_in_failure").where("until", "<", at).execute();
  const until = after(store, MEMORY_MS);
  for (const id of ids) {
    const { failures } = await db
      .insertInto("sign_in_failure")
      .values({ id, failures: 1, until })
      .onConflict((conflict) => conflict.column("id").doUpdateSet({ failures: sql<number>`sign_in_failure.failures + 1`, until }))
      .returning("failures")
      .executeTakeFirstOrThrow();
    // Others counted in between: beyond those that cost nothing, one attempt at a time.
    if (failures > Math.max(FREE, (before.get(id) ?? 0) + 1)) throw tooMany();
  }
}

const tooMany = (): AuthError => new AuthError("TOO_MANY", "too many failures; wait some minutes");

/** A row is remembered for an hour after its last failure; the wait is the first part of that. */
const openAt = (failures: number, until: string): string =>
  new Date(Date.parse(until) - MEMORY_MS + Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - FREE))).toISOString();

export const forgetFailures = async ({ db }: SignInStore, counted: readonly Counted[]): Promise<void> =>
  void (await db.deleteFrom("sign_in_failure").where("id", "in", counted.map(keyOf)).execute());
