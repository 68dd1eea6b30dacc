// For tests: sign-in on a fresh database, with a clock that can be moved.
import { onceOnly } from "./once-only.ts";
import { sealer } from "./secrets.ts";
import type { LocalSignIn } from "./local/sign-in.ts";
import { openDatabase } from "../storage/open.ts";
import type { Database } from "../storage/schema.ts";

export const NOW = "2026-11-24T10:00:00.000Z";

export interface Clock {
  now(): Date;
  pass(seconds: number): void;
}

export function clock(start = NOW): Clock {
  let at = Date.parse(start);
  return { now: () => new Date(at), pass: (seconds) => void (at += seconds * 1000) };
}

export async function localOn(where: string): Promise<{ readonly local: LocalSignIn; readonly clock: Clock; readonly database: Database }> {
  const database = await openDatabase(where);
  const time = clock();
  const store = { db: database.kysely, now: time.now };
  return { local: { store, sealer: sealer(new Uint8Array(32).fill(7)), once: onceOnly(store) }, clock: time, database };
}

export const GOOD_PASSWORD = "correct horse battery staple";
