// What can go wrong at the gate: all of it means no, and none of it is an approval.
import { CodedError } from "../../lib/error.ts";

export type GateErrorCode =
  /** The database did not answer, answered too late, or its answer to a commit is not known. */
  | "UNAVAILABLE"
  /** The clock here is behind the ledger's, or apart from the database's. */
  | "CLOCK"
  /** The database holds another ledger than the one that was acknowledged here, or one that this key has not signed. */
  | "TAMPERED"
  /** Deciding broke: the charter, or this program, has a flaw. */
  | "UNDECIDABLE"
  /** More work waits than can be done in time. */
  | "BUSY"
  /** The charter cannot be decided by. */
  | "BAD_CHARTER"
  /** The database, or its settings, cannot keep what was acknowledged. */
  | "UNSAFE_STORAGE";

export class GateError extends CodedError<GateErrorCode> {}
