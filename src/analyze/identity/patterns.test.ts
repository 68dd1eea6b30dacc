// Laws of patterns, against brute force over short texts.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { globMatches } from "../../lib/glob.ts";
import { covers, narrow, reachable, restsAfter } from "./patterns.ts";

const pattern = fc.string({ unit: fc.constantFrom("a", "b", ":", "*", "?"), maxLength: 5 });
const text = fc.string({ unit: fc.constantFrom("a", "b", ":"), maxLength: 6 });

const TEXTS: readonly string[] = (() => {
  const all = [""];
  for (let from = 0, length = 1; length <= 6; length++) {
    const to = all.length;
    for (; from < to; from++) for (const next of "ab:") all.push(all[from]! + next);
  }
  return all;
})();

describe("patterns", () => {
  it("covers is sound: every text of the inner pattern is one of the outer", () => {
    fc.assert(
      fc.property(pattern, pattern, text, (outer, inner, one) => {
        if (covers(outer, inner) && globMatches(inner, one)) expect(globMatches(outer, one)).toBe(true);
      }),
      { numRuns: 20_000 },
    );
  });

  it("narrow leaves nothing exactly where no text matches both", () => {
    fc.assert(
      fc.property(pattern, pattern, (target, other) => {
        const left = narrow(target, other);
        const common = TEXTS.some((one) => globMatches(target, one) && globMatches(other, one));
        if (common) expect(left).toBeDefined();
        if (left === undefined) expect(common).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it("rests after a prefix are what can follow it", () => {
    fc.assert(
      fc.property(pattern, text, text, (one, prefix, rest) => {
        const expected = globMatches(one, prefix + rest);
        expect(restsAfter(one, prefix).some((left) => globMatches(left, rest))).toBe(expected);
      }),
      { numRuns: 5_000 },
    );
  });

  it("what is reachable by brute force is never called out of reach", () => {
    fc.assert(
      fc.property(pattern, fc.array(pattern, { maxLength: 2 }), pattern, (chosen, except, wanted) => {
        const hit = TEXTS.some(
          (one) => globMatches(chosen, one) && globMatches(wanted, one) && !except.some((other) => globMatches(other, one)),
        );
        if (hit) expect(reachable(chosen, except, wanted)).not.toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});
