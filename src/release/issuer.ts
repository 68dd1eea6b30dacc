// What hands out a credential of production for a limited time, and takes it back: the contract of every issuer.
import type { JsonObject } from "../lib/json.ts";

/** What was granted: by a promotion that may be deployed now, or by break-glass. */
export interface Order {
  /** Names what is made, in the other system too: short, of lower-case letters, digits and hyphens. */
  readonly id: string;
  /** Who gets it: `person:ann`, or the subject of a pipeline's token. */
  readonly for: string;
  /** The place of the decision in the ledger. */
  readonly decision: number;
  readonly until: Date;
}

export interface Issued {
  /** Shown once, to who asked, and kept nowhere. */
  readonly secret: Readonly<Record<string, string>>;
  /** When the other system itself stops taking it, at the latest. */
  readonly validUntil: Date;
  /** Where only issuing tells what revoking needs: it replaces the stored handle before anybody gets the secret. */
  readonly handle?: JsonObject;
}

/**
 * An issuer. `handle` is what revoking needs, and no secret: it is stored before anything is issued, so that a crash in between leaves nothing
 * that nobody would take back. Both `issue` and `revoke` may be called again after a crash: `issue` then makes a new secret for the same handle,
 * and `revoke` of what is gone, or was never made, succeeds.
 */
export interface Issuer {
  readonly kind: "postgres" | "kubernetes" | "aws" | "openbao";
  handle(order: Order): JsonObject;
  /** Throws a ReleaseError: nothing was handed out, and the handle is to be revoked. */
  issue(order: Order, handle: JsonObject): Promise<Issued>;
  /** Throws a ReleaseError NOT_REVOKED with what is still valid: an alarm. */
  revoke(handle: JsonObject): Promise<void>;
}
