// Why somebody was not let in: a closed list, so that an answer never says more than its code.
import { CodedError } from "../../lib/error.ts";

export type AuthErrorCode =
  /** Nothing was presented, or nothing that is known. */
  | "NO_CREDENTIAL"
  /** What was presented does not hold: signature, audience, form. */
  | "BAD_CREDENTIAL"
  | "EXPIRED"
  | "REPLAYED"
  /** Too many failures; the message says how long to wait. */
  | "TOO_MANY"
  /** Whoever must confirm cannot be asked: nobody is let in meanwhile. */
  | "UNREACHABLE"
  /** Known, and not allowed. */
  | "FORBIDDEN"
  | "BAD_CONFIGURATION";

export class AuthError extends CodedError<AuthErrorCode> {}
