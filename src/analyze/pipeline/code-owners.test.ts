// Patterns of CODEOWNERS as GitHub reads them.
import { expect, test } from "vitest";
import { matches, ownersOf } from "./code-owners.ts";

/** Source: GitHub Docs, "About code owners", Example of a CODEOWNERS file; git, gitignore, PATTERN FORMAT. */
const CASES: readonly (readonly [pattern: string, path: string, doesMatch: boolean])[] = [
  ["*", "deep/in/a.js", true],
  ["*.js", "deep/in/a.js", true],
  ["*.js", "a.jsx", false],
  ["/build/logs/", "build/logs/a/b.log", true],
  ["/build/logs/", "x/build/logs/a.log", false],
  ["docs/*", "docs/getting-started.md", true],
  ["docs/*", "docs/build-app/troubleshooting.md", false],
  ["apps/", "x/apps/a/b.ts", true],
  ["/apps/github", "apps/github/a.ts", true],
  ["/docs/", "docs/a.md", true],
  ["**/logs", "build/logs/a.log", true],
  ["**/logs", "deeply/nested/logs/a.log", true],
  ["/.github/workflows/", ".github/workflows/deploy.yml", true],
  [".github/workflows/deploy.yml", ".github/workflows/deploy.yml", true],
  [".github/workflows/deploy.yml", ".github/workflows/deploy-yml", false],
  ["/scripts/**/*.sh", "scripts/a/b/c.sh", true],
  ["?.md", "a.md", true],
];

test.each(CASES)("%s and %s: %s", (pattern, path, doesMatch) => {
  expect(matches(pattern, path)).toBe(doesMatch);
});

test("the last pattern that matches counts, also one that names nobody", () => {
  const entries = [
    { pattern: "*", owners: ["@acme/all"], line: 1 },
    { pattern: "/apps/", owners: ["@alice"], line: 2 },
    { pattern: "/apps/github", owners: [], line: 3 },
  ];
  expect(["a", "apps/b", "apps/github/c"].map((path) => ownersOf(entries, path))).toEqual([["@acme/all"], ["@alice"], []]);
});
