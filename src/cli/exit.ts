// Exit statuses (design, section 4).

export const EXIT = { done: 0, violated: 1, unknown: 2, usage: 3, internal: 4 } as const;

/** The status of a result: accepted findings do not count until they expire. */
export function statusOf(result: { readonly openViolations: number; readonly hasUnknown: boolean }): number {
  if (result.openViolations > 0) return EXIT.violated;
  return result.hasUnknown ? EXIT.unknown : EXIT.done;
}
