// SARIF output: valid against the published schema, and true to what the specification asks beyond it.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv } from "ajv";
import formats from "ajv-formats";
import { describe, expect, test } from "vitest";
import { checks } from "../../checks/registry.ts";
import type { CheckResult } from "../../findings/result.ts";
import { renderSarif } from "./sarif.ts";
import { HOSTILE, many, poisoned, separated, unread, violated } from "./test-result.ts";

const RESULTS: readonly (readonly [string, CheckResult])[] = [
  ["violated", violated],
  ["separated", separated],
  ["nothing read", unread],
  ["many findings", many(300)],
  ...HOSTILE.map((text) => [`names like ${JSON.stringify(text)}`, poisoned(text)] as const),
];

/**
 * The schema is OASIS's and stays out of this repository. BULKHEAD_SARIF_SCHEMA names a copy (docs.oasis-open.org, SARIF 2.1.0,
 * schemas/sarif-schema-2.1.0.json); the package @microsoft/jest-sarif brings one too.
 */
function schemaFile(): string | undefined {
  const named = process.env["BULKHEAD_SARIF_SCHEMA"];
  if (named !== undefined) return named;
  try {
    const file = createRequire(import.meta.url).resolve("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");
    return existsSync(file) ? file : undefined;
  } catch {
    return undefined;
  }
}

const SCHEMA = schemaFile();

describe.skipIf(SCHEMA === undefined)("SARIF 2.1.0 schema (skipped without BULKHEAD_SARIF_SCHEMA)", () => {
  // One of its patterns is valid only without the flag u. It is of draft 4, whose `id` later drafts spell `$id`; nothing else in it differs in meaning.
  const { $schema: _, id: __, ...schema } = SCHEMA === undefined ? {} : JSON.parse(readFileSync(SCHEMA, "utf8"));
  const ajv = new Ajv({ strict: false, unicodeRegExp: false });
  formats.default(ajv);
  const validate = SCHEMA === undefined ? undefined : ajv.compile(schema);

  test.each(RESULTS)("holds for %s", (_, result) => {
    const isValid = validate?.(JSON.parse(renderSarif(result)));
    expect(validate?.errors ?? []).toEqual([]);
    expect(isValid).toBe(true);
  });
});

interface Location {
  readonly physicalLocation: {
    readonly artifactLocation: { readonly uri: string; readonly index: number };
    readonly region?: { readonly startLine: number };
  };
}

interface Log {
  readonly runs: readonly [
    {
      readonly tool: {
        readonly driver: { readonly rules: readonly { readonly id: string; readonly properties: Readonly<Record<string, unknown>> }[] };
      };
      readonly invocations: readonly [
        { readonly toolExecutionNotifications: readonly { readonly level: string; readonly message: { readonly text: string } }[] },
      ];
      readonly artifacts: readonly { readonly location: { readonly uri: string } }[];
      readonly results: readonly {
        readonly ruleId: string;
        readonly ruleIndex: number;
        readonly kind: string;
        readonly level: string;
        readonly message: { readonly text: string };
        readonly locations: readonly [Location];
        readonly codeFlows?: readonly [
          { readonly threadFlows: readonly [{ readonly locations: readonly { readonly location: Location }[] }] },
        ];
        readonly partialFingerprints: Readonly<Record<string, string>>;
        readonly suppressions: readonly { readonly justification: string }[];
      }[];
    },
  ];
}

const runOf = (result: CheckResult): Log["runs"][0] => (JSON.parse(renderSarif(result)) as Log).runs[0];

test("every finding is a result with its fingerprint, its rule and its place", () => {
  const { results, tool } = runOf(violated);
  expect(results.map((each) => each.partialFingerprints["bulkhead/v1"])).toEqual(violated.findings.map(({ id }) => id));
  for (const each of results) expect(tool.driver.rules[each.ruleIndex]?.id).toBe(each.ruleId);
  expect(results[3]?.locations[0].physicalLocation.region).toEqual({ startLine: 131 });
  expect(results[0]?.codeFlows?.[0].threadFlows[0].locations).toHaveLength(4);
});

test("a violation has a level; what is not certain is open, without a level (3.27.9, 3.27.10)", () => {
  expect(runOf(violated).results.map(({ kind, level }) => `${kind} ${level}`)).toEqual([
    "fail error",
    "fail error",
    "fail error",
    "fail error",
    "fail error",
    "open none",
    "fail warning",
    "fail note",
  ]);
});

test("an exception suppresses while it lasts, and every result says whether it is suppressed (3.27.23)", () => {
  expect(runOf(violated).results.map(({ suppressions }) => suppressions.length)).toEqual([0, 0, 0, 1, 0, 0, 0, 0]);
  expect(runOf(violated).results[3]?.suppressions[0]?.justification).toContain("until 2027-01-31");
});

test("every check is a rule, with its clause and a security severity, also when it found nothing", () => {
  const { rules } = runOf(separated).tool.driver;
  expect(rules.map(({ id }) => id)).toEqual(checks.map(({ id }) => id));
  const severities = { critical: "9.5", high: "8.0", medium: "5.5", low: "3.0" };
  expect(rules.map(({ properties }) => properties["security-severity"])).toEqual(checks.map(({ severity }) => severities[severity]));
  for (const [index, { properties }] of rules.entries()) expect(properties["tags"]).toContain(checks[index]?.clause);
});

test("every gap and every unrecognized file is a notification", () => {
  const [{ toolExecutionNotifications: said }] = runOf(violated).invocations;
  expect(said.map(({ level }) => level)).toEqual(["warning", "warning", "note"]);
  expect(said.map(({ message }) => message.text).join("\n")).toMatch(
    /bucket policy of acme-exports.*\n.*protection of acme\/shop.*\n.*notes\.txt/,
  );
});

test.each([
  ["estate/a b#c?.json", "estate/a%20b%23c%3F.json"],
  ["c:/x", "c%3A/x"],
  ["//host/x", "file:////host/x"],
  ["javascript:alert(1)", "javascript%3Aalert(1)"],
  ["a\\b%2F", "a%5Cb%252F"],
  ["\ud800", "%EF%BF%BD"],
])("the file %j becomes the URI %s, and every place points at its artifact", (file, uri) => {
  const { results, artifacts } = runOf({ ...violated, findings: violated.findings.map((finding) => ({ ...finding, source: { file } })) });
  for (const { locations } of results) {
    const { artifactLocation } = locations[0].physicalLocation;
    expect(artifactLocation.uri).toBe(uri);
    expect(artifacts[artifactLocation.index]?.location.uri).toBe(uri);
  }
});

test("a name is neither a placeholder (3.11.5) nor a link (3.11.6)", () => {
  const [finding] = violated.findings as [CheckResult["findings"][number]];
  const { results } = runOf({ ...violated, findings: [{ ...finding, summary: "{0} and [here](1)", cut: [] }] });
  expect(results[0]?.message.text).toBe("{{0}} and [here] (1) (development → production).");
});
