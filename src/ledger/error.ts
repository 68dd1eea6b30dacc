// What can be wrong with a ledger: a closed list, so that a reader can tell tampering from a missing file.
import { CodedError } from "../lib/error.ts";

export type LedgerErrorCode =
  | "ROOT_MISMATCH"
  | "INCONSISTENT_HISTORY"
  | "BAD_SIGNATURE"
  | "MISSING_TILE"
  | "BAD_TILE"
  | "BAD_ENTRY"
  | "BAD_NOTE"
  | "BAD_POLICY"
  | "QUORUM_MISSED"
  | "TOO_LARGE"
  | "LOCKED"
  | "EXISTS";

export class LedgerError extends CodedError<LedgerErrorCode> {}
