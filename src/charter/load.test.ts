// Law of the charter's way in: what is wrong is said once, at its line, with what to write instead, and nothing else happens.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CharterProblem, formatProblems, loadCharter } from "./load.ts";

const environment = (more = ""): string => `  - name: production
    tier: production
    purpose: serve customers
    owner: platform
    data: personal
    boundary: { aws: { accounts: ["111122223333"] } }
${more}`;

const charter = (more = "", inside = ""): string => `bulkhead: 1
organization: { name: acme }
environments:
${environment(inside)}${more}`;

const problemsOf = (text: string): readonly CharterProblem[] => {
  const loaded = loadCharter(text, "bulkhead.yaml");
  return loaded.ok ? [] : loaded.error;
};

const shown = (text: string): readonly string[] =>
  problemsOf(text).map(({ line, column, message, remedy }) => `${line}:${column} ${message} | ${remedy}`);

test("a charter in order loads, with its defaults filled in", () => {
  const loaded = loadCharter(charter(), "bulkhead.yaml");
  expect(loaded.ok && loaded.value.profile).toBe("iso");
  expect(loaded.ok && loaded.value.environments[0]?.boundary.aws?.accounts).toEqual(["111122223333"]);
});

test("CRLF, a byte order mark and anchors are no problem", () => {
  expect(shown(`\ufeff${charter().replaceAll("\n", "\r\n")}`)).toEqual([]);
  expect(shown(charter("absent: { aws/control-policy: &why none here, aws/organization: *why }\n"))).toEqual([]);
});

const SHAPES: readonly (readonly [string, string, string])[] = [
  ["an unknown member", charter("", "    isolatd: true\n"), '10:5 environments[0] has no member "isolatd" | Did you mean  isolated:'],
  ["an unknown member unlike any", charter("zzz: 1\n"), '10:1 a charter has no member "zzz" | Its members are bulkhead, organization, '],
  [
    "a lacking member",
    charter().replace("    owner: platform\n", ""),
    '4:5 environments[0] lacks "owner" | Add  owner:  Who answers for it.',
  ],
  [
    "a lacking choice",
    charter().replace("    data: personal\n", ""),
    '4:5 environments[0] lacks "data" | Add  data:  The most sensitive data that may be held in it. One of none,',
  ],
  [
    "an account written as a number",
    charter().replace('"111122223333"', "011122223333"),
    '9:35 accounts[0] is the number 011122223333, where text is expected | Put it in quotes: "011122223333"',
  ],
  [
    "an account with eleven digits",
    charter().replace("111122223333", "11122223333"),
    '9:35 accounts[0] is "11122223333" | An AWS account id has twelve digits; put it in quotes.',
  ],
  [
    "a choice nearly right",
    charter().replace("tier: production", "tier: prod"),
    '5:11 tier is "prod", which is not known | Did you mean "production"? Write one of preview,',
  ],
  [
    "a text where a list is expected",
    charter("inputs: estate\n"),
    '10:9 inputs is "estate", where a list is expected | Write a list:  ["estate"]',
  ],
  [
    "a list where a mapping is expected",
    charter().replace("{ name: acme }", "[acme]"),
    "2:15 organization is a list, where a mapping is expected | Whose charter this is.",
  ],
  ["yes for true", charter("", "    isolated: yes\n"), '10:15 isolated is "yes", where true or false is expected | Write true or false.'],
  [
    "an empty value",
    charter().replace("purpose: serve customers", "purpose:"),
    "6:5 purpose has no value | What it is for, in a sentence.",
  ],
  ["an empty text", charter().replace("serve customers", '""'), "6:14 purpose is empty | What it is for, in a sentence."],
  [
    "a name in capitals",
    charter().replace("name: acme", "name: Acme"),
    '2:23 name is "Acme" | Write it in lower-case letters, digits and hyphens.',
  ],
  ["an unknown door", charter("doors: [{ kind: gat, name: x }]\n"), '10:17 kind is "gat", which is not known | Did you mean "gate"?'],
  [
    "a member of another door",
    charter("doors:\n  - { kind: gate, name: x, to: production, deployer: x, role: y }\n"),
    '11:57 doors[0] has no member "role" | Its members are kind, name, to, deployer.',
  ],
  [
    "a session too long",
    charter("doors:\n  - { kind: break-glass, name: x, to: production, role: a:b, maximumMinutes: 900, who: [a:b], reviewedBy: a:b }\n"),
    "11:78 maximumMinutes is the number 900, above 720 | Write 720 or less.",
  ],
  [
    "an expiry that is no date",
    charter("exceptions:\n  - { finding: a, owner: b, reason: c, control: d, expires: soon }\n"),
    '11:61 expires is "soon" | Write a date: 2026-12-31.',
  ],
  [
    "a range without a length",
    charter().replace("boundary: {", "boundary: { cidrs: [10.0.0.0],"),
    '9:25 cidrs[0] is "10.0.0.0", which is no network range | Write an address and a prefix length',
  ],
  ["another version", charter().replace("bulkhead: 1", "bulkhead: 2"), "1:11 bulkhead is the number 2, which is not known | Write 1."],
  [
    "a cluster by pattern",
    charter().replace("boundary: {", 'boundary: { kubernetes: [{ cluster: "prod*" }],'),
    '9:41 cluster is "prod*" | Name one cluster',
  ],
];

describe("shape", () => {
  test.each(SHAPES)("%s is refused at its place, with what to write", (_, text, expected) => {
    const all = shown(text);
    expect(all).toHaveLength(1);
    expect(all[0]?.slice(0, expected.length)).toBe(expected);
  });
});

