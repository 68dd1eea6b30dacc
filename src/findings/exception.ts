// Accepted findings: the statement stays violated, the exit status ignores them until they expire.
import type { Finding } from "./result.ts";

export interface DeclaredException {
  readonly finding: string;
  readonly owner: string;
  readonly reason: string;
  readonly control: string;
  /** Last day on which it holds, `YYYY-MM-DD`. */
  readonly expires: string;
}

/** Marks the findings that an exception names, by full fingerprint or by its first six digits and more. `asOf` is an ISO 8601 date or time. */
export function applyExceptions(findings: readonly Finding[], exceptions: readonly DeclaredException[], asOf: string): Finding[] {
  return findings.map((finding) => {
    const named = exceptions.find(
      (each) => each.finding === finding.id || (each.finding.length >= 6 && finding.id.startsWith(each.finding)),
    );
    if (!named) return finding;
    const { owner, reason, control, expires } = named;
    return { ...finding, exception: { owner, reason, control, expires, expired: asOf.slice(0, 10) > expires } };
  });
}

export const isExcepted = (finding: Finding): boolean => finding.exception !== undefined && !finding.exception.expired;
