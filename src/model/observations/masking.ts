// What the masking collector reads: certificates of masking runs, as they were signed.
import type { Envelope } from "../../lib/dsse.ts";
import type { Source } from "../source.ts";

export interface MaskingHandling {
  readonly purpose: string;
  readonly requestedBy: string;
  readonly approvedBy: string;
  readonly environment: string;
  /** `2026-12-31`. */
  readonly deleteBy: string;
}

export interface MaskingVerification {
  readonly at: string;
  readonly verdict: "separated" | "violated" | "unknown";
  readonly leaks: readonly { readonly from: string; readonly to: string; readonly inside: boolean; readonly found: number }[];
  readonly unmasked: readonly { readonly column: string; readonly rows: number; readonly equal: number }[];
  readonly gaps: readonly string[];
}

export interface MaskingCertificate {
  readonly kind: "masking/certificate";
  /** Where the masked data went, as the certificate names it. */
  readonly target: string;
  readonly from: string;
  readonly finishedAt: string;
  readonly handling?: MaskingHandling;
  readonly verification?: MaskingVerification;
  /** As it was read: who signed it is for whoever knows the keys to say. */
  readonly envelope: Envelope;
  readonly source: Source;
}

export type MaskingObservation = MaskingCertificate;
