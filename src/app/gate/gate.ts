// The one choke point: commands from every way in become batches, each decided, recorded and synced in one transaction before anybody is answered.
import type { Signer } from "../../ledger/note.ts";
import { sha256 } from "../../lib/hash.ts";
import { canonicalJson } from "../../lib/json.ts";
import { apply, type Policy } from "./apply.ts";
import type { Answer, Asked } from "./commands.ts";
import { batches, type Outcome } from "./batches.ts";
import { GateError } from "./error.ts";
import type { Head, LedgerStore, LedgerWriting, Remembered } from "./port.ts";
import { type Replica, replica } from "./replica.ts";
import { subjectsOf } from "./subjects.ts";

export interface GateOptions {
  readonly store: LedgerStore;
  /** The ledger's key, and those it had before while readers still trust them. */
  readonly signers: readonly [Signer, ...Signer[]];
  readonly policy: Policy;
  readonly pseudonymKey: Uint8Array;
  readonly now: () => Date;
  /** How far a clock may be behind the ledger's last entry, or apart from the database's. */
  readonly clockToleranceMs?: number;
  /** Commands that may wait; beyond, the answer is BUSY at once. */
  readonly mostWaiting?: number;
}

/** What the ledger says, at a time; valid only inside of `look`. */
export interface Look {
  readonly ledger: Pick<Replica, "state" | "size" | "checkpoint" | "referenceTo">;
  readonly policy: Policy;
  readonly at: string;
}

export interface Gate {
  /** Asks for something. The promise ends after the commit is on disk; a GateError means that nothing may be taken as approved. */
  ask(asked: Asked): Promise<Answer>;
  /** Reads what the ledger says, whoever appended it last. */
  look<T>(read: (look: Look) => T): Promise<T>;
  /** For metrics. */
  readonly counts: { readonly batches: number; readonly commands: number; readonly refolds: number; readonly waiting: number };
}

const CLOCK_TOLERANCE_MS = 5000;
const MOST_WAITING = 10_000;

type Work = { readonly asked: Asked } | { readonly read: (look: Look) => unknown };

export function gate(options: GateOptions): Gate {
  const { store, signers, policy, mostWaiting = MOST_WAITING } = options;
  let known: Replica | undefined;
  let refolds = 0;
  /** After any doubt there is none, and the database is read from its first entry. */
  const ledger = (): Replica => {
    if (known === undefined) refolds++;
    return (known ??= replica(signers));
  };
  const decideAll = decider(options);
  const runBatch = async (batch: readonly Work[]): Promise<readonly Outcome[]> => {
    const asks = batch.flatMap((work) => ("asked" in work ? [work.asked] : []));
    const decided = asks.length === 0 ? undefined : await store.write((writing) => decideAll(asks, ledger(), writing));
    if (decided === undefined) await store.read((reading) => ledger().catchUp(reading));
    else if (decided.head) ledger().accept(decided.head);
    const answers = decided?.answers.values();
    const look: Look = { ledger: ledger(), policy, at: timeAfter(ledger().lastAt(), options) };
    return batch.map((work) => ("asked" in work ? { value: answers?.next().value } : attempt(() => work.read(look))));
  };
  const queue = batches<Work>(async (batch) => {
    try {
      return await runBatch(batch);
    } catch (cause) {
      // Whether it was committed is not known: what this server holds in memory counts for nothing any more.
      known = undefined;
      throw cause instanceof GateError
        ? cause
        : new GateError("UNAVAILABLE", "the ledger's database did not answer as it should", { cause });
    }
  }, mostWaiting);
  return {
    ask: (asked) => queue.add({ asked }) as Promise<Answer>,
    look: <T>(read: (look: Look) => T) => queue.add({ read }) as Promise<T>,
    get counts() {
      return { batches: queue.counts.batches, commands: queue.counts.works, waiting: queue.counts.waiting, refolds };
    },
  };
}

interface Decided {
  readonly answers: readonly Answer[];
  /** Of the ledger once it is committed; absent when nothing was recorded. */
  readonly head?: Head;
}

/** Decides the questions of a batch in their order, inside of the transaction that holds the ledger's head. */
function decider(options: GateOptions): (asks: readonly Asked[], ledger: Replica, writing: LedgerWriting) => Promise<Decided> {
  const { policy } = options;
  const subjects = subjectsOf(policy.directory, options.pseudonymKey);
  return async (asks, ledger, writing) => {
    await ledger.catchUp(writing);
    checkClock(writing.clock, options);
    const at = timeAfter(ledger.lastAt(), options);
    const before = await remembered(asks, writing);
    const kept: Remembered[] = [];
    const answers = asks.map((asked): Answer => {
      const { actor, command, idempotencyKey: key } = asked;
      if (key === undefined) return applied(asked, { policy, ledger, subjects, at });
      const id = JSON.stringify([actor.subject, key]);
      const hash = sha256(canonicalJson(command));
      const earlier = before.get(id);
      if (earlier !== undefined)
        return earlier.asked === hash
          ? (JSON.parse(earlier.answer) as Answer)
          : { ok: false, problem: { code: "key-reused", text: "this idempotency key was used for another question" } };
      const answer = applied(asked, { policy, ledger, subjects, at });
      if (!answer.ok) return answer;
      const row = { subject: actor.subject, key, asked: hash, answer: JSON.stringify(answer), at };
      kept.push(row);
      before.set(id, row);
      return answer;
    });
    const grown = ledger.grown();
    const accounts = subjects.met();
    if (grown.rows.length === 0) return { answers };
    await writing.append({ ...grown, remembered: kept, accounts });
    return { answers, head: grown.head };
  };
}

function applied(asked: Asked, scene: Parameters<typeof apply>[1]): Answer {
  try {
    return apply(asked, scene);
  } catch (cause) {
    throw new GateError("UNDECIDABLE", "the gate cannot decide this", { cause });
  }
}

/** A reader's own bug is the reader's: it makes nothing doubtful. */
function attempt(act: () => unknown): Outcome {
  try {
    return { value: act() };
  } catch (thrown) {
    return { thrown };
  }
}

async function remembered(asks: readonly Asked[], writing: LedgerWriting): Promise<Map<string, Remembered>> {
  const keys = asks.flatMap(({ actor, idempotencyKey: key }) => (key === undefined ? [] : [{ subject: actor.subject, key }]));
  const rows = keys.length === 0 ? [] : await writing.remembered(keys);
  return new Map(rows.map((row) => [JSON.stringify([row.subject, row.key]), row]));
}

function checkClock(database: Date | undefined, { now, clockToleranceMs = CLOCK_TOLERANCE_MS }: GateOptions): void {
  const apart = database === undefined ? 0 : Math.abs(database.getTime() - now().getTime());
  if (apart > clockToleranceMs) throw new GateError("CLOCK", `the clock here is ${Math.round(apart / 1000)} s apart from the database's`);
}

/** The time of what is recorded next: never before the entry above it. */
function timeAfter(lastAt: string, { now, clockToleranceMs = CLOCK_TOLERANCE_MS }: GateOptions): string {
  const time = now();
  if (lastAt !== "" && Date.parse(lastAt) - time.getTime() > clockToleranceMs)
    throw new GateError("CLOCK", `the clock here says ${time.toISOString()}, and the ledger's last entry is of ${lastAt}`);
  const at = time.toISOString();
  return at > lastAt ? at : lastAt;
}
