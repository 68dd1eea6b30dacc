// Law: the published schema is that of the code, and every result that the product makes is valid against it.
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { separated, unread, violated } from "../src/app/render/test-result.ts";
import { CheckResult } from "../src/findings/result.ts";
import { isOutdated, resultJsonSchema } from "./result-schema.ts";

const validate = new Ajv2020({ strict: false }).compile(JSON.parse(resultJsonSchema()));

test("the committed JSON Schema is that of the code", () => {
  expect(isOutdated()).toBe(false);
});

test.each([
  ["violated", violated],
  ["separated", separated],
  ["nothing read", unread],
])("a result is valid: %s", (_, result) => {
  expect(CheckResult.safeParse(result).error).toBeUndefined();
  expect(validate(result) ? [] : validate.errors).toEqual([]);
});

test("a result with a field of a later version is valid; one with a wrong verdict, or without statements, is not", () => {
  expect(validate({ ...violated, later: true, estate: { ...violated.estate, later: 1 } })).toBe(true);
  expect(validate({ ...violated, verdict: "passed" })).toBe(false);
  expect(validate({ ...violated, statements: undefined })).toBe(false);
});