const YAML: readonly (readonly [string, string, RegExp])[] = [
  ["nothing", "", /^1:1 the charter is empty/],
  ["only a comment", "# soon\n", /^1:1 the charter is empty/],
  ["a text", "hello", /^1:1 the charter is "hello", where a mapping is expected/],
  ["a member twice", charter("profile: iso\nprofile: strict\n"), /^11:1 member "profile" is written twice here/],
  ["__proto__", charter("absent: { __proto__: x }\n"), /^10:11 __proto__ is no member/],
  ["a key that is a list", charter("? [a]\n: b\n"), /with stringKeys, all keys must be strings/],
  ["two documents", `${charter()}---\n${charter()}`, /more than one document/],
  ["a tab", "bulkhead:\n\torganization: x\n", /^2:1 this is not YAML: tabs .* \| Indent with spaces\.$/],
  ["an open bracket", "bulkhead: [1\n", /this is not YAML: .* \| Close the bracket/],
  ["an unknown tag", charter("profile: !secret iso\n"), /^10:10 this is not YAML: .* \| Leave the tag/],
  ["an unknown alias", charter("profile: *iso\n"), /^10:10 nothing before it is named &iso \| Put a text that starts with \* in quotes/],
  ["an alias inside what it names", charter("absent: &a { x: *a }\n"), /^10:17 alias \*a stands inside what it names/],
  ["a merge key", charter("<<: { profile: iso }\n"), /no member "<<" \| Write the members out/],
  ["bytes of UTF-16", "b\0u\0l\0k\0", /not UTF-8 text \| Save the file as UTF-8/],
];

describe("YAML", () => {
  test.each(YAML)("%s is refused", (_, text, expected) => {
    const all = shown(text);
    expect(all).toHaveLength(1);
    expect(all[0]).toMatch(expected);
  });
});

describe("limits", () => {
  test("a file over 4 MiB is refused, counted in bytes", () => {
    expect(shown(`# ${"é".repeat(2.1 * 1024 * 1024)}`)[0]).toMatch(/larger than 4 MiB/);
  });

  test.each([
    ["brackets", `a: ${"[".repeat(1_000_000)}`],
    ["list marks", "- ".repeat(100_000)],
    ["indentation", Array.from({ length: 500 }, (_, i) => `${" ".repeat(i)}a:\n`).join("")],
  ])("nesting by %s is refused before it is built", (_, text) => {
    expect(shown(text)[0]).toMatch(/nests deeper than 32 levels/);
  });

  test("four million brackets are refused before they are parsed", () => {
    const started = performance.now();
    expect(shown("[".repeat(4_000_000))[0]).toMatch(/nests deeper/);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test("aliases of aliases are refused before they are expanded", () => {
    const levels = Array.from(
      { length: 9 },
      (_, i) => `  l${i + 1}: &l${i + 1} [${Array.from({ length: 9 }, () => `*l${i}`).join(", ")}]\n`,
    );
    expect(shown(charter(`absent:\n  l0: &l0 x\n${levels.join("")}`))[0]).toMatch(/through aliases of aliases/);
  });

  test("more than a hundred aliases are refused", () => {
    expect(shown(charter(`absent: { a: &a x }\ninputs: [${"*a, ".repeat(101)}]\n`))[0]).toMatch(/more than 100 aliases/);
  });

  test("a mapping with a hundred thousand members takes no quadratic time", () => {
    const started = performance.now();
    expect(shown(charter(`absent:\n${Array.from({ length: 100_000 }, (_, i) => `  topic/${i}: none\n`).join("")}`))).toEqual([]);
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});

test("problems come in the order of the text, each as two lines", () => {
  const text = charter("profile: lax\n").replace("tier: production", "tier: prod");
  expect(formatProblems(problemsOf(text))).toBe(
    [
      'bulkhead.yaml:5:11  tier is "prod", which is not known',
      '  Did you mean "production"? Write one of preview, development, sandbox, test, staging, production, disaster-recovery.',
      'bulkhead.yaml:10:10  profile is "lax", which is not known',
      "  Write one of iso, strict.",
    ].join("\n"),
  );
});

test("control characters of a charter never reach the terminal", () => {
  const text = charter(String.raw`profile: "\e[31m\x9b1m\u202e"` + "\n");
  expect(formatProblems(problemsOf(text))).toMatch(/profile is "\\u001b\[31m\\u009b1m\\u202e"/);
});

test("whatever the text, loading ends with a charter or with problems that have a place and a remedy", () => {
  const pieces = fc.constantFrom(
    "bulkhead: 1\n",
    "organization: { name: acme }\n",
    "environments:\n",
    "  - ",
    "[",
    "]",
    "{",
    "}",
    ": ",
    "? ",
    "&a ",
    "*a",
    "!!map ",
    "|\n",
    "'",
    '"',
    "- ",
    "\t",
    "\n",
    "name",
    "boundary: {}",
    "doors: [{}]",
    "null",
    "~",
    "<<: ",
    "people: [1]",
    "---\n",
    "%YAML 1.1\n",
    "#",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 24 }), (parts) => {
      const loaded = loadCharter(parts.join(""), "b");
      if (loaded.ok) return;
      expect(loaded.error.length).toBeGreaterThan(0);
      for (const problem of loaded.error) {
        expect(problem.line).toBeGreaterThan(0);
        expect(problem.column).toBeGreaterThan(0);
        expect(problem.remedy).not.toBe("");
      }
    }),
    { numRuns: 500 },
  );
});
