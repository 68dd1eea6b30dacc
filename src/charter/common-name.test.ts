// Law: the automata search says exactly what trying every short name says.
import fc from "fast-check";
import { expect, test } from "vitest";
import { globMatches } from "../lib/glob.ts";
import { commonName, type NameSet } from "./common-name.ts";

const holds = ({ pattern, not }: NameSet, name: string): boolean =>
  globMatches(pattern, name) && !not.some((other) => globMatches(other, name));

const NAMES = Array.from({ length: 6 }, (_, length) => length + 1).flatMap((length) => words("abx", length));

function words(letters: string, length: number): readonly string[] {
  return length === 0 ? [""] : words(letters, length - 1).flatMap((word) => [...letters].map((letter) => word + letter));
}

test("on short patterns it finds a shared name exactly when trying all names finds one", () => {
  const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), minLength: 1, maxLength: 4 });
  const set = fc.record({ pattern, not: fc.array(pattern, { maxLength: 2 }) });
  fc.assert(
    fc.property(set, set, (a, b) => {
      const found = commonName(a, b);
      const tried = NAMES.some((name) => holds(a, name) && holds(b, name));
      if (found.kind === "shared") expect(holds(a, found.example) && holds(b, found.example)).toBe(true);
      // Names longer than those tried may be shared; then the example proves it by itself.
      expect(found.kind === "shared" && (found.example.length > 6 || tried)).toBe(found.kind === "shared");
      if (tried) expect(found.kind).toBe("shared");
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ["an exclusion that covers the only shared name", { pattern: "*prod", not: ["preprod"] }, { pattern: "preprod", not: [] }, "none"],
  ["an exclusion that covers less than is shared", { pattern: "*prod*", not: ["preprod"] }, { pattern: "pre*", not: [] }, "shared"],
  ["an exclusion by pattern", { pattern: "*prod*", not: ["pre*"] }, { pattern: "pre*", not: [] }, "none"],
  ["everything but names, against one of the names", { pattern: "*", not: ["a", "b"] }, { pattern: "b", not: [] }, "none"],
] as const)("%s", (_, a, b, kind) => {
  expect(commonName(a, b).kind).toBe(kind);
});

test("a pattern built to need exponentially many states is undecided, and never none", () => {
  const hostile = `*a${"?".repeat(24)}`;
  expect(commonName({ pattern: "*", not: [hostile, `*b${"?".repeat(24)}`] }, { pattern: `${"?".repeat(30)}*`, not: [] }).kind).not.toBe(
    "none",
  );
});
