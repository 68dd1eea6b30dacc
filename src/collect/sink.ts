// Where a live collection puts what was answered: the disk, by app.
import type { Json } from "../lib/json.ts";

/** A call is asked whole, with all its pages, and counts when it is finished. */
export interface Sink {
  /** Whether an earlier collection, which was interrupted, has finished this call. */
  isFinished(call: string): boolean;
  /** What was written of a finished call, in its order. */
  written(call: string): readonly Json[];
  /** A text is written as it is, anything else as JSON. `as`: the call that this page alone answers. */
  write(call: string, file: string, document: Json, as?: string): void;
  /** What was written for this call counts no more: it is asked anew. */
  forget(call: string): void;
  finish(call: string): void;
  deny(call: string, error: string): void;
}
