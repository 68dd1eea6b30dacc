// Why the mask refuses: a closed list, so that a run stops before anything unmasked is written.
import { CodedError } from "../lib/error.ts";

export type MaskErrorCode =
  /** A masking key that could be guessed. */
  | "KEY_TOO_SHORT"
  /** A masker that may not stand on this column, or options that contradict it. */
  | "NOT_APPLICABLE"
  /** A value that the masker cannot read and has no safe answer for. The message never holds the value. */
  | "VALUE_NOT_MASKABLE"
  /** Fewer values than a permutation needs to hide anything. */
  | "DOMAIN_TOO_SMALL"
  /** No further value that keeps the column's constraints. */
  | "EXHAUSTED"
  /** What was asked for cannot be read. */
  | "UNREADABLE";

export class MaskError extends CodedError<MaskErrorCode> {}
