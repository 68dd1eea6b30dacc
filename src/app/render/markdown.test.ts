// The comment: short enough for GitHub, and text of others stays text in it.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CheckResult } from "../../findings/result.ts";
import { LIMIT, renderMarkdown } from "./markdown.ts";
import { HOSTILE, many, poisoned, separated, unread, violated } from "./test-result.ts";

describe("length", () => {
  test.each([0, 1, 50, 2_000])("stays below the limit with %i findings, and says how many are left out", (count) => {
    const text = renderMarkdown(many(count));
    expect(text.length).toBeLessThan(LIMIT);
    const shown = text.match(/^<details>$/gm)?.length ?? 0;
    if (count === 2_000) {
      expect(shown).toBeGreaterThan(30);
      expect(text).toContain(`${count - shown} more findings not shown here`);
    } else expect(shown).toBe(count);
    expect(text).toContain("**Not seen**");
  });

  test.each(["<", "&", "x", "@a ", "\u0000", "`"])(
    "stays below the limit when everything is called %j, a hundred thousand times over",
    (text) => {
      const result = poisoned(text.repeat(100_000));
      const much = <T>(list: readonly T[]): T[] => Array.from({ length: 400 }, (_, index) => list[index % list.length] as T);
      const cut = result.cut && { ...result.cut, changes: much(result.cut.changes) };
      expect(renderMarkdown({ ...result, cut, gaps: much(result.gaps), findings: much(result.findings) }).length).toBeLessThan(LIMIT);
    },
  );
});

test("says the verdict of every statement, the walk, the change, the exception and what was not seen", () => {
  const text = renderMarkdown(violated);
  for (const part of [
    "### Bulkhead: violated",
    "| Single person | **violated** |",
    "1. someone with write access pushes a branch `estate/github/acme/shop/collaborators.json:112`",
    "**Change**: trust only repo:acme/shop:environment:production",
    "Accepted until 2027-01-31",
    "**2 changes separate everything that was seen**",
    "bucket policy of acme-exports (AccessDenied) → A1 D3",
    "production by account",
    "test by namespace (what test holds: namespaces of acme was not read (AccessDenied))",
    "`estate/notes.txt`",
    "By hand too: 3 people",
  ])
    expect(text).toContain(part);
  expect(renderMarkdown(separated)).toContain("| Wall | **separated** |");
  expect(renderMarkdown(unread)).toContain("| Data | **unknown** |");
});

test("a finding whose cause is not in the result is told by itself", () => {
  const alone: CheckResult = { ...violated, findings: violated.findings.filter(({ cause }) => cause !== undefined) };
  expect(alone.findings).toHaveLength(1);
  expect(renderMarkdown(alone)).toContain("<summary>1. <b>high</b> · 3 people");
});

/** What GitHub would read as markup: outside of code spans, without what a backslash or a character reference made text. */
const live = (text: string): string =>
  text
    .replaceAll(/&#\d+;/g, "·")
    .replaceAll(/(?<![\\`])(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, "·")
    .replaceAll(/\\[!-/:-@[-`{-~]/g, "·");

const OURS = /<\/?(details|summary|b|code|sub)>|<span>\$<\/span>/g;

function expectPlain(text: string): void {
  const rest = live(renderMarkdown(poisoned(text))).replaceAll(OURS, (tag) => (tag.includes("$") ? "·" : tag));
  const summaries = /^<summary>.*$/gm;
  expect(rest.replaceAll(OURS, "")).not.toMatch(/[<>]/);
  // Markdown is not read in a summary's line; what GitHub finds in any text it finds there too.
  expect(rest.replaceAll(summaries, "").replaceAll(/\*\*[\w ]+\*\*/g, "")).not.toMatch(/\]\(|!\[|~~|[*_]/);
  expect(rest).not.toMatch(/\$|https?:\/\/|www\.\w|(?<!\w)@\w|#\d/);
  expect(rest.match(/^<details>$/gm)?.length).toBe(rest.match(/^<\/details>$/gm)?.length);
  expect(rest.match(/^#{1,6} /gm)).toEqual(["### "]);
  expect(rest).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
}

describe("text of others", () => {
  test.each(HOSTILE)("%j stays text", expectPlain);

  test("no text whatever becomes a link, a mention, an element or a heading", () => {
    const nasty = fc.string({
      unit: fc.constantFrom(
        "<",
        ">",
        "`",
        "``",
        "[",
        "]",
        "(",
        ")",
        "!",
        "#",
        "1",
        "@",
        "a",
        "*",
        "_",
        "|",
        "\\",
        "\n",
        " ",
        "$",
        "&",
        "~",
        "-",
        "://",
        "www.",
        "http",
      ),
    });
    fc.assert(fc.property(nasty, expectPlain), { numRuns: 300 });
  });
});
