// Why a credential was not handed out, or not taken back. Messages hold no secret.
import { CodedError } from "../lib/error.ts";

export type ReleaseErrorCode =
  /** The other system did not make it. */
  | "NOT_ISSUED"
  /** It is still valid, or nobody can say that it is not. */
  | "NOT_REVOKED"
  /** The configuration cannot be followed. */
  | "BAD_CONFIGURATION";

export class ReleaseError extends CodedError<ReleaseErrorCode> {}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
