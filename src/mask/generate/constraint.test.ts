import { describe, expect, test } from "vitest";
import { constraintsOf } from "./constraint.ts";

const integers = new Set(["qty", "year"]);

// As PostgreSQL 15 writes them back.
const cases: readonly (readonly [definition: string, column: string, limits: object])[] = [
  ["(price > (0)::numeric)", "price", { min: 0.01 }],
  ["((qty >= 1) AND (qty <= 10))", "qty", { min: 1, max: 10 }],
  ["(qty > 0)", "qty", { min: 1 }],
  ["(qty < 10)", "qty", { max: 9 }],
  [
    "((status)::text = ANY ((ARRAY['open'::character varying, 'it''s'::character varying])::text[]))",
    "status",
    { values: ["open", "it's"] },
  ],
  ["(qty = ANY (ARRAY[1, 2, 3]))", "qty", { values: ["1", "2", "3"] }],
  ["(char_length((code)::text) = 3)", "code", { minLength: 3, maxLength: 3 }],
  ["(length(code) > 2)", "code", { minLength: 3 }],
  ["(zip ~ '^\\d{5}$'::text)", "zip", { pattern: "^\\d{5}$" }],
  ["(born >= '1900-01-01'::date)", "born", { from: "1900-01-01" }],
  ["(born < '2020-01-01'::date)", "born", { to: "2019-12-31" }],
  ['("Odd Name" > 5)', "Odd Name", { min: 5.01 }],
  ["((VALUE >= 1901) AND (VALUE <= 2155))", "VALUE", { min: 1901, max: 2155 }],
];

describe("a check constraint", () => {
  test.each(cases)("is read: %s", (definition, column, limits) => {
    expect(constraintsOf([definition], integers).limits.get(column)).toEqual(limits);
  });

  test("orders two columns", () => {
    expect(constraintsOf(["(ends >= starts)", "(a < b)"], integers).ordered).toEqual([
      ["starts", "ends"],
      ["a", "b"],
    ]);
  });

  test("that holds in several ways is left to the database", () => {
    expect(constraintsOf(["((qty > 5) OR (price > 3))", "(NOT (qty = 1))"], integers).limits.size).toBe(0);
  });

  test("beside another leaves what both allow", () => {
    expect(constraintsOf(["(qty > 0)", "(qty <= 5)", "(qty = ANY (ARRAY[3, 9]))"], integers).limits.get("qty")).toEqual({
      min: 1,
      max: 5,
      values: ["3", "9"],
    });
  });
});
