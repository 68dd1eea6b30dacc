// What could not be read or interpreted. Unknown is never pass.
import type { Source } from "./source.ts";

/**
 * A gap names the input by topic and subject, so that the plane that would have used the input can derive what it could have held, and no more.
 * Topics are `SYSTEM/what`: `aws/resource-policy` with the ARN, `github/environment` with its id, `kubernetes/rbac` with the cluster.
 */
export interface Gap {
  readonly topic: string;
  readonly subject: string;
  /** `bucket policy of acme-exports`. */
  readonly what: string;
  /** `AccessDenied`, `not collected`, `line 4: not JSON`. */
  readonly why: string;
  /** Clauses it makes uncertain, `A1`, `D3`. */
  readonly clauses: readonly string[];
  readonly source?: Source;
}

/** The topic that concerns everything: an integrity failure, a declared system that was not collected. */
export const EVERYTHING = "estate/everything";

export const gapId = (gap: Gap): string => `${gap.topic}:${gap.subject}`;
