// The tables, as Kysely sees them. Only types that SQLite and PostgreSQL both keep exactly: text, whole numbers, bytes. Times are ISO 8601 text.
import type { Kysely } from "kysely";
import type { SignInTables } from "./sign-in-schema.ts";

export interface LedgerHeadTable {
  /** Always 1: there is one ledger. */
  readonly id: number;
  readonly size: number;
  readonly checkpoint: string;
}

export interface LedgerEntryTable {
  readonly place: number;
  readonly at: string;
  readonly kind: string;
  readonly bytes: Uint8Array;
  readonly leaf: Uint8Array;
}

export interface LedgerNodeTable {
  readonly level: number;
  readonly place: number;
  readonly hash: Uint8Array;
}

/** Witnesses' words under a checkpoint. */
export interface LedgerCosignatureTable {
  readonly size: number;
  readonly checkpoint: string;
}

/** Charters that decided, by hash: what a replay of the ledger needs. */
export interface CharterTable {
  readonly hash: string;
  readonly text: string;
  readonly at: string;
}

/** Whose account a pseudonym of the ledger stands for. Rows may be erased at any time. */
export interface AccountTable {
  readonly pseudonym: string;
  readonly account: string;
}

export interface IdempotencyTable {
  readonly subject: string;
  readonly key: string;
  readonly asked: string;
  readonly answer: string;
  readonly at: string;
}

export interface JobTable {
  readonly id: string;
  readonly kind: string;
  readonly payload: string;
  /** When it is due. */
  readonly due: string;
  /** Until when a server holds it; empty when none does. */
  readonly lease: string;
  readonly attempts: number;
  readonly error: string;
}

export interface Tables extends SignInTables {
  readonly ledger_head: LedgerHeadTable;
  readonly ledger_entry: LedgerEntryTable;
  readonly ledger_node: LedgerNodeTable;
  readonly ledger_cosignature: LedgerCosignatureTable;
  readonly charter: CharterTable;
  readonly account: AccountTable;
  readonly idempotency: IdempotencyTable;
  readonly job: JobTable;
}

export type Kind = "sqlite" | "postgres";

/** A database that is open, migrated and safe to acknowledge from. Columns of colleagues' tables are typed by `withTables`. */
export interface Database {
  readonly kind: Kind;
  readonly kysely: Kysely<Tables>;
  close(): Promise<void>;
}
