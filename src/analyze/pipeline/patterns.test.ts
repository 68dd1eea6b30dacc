// Patterns of branch names: inclusion and intersection against the slow way, trying every short name.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { covered, looseGlob, nameMatches, patternsMeet } from "./patterns.ts";
import { globMatches } from "../../lib/glob.ts";

const ALPHABET = ["a", "b", "/"];

/** Every name up to a length. */
function names(longest: number): string[] {
  let level = [""];
  const all: string[] = [];
  for (let i = 0; i < longest; i++) {
    level = level.flatMap((name) => ALPHABET.map((c) => name + c));
    all.push(...level);
  }
  return all;
}

const NAMES = names(6);
const pattern = fc
  .array(fc.constantFrom("a", "b", "/", "*", "?", "**/", "[ab]", "[!a]"), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join(""));

/** Ruby's File.fnmatch with FNM_PATHNAME as a regular expression: written apart from the automaton. */
function slow(text: string): RegExp {
  const body = text.replaceAll(/\*\*+\/|\*+|\?|\[!?[ab]+\]|./g, (part, at: number) => {
    if (/^\*\*+\/$/.test(part)) return at === 0 || text[at - 1] === "/" ? "(?:[^/]+/)*" : "[^/]*/";
    if (part.startsWith("*")) return "[^/]*";
    if (part === "?") return "[^/]";
    return part.startsWith("[!") ? `(?![/])[^${part.slice(2, -1)}]` : part;
  });
  return new RegExp(`^${body}$`);
}

const wellFormed = (name: string): boolean => !name.startsWith("/") && !name.includes("//");

describe("patterns", () => {
  test.each([
    ["main", "main", true],
    ["main", "main2", false],
    ["release/*", "release/1", true],
    ["release/*", "release/1/x", false],
    ["release/**/*", "release/1", true],
    ["release/**/*", "release/1/x/y", true],
    ["*", "a/b", false],
    ["~ALL", "a/b/c", true],
    ["refs/heads/main", "main", true],
    ["v[0-9].*", "v1.2", true],
    ["v[!0-9]", "v1", false],
  ])("%s on %s: %s", (text, name, matches) => {
    expect(nameMatches(text, name)).toBe(matches);
  });

  test("a name matches as the specification's expression says", () => {
    fc.assert(
      fc.property(pattern, (text) => {
        for (const name of NAMES.filter(wellFormed)) expect(`${name} ${nameMatches(text, name)}`).toBe(`${name} ${slow(text).test(name)}`);
      }),
      { numRuns: 60 },
    );
  });

  test("covered: no name is left over; not covered: patterns of this size show one that is", () => {
    fc.assert(
      fc.property(pattern, fc.array(pattern, { maxLength: 2 }), (inner, outers) => {
        const left = NAMES.some((name) => nameMatches(inner, name) && !outers.some((outer) => nameMatches(outer, name)));
        if (left) expect(covered(inner, outers)).toBe(false);
        if (covered(inner, outers)) expect(left).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  test("meeting is symmetric, and a shared name proves it", () => {
    fc.assert(
      fc.property(pattern, pattern, (a, b) => {
        expect(patternsMeet(a, b)).toBe(patternsMeet(b, a));
        if (NAMES.some((name) => nameMatches(a, name) && nameMatches(b, name))) expect(patternsMeet(a, b)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test("the loose glob matches at least what the pattern matches", () => {
    fc.assert(
      fc.property(pattern, (text) => {
        const glob = looseGlob(text);
        for (const name of NAMES)
          if (nameMatches(text, name)) expect(`${text} ${name} ${globMatches(glob, name)}`).toBe(`${text} ${name} true`);
      }),
      { numRuns: 200 },
    );
  });

  test("inclusion is exact where a wildcard only just fails to cover", () => {
    expect(covered("a*", ["ab*", "a[!b]*"])).toBe(false);
    expect(covered("a*", ["ab*", "a[!b]*", "a"])).toBe(true);
    expect(covered("release/**/*", ["release/*"])).toBe(false);
    expect(patternsMeet("a/*", "*/b")).toBe(true);
    expect(patternsMeet("a/*", "*")).toBe(false);
  });
});
