// Exit statuses (design, section 4).
import type { Difference } from "../app/diff.ts";

export const EXIT = { done: 0, violated: 1, unknown: 2, usage: 3, internal: 4 } as const;

/** The status of a result: accepted findings do not count until they expire. */
export function statusOf(result: { readonly openViolations: number; readonly hasUnknown: boolean }): number {
  if (result.openViolations > 0) return EXIT.violated;
  return result.hasUnknown ? EXIT.unknown : EXIT.done;
}

/** The status of a change: what it opens, and no more. What was open before is not its doing. */
export function statusOfDifference(changed: Difference): number {
  const becomes = (verdict: string): boolean => changed.statements.some(({ after }) => after === verdict);
  if (changed.opened.some((finding) => finding.verdict === "violated") || becomes("violated")) return EXIT.violated;
  return changed.opened.length > 0 || changed.gapsOpened.length > 0 || becomes("unknown") ? EXIT.unknown : EXIT.done;
}
