// Patterns of item roles, beside the expressions of JavaScript that they are a part of.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hasChoice, matchesWhole } from "./role-pattern.ts";

describe("patterns of roles", () => {
  const simple = fc
    .array(fc.constantFrom("a", "b", "/", ".", "[ab]", "[^a]", "\\.", "a*", "b+", ".*", ".?", "[ab]+"), { maxLength: 6 })
    .map((parts) => parts.join(""));

  test("match what JavaScript's expressions match", () => {
    fc.assert(
      fc.property(simple, fc.string({ unit: fc.constantFrom("a", "b", "/", "."), maxLength: 12 }), (pattern, text) => {
        expect(hasChoice(pattern)).toBe(false);
        expect(matchesWhole(pattern, text)).toBe(new RegExp(`^(?:${pattern})$`, "u").test(text));
      }),
      { numRuns: 2_000 },
    );
  });

  test("alternatives, and letter case", () => {
    expect(matchesWhole("(?i)Acme/(shop|web)-.*", "acme/web-test")).toBe(true);
    expect(matchesWhole("acme/.*|other", "other")).toBe(true);
    expect(matchesWhole("acme/.*", "xacme/shop")).toBe(false);
  });

  test("what is not understood is left open", () => {
    for (const pattern of ["(a+)+", "a{2}", "(?=a)b", "((a))", "\\bx", "a".repeat(400)]) expect(hasChoice(pattern)).toBe(true);
  });
});
