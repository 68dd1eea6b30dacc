// Expressions of Azure Pipelines: what they come to, what stays open, and that any text ends.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AzureValue, evaluateAzure, parseAzureExpression } from "./azure-expression.ts";

const values: Readonly<Record<string, AzureValue>> = {
  "parameters.a": "Prod",
  "parameters.list": ["x", "y"],
  "variables.n": 3,
  "variables.Build.SourceBranch": "refs/heads/main",
};

const told = (text: string): AzureValue | undefined => {
  const parsed = parseAzureExpression(text);
  return parsed === undefined
    ? undefined
    : evaluateAzure(parsed, (parts) => (Object.hasOwn(values, parts.join(".")) ? values[parts.join(".")] : undefined));
};

describe("Azure Pipelines, Expressions", () => {
  test.each<[string, AzureValue | undefined]>([
    ["eq(parameters.a, 'prod')", true],
    ["ne(parameters.a, 'prod')", false],
    ["eq(variables['Build.SourceBranch'], 'refs/heads/main')", true],
    ["and(true, eq(1, 1))", true],
    ["and(unknown.x, false)", false],
    ["or(unknown.x, true)", true],
    ["and(unknown.x, true)", undefined],
    ["not(eq(parameters.a, 'x'))", true],
    ["in(parameters.a, 'dev', 'prod')", true],
    ["contains('abc', 'B')", true],
    ["startsWith(variables['Build.SourceBranch'], 'refs/heads/')", true],
    ["containsValue(parameters.list, 'y')", true],
    ["format('{0}-{1}', 'a', variables.n)", "a-3"],
    ["coalesce(null, '', 'c')", "c"],
    ["split('a,b', ',')", ["a", "b"]],
    ["join('-', split('a,b', ','))", "a-b"],
    ["lower('ABC')", "abc"],
    ["'it''s'", "it's"],
    ["gt(variables.n, 2)", true],
    ["eq('', null)", true],
    ["unheardOf(1)", undefined],
    ["constructor", undefined],
    ["eq(1,", undefined],
    ["eq(1, 1) x", undefined],
  ])("%s", (text, value) => {
    expect(told(text)).toEqual(value);
  });
});

test("any text is parsed, or is none", () => {
  const part = fc.constantFrom("eq(", "and(", ")", ",", "'a'", "a", ".", "[", "]", "1", "$", " ", "'", "(", "*", "__proto__");
  fc.assert(
    fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
      told(parts.join(""));
    }),
    { numRuns: 2_000 },
  );
  expect(told("not(".repeat(2_000))).toBeUndefined();
  expect(told(`${"not(".repeat(50)}true${")".repeat(50)}`)).toBe(true);
  expect(told("a".repeat(10_000))).toBeUndefined();
});
